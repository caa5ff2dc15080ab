"""What stands over and beside the waveforms: ruler, events, edit points, fades, loop, names."""

from __future__ import annotations

from math import ceil, floor

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QLineF, QPointF, QRect, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF

from conform.review.decision import Choice
from ui.review.session import Session
from ui.viewer import look, raster
from ui.viewer.ground import EDITS, NAMES, OVERVIEW, RULER, Ground, Lane, mute_box, solo_box
from ui.viewer.leaders import short

_MIDDLE = int(Qt.AlignmentFlag.AlignVCenter)
_CENTRE = int(Qt.AlignmentFlag.AlignCenter)
_HUES = {"guide": look.GUIDE, "stem": look.NEW, "overlay": look.BOTH, "difference": look.TEXT}
_NARROW = 7
"""Pixels that an event is wide on average below which no bars and no edit points are drawn."""


def ruler(painter: QPainter, session: Session, ground: Ground) -> None:
    """Timecode along the top, as dense as it can be read."""
    rate = session.sync.timeline.rate
    painter.setFont(look.figures(8))
    label = painter.fontMetrics().horizontalAdvance("00:00:00:00") + 24
    least = max(1, ceil(float(ground.view.seconds * rate.fps) * label / ground.wide))
    units = (1, rate.nominal, 60 * rate.nominal, 3600 * rate.nominal)
    steps = sorted({many * unit for unit in units for many in (1, 2, 5, 10, 30)})
    step = next((one for one in steps if one >= least), least)
    base = rate.frame_at(session.sync.timeline.start + session.sync.picture_in)
    first = floor(ground.view.first * rate.fps)
    number = first - (first + base) % step
    while (x := ground.x(float(rate.seconds(number)))) < ground.width:
        if x >= NAMES:
            painter.setPen(look.LINE)
            painter.drawLine(QPointF(x, 4), QPointF(x, RULER - 2))
            painter.setPen(look.DIM)
            painter.drawText(QPointF(x + 5, RULER - 8), session.timecode(number))
        number += step


def events(painter: QPainter, session: Session, ground: Ground) -> None:
    """Every event as a bar: how it stands by shape and hue, its number and clip."""
    seen = session.between(ground.first, ground.last)
    if not seen:
        return
    decisions = session.state.review.by_event()
    edges = ground.xs(np.array(session.edges[seen.start : seen.stop]))
    edges = np.clip(edges, NAMES, ground.width)
    if len(seen) * _NARROW > ground.wide:
        _crowd(painter, session, ground, seen, edges)
        return
    painter.setFont(look.words(8))
    for place, (left, right) in zip(seen, edges.tolist(), strict=True):
        box = QRectF(left + 0.5, RULER + 2, max(2.0, right - left - 1), EDITS - 5)
        chosen = place == session.state.selected
        painter.setPen(look.TEXT if chosen else look.LINE)
        painter.setBrush(look.CHOSEN if chosen else look.RAISED)
        painter.drawRoundedRect(box, 3, 3)
        if box.width() > 20:
            held = decisions.get(session.sync.events[place].id)
            _inside(painter, session, place, box, held.choice if held else Choice.OPEN)


def _crowd(
    painter: QPainter,
    session: Session,
    ground: Ground,
    seen: range,
    edges: NDArray[np.float64],
) -> None:
    """Events too narrow for words, as stripes: flagged ones in their hue, the chosen one bright."""
    made, drawn = raster.sheet(ground.wide, 1, look.RAISED)
    columns = np.clip(np.rint(edges).astype(int) - NAMES, 0, ground.wide - 1)
    drawn[0, columns[:, 0]] = look.LINE.rgb()
    for place, (left, right) in zip(seen, columns.tolist(), strict=True):
        judge = session.standing[place]
        if place == session.state.selected:
            drawn[0, left : max(left + 2, right)] = look.TEXT.rgb()
        elif judge.flagged and session.state.spot is None:
            drawn[0, left : max(left + 1, right - 1)] = look.SIGNS[judge.mark].hue.rgb()
    painter.drawImage(QRectF(NAMES, RULER + 2, ground.wide, EDITS - 5), made)


