"""The waveforms of the lanes as one image, made anew only when something has changed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtGui import QColor, QImage

from conform.review.peaks import Columns, columns_of
from ui.review.programme import audible, difference
from ui.review.session import Session
from ui.review.waves import Waves
from ui.viewer import look, raster
from ui.viewer.detail import DetailServer, Stretch
from ui.viewer.ground import Ground, Lane

Shape = tuple[float, float, int]
"""First sample, samples in a column, columns."""


class LaneWaves:
    """Guide, stems, overlay and difference by columns, from peaks or from the samples."""

    def __init__(self, session: Session, waves: Waves, detail: DetailServer) -> None:
        self._session, self._waves, self._detail = session, waves, detail

    def image(self, ground: Ground, ratio: float) -> QImage:
        """All rows under each other, at the screen's own pixels."""
        rate = self._session.sync.sample_rate
        width = max(1, round(ground.wide * ratio))
        shape = (ground.first * rate, float(ground.view.seconds) * rate / width, width)
        end = shape[0] + shape[1] * width
        heard = self._detail.stretch(self._session.layout(), shape[0], end, shape[1])
        heights = [max(1, round((rect.height() + 1) * ratio)) for _, rect in ground.rows]
        made, drawn = raster.sheet(width, sum(heights), look.PANE)
        top = 0
        for (lane, _), height in zip(ground.rows, heights, strict=True):
            self._row(drawn[top : top + height], lane, shape, heard)
            top += height
        return made

    def _row(self, drawn: raster.Canvas, lane: Lane, shape: Shape, heard: Stretch | None) -> None:
        drawn[-1] = look.BACK.rgb()
        inner = drawn[1:-2] if len(drawn) > 8 else drawn
        inner[len(inner) // 2] = look.RAISED.rgb()
        if self._session.state.spot is not None and lane.kind != "guide":
            return  # to see where the sound lies would be no listening
        if lane.kind == "guide":
            self._guide(inner, shape, heard)
        elif lane.kind == "stem":
            columns = self._stem(lane.stem, shape, heard)
            raster.wave(inner, columns, 0, self._hue(lane.stem), _gain(columns))
        elif lane.kind == "overlay":
            self._overlay(inner, shape, heard)
        elif heard is not None:
            self._difference(inner, shape, heard)

    def _audible(self) -> list[int]:
        state = self._session.state
        return audible(self._session.layout().stems, state.solo, state.muted)

    def _hue(self, stem: str) -> QColor:
        heard = self._session.layout().stems.index(stem) in self._audible()
        return look.NEW if heard else look.FAINT

    def _guide(self, drawn: raster.Canvas, shape: Shape, heard: Stretch | None) -> None:
        columns = self._guide_columns(shape, heard)
        gain, channels = _gain(columns), columns.shape[1]
        for channel in range(channels):
            top, foot = (len(drawn) * n // channels for n in (channel, channel + 1))
            raster.wave(drawn[top:foot], columns, channel, look.GUIDE, gain)

    def _guide_columns(self, shape: Shape, heard: Stretch | None) -> Columns:
        if heard is not None:
            return _columns(heard.sound.guide, shape, heard)
        return self._waves.guide(self._session.layout(), *shape)

    def _stem(self, stem: str, shape: Shape, heard: Stretch | None) -> Columns:
        if heard is not None and stem in heard.stems:
            place = heard.stems.index(stem)
            return _columns(heard.sound.stems[:, place : place + 1], shape, heard)
        return self._waves.stem(self._session.layout(), stem, *shape)

    def _loudest(self, shape: Shape, heard: Stretch | None) -> Columns:
        """The stems that are heard, as one waveform: the widest of them in each column."""
        stems = self._session.layout().stems
        drawn = [self._stem(stems[place], shape, heard) for place in self._audible()]
        if not drawn:
            return np.zeros((shape[2], 1, 2), np.float32)
        stacked = np.stack(drawn)
        return np.stack([stacked[..., 0].min(axis=0), stacked[..., 1].max(axis=0)], axis=2)

    def _overlay(self, drawn: raster.Canvas, shape: Shape, heard: Stretch | None) -> None:
        guide = self._guide_columns(shape, heard).mean(axis=1, keepdims=True)
        new = self._loudest(shape, heard)
        hues = (look.GUIDE, look.NEW, look.BOTH)
        raster.overlay(drawn, guide * _gain(guide), new * _gain(new), hues, 1.0)

    def _difference(self, drawn: raster.Canvas, shape: Shape, heard: Stretch) -> None:
        guide = heard.sound.guide.mean(axis=1)
        new = heard.sound.stems[:, self._audible()].sum(axis=1)
        left = _columns(difference(guide, new)[:, None], shape, heard)
        whole = _columns(heard.sound.guide, shape, heard)
        raster.wave(drawn, left, 0, look.TEXT, _gain(whole))


def _columns(sound: NDArray[np.float32], shape: Shape, heard: Stretch) -> Columns:
    return columns_of(sound, shape[0] - heard.first, *shape[1:])


def _gain(columns: Columns) -> float:
    """What makes the loudest column of a lane fill it, without blowing silence up."""
    return 0.94 / max(float(np.abs(columns).max(initial=0.0)), 0.02)
