"""Slip over record time, drawn as SVG: every event with its error bar, one mark a take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import ceil, floor, log10

from markupsafe import Markup

from conform.report.gather import Entry, Report

_WIDTH, _HEIGHT = 1160, 330
_LEFT, _RIGHT, _TOP, _BOTTOM = 74, 64, 30, 34

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56a0c8", "#b8860b", "#444444", "#7b5ea7")
"""Distinct to colour-blind eyes (after Okabe and Ito), dark enough for paper."""

SHAPES = {
    "circle": "M-4 0A4 4 0 1 0 4 0A4 4 0 1 0-4 0Z",
    "square": "M-3.6-3.6H3.6V3.6H-3.6Z",
    "diamond": "M0-5L5 0L0 5L-5 0Z",
    "triangle": "M0-5L4.6 3.6H-4.6Z",
    "wedge": "M0 5L4.6-3.6H-4.6Z",
    "cross": "M-1.6-5H1.6V-1.6H5V1.6H1.6V5H-1.6V1.6H-5V-1.6H-1.6Z",
}

_CROWD = 200  # more events than this are drawn smaller
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)
_MARKS = tuple((colour, shape) for shape, colour in product(SHAPES.values(), COLOURS))


@dataclass(frozen=True, slots=True)
class _Axis:
    """A linear scale from values to pixels."""

    low: float
    high: float
    first: float
    last: float

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return self.first + share * (self.last - self.first)


def mark(number: int) -> Markup:
    """The sign of a take, as a small SVG, by its place among the takes."""
    return Markup('<svg class="mark" viewBox="-7 -7 14 14" aria-hidden="true">{}</svg>').format(
        _sign(number, 0, 0)
    )


def slip_plot(report: Report) -> Markup:
    """The plot, or nothing where no event has a slip."""
    slips = [entry.slip for entry in report.entries if entry.slip is not None]
    if not slips:
        return Markup("")
    length = float(max(report.sync.timeline.duration, report.sync.length)) or 1.0
    across = _Axis(0.0, length, _LEFT, _WIDTH - _RIGHT)
    up = _Axis(*_range(slips), _HEIGHT - _BOTTOM, _TOP)
    parts = [
        *_band(report, up),
        *_grid(up, float(report.sync.timeline.rate.fps)),
        *_clock(report, across),
        *_trend(report, across, up),
        *_points(report, across, up),
    ]
    return Markup(
        '<svg class="plot" viewBox="0 0 {} {}" role="img" aria-label="Slip over record time">'
        "{}</svg>"
    ).format(_WIDTH, _HEIGHT, Markup("").join(parts))


def _points(report: Report, across: _Axis, up: _Axis) -> Iterator[Markup]:
    number = {event.id: i for i, drift in enumerate(report.drifts) for event in drift.events}
    size = 1.0 if len(report.entries) <= _CROWD else 0.7
    for entry in report.entries:
        if entry.slip is not None:
            yield _point(entry, number[entry.event.id], (across, up), size)


def _point(entry: Entry, number: int, axes: tuple[_Axis, _Axis], size: float) -> Markup:
    """One event; its sign lies on the frame, hollow, where the slip is off the scale."""
    across, up = axes
    clip, slip, error = entry.event.clip, entry.slip or 0.0, entry.uncertainty or 0.0
    x = across(float(clip.record_in + clip.record_out) / 2)
    inside = up.low <= slip <= up.high
    y = up(min(max(slip, up.low), up.high))
    bar = Markup("")
    if inside and entry.uncertainty is not None:
        ends = (up(min(slip + error, up.high)), up(max(slip - error, up.low)))
        bar = Markup('<path class="bar" d="M{0:.1f} {1:.1f}V{2:.1f}"/>').format(x, *ends)
    said = f"{entry.event.id} {clip.name}: {1000 * slip:+.2f} ms"
    return Markup('<g class="{}"><title>{}</title>{}{}</g>').format(
        "event" if inside else "event beyond", said, bar, _sign(number, x, y, size)
    )


def _sign(number: int, x: float, y: float, size: float = 1.0) -> Markup:
    colour, shape = _MARKS[number % len(_MARKS)]
    return Markup('<path transform="translate({:.1f} {:.1f}) scale({})" fill="{}" d="{}"/>').format(
        x, y, size, colour, shape
    )


def _range(slips: Sequence[float]) -> tuple[float, float]:
    """The slips that are drawn to scale: far outliers must not flatten all others, zero may."""
    ordered = sorted(slips)
    low, high = (ordered[round(share * (len(ordered) - 1))] for share in (0.1, 0.9))
    room = 4 * max(high - low, 0.001)
    shown = [slip for slip in [*ordered, 0.0] if low - room <= slip <= high + room]
    pad = 0.12 * max(max(shown) - min(shown), 0.0005)
    return min(shown) - pad, max(shown) + pad


def _band(report: Report, up: _Axis) -> Iterator[Markup]:
    sync = report.sync
    early, late = report.tolerance.limits(sync.timeline.rate.frame, sync.sample_rate)
    top, bottom = up(min(early, up.high)), up(max(-late, up.low))
    if bottom > top:
        yield Markup('<rect class="band" x="{}" y="{:.1f}" width="{}" height="{:.1f}"/>').format(
            _LEFT, top, _WIDTH - _LEFT - _RIGHT, bottom - top
        )


def _grid(up: _Axis, fps: float) -> Iterator[Markup]:
    """Lines of equal slip: milliseconds on the left, frames on the right."""
    for ms in _ticks(1000 * up.low, 1000 * up.high, 6):
        y = up(ms / 1000)
        yield Markup(
            '<path class="{}" d="M{} {y:.1f}H{}"/><text class="left" x="{}" y="{y:.1f}">{}</text>'
        ).format("zero" if ms == 0 else "grid", _LEFT, _WIDTH - _RIGHT, _LEFT - 8, _plain(ms), y=y)
    for frames in _ticks(up.low * fps, up.high * fps, 9):
        yield Markup('<text class="right" x="{}" y="{:.1f}">{}</text>').format(
            _WIDTH - _RIGHT + 8, up(frames / fps), _plain(frames)
        )
    yield Markup('<text class="left unit" x="{}" y="9">ms</text>').format(_LEFT - 8)
    yield Markup('<text class="right unit" x="{}" y="9">frames</text>').format(_WIDTH - _RIGHT + 8)


def _clock(report: Report, across: _Axis) -> Iterator[Markup]:
    """Record time along the foot, labelled by the record clock."""
    timeline = report.sync.timeline
    step = next((s for s in _STEPS if across.high / s <= 9), _STEPS[-1])
    rate = report.sync.timeline.rate
    labelled = int(across.high * float(rate.fps / rate.nominal))  # 23.976 labels run slow
    for second in range(0, labelled + 1, step):
        at = rate.seconds(second * rate.nominal)
        x, label = across(float(at)), timeline.timecode(at)
        yield Markup(
            '<path class="grid" d="M{x:.1f} {}V{}"/><text class="foot" x="{x:.1f}" y="{}">{}</text>'
        ).format(_HEIGHT - _BOTTOM, _HEIGHT - _BOTTOM + 5, _HEIGHT - 10, label, x=x)


def _trend(report: Report, across: _Axis, up: _Axis) -> Iterator[Markup]:
    trend = report.trend
    if trend is None:
        return
    ends = [(at, trend.origin + trend.ppm / 1e6 * at) for at in (0.0, across.high)]
    (x1, y1), (x2, y2) = ((across(at), up(min(max(slip, up.low), up.high))) for at, slip in ends)
    yield Markup('<path class="trend" d="M{:.1f} {:.1f}L{:.1f} {:.1f}"/>').format(x1, y1, x2, y2)


def _ticks(low: float, high: float, most: int) -> list[float]:
    """Round values between two, at most about `most`."""
    rough = (high - low) / most
    power = 10.0 ** floor(log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    return [n * step for n in range(ceil(low / step), floor(high / step) + 1)]


def _plain(value: float) -> str:
    return f"{value:.6g}".replace("-", "−")
