"""The room: picture, worklist, lanes and measurements in one window, driven by keys."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

from PyQt6.QtCore import QEvent, QObject, Qt, pyqtSignal
from PyQt6.QtGui import QCloseEvent, QKeyEvent
from PyQt6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QInputDialog,
    QLabel,
    QLineEdit,
    QMainWindow,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from conform.errors import ConformError
from conform.media import Media
from conform.synced import Sync
from ui.review.desk import probed
from ui.review.export import export
from ui.review.keymap import ACTIONS, keymap_file, load_keymap, save_keymap
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
from ui.viewer.inspector import Inspector
from ui.viewer.keeper import Keeper
from ui.viewer.keys import key_name
from ui.viewer.lanes import Lanes
from ui.viewer.offsets import OffsetPlot
from ui.viewer.outputs import Output, best_output
from ui.viewer.pane import PicturePane
from ui.viewer.peaks import PeakServer
from ui.viewer.proxying import ProxyMaker, proxy_of
from ui.viewer.transport import Transport
from ui.viewer.worklist import Worklist

_FAR_KEYS = 48
"""Frames between key frames from which seeking is slow enough to say so."""


class Window(QMainWindow):
    """Everything that a reviewer sees of a session."""

    exported = pyqtSignal(str)

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
        self.keymap = load_keymap(keymap_file())
        self.bar = TransportBar(session, self.keymap, self)
        self.deeds = deeds(session, self.transport, self)
        self._held_stop = False
        self._arrange()
        self._menus()
        self._connect()
        self.picture.opened.connect(self._keys_are_far)
        self.proxies = ProxyMaker(self)
        self.proxies.said.connect(session.say)
        self.proxies.made.connect(self._use_proxy)
        self.peaks = PeakServer(self.waves, self._sounds(), self)
        self.assembler = Assembler(session, self.waves, self)
        self.assembler.ready.connect(self.lanes.update)
        self.peaks.grown.connect(self.assembler.ask)
        self.peaks.grown.connect(self.lanes.update)
        self._open_pictures()
        application = QApplication.instance()
        if application is not None:
            application.installEventFilter(self)

    # -- building -----------------------------------------------------------------------------

    def _arrange(self) -> None:
        right = QWidget(self)
        down = QVBoxLayout(right)
        down.setContentsMargins(0, 0, 0, 0)
        down.setSpacing(2)
        down.addWidget(self.worklist, 1)
        down.addWidget(self.inspector)
        top = _split(Qt.Orientation.Horizontal, (self.picture, 41), (right, 59))
        foot = _split(Qt.Orientation.Horizontal, (self.correlation, 42), (self.offsets, 58))
        middle = QWidget(self)
        box = QVBoxLayout(middle)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.bar)
        box.addWidget(self.lanes, 1)
        whole = _split(Qt.Orientation.Vertical, (top, 44), (middle, 35), (foot, 21))
        self.setCentralWidget(whole)
        self._saved = QLabel(self)
        self._sound = QLabel(f"Sound: {self.transport.player.output.name}", self)
        bar = self.statusBar()
        if bar is not None:
            bar.setSizeGripEnabled(False)
            bar.setContentsMargins(6, 0, 10, 0)
            bar.addPermanentWidget(self._sound)
            bar.addPermanentWidget(self._saved)
        self._tell_saved(self.session.state)

    def _menus(self) -> None:
        bar = self.menuBar()
        if bar is None:
            return
        menus = {}
        for action in ACTIONS:
            if action.group not in menus:
                menus[action.group] = bar.addMenu(action.group)
            menu = menus[action.group]
            keys = self.keymap.keys(action.name)
            item = menu.addAction(f"{action.title}\t{keys[0] if keys else ''}") if menu else None
            if item is not None:
                item.triggered.connect(lambda _=False, name=action.name: self.act(name))

    def _connect(self) -> None:
        self.inspector.acted.connect(self.act)
        self.bar.acted.connect(self.act)
        self.inspector.comment.done.connect(self.worklist.setFocus)
        self.keeper.failed.connect(self.session.say)
        self.exported.connect(self.session.say)
        self.session.listen_to(self._changed)
        self.worklist.setFocus()

    def _sounds(self) -> list[Path]:
        """The files whose waveforms are drawn, the guide first, then in record order."""
        session = self.session
        paths = [session.guide] if session.guide else []
        paths += [path for event in session.sync.events if event.roll for path in event.roll.paths]
        return [path for path in paths if str(path) not in session.offline]

    def _open_pictures(self) -> None:
        session = self.session
        if session.picture is None:
            self.picture.say("The session names no picture")
        elif session.movie is None:
            self.picture.say(f"Offline: {session.picture.name}\n\n{session.picture}")
        else:
            self._picture(session.movie)
        second = probed(session.second)
        if session.second is not None and second is None:
            session.say(f"The second picture is offline: {session.second}")
        elif second is not None:
            self._picture(second)

    def _picture(self, movie: Media) -> None:
        if not movie.video:
            self.picture.say(f"{movie.path.name} holds no picture")
            return
        rate = self.session.sync.timeline.rate
        self.picture.add(movie.path, movie.video[0], rate)

    def _keys_are_far(self, gap: int) -> None:
        """Use the proxy of a movie that is slow to seek, or offer to make one."""
        movie = self.session.movie
        if gap <= _FAR_KEYS or movie is None:
            return
        if proxy_of(movie.path).exists():
            self._use_proxy(proxy_of(movie.path))
            return
        keys = " or ".join(self.keymap.keys("proxy"))
        self.session.say(
            f"This movie has {gap} frames between key frames, and is slow to seek: "
            f"a half-size proxy helps ({keys})"
        )

    def _use_proxy(self, path: Path) -> None:
        held = probed(path)
        if held is not None and held.video:
            self.picture.exchange(path, held.video[0], self.session.sync.timeline.rate)
            self.session.say("The picture is shown from its half-size proxy")

    # -- keys ---------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:  # noqa: N802
        """Every key of this window that is not typed into a text does what the keymap says."""
        if not isinstance(event, QKeyEvent) or not isinstance(watched, QWidget):
            return False
        if watched.window() is not self or isinstance(watched, QLineEdit | QAbstractSpinBox):
            return False
        action = self.keymap.action(key_name(event))
        if action is None:
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # else Qt would look for a shortcut of its own
        elif event.type() == QEvent.Type.KeyRelease:
            self._held_stop = self._held_stop and action.name != "stop"
        else:
            self._press(action.name, repeated=event.isAutoRepeat())
        return True

    def _press(self, name: str, *, repeated: bool) -> None:
        """An action's key: with K held, J and L step a frame."""
        if name == "stop":
            self._held_stop = True
        if self._held_stop and name in ("reverse", "forward"):
            name = "frame_back" if name == "reverse" else "frame_on"
        elif repeated and name in ("reverse", "forward", "play"):
            return
        self.act(name)

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
        dialog = dialogs.KeysDialog(self.keymap, self)
        if dialog.exec() and dialog.keymap != self.keymap:
            self.keymap = dialog.keymap
            bar = self.menuBar()
            if bar is not None:
                bar.clear()
            self._menus()
            try:
                save_keymap(self.keymap, keymap_file())
            except ConformError as fault:
                self.session.say(str(fault))

    def make_proxy(self) -> None:
        """Make a half-size proxy of the picture, and show it when it is there."""
        if self.session.movie is not None and self.session.movie.video:
            self.proxies.make(self.session.movie.path)

    def calibrate(self) -> None:
        """Show flash and beep."""
        self.transport.stop()
        dialogs.CalibrationDialog(self.session, self.transport.beep, self).exec()

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

    def export(self) -> None:
        """Ask where to, and write in the background."""
        dialog = dialogs.ExportDialog(self.session, self)
        if dialog.exec():
            self.export_to(dialog.folder, replaced=dialog.replaced)

    def export_to(self, folder: Path, *, replaced: bool) -> None:
        """Write stems and report in the background; `exported` says what came of it."""
        try:
            sync = self.session.to_export()
        except ConformError as fault:
            self.session.say(str(fault))
            return
        self.session.say("Exporting…")
        threading.Thread(target=self._export, args=(sync, folder, replaced), name="export").start()

    def _export(self, sync: Sync, folder: Path, replaced: bool) -> None:
        try:
            stems, page = export(sync, folder, force=replaced)
        except ConformError as fault:
            self.exported.emit(f"Not exported: {fault}")
        else:
            self.exported.emit(f"{len(stems)} stems and the report {page.name} are in {folder}")

    # -- state --------------------------------------------------------------------------------

    def _changed(self, before: State, now: State) -> None:
        bar = self.statusBar()
        if before.message != now.message and bar is not None:
            bar.showMessage(now.message, 15_000)
        if before.saved != now.saved:
            self._tell_saved(now)

    @property
    def saved_text(self) -> str:
        """What is said of the session's file."""
        return self._saved.text()

    def _tell_saved(self, now: State) -> None:
        if not self.session.writable:
            text = "Read-only: decisions are not kept"
        else:
            text = "Saved" if now.saved else "Saving…"
        self._saved.setText(text)

    def closeEvent(self, event: QCloseEvent | None) -> None:  # noqa: N802
        """Stop every thread and write what is unsaved."""
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)
        self.session.comment(self.inspector.comment.text())
        self.transport.close()
        self.picture.close_reels()
        self.proxies.close()
        self.peaks.close()
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
