"""Marker lists, as Resolve, Pro Tools, Media Composer, REAPER and Audition take them in."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from pathlib import Path

from adapters.daw import losses
from conform.errors import TimelineError
from conform.findings import Finding
from conform.timecode import sample_at
from conform.timeline import ZERO, Marker, Timeline
from conform.writing import write_text

_SAMPLE_RATE = 48000

RESOLVE_COLOURS = (
    "Blue", "Cyan", "Green", "Yellow", "Red", "Pink", "Purple", "Fuchsia", "Rose", "Lavender",
    "Sky", "Mint", "Lemon", "Sand", "Cocoa", "Cream",
)  # fmt: skip
AVID_COLOURS = ("Red", "Green", "Blue", "Cyan", "Magenta", "Yellow", "Black", "White")


def write(
    timeline: Timeline,
    path: Path,
    *,
    form: str | None = None,
    force: bool = False,
    sources: Iterable[Path] = (),
) -> tuple[Finding, ...]:
    """Write a timeline's markers in the form of a program, or in that of the path's suffix.

    Raises `TimelineError` for a form that is not known, `RenderError` where the path is taken or
    cannot be written. The findings say what the form cannot hold.
    """
    name = form or _BY_SUFFIX.get(path.suffix.lower(), "")
    if name not in FORMS:
        known = ", ".join(FORMS)
        raise TimelineError(f"'{form or path.suffix}' is no marker form; known: {known}", path=path)
    text, holds = FORMS[name]
    write_text(path, text(timeline), force=force, sources=sources)
    return losses(_losses(timeline, holds), f"{name} markers", path.name)


def resolve(timeline: Timeline) -> str:
    """An EDL of one event a marker; what stands before the first bar is the marker's note."""
    lines = [
        f"TITLE: {_line(timeline.name)}",
        f"FCM: {'DROP FRAME' if timeline.rate.drop else 'NON-DROP FRAME'}",
        "",
    ]
    for number, marker in enumerate(timeline.markers, 1):
        frames = _frames(timeline, marker)
        first, last = (timeline.rate.label(frame) for frame in (frames[0], frames[0] + 1))
        colour = _colour(marker, RESOLVE_COLOURS)
        note, name = (_line(text).replace("|", "/") for text in (marker.comment, marker.name))
        lines += [
            f"{number:03}  001      V     C        {first} {last} {first} {last}  ",
            f"{note} |C:ResolveColor{colour} |M:{name} |D:{frames[1]}",
            "",
        ]
    return "\n".join(lines)


def protools(timeline: Timeline) -> str:
    """A session text that holds nothing but memory locations, to the sample."""
    rate = timeline.rate
    drop = " Drop" if rate.drop else ""
    head = {
        "SESSION NAME": _line(timeline.name),
        "SAMPLE RATE": f"{_SAMPLE_RATE}.000000",
        "BIT DEPTH": "24-bit",
        "SESSION START TIMECODE": timeline.timecode(ZERO),
        "TIMECODE FORMAT": f"{rate.name.removesuffix(' DF')}{drop} Frame",
    }
    lines = [*(f"{name}:\t{value}" for name, value in head.items()), "", ""]
    lines += ["M A R K E R S  L I S T I N G"]
    lines += ["#   \tLOCATION     \tTIME REFERENCE    \tUNITS    \tNAME             \tCOMMENTS"]
    for number, marker in enumerate(timeline.markers, 1):
        place = (timeline.timecode(marker.at), sample_at(marker.at, _SAMPLE_RATE))
        texts = (_line(marker.name), _line(marker.comment))
        lines.append("\t".join(map(str, (number, *place, "Samples", *texts))))
    return "\n".join([*lines, ""])


