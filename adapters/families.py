"""Files that belong together: mono files of one take, continued files, copies.

A recorder that splits writes `A101_1.WAV`, `A101_2.WAV` or `T01.A1.wav`, `T01.A2.wav`: a file for
each track, all starting at the same sample and equally long. Two takes may bear such names as well,
so names alone never join files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from conform.findings import Finding, info
from conform.roll import Roll, RollChannel
from conform.syncing.continuing import continued

_MEMBER = re.compile(
    r"(?P<base>.+?)[ ._-]+(?:(?:A|T|TR|TRK|TRACK|CH|ISO|MIX)?[ _]?(?P<number>\d{1,3})|[LRMS])$",
    re.IGNORECASE,
)

_Key = tuple[object, ...]


def families(rolls: Iterable[Roll]) -> tuple[tuple[Roll, ...], tuple[Finding, ...]]:
    """The rolls with mono files of one take joined, in order, and what was noticed."""
    groups: dict[_Key, list[Roll]] = {}
    for roll in rolls:
        groups.setdefault(_key(roll), []).append(roll)
    joined = tuple(_joined(group) for group in groups.values())
    findings = [finding for group in groups.values() for finding in _incomplete(group)]
    return joined, (*findings, *_continued(joined), *_same(joined))


def _key(roll: Roll) -> _Key:
    """Rolls with equal keys are one take; a key of the path alone stands for itself."""
    alone = (roll.path,)
    facts = dict(roll.metadata)
    base = facts.get("family_uid") or (_base(roll.path) if roll.start is not None else "")
    if len(roll.channels) != 1 or not base:
        return alone
    form = (roll.sample_rate, roll.bits, roll.floating)
    return (roll.path.parent, base, roll.start, roll.length, roll.scene, roll.take, *form)


def _base(path: Path) -> str:
    match = _MEMBER.match(path.stem)
    return match["base"] if match else ""


def _number(roll: Roll) -> tuple[int, str]:
    facts = dict(roll.metadata)
    match = _MEMBER.match(roll.path.stem)
    stated = facts.get("track") or facts.get("family_index") or (match and match["number"]) or ""
    return (int(stated) if stated.isdecimal() else 1000, roll.path.name)


def _joined(group: list[Roll]) -> Roll:
    if len(group) == 1:
        return group[0]
    members = sorted(group, key=_number)
    first = members[0]
    return replace(
        first,
        name=_base(first.path) or first.name,
        channels=tuple(channel for roll in members for channel in _named(roll)),
        findings=tuple(finding for roll in members for finding in roll.findings),
    )


def _named(roll: Roll) -> tuple[RollChannel, ...]:
    channel = roll.channels[0]
    number, _ = _number(roll)
    unnamed = channel.name == "Ch1" and number < 1000
    return (replace(channel, name=f"Ch{number}") if unnamed else channel,)


def _incomplete(group: list[Roll]) -> list[Finding]:
    total = dict(group[0].metadata).get("family_files", "")
    mono = all(len(roll.channels) == 1 for roll in group)
    if not mono or not total.isdecimal() or int(total[:6]) <= len(group):
        return []
    message = f"is one of {len(group)} files of a take of {total}; the others are not here"
    return [info("roll.family-incomplete", message, str(group[0].path))]


def _continued(rolls: tuple[Roll, ...]) -> list[Finding]:
    """Files that follow each other without a gap: a recorder's 2 or 4 GB pieces of one take."""
    return [
        info(
            "roll.continues",
            f"continues {before.path.name}; each file is a roll of its own",
            str(after.path),
        )
        for before, after in continued(rolls)
    ]


def _same(rolls: tuple[Roll, ...]) -> list[Finding]:
    """Rolls of equal time, length and names: copies, or a poly file beside its split parts."""
    seen: dict[_Key, Roll] = {}
    findings = []
    for roll in rolls:
        if roll.start is None:
            continue
        names = tuple(channel.name for channel in roll.channels)
        take = (roll.scene, roll.take) if roll.scene or roll.take else (roll.path.name,)
        first = seen.setdefault((roll.start, roll.length, roll.sample_rate, names, take), roll)
        if first is not roll:
            message = f"seems to hold the same take as {first.path}; either may be used"
            findings.append(info("roll.same-take", message, str(roll.path)))
    return findings
