"""Files appear whole or not at all, and never over something else."""

import threading
from pathlib import Path

import pytest

from conform.errors import RenderError
from conform.watch import Cancelled
from conform.writing import refuse, whole_file, write_text


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_takes_its_name_when_it_is_whole(tmp_path: Path) -> None:
    there = tmp_path / "deep" / "a.txt"
    with whole_file(there) as temporary:
        temporary.write_text("whole")
        assert not there.exists()
    assert there.read_text() == "whole"
    assert names(there.parent) == ["a.txt"]


@pytest.mark.parametrize("fault", [Cancelled, KeyboardInterrupt, ValueError])
def test_on_any_fault_nothing_is_left(tmp_path: Path, fault: type[BaseException]) -> None:
    with pytest.raises(fault), whole_file(tmp_path / "a.txt") as temporary:
        temporary.write_text("half")
        raise fault
    assert names(tmp_path) == []


def test_a_fault_keeps_the_file_that_was_to_be_replaced(tmp_path: Path) -> None:
    there = tmp_path / "a.txt"
    there.write_text("old")
    with pytest.raises(ValueError, match=r"^$"), whole_file(there, force=True) as temporary:
        temporary.write_text("half")
        raise ValueError
    assert there.read_text() == "old"


def test_existing_files_need_force(tmp_path: Path) -> None:
    there = tmp_path / "a.txt"
    there.write_text("old")
    with pytest.raises(RenderError, match="--force"):
        write_text(there, "new")
    assert there.read_text() == "old"
    write_text(there, "new", force=True)
    assert there.read_text() == "new"


def test_of_many_writers_one_wins(tmp_path: Path) -> None:
    there = tmp_path / "stem.wav"
    ready = threading.Barrier(8)
    outcomes: list[str] = []

    def write(text: str) -> None:
        try:
            with whole_file(there) as temporary:
                temporary.write_text(text)
                ready.wait()
            outcomes.append(text)
        except RenderError:
            pass

    writers = [threading.Thread(target=write, args=(str(n),)) for n in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert outcomes == [there.read_text()]
    assert names(tmp_path) == ["stem.wav"]


@pytest.mark.parametrize("link", ["symlink_to", "hardlink_to"])
def test_a_source_is_refused_even_with_force(tmp_path: Path, link: str) -> None:
    source = tmp_path / "source.wav"
    source.write_text("the only copy")
    there = tmp_path / "out.wav"
    getattr(there, link)(source)
    with pytest.raises(RenderError, match="source"):
        refuse(there, force=True, sources=[source])


def test_a_source_is_known_by_a_relative_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "show").mkdir()
    (tmp_path / "cut.edl").write_text("the only copy")
    monkeypatch.chdir(tmp_path / "show")
    with pytest.raises(RenderError, match="source"):
        write_text(Path("../cut.edl"), "new", force=True, sources=[tmp_path / "cut.edl"])


def test_what_lies_in_a_source_that_is_a_bundle_is_refused(tmp_path: Path) -> None:
    inside = tmp_path / "cut.fcpxmld" / "Info.fcpxml"
    inside.parent.mkdir()
    inside.write_text("the only copy")
    with pytest.raises(RenderError, match="source"):
        refuse(inside, force=True, sources=[inside.parent])


def test_a_source_that_is_gone_protects_nothing(tmp_path: Path) -> None:
    (tmp_path / "out.wav").write_text("old")
    write_text(tmp_path / "out.wav", "new", force=True, sources=[tmp_path / "gone.wav"])
    assert (tmp_path / "out.wav").read_text() == "new"


def test_a_dangling_link_is_not_written_through(tmp_path: Path) -> None:
    there = tmp_path / "out.wav"
    there.symlink_to(tmp_path / "elsewhere.wav")
    with pytest.raises(RenderError, match="--force"):
        write_text(there, "text")
    assert not (tmp_path / "elsewhere.wav").exists()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RenderError, match="cannot write here"):
        write_text(tmp_path / "file" / "a.txt", "text")