def avid(timeline: Timeline) -> str:
    """Media Composer's marker window: user, timecode, track, colour, comment, length."""
    rows = []
    for marker in timeline.markers:
        frame, length = _frames(timeline, marker)
        comment = _whole(marker)
        colour = _colour(marker, AVID_COLOURS, "Red").lower()
        cells = ("Picturelock", timeline.rate.label(frame), "V1", colour, comment, str(length))
        rows.append("\t".join(cells))
    return "\n".join([*rows, ""])


def reaper(timeline: Timeline) -> str:
    """REAPER's marker manager: markers as M, regions as R, in minutes from the start."""
    rows = [["#", "Name", "Start", "End", "Length"]]
    for number, marker in enumerate(timeline.markers, 1):
        start, end = _minutes(marker.at), _minutes(marker.at + marker.duration)
        name = _whole(marker)
        if marker.duration:
            rows.append([f"R{number}", name, start, end, _minutes(marker.duration)])
        else:
            rows.append([f"M{number}", name, start, "", ""])
    return _table(rows, ",")


def audition(timeline: Timeline) -> str:
    """Audition's marker panel: tab-separated, in minutes from the start of the file."""
    rows = [["Name", "Start", "Duration", "Time Format", "Type", "Description"]]
    for marker in timeline.markers:
        times = (_minutes(marker.at), _minutes(marker.duration))
        rows.append([_line(marker.name), *times, "decimal", "Cue", _line(marker.comment)])
    return _table(rows, "\t")


FORMS: dict[str, tuple[Callable[[Timeline], str], frozenset[str]]] = {
    "resolve": (resolve, frozenset({"comment", "colour", "length"})),
    "protools": (protools, frozenset({"comment", "samples"})),
    "avid": (avid, frozenset({"comment", "colour", "length"})),
    "reaper": (reaper, frozenset({"comment", "length", "samples"})),
    "audition": (audition, frozenset({"comment", "length", "samples"})),
}
"""Each program's form, and what of a marker it holds beside its name and frame."""

_BY_SUFFIX = {".edl": "resolve", ".txt": "avid", ".csv": "reaper", ".tsv": "audition"}


def _losses(timeline: Timeline, holds: frozenset[str]) -> Iterator[str]:
    """What of the markers a form cannot hold."""
    rate = timeline.rate
    for marker in timeline.markers:
        held = {"comment": marker.comment, "colour": marker.color, "length": marker.duration}
        for what, value in held.items():
            if value and what not in holds:
                yield f"the {what} of a marker"
        if "samples" not in holds and rate.seconds(rate.nearest(marker.at)) != marker.at:
            yield "a place between frames (the nearest frame is written)"


def _frames(timeline: Timeline, marker: Marker) -> tuple[int, int]:
    """The frame on the record clock that is nearest to a marker, and its length in frames."""
    first = timeline.rate.nearest(timeline.start + marker.at)
    last = timeline.rate.nearest(timeline.start + marker.at + marker.duration)
    return first, max(last - first, 1)


def _minutes(seconds: Fraction) -> str:
    """A time as `1:02.345678`, to a microsecond."""
    minutes, millionths = divmod(round(seconds * 10**6), 60 * 10**6)
    return f"{minutes}:{millionths // 10**6:02}.{millionths % 10**6:06}"


def _colour(marker: Marker, known: tuple[str, ...], other: str = "Blue") -> str:
    """The colour by its name in a program; its usual one for a colour that it has not."""
    name = marker.color.lower().removeprefix("resolvecolor")
    return next((colour for colour in known if colour.lower() == name), other)


def _whole(marker: Marker) -> str:
    """Name and comment in one text, for the lists that have one field for both."""
    return _line(f"{marker.name}: {marker.comment}" if marker.comment else marker.name)


def _line(text: str) -> str:
    """A text on one line, without tabs: every one of these lists is a line a marker."""
    return " ".join(text.split())


def _table(rows: Iterable[Iterable[str]], delimiter: str) -> str:
    page = io.StringIO(newline="")
    csv.writer(page, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return page.getvalue()
