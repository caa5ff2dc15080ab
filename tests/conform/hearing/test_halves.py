"""16-bit floats by their bits: what numpy's own casts make of them."""

import numpy as np

from conform.hearing.halves import narrowed, widened

EVERY = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
FINITE = EVERY[np.isfinite(EVERY)]


def test_every_16_bit_float_is_widened_exactly() -> None:
    assert np.array_equal(widened(FINITE), FINITE.astype(np.float32))
    assert np.signbit(widened(np.array([-0.0], np.float16)))[0]


def test_what_was_widened_is_narrowed_to_itself() -> None:
    again = narrowed(widened(FINITE))
    assert np.array_equal(again.view(np.int16), FINITE.view(np.int16))


def test_sound_is_narrowed_to_the_nearest() -> None:
    sound = np.random.default_rng(1).standard_normal((2, 20_000)).astype(np.float32)
    for level in (100.0, 1.0, 1e-3, 1e-5, 1e-7):
        loud = np.float32(level) * sound
        numpys = loud.astype(np.float16).astype(np.float32)
        ours = narrowed(loud).astype(np.float32)
        assert np.abs(ours - loud).max() <= np.abs(numpys - loud).max() * (1 + 1e-3)


def test_what_is_too_loud_is_as_loud_as_can_be() -> None:
    assert narrowed(np.array([1e6, -1e30], np.float32)).tolist() == [65504.0, -65504.0]


def test_the_given_sound_stays_as_it_is() -> None:
    sound = np.ones(8, np.float32)
    narrowed(sound)
    widened(sound)[:] = 0
    assert (sound == 1).all()
