"""Waveforms as pixels, by numpy: an image of a lane is made once and drawn often."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtGui import QColor, QImage

from conform.review.peaks import Columns

Canvas = NDArray[np.uint32]
"""Pixels as 0xFFRRGGBB, shaped (height, width)."""


def sheet(width: int, height: int, back: QColor) -> tuple[QImage, Canvas]:
    """An empty image, and its pixels to draw in: they live as long as the image does."""
    made = QImage(max(1, width), max(1, height), QImage.Format.Format_RGB32)
    made.fill(back)
    bits = made.bits()
    if bits is None:
        raise MemoryError("no room for an image")
    held = bits.asarray(made.sizeInBytes())
    pixels = np.frombuffer(held, np.uint32)  # type: ignore[call-overload]  # sip arrays are buffers
    return made, pixels.reshape(made.height(), made.width())


def spans(columns: Columns, channel: int, height: int, gain: float) -> NDArray[np.bool_]:
    """Which pixels a waveform covers, shaped (height, columns); at least one in each column."""
    middle = (height - 1) / 2
    ends = np.rint(middle - columns[:, channel] * np.float32(gain * middle))
    foot, top = np.clip(ends, 0, height - 1).astype(np.int16).T
    rows = np.arange(height, dtype=np.int16)[:, None]
    covered: NDArray[np.bool_] = (rows >= top) & (rows <= foot)
    return covered


def wave(drawn: Canvas, columns: Columns, channel: int, hue: QColor, gain: float) -> None:
    """Draw one channel over the whole canvas."""
    covered = spans(columns, channel, drawn.shape[0], gain)
    np.copyto(drawn[:, : len(columns)], np.uint32(hue.rgb()), where=covered)


def overlay(
    drawn: Canvas, ours: Columns, theirs: Columns, hues: tuple[QColor, QColor, QColor], gain: float
) -> None:
    """Draw two waveforms over each other: the first's hue, the second's, and that of both."""
    first, second = (spans(one, 0, drawn.shape[0], gain) for one in (ours, theirs))
    part = drawn[:, : len(ours)]
    for covered, hue in zip((first, second, first & second), hues, strict=True):
        np.copyto(part, np.uint32(hue.rgb()), where=covered)
