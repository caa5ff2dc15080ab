"""The direct path: the last arrival before silence, whatever is louder, or said to be unsure."""

import numpy as np
import pytest

from conform.hearing.arrival import Arrival, Curve, direct

RATE = 48000
SIZE = 16384
PURE = np.eye(1, SIZE)[0]


def correlation(arrivals: dict[int, float], tail: int, seed: int = 1) -> np.ndarray:
    """Arrivals by their lag, noise, and a room's decay on the side that `tail` says (-1, 0, 1)."""
    dice = np.random.default_rng(seed)
    out = 2e-3 * dice.standard_normal(SIZE)
    far = np.arange(200, 6000)
    out[tail * far % SIZE] += (
        abs(tail) * 0.02 * np.exp(-far / 3000) * dice.standard_normal(len(far))
    )
    for lag, height in arrivals.items():
        out[lag % SIZE] += height
    return out


def told(*curves: np.ndarray) -> Arrival:
    return direct([Curve(values, PURE) for values in curves], RATE)


@pytest.mark.parametrize("side", [-1, 1])
def test_the_direct_path_comes_before_louder_reflections(side: int) -> None:
    heard = correlation({0: 0.6, side * 130: 0.6, side * 330: -1.0, side * 700: 0.7}, side)
    assert told(heard) == Arrival(0, 0, 0)


def test_a_lone_peak_is_the_direct_path() -> None:
    assert told(correlation({-7: -1.0}, 0)) == Arrival(SIZE - 7, 0, 0)


def test_a_voices_pitch_is_no_arrival() -> None:
    voice = PURE.copy()
    voice[[240, -240]] = 0.65
    heard = Curve(correlation({0: 1.0, 240: 0.7, -240: 0.65}, -1), voice)
    assert direct([heard], RATE) == Arrival(0, 0, 0)


@pytest.mark.parametrize("side", [-1, 1])
def test_what_is_faint_before_the_direct_path_is_doubt(side: int) -> None:
    heard = correlation({0: 1.0, side * 130: 0.6, -side * 90: 0.2}, side)
    assert told(heard) == Arrival(0, 90, 0)


def test_where_no_side_is_quieter_any_arrival_may_be_it() -> None:
    assert told(correlation({0: 1.0, 330: 0.9}, 0)) == Arrival(0, 330, 0)


def test_in_much_noise_any_arrival_may_be_it() -> None:
    noise = 0.05 * np.random.default_rng(5).standard_normal(SIZE)
    assert told(noise + correlation({0: 1.0, -330: 0.7}, -1)) == Arrival(0, 330, 0)


def test_the_curve_that_tells_the_room_from_silence_is_believed() -> None:
    either = correlation({0: 0.8, 330: 1.0}, 0)
    room = correlation({0: 0.8, 330: 1.0}, 1)
    assert told(either, room) == Arrival(0, 0, 1)


def test_a_curve_of_noise_is_not_asked() -> None:
    plain = correlation({0: 1.0}, 0)
    noise = np.random.default_rng(7).standard_normal(SIZE)
    noise[:3000] *= 3
    assert told(plain, noise) == Arrival(0, 0, 0)


def test_a_curve_is_believed_only_on_the_side_that_it_can_show() -> None:
    either, room = correlation({0: 0.8, 330: 1.0}, 0), correlation({0: 0.8, 330: 1.0}, 1)
    before = direct([Curve(either, PURE), Curve(room, PURE, -1)], RATE)
    after = direct([Curve(either, PURE), Curve(room, PURE, 1)], RATE)
    assert before == Arrival(330, 330, 0)
    assert after == Arrival(0, 0, 1)


def test_half_as_loud_before_the_loudest_may_be_the_drier_sounds_own_room() -> None:
    dice = np.random.default_rng(3)
    heard = correlation({0: 1.0, -330: 0.7, 97: 0.45}, 0)
    heard[200:2880] += 0.020 * dice.standard_normal(2680)
    heard[-2880:-200] += 0.040 * dice.standard_normal(2680)
    assert told(heard) == Arrival(0, 97, 0)


def echoed(gain: float, later: int, *, reference: bool) -> list[Curve]:
    """The curves of a sound and itself with one echo in no room: even, and by either's power."""
    echo = 1 + gain * np.exp(-2j * np.pi * np.fft.rfftfreq(SIZE) * later)
    cross = echo if reference else echo.conj()
    drier = cross / np.abs(cross) ** 2
    whole, ours, theirs = (
        np.fft.irfft(one, SIZE) + 3e-4 * np.random.default_rng(number).standard_normal(SIZE)
        for number, one in enumerate((cross / np.abs(cross), cross, drier))
    )
    if reference:
        ours, theirs = theirs, ours
    return [Curve(whole, PURE), Curve(ours, PURE, -1), Curve(theirs, PURE, 1)]


@pytest.mark.parametrize("reference", [False, True])
@pytest.mark.parametrize("gain", [0.7, -0.95, 1.2, -1.7])
@pytest.mark.parametrize("later", [40, 137, 700])
def test_a_bare_echo_is_no_direct_path_however_loud(
    later: int, gain: float, reference: bool
) -> None:
    arrival = direct(echoed(gain, later, reference=reference), RATE)
    assert (arrival.place, arrival.doubt) == (0, 0)
