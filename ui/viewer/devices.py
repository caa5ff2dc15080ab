"""Which way to be heard: PortAudio, else Qt, else a silent clock."""

from __future__ import annotations

from ui.viewer.output import Output, Silent
from ui.viewer.portaudio import PortAudio
from ui.viewer.qtaudio import QtAudio


def best_output(rate: int) -> Output:
    """The best output that works here."""
    for kind in (PortAudio, QtAudio):
        try:
            return kind(rate)
        except Exception:  # noqa: BLE001, S112  (PortAudio and Qt raise what they like)
            continue
    return Silent(rate)
