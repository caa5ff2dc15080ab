"""Reads FCPXML files and `.fcpxmld` bundles.

Every `project` is a timeline. A file without projects is a browser export: each of its clips
becomes a timeline of its own that runs on the clip's clock, and so does each compound that none of
these clips plays. Loose clips beside projects are counted and left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from lxml import etree

from adapters.cut import Cut
from adapters.fcpxml.frame import Frame
from adapters.fcpxml.layout import tracks
from adapters.fcpxml.reading import Notebook, metadata
from adapters.fcpxml.resources import Resources
from adapters.fcpxml.story import CLIPS, LONGEST, Story
from adapters.fcpxml.warp import Warp
from adapters.xmlgate import Document, parse
from conform.errors import TimelineError
from conform.timecode import Rate
from conform.timeline import ZERO, Timeline

_VERSIONS = tuple(f"1.{minor}" for minor in range(5, 15))


def read(path: Path, *, rate: Rate | None = None) -> Cut:
    """The timelines of an FCPXML file, or of the `Info.fcpxml` inside a `.fcpxmld` bundle.

    `rate` is used where the file states none; a file that states another one is right.
    Raises `TimelineError` where the file is no FCPXML or holds no timeline.
    """
    document = parse(_file(path))
    notes = Notebook(document)
    if document.root.tag != "fcpxml":
        said = f"this is '{document.root.tag}', no FCPXML; choose another reader"
        raise notes.refusal(said, document.root)
    if document.root.get("version") not in _VERSIONS:
        said = f"version {document.root.get('version')} is not among {_VERSIONS[0]} to 1.14"
        notes.warn("fcpxml.version", said, document.root)
    timelines = tuple(_timelines(document, Resources(document.root, notes), rate))
    if not timelines:
        raise notes.refusal("no project, compound or clip in this file")
    return Cut(timelines, notes.close())


def _file(path: Path) -> Path:
    if not path.is_dir():
        return path
    named = path / "Info.fcpxml"
    found = [named] if named.is_file() else sorted(path.glob("*.fcpxml"))
    if not found:
        raise TimelineError("a bundle without Info.fcpxml; export it again", path=path)
    return found[0]


def _timelines(document: Document, resources: Resources, rate: Rate | None) -> Iterator[Timeline]:
    projects = list(document.root.iter("project"))
    loose = [
        element
        for holder in (document.root, *document.root.iter("library", "event"))
        for element in holder.iterchildren(*CLIPS, "audition")
    ]
    for project in projects:
        for own in project.iterchildren("sequence"):
            yield _sequence(own, project.get("name", ""), resources, rate)
    if projects:
        for clip in loose:
            said = "a clip outside the projects is left out"
            resources.notes.count("fcpxml.loose", said, clip)
        return
    for clip in loose:
        said = "no project in this file; each clip is read as a timeline of its own"
        resources.notes.count("fcpxml.browser", said, clip)
        yield from _browser_clip(clip, resources, rate)
    played = {clip.get("ref") for clip in document.root.iter("ref-clip")}
    for media in document.root.iter("media"):
        sequence = media.find("sequence")
        if sequence is not None and media.get("id") not in played:
            yield _sequence(sequence, media.get("name", ""), resources, rate)


def _sequence(
    sequence: etree._Element, name: str, resources: Resources, rate: Rate | None
) -> Timeline:
    notes = resources.notes
    start = notes.time(sequence, "tcStart") or ZERO
    own = _rate(sequence, resources, rate)
    story = Story(resources)
    for spine in sequence.iterchildren("spine"):
        story.spine(spine, start, _whole(start, own, spine.get("name", "")))
    timeline = _timeline(story, name, own, start)
    length = notes.time(sequence, "duration")
    if length is not None and length > 0 and length != timeline.duration:
        timeline = replace(timeline, length=length)
    note = sequence.find("note")
    told = (("note", note.text),) if note is not None and note.text else ()
    return replace(timeline, metadata=(*told, *metadata(sequence)))


def _browser_clip(
    clip: etree._Element, resources: Resources, rate: Rate | None
) -> Iterator[Timeline]:
    """A clip as it lies in an event: its own start is the start of the timeline."""
    active = clip[0] if clip.tag == "audition" and len(clip) else clip
    start = resources.notes.time(active, "start")
    if start is None:
        asset = resources.asset(active)
        start = ZERO if asset is None else asset.start
    own = _rate(active, resources, rate)
    story = Story(resources)
    if story.item(clip, start, _whole(start, own, "")) is not None:
        yield _timeline(story, active.get("name", ""), own, start)


def _whole(start: Fraction, rate: Rate, storyline: str) -> Frame:
    """A frame that nothing cuts off: as far as items may lie, either side of the start."""
    warp = Warp.straight(-2 * LONGEST, start - 2 * LONGEST, 4 * LONGEST)
    return Frame(warp, rate, storyline=storyline)


def _timeline(story: Story, name: str, rate: Rate, start: Fraction) -> Timeline:
    return Timeline(
        name=name,
        rate=rate,
        start=start,
        tracks=tracks(story.pieces, story.joints, story.resources.notes),
        markers=tuple(sorted(story.markers, key=lambda marker: marker.at)),
    )


def _rate(element: etree._Element, resources: Resources, given: Rate | None) -> Rate:
    """The rate of a sequence or loose clip, else the one given, else the file's commonest one."""
    told = resources.rate(element) or resources.used_rate(element)
    notes = resources.notes
    if told is not None:
        if given is not None and told.fps != given.fps:
            said = f"the file says {told.name}, not {given.name}; the file is right"
            notes.warn("fcpxml.rate", said, element)
        return told
    if given is not None:
        return given
    common = resources.common_rate()
    if common is None:
        said = "the file does not say its frame rate; give it with --rate"
        raise notes.refusal(said, element)
    said = f"<{element.tag}> without a rate is counted at {common.name}, the file's commonest rate"
    notes.count("fcpxml.rate", said, element)
    return common
