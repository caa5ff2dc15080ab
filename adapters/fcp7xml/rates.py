"""Frame rates and timecodes: `timebase` and `ntsc` made exact, and contradictions told."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

from adapters.fcp7xml.book import Book, Element, flag, number, text
from conform.errors import TimecodeError
from conform.findings import warning
from conform.timecode import Rate

_PULL = Fraction(1000, 1001)
_TRUNCATED = {14: 15, 23: 24, 29: 30, 47: 48, 59: 60, 119: 120}  # PREMIERE: 29.97 cut to 29
_NO_NTSC = (25, 50, 100)  # PAL rates are never pulled; some tools set the flag all the same
_FASTEST = 1000
_SEMICOLONS = re.compile(r"[;.,](?=.*[:;.,])")  # PREMIERE: 00;00;00;00; only the last one counts


def rate_of(parent: Element | None, inherited: Rate, book: Book) -> Rate:
    """The rate that an element states, or the one it inherits from what it stands in."""
    stated = None if parent is None else parent.find("rate")
    timebase = number(stated, "timebase")
    if stated is None or timebase is None:
        return inherited
    if not 1 <= timebase <= _FASTEST:
        said = f"a timebase of {text(stated, 'timebase')} is no frame rate; {inherited} was used"
        book.note(warning, "rate.timebase", said, stated)
        return inherited
    return _exact(timebase, flag(stated, "ntsc", False), book, stated)


def _exact(timebase: Fraction, ntsc: bool, book: Book, stated: Element) -> Rate:
    if timebase.denominator != 1:  # "23.976" or "29.97" where the format wants 24 or 30
        return Rate.near(timebase) or Rate(timebase)
    if int(timebase) in _TRUNCATED:
        whole = _TRUNCATED[int(timebase)]
        said = f"a timebase of {timebase} stands for {whole} with ntsc"
        book.note(warning, "rate.truncated", said, stated)
        return Rate(whole * _PULL)
    if ntsc and int(timebase) in _NO_NTSC:
        said = f"ntsc contradicts a timebase of {timebase}; it was read as {timebase}"
        book.note(warning, "rate.ntsc", said, stated)
        return Rate(timebase)
    return Rate(timebase * _PULL if ntsc else timebase)


def timecode_of(parent: Element, inherited: Rate, book: Book) -> tuple[Fraction, Rate] | None:
    """The start timecode that an element states: exact seconds and its rate with the drop flag.

    The label outranks the frame number, for it is what people and recorders share; where the two
    disagree the difference is told. None where there is no timecode.
    """
    stated = parent.find("timecode")
    if stated is None:
        return None
    label = _SEMICOLONS.sub(":", text(stated, "string"))
    frame = number(stated, "frame")
    rate = _with_drop(rate_of(stated, rate_of(parent, inherited, book), book), stated, book)
    counted = None if frame is None else int(frame)
    if label:
        try:
            spelled = rate.frames(label)
        except TimecodeError as fault:
            book.note(warning, "timecode.label", fault.message, stated)
        else:
            if counted not in (None, spelled):
                said = f"timecode {label} is frame {spelled} at {rate}, but frame {counted} stands"
                book.note(warning, "timecode.contradiction", f"{said} beside it", stated)
            counted = spelled
    return None if counted is None else (rate.seconds(counted), rate)


def _with_drop(rate: Rate, stated: Element, book: Book) -> Rate:
    """Drop frame by `displayformat`, or where that is missing by the label's semicolon."""
    shown = text(stated, "displayformat").upper()
    drop = shown == "DF" if shown else ";" in text(stated, "string")
    if not drop:
        return rate
    try:
        return rate.with_drop(True)
    except TimecodeError as fault:
        book.note(warning, "timecode.drop", fault.message, stated)
        return rate


def overridden(rate: Rate, asked: Rate | None, book: Book, at: Element) -> Rate:
    """The rate that the person asked for, in place of the one that the file states."""
    if asked is None or asked.fps == rate.fps:
        return rate
    said = f"the file counts at {rate}; it was read at {asked} as asked"
    book.note(warning, "rate.overridden", said, at)
    keeps = rate.drop and asked.nominal % 30 == 0
    return replace(asked, drop=asked.drop or keeps)