def _inside(painter: QPainter, session: Session, place: int, box: QRectF, choice: Choice) -> None:
    """The mark and the name inside an event's bar."""
    event = session.sync.events[place]
    sign = look.SIGNS[session.mark_of(place)]
    sign = sign if choice is Choice.OPEN else look.CHOICES[choice]
    painter.setPen(look.DIM if session.state.spot is not None else sign.hue)
    painter.drawText(box.adjusted(5, 0, -2, 0), _MIDDLE, sign.shape)
    room = box.adjusted(20, 0, -3, 0)
    metrics = painter.fontMetrics()
    if room.width() < metrics.averageCharWidth():
        return
    number = event.id.lstrip("0") or "0"
    text = f"{number}  {event.clip.name}"
    if metrics.horizontalAdvance(text) > room.width():
        text = number if metrics.horizontalAdvance(number) <= room.width() else ""
    painter.setPen(look.TEXT)
    painter.drawText(room, _MIDDLE, text)


def edit_points(painter: QPainter, session: Session, ground: Ground) -> None:
    """Edit points through all lanes."""
    seen = session.between(ground.first, ground.last)
    if not seen or len(seen) * _NARROW > ground.wide:
        return
    rows = ground.rows
    top, foot = rows[0][1].top(), rows[-1][1].bottom()
    xs = np.unique(ground.xs(np.array(session.edges[seen.start : seen.stop])))
    painter.setPen(look.LINE)
    for x in xs[(xs >= NAMES) & (xs <= ground.width)].tolist():
        painter.drawLine(QLineF(x, top, x, foot))


def fades(painter: QPainter, session: Session, ground: Ground) -> None:
    """The fades of every stem, where they are wide enough to be seen."""
    rate, layout = session.sync.sample_rate, session.layout()
    if ground.view.seconds > 20:
        return
    painter.setPen(look.TEXT)
    for lane, row in ground.rows:
        low, high = int(ground.first * rate), int(ground.last * rate)
        for region in layout.under(lane.stem, low, high) if lane.stem else ():
            end = region.record_end
            rise = (region.record_first, region.record_first + region.fade_in)
            _slope(painter, ground, rise, rate, (row.bottom(), row.top()))
            _slope(painter, ground, (end - region.fade_out, end), rate, (row.top(), row.bottom()))


def _slope(
    painter: QPainter, ground: Ground, ends: tuple[int, int], rate: int, rows: tuple[int, int]
) -> None:
    left, right = (ground.x(sample / rate) for sample in ends)
    if right - left >= 4 and right > NAMES and left < ground.width:
        painter.drawLine(QPointF(left, rows[0]), QPointF(right, rows[1]))


