"""Laws of laying sound under picture."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from conform.laying.plan import Planner, PlanOptions, channel_names, plan
from conform.region import Region
from conform.roll import Roll, RollChannel
from conform.synced import EventSync, Status, Sync
from conform.timecode import RATES, Rate, sample_at
from conform.timeline import Clip, Timeline

SR = 48000


def roll(name: str = "T1", seconds: int = 60, channels: tuple[str, ...] = ("Boom",)) -> Roll:
    path = Path(f"{name}.wav")
    made = tuple(RollChannel(c, path, n) for n, c in enumerate(channels))
    return Roll(name, made, seconds * SR, SR)


def event(
    number: int, first: Fraction, end: Fraction, take: Roll | None, zero: Fraction | None
) -> EventSync:
    clip = Clip(f"E{number}", first, end, Fraction(0), end - first)
    status = Status.MEASURED if take else Status.NOT_MEASURED
    return EventSync(f"{number:03}", clip, (1,), status, "", take, None, zero)


def synced(rate: Rate, length: Fraction, *events: EventSync) -> Sync:
    rolls = tuple(e.roll for e in events if e.roll)
    return Sync(Timeline("Cut", rate), "guide.mov", SR, length, events, rolls)


@st.composite
def cuts(draw: st.DrawFn) -> Sync:
    """A cut of abutting and gapped events, from takes that are long enough, at any rate."""
    rate = draw(st.sampled_from(list(RATES.values())))
    edges = sorted(draw(st.sets(st.integers(0, 3000), min_size=2, max_size=12)))
    length = rate.seconds(edges[-1] + draw(st.integers(0, 100)))
    events = []
    for number, (a, b) in enumerate(pairwise(edges)):
        if draw(st.booleans()):
            first, end = rate.seconds(a), rate.seconds(b)
            zero = first - draw(st.fractions(2, 20, max_denominator=96000))
            take = roll(f"T{number}", 400, draw(st.sampled_from([("Boom",), ("Boom", "Lav")])))
            events.append(event(number, first, end, take, zero))
    return synced(rate, length, *events)


def under(regions: tuple[Region, ...], sample: int, stem: str) -> list[Region]:
    return [r for r in regions if r.stem == stem and r.record_first <= sample < r.record_end]


@given(cuts(), st.booleans())
def test_every_event_is_covered_by_its_own_take_at_its_measured_place(
    sync: Sync, checkerboard: bool
) -> None:
    """Sample r of the stem is sample r - zero of the take, at both edges and in the middle."""
    layout = plan(sync, PlanOptions(checkerboard=checkerboard))
    for item in sync.events:
        assert item.roll is not None
        assert item.zero is not None
        first, end = (sample_at(t, SR) for t in (item.clip.record_in, item.clip.record_out))
        mine = [r for r in layout.regions if r.event == item.id]
        assert len(mine) == len(item.roll.channels)
        for region in mine:
            assert region.record_first <= first
            assert region.record_end >= end
            offset = region.source_first - region.record_first
            assert offset == -sample_at(item.zero, SR)


@given(cuts())
def test_away_from_the_joins_each_sample_has_one_region_outside_its_fades(sync: Sync) -> None:
    layout = plan(sync)
    half = sample_at(PlanOptions().fade, SR) // 2
    for item in sync.events:
        first, end = (sample_at(t, SR) for t in (item.clip.record_in, item.clip.record_out))
        for sample in (first + half, (first + end) // 2, end - half - 1):
            if not first + half <= sample < end - half:
                continue
            for region in (r for r in layout.regions if r.event == item.id):
                heard = under(layout.regions, sample, region.stem)
                assert heard == [region]
                assert sample >= region.record_first + region.fade_in
                assert sample < region.record_end - region.fade_out


@given(cuts(), st.booleans())
def test_nothing_lies_outside_the_picture_or_the_take(sync: Sync, checkerboard: bool) -> None:
    takes = {r.path: r for r in sync.rolls}
    end = sample_at(sync.length, SR)
    for region in plan(sync, PlanOptions(checkerboard=checkerboard)).regions:
        assert 0 <= region.record_first < region.record_end <= end
        assert region.source_first >= 0
        assert region.source_first + region.length <= takes[region.path].length
        assert region.fade_in + region.fade_out <= region.length


@given(cuts())
def test_checkerboarded_handles_never_meet(sync: Sync) -> None:
    regions = plan(sync, PlanOptions(checkerboard=True)).regions
    for stem in {r.stem for r in regions}:
        lane = sorted((r.record_first, r.record_end) for r in regions if r.stem == stem)
        assert all(a[1] <= b[0] for a, b in pairwise(lane))


def test_handles_are_one_second_and_end_with_the_file() -> None:
    take = roll(seconds=12)
    item = event(1, Fraction(10), Fraction(20), take, Fraction(19, 2))
    layout = plan(synced(RATES["25"], Fraction(60), item))
    region = layout.regions[0]
    assert region.record_first == SR * 19 // 2  # half a second of handle: the take starts there
    assert region.record_end == SR * 21


def test_a_through_edit_of_one_take_is_joined_without_a_fade() -> None:
    take = roll()
    a = event(1, Fraction(0), Fraction(5), take, Fraction(-3))
    b = event(2, Fraction(5), Fraction(9), take, Fraction(-3))
    first, second = plan(synced(RATES["25"], Fraction(20), a, b)).regions
    assert first.record_end == second.record_first == 5 * SR
    assert first.fade_out == second.fade_in == 0


def test_a_cut_between_takes_is_crossed_over_the_edge() -> None:
    a = event(1, Fraction(2), Fraction(5), roll("A"), Fraction(0))
    b = event(2, Fraction(5), Fraction(9), roll("B"), Fraction(0))
    first, second = plan(synced(RATES["25"], Fraction(20), a, b)).regions
    assert (first.record_end, second.record_first) == (5 * SR + 120, 5 * SR - 120)
    assert first.fade_out == second.fade_in == 240


def test_events_that_overlap_go_on_further_stems() -> None:
    a = event(1, Fraction(2), Fraction(6), roll("A"), Fraction(0))
    b = event(2, Fraction(5), Fraction(9), roll("B"), Fraction(0))
    assert plan(synced(RATES["25"], Fraction(20), a, b)).stems == ("Boom", "Boom (2)")


def test_what_has_no_take_or_another_speed_stays_silent_and_says_so() -> None:
    take = roll()
    fast = event(2, Fraction(5), Fraction(6), take, Fraction(0))
    fast = replace(fast, clip=replace(fast.clip, speed=Fraction(2)))
    lost = replace(event(1, Fraction(0), Fraction(5), None, None), reason="no take overlaps")
    layout = plan(synced(RATES["25"], Fraction(20), lost, fast))
    assert layout.regions == ()
    assert [(f.code, f.where) for f in layout.findings] == [
        ("plan.silent", "001"),
        ("plan.silent", "002"),
    ]
    assert "no take overlaps" in layout.findings[0].message
    assert "speed 2" in layout.findings[1].message


def test_a_take_that_ends_early_is_told() -> None:
    item = event(1, Fraction(0), Fraction(10), roll(seconds=8), Fraction(-1))
    layout = plan(synced(RATES["25"], Fraction(20), item))
    assert layout.regions[0].record_end == 7 * SR
    assert [f.code for f in layout.findings] == ["plan.take-too-short"]
    assert str(3 * SR) in layout.findings[0].message


def test_a_leader_before_the_cut_moves_every_stem_sample() -> None:
    item = event(1, Fraction(0), Fraction(5), roll(), Fraction(-3))
    sync = replace(synced(RATES["25"], Fraction(20), item), picture_in=Fraction(-8))
    region = plan(sync).regions[0]
    assert region.record_first == 7 * SR
    assert region.source_first == 2 * SR


def test_channels_without_names_of_their_own_are_numbered() -> None:
    assert channel_names(roll(channels=("Boom", "Lav", "Lav", ""))) == (
        "Boom",
        "Lav 2",
        "Lav 3",
        "Ch 4",
    )
    names = channel_names(roll(channels=("Boom", "Boom", "Boom 1", "BOOM 2")))
    assert len({name.casefold() for name in names}) == 4


def test_two_recorders_that_spell_a_name_in_other_capitals_share_its_stem() -> None:
    a = event(1, Fraction(2), Fraction(5), roll("A", channels=("Boom",)), Fraction(0))
    b = event(2, Fraction(8), Fraction(9), roll("B", channels=("BOOM",)), Fraction(0))
    assert plan(synced(RATES["25"], Fraction(20), a, b)).stems == ("Boom",)


def test_a_picture_that_ends_first_is_not_the_takes_fault() -> None:
    a = event(1, Fraction(2), Fraction(30), roll(), Fraction(0))
    b = event(2, Fraction(30), Fraction(40), roll(), Fraction(0))
    layout = plan(synced(RATES["25"], Fraction(20), a, b))
    assert [finding.code for finding in layout.findings] == ["plan.silent"]
    assert "picture does not reach" in layout.findings[0].message


@given(cuts(), st.booleans(), st.data())
def test_a_plan_made_from_the_last_one_is_the_plan(
    sync: Sync, checkerboard: bool, data: st.DataObject
) -> None:
    options = PlanOptions(checkerboard=checkerboard)
    planner = Planner(options)
    assert planner.plan(sync) == plan(sync, options)
    for _ in range(3):
        events = list(sync.events)
        for place in data.draw(st.sets(st.integers(0, max(0, len(events) - 1)), max_size=2)):
            if events:
                zero = events[place].zero or Fraction(0)
                moved = zero + data.draw(st.fractions(-30, 30, max_denominator=48000))
                events[place] = replace(
                    events[place], zero=data.draw(st.sampled_from([None, moved]))
                )
        sync = replace(sync, events=tuple(events))
        assert planner.plan(sync) == plan(sync, options)
