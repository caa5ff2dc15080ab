"""The FCPXML reader against a second one: a recursive walk that knows nothing of it.

The walk carries one affine map from a storyline's clock to the record and one window, and covers
what real exports hold: lanes, compounds, angles, sync clips, conformed rates and constant speeds.
"""

from __future__ import annotations

import os
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import pytest
from defusedxml.ElementTree import parse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.fcpxml import read, write
from conform.timeline import Kind, Timeline

ROOT = Path(__file__).parents[2]
CORPUS = Path(os.environ.get("CONFORM_CORPUS", ROOT.parent / "shared" / "corpus"))
FILES = sorted(CORPUS.glob("fcpxml/**/*.fcpxml")) + sorted(CORPUS.glob("mixed/**/*.fcpxml"))
CLIPS = ["asset-clip", "clip", "sync-clip", "ref-clip", "mc-clip", "title"]
STORY = [*CLIPS, "video", "audio", "gap", "audition", "spine"]
Event = tuple[str, Fraction, Fraction, Fraction, Fraction, str]


def sec(text: str | None) -> Fraction | None:
    return Fraction(text.removesuffix("s")) if text else None


@dataclass(frozen=True)
class View:
    """record = rise * time + base, seen between two record times."""

    rise: Fraction
    base: Fraction
    low: Fraction
    high: Fraction
    fps: Fraction
    kinds: str = "va"

    def record(self, time: Fraction) -> Fraction:
        return self.rise * time + self.base


class Walk:
    def __init__(self, root: ET.Element) -> None:
        self.res = {e.get("id"): e for holder in root.iter("resources") for e in holder}
        self.events: Counter[Event] = Counter()

    def fps(self, element: ET.Element, otherwise: Fraction) -> Fraction:
        form = self.res.get(element.get("format"))
        frame = sec(form.get("frameDuration")) if form is not None else None
        return 1 / frame if frame else otherwise

    def storyline(self, items: list[ET.Element], view: View) -> None:
        for item in items:
            if item.tag != "transition":
                self.item(item, sec(item.get("offset")) or Fraction(0), view)

    def item(self, item: ET.Element, at: Fraction, view: View) -> None:
        if item.tag == "audition":
            item = item[0]
        if item.tag == "spine":
            self.storyline(list(item), replace(view, base=view.record(at)))
        elif item.tag in STORY and sec(item.get("duration")):
            self.usage(item, at, view)

    def usage(self, item: ET.Element, at: Fraction, view: View) -> None:
        start, duration = self.start(item), sec(item.get("duration")) or Fraction(0)
        pace = self.pace(item, view)
        held = self.held(item)
        for child in item:
            if child.tag in STORY and child not in held:
                offset = sec(child.get("offset")) or Fraction(0)
                self.item(child, at + (offset - start) / pace, view)
        keep = {"audio": "a", "video": "v"}.get(item.get("srcEnable", ""), "va")
        for kind in sorted(set(keep) & set(view.kinds)):
            begin, length = at, duration
            if kind == "a" and item.get("audioStart"):
                begin = at + (sec(item.get("audioStart")) - start) / pace  # type: ignore[operator]
                length = sec(item.get("audioDuration")) or duration
            edges = sorted((view.record(begin), view.record(begin + length)))
            inner = self.inside(item, at, start, pace, view)
            inner = replace(
                inner, kinds=kind, low=max(edges[0], view.low), high=min(edges[1], view.high)
            )
            if inner.low < inner.high:
                self.content(item, held, inner)

    def start(self, item: ET.Element) -> Fraction:
        told, resource = sec(item.get("start")), self.res.get(item.get("ref"))
        if told is None and resource is not None:
            home = resource[0] if resource.tag == "media" else resource
            told = sec(home.get("tcStart") or home.get("start"))
        return told or Fraction(0)

    def pace(self, item: ET.Element, view: View) -> Fraction:
        told = item.find("conform-rate")
        if told is None or told.get("scaleEnabled") == "0":
            return Fraction(1)
        if told.get("srcFrameRate") == "23.98":
            return Fraction(1001, 1000)
        return view.fps / Fraction(told.get("srcFrameRate"))

    def held(self, item: ET.Element) -> list[ET.Element]:
        if item.tag not in ("clip", "sync-clip"):
            return []
        return [child for child in item if child.tag in STORY and child.get("lane", "0") == "0"]

    def inside(
        self, item: ET.Element, at: Fraction, start: Fraction, pace: Fraction, view: View
    ) -> View:
        """The view of the material clock: record over time, then over value."""
        rise = view.rise / pace
        base = view.record(at) - rise * start
        told = item.find("timeMap")
        if told is not None:
            (t0, v0), (t1, v1) = ((sec(p.get("time")), sec(p.get("value"))) for p in told)
            slope = (t1 - t0) / (v1 - v0)  # type: ignore[operator]
            rise, base = rise * slope, base + rise * (t0 - slope * v0)  # type: ignore[operator]
        return replace(view, rise=rise, base=base)

    def content(self, item: ET.Element, held: list[ET.Element], view: View) -> None:
        resource = self.res.get(item.get("ref"))
        if item.tag in ("clip", "sync-clip"):
            self.storyline(held, replace(view, fps=self.fps(item, view.fps)))
        elif item.tag == "ref-clip" and resource is not None:
            inner = replace(view, fps=self.fps(resource[0], view.fps))
            self.storyline(list(resource[0].find("spine") or ()), inner)
        elif item.tag == "mc-clip" and resource is not None:
            self.angles(item, resource[0], replace(view, fps=self.fps(resource[0], view.fps)))
        elif item.tag != "gap":
            self.leaf(item, resource, view)

    def angles(self, item: ET.Element, multicam: ET.Element, view: View) -> None:
        for source in item.findall("mc-source"):
            wanted = {"all": "va", "audio": "a", "video": "v"}.get(source.get("srcEnable", ""), "")
            for angle in multicam.findall("mc-angle"):
                if angle.get("angleID") == source.get("angleID") and view.kinds in wanted:
                    self.storyline(list(angle), view)

    def leaf(self, item: ET.Element, resource: ET.Element | None, view: View) -> None:
        flag = {"v": "hasVideo", "a": "hasAudio"}[view.kinds]
        times = 1
        if item.tag == "asset-clip":
            if resource is not None and not self.streams(resource, flag):
                return
            parts = [p for p in item.findall("audio-channel-source") if p.get("active") != "0"]
            times = len(parts) or 1 if view.kinds == "a" else 1
        elif (item.tag == "audio") != (view.kinds == "a"):
            return
        inner = sorted((edge - view.base) / view.rise for edge in (view.low, view.high))
        copy = None if resource is None else resource.find("media-rep")
        copy = resource if copy is None else copy
        name = "" if copy is None else copy.get("src", "")
        kind = "video" if view.kinds == "v" else "audio"
        self.events[kind, view.low, view.high, inner[0], inner[1], name] += times

    def streams(self, resource: ET.Element, flag: str) -> bool:
        told = resource.get("hasVideo") or resource.get("hasAudio")
        return resource.get(flag) == "1" if told else True