def markers(painter: QPainter, session: Session, ground: Ground) -> None:
    """The reviewer's markers, and those of the cut."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.DOUBT)
    for marker in session.state.review.markers + session.sync.timeline.markers:
        x = ground.x(float(marker.at - session.sync.picture_in))
        if NAMES <= x <= ground.width:
            painter.drawPolygon(QPolygonF([QPointF(x - 5, 1), QPointF(x + 5, 1), QPointF(x, 9)]))


def loop(painter: QPainter, session: Session, ground: Ground) -> None:
    """The stretch that is played over and over."""
    held = session.state.loop
    if held is None:
        return
    left, right = (ground.x(float(session.seconds(n))) for n in (held.first, held.end))
    left, right = max(left, NAMES), min(right, ground.width)
    if right > left:
        tint = QColor(255, 255, 255, 26 if held.on else 10)
        painter.fillRect(QRectF(left, 0, right - left, ground.height - OVERVIEW), tint)


def reel(session: Session, ground: Ground, ratio: float) -> QPixmap:
    """Every event of the whole reel, flagged ones tall and in their hue; drawn once."""
    box = ground.overview
    made = QPixmap(max(1, round(box.width() * ratio)), max(1, round(box.height() * ratio)))
    made.setDevicePixelRatio(ratio)
    made.fill(look.PANE)
    painter = QPainter(made)
    scale = box.width() / max(float(session.sync.length), 1.0)
    for (first, last), judge in zip(session.edges, session.standing, strict=True):
        height = box.height() - 4 if judge.flagged else box.height() / 3
        hue = look.SIGNS[judge.mark].hue if judge.flagged else look.FAINT
        width = max(1.0, (last - first) * scale - 1)
        painter.fillRect(QRectF(first * scale, box.height() - height - 2, width, height), hue)
    painter.end()
    return made


def overview(painter: QPainter, session: Session, ground: Ground, drawn: QPixmap) -> None:
    """The whole reel along the foot, and what the lanes show of it."""
    box = ground.overview
    painter.drawPixmap(box.topLeft(), drawn)
    scale = box.width() / max(float(session.sync.length), 1.0)
    left, width = ground.first * scale, (ground.last - ground.first) * scale
    painter.setBrush(QColor(255, 255, 255, 22))
    painter.setPen(look.DIM)
    painter.drawRect(QRectF(box.left() + left, box.top(), max(3.0, width - 1), box.height() - 1))


def names(painter: QPainter, session: Session, ground: Ground, *, near: bool) -> None:
    """Names at the left, and for stems what they are heard by."""
    painter.fillRect(QRect(0, 0, NAMES, ground.height), look.BACK)
    painter.setFont(look.words(8))
    painter.setPen(look.DIM)
    painter.drawText(QRectF(14, RULER, NAMES - 20, EDITS), _MIDDLE, "Events")
    for lane, row in ground.rows:
        _name(painter, session, lane, row)
        said = _instead(session, lane, near=near)
        if said:
            painter.setPen(look.DIM)
            painter.setFont(look.words(8))
            painter.drawText(QRectF(row), _CENTRE, said)


def _instead(session: Session, lane: Lane, *, near: bool) -> str:
    """What is said where a lane has no waveform to show."""
    if session.state.spot is not None and lane.kind != "guide":
        return "Hidden during the spot-check: listen"
    if session.guide is None and lane.kind == "guide":
        return "The guide is offline"
    return "Zoom in to see the difference" if lane.kind == "difference" and not near else ""


def _name(painter: QPainter, session: Session, lane: Lane, row: QRect) -> None:
    painter.fillRect(QRectF(4, row.top() + 2, 3, row.height() - 4), _HUES[lane.kind])
    painter.setFont(look.words(9))
    painter.setPen(look.TEXT)
    right = solo_box(row).left() - 4 if lane.stem else NAMES - 4
    room = QRectF(14, row.top(), right - 14, row.height())
    metrics = painter.fontMetrics()
    text = metrics.elidedText(lane.title, Qt.TextElideMode.ElideRight, int(room.width()))
    painter.drawText(room, _MIDDLE, text)
    if lane.stem:
        state = session.state
        _button(painter, solo_box(row), "S", look.DOUBT if lane.stem in state.solo else None)
        _button(painter, mute_box(row), "M", look.BAD if lane.stem in state.muted else None)


def _button(painter: QPainter, box: QRectF, text: str, hue: QColor | None) -> None:
    painter.setPen(look.LINE)
    painter.setBrush(hue or look.RAISED)
    painter.drawRoundedRect(box, 3, 3)
    painter.setPen(look.BACK if hue else look.DIM)
    painter.setFont(look.words(8, bold=hue is not None))
    painter.drawText(box, _CENTRE, text)


def pops(painter: QPainter, session: Session, ground: Ground) -> None:
    """The pops of the guide's leaders, each with how far it is off."""
    if session.guide is None:
        return
    row = ground.rows[0][1]
    painter.setFont(look.words(8))
    for check in session.state.pops:
        x = ground.x(float(check.at - session.sync.picture_in))
        if check.file == session.guide.name and NAMES <= x <= ground.width:
            fine = check.fine(session.sync.timeline.rate)
            text, metrics = short(check, session), painter.fontMetrics()
            box = QRectF(x + 3, row.top() + 1, metrics.horizontalAdvance(text) + 6, 15)
            painter.fillRect(box, look.PANE)
            painter.setPen(look.GOOD if fine else look.BAD)
            painter.drawText(box, _CENTRE, text)


def sync_mark(painter: QPainter, session: Session, ground: Ground) -> None:
    """The frame that is marked for a sync by hand, through ruler and lanes."""
    hand = session.state.hand
    if hand is None or hand.picture is None:
        return
    x = ground.x(float(hand.picture - session.sync.picture_in))
    if NAMES <= x <= ground.width:
        painter.setPen(QPen(look.DOUBT, 2))
        painter.drawLine(QPointF(x, 0), QPointF(x, ground.height - OVERVIEW))
        flag(painter, x, 0, "frame")


def flag(painter: QPainter, x: float, top: float, text: str) -> None:
    """A mark's name at its line."""
    painter.setFont(look.words(8, bold=True))
    box = QRectF(x, top, painter.fontMetrics().horizontalAdvance(text) + 8, 15)
    painter.fillRect(box, look.DOUBT)
    painter.setPen(look.BACK)
    painter.drawText(box, _CENTRE, text)


def playhead(painter: QPainter, session: Session, ground: Ground) -> None:
    """The playhead over the lanes and in the whole reel."""
    now = float(session.seconds(session.state.playhead))
    x = ground.x(now)
    painter.setPen(look.PLAYHEAD)
    if NAMES <= x <= ground.width:
        painter.drawLine(QPointF(x, 0), QPointF(x, ground.height - OVERVIEW))
    box = ground.overview
    x = box.left() + now / max(float(session.sync.length), 1.0) * box.width()
    painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
