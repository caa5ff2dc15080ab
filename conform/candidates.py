"""Which takes may lie under an event: by timecode, slate, roll and name, best evidence first."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import PurePath

from conform.errors import TimecodeError
from conform.roll import Roll
from conform.synced import Rung
from conform.timecode import Rate
from conform.timeline import Clip, Source, Timeline, Track

_FULL = Fraction(95, 100)  # of the event under the take: a jam-sync error may cost a few frames
_WORDS = re.compile(r"[\W_]+")
_TAKE_PREFIX = re.compile(r"^(?:take|tk|t)(?=\d)")
_LADDER = tuple(Rung)


@dataclass(frozen=True, slots=True)
class Event:
    """What has to be placed: one clip of the cut, on one or more tracks."""

    id: str
    clip: Clip
    tracks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A take that may lie under an event, and why.

    `zero` is the record time of the take's first sample by timecode, None where timecode says
    nothing; `covers` is the share of the event that the take then lies under.
    """

    roll: Roll
    rung: Rung
    zero: Fraction | None = None
    covers: Fraction = Fraction(0)


def events(timeline: Timeline) -> tuple[Event, ...]:
    """The events of a cut in record order: its sound clips, or its picture clips where none are.

    Muted tracks and clips, black, bars and titles are left out. Clips of several tracks with the
    same spans of record and source are one event, its channels united.
    """
    sound = list(_heard(timeline.audio))
    picture = [] if sound else list(_heard(timeline.video))
    united: dict[object, tuple[Clip, tuple[int, ...]]] = {}
    for track, clip in sound or picture:
        key = _spans(clip)
        index = (track.index,) if sound else ()
        before, tracks = united.get(key, (clip, ()))
        channels = tuple(sorted({*before.channels, *clip.channels}))
        united[key] = (replace(before, channels=channels), tuple(sorted({*tracks, *index})))
    ordered = sorted(united.values(), key=lambda item: (item[0].record_in, item[1]))
    return tuple(Event(f"{n:04}", *item) for n, item in enumerate(ordered, 1))


def _heard(tracks: Iterable[Track]) -> Iterable[tuple[Track, Clip]]:
    tracks = tuple(tracks)
    soloed = any(track.soloed for track in tracks)
    for track in tracks:
        if track.enabled and (track.soloed or not soloed):
            for clip in track.clips:
                if clip.enabled and not clip.source.generated and clip.duration > 0:
                    yield track, clip


def _spans(clip: Clip) -> object:
    source = clip.source
    material = source.umid or source.url or source.name or source.reel or clip.name
    spans = (clip.record_in, clip.record_out, clip.source_in, clip.source_out)
    return (*spans, clip.speed, material)


def candidates(
    event: Event, rolls: Sequence[Roll], rate: Rate, slack: Fraction
) -> tuple[Candidate, ...]:
    """The takes that timecode or metadata name, best first.

    A take that covers the event by timecode comes before one that only touches it; then the
    stronger agreement of metadata counts. A take may miss the event by `slack` seconds: its
    recorder's clock may have been set that wrongly. A take whose timecode can be read in two ways
    (see `readings`) is offered for each reading that falls under the event.
    """
    found: list[Candidate] = []
    for roll in rolls:
        agreement = _agreement(event.clip, roll)
        places = _by_timecode(event.clip, roll, rate, slack)
        for zero, covers in places:
            found.append(Candidate(roll, _WITH_TIMECODE[agreement], zero, covers))
        if not places and agreement in _ALONE:
            found.append(Candidate(roll, _ALONE[agreement]))
    return tuple(sorted(found, key=lambda c: (c.covers < _FULL, _LADDER.index(c.rung), -c.covers)))


def _by_timecode(
    clip: Clip, roll: Roll, rate: Rate, slack: Fraction
) -> list[tuple[Fraction, Fraction]]:
    """The readings of a clip's source timecode under which the roll lies, with their cover."""
    if roll.start is None:
        return []
    counted = clip.source.rate or rate
    length = clip.source_out - clip.source_in
    found: dict[Fraction, Fraction] = {}
    for reading in readings(clip.source_in, counted, roll.rate):
        for day in (0, 1, -1):  # a roll may run over midnight
            first = reading - roll.start + day * _day(roll.rate or counted)
            shared = min(first + length, roll.duration) - max(first, Fraction(0))
            if shared > -slack:
                covers = max(shared, Fraction(0)) / length if length else Fraction(0)
                found.setdefault(clip.record_in - first, covers)
    return list(found.items())


