"""What is said of a file in its mob: format, length and place, as pyaaf2's objects."""

from __future__ import annotations

import struct
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from aaf2.rational import AAFRational

from adapters.aaf.structure import Descriptor

_INT32 = 2**31 - 1


def described(file: Any, said: Descriptor) -> Any:
    """The descriptor of a file mob."""
    made = file.create.from_name(said.name)
    if said.length is not None:
        made["Length"].value = said.length
    if said.sample_rate is not None:
        made["SampleRate"].value = rational(said.sample_rate)
        made["ContainerFormat"].value = file.dictionary.lookup_containerdef("AAF")
    detail = _DETAILS.get(said.name)  # tapes and imports have no format
    if detail is not None:
        detail(made, said)
    for url in said.urls:
        locator = file.create.NetworkLocator()
        locator["URLString"].value = url
        made["Locator"].append(locator)
    return made


def rational(value: Fraction) -> AAFRational:
    """A number as AAF stores it: two 32-bit integers, exact where they hold it, else nearest."""
    if abs(value) > _INT32:
        return AAFRational(_INT32 if value > 0 else -_INT32, 1)
    fits = value.denominator <= _INT32 and abs(value.numerator) <= _INT32
    largest = _INT32 if abs(value) <= 1 else int(_INT32 / abs(value))
    nearest = value if fits else value.limit_denominator(largest)
    return AAFRational(nearest.numerator, nearest.denominator)


def _wave(made: Any, said: Descriptor) -> None:
    """The head of the WAVE file: its real format, and the length of its sound."""
    made["Summary"].value = bytearray(wave_head(said))


def wave_head(said: Descriptor, size: int | None = None) -> bytes:
    """A RIFF head with a format chunk and the head of a data chunk (Microsoft RIFF, 1991).

    `size` is the sound in bytes, by default what the descriptor counts.
    """
    channels, bits = said.channels or 1, said.bits or 16
    sampling, frame = said.sampling or 48000, channels * bits // 8
    stated = (said.length or 0) * frame if size is None else size
    size = min(stated, 0xFFFFFFFF - 36)
    form = struct.pack("<HHIIHH", 1, channels, sampling, sampling * frame, frame, bits)
    return (
        struct.pack("<4sI4s4sI", b"RIFF", 36 + size, b"WAVE", b"fmt ", len(form))
        + form
        + struct.pack("<4sI", b"data", size)
    )


def _pcm(made: Any, said: Descriptor) -> None:
    channels, bits, sampling = said.channels or 1, said.bits or 16, said.sampling or 48000
    made["Channels"].value = channels
    made["QuantizationBits"].value = bits
    made["BlockAlign"].value = channels * bits // 8
    made["AudioSamplingRate"].value = rational(Fraction(sampling))
    made["AverageBPS"].value = sampling * channels * bits // 8


def _picture(made: Any, said: Descriptor) -> None:
    """What a picture descriptor has to have; readers take the real figures from the file."""
    made["StoredWidth"].value = 1920
    made["StoredHeight"].value = 1080
    made["FrameLayout"].value = "FullFrame"
    made["ImageAspectRatio"].value = AAFRational(16, 9)
    made["VideoLineMap"].value = [42, 0]
    made["ComponentWidth"].value = 8
    made["HorizontalSubsampling"].value = 2


_DETAILS: dict[str, Callable[[Any, Descriptor], None]] = {
    "WAVEDescriptor": _wave,
    "PCMDescriptor": _pcm,
    "CDCIDescriptor": _picture,
}
