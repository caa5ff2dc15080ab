"""How a report writes numbers and names: plain, signed, and safe to look at."""

from __future__ import annotations

import unicodedata
from fractions import Fraction

from conform.match import early_or_late

_HIDDEN = ("Cc", "Cs", "Zl", "Zp")  # control, broken, and line-separating characters
_TURNING = frozenset("\u00ad\u061c\u200b\u200e\u200f\ufeff") | {
    chr(code)
    for first, last in ((0x202A, 0x202E), (0x2060, 0x2069))
    for code in range(first, last + 1)
}
"""Characters without a shape that change the order or the look of others."""


def visible(text: object) -> str:
    """A text in which nothing hides: control, direction and broken characters are escaped.

    File names come from strangers, and may turn the line around or be no valid text at all.
    """
    return "".join(
        char.encode("unicode_escape", "surrogatepass").decode("ascii")
        if char in _TURNING or unicodedata.category(char) in _HIDDEN
        else char
        for char in str(text)
    )


def signed(value: float | None, digits: int) -> str:
    """A number with its sign and a true minus; a dash where there is none."""
    if value is None:
        return "–"
    rounded = round(value, digits)
    return f"{rounded:+,.{digits}f}".replace("-", "−") if rounded else f"{0:.{digits}f}"


def amount(value: float | None, digits: int) -> str:
    """A number without a sign; a dash where there is none."""
    return "–" if value is None else f"{value:,.{digits}f}".replace("-", "−")


def direction(samples: float | None) -> str:
    """Early, late, or in sync; empty where nothing was measured."""
    return "" if samples is None else early_or_late(samples)


def clock(seconds: Fraction | float) -> str:
    """A length as hours, minutes, seconds and thousandths: `0:01:02.500`."""
    whole = round(seconds * 1000)
    minutes, thousandths = divmod(whole, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{thousandths / 1000:06.3f}"
