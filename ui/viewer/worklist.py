"""The worklist: every event in a row, sorted and filtered; what is chosen is selected."""

from __future__ import annotations

from PyQt6.QtCore import QItemSelectionModel, QModelIndex, Qt
from PyQt6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from ui.review.session import Session
from ui.review.state import State
from ui.viewer import look
from ui.viewer.columns import COLUMNS
from ui.viewer.events import EventModel

_MEASURED = 200
"""Rows whose texts make the width of a column."""

_COMMENT = 120
"""Pixels for comments from which they are shown."""

_WIDEST = 260
"""Pixels of a column at most, so that no comment pushes the others away."""

_NO_EVENTS = (
    "There are no events here.\n\nOpen a session that conform sync has made of a cut, "
    "or give sounds along with the picture: --sound FILE"
)
_HIDDEN = "No event passes the filter.\n\nF, H, Shift+F and Ctrl+F change it."


class Worklist(QTableView):
    """The table."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._events = EventModel(session, self)
        self.setModel(self._events)
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
            widest = min(max(widest, cells.horizontalAdvance(said.room)), _WIDEST)
            self.setColumnWidth(column, max(widest + 12, heads.horizontalAdvance(said.name) + 14))

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        """Show comments where there is room for them: the inspector has the one that matters."""
        super().resizeEvent(event)
        viewport, last = self.viewport(), len(COLUMNS) - 1
        if viewport is not None:
            used = sum(self.columnWidth(column) for column in range(last))
            self.setColumnHidden(last, viewport.width() - used < _COMMENT)

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Where no event is shown, draw why, and what to do."""
        super().paintEvent(event)
        viewport = self.viewport()
        if self._events.rowCount() or viewport is None:
            return
        painter = QPainter(viewport)
        painter.setPen(look.DIM)
        painter.setFont(look.words(10))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        room = viewport.rect().adjusted(24, 12, -24, -12)
        painter.drawText(room, int(flags), _NO_EVENTS if not self._session.sync.events else _HIDDEN)

    def _chosen(self, now: QModelIndex, before: QModelIndex) -> None:
        if not self._busy and now.isValid():
            self._session.select(self._events.place(now.row()))

    def _changed(self, before: State, now: State) -> None:
        if before.shown != now.shown or (now.shown.undecided_only and before.review != now.review):
            self._busy = True
            self._events.choose()
            self._busy = False
        if before.selected != now.selected or before.shown != now.shown:
            self._point()

    def _point(self) -> None:
        """Put Qt's current row on the selected event."""
        row, selection = self._events.row(self._session.state.selected), self.selectionModel()
        if selection is None or row is None:
            return
        index = self._events.index(row, 0)
        self._busy = True
        flags = (
            QItemSelectionModel.SelectionFlag.ClearAndSelect
            | QItemSelectionModel.SelectionFlag.Rows
        )
        selection.setCurrentIndex(index, flags)
        self.scrollTo(index)
        self._busy = False
