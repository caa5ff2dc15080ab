"""Broadcast WAV files out: bext and iXML chunks, RF64 past 4 GiB, integer samples untouched.

Layouts: EBU Tech 3285 (bext), EBU Tech 3306 (RF64/ds64), the iXML specification 2.x. Every chunk
before `data` has an even size, because libsndfile 1.2.2 finds no data behind an odd one in RF64.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray

from conform.errors import RenderError
from conform.timecode import Rate

Block = NDArray[np.int32 | np.float32]
"""Sound in a file's own form: int32 left-aligned for integers, float32 for floating point."""

_PCM, _FLOAT, _EXTENSIBLE = 0x0001, 0x0003, 0xFFFE
_GUID_TAIL = bytes.fromhex("000000001000800000aa00389b71")
_DS64 = 28
_UNKNOWN = 0xFFFFFFFF
_RIFF_LIMIT = 0xFFFFFFFF - 8


@dataclass(frozen=True, slots=True)
class Format:
    """The shape of the sound: `bits` wide integers, or 32-bit floats where `floating`."""

    sample_rate: int
    channels: int
    bits: int = 24
    floating: bool = False

    @property
    def frame_bytes(self) -> int:
        """Bytes of one sample of every channel."""
        return self.channels * self.bits // 8


@dataclass(frozen=True, slots=True)
class Label:
    """What a file says of itself: bext and iXML hold the same facts.

    `time_reference` counts samples from midnight to the first sample. `date` is YYYY-MM-DD and
    `time` HH:MM:SS, both given by the job, so that the same job writes the same bytes.
    """

    time_reference: int = 0
    rate: Rate | None = None
    tracks: tuple[str, ...] = ()
    description: str = ""
    originator: str = "Picturelock"
    originator_reference: str = ""
    date: str = ""
    time: str = ""
    coding_history: str = ""
    project: str = ""
    scene: str = ""
    take: str = ""
    tape: str = ""
    note: str = ""
    circled: bool | None = None


class Writer:
    """Writes one WAV file block by block; RIFF, or RF64 where the size asks for it.

    Blocks are shaped (samples, channels): int32 left-aligned for integer formats, float32 for
    floating ones. Raises `RenderError` for blocks of another shape or type.
    """

    def __init__(self, path: Path, form: Format, label: Label = Label()) -> None:
        self.path = path
        self.form = form
        self.samples = 0
        self._file: BinaryIO = path.open("wb")
        self._file.write(_head(form, label))
        self._data = self._file.tell()

    def write(self, block: Block) -> bytes:
        """Append a block; returns the bytes that were meant to reach the file."""
        wanted = np.float32 if self.form.floating else np.int32
        if block.ndim != 2 or block.shape[1] != self.form.channels or block.dtype != wanted:
            raise RenderError(
                f"a block of {block.dtype} shaped {block.shape} does not fit {self.form}",
                path=self.path,
            )
        packed = pack(block, self.form.bits)
        self._file.write(packed)
        self.samples += len(block)
        return packed

    def close(self) -> None:
        """Write the sizes into the header and close the file; closing again does nothing."""
        if self._file.closed:
            return
        size = self.samples * self.form.frame_bytes
        if size % 2:
            self._file.write(b"\0")
        self._sizes(size, self._file.tell() - 8)
        self._file.close()

    def _sizes(self, data: int, riff: int) -> None:
        long = riff > _RIFF_LIMIT
        self._file.seek(0)
        self._file.write(b"RF64" if long else b"RIFF")
        self._file.write(struct.pack("<I", _UNKNOWN if long else riff))
        if long:
            self._file.seek(12)
            self._file.write(b"ds64" + struct.pack("<IQQQI", _DS64, riff, data, self.samples, 0))
        self._file.seek(self._data - 4)
        self._file.write(struct.pack("<I", _UNKNOWN if long else data))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.close()
        else:
            self._file.close()


