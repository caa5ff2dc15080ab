"""What a file's descriptor says of its sound: channels, width, sample rate and place.

WAVE and AIFF descriptors carry the head of the file itself; the others carry numbers.
"""

from __future__ import annotations

import struct
from dataclasses import replace
from fractions import Fraction
from typing import Any

from adapters.aaf.fields import Fields
from adapters.aaf.parameters import fraction
from adapters.aaf.structure import Descriptor


def descriptor(stored: Any) -> Descriptor | None:
    """The descriptor of a source mob, its sound part where it has several."""
    if stored is None:
        return None
    name, fields = type(stored).__name__, Fields(stored)
    sampling = fraction(fields.get("AudioSamplingRate"))
    said = Descriptor(
        name=name,
        length=_count(fields.get("Length")),
        sample_rate=fraction(fields.get("SampleRate")),
        channels=_count(fields.get("Channels")),
        bits=_count(fields.get("QuantizationBits")),
        sampling=int(sampling) if sampling else None,
        urls=_urls(fields),
    )
    if name == "MultipleDescriptor":
        return _with_sound(said, fields)
    summary = fields.get("Summary")
    return said if summary is None else _with_head(said, bytes(summary))


def _count(value: Any) -> int | None:
    return int(value) if isinstance(value, int) and value > 0 else None


def _urls(fields: Fields) -> tuple[str, ...]:
    locators = (Fields(locator) for locator in fields.objects("Locator"))
    found = (locator.text("URLString") or locator.text("Name") for locator in locators)
    return tuple(url for url in found if url)


def _with_sound(said: Descriptor, fields: Fields) -> Descriptor:
    parts = [descriptor(item) for item in fields.objects("FileDescriptors")]
    sound = next((part for part in parts if part and part.channels), None)
    if sound is None:
        return said
    return replace(
        said,
        channels=sound.channels,
        bits=sound.bits,
        sampling=sound.sampling,
        urls=said.urls or sound.urls,
    )


def _with_head(said: Descriptor, head: bytes) -> Descriptor:
    found = _fmt(head) if head[:4] == b"RIFF" else _comm(head)
    if found is None:
        return said
    channels, sampling, bits = found
    return replace(said, channels=channels or None, bits=bits or None, sampling=sampling or None)


def _fmt(head: bytes) -> tuple[int, int, int] | None:
    """Channels, sample rate and bits of a WAVE head's format chunk."""
    at = head.find(b"fmt ")
    if at < 0 or len(head) < at + 24:
        return None
    _, channels, sampling, _, _, bits = struct.unpack_from("<HHIIHH", head, at + 8)
    return channels, sampling, bits


def _comm(head: bytes) -> tuple[int, int, int] | None:
    """Channels, sample rate and bits of an AIFF head's common chunk (an 80-bit float rate)."""
    at = head.find(b"COMM")
    if at < 0 or len(head) < at + 26:
        return None
    channels, _, bits, exponent, mantissa = struct.unpack_from(">hIhHQ", head, at + 8)
    sampling = Fraction(mantissa) * Fraction(2) ** ((exponent & 0x7FFF) - 16383 - 63)
    return channels, int(sampling) if sampling < 2**32 else 0, bits
