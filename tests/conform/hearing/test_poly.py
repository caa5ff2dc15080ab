"""Channels of a poly file: each microphone as it stands."""

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest
import soundfile

from conform.clocks.align import Aligned, align
from fixtures.voices import conversation

RATE = 48000
AT = 3 * RATE
LENGTH = 20 * RATE
NEAR = 140  # samples that the second channel's microphone hears earlier


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("poly")
    take = conversation(5, 0, 30 * RATE, RATE).sum(axis=0)
    soundfile.write(folder / "reference.wav", take, RATE, subtype="FLOAT")
    noise = np.random.default_rng(0).normal(0, 1, (4, LENGTH))
    boom = take[AT : AT + LENGTH] + 0.05 * noise[0]
    lavalier = -0.5 * take[AT + NEAR : AT + NEAR + LENGTH] + 0.001 * noise[1]
    channels = np.stack([boom, lavalier, 0.05 * noise[2], 0 * noise[3]], axis=1)
    soundfile.write(folder / "poly.wav", channels, RATE, subtype="FLOAT")
    soundfile.write(folder / "mono.wav", boom, RATE, subtype="FLOAT")
    return folder


@pytest.fixture(scope="module")
def poly(folder: Path) -> Aligned:
    (found,) = align(folder / "reference.wav", [folder / "poly.wav"])
    return found


def test_every_channel_has_its_own_lag_and_polarity(poly: Aligned) -> None:
    boom, lavalier, noise, silence = poly.channels
    assert [one.match.matched for one in poly.channels] == [True, True, False, False]
    assert boom.match.lag_samples == pytest.approx(AT, abs=0.5)
    assert lavalier.match.lag_samples == pytest.approx(AT + NEAR, abs=0.1)
    assert (boom.match.polarity, lavalier.match.polarity) == (1, -1)
    assert noise.match.reason
    assert silence.match.reason


def test_the_channel_that_is_heard_best_is_named(poly: Aligned) -> None:
    assert poly.best_channel == "channel 2"


def test_a_file_lies_where_its_best_channel_does(poly: Aligned) -> None:
    """The boom and the lavalier together stand at neither's distance."""
    assert poly.match.lag_samples == poly.channels[1].match.lag_samples
    assert poly.match.polarity == -1


def test_a_file_of_one_channel_has_no_channels(folder: Path) -> None:
    (found,) = align(folder / "reference.wav", [folder / "mono.wav"])
    assert found.match.matched
    assert found.channels == ()
    assert found.best_channel is None


def test_answers_do_not_depend_on_the_workers(folder: Path, poly: Aligned) -> None:
    (folder / "broken.wav").write_bytes(b"RIFF")
    others = [folder / name for name in ("poly.wav", "broken.wav", "mono.wav")]
    alone = align(folder / "reference.wav", others)
    assert alone[0] == poly
    with ThreadPoolExecutor(3) as threads:
        assert align(folder / "reference.wav", others, executor=threads) == alone
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        assert align(folder / "reference.wav", others, executor=processes) == alone
