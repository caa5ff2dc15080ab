"""The stored properties of one pyaaf2 object, by name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conform.timeline import Metadata


class Fields:
    """What an object stores; pyaaf2 looks every name up anew, this looks each up once."""

    __slots__ = ("_stored",)

    def __init__(self, source: Any) -> None:
        self._stored: dict[str, Any] = {item.name: item for item in source.properties()}

    def __contains__(self, name: str) -> bool:
        return name in self._stored

    def get(self, name: str) -> Any:
        """The value of a property; None where the object has none of that name."""
        item = self._stored.get(name)
        return None if item is None else item.value

    def number(self, name: str) -> int:
        """The value of an integer property; 0 where there is none."""
        value = self.get(name)
        return int(value) if value else 0

    def text(self, name: str) -> str:
        """The value of a text property; empty where there is none."""
        return str(self.get(name) or "")

    def objects(self, name: str) -> Iterator[Any]:
        """The objects of a list or set; none where there is no such property."""
        item = self._stored.get(name)
        if item is None:
            return
        value = item.value
        yield from () if value is None else value

    def tags(self, *names: str) -> Metadata:
        """The named values of lists that are text or numbers; nested lists stay behind."""
        pairs: list[tuple[str, str]] = []
        for name in names:
            for tag in self.objects(name):
                said = Fields(tag)
                key, value = said.get("Name"), said.get("Value")
                if isinstance(value, str | int) and not str(value).startswith("__"):
                    pairs.append((str(key), str(value)))
        return tuple(pairs)
