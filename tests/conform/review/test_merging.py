"""Laws of putting two reviews of one session together."""

from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from conform.review.decision import Choice, Decision, Review
from conform.review.merging import decided_twice, merged
from conform.timeline import Marker

decisions = st.builds(
    Decision,
    st.sampled_from(["1", "2", "3"]),
    choice=st.sampled_from(list(Choice)),
    nudge=st.integers(-2, 2),
    comment=st.sampled_from(["", "late", "wrong take"]),
    by=st.sampled_from(["", "R. V.", "S. W."]),
)
reviews = st.builds(
    Review,
    st.lists(decisions, max_size=3, unique_by=lambda one: one.event).map(
        lambda held: tuple(one for one in held if one != Decision(one.event))
    ),
    st.sets(st.integers(0, 3)).map(lambda at: tuple(Marker(Fraction(n), "x") for n in sorted(at))),
    st.sampled_from([None, Fraction(1, 50)]),
    override=st.sampled_from(["", "noon"]),
)


def facts(review: Review) -> tuple[object, ...]:
    return (
        set(review.decisions),
        set(review.markers),
        review.latency,
        review.trials,
        review.override,
    )


@given(reviews, reviews)
def test_what_only_one_side_changed_is_taken(base: Review, other: Review) -> None:
    assert facts(merged(base, base, other)) == facts(other)
    assert facts(merged(base, other, base)) == facts(other)
    assert facts(merged(base, other, other)) == facts(other)


@given(reviews, reviews, reviews)
def test_nothing_that_anyone_decided_is_lost(base: Review, ours: Review, theirs: Review) -> None:
    both = merged(base, ours, theirs)
    before = base.by_event()
    twice = decided_twice(ours, both)
    for side in (ours, theirs):
        for one in side.decisions:
            if one == before.get(one.event):
                continue
            kept = both.of(one.event)
            assert one.comment in kept.comment
            same = (kept.choice, kept.nudge) == (one.choice, one.nudge)
            assert same or (one.event in twice and kept.choice is Choice.OPEN)
    added = (set(ours.markers) | set(theirs.markers)) - set(base.markers)
    assert added <= set(both.markers)
    assert len(both.by_event()) == len(both.decisions)


@given(reviews, reviews, reviews)
def test_two_windows_come_to_the_same(base: Review, ours: Review, theirs: Review) -> None:
    """One writes, the other merges and writes, the first takes that in: both hold one review."""
    second = merged(base, theirs, ours)
    first = merged(ours, ours, second)
    assert facts(first) == facts(second)


def test_an_event_decided_twice_is_open_and_says_by_whom() -> None:
    here = Decision("1", Choice.ACCEPTED, nudge=48, by="R. Viewer", at="2026-03-01T14:05:00+01:00")
    there = Decision("1", Choice.REJECTED, comment="wrong take", by="S. Wing")
    both = merged(Review(), Review((here,)), Review((there,))).of("1")
    assert both.choice is Choice.OPEN
    assert both.nudge == 48
    assert both.comment == "wrong take"
    assert "accepted, moved 48 samples late (R. Viewer, 2026-03-01 14:05)" in both.cleared
    assert "rejected (S. Wing)" in both.cleared


def test_the_same_decision_twice_stands() -> None:
    here = Decision("1", Choice.ACCEPTED, comment="fine", by="R. Viewer")
    there = replace(here, comment="good", by="S. Wing")
    assert merged(Review(), Review((here,)), Review((there,))).of("1") == replace(
        here, comment="fine / good"
    )
