"""AAF: LibAAF's dumps of its own test files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from conform.timecode import Rate
from tests.adapters import test_aaf_libaaf as libaaf
from tests.bench.keys import Told
from tests.bench.readings import Event, Reading, whole


def told(path: Path, _: Rate) -> list[Told]:
    """LibAAF's dump with Pro Tools' rendered fades folded back, or as they are in the file."""
    dump = path.with_name(f"{path.name}.expected")
    if not dump.exists():
        return []
    said = libaaf._dump(dump)
    sample = 1.05 * float(said.unit)
    return [
        _dumped([(libaaf._folded(track), libaaf._legs(track)) for track in said.tracks], sample),
        _dumped([(track, 1) for track in said.tracks], sample),
    ]


def _dumped(tracks: list[tuple[libaaf.DumpTrack, int]], sample: float) -> Told:
    told = Told(near=sample)
    for track, legs in tracks:
        for clip in track.clips * legs:
            _dumped_clip(told, clip, muted=track.mute)
        for cross in track.crossfades * legs:
            told.add("transitions", (), cross.start, cross.end, near=2 * told.near)
    return told


def _dumped_clip(told: Told, clip: libaaf.DumpClip, *, muted: bool) -> None:
    told.add("positions", (), clip.start, clip.length)
    if not clip.subclip:
        told.add("in-points", (), clip.start, clip.offset)
    mono = set(clip.channels) == {"1"}
    for channel in clip.channels[:1] if mono else clip.channels:
        number = 1 if channel == "ALL" else int(channel)
        told.add("channels", (number,), clip.start, clip.length)
    if muted or clip.muted:
        told.add("disabled", (), clip.start, clip.length)
    if clip.gain is not None and not clip.curve:
        told.add("gain", (), clip.start, clip.gain, near=0.1)
    if clip.fade_in:
        told.add("transitions", (), clip.start, clip.start + clip.fade_in, near=2 * told.near)
    if clip.fade_out:
        told.add("transitions", (), clip.end - clip.fade_out, clip.end, near=2 * told.near)


def found(reading: Reading) -> Told:
    """A reading in the shape of that reference; who names no channel is taken to mean the first."""
    told = Told()
    for sheet in map(whole, reading.sheets):
        for one in _sounds(sheet.events):
            place = one.start, one.end - one.start
            told.add("positions", (), *place)
            told.add("in-points", (), one.start, one.inside)
            for channel in one.channels or (1,):
                told.add("channels", (channel,), *place)
            if not one.enabled:
                told.add("disabled", (), *place)
            if one.gain_db is not None:
                told.add("gain", (), one.start, one.gain_db)
        for cross in sheet.crossings:
            if cross.kind == "audio":
                told.add("transitions", (), cross.start, cross.end)
    return told


def _sounds(events: Iterable[Event]) -> Iterator[Event]:
    return (one for one in events if one.kind == "audio")
