"""Marker lists: one line a marker, whatever it says, at its true place."""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pycmx import parse_cmx3600

from adapters import marker_lists, ptx_text
from adapters.marker_lists import FORMS, write
from conform.errors import RenderError, TimelineError
from conform.timecode import RATES
from conform.timeline import Marker, Timeline

R23, R29 = RATES["23.976"], RATES["29.97 DF"]


def timeline(*markers: Marker) -> Timeline:
    return Timeline("Reel 1", R23, R23.seconds(86400), markers=markers)


POP = Marker(R23.seconds(48), "pop", "two | frames\nlate", "Green", R23.seconds(2))
CUT = Marker(R23.seconds(100) + Fraction(1, 48000), "=cut\t1", color="#123456")


def test_resolve_takes_notes_colours_names_and_lengths(tmp_path: Path) -> None:
    path = tmp_path / "m.edl"
    write(timeline(POP, CUT), path)
    lines = path.read_text().splitlines()
    assert lines[1] == "FCM: NON-DROP FRAME"
    assert lines[4] == "two / frames late |C:ResolveColorGreen |M:pop |D:2"
    assert lines[7] == " |C:ResolveColorBlue |M:=cut 1 |D:1"
    with path.open() as file:
        events = list(parse_cmx3600(file).events)
    assert [edit.record_in for event in events for edit in event.edits] == [
        "01:00:02:00",
        "01:00:04:04",
    ]


def test_drop_frame_is_said_and_labelled(tmp_path: Path) -> None:
    path = tmp_path / "m.edl"
    write(Timeline("t", R29, Fraction(0), markers=(Marker(R29.seconds(1800)),)), path)
    text = path.read_text()
    assert "FCM: DROP FRAME" in text
    assert "00:01:00;02 00:01:00;03" in text


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.builds(
            Marker,
            st.integers(0, 48000 * 3600 * 5).map(lambda n: Fraction(n, 48000)),
            st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), max_size=12),
            st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), max_size=12),
        ),
        max_size=5,
    )
)
def test_pro_tools_markers_are_read_back_to_the_sample(
    tmp_path: Path, markers: list[Marker]
) -> None:
    path = tmp_path / "m.txt"
    wanted = timeline(*markers)
    assert write(wanted, path, form="protools", force=True) == ()
    (found,) = ptx_text.read(path).timelines
    assert (found.name, found.rate, found.start) == (wanted.name, wanted.rate, wanted.start)
    assert found.markers == wanted.markers


def test_avid_reaper_and_audition_rows(tmp_path: Path) -> None:
    avid = tmp_path / "m.txt"
    write(timeline(POP), avid)
    assert avid.read_text() == ("Picturelock\t01:00:02:00\tV1\tgreen\tpop: two | frames late\t2\n")
    reaper = tmp_path / "m.csv"
    write(timeline(POP, CUT), reaper)
    rows = list(csv.reader(reaper.read_text().splitlines()))
    assert rows[1] == ["R1", "pop: two | frames late", "0:02.002000", "0:02.085417", "0:00.083417"]
    assert rows[2] == ["M2", "=cut 1", "0:04.170854", "", ""]
    audition = tmp_path / "m.tsv"
    write(timeline(POP), audition)
    fields = audition.read_text().splitlines()[1].split("\t")
    assert fields == ["pop", "0:02.002000", "0:00.083417", "decimal", "Cue", "two | frames late"]


@pytest.mark.parametrize("form", FORMS)
def test_a_marker_is_never_more_than_its_lines(tmp_path: Path, form: str) -> None:
    nasty = Marker(Fraction(1), "a\nb\rc\td\u2028e", "f\n\n001  X V C")
    plain = Marker(Fraction(1), "a", "f")
    one, two = tmp_path / "1", tmp_path / "2"
    write(timeline(nasty), one, form=form)
    write(timeline(plain), two, form=form)
    assert len(one.read_text().splitlines()) == len(two.read_text().splitlines())


def test_what_cannot_be_held_is_told(tmp_path: Path) -> None:
    told = {form: " ".join(odd.message for odd in write(timeline(POP, CUT), tmp_path / form,
                                                        form=form)) for form in FORMS}  # fmt: skip
    assert "colour" in told["protools"]
    assert "length" in told["protools"]
    assert "colour" in told["reaper"]
    assert "between frames" in told["resolve"]
    assert "between frames" in told["avid"]
    with pytest.raises(RenderError, match="exists"):
        write(timeline(), tmp_path / "avid", form="avid")
    with pytest.raises(TimelineError, match="known: resolve"):
        marker_lists.write(timeline(), tmp_path / "m.doc")
