"""The worklist: every event in a row, sorted and filtered; what is chosen is selected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PyQt6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QSortFilterProxyModel,
    Qt,
)
from PyQt6.QtGui import QFontMetrics
from PyQt6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from ui.review.session import Session
from ui.review.state import State
from ui.review.texts import confidence, nudged, signed, slip, spread
from ui.viewer import look

_MEASURED = 200
"""Rows whose texts make the width of a column."""

_SORT = Qt.ItemDataRole.UserRole
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, what it says of an event, and what it sorts by."""

    name: str
    text: Callable[[Session, int], str]
    key: Callable[[Session, int], Any]
    right: bool = False
    tip: str = ""
    room: str = ""
    """The longest text that may come to stand here."""


def _offset(part: str, digits: int) -> Callable[[Session, int], str]:
    def text(session: Session, place: int) -> str:
        found = slip(session.sync.events[place], session.sync)
        return "" if found is None else signed(getattr(found, part), digits)

    return text


def _slip_key(session: Session, place: int) -> float:
    found = slip(session.sync.events[place], session.sync)
    return float("-inf") if found is None else found.samples


def _flag(session: Session, place: int) -> str:
    return "⚑" if session.standing[place].flagged else ""


def _unflagged(session: Session, place: int) -> bool:
    return not session.standing[place].flagged


def _number(session: Session, place: int) -> str:
    return session.sync.events[place].id.lstrip("0") or "0"


def _place(session: Session, place: int) -> int:
    return place


def _mark(session: Session, place: int) -> str:
    return str(session.standing[place].mark)


def _record_in(session: Session, place: int) -> str:
    return session.sync.timeline.timecode(session.sync.events[place].clip.record_in)


def _clip(session: Session, place: int) -> str:
    return session.sync.events[place].clip.name


def _spread(session: Session, place: int) -> str:
    return spread(session.sync.events[place])


def _evidence(session: Session, place: int) -> str:
    return confidence(session.sync.events[place])


def _nudge_key(session: Session, place: int) -> int:
    return session.decided(session.sync.events[place].id).nudge


def _nudged(session: Session, place: int) -> str:
    return nudged(_nudge_key(session, place), session.sync)


def _sense(session: Session, place: int) -> str:
    found = slip(session.sync.events[place], session.sync)
    return "" if found is None else found.sense


def _status(session: Session, place: int) -> str:
    sign = look.SIGNS[session.standing[place].mark]
    return f"{sign.shape} {sign.word}"


def _decided(session: Session, place: int) -> str:
    decision = session.decided(session.sync.events[place].id)
    sign = look.CHOICES[decision.choice]
    words = [f"{sign.shape} {sign.word}".strip()]
    words += ["carried"] if decision.carried else []
    words += ["cleared"] if decision.cleared else []
    words += ["✎"] if decision.comment else []
    return " ".join(word for word in words if word)


def _score(session: Session, place: int) -> float:
    match = session.sync.events[place].match
    return match.score if match else 0.0


def _spread_key(session: Session, place: int) -> float:
    match = session.sync.events[place].match
    return match.uncertainty_samples or 0.0 if match else float("inf")


COLUMNS: tuple[Column, ...] = (
    Column("", _flag, _unflagged, tip="Flagged: a person must decide"),
    Column("#", _number, _place, right=True, tip="Event"),
    Column("Status", _status, _mark),
    Column("Decision", _decided, _decided, room="✓ accepted ✎"),
    Column("Record in", _record_in, _place),
    Column("Clip", _clip, _clip),
    Column("Frames", _offset("frames", 2), _slip_key, right=True, tip="Timecode off by, in frames"),
    Column("Samples", _offset("samples", 0), _slip_key, right=True, tip="Timecode off by, samples"),
    Column("ms", _offset("ms", 1), _slip_key, right=True, tip="Timecode off by, in milliseconds"),
    Column("", _sense, _slip_key, tip="Whether timecode put the sound early or late"),
    Column("±", _spread, _spread_key, right=True, tip="95 % half-width, in samples"),
    Column("Evid.", _evidence, _score, right=True, tip="This place : the next best, powers of ten"),
    Column("Nudge", _nudged, _nudge_key, tip="Moved by hand", room="0.25 fr early"),
)

_SPOT_HIDES = {6, 7, 8, 9, 10, 11, 12}


