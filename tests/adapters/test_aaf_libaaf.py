"""What LibAAF's own dumps say of its test files, beside what we read.

The dumps come from another reader, written in C by other people. Its subclip offsets are wrong (it
does not look into them), and it rounds down; everything else has to agree within one sample.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from adapters.aaf import read
from conform.timeline import Clip, Curve, Timeline, Track

CORPUS = Path(
    os.environ.get("CONFORM_CORPUS", Path(__file__).resolve().parents[2].parent / "shared/corpus")
)
DUMPS = sorted((CORPUS / "aaf/libaaf").glob("*.aaf.expected"))
pytestmark = pytest.mark.corpus

_HEAD = re.compile(r"^ ([A-Z][A-Za-z ()]+?) +: (.*)$", re.MULTILINE)
_TRACK = re.compile(r"AudioTrack\[(\d+)\] ::  EditRate: (\d+)/(\d+).*?Format: (\w|\.)+(?P<rest>.*)")
_CLIP = re.compile(
    r"Clip \(\d+\):  Start: (?P<start>\S+)  Len: (?P<len>\S+) (?:\(out of range !\))? *End: \S+  "
    r"SourceOffset: (?P<offset>\S+)  Channels: (?P<channels>\d+)(?P<rest>.*)"
)
_CROSSFADE = re.compile(r"X-FADE: (\w+)  Length: (\d+)  CutPoint: (\d+)")
_SOURCE = re.compile(r'SourceFile \[ch (\w+)\]: "(.*)"')
_POINT = re.compile(r"_time: ([\d.]+) +_value: ([\d.]+) \(([+-][\d.]+) dB\)")
_EDGES = ("FadeIn", "FadeOut")
_CURVES = {
    "CURV_LIN": Curve.LINEAR,
    "CURV_LOG": Curve.LOGARITHMIC,
    "CURV_PWR": Curve.EQUAL_POWER,
}


@dataclass(frozen=True)
class DumpClip:
    start: Fraction
    length: Fraction
    offset: Fraction
    channels: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    gain: float | None = None
    curve: tuple[tuple[float, float], ...] = ()
    fade_in: Fraction | None = None
    fade_out: Fraction | None = None
    curve_in: str = ""
    curve_out: str = ""
    muted: bool = False
    subclip: bool = False

    @property
    def end(self) -> Fraction:
        return self.start + self.length


@dataclass(frozen=True)
class DumpCrossfade:
    start: Fraction
    cut: Fraction
    end: Fraction
    curve: str


@dataclass(frozen=True)
class DumpTrack:
    name: str
    clips: tuple[DumpClip, ...]
    crossfades: tuple[DumpCrossfade, ...]
    solo: bool
    mute: bool


@dataclass(frozen=True)
class Dump:
    start: Fraction
    label: str
    rate: Fraction
    unit: Fraction
    tracks: tuple[DumpTrack, ...]


@cache
def _dump(path: Path) -> Dump:
    text = path.read_text(encoding="utf-8")
    head = dict(_HEAD.findall(text))
    rate = _edit_rate(head["TC EditRrate"])
    sampling = _sampling(head)
    body = text[text.index("Tracks & Clips") :]
    # positions count from midnight, in samples or, where they are many, as timecode
    samples = Fraction(int(head["Composition Start (samples)"]), sampling)
    start = Fraction(int(head["Composition Start (EU)"])) / rate
    clock = _Clock(rate, sampling, samples, start, head["TC FPS"])
    parts = re.split(r"(?=AudioTrack\[)", body)[1:]
    tracks = tuple(_track(part, clock) for part in parts)
    return Dump(start, head["Composition Start"], rate, Fraction(1, sampling), tracks)


def _sampling(head: dict[str, str]) -> int:
    """The samples that a dump counts in, which are not always those of its dominant rate."""
    units, rate = re.fullmatch(r"(\d+) \(EditRate: (\S+)\)", head["Composition End (EU)"]).groups()
    told = int(head["Composition End (samples)"]) / (int(units) / Fraction(rate))
    return min((22050, 44100, 48000, 96000), key=lambda known: abs(known - told))


@dataclass(frozen=True)
class _Clock:
    rate: Fraction
    sampling: int
    first_sample: Fraction
    start: Fraction
    fps: str

    def at(self, text: str) -> Fraction:
        if text.isdecimal():
            return Fraction(int(text), self.sampling) - self.first_sample
        return self._frames(text) / self.rate - self.start

    def span(self, text: str) -> Fraction:
        if text.isdecimal():
            return Fraction(int(text), self.sampling)
        return self._frames(text) / self.rate

    def _frames(self, label: str) -> Fraction:
        hours, minutes, seconds, frames = (int(part) for part in re.split("[:;]", label))
        nominal = int(self.fps.split()[0])
        total = hours * 60 + minutes
        dropped = nominal // 15 * (total - total // 10) if "NDF" not in self.fps else 0
        return Fraction((total * 60 + seconds) * nominal + frames - dropped)


def _edit_rate(text: str) -> Fraction:
    rate = Fraction(text)
    for nominal in (24, 30, 60, 120):
        if abs(rate - Fraction(nominal * 1000, 1001)) < Fraction(1, 500):
            return Fraction(nominal * 1000, 1001)
    return rate


def _track(part: str, clock: _Clock) -> DumpTrack:
    head, *lines = part.splitlines()
    clips: list[DumpClip] = []
    crossfades: list[DumpCrossfade] = []
    pending: tuple[str, int, int] | None = None
    for line in lines:
        clip, cross, source, point = (
            pattern.search(line) for pattern in (_CLIP, _CROSSFADE, _SOURCE, _POINT)
        )
        if clip:
            clips.append(_clip(clip, clock))
            if pending:
                crossfades.append(_crossfade(pending, clips[-1].start, clock))
                pending = None
        elif cross:
            pending = cross[1], int(cross[2]), int(cross[3])
        elif source:
            last = clips[-1]
            clips[-1] = replace(
                last, channels=(*last.channels, source[1]), names=(*last.names, source[2])
            )
        elif point:
            last = clips[-1]
            clips[-1] = replace(last, curve=(*last.curve, (float(point[1]), float(point[3]))))
    name = re.search(r'Name: "(.*)"', head)
    return DumpTrack(
        name[1] if name else "", tuple(clips), tuple(crossfades), "SOLO" in head, "MUTE" in head
    )


def _clip(match: re.Match[str], clock: _Clock) -> DumpClip:
    rest = match["rest"]
    fade_in, fade_out = (re.search(rf"{edge}: (\w+) \((\d+)\)", rest) for edge in _EDGES)
    gain = re.search(r" Gain: ([+-][\d.]+) dB", rest)
    return DumpClip(
        clock.at(match["start"]),
        clock.span(match["len"]),
        clock.span(match["offset"]),
        gain=float(gain[1]) if gain else None,
        fade_in=clock.span(fade_in[2]) if fade_in else None,
        fade_out=clock.span(fade_out[2]) if fade_out else None,
        curve_in=fade_in[1] if fade_in else "",
        curve_out=fade_out[1] if fade_out else "",
        muted="MUTE" in rest,
        subclip="ClipName" in rest,
    )


def _crossfade(pending: tuple[str, int, int], start: Fraction, clock: _Clock) -> DumpCrossfade:
    curve, length, cut = pending
    return DumpCrossfade(
        start,
        start + Fraction(cut, clock.sampling),
        start + Fraction(length, clock.sampling),
        curve,
    )


def _legs(track: DumpTrack) -> int:
    """How many mono files a multichannel clip of a dump is made of."""
    return max(
        (len(clip.channels) for clip in track.clips if set(clip.channels) == {"1"}), default=1
    )


def _is(kind: str, clip: DumpClip) -> bool:
    return clip.names[0].startswith(kind)


def _folded(track: DumpTrack) -> DumpTrack:
    """The dump without rendered pieces, as LibAAF folds them when it is told to.

    An edge belongs to the clip before it that it touches, else to the one after; a rendered fade
    is a fade of its one neighbour, or a crossfade of two.
    """
    clips: list[DumpClip] = []
    early = Fraction(0)
    for clip in track.clips:
        if not _is("Sample accurate edit", clip):
            clips.append(_earlier(clip, early))
            early = Fraction(0)
        elif clips and clips[-1].end == clip.start:
            clips[-1] = replace(clips[-1], length=clips[-1].length + clip.length)
        else:
            early = clip.length
    return _without_fades(replace(track, clips=tuple(clips)))


def _earlier(clip: DumpClip, by: Fraction) -> DumpClip:
    return replace(clip, start=clip.start - by, length=clip.length + by, offset=clip.offset - by)


def _without_fades(track: DumpTrack) -> DumpTrack:
    frame = Fraction(1, 30)
    real = [clip for clip in track.clips if not _is("Fade ", clip)]
    crossfades = list(track.crossfades)
    for fade in (clip for clip in track.clips if _is("Fade ", clip)):
        before = next((n for n, c in enumerate(real) if abs(c.end - fade.start) < frame / 2), None)
        after = next((n for n, c in enumerate(real) if abs(c.start - fade.end) < frame / 2), None)
        if after is not None:
            real[after] = _earlier(real[after], fade.length)
        if before is not None:
            real[before] = replace(real[before], length=real[before].length + fade.length)
        if before is not None and after is not None:
            cut = fade.start + int(fade.length / frame / 2 + Fraction(1, 100)) * frame
            crossfades.append(DumpCrossfade(fade.start, cut, fade.end, ""))
        elif after is not None:
            real[after] = replace(real[after], fade_in=fade.length)
        elif before is not None:
            real[before] = replace(real[before], fade_out=fade.length)
    return replace(track, clips=tuple(real), crossfades=tuple(crossfades))


def _whole(track: Track) -> list[Clip]:
    """Our clips with the handles that crossfades use, as AAF and LibAAF count them."""
    into = {crossing.cut: crossing.cut - crossing.record_in for crossing in track.transitions}
    out = {crossing.cut: crossing.record_out - crossing.cut for crossing in track.transitions}
    whole = []
    for clip in track.clips:
        head, tail = into.get(clip.record_in, 0), out.get(clip.record_out, 0)
        whole.append(
            replace(
                clip,
                record_in=clip.record_in - head,
                source_in=clip.source_in - head,
                record_out=clip.record_out + tail,
                source_out=clip.source_out + tail,
            )
        )
    return whole


@cache
def _pairs(path: Path) -> list[tuple[DumpTrack, Track, int]]:
    """Each track of a dump beside each of ours that it should be."""
    dump, cut = _dump(path), _ours(path)
    ours = iter(cut.audio)
    pairs = []
    for track in dump.tracks:
        folded = _folded(track)
        pairs += [(folded, next(ours), leg) for leg in range(_legs(track))]
    assert next(ours, None) is None
    return pairs


@cache
def _ours(path: Path) -> Timeline:
    return read(path.with_suffix("")).timelines[0]


@cache
def _clips(path: Path) -> list[tuple[DumpClip, Clip, int]]:
    clips = []
    for theirs, ours, leg in _pairs(path):
        whole = _whole(ours)
        assert len(whole) == len(theirs.clips)
        clips += [(dump, clip, leg) for dump, clip in zip(theirs.clips, whole, strict=True)]
    return clips


parametrize = pytest.mark.parametrize("path", DUMPS, ids=lambda path: path.name.split(".aaf")[0])


@parametrize
def test_start_timecode_and_rate(path: Path) -> None:
    dump, timeline = _dump(path), _ours(path)
    assert timeline.start == dump.start
    assert timeline.timecode(Fraction(0)) == dump.label
    assert timeline.rate.fps == dump.rate


@parametrize
def test_positions_and_lengths_within_a_sample(path: Path) -> None:
    sample = _dump(path).unit
    for dump, clip, _ in _clips(path):
        assert abs(clip.record_in - dump.start) <= sample
        assert abs(clip.duration - dump.length) <= sample


@parametrize
def test_source_offsets_within_a_sample(path: Path) -> None:
    sample = _dump(path).unit
    for dump, clip, _ in _clips(path):
        if not dump.subclip:
            offset = clip.source_in - (clip.source.start or 0)
            assert abs(offset - dump.offset) <= sample


@parametrize
def test_source_channels(path: Path) -> None:
    for dump, clip, leg in _clips(path):
        if set(dump.channels) == {"1"}:
            assert clip.channels == (1,)
            assert clip.source.name.startswith(dump.names[leg].rsplit("_", 1)[0])
        else:
            said = tuple(1 if channel == "ALL" else int(channel) for channel in dump.channels)
            assert clip.channels == said


@parametrize
def test_gain_within_a_tenth_of_a_decibel(path: Path) -> None:
    for dump, clip, _ in _clips(path):
        flat = {level for _, level in dump.curve} if not clip.gain_curve else {0.0}
        level = (dump.gain or 0.0) + (flat.pop() if flat else 0.0)
        assert not flat
        assert clip.gain_db == pytest.approx(level, abs=0.1)


@parametrize
def test_gain_automation(path: Path) -> None:
    for dump, clip, _ in _clips(path):
        for point, (share, level) in zip(clip.gain_curve, dump.curve, strict=False):
            assert float(point.at / clip.duration) == pytest.approx(share, abs=1e-5)
            assert point.value == pytest.approx(level, abs=0.1)
        if clip.gain_curve:
            assert len(clip.gain_curve) == len(dump.curve)


@parametrize
def test_fades_and_crossfades_with_their_cut(path: Path) -> None:
    sample = _dump(path).unit
    for dump, clip, _ in _clips(path):
        for theirs, curve, ours in (
            (dump.fade_in, dump.curve_in, clip.fade_in),
            (dump.fade_out, dump.curve_out, clip.fade_out),
        ):
            assert (theirs is None) == (ours is None)
            if theirs is not None and ours is not None:
                assert abs(ours.duration - theirs) <= sample
                assert ours.curve in (_CURVES.get(curve), Curve.UNKNOWN)
    for track, ours, _ in _pairs(path):
        assert len(track.crossfades) == len(ours.transitions)
        for theirs, crossing in zip(track.crossfades, ours.transitions, strict=True):
            assert abs(crossing.record_in - theirs.start) <= sample
            into = crossing.cut - crossing.record_in
            assert abs(into - (theirs.cut - theirs.start)) <= sample
            assert abs(crossing.duration - (theirs.end - theirs.start)) <= sample
            assert crossing.curve is _CURVES.get(theirs.curve, Curve.UNKNOWN)


@parametrize
def test_names_mute_and_solo(path: Path) -> None:
    for dump, track, leg in _pairs(path):
        assert track.name in (dump.name, f"{dump.name}.{leg + 1}")
        assert track.soloed == dump.solo
        assert track.enabled != dump.mute
    for dump, clip, _ in _clips(path):
        assert clip.enabled != dump.muted
