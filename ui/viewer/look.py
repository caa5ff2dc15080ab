"""How the room looks: neutral greys beside the picture, few hues, each with a shape and a word."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PyQt6.QtWidgets import QApplication

from conform.review.decision import Choice
from ui.review.judging import Mark

BACK = QColor("#1e1e1e")
PANE = QColor("#2b2b2b")
RAISED = QColor("#383838")
LINE = QColor("#454545")
TEXT = QColor("#dddddd")
DIM = QColor("#9a9a9a")
FAINT = QColor("#6c6c6c")
CHOSEN = QColor("#3f4a56")
PLAYHEAD = QColor("#f2f2f2")

GUIDE = QColor("#5b9bd5")
NEW = QColor("#e8963c")
BOTH = QColor("#b4b4b4")

GOOD = QColor("#4fb0a5")  # the three hues of a standing: told apart by every kind of colour vision
DOUBT = QColor("#e0b040")
BAD = QColor("#e0705c")


@dataclass(frozen=True, slots=True)
class Sign:
    """How a standing is shown: a shape, a word and a hue."""

    shape: str
    word: str
    hue: QColor


SIGNS: dict[Mark, Sign] = {
    Mark.MEASURED: Sign("●", "measured", GOOD),
    Mark.METADATA: Sign("◐", "by timecode", DOUBT),
    Mark.BY_HAND: Sign("◆", "by hand", DOUBT),
    Mark.NOT_MEASURED: Sign("○", "not measured", BAD),
    Mark.OFFLINE: Sign("✕", "offline", BAD),
}

CHOICES: dict[Choice, Sign] = {
    Choice.OPEN: Sign("", "", DIM),
    Choice.ACCEPTED: Sign("✓", "accepted", GOOD),
    Choice.REJECTED: Sign("✕", "rejected", BAD),
}


def dress(app: QApplication) -> None:
    """Give the whole application its colours."""
    app.setStyle("Fusion")
    palette = QPalette()
    for role, colour in (
        (QPalette.ColorRole.Window, BACK),
        (QPalette.ColorRole.WindowText, TEXT),
        (QPalette.ColorRole.Base, PANE),
        (QPalette.ColorRole.AlternateBase, QColor("#303030")),
        (QPalette.ColorRole.Text, TEXT),
        (QPalette.ColorRole.Button, RAISED),
        (QPalette.ColorRole.ButtonText, TEXT),
        (QPalette.ColorRole.Highlight, CHOSEN),
        (QPalette.ColorRole.HighlightedText, QColor("#ffffff")),
        (QPalette.ColorRole.ToolTipBase, RAISED),
        (QPalette.ColorRole.ToolTipText, TEXT),
        (QPalette.ColorRole.PlaceholderText, FAINT),
        (QPalette.ColorRole.Light, LINE),
        (QPalette.ColorRole.Mid, LINE),
        (QPalette.ColorRole.Dark, BACK),
    ):
        palette.setColor(role, colour)
    for role in (
        QPalette.ColorRole.Text,
        QPalette.ColorRole.ButtonText,
        QPalette.ColorRole.WindowText,
    ):
        palette.setColor(QPalette.ColorGroup.Disabled, role, FAINT)
    app.setPalette(palette)
    app.setStyleSheet(_SHEET)


def figures(size: float, *, bold: bool = False) -> QFont:
    """A font whose figures are all as wide, for numbers that change."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPointSizeF(size)
    font.setBold(bold)
    return font


def words(size: float, *, bold: bool = False) -> QFont:
    """The font of labels."""
    font = QFont(QApplication.font())
    font.setPointSizeF(size)
    font.setBold(bold)
    return font


_SHEET = """
QToolTip { border: 1px solid #454545; padding: 4px; }
QPushButton, QToolButton {
    background: #383838; border: 1px solid #454545; border-radius: 4px; padding: 4px 7px;
}
QPushButton:hover, QToolButton:hover { background: #424242; }
QPushButton:checked, QToolButton:checked { background: #56616d; border-color: #7d8894; }
QPushButton:disabled { color: #6c6c6c; }
QLineEdit, QPlainTextEdit, QSpinBox, QDoubleSpinBox {
    background: #232323; border: 1px solid #454545; border-radius: 4px; padding: 3px 6px;
}
QLineEdit:focus, QPlainTextEdit:focus { border-color: #8a97a5; }
QTableView { border: none; gridline-color: #353535; background: #2b2b2b; }
QHeaderView::section {
    background: #262626; color: #9a9a9a; border: none; border-bottom: 1px solid #454545;
    padding: 4px 5px;
}
QHeaderView::up-arrow, QHeaderView::down-arrow {
    subcontrol-origin: padding; subcontrol-position: center left; width: 6px; height: 6px;
}
QSplitter::handle { background: #1e1e1e; }
QScrollBar:vertical { background: #262626; width: 10px; }
QScrollBar::handle:vertical { background: #4a4a4a; border-radius: 5px; min-height: 24px; }
QScrollBar:horizontal { background: #262626; height: 10px; }
QScrollBar::handle:horizontal { background: #4a4a4a; border-radius: 5px; min-width: 24px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QMenuBar { background: #1e1e1e; }
QMenuBar::item:selected { background: #383838; }
QMenu { background: #2b2b2b; border: 1px solid #454545; }
QMenu::item:selected { background: #3f4a56; }
QStatusBar { color: #9a9a9a; }
"""