def truths(root: ET.Element) -> list[Counter[Event]]:
    found = []
    for project in root.iter("project"):
        for sequence in project.findall("sequence"):
            walk = Walk(root)
            start = sec(sequence.get("tcStart")) or Fraction(0)
            far = Fraction(10**6)
            view = View(Fraction(1), -start, -far, far, walk.fps(sequence, Fraction(0)))
            for spine in sequence.findall("spine"):
                walk.storyline(list(spine), view)
            found.append(walk.events)
    return found


def loose(root: ET.Element) -> list[Counter[Event]]:
    """Browser clips, each on a record that begins at its own start."""
    found = []
    for holder in (root, *root.iter("library"), *root.iter("event")):
        for clip in holder:
            if clip.tag in CLIPS:
                walk = Walk(root)
                start, far = walk.start(clip), Fraction(10**6)
                used = walk.res.get(clip.get("ref"), clip)
                rate = walk.fps(clip, walk.fps(used[0] if len(used) else used, Fraction(24)))
                walk.item(clip, start, View(Fraction(1), -start, -far, far, rate))
                found.append(walk.events)
    return found


def events(timeline: Timeline) -> Counter[Event]:
    return Counter(
        (
            track.kind.value,
            clip.record_in,
            clip.record_out,
            clip.source_in,
            clip.source_out,
            clip.source.url,
        )
        for track, clip in timeline.clips()
    )


@pytest.mark.corpus
@pytest.mark.skipif(not FILES, reason="no corpus here")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_clip_of_the_corpus_lies_where_a_second_reader_puts_it(path: Path) -> None:
    root = parse(path).getroot()
    expected = truths(root) or loose(root)
    assert expected
    found = [events(timeline) for timeline in read(path).timelines]
    assert found[: len(expected)] == expected


@pytest.mark.corpus
@pytest.mark.skipif(not FILES, reason="no corpus here")
def test_the_corpus_holds_enough_to_prove_something() -> None:
    told = [truth for path in FILES for truth in truths(parse(path).getroot())]
    assert sum(truth.total() for truth in told) > 1000
    assert {event[0] for truth in told for event in truth} == {kind.value for kind in Kind}


@pytest.mark.corpus
@pytest.mark.skipif(not FILES, reason="no corpus here")
def test_no_clip_of_the_corpus_leaves_its_source() -> None:
    """Positions may agree by a shared mistake; sources that all stay in bounds speak against it."""
    found = {finding.code for path in FILES for finding in read(path).findings}
    assert "fcpxml.media_range" not in found
    assert "fcpxml.unknown" not in found


