"""From a key press to the name that the keymap knows it by."""

from __future__ import annotations

from PyQt6.QtCore import QKeyCombination, Qt
from PyQt6.QtGui import QKeyEvent, QKeySequence

_ALONE = (
    Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr,
    Qt.Key.Key_unknown,
)  # fmt: skip
_SHIFTED = {
    Qt.Key.Key_Less: Qt.Key.Key_Comma,
    Qt.Key.Key_Greater: Qt.Key.Key_Period,
    Qt.Key.Key_Semicolon: Qt.Key.Key_Comma,  # QWERTZ and AZERTY put these over , and .
    Qt.Key.Key_Colon: Qt.Key.Key_Period,
}
_SAME = {"Enter": "Return"}


def key_name(event: QKeyEvent) -> str:
    """A press as `Ctrl+Shift+Z`; empty for a modifier alone.

    Shift with comma and period counts as that, whatever sign the keyboard makes of it.
    """
    key = event.key()
    if key in _ALONE:
        return ""
    held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    shift = Qt.KeyboardModifier.ShiftModifier
    if held & shift and key in _SHIFTED:
        key = _SHIFTED[Qt.Key(key)]
    elif held & shift and _is_sign(key):
        held &= ~shift  # + is + however it is reached
    name = QKeySequence(QKeyCombination(held, Qt.Key(key))).toString()
    return _SAME.get(name, name)


def _is_sign(key: int) -> bool:
    """Whether a key is a sign that Shift chooses, neither letter nor comma nor period."""
    plain = 0x20 < key < 0x7F and not chr(key).isalpha()
    return plain and key not in (Qt.Key.Key_Comma, Qt.Key.Key_Period)
