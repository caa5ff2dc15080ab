"""The production sound in folders: every recording in them as a `Roll`.

Only headers are read, so a shoot day takes seconds. A file that cannot be read is a finding and
never stops the scan.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from math import floor
from pathlib import Path

from adapters.families import families
from adapters.recorder import recorded
from conform import media
from conform.errors import ConformError, MediaError, TimecodeError
from conform.findings import Finding, error, warning
from conform.media.opening import local_file
from conform.media.riff import wave
from conform.roll import Roll, RollChannel
from conform.watch import Step, Watch, unwatched

_WAVE = {".wav", ".bwf", ".wave", ".rf64", ".w64"}
_OTHER = {".aif", ".aiff", ".aifc", ".caf", ".flac", ".mp3", ".m4a", ".aac", ".ogg", ".opus"}
_PICTURE = {".mov", ".mp4", ".m4v", ".mxf"}

SUFFIXES = frozenset(_WAVE | _OTHER | _PICTURE)
"""The files of a folder that are looked at; a file that is named itself may be called anything."""

_SKIPPED = {"__MACOSX"}  # resource forks that archives of a Mac bring along


def scan(
    places: Iterable[Path], *, watch: Watch = unwatched
) -> tuple[tuple[Roll, ...], tuple[Finding, ...]]:
    """Every roll in files and, recursively, folders; and every finding, the rolls' own included.

    Mono files of one take are one roll. Hidden files are left out. Raises `MediaError` for a place
    that does not exist.
    """
    findings: list[Finding] = []
    searched = tuple(places)
    paths = list(_recordings(searched, findings))
    rolls = []
    for done, path in enumerate(paths, 1):
        try:
            rolls.append(read(path))
        except ConformError as fault:
            findings.append(error("roll.unreadable", fault.message, str(path)))
        watch(Step("reading rolls", done, len(paths)))
    if not paths:
        where = ", ".join(map(str, searched))
        findings.append(warning("roll.none", "no sound files were found", where))
    joined, noticed = families(rolls)
    own = [finding for roll in joined for finding in roll.findings]
    return joined, (*findings, *own, *noticed)


def read(path: Path) -> Roll:
    """One file as a roll; raises `MediaError` for what holds no sound that can be read."""
    header = wave(local_file(path))
    if header is not None and header.pcm:
        return recorded(path, header)
    return _plain(media.probe(path))


def _plain(probed: media.Media) -> Roll:
    """The roll of a file that is no recorder's WAV; its timecode is that of its picture, if any.

    Its samples count from the file's clock zero: sound that starts late has silence before it.
    """
    if not probed.audio or not probed.audio[0].sample_rate:
        raise MediaError("holds no sound; name a recording", path=probed.path)
    sound = probed.audio[0]
    if sound.duration is None:
        raise MediaError("does not say how long its sound is; convert it", path=probed.path)
    rate = probed.video[0].rate if probed.video else None
    start = None
    if probed.timecode and rate:
        rate = rate.with_drop(";" in probed.timecode and rate.nominal % 30 == 0)
        try:
            start = rate.time_of(probed.timecode)
        except TimecodeError:
            start = None
    return Roll(
        name=probed.path.stem,
        channels=tuple(
            RollChannel(f"Ch{index + 1}", probed.path, index) for index in range(sound.channels)
        ),
        length=floor((sound.start + sound.duration) * sound.sample_rate),
        sample_rate=sound.sample_rate,
        start=start,
        rate=rate,
        bits=sound.bits or 24,
        floating=sound.codec.startswith("pcm_f"),
        metadata=tuple(("picture", stream.codec) for stream in probed.video[:1]),
        findings=probed.findings,
    )


def _recordings(places: Iterable[Path], findings: list[Finding]) -> Iterator[Path]:
    """The sound files of the places, in order, each once."""
    seen = set()
    for place in places:
        if not place.exists():
            raise MediaError("there is no such file or folder; check the path", path=place)
        for path in [place] if not place.is_dir() else _inside(place, findings):
            true_path = path.resolve()
            if true_path not in seen:
                seen.add(true_path)
                yield path


def _inside(folder: Path, findings: list[Finding]) -> Iterator[Path]:
    def unreadable(fault: OSError) -> None:
        message = f"this folder cannot be read ({fault.strerror})"
        findings.append(error("roll.unreadable", message, str(fault.filename)))

    for parent, folders, names in os.walk(folder, onerror=unreadable):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in _SKIPPED)
        for name in sorted(names):
            if not name.startswith(".") and Path(name).suffix.lower() in SUFFIXES:
                yield Path(parent, name)