TIMES = st.integers(0, 240).map(lambda n: f"{n}/24s")
LENGTHS = st.integers(1, 240).map(lambda n: f"{n}/24s")
RETIMES = st.sampled_from(
    [
        "",
        "",
        '<conform-rate scaleEnabled="0" srcFrameRate="25"/>',
        '<conform-rate srcFrameRate="25"/>',
        '<timeMap><timept time="0s" value="0s"/><timept time="30s" value="50s"/></timeMap>',
        '<timeMap><timept time="0s" value="9s"/><timept time="70s" value="-5s"/></timeMap>',
    ]
)


@st.composite
def stories(draw: st.DrawFn, depth: int, lane: str = "") -> str:
    """Any item with any children: positions, splits and speeds at random."""
    tags = ["asset-clip", "gap", "spine"] if lane else ["asset-clip", "gap"]
    tag = draw(st.sampled_from([*tags, *(["sync-clip", "ref-clip", "mc-clip"] if depth else [])]))
    lanes = draw(st.lists(st.sampled_from(["1", "-1", "2"]), max_size=2 if depth else 0))
    anchored = "".join(draw(stories(depth - 1, f'lane="{lane}"')) for lane in lanes)
    place = f'{lane} offset="{draw(TIMES)}"'
    if tag == "spine":
        return f"<spine {place}>{''.join(draw(st.lists(stories(0), max_size=3)))}</spine>"
    timing = f'{place} start="{draw(TIMES)}" duration="{draw(LENGTHS)}"'
    if tag == "gap":
        return "" if lane else f"<gap {timing}>{anchored}</gap>"
    split = draw(
        st.sampled_from(["", f'audioStart="{draw(TIMES)}" audioDuration="{draw(LENGTHS)}"'])
    )
    retime = draw(RETIMES)
    refs = {"asset-clip": ["a", "v", "s"], "ref-clip": ["m0", "m1"], "mc-clip": ["mc"]}
    ref = f'ref="{draw(st.sampled_from(refs[tag]))}"' if tag in refs else ""
    inner = "".join(draw(st.lists(stories(depth - 1), max_size=2))) if tag == "sync-clip" else ""
    angles = '<mc-source angleID="1" srcEnable="video"/><mc-source angleID="2" srcEnable="audio"/>'
    inner += angles if tag == "mc-clip" else ""
    return f"<{tag} {ref} {timing} {split}>{retime}{inner}{anchored}</{tag}>"


@st.composite
def documents(draw: st.DrawFn) -> str:
    def spine(depth: int) -> str:
        return "".join(draw(st.lists(stories(depth), min_size=1, max_size=3)))

    def asset(key: str, flags: str) -> str:
        return f'<asset id="{key}" name="{key}" start="0s" {flags} format="f" src="file:///{key}"/>'

    media = "".join(
        f'<media id="m{n}"><sequence format="f" tcStart="{draw(TIMES)}"><spine>{spine(0)}'
        "</spine></sequence></media>"
        for n in range(2)
    )
    return (
        '<fcpxml version="1.11"><resources><format id="f" frameDuration="1/24s"/>'
        + asset("a", 'hasVideo="1" hasAudio="1"')
        + asset("v", 'hasVideo="1"')
        + asset("s", 'hasAudio="1"')
        + f'{media}<media id="mc"><multicam format="f"><mc-angle angleID="1">{spine(0)}</mc-angle>'
        f'<mc-angle angleID="2">{spine(0)}</mc-angle></multicam></media></resources>'
        f'<project><sequence format="f"><spine>{spine(2)}</spine></sequence></project></fcpxml>'
    )


@given(documents())
@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
def test_any_structure_comes_out_as_the_second_reader_says(tmp_path: Path, document: str) -> None:
    path = tmp_path / "any.fcpxml"
    path.write_text(document)
    (expected,) = truths(parse(path).getroot())
    (timeline,) = read(path).timelines
    assert events(timeline) == expected


def rounded(found: Counter[Event]) -> Counter[tuple[object, ...]]:
    """Events to the microsecond, for times that FCPXML's 32-bit fractions cannot hold."""
    told: Counter[tuple[object, ...]] = Counter()
    for (kind, *times, url), number in found.items():
        told[kind, *(round(time, 6) for time in times), url] += number
    return told


@pytest.mark.corpus
@pytest.mark.skipif(not FILES, reason="no corpus here")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_what_is_written_means_the_same_to_the_second_reader(path: Path, tmp_path: Path) -> None:
    for number, timeline in enumerate(read(path).timelines[:3]):
        written = tmp_path / f"{number}.fcpxml"
        findings = write(timeline, written)
        (truth,) = truths(parse(written).getroot())
        assert "fcpxml.place" not in {finding.code for finding in findings}
        assert without_files(rounded(truth)) == without_files(rounded(events(timeline)))


def without_files(found: Counter[tuple[object, ...]]) -> Counter[tuple[object, ...]]:
    """What has no file is written as offline under a name; the names do not count here."""
    told: Counter[tuple[object, ...]] = Counter()
    for event, number in found.items():
        url = str(event[-1])
        told[*event[:-1], "" if url.startswith("file:///offline/") else url] += number
    return told
