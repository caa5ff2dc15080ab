"""What a reviewer does in the viewer, deed by deed, for the bench to watch its event loop."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction

from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from tests.bench.watching import Pause, held_up, spin
from ui.review.state import Filter, Listen
from ui.viewer.window import Window


def deeds(window: Window) -> dict[str, Callable[[int], object]]:
    """What a reviewer does, each by the number of the try."""
    session, act, comment = window.session, window.act, window.inspector.comment
    dice = random.Random(4)  # noqa: S311
    rows = window.worklist.verticalScrollBar()
    order = (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder)

    def anywhere(_: int) -> None:
        session.go(dice.randrange(session.frames))

    def scroll_lanes(number: int) -> None:
        session.show(Fraction(300 + number * 7), Fraction(20))

    def scroll_list(_: int) -> None:
        if rows is not None:
            rows.setValue(dice.randrange(max(1, rows.maximum())))

    return {
        "selecting an event": lambda n: session.select(100 + 37 * n),
        "the next flagged event": lambda _: act("next_flagged"),
        "nudging": lambda _: act("nudge_on"),
        "undoing": lambda _: act("undo"),
        "doing again": lambda _: act("redo"),
        "accepting": lambda _: act("accept"),
        "rejecting": lambda _: act("reject"),
        "undoing a rejection": lambda _: act("undo"),
        "typing a comment": lambda _: QTest.keyClicks(comment, "late"),
        "keeping a comment": lambda _: QTest.keyClick(comment, Qt.Key.Key_Return),
        "setting a marker": lambda _: act("marker"),
        "sorting": lambda n: window.worklist.sortByColumn(4 + n, order[n % 2]),
        "filtering to flagged": lambda _: act("flagged_only"),
        "filtering to undecided": lambda _: act("undecided_only"),
        "finding a text": lambda n: session.filter(Filter(text="" if n % 2 else "2A")),
        "scrolling the worklist": scroll_list,
        "zooming": lambda n: act("zoom_in" if n % 2 else "zoom_out"),
        "zooming to the event": lambda _: act("zoom_event"),
        "scrolling the lanes": scroll_lanes,
        "the whole reel in the lanes": lambda _: session.show(Fraction(0), session.sync.length),
        "seeking": anywhere,
        "overlay": lambda _: act("overlay"),
        "difference": lambda _: act("difference"),
        "solo": lambda _: session.solo(session.layout().stems[0]),
        "listening another way": lambda n: session.hear(list(Listen)[n % 5]),
        "playing": lambda _: act("play"),
        "hiding offsets (spot-check)": lambda _: act("spot_check"),
    }


def saving(window: Window, app: QApplication) -> Pause:
    """The longest pause of the event loop while the session is written."""
    longest = Pause()
    for number in range(4):
        window.session.comment(f"saved while you look, {number}")
        longest = max(longest, spin(app, 0.2), key=held_up)
        while not window.session.state.saved:
            longest = max(longest, spin(app, 0.2), key=held_up)
    return longest
