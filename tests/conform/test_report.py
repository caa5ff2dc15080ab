"""The report: every event told once, nothing from outside run or fetched, numbers as measured."""

from __future__ import annotations

import csv as csv_format
import hashlib
import json as json_format
import xml.etree.ElementTree as ET
from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from conform.errors import MediaError
from conform.findings import warning
from conform.jsonable import event_json
from conform.laying.bwf import Format, Label, Writer
from conform.match import Match, Verdict
from conform.report import Report, csv, html, json, report
from conform.report.drift import slope_name, trend
from conform.report.waves import columns
from conform.report.words import clock, signed, visible
from conform.roll import Roll, RollChannel
from conform.synced import ChannelMatch, EventSync, Rung, Status, Sync
from conform.timecode import RATES
from conform.timeline import Clip, Kind, Timeline, Track
from conform.tolerance import TOLERANCES, Judgement, judge

RATE = RATES["24"]
SR = 48000
HOSTILE = '<script>alert("&")</script>'
CONFORM = TOLERANCES["conform"]


@pytest.fixture(scope="module")
def sync(tmp_path_factory: pytest.TempPathFactory) -> Sync:
    """Ten seconds of noise as the guide, and one take of it that starts a second in."""
    folder = tmp_path_factory.mktemp("sound")
    noise = np.random.default_rng(1).standard_normal(10 * SR).astype(np.float32) * 0.1
    noise[: 3 * SR] = 0
    guide, take = folder / "guide.wav", folder / "take.wav"
    soundfile.write(guide, noise, SR, subtype="PCM_24")
    soundfile.write(take, noise[SR:], SR, subtype="PCM_24")
    start = RATE.time_of("01:00:00:00")
    channels = (RollChannel("Boom", take, 0),)
    roll = Roll(HOSTILE, channels, 9 * SR, SR, start + 1, RATE, scene="1A", take="2")
    events = (
        placed("001", 4, roll, slip=Fraction(-30, SR)),
        placed("002", 6, roll, slip=Fraction(1, 24)),
        EventSync("003", cut("003", 8), (), Status.NOT_MEASURED, reason="no sound & <no> match"),
        replace(placed("004", 9, roll, slip=Fraction(0)), status=Status.METADATA, match=None),
    )
    track = Track(Kind.AUDIO, 1, "A1", tuple(event.clip for event in events))
    findings = (warning("odd", f"odd {HOSTILE}", "cut.edl:3"),)
    return Sync(
        Timeline("Reel <1>", RATE, start, (track,)),
        str(guide), SR, Fraction(10), events, (roll,), findings,
    )  # fmt: skip


def cut(name: str, second: int) -> Clip:
    at = Fraction(second)
    return Clip(f"=1+{name}", at, at + 1, at, at + 1, event=name)


def placed(name: str, second: int, roll: Roll, *, slip: Fraction) -> EventSync:
    zero = Fraction(1)
    match = Match(
        Verdict.MATCH, SR, "", float(zero * SR), 0.5, 12.0, 0.5, score=20.0, runner_up=4.0
    )
    return EventSync(
        name, cut(name, second), (1,), Status.MEASURED, "", roll, Rung.TIMECODE_NAME, zero,
        zero - slip, match, (ChannelMatch("Boom", match),),
    )  # fmt: skip


