"""Who speaks in the benches: synthesised talkers, or recordings from a folder.

A folder's subfolders count as languages or casts of their own: a stranger comes from another one
than the take. The voice acting of the Debian packages fillets-ng-data-cs and -nl unpacks so.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy import signal

from fixtures.voices import TALKERS, conversation, phrase

RATE = 48000

Wave = NDArray[np.floating]

_SUFFIXES = frozenset({".ogg", ".wav", ".flac"})


@dataclass(frozen=True, slots=True)
class Cast:
    """Speech by seed, mono at `RATE`, peaks near 0.5; `folder` holds recordings, or None."""

    folder: Path | None = None

    def take(self, seed: int, seconds: float) -> Wave:
        """Somebody speaking; another seed, other words."""
        if self.folder is None:
            return conversation(seed, 0, round(seconds * RATE), RATE).sum(axis=0)
        groups = _groups(self.folder)
        return _spoken(groups[seed % len(groups)][::2], seed, seconds)

    def stranger(self, seed: int, seconds: float) -> Wave:
        """Somebody else, or the same voices with other words where there is one group only."""
        if self.folder is None:
            return conversation(seed, 1, round(seconds * RATE), RATE).sum(axis=0)
        groups = _groups(self.folder)
        return _spoken(groups[(seed + 1) % len(groups)][1::2], seed, seconds)

    def same_voice(self, seed: int, seconds: float) -> tuple[Wave, Wave]:
        """Two stretches of the same voices, no word in common."""
        if self.folder is None:
            talker = TALKERS[seed % len(TALKERS)]
            dice = np.random.default_rng(seed)
            one, other = (
                _joined(lambda: phrase(dice, talker, RATE), dice, seconds) for _ in range(2)
            )
            return one, other
        group = _groups(self.folder)[seed % len(_groups(self.folder))]
        return _spoken(group[::2], seed, seconds), _spoken(group[1::2], seed, seconds)


def _joined(line, dice: np.random.Generator, seconds: float) -> Wave:
    """Lines with pauses of a tenth to eight tenths of a second."""
    parts, length = [], 0
    while length < seconds * RATE:
        parts += [line(), np.zeros(int(dice.uniform(0.1, 0.8) * RATE), np.float32)]
        length += len(parts[-1]) + len(parts[-2])
    return np.concatenate(parts)[: round(seconds * RATE)]


def _spoken(shelf: tuple[Path, ...], seed: int, seconds: float) -> Wave:
    """Recorded lines in an order that the seed draws, none twice while they last."""
    dice = np.random.default_rng(seed)
    order = [int(x) for x in dice.permutation(len(shelf))] * 50
    return _joined(lambda: _line(shelf[order.pop(0)]), dice, seconds)


def _line(path: Path) -> Wave:
    sound, rate = soundfile.read(path, dtype="float32", always_2d=True)
    mono = signal.resample_poly(sound.mean(axis=1), RATE, rate)
    return 0.5 * mono / max(float(np.abs(mono).max(initial=0)), 1e-9)


@lru_cache(maxsize=4)
def _groups(folder: Path) -> tuple[tuple[Path, ...], ...]:
    """The recordings of a folder by the name of the folder each lies in."""
    found: dict[str, list[Path]] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in _SUFFIXES:
            found.setdefault(path.parent.name, []).append(path)
    if not found:
        raise SystemExit(f"{folder} holds no recorded speech (.wav, .flac, .ogg)")
    return tuple(tuple(paths) for paths in found.values())
