"""Waveforms as pixels, by numpy: an image of a lane is made once and drawn often."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtGui import QColor, QImage

from conform.peaks import Columns

Canvas = NDArray[np.uint32]
"""Pixels as 0xFFRRGGBB, shaped (height, width)."""


def canvas(width: int, height: int, back: QColor) -> Canvas:
    """An empty drawing."""
    return np.full((max(1, height), max(1, width)), back.rgb(), np.uint32)


def spans(columns: Columns, channel: int, height: int, gain: float) -> NDArray[np.bool_]:
    """Which pixels a waveform covers, shaped (height, columns); at least one in each column."""
    middle = (height - 1) / 2
    low, high = columns[:, channel, 0] * gain, columns[:, channel, 1] * gain
    top = np.clip(np.rint(middle - high * middle), 0, height - 1)
    foot = np.clip(np.rint(middle - low * middle), 0, height - 1)
    rows = np.arange(height)[:, None]
    covered: NDArray[np.bool_] = (rows >= top) & (rows <= foot)
    return covered


def wave(drawn: Canvas, columns: Columns, channel: int, hue: QColor, gain: float) -> None:
    """Draw one channel over the whole canvas."""
    drawn[:, : len(columns)][spans(columns, channel, drawn.shape[0], gain)] = hue.rgb()


def overlay(
    drawn: Canvas, ours: Columns, theirs: Columns, hues: tuple[QColor, QColor, QColor], gain: float
) -> None:
    """Draw two waveforms over each other: the first's hue, the second's, and that of both."""
    first, second = (spans(one, 0, drawn.shape[0], gain) for one in (ours, theirs))
    part = drawn[:, : len(ours)]
    part[first] = hues[0].rgb()
    part[second] = hues[1].rgb()
    part[first & second] = hues[2].rgb()


def image(drawn: Canvas) -> QImage:
    """The drawing as an image with its own memory."""
    height, width = drawn.shape
    return QImage(drawn.tobytes(), width, height, width * 4, QImage.Format.Format_RGB32).copy()
