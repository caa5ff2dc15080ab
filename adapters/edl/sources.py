"""Which rate each source's labels count at: the list's, unless the labels themselves refute it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction

from adapters.edl.entries import UNNAMED, Entry
from adapters.edl.labels import exists, frames, label
from conform.errors import TimecodeError
from conform.findings import Finding, warning
from conform.timecode import Rate

_RATES = (24, 25, 30, 48, 50, 60)


def source_rates(
    events: Sequence[Entry], rate: Rate, where: str
) -> tuple[Mapping[int, Rate], tuple[Finding, ...]]:
    """The rate of every edit's source labels by the edit's line, with findings for odd ones."""
    reels: defaultdict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in events:
        reel = entry.edit.reel.upper()
        reels[reel, entry.clip_name if reel in UNNAMED else ""].append(entry)
    found: dict[int, Rate] = {}
    findings: list[Finding] = []
    for uses in reels.values():
        base = rate if uses[0].black else _base(uses, rate)
        if base.nominal != rate.nominal:
            findings.append(_other_rate(uses[0], base, rate, where))
        plain = rate.drop and _non_drop(uses, base, rate)
        if plain:
            findings.append(_source_mode(uses[0], where))
        for entry in uses:
            if plain:
                found[entry.edit.line] = base
                continue
            found[entry.edit.line], finding = _counted(entry, base, rate, where)
            findings += [finding] if finding else []
    return found, tuple(findings)


def _base(uses: Sequence[Entry], rate: Rate) -> Rate:
    """The rate, without drop frame, at which the source is as long as the record."""
    plain = rate.with_drop(False)
    highest = max(label(t).frames for u in uses for t in (u.edit.source_in, u.edit.source_out))
    telling = [use for use in uses if use.motion is None and _length(use, rate, rate)]
    pulled = rate.fps.denominator == 1001
    others = [Rate(Fraction(n * 1000, 1001 if pulled and n % 25 else 1000)) for n in _RATES]
    possible = [one for one in others if one.nominal > highest and one.nominal != rate.nominal]
    if not possible:
        return plain
    best = max(possible, key=lambda one: (_fits(telling, one, rate), -one.nominal))
    if highest >= rate.nominal:
        return best
    proved = _fits(telling, best, rate) == len(telling) > 1
    return best if proved and not _fits(telling, plain, rate) else plain


def _fits(uses: Sequence[Entry], source: Rate, rate: Rate) -> int:
    """How many edits are equally long in source and record, to a frame."""
    frame = max(source.frame, rate.frame)
    return sum(
        abs(source.frame * _span(use, source) - _length(use, rate, rate)) <= frame for use in uses
    )


def _span(use: Entry, rate: Rate) -> int:
    into, out = label(use.edit.source_in), label(use.edit.source_out)
    return (out.seconds - into.seconds) * rate.nominal + out.frames - into.frames


def _length(use: Entry, rate: Rate, base: Rate) -> Fraction:
    try:
        return base.seconds(frames(use.edit.record_out, rate) - frames(use.edit.record_in, rate))
    except TimecodeError:
        return Fraction(0)


def _non_drop(uses: Sequence[Entry], base: Rate, rate: Rate) -> bool:
    """Whether unmarked labels of a drop-frame list fit the record only when counted without."""
    if base.nominal % 30 or any(label(use.edit.source_in).drop for use in uses):
        return False
    telling = [use for use in uses if use.motion is None and _length(use, rate, rate)]
    dropped = [use for use in telling if _source_length(use, base.with_drop(True)) is not None]
    return len(dropped) > 0 and (
        sum(_source_length(use, base) == _length(use, rate, rate) for use in dropped)
        > sum(
            _source_length(use, base.with_drop(True)) == _length(use, rate, rate) for use in dropped
        )
    )


def _source_length(use: Entry, rate: Rate) -> Fraction | None:
    try:
        return rate.seconds(frames(use.edit.source_out, rate) - frames(use.edit.source_in, rate))
    except TimecodeError:
        return None


def _source_mode(entry: Entry, where: str) -> Finding:
    text = (
        f"source labels of '{entry.clip_name or entry.edit.reel}' are as long as the record only "
        "without drop frame: the source is counted so"
    )
    return warning("edl.source-mode", text, f"{where}:{entry.edit.line}")


def _counted(entry: Entry, base: Rate, rate: Rate, where: str) -> tuple[Rate, Finding | None]:
    """The source's rate with or without drop frame: the label's mark, then FCM, then the list."""
    edit = entry.edit
    texts = (edit.source_in, edit.source_out)
    if any(label(text).drop for text in texts):
        drop = True
    elif label(edit.record_in).drop:  # where marks are used, a colon means non-drop
        drop = False
    else:
        drop = rate.drop if entry.drop is None else entry.drop
    if not drop or base.nominal % 30:
        return base, None
    counted = base.with_drop(True)
    bad = next((text for text in texts if not exists(text, counted)), None)
    if bad is None or not exists(bad, base):
        return counted, None
    text = f"source label {bad} does not exist in drop frame: the source is counted without"
    return base, warning("edl.source-mode", text, f"{where}:{edit.line}")


def _other_rate(entry: Entry, base: Rate, rate: Rate, where: str) -> Finding:
    text = (
        f"the labels of '{entry.clip_name or entry.edit.reel}' do not fit the list's {rate}: "
        f"counted at {base}, at which they do; check the source's rate"
    )
    return warning("edl.source-rate", text, f"{where}:{entry.edit.line}")
