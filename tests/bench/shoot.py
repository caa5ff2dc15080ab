"""A shoot and a guide cut from it, as long as wanted: unique speech, takes with timecode, two cuts.

Speech is espeak-ng's where that is installed (a thousand times real time), the film maker's own
elsewhere. The guide hears each event through another microphone in a room, with music under it.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy import signal

from conform.laying.bwf import Format, Label, Writer
from conform.timecode import RATES
from fixtures.music import Tap, music
from fixtures.recorder import integers
from fixtures.voices import conversation

RATE = 48_000
FPS = RATES["25"]
_A_DAY = 100  # takes of a day: the next day's have the same times of day, on another tape
_MORNING = 8 * 3600  # seconds since midnight
_STRANGERS = 0.1  # of the events, whose takes were never delivered
_SPOKEN = 22_050  # samples a second of espeak-ng
_TALKERS = ("en-us+m3", "en-gb+f2", "en-us+f4", "en-gb-scotland+m7", "en-us+m1", "en-gb+f5")
_SYLLABLES = tuple(a + b for a in "bdfgklmnprstvw" for b in ("a", "e", "i", "o", "u", "ai", "ee"))

Wave = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Made:
    """An event of the guide: frames in the record and in its take; None where that is missing."""

    record: int
    length: int
    take: int
    source: int
    delivered: bool


@dataclass(frozen=True, slots=True)
class Shoot:
    """The files of a shoot, and what is true of its cut."""

    takes: Path
    guide: Path
    named: Path
    stripped: Path
    events: tuple[Made, ...]

    def file(self, take: int) -> str:
        return f"T{take:04}.wav"


def speech(seed: int, take: int, seconds: int) -> Wave:
    """What is said in a take: no two takes say the same."""
    if shutil.which("espeak-ng") is None:
        return conversation(seed, take, seconds * RATE, RATE).sum(axis=0)
    rng = np.random.default_rng([seed, take])
    parts: list[Wave] = []
    have = 0
    while have < seconds * RATE:
        said = signal.resample_poly(_spoken(rng), 320, 147).astype(np.float32)
        pause = np.zeros(int(rng.uniform(0.2, 1.5) * RATE), np.float32)
        parts += [rng.uniform(0.3, 1) * said, pause]
        have += len(said) + len(pause)
    return np.concatenate(parts)[: seconds * RATE]


def _spoken(rng: np.random.Generator) -> Wave:
    words = ["".join(rng.choice(_SYLLABLES, rng.integers(1, 4))) for _ in range(25)]
    talker = str(rng.choice(_TALKERS))
    pitch, pace = str(rng.integers(30, 70)), str(rng.integers(130, 190))
    command = ["espeak-ng", "--stdout", "-v", talker, "-p", pitch, "-s", pace]
    wav = subprocess.run([*command, " ".join(words)], check=True, capture_output=True).stdout
    return np.frombuffer(wav[44:], np.int16).astype(np.float32) / 65536


def shoot(folder: Path, takes: int, seconds: int, guide: int, snr_db: float, seed: int) -> Shoot:
    """Write takes and a guide, each of some seconds, and its cut with names and without."""
    rolls = folder / "rolls"
    rolls.mkdir(parents=True)
    made = Shoot(
        takes=rolls,
        guide=folder / "guide.wav",
        named=folder / "named.edl",
        stripped=folder / "stripped.edl",
        events=tuple(_events(takes, seconds, guide, seed)),
    )
    for take in range(takes):
        _record(rolls / made.file(take), take, speech(seed, take, seconds), seed)
    rng = np.random.default_rng([seed, 1_000_000])
    tune = Tap(music(seed, RATE))
    with soundfile.SoundFile(made.guide, "w", RATE, 1, "PCM_16") as file:
        for event in made.events:
            file.write(_under_music(_another_microphone(made, event, seed, rng), tune, snr_db))
    made.named.write_text(_edl(made, names=True))
    made.stripped.write_text(_edl(made, names=False))
    return made


def _events(takes: int, seconds: int, guide: int, seed: int) -> Iterator[Made]:
    rng = np.random.default_rng([seed, 2_000_000])
    at = 0
    while at < guide * FPS.fps:
        length = int(25 * np.clip(rng.lognormal(1.5, 0.6), 1.5, 25))
        delivered = bool(rng.random() > _STRANGERS)
        take = int(rng.integers(takes)) + (0 if delivered else takes)
        yield Made(at, length, take, int(rng.integers(25, (seconds - 27) * 25)), delivered)
        at += length


def _record(path: Path, take: int, sound: Wave, seed: int) -> None:
    noise = np.random.default_rng([seed, take, 1]).standard_normal(len(sound), np.float32)
    tape = f"D{take // _A_DAY + 1:02}"
    label = Label(
        time_reference=_start(take, len(sound) // RATE) * RATE,
        rate=FPS,
        tracks=("Boom",),
        description=f"sSPEED=025.000-ND\r\nsTAPE={tape}\r\n",
        tape=tape,
    )
    with Writer(path, Format(RATE, 1, 16), label) as writer:
        writer.write(integers(sound[:, None] + 1e-3 * noise[:, None], 16))


def _start(take: int, seconds: int) -> int:
    """The second of the day at which a take begins."""
    return _MORNING + take % _A_DAY * (seconds + 20)


def _another_microphone(made: Shoot, event: Made, seed: int, rng: np.random.Generator) -> Wave:
    """An event's speech with another colour, and a room 3 dB below the direct sound."""
    first, count = event.source * RATE // 25, event.length * RATE // 25
    early = RATE // 2
    if event.delivered:
        path = made.takes / made.file(event.take)
        sound = soundfile.read(path, early + count, first - early, dtype="float32")[0]
    else:
        sound = speech(seed, event.take, event.length // 25 + 2)[: early + count]
    length = round(0.3 * RATE)
    tail = rng.standard_normal(length) * 10 ** (-3 * np.arange(length) / length)
    tail[: round(0.002 * RATE)] = 0
    tail *= 0.7 / np.sqrt(np.square(tail).sum())
    tail[0] = 1
    colour = signal.firwin2(65, [0, 0.05, 0.15, 0.4, 1], 10 ** (rng.uniform(-6, 6, 5) / 20))
    heard = signal.fftconvolve(signal.fftconvolve(sound, tail), colour)[32 + early :][:count]
    return np.pad(heard, (0, count - len(heard))).astype(np.float32)


def _under_music(sound: Wave, tune: Tap, snr_db: float) -> Wave:
    under = tune.take(len(sound))
    level = float(np.std(sound)) / float(np.std(under)) * 10 ** (-snr_db / 20)
    mixed = sound + level * under
    return np.asarray(mixed * min(1.0, 0.9 / float(np.abs(mixed).max())), np.float32)


def _edl(made: Shoot, *, names: bool) -> str:
    seconds = soundfile.info(made.takes / made.file(0)).frames // RATE
    lines = [f"TITLE: {'NAMED' if names else 'STRIPPED'}", "FCM: NON-DROP FRAME"]
    for number, event in enumerate(made.events, 1):
        reel = f"D{event.take // _A_DAY + 1:02}" if names else "AX"
        source = _start(event.take, seconds) * 25 + event.source if names else 0
        times = (source, source + event.length, event.record, event.record + event.length)
        labels = " ".join(FPS.label(frame) for frame in times)
        lines.append(f"{number:06}  {reel:8} A     C        {labels}")
        if names:
            lines.append(f"* FROM CLIP NAME: {Path(made.file(event.take)).stem}")
    return "\n".join(lines) + "\n"


def true_lag(event: Made) -> Fraction:
    """Where the take's first sample falls in the guide, in seconds."""
    return Fraction(event.record - event.source, 25)
