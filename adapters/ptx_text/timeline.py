"""A session text as a timeline: clips, fades folded into them, mutes, markers."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby
from pathlib import Path
from urllib.parse import quote

from adapters.cut import Cut
from adapters.ptx_text.clocks import Clock, Form, film_rates, form_of
from adapters.ptx_text.session import Row, Session, TrackText, names, parse
from conform.errors import TimecodeError, TimelineError
from conform.findings import Finding, info, warning
from conform.timecode import Rate
from conform.timeline import (
    ZERO,
    Clip,
    Fade,
    Kind,
    Marker,
    Metadata,
    Source,
    Timeline,
    Track,
    Transition,
)

_FADES = {"(fade in)": "in", "(fade out)": "out", "(cross fade)": "cross"}
_FORMAT = re.compile(r"(.*?)\s*\(([^()]*)\)")  # Dialogue (Stereo)
_CHANNEL = re.compile(r"\[(\d+)\]")
_COARSE = {
    Form.TIMECODE: "timecode without subframes: places are cut off to whole frames",
    Form.MINUTES: "minutes without thousandths: places are cut off to whole seconds",
    Form.FOOTAGE: "footage without subframes: places are cut off to whole frames",
}


def read(path: Path, *, rate: Rate | None = None) -> Cut:
    """The session of a text file as one timeline; `rate` outranks the rate that it states.

    Raises `TimelineError` with the line where clips are placed by bars and beats, or where a time
    cannot exist.
    """
    session = parse(path)
    clock = _clock(session, rate)
    book = _Book(session, clock, names(session.clips, "CLIP NAME"), _files(session))
    tracks = tuple(_numbered(track) for track in book.tracks())
    markers = tuple(book.markers())
    header = session.header
    timeline = Timeline(
        header.get("SESSION NAME", path.stem),
        clock.rate,
        clock.start,
        tuple(replace(track, index=index) for index, track in enumerate(tracks, 1)),
        markers,
        tuple(header.items()) + book.rulers,
    )
    return Cut((timeline,), (*session.findings, *_about_times(session, book)))


def _numbered(track: Track) -> Track:
    return replace(track, clips=tuple(sorted(track.clips, key=lambda clip: clip.record_in)))


def _clock(session: Session, rate: Rate | None) -> Clock:
    header, path = session.header, session.path
    stated = header.get("TIMECODE FORMAT", "").replace("Frame", "").strip()
    try:
        known = rate or Rate.named(stated)
        samples = round(float(header.get("SAMPLE RATE", "48000")))
        start = Clock(known, ZERO, samples).of_day(header["SESSION START TIMECODE"])
    except KeyError as fault:
        raise TimelineError("states no session start", path=path) from fault
    except TimecodeError as fault:
        raise TimelineError(f"the header does not hold: {fault.message}", path=path) from fault
    except (ValueError, OverflowError) as fault:
        raise TimelineError("states no sample rate", path=path) from fault
    if samples <= 0:
        raise TimelineError("states no sample rate", path=path)
    return replace(Clock(known, start, samples), film=_film(session, samples))


def _film(session: Session, samples: int) -> Fraction:
    """The feet+frames rate: by its markers where they tell, else 24 as Pro Tools starts out."""
    footage = [row for row in _timed(session) if form_of(row["START TIME"]) is Form.FOOTAGE]
    if not footage:
        return Fraction(24)
    rates = film_rates(
        (
            (row["LOCATION"], int(row["TIME REFERENCE"]))
            for row in session.markers
            if row["UNITS"] == "Samples" and row["TIME REFERENCE"].isdecimal()
        ),
        samples,
    )
    if len(rates) != 1:
        said = "the feet+frames rate is not stated and no marker tells it; 24 was taken"
        session.note("ptx.film_rate", said, footage[0].line)
    return Fraction(24) if Fraction(24) in rates or not rates else rates[0]


def _timed(session: Session) -> list[Row]:
    return [row for track in session.tracks for row in track.rows]


def _files(session: Session) -> dict[str, str]:
    """Where each file lies, by its name, as a URL where the place can be written as one."""
    found: dict[str, str] = {}
    for row in session.files:
        found.setdefault(row["FILENAME"], _url(row["LOCATION"], row["FILENAME"]))
    return found


def _url(folder: str, name: str) -> str:
    r"""The URL of a file in a folder that is written `Disk:Folder:` (Mac OS) or `C:\Folder\`."""
    if re.match(r"[A-Za-z]:\\", folder):
        return "file:///" + quote(folder.replace("\\", "/").rstrip("/") + "/" + name, safe="/:")
    if folder.startswith("/"):
        return "file://" + quote(f"{folder.rstrip('/')}/{name}")
    places = [place for place in folder.split(":") if place]
    if not places:
        return ""
    return "file:///Volumes/" + "/".join(quote(place, safe="") for place in [*places, name])


@dataclass(slots=True)
class _Book:
    """Rows on their way into tracks, with what they look up."""

    session: Session
    clock: Clock
    clips: dict[str, Row]
    files: dict[str, str]
    rulers: Metadata = ()
    assumed_cut: bool = False
    short_fades: int = 0

    def tracks(self) -> list[Track]:
        """One track for every channel of every track that is listed."""
        return [track for listed in self.session.tracks for track in self._channels(listed)]

    def _channels(self, listed: TrackText) -> list[Track]:
        states = listed.facts.get("STATE", "").split()
        shaped = _FORMAT.fullmatch(listed.name)
        metadata = tuple((name, value) for name, value in listed.facts.items() if value)
        whole = Track(
            Kind.AUDIO,
            0,
            shaped[1] if shaped else listed.name,
            enabled=not {"Muted", "Inactive"} & set(states),
            soloed="Solo" in states,
            metadata=(*metadata, ("format", shaped[2])) if shaped else metadata,
        )
        parts = [
            self._channel(whole, channel, list(rows))
            for channel, rows in groupby(listed.rows, key=lambda row: row["CHANNEL"])
        ]
        return parts or [whole]

    def _channel(self, whole: Track, channel: str, rows: list[Row]) -> Track:
        """One channel: its clips, grown over their fades, and its crossfades."""
        clips: list[Clip] = []
        transitions: list[Transition] = []
        leading: Fraction | None = None
        for row in rows:
            start, end = self._span(row)
            fade = _FADES.get(row["CLIP NAME"].lower())
            if fade and start == end:
                self.short_fades += 1
            elif fade == "in":
                leading = end - start
            elif fade == "out" and clips and clips[-1].record_out == start:
                clips[-1] = _longer(clips[-1], end, Fade(end - start))
            elif fade == "cross" and clips and clips[-1].record_out == start:
                transitions.append(self._cross(clips, start, end))
            elif fade:
                self.session.note("ptx.fade", f"a {row['CLIP NAME']} beside no clip", row.line)
            else:
                head = transitions[-1].cut if _follows(transitions, start) else start
                clips.append(self._clip(row, (start, end), leading, head))
                leading = None
        return replace(
            whole,
            clips=tuple(clips),
            transitions=tuple(transitions),
            metadata=(*whole.metadata, ("channel", channel)),
        )

    def _cross(self, clips: list[Clip], start: Fraction, end: Fraction) -> Transition:
        """A crossfade; the text does not say where in it the cut is."""
        cut = (start + end) / 2
        clips[-1] = _longer(clips[-1], cut, None)
        self.assumed_cut = True
        return Transition(start, cut, end, "crossfade")

    def _clip(
        self, row: Row, span: tuple[Fraction, Fraction], fade: Fraction | None, head: Fraction
    ) -> Clip:
        """A clip; `head` lies before its row's start where a crossfade leads in."""
        start, end = span
        first = head - (fade or ZERO)
        stamp = row["TIMESTAMP"]
        begin = self._time(stamp, row, of_day=True) - (start - first) if stamp else ZERO
        name = row["CLIP NAME"]
        listed = self.clips.get(name)
        channel = _CHANNEL.fullmatch(listed["SOURCE CHANNEL"]) if listed else None
        file = listed["SOURCE FILE"] if listed else ""
        return Clip(
            name,
            first,
            end,
            begin,
            begin + end - first,
            Source(file or name, self.files.get(file, ""), sample_rate=self.clock.sample_rate),
            channels=(int(channel[1]),) if channel else (),
            fade_in=Fade(fade) if fade else None,
            enabled=row["STATE"] != "Muted",
            event=row["EVENT"],
        )

    def _span(self, row: Row) -> tuple[Fraction, Fraction]:
        start, end = (self._time(row[column], row) for column in ("START TIME", "END TIME"))
        if end < start:
            raise TimelineError(
                f"'{row['CLIP NAME']}' ends before it starts",
                path=self.session.path,
                line=row.line,
            )
        return start, end

    def _time(self, text: str, row: Row, *, of_day: bool = False) -> Fraction:
        try:
            if of_day and form_of(text) is Form.TIMECODE:
                return self.clock.of_day(text)
            return self.clock.seconds(text)
        except TimecodeError as fault:
            raise TimelineError(fault.message, path=self.session.path, line=row.line) from fault

    def markers(self) -> list[Marker]:
        """Every marker that has an exact time; the others are findings."""
        found = []
        for row in self.session.markers:
            exact = row["UNITS"] == "Samples" and row["TIME REFERENCE"]
            try:
                at = self.clock.seconds(exact or row["LOCATION"])
            except TimecodeError as fault:
                said = f"marker {row['#']} was left out: {fault.message}"
                self.session.note("ptx.marker", said, row.line)
                continue
            found.append(Marker(at, row["NAME"], row["COMMENTS"]))
            if row["TRACK TYPE"]:
                ruler = f"{row['TRACK TYPE']} {row['TRACK NAME']}"
                self.rulers += ((f"marker {row['#']} on", ruler),)
        return found


def _longer(clip: Clip, end: Fraction, fade: Fade | None) -> Clip:
    more = end - clip.record_out
    return replace(clip, record_out=end, source_out=clip.source_out + more, fade_out=fade)


def _follows(transitions: list[Transition], start: Fraction) -> bool:
    return bool(transitions) and transitions[-1].record_out == start


def _about_times(session: Session, book: _Book) -> list[Finding]:
    """What the export options left out."""
    rows, where = _timed(session), session.path.name
    coarse = {form_of(row["START TIME"]) for row in rows if "." not in row["START TIME"]}
    found = [info("ptx.coarse", said, where) for form, said in _COARSE.items() if form in coarse]
    if rows and not any(row["TIMESTAMP"] for row in rows):
        said = "exported without timestamps: where in its file a clip starts is not known"
        found.append(warning("ptx.no_source_time", said, where))
    if book.short_fades:
        said = f"{book.short_fades} fades are shorter than the list can say, and were left out"
        found.append(info("ptx.short_fades", said, where))
    if book.assumed_cut:
        said = "crossfades state no cut point; the middle was taken"
        found.append(info("ptx.crossfade_cut", said, where))
    return found
