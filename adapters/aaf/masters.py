"""Sources as AAF mobs: a master mob for the bin, a file mob for media, a tape mob for timecode."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from pathlib import Path
from uuid import UUID, uuid5

from adapters.aaf.arrange import Notes
from adapters.aaf.structure import (
    Descriptor,
    Essence,
    Mob,
    Role,
    Segment,
    Slot,
    SourceClip,
    Timecode,
)
from adapters.aaf.urls import url_of
from conform import media
from conform.errors import ConformError
from conform.timecode import Rate
from conform.timeline import ZERO, Clip, Kind, Metadata, Source

_NAMES = UUID("5f6a1d0e-7c1b-4f0e-9d0c-2b6d3c8e4a17")
_UMID = re.compile(r"urn:smpte:umid:060a2b34(\.[0-9a-f]{8}){7}")
_BITS = 24  # what field recorders write; used where neither the cut nor the file says
_OURS = frozenset({"embedded", "also at"})
_WAVES = frozenset({".wav", ".bwf", ".wave"})


@dataclass(frozen=True, slots=True)
class Format:
    """The real format of a sound file, in its own samples."""

    channels: int
    sampling: int
    bits: int
    length: int


@dataclass(frozen=True, slots=True)
class Uses:
    """What a cut uses of one source in one kind: its channels and its first and last time."""

    source: Source
    kind: Kind
    channels: int
    first: Fraction
    last: Fraction
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Family:
    """The mobs of one source in one kind, and the file behind them where it can be opened.

    A DAW names a clip by its master mob: there is one for every name that the cut gives to clips
    of the source.
    """

    masters: tuple[Mob, ...]
    file: Mob
    tape: Mob | None
    path: Path | None

    @property
    def mobs(self) -> tuple[Mob, ...]:
        """Masters, file and tape, as far as there are."""
        return (*self.masters, self.file, *((self.tape,) if self.tape else ()))

    def master(self, clip: Clip) -> Mob:
        """The master mob of a clip, by the name that it shows."""
        return next(mob for mob in self.masters if mob.name == clip_name(clip))


def mob_id(*content: object) -> str:
    """The id of a mob that follows from its content: a basic UMID of SMPTE ST 330."""
    material = uuid5(_NAMES, repr(content)).hex
    groups = [material[at : at + 8] for at in range(0, 32, 8)]
    return "urn:smpte:umid:060a2b34.01010105.01010f20.13000000." + ".".join(groups)


def clip_name(clip: Clip) -> str:
    """The name that a clip shows, its source's where it has none."""
    return clip.name or clip.source.name


def uses(clips: Iterable[tuple[Kind, Clip]]) -> list[Uses]:
    """Every source that clips use, once per kind, in order of first use."""
    found: dict[tuple[Source, Kind], Uses] = {}
    for kind, clip in clips:
        key = (clip.source, kind)
        known = found.get(key) or Uses(clip.source, kind, 1, clip.source_in, clip.source_out)
        names = dict.fromkeys((*known.names, clip_name(clip)))
        found[key] = Uses(
            clip.source,
            kind,
            clip.source.channels or max(known.channels, *clip.channels, 1),
            min(known.first, clip.source_in),
            max(known.last, clip.source_out),
            tuple(names),
        )
    return list(found.values())


def family(used: Uses, frames: Rate, sampling: int, taken: set[str], notes: Notes) -> Family:
    """The mobs of a source; `frames` and `sampling` count where it does not say itself."""
    source = used.source
    path = _openable(source)
    if used.kind is Kind.AUDIO:
        form = _format(used, path, sampling, notes)
        descriptor, rate = _sound(form, source), Fraction(form.sampling)
        length, count, essence = form.length, form.channels, Essence.SOUND
    else:
        rate, count, essence = (source.rate or frames).fps, 1, Essence.PICTURE
        length = ceil(_duration(used) * rate)
        urls = (url_of(source.url),) if source.url else ()
        descriptor = Descriptor("CDCIDescriptor", length, rate, urls=urls)
    tape, tape_start = _tape(used, frames, rate, length, essence, notes)
    file_id = _file_id(used, taken)
    numbers = range(1, count + 1)
    tape_clip = SourceClip(length, tape_start, tape.id if tape else "", 1 if tape else 0)
    file_slots = tuple(_slot(n, rate, essence, tape_clip) for n in numbers)
    file = Mob(file_id, source.name, Role.SOURCE, "", file_slots, descriptor)
    slots = tuple(_slot(n, rate, essence, SourceClip(length, 0, file_id, n)) for n in numbers)
    masters = tuple(_master(used, name, slots) for name in used.names)
    return Family(masters, file, tape, path)


