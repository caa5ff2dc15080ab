"""Who speaks in the benches: synthesised talkers, or recordings from a folder.

A folder's subfolders count as languages or casts of their own: a stranger comes from another one
than the take. The voice acting of the Debian packages fillets-ng-data-cs and -nl unpacks so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy import signal

from fixtures.voices import TALKERS, conversation, phrase

RATE = 48000

Wave = NDArray[np.floating]

_SUFFIXES = frozenset({".ogg", ".wav", ".flac"})
_ENOUGH = 480  # recordings of a cast: of a ninety-sixth share, a voice of a crowd, five are left


@dataclass(frozen=True, slots=True)
class Cast:
    """Speech by seed, mono at `RATE`, peaks near 0.5; `folder` holds recordings, or None."""

    folder: Path | None = None

    def take(self, seed: int, seconds: float) -> Wave:
        """Somebody speaking; another seed, other words."""
        if self.folder is None:
            return conversation(seed, 0, round(seconds * RATE), RATE).sum(axis=0)
        return self.lines(seed, seconds, (0, 2), seed)

    def stranger(self, seed: int, seconds: float) -> Wave:
        """Somebody else, or the same voices with other words where there is one cast only."""
        if self.folder is None:
            return conversation(seed, 1, round(seconds * RATE), RATE).sum(axis=0)
        return self.lines(seed, seconds, (1, 2), seed + 1)

    def lines(self, seed: int, seconds: float, share: tuple[int, int], cast: int) -> Wave:
        """Speech out of one share of so many: no other share has a word of it."""
        number, shares = share
        dice = np.random.default_rng((seed, number, shares))
        if self.folder is None:
            talker = TALKERS[cast % len(TALKERS)]
            return _joined(lambda: phrase(dice, talker, RATE), dice, seconds)
        casts = _casts(self.folder)
        shelf = casts[cast % len(casts)][number::shares]
        order = [int(x) for x in dice.permutation(len(shelf))] * 50
        return _joined(lambda: _line(shelf[order.pop(0)]), dice, seconds)


def _joined(line: Callable[[], Wave], dice: np.random.Generator, seconds: float) -> Wave:
    """Lines with pauses of a tenth to eight tenths of a second."""
    parts, length = [], 0
    while length < seconds * RATE:
        parts += [line(), np.zeros(int(dice.uniform(0.1, 0.8) * RATE), np.float32)]
        length += len(parts[-1]) + len(parts[-2])
    return np.concatenate(parts)[: round(seconds * RATE)]


def _line(path: Path) -> Wave:
    sound, rate = soundfile.read(path, dtype="float32", always_2d=True)
    mono = signal.resample_poly(sound.mean(axis=1), RATE, rate)
    return 0.5 * mono / max(float(np.abs(mono).max(initial=0)), 1e-9)


@lru_cache(maxsize=4)
def _casts(folder: Path) -> tuple[tuple[Path, ...], ...]:
    """The recordings of a folder, each once, by the name of the folder they lie in.

    Casts of few recordings are left out where others have enough.
    """
    found: dict[str, list[Path]] = {}
    known: set[bytes] = set()
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in _SUFFIXES:
            continue
        content = blake2b(path.read_bytes()).digest()
        if content not in known:
            known.add(content)
            found.setdefault(path.parent.name, []).append(path)
    if not found:
        raise SystemExit(f"{folder} holds no recorded speech (.wav, .flac, .ogg)")
    casts = tuple(tuple(paths) for paths in found.values())
    return tuple(cast for cast in casts if len(cast) >= _ENOUGH) or casts
