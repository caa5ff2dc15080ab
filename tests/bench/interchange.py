"""Every file of the corpus through our readers and the released OTIO adapters, side by side.

    python -m tests.bench.interchange [FOLDER] [--limit SECONDS] [--all]

FOLDER holds folders `aaf`, `edl`, `fcp7xml`, `fcpxml`, `otio`, `protools-text` and `mixed`; without
it CONFORM_CORPUS, or `../shared/corpus` beside the checkout. Ratios are ours and theirs against
references that are neither: LibAAF's dumps, the XML's own numbers, pycmx, a second FCPXML walk.
Where a file can be read in two right ways (Pro Tools' rendered fades folded or not, FCPXML times
from midnight or from the start), each reader is held to the one that suits it.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from adapters import formats
from conform.timecode import Rate
from conform.timeline import Clip, Kind, Source, Timeline, Track
from tests.bench import aaf, edl, fcpxml, xmeml
from tests.bench.keys import ASPECTS, Key, Told
from tests.bench.readings import OURS, Reader, Reading

R24 = Rate(Fraction(24))


@dataclass(frozen=True)
class Contest:
    """A format: its files, the adapter to beat, and what tells who is right."""

    name: str
    files: tuple[str, ...]
    peer: str | None
    reference: Callable[[Path, Rate], list[Told]] | None = None
    found: Callable[[Reading], Told] | None = None


CONTESTS = (
    Contest(
        "EDL", ("edl/**/*.[eE][dD][lL]", "edl/**/*.txt", "mixed/**/*.edl"), "cmx_3600",
        edl.told, edl.found,
    ),
    Contest(
        "FCP7 XML", ("fcp7xml/**/*.xml", "mixed/**/*.xml"), "fcp_xml",
        xmeml.told, xmeml.found,
    ),
    Contest(
        "FCPXML", ("fcpxml/**/*.fcpxml", "mixed/**/*.fcpxml"), "fcpx_xml",
        fcpxml.told, fcpxml.found,
    ),
    Contest("AAF", ("aaf/**/*.aaf",), "AAF", aaf.told, aaf.found),
    Contest("OTIO", ("**/*.otio", "otio/**/*.json"), "otio_json"),
    Contest("Pro Tools text", ("protools-text/**/*.txt",), None),
)  # fmt: skip


@dataclass
class Score:
    """What one reader made of one format."""

    read: int = 0
    seconds: float = 0.0
    right: Counter[str] = field(default_factory=Counter)
    total: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    def count(self, path: Path, reading: Reading, truths: list[Told], found: Told) -> None:
        """Add a file."""
        self.seconds += reading.seconds
        self.read += not reading.refused
        if reading.refused:
            self.notes.append(f"{path.name}: not read: {reading.refused}")
        if truths:
            wrongs = [truth.missed(found) for truth in truths]
            best = min(range(len(truths)), key=lambda n: _share(truths[n], wrongs[n]))
            for aspect, keys in truths[best].keys.items():
                wrong = wrongs[best][aspect]
                self.total[aspect] += len(keys)
                self.right[aspect] += len(keys) - len(wrong)
                self.notes += [f"{path.name}: {aspect}: {key}" for key in wrong]

    def ratio(self, aspect: str) -> str:
        """Right of all, or a dash where the corpus has no such thing."""
        total = self.total[aspect]
        return f"{self.right[aspect]}/{total}" if total else "-"


def _share(truth: Told, wrong: dict[str, list[Key]]) -> float:
    return len(wrong.get("positions", ())) / max(len(truth.keys.get("positions", ())), 1)


def compete(contest: Contest, folder: Path, limit: float) -> tuple[int, Score, Score | None]:
    """Read every file of a format with both; how many there are, our score and theirs."""
    ours, theirs = Score(), Score() if contest.peer else None
    own_reader = Reader(OURS, limit)
    peer = Reader(contest.peer, limit) if contest.peer else None
    found_files = sorted({path for pattern in contest.files for path in folder.glob(pattern)})
    paths = list({path.read_bytes(): path for path in reversed(found_files)}.values())[::-1]
    for path in paths:
        own = own_reader.read(path)
        rate = next((sheet.rate for sheet in own.sheets if sheet.rate), R24)
        truths = contest.reference(path, rate) if contest.reference else []
        pairs = ((ours, own), (theirs, peer.read(path, rate) if peer else None))
        for score, reading in pairs:
            if score and reading:
                found = contest.found(reading) if contest.found else Told()
                score.count(path, reading, truths, found)
    for reader in filter(None, (own_reader, peer)):
        reader.close()
    return len(paths), ours, theirs


def rows(name: str, files: int, ours: Score, theirs: Score | None) -> Iterator[str]:
    """The format's two lines of the table."""
    for who, score in ((f"**{name}** ours", ours), ("OTIO adapter", theirs)):
        if score:
            cells = [who, f"{score.read}/{files}", *(score.ratio(one) for one in ASPECTS)]
            yield "| " + " | ".join([*cells, f"{score.seconds / max(files, 1):.3f}"]) + " |"


