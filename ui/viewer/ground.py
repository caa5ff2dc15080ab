"""Where things stand in the lanes: rows from top to bottom, time from left to right."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRect, QRectF

from ui.review.state import View

NAMES = 132
"""Pixels at the left that hold names and buttons."""

RULER, EDITS, OVERVIEW = 22, 26, 20
"""Heights of the ruler, of the row of events, and of the whole reel along the foot."""

_BUTTON = 18


@dataclass(frozen=True, slots=True)
class Lane:
    """One row: its name, its kind (`guide`, `stem`, `overlay`, `difference`), and its stem."""

    title: str
    kind: str
    stem: str = ""


@dataclass(frozen=True, slots=True)
class Ground:
    """The geometry of one drawing."""

    width: int
    height: int
    view: View
    lanes: tuple[Lane, ...]

    @property
    def wide(self) -> int:
        """Pixels that time runs over."""
        return max(1, self.width - NAMES)

    @property
    def rows(self) -> list[tuple[Lane, QRect]]:
        """Every lane with its place."""
        top = RULER + EDITS
        room = self.height - top - OVERVIEW
        edges = [top + room * n // len(self.lanes) for n in range(len(self.lanes) + 1)]
        return [
            (lane, QRect(NAMES, edges[n], self.wide, edges[n + 1] - edges[n] - 1))
            for n, lane in enumerate(self.lanes)
        ]

    @property
    def overview(self) -> QRectF:
        """The whole reel along the foot."""
        return QRectF(NAMES, self.height - OVERVIEW + 3, self.wide, OVERVIEW - 5)

    def x(self, seconds: float) -> float:
        """Where a moment of picture time is drawn."""
        return NAMES + (seconds - float(self.view.first)) / float(self.view.seconds) * self.wide

    def xs(self, seconds: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where many moments of picture time are drawn."""
        scale = self.wide / float(self.view.seconds)
        places: NDArray[np.float64] = NAMES + (seconds - self.first) * scale
        return places

    def moment(self, x: float) -> Fraction:
        """The moment of picture time under a place."""
        share = Fraction(round((x - NAMES) * 64), 64 * self.wide)
        return self.view.first + share * self.view.seconds

    @property
    def first(self) -> float:
        """The first moment that is shown."""
        return float(self.view.first)

    @property
    def last(self) -> float:
        """The last moment that is shown."""
        return float(self.view.first + self.view.seconds)


def solo_box(row: QRect) -> QRectF:
    """The solo button of a row."""
    return QRectF(NAMES - 2 * _BUTTON - 8, row.center().y() - _BUTTON / 2 + 1, _BUTTON, _BUTTON)


def mute_box(row: QRect) -> QRectF:
    """The mute button of a row."""
    return QRectF(NAMES - _BUTTON - 5, row.center().y() - _BUTTON / 2 + 1, _BUTTON, _BUTTON)
