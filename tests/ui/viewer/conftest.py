"""The room in a test: offscreen, silent, with caches and settings of its own.

Where Qt or its system libraries are missing the tests of this folder are skipped; in CI, missing
libraries fail, so that they cannot go untested unseen.
"""

import os
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_LOGGING_RULES", "qt.multimedia.*=false")

_PACKAGES = "libegl1 libgl1 libxkbcommon0 libdbus-1-3 libfontconfig1 libglib2.0-0"


def _trouble() -> tuple[str, bool]:
    """Why there is no Qt, and whether that must fail in CI."""
    try:
        import_module("pytestqt")
        import_module("PyQt6.QtTest")
        import_module("PyQt6.QtWidgets")
    except ModuleNotFoundError as missing:
        return f"{missing.name} is not installed", False
    except ImportError as missing:
        return f"{missing}: apt-get install {_PACKAGES}", True
    return "", False


_REASON, _FATAL = _trouble()


class _Without(pytest.Module):
    """A test module that cannot be run here."""

    def collect(self) -> list[pytest.Item]:  # type: ignore[override]
        if _FATAL and os.environ.get("CI"):
            raise self.CollectError(_REASON)
        pytest.skip(_REASON, allow_module_level=True)


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> object:
    return _Without.from_parent(parent, path=module_path) if _REASON else None


if not _REASON:
    from PyQt6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from ui.review.session import Session
    from ui.viewer.look import dress
    from ui.viewer.output import Silent
    from ui.viewer.window import Window

    def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
        """Whatever Qt warns of fails the test, but for a remark of the offscreen platform."""
        here = Path(__file__).parent
        for item in items:
            if here in item.path.parents:
                item.add_marker(pytest.mark.qt_log_level_fail("WARNING"))
                item.add_marker(pytest.mark.qt_log_ignore("propagateSizeHints"))

    @pytest.fixture(autouse=True)
    def own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Caches and settings of the test alone."""
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))

    @pytest.fixture
    def room(qtbot: QtBot, qapp: QApplication) -> Iterator[Callable[..., Window]]:
        """Opens a session in a window that is closed after the test."""
        dress(qapp)
        opened: list[Window] = []

        def opening(session: Session, width: int = 1280, height: int = 800) -> Window:
            window = Window(session, output=Silent(session.sync.sample_rate))
            opened.append(window)
            window.resize(width, height)
            window.show()
            qtbot.waitExposed(window)
            return window

        yield opening
        for window in opened:
            window.close()
            window.deleteLater()

    @pytest.fixture
    def window(room: Callable[..., Window], session_file: Path) -> Window:
        """The room on the short film's true session."""
        return room(Session.opened(session_file))