def readings(seconds: Fraction, counted: Rate, recorder: Rate | None) -> tuple[Fraction, ...]:
    """What a source timecode may mean on a recorder's clock, in seconds since midnight.

    `seconds` were counted at the cut's rate. At equal rates they are the recorder's own. Where the
    recorder counts otherwise (24 against 23.976, 30 against 25), both machines showed the same
    label, which is read again at the recorder's rate; the plain seconds come second. Where the
    recorder's rate is unknown, the label as time of day is tried as well.
    """
    if recorder is not None and recorder.fps == counted.fps:
        return (seconds,)
    of_day = _read_again(seconds, counted, Rate(Fraction(counted.nominal)))
    if recorder is None:
        return tuple(dict.fromkeys((seconds, of_day)))
    return tuple(dict.fromkeys((_read_again(seconds, counted, recorder), seconds)))


def _read_again(seconds: Fraction, counted: Rate, recorder: Rate) -> Fraction:
    """The time at which a recorder of another rate shows the label of a time of the cut."""
    frame = counted.frame_at(seconds)
    hours, minutes, secs, frames = re.split(r"[:;]", counted.label(frame))
    inside = (int(frames) + (seconds - counted.seconds(frame)) * counted.fps) / counted.nominal
    mark = ";" if recorder.drop else ":"
    for start in ("00", "02"):  # a label that drop frame skips is shown as the next one
        try:
            whole = recorder.time_of(f"{hours}:{minutes}:{secs}{mark}{start}")
        except TimecodeError:
            continue
        skipped = Fraction(int(start), recorder.nominal)
        return whole + max(inside - skipped, Fraction(0)) * recorder.nominal / recorder.fps
    return seconds


def _day(rate: Rate) -> Fraction:
    return rate.seconds(rate.day)


def _agreement(clip: Clip, roll: Roll) -> str:
    """The strongest metadata that clip and roll share: `slate`, `roll`, `name` or nothing."""
    source = clip.source
    if _same_slate(clip, roll):
        return "slate"
    tapes = {_plain(text) for text in (source.tape, source.reel)} - {""}
    if tapes & ({_plain(roll.tape), _plain(roll.name)} - {""}):
        return "roll"
    return "name" if _names(clip, source) & _stems(roll) else ""


_WITH_TIMECODE = {
    "slate": Rung.TIMECODE_SCENE_TAKE,
    "roll": Rung.TIMECODE_ROLL,
    "name": Rung.TIMECODE_NAME,
    "": Rung.TIMECODE,
}
_ALONE = {"slate": Rung.SCENE_TAKE, "name": Rung.NAME}


def _same_slate(clip: Clip, roll: Roll) -> bool:
    """Whether scene and take agree, as the cut states them or as a name such as `12A-3` does."""
    if not roll.scene or not roll.take:
        return False
    wanted = (*_words(roll.scene), _number(roll.take))
    source = clip.source
    if source.scene and source.take:
        return (*_words(source.scene), _number(source.take)) == wanted
    return any(
        tuple(_number(word) if place == len(wanted) - 1 else word for place, word in enumerate(run))
        == wanted
        for text in (clip.name, source.name)
        for run in _runs(_words(PurePath(text).stem), len(wanted))
    )


def _runs(words: tuple[str, ...], length: int) -> Iterable[tuple[str, ...]]:
    return (words[first : first + length] for first in range(len(words) - length + 1))


def _names(clip: Clip, source: Source) -> set[str]:
    texts = (clip.name, source.name, source.url.rsplit("/", 1)[-1])
    return {_plain(PurePath(text).stem if "." in text else text) for text in texts} - {""}


def _stems(roll: Roll) -> set[str]:
    names = [roll.name, *(path.stem for path in roll.paths)]
    return {_plain(PurePath(name).stem if "." in name else name) for name in names} - {""}


def _words(text: str) -> tuple[str, ...]:
    return tuple(
        word for word in _WORDS.split(unicodedata.normalize("NFC", text).casefold()) if word
    )


def _plain(text: str) -> str:
    return "".join(_words(text))


def _number(take: str) -> str:
    """A take's number as mixers vary it: `3`, `03`, `T3` and `Tk 03` are one."""
    plain = _TAKE_PREFIX.sub("", _plain(take))
    return plain.lstrip("0") or plain[:1]
