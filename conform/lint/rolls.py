"""What a careful assistant looks for in a day's field recordings before they are synced."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import groupby, pairwise

from conform.findings import Finding, info, warning
from conform.lint.cut import counted, odd_sample_rates
from conform.roll import Roll

Rule = Callable[[Sequence[Roll]], Iterator[Finding]]
"""A look at all rolls together."""


def lint_rolls(rolls: Sequence[Roll]) -> tuple[Finding, ...]:
    """What every rule finds in the rolls of a shoot."""
    return tuple(finding for rule in RULES for finding in rule(rolls))


def _sample_rates(rolls: Sequence[Roll]) -> Iterator[Finding]:
    yield from odd_sample_rates([(roll.path.name, roll.sample_rate) for roll in rolls], "")


def _rates(rolls: Sequence[Roll]) -> Iterator[Finding]:
    """A shoot has one timecode rate; a recorder that was set otherwise is found here."""
    counted: defaultdict[str, list[Roll]] = defaultdict(list)
    for roll in rolls:
        if roll.rate is not None:
            counted[roll.rate.name].append(roll)
    if len(counted) > 1:
        rare = min(counted.values(), key=len)[0]
        said = ", ".join(f"{len(some)} at {name}" for name, some in counted.items())
        yield warning("lint.roll-rates", f"timecode at different rates: {said}", rare.path.name)


def _collisions(rolls: Sequence[Roll]) -> Iterator[Finding]:
    """Takes of one tape and day at the same time: timecode alone cannot tell which is meant."""
    timed = sorted((one for one in rolls if one.tape and one.start is not None), key=_on_tape)
    clashes = [
        (before, after)
        for _, same in groupby(timed, key=lambda one: (one.tape, one.date))
        for before, after in pairwise(same)
        if _begin(after) < _begin(before) + before.duration and not _parts(before, after)
    ]
    if clashes:
        before, after = clashes[0]
        text = f"{counted(len(clashes), 'pair')} of takes of one tape with the same timecode"
        text += f"; first of tape '{after.tape}' with {before.path.name}"
        yield warning("lint.timecode-collision", text, after.path.name)


def _on_tape(roll: Roll) -> tuple[str, str, Fraction]:
    return roll.tape, roll.date, _begin(roll)


def _begin(roll: Roll) -> Fraction:
    return roll.start or Fraction(0)


def _parts(one: Roll, other: Roll) -> bool:
    """Whether two rolls begin together and are equally long: files of one take."""
    return (_begin(one), one.duration) == (_begin(other), other.duration)


def _blanks(rolls: Sequence[Roll]) -> Iterator[Finding]:
    """Scene, take or tape that is missing where others have it."""
    for word in ("scene", "take", "tape"):
        blank = [roll for roll in rolls if not getattr(roll, word).strip()]
        if blank and len(blank) < len(rolls):
            text = f"{len(blank)} of {len(rolls)} recordings without a {word}"
            yield info("lint.blank", f"{text}; first {blank[0].path.name}", blank[0].path.name)


def _carried_over(rolls: Sequence[Roll]) -> Iterator[Finding]:
    """One scene and take at two times of the day: the slate was not moved on."""
    slated = [one for one in rolls if one.scene and one.take and one.start is not None]
    slated.sort(key=lambda one: (_slate(one), _begin(one)))
    twice = [
        (before, after)
        for _, same in groupby(slated, key=_slate)
        for before, after in pairwise(same)
        if _begin(after) > _begin(before) + before.duration + _CONTINUED
    ]
    if twice:
        before, after = twice[0]
        text = f"{counted(len(twice), 'take')} with the scene and take of an earlier one; first "
        text += f"'{after.scene}' '{after.take}' of {before.path.name}"
        yield warning("lint.carried-over", text, after.path.name)


def _slate(roll: Roll) -> tuple[str, ...]:
    return roll.project, roll.date, roll.tape, roll.scene, roll.take


_CONTINUED = Fraction(1, 10)
"""Seconds within which a file continues the one before: recorders split at 2 or 4 GB."""


def _track_names(rolls: Sequence[Roll]) -> Iterator[Finding]:
    """Two channels of one name: a boom and a lavalier may be swapped, and nobody can tell."""
    torn = [
        roll
        for roll in rolls
        if len({one.name.casefold() for one in roll.channels}) < len(roll.channels)
    ]
    if torn:
        text = f"{counted(len(torn), 'recording')} with two channels of one name: "
        text += ", ".join(one.name for one in torn[0].channels)
        yield info("lint.track-names", text, torn[0].path.name)


RULES: tuple[Rule, ...] = (
    _sample_rates,
    _rates,
    _collisions,
    _blanks,
    _carried_over,
    _track_names,
)
"""The rules in the order in which their findings are shown."""
