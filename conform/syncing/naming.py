"""What a clip and a take call themselves, and in what they agree: slate, roll or name.

Spellings vary between cameras, recorders and editors, so only words and numbers are compared.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath

from conform.roll import Roll
from conform.timeline import Clip, Source

_WORDS = re.compile(r"[\W_]+")
_TAKE_PREFIX = re.compile(r"^(?:take|tk|t)(?=\d)")

_Slate = tuple[str, ...]
"""The words of a scene, and the number of the take."""


@dataclass(frozen=True, slots=True)
class Names:
    """The slates, rolls and names that a clip may mean, or that a take bears."""

    slates: frozenset[_Slate]
    rolls: frozenset[str]
    names: frozenset[str]

    def agreement(self, other: Names) -> str:
        """The strongest metadata that both share: `slate`, `roll`, `name` or nothing."""
        if self.slates & other.slates:
            return "slate"
        if self.rolls & other.rolls:
            return "roll"
        return "name" if self.names & other.names else ""


def of_clip(clip: Clip) -> Names:
    """What a clip of a cut asks for."""
    source = clip.source
    tapes = {_plain(text) for text in (source.tape, source.reel)}
    return Names(_asked(clip, source), frozenset(tapes - {""}), _named(clip, source))


def of_roll(roll: Roll) -> Names:
    """What a take is called by its recorder and by its files."""
    slated = bool(roll.scene and roll.take)
    slates = {(*_words(roll.scene), _number(roll.take))} if slated else set()
    tapes = {_plain(roll.tape), _plain(roll.name)}
    files = (roll.name, *(path.stem for path in roll.paths))
    return Names(frozenset(slates), frozenset(tapes - {""}), _stems(files))


def _asked(clip: Clip, source: Source) -> frozenset[_Slate]:
    """Scene and take as the cut states them, or every slate that a name such as `12A-3` may be."""
    if source.scene and source.take:
        return frozenset({(*_words(source.scene), _number(source.take))})
    named = (_words(_stem(text)) for text in (clip.name, source.name))
    return frozenset(run for words in named for run in _runs(words))


def _runs(words: tuple[str, ...]) -> Iterable[_Slate]:
    """Every run of words, the last one read as a take's number."""
    for last in range(1, len(words)):
        for first in range(last):
            yield (*words[first:last], _number(words[last]))


def _named(clip: Clip, source: Source) -> frozenset[str]:
    return _stems((clip.name, source.name, source.url.rsplit("/", 1)[-1]))


def _stems(names: Iterable[str]) -> frozenset[str]:
    return frozenset({_plain(_stem(name)) for name in names} - {""})


def _stem(name: str) -> str:
    """A file's name without folder and ending; such as `12A/3` and `12A.3` are no files."""
    path = PurePath(name)
    return path.stem if any(mark.isalpha() for mark in path.suffix) else name


def _words(text: str) -> tuple[str, ...]:
    return tuple(
        word for word in _WORDS.split(unicodedata.normalize("NFC", text).casefold()) if word
    )


def _plain(text: str) -> str:
    return "".join(_words(text))


def _number(take: str) -> str:
    """A take's number as mixers vary it: `3`, `03`, `T3` and `Tk 03` are one."""
    plain = _TAKE_PREFIX.sub("", _plain(take))
    return plain.lstrip("0") or plain[:1]
