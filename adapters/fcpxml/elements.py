"""Elements and attributes as FCPXML spells them: exact times, flags, text without control codes."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from lxml import etree

from adapters.xmltext import clean

_LARGEST = 2**31 - 1
"""Denominators are 32-bit numbers (Apple, FCPXML reference, "time values")."""


def clock(seconds: Fraction) -> str:
    """A time as `1001/24000s` or `5s`, to the nearest representable time."""
    exact = seconds.limit_denominator(_LARGEST)
    return f"{exact}s"


def fits(*times: Fraction) -> bool:
    """Whether all these times can be written exactly."""
    return all(time.denominator <= _LARGEST for time in times)


def element(tag: str, **attributes: str | int | Fraction | None) -> etree._Element:
    """An element; times become clocks, numbers digits, and what is None or empty stays away.

    A trailing underscore of a name is dropped, so that `id_` can be said.
    """
    made = etree.Element(tag)
    for name, value in attributes.items():
        if value is None or value == "":
            continue
        said = clock(value) if isinstance(value, Fraction) else clean(str(value))
        made.set(name.rstrip("_"), said)
    return made


def child(
    parent: etree._Element, tag: str, **attributes: str | int | Fraction | None
) -> etree._Element:
    """An element at the end of another one."""
    made = element(tag, **attributes)
    parent.append(made)
    return made


def metadata(parent: etree._Element, entries: Iterable[tuple[str, str]]) -> None:
    """A `metadata` block with these keys, where there are any values."""
    told = [(key, value) for key, value in entries if key and value]
    if told:
        block = child(parent, "metadata")
        for key, value in told:
            child(block, "md", key=key, value=value)