def pack(block: Block, bits: int) -> bytes:
    """Left-aligned int32 (or float32) samples as little-endian bytes, `bits` to a sample."""
    plain = np.ascontiguousarray(block)
    if bits == 32:
        return plain.astype(plain.dtype.newbyteorder("<"), copy=False).tobytes()
    keep = bits // 8
    return plain.astype("<i4", copy=False).view(np.uint8).reshape(-1, 4)[:, 4 - keep :].tobytes()


def _head(form: Format, label: Label) -> bytes:
    chunks = [
        _chunk(b"JUNK", bytes(_DS64)),
        _chunk(b"bext", bext(label)),
        _chunk(b"iXML", ixml(form, label)),
        _chunk(b"fmt ", _fmt(form)),
    ]
    return b"RIFF\0\0\0\0WAVE" + b"".join(chunks) + b"data\0\0\0\0"


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body


def _fmt(form: Format) -> bytes:
    tag = _FLOAT if form.floating else _PCM
    extensible = form.channels > 2
    plain = struct.pack(
        "<HHIIHH",
        _EXTENSIBLE if extensible else tag,
        form.channels,
        form.sample_rate,
        form.sample_rate * form.frame_bytes,
        form.frame_bytes,
        form.bits,
    )
    if not extensible:
        return plain
    no_speakers = 0  # recorder channels are no loudspeaker positions
    return plain + struct.pack("<HHIH", 22, form.bits, no_speakers, tag) + _GUID_TAIL


def bext(label: Label) -> bytes:
    """The bext chunk, version 1, of even size; letters outside ASCII become `?` (iXML has them)."""
    fixed = struct.pack(
        "<256s32s32s10s8sQH64s190s",
        _ascii(label.description),
        _ascii(label.originator),
        _ascii(label.originator_reference),
        _ascii(label.date),
        _ascii(label.time),
        label.time_reference,
        1,
        b"",
        b"",
    )
    return fixed + _even(_ascii(label.coding_history), b"\0")


def ixml(form: Format, label: Label) -> bytes:
    """The iXML chunk, of even size; fields that are not known are left out, as its authors ask."""
    circled = "" if label.circled is None else str(label.circled).upper()
    fields = [
        ("IXML_VERSION", "2.10"),
        ("PROJECT", label.project),
        ("SCENE", label.scene),
        ("TAKE", label.take),
        ("TAPE", label.tape),
        ("CIRCLED", circled),
        ("NOTE", label.note),
    ]
    body = "".join(_tag(name, text) for name, text in fields if text)
    body += _speed(form, label) + _track_list(label.tracks)
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<BWFXML>{body}</BWFXML>\n'
    return _even(text.encode(), b"\n")


def _speed(form: Format, label: Label) -> str:
    fields = [
        ("FILE_SAMPLE_RATE", str(form.sample_rate)),
        ("TIMESTAMP_SAMPLE_RATE", str(form.sample_rate)),
        ("TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_HI", str(label.time_reference >> 32)),
        ("TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO", str(label.time_reference & 0xFFFFFFFF)),
    ]
    if label.rate is not None:
        fps = label.rate.fps
        fields += [
            ("TIMECODE_RATE", f"{fps.numerator}/{fps.denominator}"),
            ("TIMECODE_FLAG", "DF" if label.rate.drop else "NDF"),
        ]
    return f"<SPEED>{''.join(_tag(name, text) for name, text in fields)}</SPEED>"


def _track_list(tracks: Sequence[str]) -> str:
    if not tracks:
        return ""
    items = "".join(
        f"<TRACK><CHANNEL_INDEX>{n}</CHANNEL_INDEX><INTERLEAVE_INDEX>{n}</INTERLEAVE_INDEX>"
        f"{_tag('NAME', name)}</TRACK>"
        for n, name in enumerate(tracks, 1)
    )
    return f"<TRACK_LIST><TRACK_COUNT>{len(tracks)}</TRACK_COUNT>{items}</TRACK_LIST>"


def _tag(name: str, text: str) -> str:
    clean = "".join(c for c in text if c >= " " or c in "\t\n")
    return f"<{name}>{escape(clean)}</{name}>"


def _ascii(text: str) -> bytes:
    return text.encode("ascii", "replace")


def _even(body: bytes, pad: bytes) -> bytes:
    return body + pad * (len(body) % 2)
