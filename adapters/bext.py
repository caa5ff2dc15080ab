"""The `bext` chunk of a broadcast WAV, and what recorders write into its description.

Source: EBU Tech 3285 v2. The description holds lines such as `sSCENE=A101`, by custom of the
makers: a letter for the maker (s Sound Devices, z Zaxcom and Zoom, g Gallery, ...), a key, a value.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

from wavinfo.wave_bext_reader import WavBextReader

_FIXED = 602  # bytes before the coding history
_LINE = re.compile(r"^[a-z]?([A-Z]{3,}[0-9]*)=(.*)$")
_TRACK = re.compile(r"TRK(\d+)")


@dataclass(frozen=True, slots=True)
class Bext:
    """What a `bext` chunk says. `fields` are the keys of its description without maker's letter."""

    time_reference: int
    originator: str
    originator_reference: str
    date: str
    time: str
    umid: str
    fields: dict[str, str]

    def field(self, name: str) -> str:
        """One value of the description, or nothing."""
        return self.fields.get(name, "")

    @property
    def tracks(self) -> dict[int, str]:
        """The mixer's track names by the recorder's track number."""
        matches = ((_TRACK.fullmatch(name), value) for name, value in self.fields.items())
        return {int(match[1]): value for match, value in matches if match and value}


def read_bext(chunk: bytes) -> Bext:
    """The chunk as a value; raises `ValueError` where it is too short to be one.

    The text should be ASCII; recorders write UTF-8 and Latin-1 as well, and neither is refused.
    """
    if len(chunk) < _FIXED:
        raise ValueError(f"is {len(chunk)} bytes long and should be at least {_FIXED}")
    try:
        read = WavBextReader(chunk, "utf-8")
    except UnicodeDecodeError:
        read = WavBextReader(chunk, "latin-1")
    except struct.error as fault:
        raise ValueError(str(fault)) from fault
    lines = (_LINE.match(line.strip()) for line in re.split(r"[\r\n]+", read.description))
    return Bext(
        time_reference=read.time_reference,
        originator=read.originator.strip(),
        originator_reference=read.originator_ref.strip(),
        date=re.sub(r"[^0-9]", "-", read.originator_date.strip()),
        time=re.sub(r"[^0-9]", ":", read.originator_time.strip()),
        umid=read.umid.hex() if read.umid and any(read.umid) else "",
        fields={match[1]: match[2].strip() for match in lines if match},
    )