class Page(HTMLParser):
    """What a browser would make of the page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.rows: dict[str, str] = {}
        self._row = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "tbody":
            self._row = dict(attrs).get("id") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "tbody":
            self._row = ""

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._row:
            self.rows[self._row] = self.rows.get(self._row, "") + data


@pytest.fixture(scope="module")
def found(sync: Sync) -> Report:
    return report(sync, tolerance=CONFORM, date="2026-01-02")


@pytest.fixture(scope="module")
def page(found: Report) -> Page:
    return Page(html(found))


def test_every_event_has_its_row_with_its_numbers(page: Page) -> None:
    assert len(page.rows) == 4
    first, second, third, fourth = page.rows.values()
    assert "01:00:04:00" in first
    assert "01:00:05:00" in first
    assert "−30.0 smp late" in " ".join(first.split())
    assert "within" in first
    assert "+2,000.0 smp early" in " ".join(second.split())
    assert "+1.000 fr · +41.67 ms" in second
    assert "outside" in second
    assert "no sound & <no> match" in third
    assert "not measured" in third
    assert "timecode only" in fourth
    assert "smp" not in fourth


def test_names_from_outside_are_text_and_nothing_else(page: Page) -> None:
    assert HOSTILE in page.text
    assert "Reel <1>" in page.text
    assert all(tag != "script" for tag, _ in page.tags)
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)


def test_the_page_fetches_nothing(found: Report, page: Page) -> None:
    asked = {name for _, attributes in page.tags for name in attributes}
    assert asked.isdisjoint({"src", "href", "data", "srcset", "xlink:href"})
    assert "url(" not in html(found)
    assert "@import" not in html(found)
    assert "http" not in html(found)


def test_the_drawings_are_well_formed(found: Report) -> None:
    text = html(found)
    drawings = ["<svg" + part.split("</svg>")[0] + "</svg>" for part in text.split("<svg")[1:]]
    trees = [ET.fromstring(drawing) for drawing in drawings]  # noqa: S314  (our own)
    waves = [tree for tree in trees if tree.get("class") == "waves"]
    assert len(waves) == 4
    plot = next(tree for tree in trees if tree.get("class") == "plot")
    assert len(plot.findall("g")) == 2


def test_guide_and_take_are_drawn_from_the_same_moment(found: Report) -> None:
    waves = found.entries[0].waves
    assert waves is not None
    guide, sound = np.array(waves.guide), np.array(waves.sound)
    assert guide.shape == (200, 2)
    np.testing.assert_allclose(guide, sound, atol=1e-6)


def test_a_lane_starts_where_the_sound_does() -> None:
    lane = columns(np.ones((500, 2), np.float32), 500.0, 1000)
    assert lane[:100] == ((0.0, 0.0),) * 100
    assert lane[100:] == ((1.0, 1.0),) * 100
    assert columns(np.zeros((10, 1), np.float32), 0.0, 10) == ()
    assert columns(np.zeros((0, 1), np.float32), 0.0, 0) == ()


def test_flagged_events_are_drawn_first(sync: Sync) -> None:
    few = report(sync, tolerance=CONFORM, thumbnails=2)
    assert [entry.waves is not None for entry in few.entries] == [False, True, True, False]


def test_a_picture_that_cannot_be_read_is_a_finding(sync: Sync) -> None:
    gone = report(replace(sync, picture="gone.mov"), tolerance=CONFORM)
    assert {"report-no-waveform"} == {odd.code for odd in gone.findings} - {"odd"}
    assert len(Page(html(gone)).rows) == 4


def test_the_same_inputs_give_the_same_bytes(sync: Sync, found: Report) -> None:
    again = report(sync, tolerance=CONFORM, date="2026-01-02")
    assert (html(again), csv(again), json(again)) == (html(found), csv(found), json(found))


def test_csv_cells_cannot_run_as_formulas(found: Report) -> None:
    rows = list(csv_format.DictReader(csv(found).splitlines()))
    assert [row["id"] for row in rows] == ["001", "002", "003", "004"]
    assert {row["name"] for row in rows} == {f"'=1+00{n}" for n in (1, 2, 3, 4)}
    assert (float(rows[0]["slip_samples"]), rows[0]["direction"]) == (-30.0, "late")
    assert rows[2]["slip_samples"] == ""
    for row in rows:
        for cell in row.values():
            assert cell[:1] not in tuple("=+@\t\r") or cell.lstrip("+").isdigit()
            assert not cell.startswith("-") or float(cell)


def test_json_carries_the_events_as_the_command_line_gives_them(sync: Sync, found: Report) -> None:
    body = json_format.loads(json(found))
    assert body["summary"] == {
        "events": 4,
        "measured": 2,
        "metadata": 1,
        "by_hand": 0,
        "not_measured": 1,
        "flagged": 3,
    }
    for shape, event in zip(body["events"], sync.events, strict=True):
        assert event_json(event, sync).items() <= shape.items()


def test_stems_are_read_back_and_hashed(sync: Sync, tmp_path: Path) -> None:
    stem = tmp_path / "Boom.wav"
    label = Label(time_reference=172_800_000, rate=RATE, tracks=("Boom",))
    with Writer(stem, Format(SR, 1, 24), label) as writer:
        writer.write(np.zeros((480, 1), np.int32))
    found = report(sync, tolerance=CONFORM, stems=(stem,), thumbnails=0)
    (read,) = found.stems
    assert (read.length, read.sample_rate, read.time_reference) == (480, SR, 172_800_000)
    assert read.sha256 == hashlib.sha256(stem.read_bytes()).hexdigest()
    assert read.sha256 in Page(html(found)).text
    with pytest.raises(MediaError, match=r"gone\.wav"):
        report(sync, tolerance=CONFORM, stems=(tmp_path / "gone.wav",), thumbnails=0)


@pytest.mark.parametrize(
    ("slip", "uncertainty", "judgement"),
    [
        (0.0, 0.001, Judgement.WITHIN),
        (0.041, 0.002, Judgement.UNDECIDED),
        (0.043, 0.002, Judgement.OUTSIDE),
        (-0.043, 0.002, Judgement.WITHIN),
        (-0.063, 0.002, Judgement.OUTSIDE),
        (0.0, None, Judgement.NOT_JUDGED),
        (None, 0.1, Judgement.NOT_JUDGED),
    ],
)
def test_a_slip_is_judged_with_its_uncertainty(
    slip: float | None, uncertainty: float | None, judgement: Judgement
) -> None:
    limits = TOLERANCES["ebu-r37"].limits(RATE.frame, SR)
    assert judge(slip, uncertainty, limits) is judgement


def test_slopes_are_called_by_their_names() -> None:
    assert "pull" in slope_name(-999.0, 2.0)
    assert "25 against 24" in slope_name(-40_000.0, 10.0)
    assert slope_name(12.0, 0.5) == "the recorder's clock"
    assert "zero" in slope_name(0.2, 0.5)
    assert "check" in slope_name(500.0, 1.0)
    assert slope_name(None) == ""


def test_a_slope_that_all_takes_share_is_found(sync: Sync) -> None:
    (roll,) = sync.rolls
    events = tuple(
        placed(
            f"{n:03}",
            100 * n,
            replace(roll, channels=(RollChannel("Boom", Path(f"{n}.wav"), 0),)),
            slip=Fraction(n, 10) + Fraction((-1) ** n, 1000),
        )
        for n in range(1, 9)
    )
    slope = trend(replace(sync, events=events))
    assert slope is not None
    assert slope.low <= 1000 <= slope.high
    assert "pull" in slope.meaning
    assert trend(sync) is None


@given(st.text())
def test_nothing_hides_in_a_printed_name(text: str) -> None:
    shown = visible(text)
    assert not set(shown) & set("\u202e\u2066\x00\x1b\n\ud800")


def test_numbers_are_written_as_the_trade_reads_them() -> None:
    assert [signed(v, 1) for v in (0.04, -0.04, -3.25, 1234.5, None)] == [
        "0.0",
        "0.0",
        "−3.2",
        "+1,234.5",
        "–",
    ]
    assert clock(Fraction(3723, 1) + Fraction(1, 2)) == "1:02:03.500"


def test_a_cut_without_events_still_has_a_page(sync: Sync) -> None:
    empty = replace(
        sync, events=(), rolls=(), findings=(), length=Fraction(0), picture="\udcff\x1b.mov",
        timeline=Timeline("", RATE),
    )  # fmt: skip
    found = report(empty, tolerance=TOLERANCES["exact"])
    page = Page(html(found))
    assert page.rows == {}
    assert "\\udcff\\x1b.mov" in page.text
    html(found).encode()
    csv(found).encode()
    assert json_format.loads(json(found))["summary"]["events"] == 0


def test_an_outlier_does_not_flatten_the_plot(sync: Sync) -> None:
    (roll,) = sync.rolls
    events = tuple(placed(f"{n:03}", n, roll, slip=Fraction(n, SR)) for n in range(1, 9))
    far = placed("009", 9, roll, slip=Fraction(3600))
    text = html(report(replace(sync, events=(*events, far)), tolerance=CONFORM, thumbnails=0))
    plot = ET.fromstring(  # noqa: S314  (our own)
        '<svg class="plot' + text.split('<svg class="plot')[1].split("</svg>")[0] + "</svg>"
    )
    kinds = [mark.get("class") for mark in plot.findall("g")]
    assert kinds == ["event"] * 8 + ["event beyond"]
    heights = {mark.findall("path")[-1].get("transform") for mark in plot.findall("g")}
    assert len(heights) == 9