def _master(used: Uses, name: str, slots: tuple[Slot, ...]) -> Mob:
    mob = mob_id("master", used.kind, used.source, name)
    comments = _comments(used.source, name)
    return Mob(mob, name, Role.MASTER, "", slots, comments=comments)


def _slot(number: int, rate: Fraction, essence: Essence, segment: Segment) -> Slot:
    return Slot(number, "", rate, 0, number, essence, segment)


def _file_id(used: Uses, taken: set[str]) -> str:
    """A source keeps its own id where it is a UMID that no other source has."""
    own = used.source.umid
    chosen = own if _UMID.fullmatch(own) and own not in taken else ""
    chosen = chosen or mob_id("file", used.kind, used.source)
    taken.add(chosen)
    return chosen


def _comments(source: Source, name: str) -> Metadata:
    """The bin columns of a clip; `Source File` is Media Composer's for the name of the media."""
    said = (
        ("Source File", source.name if source.name != name else ""),
        ("Scene", source.scene),
        ("Take", source.take),
        ("Tape", source.tape),
    )
    kept = (pair for pair in source.metadata if pair[0] not in _OURS)
    return tuple(pair for pair in (*said, *kept) if pair[1])


def _openable(source: Source) -> Path | None:
    """The file that a source names, where it is there."""
    try:
        path = Path(source.url)
        return path if source.url and path.is_file() else None
    except (OSError, ValueError):
        return None


def _duration(used: Uses) -> Fraction:
    """How long a source is, or at least has to be for what is used of it."""
    if used.source.duration is not None:
        return used.source.duration
    return used.last - (used.source.start or ZERO)


def _format(used: Uses, path: Path | None, sampling: int, notes: Notes) -> Format:
    """What the file itself says, then the cut, then the trade's custom, with a finding."""
    source = used.source
    if path is not None:
        try:
            stream = next(iter(media.probe(path).audio), None)
        except ConformError:
            stream = None
        if stream is not None and stream.duration is not None:
            length = floor(stream.duration * stream.sample_rate + Fraction(1, 2))
            return Format(stream.channels, stream.sample_rate, stream.bits or _BITS, length)
    notes.lost(
        "aaf.format",
        f"'{source.name}' cannot be opened at '{source.url}'; its format is what the cut says, "
        f"at {_BITS} bits",
    )
    rate = source.sample_rate or sampling
    return Format(used.channels, rate, _BITS, ceil(_duration(used) * rate))


def _sound(form: Format, source: Source) -> Descriptor:
    wave = Path(source.url).suffix.lower() in _WAVES
    return Descriptor(
        name="WAVEDescriptor" if wave else "PCMDescriptor",
        length=form.length,
        sample_rate=Fraction(form.sampling),
        channels=form.channels,
        bits=form.bits,
        sampling=form.sampling,
        urls=(url_of(source.url),) if source.url else (),
    )


def _clean_frame(start: Fraction, counted: Rate, rate: Fraction) -> int:
    """The last frame before a start whose own time is a whole edit unit: at 29.97, every fifth."""
    step = (rate / counted.fps).denominator
    return counted.frame_at(start) // step * step


def _tape(
    used: Uses, frames: Rate, rate: Fraction, length: int, essence: Essence, notes: Notes
) -> tuple[Mob | None, int]:
    """The tape that a source comes from, and the edit unit of it at which the source starts.

    Its timecode starts at a frame before the source does; the rest is counted in edit units, so
    that a recorder's start to the sample survives.
    """
    source = used.source
    if source.start is None and not source.reel:
        return None, 0
    counted = source.rate or frames
    slots: list[Slot] = []
    offset = 0
    if source.start is not None:
        first = _clean_frame(source.start, counted, rate)
        into = (source.start - counted.seconds(first)) * rate
        offset = floor(into + Fraction(1, 2))
        if into.denominator != 1:
            notes.lost("aaf.start", f"the start of '{source.name}' was moved to the nearest unit")
        run = ceil((length + offset) / rate * counted.fps) + 1
        timecode = Timecode(run, first, counted.nominal, counted.drop)
        slots.append(Slot(2, "Timecode", counted.fps, 0, 1, Essence.TIMECODE, timecode))
    slots.insert(0, _slot(1, rate, essence, SourceClip(length + offset, 0, "", 0)))
    descriptor = Descriptor("TapeDescriptor" if source.reel else "ImportDescriptor")
    tape_id = mob_id("tape", used.kind, source)
    return Mob(tape_id, source.reel, Role.SOURCE, "", tuple(slots), descriptor), offset
