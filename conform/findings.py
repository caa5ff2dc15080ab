"""What was odd about the material: values that are collected and shown together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How much a finding matters: a note, something to check, something that is wrong."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One oddity: a stable code to filter on, a sentence to read, and the place it was seen.

    `where` is a file with its line (`cut.edl:12`), an XML path, or an event's name.
    """

    level: Level
    code: str
    message: str
    where: str = ""

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{self.level}: {place}{self.message} [{self.code}]"


def info(code: str, message: str, where: str = "") -> Finding:
    """A note about the material that needs no action."""
    return Finding(Level.INFO, code, message, where)


def warning(code: str, message: str, where: str = "") -> Finding:
    """Something a person should check."""
    return Finding(Level.WARNING, code, message, where)


def error(code: str, message: str, where: str = "") -> Finding:
    """Something that is wrong; the command line exits with 1."""
    return Finding(Level.ERROR, code, message, where)


def worst(findings: Iterable[Finding]) -> Level | None:
    """The highest level among the findings, or None where there are none."""
    order = (Level.INFO, Level.WARNING, Level.ERROR)
    return max((f.level for f in findings), key=order.index, default=None)
