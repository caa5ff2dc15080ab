"""The picture's own sound: what every event is measured against."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from fractions import Fraction

from conform import media
from conform.findings import Finding, warning
from conform.hearing.band import COARSE_RATE
from conform.hearing.sound import Sound, channels_of, distinct, mixed
from conform.hearing.stretch import alone, held
from conform.syncing.picture import place_picture
from conform.timeline import Timeline
from conform.watch import Watch, unwatched

_MOST = 200_000_000  # coarse samples kept at once: 400 MB of 16-bit floats
_BESIDE = Fraction(1, 10)  # seconds beside events that their frames may reach into


@dataclass(frozen=True, slots=True)
class Guide:
    """The channels of the picture's sound, in the order in which they are asked.

    Dialogue may lie on one channel and music and effects on the other, or all on both: `ranked`
    puts the channel that explained most events first.
    """

    sounds: tuple[Sound, ...]
    picture_in: Fraction
    length: Fraction

    def parts(self, record_in: Fraction, record_out: Fraction) -> list[Sound]:
        """Each channel between two record times."""
        first, last = record_in - self.picture_in, record_out - self.picture_in
        return [sound.part(first, last) for sound in self.sounds]

    def between(self, record_in: Fraction, record_out: Fraction) -> Guide:
        """The guide under some events, without the rest of it."""
        return replace(self, sounds=tuple(self.parts(record_in, record_out)))

    def at_hand(self) -> Guide:
        """The same guide, each channel's full rate decoded once, when it is first asked for."""
        return replace(self, sounds=tuple(_at_hand(sound) for sound in self.sounds))

    def ranked(self, hits: Counter[str]) -> Guide:
        """The same channels, those that explained most events first."""
        return replace(self, sounds=tuple(sorted(self.sounds, key=lambda one: -hits[one.name])))


def _at_hand(sound: Sound) -> Sound:
    first = sound.start - _BESIDE
    last = sound.start + Fraction(len(sound.coarse), COARSE_RATE) + _BESIDE
    return held((sound,), alone(sound.excerpt), first, last)[0]


def listen(
    picture: media.Media, timeline: Timeline, watch: Watch = unwatched
) -> tuple[Guide, tuple[Finding, ...]]:
    """The guide of a picture under a cut, decoded once, and what was odd about it."""
    findings: list[Finding] = []
    heard: list[Sound] = []
    for stream in picture.audio:
        room = _MOST // 2 - sum(len(sound.coarse) for sound in heard)
        if float(picture.duration or 0) * 8000 * stream.channels > room > 0 and heard:
            findings.append(
                warning(
                    "sync.guide-streams",
                    f"sound streams from number {stream.index + 1} on are not compared: "
                    "the picture's sound is too long to hold all of them",
                    str(picture.path),
                )
            )
            break
        heard += channels_of(
            picture.path, stream=stream.index, findings=findings.append, watch=watch
        )
    sounds = distinct(heard)
    if len(sounds) > 1 and len({len(sound.coarse) for sound in sounds}) == 1:
        sounds = (*sounds, mixed(sounds, f"{picture.path.name} all channels"))
    placed = place_picture(timeline, picture)
    return Guide(sounds, placed.start, placed.length), (*findings, *placed.findings)
