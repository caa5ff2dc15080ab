"""The index nominates a take where it truly lies, whatever else is asked, and in whatever order."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from conform.hearing.band import COARSE_RATE
from conform.hearing.index import LONGEST, PIECE, Nominations, index, nominate, pairs
from conform.hearing.landmarks import COARSE, FINE, HOP, Fineness, Landmarks, joined, landmarks
from conform.syncing.blind import pieces
from fixtures.voices import conversation

FRAMES = COARSE_RATE / HOP
CLOSE = 3  # frames


def speech(take: int, seconds: int) -> np.ndarray:
    lines = conversation(6, take, seconds * 48000, 48000).sum(axis=0)
    return signal.resample_poly(lines, 1, 6).astype(np.float32)


def marks_of(sound: np.ndarray, fineness: Fineness = COARSE) -> Landmarks:
    return joined(landmarks([sound], fineness))


TAKES = [speech(take, 25) for take in range(4)]
MARKS = [marks_of(take) for take in TAKES]


def span(take: int, at: float, seconds: float, snr_db: float, seed: int = 0) -> Landmarks:
    """A stretch of a take as a guide has it: noisy, and between its frames."""
    first = round(at * COARSE_RATE)
    clip = TAKES[take][first : first + round(seconds * COARSE_RATE)]
    noise = np.random.default_rng(seed).normal(0, np.std(clip), len(clip)) * 10 ** (-snr_db / 20)
    return marks_of((clip + noise).astype(np.float32), FINE)


def best(found: Nominations, number: int) -> tuple[int, float]:
    """The likeliest offset of a span, and its score."""
    rows = [
        (score, offset)
        for which, offset, score in zip(found.spans, found.offsets, found.scores, strict=True)
        if which == number
    ]
    score, offset = max(rows, default=(float("-inf"), 0))
    return int(offset), float(score)


@given(take=st.integers(0, 3), at=st.floats(0.5, 18), seconds=st.floats(3, 6), snr=st.floats(0, 20))
@settings(max_examples=25, deadline=None)
def test_an_excerpt_is_nominated_where_it_was_taken(
    take: int, at: float, seconds: float, snr: float
) -> None:
    made = index([span(take, at, seconds, snr)])
    found = [best(nominate(made, marks), 0) for marks in MARKS]
    assert max(range(4), key=lambda number: found[number][1]) == take
    assert found[take][0] == pytest.approx(at * FRAMES, abs=CLOSE)


def test_neither_order_nor_company_changes_a_nomination() -> None:
    spans = [span(take, 3.0 + take, 4.0, 6.0) for take in range(4)]
    alone = [nominate(index([one]), MARKS[1]) for one in spans]
    turned = nominate(index(spans[::-1]), MARKS[1])
    for number, found in enumerate(alone):
        assert best(found, 0) == best(turned, 3 - number)


def test_many_spans_are_looked_up_in_several_parts() -> None:
    clip = span(2, 4.0, 5.0, 10.0)
    far = Landmarks(clip.frames + 200_000, clip.bins)
    noise = [span(0, at, 3.0, 0.0, seed=round(at)) for at in range(1, 20)]
    made = index([*noise, far] * 20)
    assert len(made.shards) > 1
    found = nominate(made, MARKS[2])
    for number in range(19, 400, 20):
        assert best(found, number)[0] == pytest.approx(4.0 * FRAMES - 200_000, abs=CLOSE)


def test_nothing_comes_of_nothing() -> None:
    empty = joined(())
    assert len(nominate(index([]), MARKS[0]).spans) == 0
    assert len(nominate(index([empty]), MARKS[0]).spans) == 0
    assert len(nominate(index([span(0, 3, 4, 6)]), empty).spans) == 0


peaks = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 211)), max_size=40).map(sorted)


@given(peaks)
def test_pairs_are_those_of_the_first_partners_in_reach(listed: list[tuple[int, int]]) -> None:
    marks = Landmarks(*(np.array([peak[side] for peak in listed], np.int32) for side in (0, 1)))
    frames, codes = pairs(marks, COARSE)
    wanted = []
    for number, (frame, row) in enumerate(listed):
        near = [
            (frame, (row * 81 + other - row + 40) * 31 + later - frame - 2)
            for later, other in listed[number + 1 :]
            if 2 <= later - frame <= 32 and abs(other - row) <= 40
        ]
        wanted += near[: COARSE.partners]
    assert sorted(zip(frames.tolist(), codes.tolist(), strict=True)) == sorted(wanted)


@given(st.lists(st.integers(0, 3 * PIECE), min_size=1, max_size=300).map(sorted))
@settings(deadline=None)
def test_every_span_of_a_long_take_lies_whole_in_one_of_its_pieces(frames: list[int]) -> None:
    blocks: dict[int, list[int]] = {}
    for frame in frames:
        blocks.setdefault(frame // 4096, []).append(frame)
    parts = [Landmarks(np.array(some, np.int32), np.zeros(len(some), np.int16))
             for some in blocks.values()]  # fmt: skip
    cut = [piece.frames.tolist() for piece in pieces(parts)]
    assert sorted({frame for piece in cut for frame in piece}) == sorted(set(frames))
    assert all(piece[-1] - piece[0] < PIECE for piece in cut)
    for one, other in pairwise(cut):
        assert {frame for frame in one if frame >= other[0]} <= set(other)
        begins = min(frame for frame in other if frame > one[-1])
        assert {frame for frame in one if frame >= begins - LONGEST} <= set(other)