def long_xml() -> Timeline:
    """3,000 clips on three picture tracks."""
    source = Source("a.mov", "file:///a.mov", start=Fraction(3600), duration=Fraction(9999))
    clips = tuple(
        Clip(f"shot {n}", *map(Fraction, (n, n + 1, 3600 + n, 3601 + n)), source)
        for n in range(1000)
    )
    tracks = tuple(Track(Kind.VIDEO, index, clips=clips) for index in (1, 2, 3))
    return Timeline("three thousand clips", R24, tracks=tracks)


def long_aaf() -> Timeline:
    """An hour on 24 sound tracks, a clip every 10 seconds, 60 sources."""
    sources = [
        Source(f"roll {n}", f"file:///roll{n}.wav", start=Fraction(36000), channels=2,
               duration=Fraction(3600), sample_rate=48000, rate=R24)
        for n in range(60)
    ]  # fmt: skip
    clips = tuple(
        Clip(f"take {n}", *map(Fraction, (10 * n, 10 * n + 10, 36000 + n, 36010 + n)),
             sources[n % 60], channels=(1,))
        for n in range(360)
    )  # fmt: skip
    tracks = tuple(Track(Kind.AUDIO, index, f"A{index}", clips) for index in range(1, 25))
    return Timeline("an hour", R24, Fraction(3600), tracks)


def timings(limit: float) -> Iterator[str]:
    """How long the two large files take, written by us into a temporary folder."""
    jobs = (
        ("XML of 3,000 clips (goal 3 s)", "long.xml", long_xml(), "fcp_xml"),
        ("AAF of an hour, 24 tracks, 8,640 clips (goal 5 s)", "long.aaf", long_aaf(), "AAF"),
    )
    with tempfile.TemporaryDirectory() as folder:
        for title, name, timeline, peer in jobs:
            path = Path(folder, name)
            formats.write(timeline, path)
            for who, reader in (("ours", Reader(OURS, limit)), ("OTIO", Reader(peer, limit))):
                reading = reader.read(path)
                events = sum(len(sheet.events) for sheet in reading.sheets)
                said = reading.refused or f"{events} clips"
                yield f"- {title}, {who}: {reading.seconds:.2f} s of CPU, {said}"
                reader.close()


def main() -> None:
    """Print the table, what was not read or not right, and the timings."""
    beside = Path(__file__).parents[2].parent / "shared" / "corpus"
    words = argparse.ArgumentParser(prog="tests.bench.interchange")
    words.add_argument("folder", nargs="?", type=Path)
    words.add_argument("--limit", type=float, default=60.0, help="seconds that a file may take")
    words.add_argument("--all", action="store_true", help="list what the adapters miss as well")
    asked = words.parse_args()
    folder = asked.folder or Path(os.environ.get("CONFORM_CORPUS", beside))
    if not folder.is_dir():
        sys.exit(f"{folder}: there is no such folder; set CONFORM_CORPUS")
    print("|  | read | " + " | ".join(ASPECTS) + " | CPU s per file |")
    print("|---" * (len(ASPECTS) + 3) + "|")
    notes: list[str] = []
    for contest in CONTESTS:
        files, ours, theirs = compete(contest, folder, asked.limit)
        print("\n".join(rows(contest.name, files, ours, theirs)), flush=True)
        notes += [f"- ours, {contest.name}: {note}" for note in ours.notes]
        if theirs and asked.all:
            notes += [f"- OTIO adapter, {contest.name}: {note}" for note in theirs.notes]
    print("\n" + "\n".join(notes) + "\n")
    print("\n".join(timings(asked.limit)))


if __name__ == "__main__":
    main()
