"""One file of a field recorder as a `Roll`: what its WAV header, `bext` and iXML chunks say.

Where the chunks disagree, iXML names (scene, take, tracks, rate) and `bext` times win, because
editing systems read them so; each disagreement is a finding.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import TypeVar

from adapters.bext import Bext, read_bext
from adapters.ixml import Ixml, read_ixml
from conform.errors import MediaError, TimecodeError
from conform.findings import Finding, info, warning
from conform.media.riff import Wave
from conform.roll import Roll, RollChannel
from conform.timecode import Rate
from conform.timeline import Metadata

T = TypeVar("T")

_SPEED = re.compile(
    r"\s*(\d{1,6}(?:\.\d{1,6})?(?:/[1-9]\d{0,5})?)(?![\d./])\s*-?\s*(NDF|ND|DF|D)?", re.ASCII
)
_DAYS = 2 * 86_487  # seconds: a recording may pass midnight; a day of 23.976 labels has 86486.4
_PULLED = {  # Sound Devices' and Aaton's film modes
    48_048: "0.1 % above 48000",
    47_952: "0.1 % below 48000",
    96_096: "0.1 % above 96000",
    95_904: "0.1 % below 96000",
    44_144: "0.1 % above 44100",
    44_056: "0.1 % below 44100",
}
_KEPT = {  # what else identifies a take, by its path in iXML
    "family_uid": "FILE_SET/FAMILY_UID",
    "family_files": "FILE_SET/TOTAL_FILES",
    "family_index": "FILE_SET/FILE_SET_INDEX",
    "file_uid": "FILE_UID",
    "parent": "HISTORY/PARENT_FILENAME",
    "original": "HISTORY/ORIGINAL_FILENAME",
    "user_bits": "UBITS",
    "wild_track": "WILD_TRACK",
    "pre_record": "PRE_RECORD_SAMPLECOUNT",
}


def recorded(path: Path, header: Wave) -> Roll:
    """The roll of one WAV; raises `MediaError` where its chunks cannot be read."""
    return _Recording(path, header).roll()


class _Recording:
    """One WAV with its chunks; collects findings on the way."""

    def __init__(self, path: Path, header: Wave) -> None:
        self._path, self._header = path, header
        self._findings: list[Finding] = list(header.findings)
        self._bext: Bext = self._parsed("bext", read_bext) or _NO_BEXT
        self._ixml: Ixml = self._parsed("iXML", read_ixml) or _NO_IXML

    def roll(self) -> Roll:
        """The whole file."""
        header = self._header
        self._pull()
        return Roll(
            name=self._path.stem,
            channels=self._channels(),
            length=header.length,
            sample_rate=header.sample_rate,
            start=self._start(),
            rate=self._rate(),
            bits=header.bits,
            floating=header.floating,
            scene=self._said("SCENE"),
            take=self._said("TAKE"),
            tape=self._said("TAPE"),
            project=self._said("PROJECT"),
            note=self._said("NOTE"),
            date=self._bext.date,
            circled=_CIRCLED.get((self._said("CIRCLED") or self._said("CIRCLE")).upper()),
            umid=self._bext.umid,
            metadata=self._metadata(),
            findings=tuple(self._findings),
        )

    def _parsed(self, name: str, reader: Callable[[bytes], T]) -> T | None:
        try:
            chunk = self._header.chunk(name)
            return None if chunk is None else reader(chunk)
        except OSError as fault:
            raise MediaError(f"{fault.strerror}; check the disk", path=self._path) from fault
        except ValueError as fault:
            self._warn("roll.chunk-damaged", f"its {name} chunk {fault}; it is left out")
            return None

    def _said(self, key: str) -> str:
        modern, older = self._ixml.value(key), self._bext.field(key)
        if modern and older and modern.lstrip("0") != older.lstrip("0"):
            self._note("roll.names-differ", f"{key} is '{modern}' in iXML and '{older}' in bext")
        return modern or older

    def _rate(self) -> Rate | None:
        flag = self._ixml.value("SPEED/TIMECODE_FLAG")
        modern = self._speed(f"{self._ixml.value('SPEED/TIMECODE_RATE')} {flag}".strip())
        older = self._speed(self._bext.field("SPEED"))
        if modern and older and modern != older:
            self._warn(
                "roll.rates-differ", f"counts at {modern} by iXML and at {older} by bext; check"
            )
        return modern or older

    def _speed(self, text: str) -> Rate | None:
        match = _SPEED.match(text)
        if not match:
            return None
        try:
            rate = Rate.near(Fraction(match[1]), (match[2] or "").startswith("D"))
        except TimecodeError as fault:
            self._warn("roll.rate-unknown", f"states its timecode rate as '{text}': {fault}")
            return Rate.near(Fraction(match[1]))
        except ZeroDivisionError:
            rate = None
        if rate is None:
            self._warn("roll.rate-unknown", f"states a timecode rate of '{text}', which is none")
        return rate

    def _start(self) -> Fraction | None:
        reference = self._reference()
        if reference is None:
            return None
        counted = self._ixml.number("SPEED/TIMESTAMP_SAMPLE_RATE") or self._header.sample_rate
        if counted != self._header.sample_rate:
            self._note("roll.timestamp-rate", f"counts its time of day in samples of {counted} Hz")
        start = Fraction(reference, max(counted, 1))
        if start > _DAYS:
            self._warn("roll.time-impossible", f"states sample {reference}, days past midnight")
            return None
        return start

    def _reference(self) -> int | None:
        """The first sample's number since midnight."""
        older = None if self._bext is _NO_BEXT else self._bext.time_reference
        modern = self._ixml.time_reference
        if older is None or modern is None or older == modern:
            return modern if older is None else older
        chosen = older or modern  # a program that does not know time writes 0
        self._warn(
            "roll.times-differ",
            f"starts at sample {older} by bext and at {modern} by iXML; {chosen} is used",
        )
        return chosen

    def _pull(self) -> None:
        rate = self._header.sample_rate
        stated = self._ixml.number("SPEED/FILE_SAMPLE_RATE") or rate
        digitised = self._ixml.number("SPEED/DIGITIZER_SAMPLE_RATE") or stated
        if rate in _PULLED:
            self._warn("roll.pull", f"runs at {rate} Hz, {_PULLED[rate]}: check the pull")
        if stated != rate:
            self._warn("roll.pull", f"is stamped {rate} Hz and states {stated} Hz in iXML")
        elif digitised != rate:
            change = float(100 * (Fraction(rate, max(digitised, 1)) - 1))
            self._warn(
                "roll.pull",
                f"was recorded at {digitised} Hz, is stamped {rate} Hz: plays {change:+.3f} %",
            )
        speeds = [self._ixml.value(f"SPEED/{kind}_SPEED") for kind in ("MASTER", "CURRENT")]
        if all(speeds) and speeds[0] != speeds[1]:
            self._warn("roll.pull", f"was made at speed {speeds[0]} and now is at {speeds[1]}")

    def _channels(self) -> tuple[RollChannel, ...]:
        count = self._header.channels
        names = self._ixml_names(count) or self._bext_names(count)
        numbered = {place: names.get(place) or f"Ch{place + 1}" for place in range(count)}
        return tuple(RollChannel(name, self._path, place) for place, name in numbered.items())

    def _ixml_names(self, count: int) -> dict[int, str]:
        tracks = self._ixml.tracks
        if tracks and len(tracks) != count:
            self._warn(
                "roll.tracks-differ", f"has {count} channels; iXML lists {len(tracks)} tracks"
            )
        if count == 1 and len(tracks) == 1:
            return {0: tracks[0].name}  # in a split family some count the place in the poly file
        return {
            (track.interleave or order) - 1: track.name for order, track in enumerate(tracks, 1)
        }

    def _bext_names(self, count: int) -> dict[int, str]:
        """Names by the place in the file: armed tracks follow each other by number."""
        tracks = self._bext.tracks
        if len(tracks) == count:
            return dict(enumerate(tracks[number] for number in sorted(tracks)))
        return {number - 1: name for number, name in tracks.items()}

    def _metadata(self) -> Metadata:
        tracks = [track.channel for track in self._ixml.tracks] or sorted(self._bext.tracks)
        facts = {name: self._ixml.value(path) for name, path in _KEPT.items()}
        facts["track"] = str(tracks[0] or "") if len(tracks) == 1 else ""
        facts["originator"] = self._bext.originator
        facts["originator_reference"] = self._bext.originator_reference
        facts["time"] = self._bext.time
        return tuple((name, value) for name, value in facts.items() if value)

    def _note(self, code: str, message: str) -> None:
        self._findings.append(info(code, message, str(self._path)))

    def _warn(self, code: str, message: str) -> None:
        self._findings.append(warning(code, message, str(self._path)))


_CIRCLED = {"TRUE": True, "1": True, "YES": True, "FALSE": False, "0": False, "NO": False}
_NO_BEXT = Bext(0, "", "", "", "", "", {})
_NO_IXML = Ixml({}, ())
