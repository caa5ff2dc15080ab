"""The events of a session as Qt's table: those that pass the filter, in the order asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PyQt6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt

from ui.review.session import Session
from ui.review.state import State
from ui.viewer import look
from ui.viewer.columns import COLUMNS, SPOT_HIDES

_MANY = 200
"""Rows that change at once from which Qt is told of one stretch of them."""

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class EventModel(QAbstractTableModel):
    """The events that are shown, a row each; rows stay where they are until sorted again."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._ids = {event.id: place for place, event in enumerate(session.sync.events)}
        self._by, self._descending = 1, False
        self._take(self._sorted(session.shown()))
        self._answers: dict[int, Callable[[QModelIndex], Any]] = {
            Qt.ItemDataRole.DisplayRole: self._text,
            Qt.ItemDataRole.TextAlignmentRole: self._side,
            Qt.ItemDataRole.ForegroundRole: self._hue,
            Qt.ItemDataRole.ToolTipRole: self._tip,
        }
        session.listen_to(self._changed)

    def place(self, row: int) -> int:
        """The place in the cut of the event in a row."""
        return self._places[row]

    def row(self, place: int) -> int | None:
        """The row of an event, None where it is not shown."""
        return self._rows.get(place)

    def choose(self) -> None:
        """Filter anew."""
        self.beginResetModel()
        self._take(self._sorted(self._session.shown()))
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order the rows by a column's own key: numbers as numbers."""
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        held = [(self._places[index.row()], index.column()) for index in before]
        self._by, self._descending = column, order is Qt.SortOrder.DescendingOrder
        self._take(self._sorted(self._places))
        after = [self.index(self._rows[place], across) for place, across in held]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _sorted(self, places: Sequence[int]) -> list[int]:
        key = COLUMNS[self._by].key
        return sorted(places, key=lambda place: key(self._session, place), reverse=self._descending)

    def _take(self, places: list[int]) -> None:
        self._places = places
        self._rows = {place: row for row, place in enumerate(places)}

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: N802, B008
        """One row an event; events have no children."""
        return 0 if parent.isValid() else len(self._places)

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: N802, B008
        """One for each thing that is said."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What stands in a cell, in a role."""
        answer = self._answers.get(role)
        return answer(index) if answer is not None and index.isValid() else None

    def _text(self, index: QModelIndex) -> str:
        hidden = self._session.state.spot is not None and index.column() in SPOT_HIDES
        return "" if hidden else COLUMNS[index.column()].text(self._session, self._at(index))

    def _at(self, index: QModelIndex) -> int:
        return self._places[index.row()]

    @staticmethod
    def _side(index: QModelIndex) -> int | None:
        return int(_RIGHT) if COLUMNS[index.column()].right else None

    def _hue(self, index: QModelIndex) -> Any:
        session, place = self._session, self._at(index)
        name = COLUMNS[index.column()].name
        if name == "Status":
            return look.SIGNS[session.mark_of(place)].hue
        if name == "Decision":
            return look.CHOICES[session.decided(session.sync.events[place].id).choice].hue
        if index.column() == 0:
            return look.DOUBT
        return None

    def _tip(self, index: QModelIndex) -> str:
        place = self._at(index)
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
            places = {self._ids[one.event] for one in changed}
            self._tell(sorted(self._rows[place] for place in places if place in self._rows))

    def _tell(self, rows: Sequence[int]) -> None:
        """Have rows drawn anew: each by itself, unless it is most of them."""
        last = len(COLUMNS) - 1
        if len(rows) > _MANY:
            rows = range(rows[0], rows[-1] + 1)
            self.dataChanged.emit(self.index(rows[0], 0), self.index(rows[-1], last))
            return
        for row in rows:
            self.dataChanged.emit(self.index(row, 0), self.index(row, last))
