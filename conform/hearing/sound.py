"""One channel of a file as the engine hears it: whole at 8 kHz, and any stretch at full rate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from math import ceil
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from conform import media
from conform.hearing.band import COARSE_RATE, Signal
from conform.hearing.halves import narrowed, widened
from conform.hearing.tape import Tape
from conform.watch import Step, Watch, unwatched

Excerpt = Callable[[int, int, int], Signal]
"""First sample, count and sample rate -> that stretch on the file's clock, zeros outside it."""

_SAME = 1e-3  # channels that differ by under -60 dB are one
_PIECE = 1 << 16  # samples at once
_CANCELLED = 0.05  # a mix this far under its channels' power has cancelled


@dataclass(frozen=True, slots=True)
class Sound:
    """What is compared. `coarse` holds 8 kHz samples from `start` on the file's clock.

    16-bit floats halve the memory of a feature film and keep 66 dB under any level.
    """

    name: str
    coarse: NDArray[np.float16]
    excerpt: Excerpt = field(repr=False)
    start: Fraction = Fraction(0)

    @property
    def seconds(self) -> float:
        """How long the coarse sound is."""
        return len(self.coarse) / COARSE_RATE

    def part(self, first: Fraction, last: Fraction) -> Sound:
        """The same sound, heard only from `first` to `last` on the file's clock."""
        begin = max(0, round((first - self.start) * COARSE_RATE))
        end = max(begin, round((last - self.start) * COARSE_RATE))
        start = self.start + Fraction(begin, COARSE_RATE)
        return Sound(self.name, self.coarse[begin:end], self.excerpt, start)


def channels_of(
    path: Path,
    *,
    stream: int = 0,
    channels: tuple[int, ...] | None = None,
    start: Fraction = Fraction(0),
    duration: Fraction | None = None,
    zero: Fraction = Fraction(0),
    findings: media.Report | None = None,
    watch: Watch = unwatched,
) -> tuple[Sound, ...]:
    """The channels of a sound stream, each heard alone, decoded once.

    Their clock, that of `start` as well, counts from `zero` on the file's clock. Raises
    `MediaError` for what cannot be read; with `findings`, damage is silence and a finding.
    """
    shelf: NDArray[np.float16] = np.empty((0, 0), np.float16)
    done = 0
    for block in media.blocks(
        path,
        stream=stream,
        rate=COARSE_RATE,
        channels=channels,
        start=start + zero,
        duration=duration,
        findings=findings,
    ):
        if done + len(block) > shelf.shape[1]:
            shelf = _longer(shelf, block.shape[1], done + len(block), path, stream, duration)
        shelf[:, done : done + len(block)] = narrowed(block).T
        done += len(block)
        watch(Step(f"listening to {path.name}", done // COARSE_RATE, 0))
    picked = (channels if channels is not None else tuple(range(len(shelf))))[: len(shelf)]
    if not picked:
        return ()
    tape = Tape(path, stream, picked, zero)
    return tuple(
        Sound(
            f"{path.name} channel {number + 1}",
            shelf[place, :done],
            partial(tape.excerpt, place),
            start,
        )
        for place, number in enumerate(picked)
    )


def _longer(
    shelf: NDArray[np.float16],
    channels: int,
    least: int,
    path: Path,
    stream: int,
    duration: Fraction | None,
) -> NDArray[np.float16]:
    """Room for more samples: at first for all that the file declares, then for half as many again.

    Memory that is never written to is not taken.
    """
    told = duration or media.probe(path).audio[stream].duration or Fraction(0)
    wanted = ceil(told * COARSE_RATE) + COARSE_RATE if not shelf.size else shelf.shape[1] * 3 // 2
    longer = np.zeros((channels, max(least, wanted)), np.float16)
    longer[:, : shelf.shape[1]] = shelf if shelf.size else 0
    return longer


def mixed(sounds: tuple[Sound, ...], name: str) -> Sound:
    """The channels together; where they cancel one another, the loudest alone."""
    if len(sounds) == 1:
        return sounds[0]
    total = np.empty(len(sounds[0].coarse), np.float16)
    for first in range(0, len(total), _PIECE):
        piece = np.zeros(min(_PIECE, len(total) - first), np.float32)
        for sound in sounds:
            piece += widened(sound.coarse[first : first + _PIECE])
        total[first : first + _PIECE] = narrowed(piece / len(sounds))
    powers = [_power(sound.coarse) for sound in sounds]
    if _power(total) < _CANCELLED * max(powers) / len(sounds):
        return sounds[int(np.argmax(powers))]
    excerpts = tuple(sound.excerpt for sound in sounds)  # without what the sounds hold in memory
    return Sound(name, total, partial(_sum, excerpts), sounds[0].start)


def _sum(excerpts: tuple[Excerpt, ...], first: int, count: int, rate: int) -> Signal:
    total = np.zeros(count, np.float32)
    for excerpt in excerpts:
        total += excerpt(first, count, rate)
    total *= np.float32(1 / len(excerpts))
    return total


def distinct(sounds: Sequence[Sound]) -> tuple[Sound, ...]:
    """The sounds that are no copy of an earlier one, as both sides of a dual mono are."""
    if len(sounds) == 1:
        return tuple(sounds)
    kept: list[Sound] = []
    for sound in sounds:
        power = _power(sound.coarse)
        if not any(_equal(sound.coarse, other.coarse, power) for other in kept):
            kept.append(sound)
    return tuple(kept)


def _equal(one: NDArray[np.float16], other: NDArray[np.float16], power: float) -> bool:
    """Whether two sounds differ by under -60 dB of a power; a piece tells most that do not."""
    if len(one) != len(other):
        return False
    allowed = _SAME**2 * power * len(one)
    difference = 0.0
    for first in range(0, len(one), _PIECE):
        piece = widened(one[first : first + _PIECE])
        piece -= widened(other[first : first + _PIECE])
        difference += float(np.square(piece).sum())
        if difference > allowed:
            return False
    return True


def _power(sound: NDArray[np.float16]) -> float:
    """The mean square, summed in pieces so that no float32 copy of a film is made."""
    pieces = (widened(sound[first : first + _PIECE]) for first in range(0, len(sound), _PIECE))
    return sum(float(np.square(piece).sum()) for piece in pieces) / max(len(sound), 1)
