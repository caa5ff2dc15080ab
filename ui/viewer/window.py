"""The room: picture, worklist, lanes and measurements in one window, driven by keys."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QCloseEvent
from PyQt6.QtWidgets import (
    QInputDialog,
    QLabel,
    QLineEdit,
    QMainWindow,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from conform.errors import ConformError
from ui.review.keymap import ACTIONS
from ui.review.session import Session
from ui.review.state import State
from ui.review.waves import Waves
from ui.viewer import dialogs
from ui.viewer.actions import deeds
from ui.viewer.analysis import Analysis
from ui.viewer.assembling import Assembler
from ui.viewer.bar import TransportBar
from ui.viewer.correlation import CorrelationPane
from ui.viewer.detail import DetailServer
from ui.viewer.devices import best_output
from ui.viewer.exporter import Exporter
from ui.viewer.handpane import Foot, HandPane
from ui.viewer.inspector import Inspector
from ui.viewer.keeper import Keeper
from ui.viewer.keyboard import Keyboard
from ui.viewer.keysheet import KeysDialog
from ui.viewer.lanes import Lanes
from ui.viewer.latency import CalibrationDialog
from ui.viewer.leaders import LeaderLabel
from ui.viewer.listing import ListDialog
from ui.viewer.offsets import OffsetPlot
from ui.viewer.output import Output
from ui.viewer.pane import PicturePane
from ui.viewer.peaks import PeakServer
from ui.viewer.savedlabel import SavedLabel
from ui.viewer.saving import Unsaved, ask_name, ask_unsaved
from ui.viewer.screening import Screening
from ui.viewer.transport import Transport
from ui.viewer.worklist import Worklist


class Window(QMainWindow):
    """Everything that a reviewer sees of a session."""

    def __init__(self, session: Session, *, output: Output | None = None) -> None:
        super().__init__()
        self.session = session
        self.setWindowTitle(f"{session.sync.timeline.name} – Picturelock")
        self.waves = Waves()
        self.detail = DetailServer(self)
        self.analysis = Analysis(session, self)
        self.keeper = Keeper(session, self)
        self.transport = Transport(session, output or best_output(session.sync.sample_rate), self)
        self.picture = PicturePane(session, self)
        self.worklist = Worklist(session, self)
        self.inspector = Inspector(session, self)
        self.lanes = Lanes(session, self.waves, self.detail, self)
        self.correlation = CorrelationPane(session, self.analysis, self)
        self.offsets = OffsetPlot(session, self)
        self.hand = HandPane(session, self.waves, self._keys_of, self)
        self.keyboard = Keyboard(self)
        self.exporter = Exporter(session, self)
        self.bar = TransportBar(session, self.keyboard.keymap, self)
        self.deeds = deeds(session, self.transport, self)
        self._arrange()
        self._menus()
        self._connect()
        self.screening = Screening(session, self.picture, self.keyboard)
        self.peaks = PeakServer(self.waves, self._sounds(), self)
        self.assembler = Assembler(session, self.waves, self)
        self.assembler.ready.connect(self.lanes.update)
        self.peaks.grown.connect(self.assembler.ask)
        self.peaks.grown.connect(self.lanes.update)
        if session.sync.events and not session.state.message:
            session.say(self._first_words())

    def _first_words(self) -> str:
        """How a review goes, in the keys that it goes by."""
        steps = (
            ("next_flagged", "next flagged event"),
            ("loop_event", "hear it"),
            ("accept", "accept"),
            ("reject", "reject"),
            ("undo", "undo"),
            ("keys", "every key"),
        )
        named = ((self.keyboard.keymap.keys(action), words) for action, words in steps)
        return "   ".join(f"{keys[0]}: {words}" for keys, words in named if keys)

    # -- building -----------------------------------------------------------------------------

    def _arrange(self) -> None:
        right = QWidget(self)
        down = QVBoxLayout(right)
        down.setContentsMargins(0, 0, 0, 0)
        down.setSpacing(2)
        down.addWidget(self.worklist, 1)
        down.addWidget(self.inspector)
        top = _split(Qt.Orientation.Horizontal, (self.picture, 41), (right, 59))
        usual = _split(Qt.Orientation.Horizontal, (self.correlation, 42), (self.offsets, 58))
        foot = Foot(self.session, usual, self.hand)
        middle = QWidget(self)
        box = QVBoxLayout(middle)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.bar)
        box.addWidget(self.lanes, 1)
        whole = _split(Qt.Orientation.Vertical, (top, 44), (middle, 35), (foot, 21))
        self.setCentralWidget(whole)
        self.leader = LeaderLabel(self.session, self)
        self.saved = SavedLabel(self.session, self.keeper, self)
        self._sound = QLabel(f"Sound: {self.transport.player.output.name}", self)
        bar = self.statusBar()
        if bar is not None:
            bar.setSizeGripEnabled(False)
            bar.setContentsMargins(6, 0, 10, 0)
            bar.addPermanentWidget(self.leader)
            bar.addPermanentWidget(self._sound)
            bar.addPermanentWidget(self.saved)

    def _menus(self) -> None:
        bar = self.menuBar()
        if bar is None:
            return
        menus = {}
        for action in ACTIONS:
            if action.group not in menus:
                menus[action.group] = bar.addMenu(action.group)
            menu = menus[action.group]
            keys = self.keyboard.keymap.keys(action.name)
            item = menu.addAction(f"{action.title}\t{keys[0] if keys else ''}") if menu else None
            if item is not None:
                item.triggered.connect(lambda _=False, name=action.name: self.act(name))

    def _connect(self) -> None:
        self.inspector.acted.connect(self.act)
        self.bar.acted.connect(self.act)
        self.inspector.comment.done.connect(self.worklist.setFocus)
        self.exporter.said.connect(self.session.say)
        self.transport.output.connect(lambda name: self._sound.setText(f"Sound: {name}"))
        self.keyboard.acted.connect(self.act)
        self.keyboard.failed.connect(self.session.say)
        self.session.listen_to(self._changed)
        self.worklist.setFocus()

    def _sounds(self) -> list[Path]:
        """The files whose waveforms are drawn, the guide first, then in record order."""
        session = self.session
        paths = [session.guide] if session.guide else []
        paths += [path for event in session.sync.events if event.roll for path in event.roll.paths]
        return [path for path in paths if str(path) not in session.offline]

    def _keys_of(self, action: str) -> str:
        """The keys of an action as they are now."""
        return self.keyboard.named(action)

    def act(self, name: str) -> None:
        """Do what an action's name says."""
        self.deeds[name]()

    # -- what a session cannot do -------------------------------------------------------------

    def go_to(self) -> None:
        """Ask for a place and go there."""
        frame = dialogs.ask_place(self.session, self)
        if frame is not None:
            self.transport.go(frame)

    def write_comment(self) -> None:
        """Put the cursor in the comment."""
        self.inspector.comment.setFocus()
        self.inspector.comment.selectAll()

    def choose_take(self) -> None:
        """Offer other takes."""
        dialogs.TakesDialog(self.session, self).exec()

    def edit_keys(self) -> None:
        """Show the keys and keep what was changed."""
        dialog = KeysDialog(self.keyboard.keymap, self)
        if dialog.exec() and dialog.keymap != self.keyboard.keymap:
            self.keyboard.keep(dialog.keymap)
            bar = self.menuBar()
            if bar is not None:
                bar.clear()
            self._menus()

    def save_elsewhere(self) -> None:
        """Ask for a name, and go on in a session of that name."""
        path = ask_name(self.session, self)
        if path is None:
            return
        try:
            self.session.move_to(path, force=True)
        except ConformError as fault:
            self.session.say(str(fault))
        else:
            self.session.say(f"The session is {path.name} from now on")

    def make_proxy(self) -> None:
        """Make a half-size proxy of the picture, and show it when it is there."""
        self.screening.make_proxy()

    def calibrate(self) -> None:
        """Show flash and beep."""
        self.transport.stop()
        CalibrationDialog(self.session, self.transport.beep, self).exec()

    def search(self) -> None:
        """Filter the worklist by a text."""
        shown = self.session.state.shown
        text, fine = QInputDialog.getText(
            self, "Find", "Event, clip or take", QLineEdit.EchoMode.Normal, shown.text
        )
        if fine:
            self.session.filter(replace(shown, text=text.strip()))

    def snap(self) -> None:
        """Where the sound was measured; for an event laid by timecode, where it is heard now."""
        found, session = self.correlation.found, self.session
        event = session.event
        if event is None:
            return
        measured = event.match is not None and not session.decision.take
        if not measured and found is not None and found.lag is not None:
            session.place_at(session.decision.nudge + round(found.lag * session.sync.sample_rate))
        else:
            session.snap()

    def name_marker(self) -> None:
        """Ask for a marker's name, and set it here."""
        name = dialogs.ask_name(self)
        if name:
            self.session.mark(name)

    def export_markers(self) -> None:
        """Ask for which program, and write the marker list."""
        ListDialog(self.session, self).exec()

    def export(self) -> None:
        """Ask where to, and write in the background."""
        dialog = dialogs.ExportDialog(self.session, self)
        if dialog.exec():
            self.exporter.export(dialog.folder, replaced=dialog.replaced)

    # -- state --------------------------------------------------------------------------------

    def _changed(self, before: State, now: State) -> None:
        bar = self.statusBar()
        if before.message != now.message and bar is not None:
            bar.showMessage(now.message, 15_000)

    def closeEvent(self, event: QCloseEvent | None) -> None:  # noqa: N802
        """Write what is unsaved and stop every thread; stays where that fails and is not waived."""
        self.session.comment(self.inspector.comment.text())
        while fault := self.keeper.finish():
            answer = ask_unsaved(fault, self)
            if answer is Unsaved.STAY and event is not None:
                event.ignore()
                return
            if answer is Unsaved.LOSE:
                break
            if answer is Unsaved.ELSEWHERE:
                self.save_elsewhere()
        self.keyboard.close()
        self.transport.close()
        self.screening.close()
        self.peaks.close()
        self.hand.close_readers()
        self.leader.close_listener()
        self.assembler.close()
        self.detail.close()
        self.analysis.close()
        self.keeper.close()
        super().closeEvent(event)


def _split(way: Qt.Orientation, *parts: tuple[QWidget, int]) -> QSplitter:
    made = QSplitter(way)
    made.setHandleWidth(3)
    made.setChildrenCollapsible(False)
    for place, (widget, share) in enumerate(parts):
        made.addWidget(widget)
        made.setStretchFactor(place, share)
    made.setSizes([share * 20 for _, share in parts])
    return made
