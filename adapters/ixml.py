"""The iXML chunk of a field recorder's WAV. Source: the iXML specification 3.01 (gallery.co.uk)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml.etree import LxmlError
from wavinfo.wave_ixml_reader import WavIXMLFormat


@dataclass(frozen=True, slots=True)
class IxmlTrack:
    """One track: the recorder's number for it, its place in the file from 1, its name."""

    channel: int | None
    interleave: int | None
    name: str


@dataclass(frozen=True, slots=True)
class Ixml:
    """What an iXML chunk says: its leaves by path (`SPEED/TIMECODE_RATE`), and its tracks."""

    values: dict[str, str]
    tracks: tuple[IxmlTrack, ...]

    def value(self, path: str) -> str:
        """One leaf's text, or nothing."""
        return self.values.get(path, "")

    def number(self, path: str) -> int | None:
        """One leaf as a whole number; None where it is absent or none."""
        return _whole(self.value(path))

    @property
    def time_reference(self) -> int | None:
        """The first sample's number since midnight; None where it is not stated."""
        low = self.number("SPEED/TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO")
        high = self.number("SPEED/TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_HI")
        # Metacorder writes halves as signed numbers
        return None if low is None else ((high or 0) & _HALF) << 32 | low & _HALF


_HALF = 0xFFFF_FFFF
_BRANCHES = ("", "SPEED/", "FILE_SET/", "HISTORY/", "USER/")
_NO_LEAF = {"TRACK_LIST", "SYNC_POINT_LIST", "BEXT"}


def read_ixml(chunk: bytes) -> Ixml:
    """The chunk as a value, as far as it can be understood; raises `ValueError` for no XML."""
    try:
        read = WavIXMLFormat(chunk.strip(b"\0 \r\n\t"))
        root = read.parsed.getroot()
    except (LxmlError, AssertionError, ValueError) as fault:
        raise ValueError(f"is no XML ({fault})") from fault
    if root is None:
        raise ValueError("is no XML")
    values: dict[str, str] = {}
    for branch in _BRANCHES:
        for leaf in root.iterfind(f"{branch}*"):
            if isinstance(leaf.tag, str) and leaf.tag not in _NO_LEAF and len(leaf) == 0:
                values.setdefault(branch + leaf.tag, (leaf.text or "").strip())
    tracks = tuple(
        IxmlTrack(
            channel=_whole(track.findtext("CHANNEL_INDEX", "")),
            interleave=_whole(track.findtext("INTERLEAVE_INDEX", "")),
            name=track.findtext("NAME", "").strip(),
        )
        for track in root.iterfind("TRACK_LIST/TRACK")
    )
    return Ixml(values, tracks)


def _whole(text: str) -> int | None:
    return int(text) if re.fullmatch(r"\s*-?[0-9]{1,20}\s*", text) else None
