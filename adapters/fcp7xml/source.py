"""The material that a clip names: `file` elements, logging and paths."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from urllib.parse import quote, unquote, urlsplit

from adapters.fcp7xml.book import Book, Element, number, text
from adapters.fcp7xml.rates import rate_of, timecode_of
from conform.timecode import Rate
from conform.timeline import Source

_LOCAL = ("", "localhost")


def source_of(item: Element, file: Element | None, inherited: Rate, book: Book) -> Source:
    """The source of a clip item: its file with the clip's own scene and take."""
    if file is None:
        source = Source(name=text(item, "name"))
    else:
        whole = book.whole(book.files, file)
        if whole not in book.sources:
            book.sources[whole] = _of_file(whole, inherited, book)
        source = book.sources[whole]
    logged = item.find("logginginfo")
    return replace(
        source,
        scene=text(logged, "scene") or source.scene,
        take=text(logged, "shottake") or source.take,
    )


def _of_file(file: Element, inherited: Rate, book: Book) -> Source:
    rate = rate_of(file, inherited, book)
    start = timecode_of(file, rate, book)
    frames = number(file, "duration")
    url = path_of(text(file, "pathurl"))
    origin = text(file, "mediaSource")
    return Source(
        name=text(file, "name"),
        url=url,
        reel=text(file, "timecode/reel/name"),
        scene=text(file, "logginginfo/scene"),
        take=text(file, "logginginfo/shottake"),
        start=None if start is None else start[0],
        duration=None if frames is None else frames / rate.fps,
        rate=rate if start is None else rate.with_drop(start[1].drop and rate.nominal % 30 == 0),
        channels=_channels(file),
        sample_rate=_sample_rate(file),
        generated=bool(origin) and not url,  # Premiere: Slug, GraphicAndType, bars and tone
        metadata=(("mediaSource", origin),) if origin else (),
    )


def _channels(file: Element) -> int | None:
    """The channels of a file: FCP writes one `audio` with a count, Premiere one per stream."""
    counts = [number(audio, "channelcount") for audio in file.iterfind("media/audio")]
    total = sum(int(count) for count in counts if count is not None)
    return total or None


def _sample_rate(file: Element) -> int | None:
    rate = number(file, "media/audio/samplecharacteristics/samplerate")
    return int(rate) if rate else None


def path_of(url: str) -> str:
    """The path behind a `pathurl`: `file://localhost/a%20b.mov` is `/a b.mov`.

    A drive letter loses its slash, a server keeps its name (`//server/share`); what is no file URL
    stays as it is written.
    """
    if not url.lower().startswith("file:"):
        return url
    try:
        parts = urlsplit(url.replace("#", "%23").replace("?", "%3F"))
    except ValueError:  # a bracket in the host's place, from an unescaped file name
        return unquote(url.removeprefix("file://"))
    path = unquote(parts.path)
    if parts.netloc.lower() not in _LOCAL:
        return f"//{unquote(parts.netloc)}{path}"
    drive = len(path) > 2 and path[0] == "/" and path[1].isalpha() and path[2] == ":"
    return path[1:] if drive else path


def url_of(path: str) -> str:
    """The `pathurl` of a path, as Premiere and Resolve write it."""
    if path.startswith("//"):
        return "file:" + quote(path)
    if path.startswith("/"):
        return "file://localhost" + quote(path)
    if path[1:2] == ":":
        return "file://localhost/" + quote(path)
    return path


def stillness(item: Element) -> Fraction | None:
    """The frame that a still shows, None where the item moves (FCP's freeze frames)."""
    if text(item, "stillframe").upper() != "TRUE":
        return None
    return number(item, "stillframeoffset") or Fraction(0)
