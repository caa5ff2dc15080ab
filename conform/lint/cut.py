"""What a careful assistant looks for in a cut before sound is laid under it.

Each rule says a thing once for a track or a timeline, with a count and the first place, and says
nothing of a clean cut. A rule knows only what the cut itself tells.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from itertools import pairwise

from conform.findings import Finding, info, warning
from conform.timecode import Rate
from conform.timeline import Clip, Kind, Source, Timeline, Track

Rule = Callable[[Timeline, str], Iterator[Finding]]
"""A look at one timeline; the text is what its findings give as their place."""

_USUAL = frozenset((8000, 11025, 16000, 22050, 24000, 32000, 44100, 48000, 88200, 96000,
                    176400, 192000, 352800, 384000, 2822400, 5644800))  # fmt: skip
_PULLED = frozenset((44056, 44144, 47952, 48048, 88112, 88288, 95904, 96096))
"""The usual rates times 1000/1001 and 1001/1000, as recorders round them."""
_NAMELESS = frozenset(("", "AX", "BL", "BLACK", "NONE", "UNKNOWN"))
"""Reel columns that name no reel (CMX3600's auxiliary source and black)."""
_SESSIONS = (".ptx", ".ptf", ".pts")
"""Ends of the names that Pro Tools gives its sessions, which stand for the tape in its AAFs."""


def lint(timeline: Timeline, where: str) -> tuple[Finding, ...]:
    """What every rule finds in a timeline; `where` names its file."""
    return tuple(finding for rule in RULES for finding in rule(timeline, where))


def _rates(timeline: Timeline, where: str) -> Iterator[Finding]:
    """Sources 1000/1001 beside the timeline drift 3.6 s an hour where nobody conforms them."""
    near = [
        (track, clip, rate)
        for track, clip, rate in _timed(timeline)
        if rate.nominal == timeline.rate.nominal and rate.fps != timeline.rate.fps
    ]
    if near:
        track, clip, rate = near[0]
        text = (
            f"{counted(len(near), 'clip')} with the source counted at {rate.name}, the timeline at "
        )
        text += f"{timeline.rate.name}: 3.6 s an hour apart; {_first(timeline, track, clip)}"
        yield warning("lint.rates", text, where)


def _source_rates(timeline: Timeline, where: str) -> Iterator[Finding]:
    """One source cannot run at two rates."""
    told: defaultdict[str, set[Fraction]] = defaultdict(set)
    for _, clip, rate in _timed(timeline):
        told[_identity(clip.source)].add(rate.fps)
    torn = {name: rates for name, rates in told.items() if name and len(rates) > 1}
    if torn:
        name, rates = next(iter(torn.items()))
        said = " and ".join(Rate(fps).name for fps in sorted(rates))
        text = f"{counted(len(torn), 'source')} with two rates; first '{name}': {said}"
        yield warning("lint.source-rates", text, where)


def _collisions(timeline: Timeline, where: str) -> Iterator[Finding]:
    """Files of one reel whose timecodes overlap: a relink by reel and timecode may take either."""
    reels: defaultdict[str, dict[str, Source]] = defaultdict(dict)
    for track, clip in timeline.clips():
        source = clip.source
        reel = (source.reel or source.tape).strip()
        known = source.start and source.duration and source.url
        named = reel.upper() not in _NAMELESS and not reel.casefold().endswith(_SESSIONS)
        if known and named and not source.generated:
            reels[f"{reel} {track.kind}"][source.url] = source
    clashes = [pair for files in reels.values() for pair in _overlapping(list(files.values()))]
    if clashes:
        one, other = clashes[0]
        text = (
            f"{counted(len(clashes), 'pair')} of files of one reel with the same timecode; "
            f"first reel '{one.reel or one.tape}': '{one.name}' and '{other.name}'"
        )
        yield warning("lint.timecode-collision", text, where)


def _overlapping(files: list[Source]) -> Iterator[tuple[Source, Source]]:
    ordered = sorted(files, key=lambda source: source.start or Fraction(0))
    for one, other in pairwise(ordered):
        ends = (one.start or 0) + (one.duration or 0)
        parts = (one.start, one.duration) == (other.start, other.duration)
        if (other.start or 0) < ends and not parts:  # the mono files of one take lie together
            yield one, other


def _drop_frame(timeline: Timeline, where: str) -> Iterator[Finding]:
    """Labels with and without drop frame name times 3.6 s an hour apart."""
    odd = [
        (track, clip)
        for track, clip, rate in _timed(timeline)
        if rate.fps == timeline.rate.fps
        and clip.source.start is not None
        and rate.drop != timeline.rate.drop
    ]
    if odd:
        ours, theirs = ("", "non-") if timeline.rate.drop else ("non-", "")
        text = f"{counted(len(odd), 'clip')} with a {theirs}drop-frame source"
        text += f" in a {ours}drop-frame timeline"
        yield info("lint.drop-frame", f"{text}; {_first(timeline, *odd[0])}", where)
    modes: defaultdict[str, set[bool]] = defaultdict(set)
    for _, clip, rate in _timed(timeline):
        modes[_identity(clip.source)].add(rate.drop)
    torn = [name for name, seen in modes.items() if name and len(seen) > 1]
    if torn:
        text = (
            f"{counted(len(torn), 'source')} counted with and without drop frame; first '{torn[0]}'"
        )
        yield warning("lint.drop-frame", text, where)


def _gaps(timeline: Timeline, where: str) -> Iterator[Finding]:
    """A hole of a frame or less is a flash of black, or a click, that nobody meant."""
    for track in timeline.tracks:
        clips = sorted(track.clips, key=lambda clip: clip.record_in)
        after = [
            new
            for old, new in pairwise(clips)
            if 0 < new.record_in - old.record_out <= timeline.rate.frame
        ]
        if after:
            text = f"{counted(len(after), 'hole')} of a frame or less on {_name(track)}"
            first = _first(timeline, track, after[0])
            yield warning("lint.one-frame-gap", f"{text}; {first}", where)


def _overlaps(timeline: Timeline, where: str) -> Iterator[Finding]:
    """Two clips of one track at one time: which of them plays depends on the reader."""
    for track in timeline.tracks:
        clips = sorted(track.clips, key=lambda clip: (clip.record_in, clip.record_out))
        under = [new for old, new in pairwise(clips) if new.record_in < old.record_out]
        if under:
            text = (
                f"{counted(len(under), 'clip')} on {_name(track)} under the end of the one before"
            )
            yield warning("lint.overlap", f"{text}; {_first(timeline, track, under[0])}", where)


def _channels(timeline: Timeline, where: str) -> Iterator[Finding]:
    """A channel that the source's own description does not have."""
    for track in timeline.audio:
        beyond = [
            clip
            for clip in track.clips
            if clip.source.channels and max(clip.channels, default=0) > clip.source.channels
        ]
        if beyond:
            clip = beyond[0]
            text = (
                f"{counted(len(beyond), 'clip')} on {_name(track)} with channels that their source "
                f"does not have; first channel {max(clip.channels)} of {clip.source.channels}"
            )
            yield warning("lint.channels", f"{text}, {_first(timeline, track, clip)}", where)


def _sample_rates(timeline: Timeline, where: str) -> Iterator[Finding]:
    sources = {_identity(clip.source): clip.source for _, clip in timeline.clips()}
    rates = ((source.name, source.sample_rate) for source in sources.values())
    yield from odd_sample_rates(rates, where)


def odd_sample_rates(named: Iterable[tuple[str, int | None]], where: str) -> Iterator[Finding]:
    """Sample rates that no converter has: 47,999 Hz is a rate somebody's arithmetic made."""
    rates = [(name, rate) for name, rate in named if rate and rate not in _USUAL]
    pulled = [one for one in rates if one[1] in _PULLED]
    odd = [one for one in rates if one[1] not in _PULLED]
    if odd:
        text = f"{counted(len(odd), 'file')} at a sample rate that no recorder has"
        text += f"; first '{odd[0][0]}' at {odd[0][1]} Hz"
        yield warning("lint.sample-rate", text, where)
    if pulled:
        text = f"{counted(len(pulled), 'file')} pulled up or down; first '{pulled[0][0]}'"
        yield info("lint.sample-rate", f"{text} at {pulled[0][1]} Hz", where)


def _scene_take(timeline: Timeline, where: str) -> Iterator[Finding]:
    """Scene or take missing in some sound where the rest has it."""
    used = [
        (track, clip)
        for track in timeline.audio
        for clip in track.clips
        if not clip.source.generated
    ]
    for word in ("scene", "take"):
        blank = [(track, clip) for track, clip in used if not getattr(clip.source, word).strip()]
        if blank and len(blank) < len(used):
            text = f"{len(blank)} of {len(used)} sound clips without a {word}"
            yield info("lint.blank", f"{text}; {_first(timeline, *blank[0])}", where)


RULES: tuple[Rule, ...] = (
    _rates,
    _source_rates,
    _collisions,
    _drop_frame,
    _gaps,
    _overlaps,
    _channels,
    _sample_rates,
    _scene_take,
)
"""The rules in the order in which their findings are shown."""


def offline(timeline: Timeline, where: str, present: Callable[[str], bool]) -> tuple[Finding, ...]:
    """The media that is not where the cut names it; `present` tells whether a URL leads to any."""
    urls = {clip.source.url for _, clip in timeline.clips() if clip.source.url}
    gone = sorted(url for url in urls if not present(url))
    if not gone:
        return ()
    text = f"{len(gone)} of {counted(len(urls), 'media file')} not where the cut names them; first"
    return (info("lint.offline", f"{text} {gone[0]}", where),)


def _timed(timeline: Timeline) -> Iterator[tuple[Track, Clip, Rate]]:
    """The clips whose source tells its rate."""
    for track, clip in timeline.clips():
        if clip.source.rate is not None and not clip.source.generated:
            yield track, clip, clip.source.rate


def _identity(source: Source) -> str:
    return source.url or source.umid or source.name


def counted(number: int, word: str) -> str:
    """A number with its noun: `1 clip`, `2 clips`."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _name(track: Track) -> str:
    letter = "V" if track.kind is Kind.VIDEO else "A"
    return f"{letter}{track.index}"


def _first(timeline: Timeline, track: Track, clip: Clip) -> str:
    return f"first '{clip.name}' on {_name(track)} at {timeline.timecode(clip.record_in)}"
