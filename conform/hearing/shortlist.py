"""Where each of many files may lie in a long reference: looked into before all of it is searched.

A reference of two hours is indexed for what two searches of it cost; a file is then measured where
it was nominated. Whatever is not certain there is searched for as if there were no index.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np

from conform.hearing.band import COARSE_RATE
from conform.hearing.halves import widened
from conform.hearing.index import PIECE, Index, index, nominate
from conform.hearing.landmarks import (
    COARSE,
    FINE,
    FRAMES_A_SECOND,
    HOP,
    Fineness,
    Landmarks,
    joined,
    landmarks,
)
from conform.hearing.lines import SURE
from conform.hearing.measure import Measurement, measure
from conform.hearing.sound import Sound
from conform.watch import Step, Watch, unwatched

FILES = 4
"""Files from which an index saves work."""

SECONDS = 1200
"""Seconds of a reference from which an index saves work."""

_SPAN = 200  # frames of a span: three seconds, so that short files lie under some wholly
_MARGIN = Fraction(2)  # seconds of the reference beside a nominated place
_TOGETHER = 2  # frames within which nominations are of one place
_APART = 6  # frames from which they are of another
_RIVAL = 0.5  # share of the best place's score from which another one is worth a search
_BLOCK = 1 << 19  # samples whose landmarks are taken at a time


def indexed(reference: Sound, watch: Watch = unwatched) -> Index:
    """The index of a whole sound, in spans that follow one another."""
    watch(Step(f"indexing {reference.name}", 0, 1))
    marks = _marks(reference, FINE)
    last = int(marks.frames[-1]) + 1 if len(marks) else 0
    made = index([marks.between(first, first + _SPAN) for first in range(0, last, _SPAN)])
    watch(Step(f"indexing {reference.name}", 1, 1))
    return made


def measured_there(spans: Index, reference: Sound, other: Sound, rate: int) -> Measurement | None:
    """The other sound where the index puts it; None where that is not certain enough.

    `spans` are the reference's. The chance of a false match counts all of the reference.
    """
    place = _likeliest(spans, other)
    if place is None:
        return None
    first = reference.start + place - _MARGIN
    last = reference.start + place + Fraction(len(other.coarse), COARSE_RATE) + _MARGIN
    part = reference.part(first, last)
    found = measure(part, other, rate)
    chance = found.match.false_match
    if not found.match.matched or chance is None:
        return None
    chance = min(1.0, chance * (reference.seconds + 1) / (part.seconds + 1))
    if chance > SURE:
        return None
    return replace(found, match=replace(found.match, false_match=chance))


def _marks(sound: Sound, fineness: Fineness) -> Landmarks:
    pieces = range(0, len(sound.coarse), _BLOCK)
    blocks = (widened(sound.coarse[first : first + _BLOCK]) for first in pieces)
    return joined(landmarks(blocks, fineness))


def _likeliest(spans: Index, other: Sound) -> Fraction | None:
    """Seconds into the reference at which the other sound begins, where one place is far likeliest.

    The places of a sound are those of all spans that it lies under: their scores are added. A span
    that lies about as well elsewhere makes the place doubtful.
    """
    if other.seconds * float(FRAMES_A_SECOND) >= PIECE:
        return None
    found = nominate(spans, _marks(other, COARSE))
    offsets, scores = found.offsets, np.maximum(found.scores, 0)
    if not scores.any():
        return None
    each, where = np.unique(offsets, return_inverse=True)
    totals = np.bincount(where, scores)
    at = int(each[totals.argmax()])
    near = np.abs(offsets - at) <= _TOGETHER
    away = scores[np.abs(offsets - at) >= _APART].max(initial=0.0)
    if away > _RIVAL * scores[near].max():
        return None
    return -Fraction(at * HOP, COARSE_RATE)
