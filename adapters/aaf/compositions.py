"""Which mobs are the cuts of a file, and the clock that each runs on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from adapters.aaf.layout import source_clips
from adapters.aaf.mobs import runs
from adapters.aaf.rates import is_picture, timecode_rate
from adapters.aaf.structure import Contents, Essence, Mob, Role, Slot, Timecode
from conform.errors import TimelineError
from conform.findings import Finding, info, warning
from conform.timecode import Rate

_LAST_RESORT = Rate(Fraction(25))


@dataclass(frozen=True, slots=True)
class Clock:
    """A composition's frame rate, and the timecode of its first frame in seconds."""

    rate: Rate
    start: Fraction = Fraction(0)
    findings: tuple[Finding, ...] = ()


def top_level(contents: Contents, path: Path) -> tuple[Mob, ...]:
    """The compositions that are cuts of their own, in file order; raises `TimelineError`.

    They are marked so; where a maker marks none, they are those that no other composition holds.
    """
    compositions = [mob for mob in contents.mobs.values() if mob.role is Role.COMPOSITION]
    marked = tuple(mob for mob in compositions if mob.usage == "Usage_TopLevel")
    if marked:
        return marked
    held = {
        clip.mob
        for mob in compositions
        for slot in mob.slots
        for clip in source_clips(slot.segment)
    }
    free = tuple(mob for mob in compositions if mob.id not in held)
    if not free:
        raise TimelineError(
            "holds no sequence, only media; export the sequence, not its clips", path=path
        )
    return free


def clock(composition: Mob, asked: Rate | None, where: str) -> Clock:
    """The clock of a composition; what the file says comes before the rate that was asked for."""
    frames = _picture_rate(composition)
    hint = frames or asked
    stated = _stated(composition, hint)
    if stated is not None:
        rate, start = stated
        return Clock(rate, start, _contradiction(rate, asked, where))
    rate = frames or asked or _LAST_RESORT
    if frames or asked:
        note = info("aaf.no-timecode", f"no timecode; counted from 0 at {rate}", where)
    else:
        note = warning(
            "aaf.no-rate", f"no frame rate is stated; labels count at {rate}, give --rate", where
        )
    return Clock(rate, Fraction(0), (note, *_contradiction(rate, asked, where)))


def _stated(composition: Mob, hint: Rate | None) -> tuple[Rate, Fraction] | None:
    """The timecode of a composition.

    Media Composer adds tracks in other rates (25 or 30 labels over 24 frames); the clock is the
    one whose labels count the slot's own frames, and the first by its track number.
    """
    best: tuple[tuple[bool, int], Rate, Fraction] | None = None
    for slot, run in _timecodes(composition):
        rate = timecode_rate(run, slot.rate, hint)
        if rate is None:
            continue
        foreign = is_picture(slot.rate) and rate.fps != slot.rate
        rank = (foreign, slot.number or 0)
        if best is None or rank < best[0]:
            best = (rank, rate, rate.seconds(run.start))
    return None if best is None else best[1:]


def _timecodes(composition: Mob) -> Iterator[tuple[Slot, Timecode]]:
    for slot in composition.slots:
        first = next(runs(slot.segment), None)
        if first is not None:
            yield slot, first[1]


def _picture_rate(composition: Mob) -> Rate | None:
    for essence in (Essence.PICTURE, Essence.SOUND):
        for slot in composition.slots:
            if slot.essence is essence and is_picture(slot.rate):
                return Rate(slot.rate)
    return None


def _contradiction(rate: Rate, asked: Rate | None, where: str) -> tuple[Finding, ...]:
    if asked is None or asked.fps == rate.fps:
        return ()
    text = f"counts at {rate}, not at {asked} as asked for; read at {rate}"
    return (warning("aaf.rate", text, where),)
