"""A take's microphones: one of them places it, and the others say where that one would be."""

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conform.hearing.refine import Fine
from conform.match import Match, Verdict
from conform.roll import Roll, RollChannel
from conform.synced import Rung
from conform.syncing.candidates import Candidate
from conform.syncing.microphones import microphones
from conform.syncing.placing import Heard, Place

NAMES = ("Mix", "Boom", "Lav")
ROLL = Roll("T", tuple(RollChannel(n, Path("T.wav"), i) for i, n in enumerate(NAMES)), 9, 48_000)
MATCH = Match(Verdict.MATCH, 48_000)

heard_by = st.dictionaries(st.sampled_from(NAMES), st.floats(-1, 1), min_size=1)


def at(heard: dict[str, tuple[float, float]]) -> Place:
    """A place at which some channels were heard: lag, and the share of the guide explained."""
    channels = tuple(
        Heard(name, MATCH, Fine(0.0, *_lag(heard[name]), 1, heard[name][1]))
        if name in heard
        else Heard(name, MATCH)
        for name in NAMES
    )
    return Place(Candidate(ROLL, Rung.TIMECODE, Fraction(0)), MATCH, "guide", channels)


def _lag(one: tuple[float, float]) -> tuple[float, float, None, None]:
    return one[0], 1e-6, None, None


def test_of_two_that_explain_the_guide_alike_the_first_places_the_take() -> None:
    places = [at({"Boom": (1.0, 0.430), "Lav": (0.997, 0.432)}), at({"Lav": (3.0, 0.5)})]
    assert microphones(ROLL, places).channel == "Boom"


def test_the_one_that_explains_the_guide_best_places_the_take() -> None:
    places = [at({"Mix": (1.0, 0.2), "Boom": (1.0, 0.3), "Lav": (0.997, 0.9)})]
    assert microphones(ROLL, places).channel == "Lav"


def test_one_that_is_heard_in_few_events_places_no_take() -> None:
    often = [at({"Boom": (1.0, 0.3)})] * 5
    assert (
        microphones(ROLL, [at({"Boom": (1.0, 0.3), "Lav": (1.0, 0.9)}), *often]).channel == "Boom"
    )


@given(st.floats(-0.02, 0.02), st.floats(-10, 10))
def test_a_lavalier_alone_says_where_the_boom_would_be(away: float, lag: float) -> None:
    both = at({"Boom": (1.0, 0.5), "Lav": (1.0 + away, 0.3)})
    alone = at({"Lav": (lag + away, 0.4)})
    ours = microphones(ROLL, [both, both, alone])
    assert ours.fine(both) == both.channels[1].fine
    fine = ours.fine(alone)
    assert fine is not None
    assert fine.lag == pytest.approx(lag, abs=1e-9)
    assert fine.half_width > both.channels[1].fine.half_width


def test_where_another_speaks_a_lavalier_may_be_on_the_other_side_of_the_boom() -> None:
    """Its wearer reaches it 2 ms before the boom; the other talker reaches it 2 ms behind that."""
    wearer = at({"Boom": (1.0, 0.5), "Lav": (1.002, 0.3)})
    other = at({"Lav": (4.998, 0.4)})
    fine = microphones(ROLL, [wearer, wearer, other]).fine(other)
    assert fine is not None
    assert abs(fine.lag - 5.0) <= fine.half_width < 0.005


def test_talkers_that_were_heard_say_how_far_a_lavalier_moves() -> None:
    talkers = [at({"Boom": (1.0, 0.5), "Lav": (1.0 + away, 0.3)}) for away in (-0.004, 0, 0.003)]
    fine = microphones(ROLL, talkers).fine(at({"Lav": (1.003, 0.4)}))
    assert fine is not None
    assert fine.half_width == pytest.approx(0.007, abs=1e-5)


def test_of_several_that_are_heard_the_surest_says_where_the_take_is() -> None:
    known = at({"Boom": (1.0, 0.9), "Mix": (1.0, 0.3), "Lav": (1.003, 0.3)})
    fine = microphones(ROLL, [known]).fine(at({"Mix": (1.0, 0.2), "Lav": (0.998, 0.4)}))
    assert fine is not None
    assert fine.lag == 1.0


@given(st.lists(heard_by, min_size=1))
def test_whatever_is_heard_a_take_has_a_channel(events: list[dict[str, float]]) -> None:
    places = [at({name: (lag, 0.5) for name, lag in one.items()}) for one in events]
    ours = microphones(ROLL, places)
    assert ours.channel in NAMES
    assert all(ours.fine(place) is not None for place in places)
