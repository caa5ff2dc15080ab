"""Production sound under picture: from measured events to regions.

Every channel of an event's take is laid whole under the event, on the stem of the mixer's name for
it. Handles run on beyond the event, so outer fades spare the event itself; where two events meet,
one crosses into the other over their cut.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from conform.findings import Finding, warning
from conform.region import Plan, Region, WarpPoint
from conform.roll import Roll
from conform.synced import EventSync, Sync
from conform.timecode import sample_at


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """How production sound is laid under picture; times in seconds.

    `checkerboard` gives every event its whole handles, on alternating stems; without it handles
    fill the free room beside an event and meet its neighbour's in the middle. `correct_drift`
    resamples takes whose clock was measured to drift; without it samples are copied.
    """

    handles: Fraction = Fraction(1)
    fade: Fraction = Fraction(1, 200)
    checkerboard: bool = False
    correct_drift: bool = False


@dataclass(frozen=True, slots=True)
class _Laid:
    """An event in stem samples: `zero` is where its take starts, `head..tail` its room."""

    event: EventSync
    roll: Roll
    zero: int
    first: int
    end: int
    head: int
    tail: int
    continues_in: bool = False
    continues_out: bool = False


def plan(sync: Sync, options: PlanOptions = PlanOptions()) -> Plan:
    """Lay every channel of every placed take under its event."""
    laid: list[_Laid] = []
    findings: list[Finding] = []
    for event in sync.events:
        item, odd = _lay(event, sync, options)
        laid += [item] if item else []
        findings += odd
    laid.sort(key=lambda item: (item.first, item.end))
    fade = sample_at(options.fade, sync.sample_rate)
    lanes = _lanes(laid, whole_handles=options.checkerboard)
    regions = [
        region
        for number, lane in enumerate(lanes, 1)
        for item in _meet(lane, fade)
        for region in _regions(item, number, fade, sync, options)
    ]
    regions = _one_spelling(regions)
    stems = tuple(dict.fromkeys(region.stem for region in regions))
    return Plan(tuple(regions), stems, tuple(findings))


def channel_names(roll: Roll) -> tuple[str, ...]:
    """The mixer's name of each channel; its number is added where names repeat or are missing."""
    times = Counter(channel.name.casefold() for channel in roll.channels)
    names: list[str] = []
    for number, channel in enumerate(roll.channels, 1):
        unique = channel.name and times[channel.name.casefold()] == 1
        name = channel.name if unique else f"{channel.name or 'Ch'} {number}"
        while name.casefold() in (taken.casefold() for taken in names):
            name += "+"
        names.append(name)
    return tuple(names)


def _one_spelling(regions: Sequence[Region]) -> list[Region]:
    """Stems whose names differ in capitals alone, as two recorders write them, are one stem."""
    first: dict[str, str] = {}
    return [
        replace(region, stem=first.setdefault(region.stem.casefold(), region.stem))
        for region in regions
    ]


def _lay(
    event: EventSync, sync: Sync, options: PlanOptions
) -> tuple[_Laid | None, Sequence[Finding]]:
    """The event on the stem's sample grid, or why it stays silent."""
    if event.roll is None or event.zero is None:
        return None, [_silent(event, event.reason or "no take was found")]
    if event.clip.speed != 1:
        why = f"the cut plays it at speed {float(event.clip.speed):g}; it is not retimed unasked"
        return None, [_silent(event, why)]
    item = _in_samples(event, event.roll, event.zero, sync, options)
    if item.first >= item.end:
        return None, [_silent(event, _why_nothing(event, item.roll, sync))]
    return item, list(_uncovered(item, sync))


def _silent(event: EventSync, why: str) -> Finding:
    return warning("plan.silent", f"left silent: {why}", event.id)


def _why_nothing(event: EventSync, roll: Roll, sync: Sync) -> str:
    first, end = (t - sync.picture_in for t in (event.clip.record_in, event.clip.record_out))
    if end <= 0 or first >= sync.length:
        return "the picture does not reach under it"
    return f"{roll.name} has no sound under it"


