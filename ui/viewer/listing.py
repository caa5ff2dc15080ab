"""The marker list: which program's, and where to."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from conform.errors import ConformError
from ui.review.notes import FORMS, noted_cut, write_notes
from ui.review.session import Session


class ListDialog(QDialog):
    """Writes flags, decisions, comments and markers as a marker list of another program."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export markers")
        self._session = session
        self.form_box = QComboBox(self)
        for form, (title, _) in FORMS.items():
            self.form_box.addItem(title, form)
        self.path_box = QLineEdit(self)
        self.replace_box = QCheckBox("Replace the list of an earlier export", self)
        self._said = QLabel(self)
        self._said.setWordWrap(True)
        rows = QFormLayout()
        rows.addRow("For", self.form_box)
        rows.addRow("File", self.path_box)
        rows.addRow("", self.replace_box)
        kinds = QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        buttons = QDialogButtonBox(kinds, self)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        down = QVBoxLayout(self)
        down.addLayout(rows)
        down.addWidget(self._said)
        down.addWidget(buttons)
        self.form_box.currentIndexChanged.connect(self._name)
        self._name()
        self.resize(560, 190)

    @property
    def form(self) -> str:
        """The chosen form's name."""
        return str(self.form_box.currentData())

    @property
    def said(self) -> str:
        """What is said of the list."""
        return self._said.text()

    def _name(self) -> None:
        """Name the file by the session and the program, as nothing else beside it is named."""
        session = self._session
        home = session.path or Path.cwd() / session.sync.timeline.name
        path = home.with_name(f"{home.stem}.markers.{self.form}{FORMS[self.form][1]}")
        self.path_box.setText(str(path))
        markers = noted_cut(session.sync, session.state.review, session.standing).markers
        self._said.setText(
            f"{len(markers)} markers: flagged, decided and commented events, and the cut's own."
        )

    def accept(self) -> None:
        """Write the list; where it cannot be written, say why and stay."""
        session, path = self._session, Path(self.path_box.text()).expanduser()
        try:
            count, lost = write_notes(
                session.sync,
                session.state.review,
                session.standing,
                path,
                self.form,
                force=self.replace_box.isChecked(),
                sources=(*session.beside, *filter(None, [session.path])),
            )
        except ConformError as fault:
            self._said.setText(fault.message)
            return
        more = f"; {lost[0].message}" if lost else ""
        session.say(f"{count} markers are in {path.name}{more}")
        super().accept()
