"""Screening: which movies are shown, whether they are there, and from a proxy or not."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QObject

from conform.media import Media
from ui.review.desk import probed
from ui.review.session import Session
from ui.viewer.keyboard import Keyboard
from ui.viewer.pane import PicturePane
from ui.viewer.proxying import ProxyMaker, proxy_of

_FAR_KEYS = 48
"""Frames between key frames from which seeking is slow enough to say so."""


class Screening(QObject):
    """Brings the session's picture, and a second one, into the pane."""

    def __init__(self, session: Session, pane: PicturePane, keyboard: Keyboard) -> None:
        super().__init__(pane)
        self._session, self._pane, self._keyboard = session, pane, keyboard
        self._proxies = ProxyMaker(self)
        self._proxies.said.connect(session.say)
        self._proxies.made.connect(self._use_proxy)
        pane.opened.connect(self._keys_are_far)
        self._first()
        self._second()

    def make_proxy(self) -> None:
        """Make a half-size proxy of the picture, and show it when it is there."""
        movie = self._session.movie
        if movie is not None and movie.video:
            self._proxies.make(movie.path)

    def close(self) -> None:
        """Let go of every movie."""
        self._pane.close_reels()
        self._proxies.close()

    def _first(self) -> None:
        session = self._session
        if session.picture is None:
            self._pane.say("The session names no picture")
        elif session.movie is None:
            self._pane.say(f"Offline: {session.picture.name}\n\n{session.picture}")
        else:
            self._show(session.movie)

    def _second(self) -> None:
        session = self._session
        second = probed(session.second)
        if session.second is not None and second is None:
            session.say(f"The second picture is offline: {session.second}")
        elif second is not None:
            self._show(second)

    def _show(self, movie: Media) -> None:
        if not movie.video:
            self._pane.say(f"{movie.path.name} holds no picture")
            return
        self._pane.add(movie.path, movie.video[0], self._session.sync.timeline.rate)

    def _keys_are_far(self, gap: int) -> None:
        """Use the proxy of a movie that is slow to seek, or offer to make one."""
        movie = self._session.movie
        if gap <= _FAR_KEYS or movie is None:
            return
        if proxy_of(movie.path).exists():
            self._use_proxy(proxy_of(movie.path))
            return
        self._session.say(
            f"This movie has {gap} frames between key frames, and is slow to seek: "
            f"a half-size proxy helps ({self._keyboard.named('proxy')})"
        )

    def _use_proxy(self, path: Path) -> None:
        held = probed(path)
        if held is not None and held.video:
            self._pane.exchange(path, held.video[0], self._session.sync.timeline.rate)
            self._session.say("The picture is shown from its half-size proxy")