def _in_samples(
    event: EventSync, roll: Roll, zero: Fraction, sync: Sync, options: PlanOptions
) -> _Laid:
    """The event's edges in stem samples, clipped to the take and to the picture."""
    rate = sync.sample_rate
    base = sample_at(zero - sync.picture_in, rate)
    low = max(base, 0)
    high = min(base + sample_at(roll.duration, rate), sample_at(sync.length, rate))

    def edge(seconds: Fraction) -> int:
        return max(min(sample_at(seconds - sync.picture_in, rate), high), low)

    clip, room = event.clip, max(options.handles, options.fade)
    return _Laid(
        event,
        roll,
        base,
        first=edge(clip.record_in),
        end=edge(clip.record_out),
        head=edge(clip.record_in - room),
        tail=edge(clip.record_out + room),
    )


def _uncovered(item: _Laid, sync: Sync) -> Iterator[Finding]:
    clip, rate = item.event.clip, sync.sample_rate
    picture_end = sample_at(sync.length, rate)
    first = max(sample_at(clip.record_in - sync.picture_in, rate), 0)
    end = min(sample_at(clip.record_out - sync.picture_in, rate), picture_end)
    missing = (end - first) - (item.end - item.first)
    if missing:
        yield warning(
            "plan.take-too-short",
            f"{item.roll.name} does not cover the event: {missing} samples of it stay silent",
            item.event.id,
        )


def _lanes(laid: Sequence[_Laid], *, whole_handles: bool) -> list[list[_Laid]]:
    """Events on as few lanes as keep them from overlapping on a lane."""
    lanes: list[list[_Laid]] = []
    for item in laid:
        for lane in lanes:
            free = lane[-1].tail <= item.head if whole_handles else lane[-1].end <= item.first
            if free:
                lane.append(item)
                break
        else:
            lanes.append([item])
    return lanes


def _meet(lane: Sequence[_Laid], fade: int) -> list[_Laid]:
    """Handles of neighbours shortened to cross over in the middle between them, or at their cut."""
    items = list(lane)
    for place in range(1, len(items)):
        before, after = items[place - 1], items[place]
        if before.tail <= after.head:
            continue
        if before.end == after.first and before.roll == after.roll and before.zero == after.zero:
            items[place - 1] = replace(before, tail=before.end, continues_out=True)
            items[place] = replace(after, head=after.first, continues_in=True)
            continue
        middle = (before.end + after.first) // 2
        items[place - 1] = replace(before, tail=min(before.tail, middle + fade // 2))
        items[place] = replace(after, head=max(after.head, middle - fade // 2))
    return items


def _regions(
    item: _Laid, lane: int, fade: int, sync: Sync, options: PlanOptions
) -> Iterator[Region]:
    length = item.tail - item.head
    whole_fade = 2 * (fade // 2)
    longest = min(whole_fade, length // 2)
    at_head, at_tail = item.head == 0, item.tail == sample_at(sync.length, sync.sample_rate)
    fade_in = 0 if item.continues_in or at_head else longest
    fade_out = 0 if item.continues_out or at_tail else longest
    warp = _warp(item, sync, options)
    for channel, name in zip(item.roll.channels, channel_names(item.roll), strict=True):
        yield Region(
            stem=name if lane == 1 else f"{name} ({lane})",
            path=channel.path,
            channel=channel.index,
            source_first=item.head - item.zero,
            record_first=item.head,
            record_end=item.tail,
            fade_in=fade_in,
            fade_out=fade_out,
            warp=warp,
            event=item.event.id,
        )


def _warp(item: _Laid, sync: Sync, options: PlanOptions) -> tuple[WarpPoint, ...]:
    """The resampling that a take needs: another sample rate, or a drift that is to be corrected.

    `EventSync.zero` holds at the event's middle, so the drift turns about that point.
    """
    match = item.event.match
    drift = Fraction(match.drift_ppm or 0) / 10**6 if match and options.correct_drift else 0
    source_rate = item.roll.sample_rate
    if not drift and source_rate == sync.sample_rate:
        return ()
    clip, zero = item.event.clip, item.event.zero or Fraction(0)
    middle = (clip.record_in + clip.record_out) / 2

    def point(sample: int) -> WarpPoint:
        record = Fraction(sample, sync.sample_rate) + sync.picture_in
        source = (middle - zero) + (record - middle) / (1 + drift)
        return WarpPoint(sample, source * source_rate)

    return point(item.head), point(item.tail)
