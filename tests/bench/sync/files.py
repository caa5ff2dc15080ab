"""Pairs as files: linear sound, and the codecs of cameras and the web."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np
import soundfile

from tests.bench.sync.scenes import Pair
from tests.bench.sync.voices import RATE, Wave

_CODECS = {"m4a": ("aac", "mp4", 128_000), "opus": ("libopus", "ogg", 96_000)}


def write(folder: Path, pair: Pair, number: int) -> tuple[Path, Path]:
    """The reference and the other sound of a pair as files; peaks are held under full scale."""
    reference, other = folder / f"{number}-reference.wav", folder / f"{number}.{pair.kind}"
    soundfile.write(reference, _inside(pair.reference), RATE, subtype="PCM_24")
    if pair.kind in _CODECS:
        encode(str(other), _inside(pair.other), pair.rate, pair.kind)
    else:
        soundfile.write(other, _inside(pair.other), pair.rate, subtype="PCM_24")
    return reference, other


def _inside(sound: Wave) -> Wave:
    return sound * min(1.0, 0.9 / max(float(np.abs(sound).max(initial=0)), 1e-9))


def encode(file: str | BinaryIO, sound: Wave, rate: int, kind: str) -> None:
    """Sound in a codec by the suffix of its files, written to a path or an open file."""
    codec, container, bits = _CODECS[kind]
    with av.open(file, "w", format=container) as out:
        stream = out.add_stream(codec, rate=rate, layout="mono")
        stream.bit_rate = bits
        layout = stream.codec_context.format.name
        frame = av.AudioFrame.from_ndarray(
            sound[None].astype(np.float32), format="fltp", layout="mono"
        )
        frame.rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
        resampler = av.AudioResampler(format=layout, layout="mono", rate=rate)
        for piece in (*resampler.resample(frame), None):
            for packet in stream.encode(piece):
                out.mux(packet)