class EventModel(QAbstractTableModel):
    """The events of a session as Qt's table."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._rows = {event.id: row for row, event in enumerate(session.sync.events)}
        self._answers: dict[int, Callable[[QModelIndex], Any]] = {
            Qt.ItemDataRole.DisplayRole: self._text,
            _SORT: self._key,
            Qt.ItemDataRole.TextAlignmentRole: self._side,
            Qt.ItemDataRole.ForegroundRole: self._hue,
            Qt.ItemDataRole.ToolTipRole: self._tip,
        }
        session.listen_to(self._changed)

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: N802, B008
        """One row an event; events have no children."""
        return 0 if parent.isValid() else len(self._session.sync.events)

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: N802, B008
        """One for each thing that is said."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What stands in a cell, in a role."""
        answer = self._answers.get(role)
        return answer(index) if answer is not None and index.isValid() else None

    def _text(self, index: QModelIndex) -> str:
        hidden = self._session.state.spot is not None and index.column() in _SPOT_HIDES
        return "" if hidden else COLUMNS[index.column()].text(self._session, index.row())

    def _key(self, index: QModelIndex) -> Any:
        return COLUMNS[index.column()].key(self._session, index.row())

    @staticmethod
    def _side(index: QModelIndex) -> int | None:
        return int(_RIGHT) if COLUMNS[index.column()].right else None

    def _hue(self, index: QModelIndex) -> Any:
        session, place = self._session, index.row()
        name = COLUMNS[index.column()].name
        if name == "Status":
            return look.SIGNS[session.standing[place].mark].hue
        if name == "Decision":
            return look.CHOICES[session.decided(session.sync.events[place].id).choice].hue
        if index.column() == 0:
            return look.DOUBT
        return None

    def _tip(self, index: QModelIndex) -> str:
        place = index.row()
        event, judge = self._session.sync.events[place], self._session.standing[place]
        lines = [
            *judge.flags,
            f"take {event.roll.name}, found by {event.rung}" if event.roll else "no take",
        ]
        if event.match and event.match.false_match is not None:
            lines.append(f"chance of a false match {event.match.false_match:.1g}")
        return "\n".join(lines)

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The headings."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section].name
        if role == Qt.ItemDataRole.ToolTipRole:
            return COLUMNS[section].tip or None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            return int(_RIGHT if COLUMNS[section].right else left)
        return None

    def _changed(self, before: State, now: State) -> None:
        if before.spot is not now.spot:
            self._tell(range(self.rowCount()))
        elif before.review is not now.review:
            changed = set(before.review.decisions) ^ set(now.review.decisions)
            self._tell(sorted({self._rows[one.event] for one in changed}))

    def _tell(self, rows: Sequence[int]) -> None:
        """Have rows drawn anew: each by itself, unless it is most of them."""
        last = len(COLUMNS) - 1
        if len(rows) > _MEASURED:
            rows = range(rows[0], rows[-1] + 1)
            self.dataChanged.emit(self.index(rows[0], 0), self.index(rows[-1], last))
            return
        for row in rows:
            self.dataChanged.emit(self.index(row, 0), self.index(row, last))


class _Shown(QSortFilterProxyModel):
    """Rows that pass the session's filter."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._places = set(session.shown())
        self._session = session
        self.setSortRole(_SORT)

    def choose(self) -> None:
        """Filter anew."""
        self.beginResetModel()
        self._places = set(self._session.shown())
        self.endResetModel()

    def filterAcceptsRow(self, row: int, parent: QModelIndex) -> bool:  # noqa: N802
        """Whether an event is shown."""
        return row in self._places

    def lessThan(self, left: QModelIndex, right: QModelIndex) -> bool:  # noqa: N802
        """By the columns' own keys: numbers as numbers."""
        return bool(left.data(_SORT) < right.data(_SORT))


class Worklist(QTableView):
    """The table."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._events = EventModel(session, self)
        self._shown = _Shown(session, self)
        self._shown.setSourceModel(self._events)
        self.setModel(self._shown)
        self._dress()
        self._busy = False
        selection = self.selectionModel()
        if selection is not None:
            selection.currentRowChanged.connect(self._chosen)
        session.listen_to(self._changed)
        self._point()

    def _dress(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setWordWrap(False)
        self.setSortingEnabled(True)
        self.sortByColumn(1, Qt.SortOrder.AscendingOrder)
        self.setFont(look.words(8.5))
        down = self.verticalHeader()
        if down is not None:
            down.hide()
            down.setDefaultSectionSize(self.fontMetrics().height() + 8)
        across = self.horizontalHeader()
        if across is not None:
            across.setFont(look.words(8))
            across.setHighlightSections(False)
            across.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
            across.setMinimumSectionSize(22)
            across.setStretchLastSection(True)
        self.fit()

    def fit(self) -> None:
        """Make every column as wide as what is in it; of a long list, its first rows."""
        across, model = self.horizontalHeader(), self.model()
        if across is None or model is None:
            return
        heads, cells = QFontMetrics(across.font()), self.fontMetrics()
        for column, said in enumerate(COLUMNS):
            texts = [
                str(model.index(row, column).data() or "")
                for row in range(min(model.rowCount(), _MEASURED))
            ]
            widest = max((cells.horizontalAdvance(text) for text in texts), default=0)
            widest = max(widest, cells.horizontalAdvance(said.room))
            self.setColumnWidth(column, max(widest + 12, heads.horizontalAdvance(said.name) + 14))

    def _chosen(self, now: QModelIndex, before: QModelIndex) -> None:
        if not self._busy and now.isValid():
            self._session.select(self._shown.mapToSource(now).row())

    def _changed(self, before: State, now: State) -> None:
        if before.shown != now.shown or (now.shown.undecided_only and before.review != now.review):
            self._busy = True
            self._shown.choose()
            self._busy = False
        if before.selected != now.selected or before.shown != now.shown:
            self._point()

    def _point(self) -> None:
        """Put Qt's current row on the selected event."""
        index = self._shown.mapFromSource(
            self._events.index(max(0, self._session.state.selected), 0)
        )
        selection = self.selectionModel()
        if selection is None or not index.isValid():
            return
        self._busy = True
        flags = (
            QItemSelectionModel.SelectionFlag.ClearAndSelect
            | QItemSelectionModel.SelectionFlag.Rows
        )
        selection.setCurrentIndex(index, flags)
        self.scrollTo(index)
        self._busy = False
