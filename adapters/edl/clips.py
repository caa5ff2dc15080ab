"""One entry as a clip and, where it does not begin with a cut, as a transition."""

from __future__ import annotations

import re
from fractions import Fraction

from adapters.edl.entries import UNNAMED, Entry
from adapters.edl.labels import frames
from adapters.edl.motion import Play, play
from adapters.edl.statements import Edit
from conform.findings import Finding, warning
from conform.timecode import Rate
from conform.timeline import Clip, Metadata, Source, Transition

_PATH = re.compile(r".*[/\\].*|.*\.[A-Za-z]\w{1,4}")
_REPLACED = re.compile(r"(.+?)\s+REPLACED BY:?\s*(.+)", re.IGNORECASE)
_FILES = ("SOURCE FILE", "FROM FILE", "TO FILE", "FROM CLIP", "TO CLIP")
"""Remarks that name the source's file: Avid's, Nucoda's."""
_REEL_IS_CLIP = re.compile(r"\S+\s+IS CLIP\s+(.+)", re.IGNORECASE)
_FIELDS = {"SCENE": "scene", "TAKE": "take", "SOUND ROLL": "tape", "UMID": "umid"}

Span = tuple[Fraction, Fraction, Fraction]
"""Record in, record out, and by how much the source starts later too, in seconds."""


def clip_of(
    entry: Entry, record: Span, rate: Rate, where: str
) -> tuple[Clip | None, tuple[Finding, ...]]:
    """The clip of an entry; None where it records nothing. Raises `TimecodeError`."""
    record_in, record_out, delay = record
    if record_out <= record_in:
        return None, ()
    played = _played(entry, record_out - record_in, delay, rate, where)
    source, metadata = _source(entry, rate)
    clip = Clip(
        source.name or source.reel or entry.edit.reel,
        record_in,
        record_out,
        played.source_in,
        played.source_out,
        source,
        played.speed,
        event=entry.edit.event,
        metadata=metadata,
    )
    return clip, (played.finding,) if played.finding else ()


def _played(entry: Entry, length: Fraction, delay: Fraction, rate: Rate, where: str) -> Play:
    edit = entry.edit
    first, last = frames(edit.source_in, rate), frames(edit.source_out, rate)
    if entry.black:
        return Play(rate.seconds(first), rate.seconds(first) + length)
    if last < first:
        return _backwards(edit, first, last, length, rate, where)
    source_in = rate.seconds(first) + delay
    return play(source_in, rate.seconds(last), length, entry.motion, rate, where)


def _backwards(edit: Edit, first: int, last: int, length: Fraction, rate: Rate, where: str) -> Play:
    """Source out before source in: a source that passes midnight, or one played in reverse."""
    frame = rate.frame
    if abs((last + rate.day - first) * frame - length) <= frame:
        return Play(rate.seconds(first), rate.seconds(first) + length)
    if abs((first - last) * frame - length) <= frame:
        text = "source out lies before source in, as long as the record: taken as reverse play"
        finding = warning("edl.reverse", text, where)
        return Play(rate.seconds(first) - length, rate.seconds(first), Fraction(-1), finding)
    text = f"source out {edit.source_out} lies before source in: played at speed 1 from source in"
    finding = warning("edl.length-mismatch", text, where)
    return Play(rate.seconds(first), rate.seconds(first) + length, finding=finding)


def _source(entry: Entry, rate: Rate) -> tuple[Source, Metadata]:
    """The source as the list names it, and the remarks that say something else."""
    fields = {"name": entry.clip_name, "url": "", "scene": "", "take": "", "tape": "", "umid": ""}
    generated = entry.black
    kept: list[tuple[str, str]] = []
    for remark in entry.remarks:
        replaced = _REPLACED.fullmatch(remark.value)
        if remark.key in _FILES and not fields["url"] and _PATH.fullmatch(remark.value):
            fields["url"] = remark.value
        elif remark.key in _FIELDS and not fields[_FIELDS[remark.key]]:
            fields[_FIELDS[remark.key]] = remark.value
        elif remark.key == "FINAL CUT PRO REEL" and replaced and replaced[2] == entry.edit.reel:
            fields["tape"] = replaced[1]
        elif remark.key != "LOC":
            named = _REEL_IS_CLIP.fullmatch(remark.value) if remark.key == "REEL" else None
            fields["name"] = fields["name"] or (named[1] if named else "")
            outgoing = remark.key == "FROM CLIP IS A GENERATOR" and entry.edit.kind == "C"
            incoming = remark.key == "TO CLIP IS A GENERATOR" and entry.edit.kind != "C"
            generated = generated or outgoing or incoming
            kept.append((remark.key or "NOTE", remark.value))
    reel = "" if entry.edit.reel.upper() in UNNAMED else entry.edit.reel
    if entry.edit.reel and not reel:
        kept.append(("REEL", entry.edit.reel))
    source = Source(
        fields["name"],
        fields["url"],
        reel,
        fields["tape"],
        fields["scene"],
        fields["take"],
        fields["umid"],
        rate=rate,
        generated=generated,
    )
    return source, tuple(kept)


def transition_of(entry: Entry, cut: Fraction, rate: Rate) -> Transition | None:
    """The dissolve, wipe or key that an entry begins with; None for a cut.

    It starts at the incoming event's record in; the outgoing event goes on under it.
    """
    edit = entry.edit
    if edit.kind in ("C", "KB") or (not edit.kind and not edit.length):
        return None
    return Transition(
        cut, cut, cut + rate.seconds(edit.length), _transition_name(entry), metadata=_from(entry)
    )


def _transition_name(entry: Entry) -> str:
    kind = entry.edit.kind
    if kind.startswith("W"):
        return f"wipe {kind[1:]}".strip()
    return {"K": "key", "KO": "key out"}.get(kind, "dissolve")


def _from(entry: Entry) -> Metadata:
    found: list[tuple[str, str]] = []
    if entry.effect:
        found.append(("EFFECT NAME", entry.effect))
    if entry.partner is not None:
        found.append(("FROM REEL", entry.partner.reel))
        found.append(("FROM SOURCE IN", entry.partner.source_in))
    return tuple(found)
