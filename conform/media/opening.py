"""How a media file of a stranger is opened: a regular local file, and nothing that it points to.

FFmpeg would follow URLs, playlists, pipes and lists of other files; a name such as `concat:a|b` or
a playlist that is called `.wav` must not make it read anything but the named file. So the path is
checked first, then FFmpeg is held to the `file:` protocol and to media formats. PyAV leaves
FFmpeg's own printing switched off.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Discard, Disposition, Stream
from av.video.stream import VideoStream

from conform.errors import MediaError
from conform.media.riff import wave

_FORMATS = (
    "wav,w64,aiff,caf,au,flac,mp3,aac,ac3,eac3,ogg,"
    "mov,mp4,m4a,3gp,3g2,mj2,mxf,matroska,webm,avi,mpegts,mpeg,asf,flv"
)
_OPTIONS = {"protocol_whitelist": "file", "format_whitelist": _FORMATS}
_WAVE = {
    "max_size": "131072",  # bytes of a packet: a second or less, in a thirtieth of the packets
    "probesize": "131072",  # one such packet; 5 MB of them, the default, take 150 ms to open a file
}
_TIMEOUT = (10, 30)  # seconds to open and to read: a dead network share must not hang the job
_NO_PICTURE = Disposition.attached_pic | Disposition.timed_thumbnails


@contextmanager
def opened(path: Path) -> Iterator[InputContainer]:
    """The file as a container for reading; raises `MediaError` for what is no readable media.

    A WAV whose header does not state its true length is read to the end of the file.
    """
    local = local_file(path)
    header = wave(local)
    options = dict(_OPTIONS)
    if header is not None:
        options |= _WAVE | ({"ignore_length": "1"} if header.unreliable else {})
    with translated(path):
        container = av.open(
            f"file:{local}", "r", options=options, metadata_errors="replace", timeout=_TIMEOUT
        )
    with container:
        yield container


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turns what PyAV raises into `MediaError`, with the file's name and the remedy."""
    try:
        yield
    except av.error.FFmpegError as fault:
        reason = fault.strerror or str(fault)
        raise MediaError(f"cannot be read as media ({reason}); {_REMEDY}", path=path) from fault
    except (MemoryError, UnicodeError) as fault:
        raise MediaError(f"its header is damaged ({fault}); {_REMEDY}", path=path) from fault


_REMEDY = "check that it plays, or copy it again from the original"


def local_file(path: Path) -> Path:
    """The absolute path of a regular file; raises `MediaError` for anything else."""
    if "\0" in str(path):
        raise MediaError("the name holds a NUL character; rename the file", path=repr(str(path)))
    try:
        local = path.resolve(strict=True)
        mode = local.stat().st_mode
    except OSError as fault:
        raise MediaError(f"{fault.strerror or fault}; check the path", path=path) from fault
    except RuntimeError as fault:  # Python 3.11 and 3.12 report a loop of links this way
        raise MediaError("its link points to itself; name the file", path=path) from fault
    if not stat.S_ISREG(mode):
        raise MediaError("this is no regular file; name a sound or picture file", path=path)
    return local


def pictures(container: InputContainer) -> tuple[VideoStream, ...]:
    """The picture streams: cover art and thumbnails are no picture."""
    return tuple(s for s in container.streams.video if not s.disposition & _NO_PICTURE)


def audio_stream(container: InputContainer, index: int, path: Path) -> AudioStream:
    """One sound stream by its number; raises `MediaError` where there is none."""
    found = container.streams.audio
    if not found:
        raise MediaError("has no sound; name a file that has", path=path)
    if not 0 <= index < len(found):
        raise MediaError(f"has no sound stream {index}; it has {len(found)}", path=path)
    if not decodable(found[index]):
        raise MediaError(f"sound stream {index} is in a codec that is not known", path=path)
    return found[index]


def decodable(stream: AudioStream) -> bool:
    """Whether the sound's codec is known and its header says how to decode it."""
    context = stream.codec_context
    return bool(context and context.sample_rate and context.channels and context.format)


def only(container: InputContainer, wanted: tuple[Stream, ...]) -> None:
    """Has the demuxer skip every other stream: the sound of a movie without reading its picture."""
    for stream in container.streams:
        if stream not in wanted:
            stream.discard = Discard.all


def start_of(stream: Stream) -> Fraction:
    """The stream's start by its own timestamps, in seconds; formats without any start at 0."""
    if stream.start_time is None or not stream.time_base:
        return Fraction(0)
    return stream.start_time * stream.time_base


def duration_of(stream: Stream) -> Fraction | None:
    """The stream's own length, where it states one."""
    if stream.duration and stream.duration > 0 and stream.time_base:
        return stream.duration * stream.time_base
    tags = {name.upper(): value for name, value in stream.metadata.items()}
    length = _tagged(tags.get("DURATION", ""))
    writer = {name.upper(): value for name, value in stream.container.metadata.items()}
    if length is not None and writer.get("ENCODER", "").startswith("Lavf"):
        length -= start_of(stream)  # FFmpeg writes where the stream ends, mkvmerge how long it is
    return length


def _tagged(text: str) -> Fraction | None:
    """Matroska's statistics tag, as `01:02:03.456000000`."""
    try:
        hours, minutes, seconds = text.split(":")
        return int(hours) * 3600 + int(minutes) * 60 + Fraction(seconds)
    except (ValueError, ZeroDivisionError):
        return None


def zero_of(container: InputContainer) -> Fraction:
    """The timestamp, in seconds, at which the file's clock starts; see `conform.media`."""
    seen = pictures(container)
    if seen:
        return start_of(seen[0])
    return min((start_of(stream) for stream in container.streams.audio), default=Fraction(0))
