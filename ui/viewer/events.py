"""The events of a session as Qt's tables: all of them, and those that pass the filter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PyQt6.QtCore import QAbstractTableModel, QModelIndex, QObject, QSortFilterProxyModel, Qt

from ui.review.session import Session
from ui.review.state import State
from ui.viewer import look
from ui.viewer.columns import COLUMNS, SPOT_HIDES

SORT = Qt.ItemDataRole.UserRole
"""The role that gives what a column sorts by."""

_MANY = 200
"""Rows that change at once from which Qt is told of one stretch of them."""

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class EventModel(QAbstractTableModel):
    """The events of a session as Qt's table."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._rows = {event.id: row for row, event in enumerate(session.sync.events)}
        self._answers: dict[int, Callable[[QModelIndex], Any]] = {
            Qt.ItemDataRole.DisplayRole: self._text,
            SORT: self._key,
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
        hidden = self._session.state.spot is not None and index.column() in SPOT_HIDES
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
        if len(rows) > _MANY:
            rows = range(rows[0], rows[-1] + 1)
            self.dataChanged.emit(self.index(rows[0], 0), self.index(rows[-1], last))
            return
        for row in rows:
            self.dataChanged.emit(self.index(row, 0), self.index(row, last))


class ShownEvents(QSortFilterProxyModel):
    """Rows that pass the session's filter."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._places = set(session.shown())
        self._session = session
        self.setSortRole(SORT)

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
        return bool(left.data(SORT) < right.data(SORT))
