"""A long reference looked into where its index says: as a search of all of it would answer."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from conform.clocks.align import align
from conform.hearing.measure import measure
from conform.hearing.shortlist import indexed, measured_there
from conform.hearing.sound import Sound
from conform.watch import Step
from fixtures.voices import conversation
from tests.hearing import RATE, heard


def speech(take: int, seconds: int) -> np.ndarray:
    return conversation(8, take, seconds * RATE, RATE).sum(axis=0)


WHOLE = speech(0, 60)
REFERENCE = heard(WHOLE, "reference")
INDEX = indexed(REFERENCE)


def clip(first: float, seconds: float, snr_db: float = 5.0) -> Sound:
    part = WHOLE[max(0, round(first * RATE)) : round((first + seconds) * RATE)]
    noise = np.random.default_rng(1).normal(0, np.std(part), len(part)) * 10 ** (-snr_db / 20)
    return heard(part + noise, "clip")


@pytest.mark.parametrize(("first", "seconds"), [(0.0, 9), (17.3, 12), (48.0, 12), (30.0, 6)])
def test_a_part_is_measured_where_a_search_of_all_finds_it(first: float, seconds: float) -> None:
    other = clip(first, seconds)
    there = measured_there(INDEX, REFERENCE, other, RATE)
    everywhere = measure(REFERENCE, other, RATE)
    assert there is not None
    assert there.match.lag_samples == pytest.approx(everywhere.match.lag_samples, abs=0.5)
    assert there.match.lag_samples == pytest.approx(first * RATE, abs=1)


def test_what_begins_before_the_reference_is_found() -> None:
    strange = speech(3, 5)
    other = heard(np.concatenate([strange, WHOLE[: 10 * RATE]]), "early")
    there = measured_there(INDEX, REFERENCE, other, RATE)
    assert there is not None
    assert there.match.lag_samples == pytest.approx(-5 * RATE, abs=1)


def test_a_stranger_and_silence_are_left_to_the_search() -> None:
    assert measured_there(INDEX, REFERENCE, heard(speech(4, 12), "stranger"), RATE) is None
    assert measured_there(INDEX, REFERENCE, heard(np.zeros(RATE), "silence"), RATE) is None
    silent = indexed(heard(np.zeros(4 * RATE), "silent"))
    assert measured_there(silent, REFERENCE, clip(3, 5), RATE) is None


def test_what_lies_in_two_places_is_left_to_the_search() -> None:
    twice = heard(np.concatenate([WHOLE[: 20 * RATE], WHOLE[: 20 * RATE]]), "twice")
    assert measured_there(indexed(twice), twice, clip(6, 8), RATE) is None


def test_align_answers_alike_with_an_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    guide = _written(tmp_path, "guide", WHOLE)
    others = [_written(tmp_path, f"clip {first}", WHOLE[first * RATE : (first + 7) * RATE])
              for first in (3, 22, 41)]  # fmt: skip
    others.append(_written(tmp_path, "stranger", speech(5, 7)))
    searched = align(guide, others)
    steps: list[Step] = []
    monkeypatch.setattr("conform.clocks.align.SECONDS", 30)
    there = align(guide, others, watch=steps.append)
    assert any(step.stage.startswith("indexing") for step in steps)
    assert [one.match.matched for one in there] == [True, True, True, False]
    for one, other in zip(there, searched, strict=True):
        assert one.match.verdict is other.match.verdict
        assert one.match.lag_samples == pytest.approx(other.match.lag_samples, abs=0.1)


def _written(folder: Path, name: str, sound: np.ndarray) -> Path:
    path = folder / f"{name}.wav"
    soundfile.write(path, sound, RATE, subtype="PCM_16")
    return path
