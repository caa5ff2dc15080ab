"""Opens an AAF file and takes its mobs out as plain values; the only reader of pyaaf2's objects."""

from __future__ import annotations

import logging
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aaf2.exceptions import AAFError
from aaf2.file import AAFFile

from adapters.aaf.descriptors import descriptor
from adapters.aaf.fields import Fields
from adapters.aaf.guard import check
from adapters.aaf.nested import segment_of
from adapters.aaf.rates import edit_rate
from adapters.aaf.structure import Contents, Essence, Mob, Role, Slot
from conform.errors import TimelineError
from conform.findings import Finding, error

FAULTS = (
    AAFError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    NotImplementedError,
    OSError,
    RecursionError,
    StopIteration,
    TypeError,
    ValueError,
    struct.error,
)
"""What pyaaf2 1.7 was seen to raise on files that were cut short or had bytes changed."""

_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the compound file format of [MS-CFB] 2.2


class _Quiet(logging.Filter):
    """Keeps pyaaf2 from writing to the terminal; it logs without a logger of its own."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a record comes from elsewhere."""
        return "aaf2" not in Path(record.pathname).parts


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """The pyaaf2 file behind a path; raises `TimelineError` for what is no whole AAF file."""
    _refuse_others(path)
    file = AAFFile.__new__(AAFFile)
    root, quiet = logging.getLogger(), _Quiet()
    root.addFilter(quiet)
    try:
        check(path)
        file.__init__(str(path), "r")
        yield file
    except FAULTS as fault:
        raise TimelineError(
            f"the AAF structure is damaged ({type(fault).__name__}); export or copy it again",
            path=path,
        ) from fault
    finally:
        root.removeFilter(quiet)
        if hasattr(file, "f"):  # pyaaf2 leaves the file open where opening fails
            file.f.close()


def load(path: Path) -> tuple[Contents, tuple[Finding, ...]]:
    """Every mob of a file as plain values, and what was damaged.

    Raises `TimelineError` where the file cannot be read at all.
    """
    with opened(path) as file:
        findings: list[Finding] = []
        mobs: dict[str, Mob] = {}
        for source in file.content.mobs:
            try:
                mob = _mob(source)
            except FAULTS as fault:
                findings.append(_damaged(source, fault, path))
            else:
                mobs[mob.id] = mob
        return Contents(_maker(file), mobs, _embedded(file)), tuple(findings)


def _refuse_others(path: Path) -> None:
    try:
        if path.is_dir():
            raise TimelineError("this is a folder; name a file", path=path)
        with path.open("rb") as file:
            head = file.read(len(_MAGIC))
    except FileNotFoundError as fault:
        raise TimelineError("there is no such file", path=path) from fault
    except (OSError, ValueError) as fault:
        raise TimelineError(f"cannot be read: {fault}", path=path) from fault
    if not head:
        raise TimelineError("the file is empty; export the cut again", path=path)
    if head != _MAGIC:
        raise TimelineError("this is no AAF file", path=path)


def _damaged(source: Any, fault: BaseException, path: Path) -> Finding:
    try:
        name = source.name
    except FAULTS:
        name = "a mob"
    return error("aaf.damaged", f"'{name}' cannot be read ({type(fault).__name__})", path.name)


def _maker(file: Any) -> str:
    try:
        return str(list(file.header["IdentificationList"].value)[-1]["ProductName"].value or "")
    except FAULTS:
        return ""


def _embedded(file: Any) -> frozenset[str]:
    if "EssenceData" not in file.content:
        return frozenset()
    return frozenset(str(data.mob_id) for data in file.content.essencedata)


_ROLES = {"CompositionMob": Role.COMPOSITION, "MasterMob": Role.MASTER, "SourceMob": Role.SOURCE}


def _mob(source: Any) -> Mob:
    fields = Fields(source)
    slots = [_slot(slot) for slot in fields.objects("Slots")]
    return Mob(
        id=str(fields.get("MobID")),
        name=fields.text("Name"),
        role=_ROLES[type(source).__name__],
        usage=fields.text("UsageCode"),
        slots=tuple(slot for slot in slots if slot is not None),
        descriptor=descriptor(fields.get("EssenceDescription")),
        comments=fields.tags("UserComments"),
        attributes=fields.tags("MobAttributeList"),
    )


def _slot(source: Any) -> Slot | None:
    fields = Fields(source)
    stored, segment = fields.get("EditRate"), fields.get("Segment")
    rate = None if stored is None else edit_rate(stored)
    if rate is None or segment is None:  # a static slot carries a still thing, not time
        return None
    return Slot(
        id=fields.number("SlotID"),
        name=fields.text("SlotName"),
        rate=rate,
        origin=fields.number("Origin"),
        number=fields.get("PhysicalTrackNumber"),
        essence=_essence(segment),
        segment=segment_of(segment),
        # Premiere registers the same list under another name
        attributes=fields.tags("TimelineMobAttributeList", "TimelineMobSlotAttributes"),
    )


_ESSENCES = {
    "picture": Essence.PICTURE,
    "legacypicture": Essence.PICTURE,
    "picturewithmatte": Essence.PICTURE,
    "sound": Essence.SOUND,
    "legacysound": Essence.SOUND,
    "timecode": Essence.TIMECODE,
    "legacytimecode": Essence.TIMECODE,
}


def _essence(segment: Any) -> Essence:
    """Media Composer's SoundMasterTrack and Premiere's own kinds carry no cut: they are data."""
    kind = (segment.media_kind or "").lower()
    return _ESSENCES.get(kind, Essence.DATA)
