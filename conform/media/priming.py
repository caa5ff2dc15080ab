"""Whether a file says how many samples its encoder put in front of the sound.

A lossy encoder starts with a few hundred samples of its own. Most files say how many, and then they
are gone: an edit list, a LAME tag, a Matroska codec delay (FFmpeg hands all three on as "skip
samples"), or a first timestamp that lies before the picture. Where nothing says so, the sound is
that much late, and only the sound itself can tell.
"""

from __future__ import annotations

from fractions import Fraction

from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream

from conform.findings import Finding, warning

PRIMING = {
    "aac": 1024,  # FFmpeg; Apple 2112, Fraunhofer FDK 1600 to 2048
    "mp3": 1105,  # LAME: 576 of the encoder and 529 of the decoder
    "mp3float": 1105,
    "mp2": 481,
    "mp2float": 481,
    "ac3": 256,
    "eac3": 256,
    "wmav2": 2048,
}
"""Samples in front of the sound by codec, as measured with FFmpeg's encoders."""

_COARSE = 0.001  # seconds by which a clock of milliseconds is off
_TIMED = {"mpegts", "mpeg"}  # their timestamps are the encoder's own, the priming counted in


def priming_finding(
    container: InputContainer, stream: Stream, packet: Packet[Stream], start: Fraction, where: str
) -> Finding | None:
    """A finding where the file does not say how many samples to drop; None where it does.

    `packet` is the stream's first, `start` its first sample's time on the file's clock.
    """
    usual = PRIMING.get(stream.codec_context.name)
    if usual is None or container.format.name in _TIMED or packet.has_sidedata("skip_samples"):
        return None
    sample_rate = stream.codec_context.sample_rate  # type: ignore[attr-defined]  # sound has one
    if packet.pts is not None and packet.pts < 0:
        return None
    if counted(container, stream, packet, start):
        return None
    return warning(
        "media.priming-unknown",
        f"does not say how many samples its {stream.codec_context.name} encoder put in front: the "
        f"sound is probably {usual} samples ({1000 * usual / sample_rate:.1f} ms) late"
        f"{_evidence(container, stream)}; check it against a 2-pop, or use a WAV",
        where,
    )


def counted(
    container: InputContainer, stream: Stream, packet: Packet[Stream], start: Fraction
) -> int:
    """Samples of the encoder's own that are decoded first, their time counted into the clock.

    `packet` is the stream's first, `start` its first sample's time on the file's clock: the sound
    itself starts that many samples later.
    """
    usual = PRIMING.get(stream.codec_context.name)
    if usual is None or not start or packet.has_sidedata("skip_samples"):
        return 0
    if start > 0:  # FFmpeg counts the priming into the delay of sound that starts late
        ffmpeg = any(name.startswith("Lavf") for name in _writers(container, stream))
        return usual if ffmpeg or container.format.name in _TIMED else 0
    # An older Matroska: the picture starts where the sound does, the priming lies before it.
    sample_rate = stream.codec_context.sample_rate  # type: ignore[attr-defined]  # sound has one
    before: int = round(-start * sample_rate)
    if abs(before - usual) < sample_rate * _COARSE:
        return before  # then the sound starts with the picture, however coarse the clock
    return usual if before >= usual / 2 else 0


def _evidence(container: InputContainer, stream: Stream) -> str:
    writers = _writers(container, stream)
    return f" (the file says it was written by {writers[0]})" if writers else ""


def _writers(container: InputContainer, stream: Stream) -> list[str]:
    tags = (*container.metadata.items(), *stream.metadata.items())
    return [value for name, value in tags if name.lower() in ("encoder", "software")]
