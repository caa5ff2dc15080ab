"""Plain mobs into an AAF file; the only writer of pyaaf2's objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from aaf2.auid import AUID
from aaf2.file import AAFFile
from aaf2.mobid import MobID

from adapters.aaf import auids
from adapters.aaf.describe import described, rational
from adapters.aaf.structure import (
    Essence,
    Event,
    Filler,
    Mob,
    Operation,
    Parameter,
    Role,
    Segment,
    Selector,
    Sequence,
    Slot,
    SourceClip,
    Timecode,
    Transition,
)
from conform.timeline import Metadata

_CREATED = datetime(2000, 1, 1)  # noqa: DTZ001 - AAF timestamps have no zone
"""The date in every file we write: the same cut gives the same bytes."""

_GENERATION = AUID("8a4ff1b3-1f7c-4f4a-9b4e-6a2f0c5d7e11")
_PRODUCT = AUID("c2d1a5e6-3b6f-4a58-8f0d-71c9e5b2a604")
_BLOCK = 1 << 20

_KINDS = {
    Essence.PICTURE: "picture",
    Essence.SOUND: "sound",
    Essence.TIMECODE: "timecode",
    Essence.DATA: "DescriptiveMetadata",
}
_CLASSES = {
    Role.COMPOSITION: "CompositionMob",
    Role.MASTER: "MasterMob",
    Role.SOURCE: "SourceMob",
}
_PARAMETERS = {
    auids.AMPLITUDE: "Amplitude",
    auids.LEVEL: "Level",
    auids.AVID_GAIN_CURVE: "AvidControlClipRatio",
    auids.SPEED_RATIO: "SpeedRatio",
    auids.AVID_SPEED_OFFSET_MAP: "PARAM_SPEED_OFFSET_MAP_U",
}
_INTERPOLATIONS = {
    auids.LINEAR: "LinearInterp",
    **{auid: f"{curve.value}Interp" for auid, curve in auids.CURVES.items()},
}


def store(path: Path, mobs: Iterable[Mob], files: Iterable[tuple[str, Path]]) -> None:
    """Write mobs, and the files to embed by the mob that they belong to."""
    file = AAFFile(str(path), "w")
    try:
        with file:
            _identify(file)
            writer = _Writer(file)
            for mob in mobs:
                file.content.mobs.append(writer.mob(mob))
            for mob_id, source in files:
                _embed(file, mob_id, source)
    finally:
        file.f.close()  # pyaaf2 leaves it open where saving fails


def _identify(file: Any) -> None:
    """Who wrote the file; nothing in it depends on when or where."""
    file.header["LastModified"].value = _CREATED
    identity = file.header["IdentificationList"].value[0]
    said = {
        "ProductName": "Picturelock",
        "CompanyName": "Picturelock",
        "ProductVersionString": "1",
        "ProductID": _PRODUCT,
        "Date": _CREATED,
        "Platform": "any",
        "GenerationAUID": _GENERATION,
    }
    for name, value in said.items():
        identity[name].value = value


def _embed(file: Any, mob_id: str, source: Path) -> None:
    """A whole file as the essence of its mob, as Premiere embeds WAV files."""
    essence = file.create.EssenceData()
    essence.mob_id = MobID(mob_id)
    file.content.essencedata.append(essence)
    stream = essence.open("w")
    with source.open("rb") as data:
        while block := data.read(_BLOCK):
            stream.write(block)


class _Writer:
    """Makes pyaaf2 objects of one file, and registers each effect and parameter once."""

    def __init__(self, file: Any) -> None:
        self.file = file
        self._known: dict[str, Any] = {}
        self._verbs: dict[type, Callable[[Any, str], Any]] = {
            Filler: self._filler,
            SourceClip: self._source_clip,
            Sequence: self._sequence,
            Transition: self._transition,
            Operation: self._operation,
            Selector: self._selector,
            Timecode: self._timecode,
            Event: self._event,
        }

    def mob(self, mob: Mob) -> Any:
        """A mob with its slots, its descriptor and its comments."""
        made = self.file.create.from_name(_CLASSES[mob.role])
        made.name = mob.name
        made.mob_id = MobID(mob.id)
        made["CreationTime"].value = _CREATED
        made["LastModified"].value = _CREATED
        if mob.usage:
            made.usage = mob.usage
        self._tags(made["UserComments"], mob.comments)
        for slot in mob.slots:
            made.slots.append(self._slot(slot))
        if mob.descriptor is not None:
            made.descriptor = described(self.file, mob.descriptor)
        return made

    def _slot(self, slot: Slot) -> Any:
        event = slot.essence is Essence.DATA
        create = self.file.create
        made = create.EventMobSlot() if event else create.TimelineMobSlot()
        made.slot_id = slot.id
        made.name = slot.name
        made.edit_rate = rational(slot.rate)
        if slot.number is not None:
            made["PhysicalTrackNumber"].value = slot.number
        made.segment = self._segment(slot.segment, _KINDS[slot.essence])
        self._tags_of(made, "TimelineMobAttributeList", slot.attributes)
        return made

    def _segment(self, segment: Segment, kind: str) -> Any:
        made = self._verbs[type(segment)](segment, kind)
        made.media_kind = kind
        if segment.length or kind != _KINDS[Essence.DATA]:
            made.length = segment.length
        return made

    def _filler(self, filler: Filler, kind: str) -> Any:
        return self.file.create.Filler(kind, filler.length)

    def _source_clip(self, clip: SourceClip, kind: str) -> Any:
        made = self.file.create.SourceClip(media_kind=kind)
        made.mob_id = MobID(clip.mob) if clip.mob else MobID()
        made.slot_id = clip.slot
        made.start = clip.start
        return made

    def _sequence(self, sequence: Sequence, kind: str) -> Any:
        made = self.file.create.Sequence(media_kind=kind)
        made["Components"].value = [self._segment(item, kind) for item in sequence.components]
        return made

    def _transition(self, transition: Transition, kind: str) -> Any:
        made = self.file.create.Transition()
        made.media_kind = kind
        made.cutpoint = transition.cut
        if transition.operation is not None:
            made["OperationGroup"].value = self._segment(transition.operation, kind)
        return made

    def _operation(self, operation: Operation, kind: str) -> Any:
        definition = self._operation_definition(operation, kind)
        made = self.file.create.OperationGroup(definition, operation.length, kind)
        inputs = [self._segment(item, kind) for item in operation.inputs]
        if inputs:
            made["InputSegments"].value = inputs
        parameters = [self._parameter(item) for item in operation.parameters]
        if parameters:
            made["Parameters"].value = parameters
        self._tags_of(made, "ComponentAttributeList", operation.attributes)
        return made

    def _selector(self, selector: Selector, kind: str) -> Any:
        made = self.file.create.Selector()
        made.media_kind = kind
        if selector.selected is not None:
            made["Selected"].value = self._segment(selector.selected, kind)
        made["Alternates"].value = [self._segment(item, kind) for item in selector.alternates]
        self._tags_of(made, "ComponentAttributeList", selector.attributes)
        return made

    def _timecode(self, timecode: Timecode, kind: str) -> Any:
        made = self.file.create.Timecode(timecode.fps, timecode.drop, timecode.length or 1)
        made.start = timecode.start
        return made

    def _event(self, event: Event, kind: str) -> Any:
        made = self.file.create.DescriptiveMarker()
        made["Position"].value = event.position
        made["Comment"].value = event.comment
        made["DescribedSlots"].value = set(event.slots)
        self._tags_of(made, "CommentMarkerAttributeList", event.attributes)
        return made

    def _parameter(self, parameter: Parameter) -> Any:
        definition = self._parameter_definition(parameter.auid)
        if not parameter.points:
            return self.file.create.ConstantValue(
                definition, rational(parameter.value or Fraction(0))
            )
        made = self.file.create.VaryingValue()
        made.parameterdef = definition
        made["Interpolation"].value = self._interpolation(parameter.interpolation)
        points = []
        for point in parameter.points:
            control = self.file.create.ControlPoint()
            control.time = rational(point.at)
            value = control["Value"]
            value.add_pid_entry()
            value.data = value.typedef.encode(rational(point.value), definition.typedef)
            value.mark_modified()
            points.append(control)
        made["PointList"].value = points
        return made

    def _operation_definition(self, operation: Operation, kind: str) -> Any:
        if operation.auid not in self._known:
            made = self.file.create.OperationDef(operation.auid, operation.name, "")
            self.file.dictionary.register_def(made)
            made.media_kind = kind
            made["IsTimeWarp"].value = operation.warp
            made["Bypass"].value = 0
            made["NumberInputs"].value = len(operation.inputs) or 2
            made["OperationCategory"].value = "OperationCategory_Effect"
            self._known[operation.auid] = made
        return self._known[operation.auid]

    def _parameter_definition(self, auid: str) -> Any:
        if auid not in self._known:
            name = _PARAMETERS[auid]
            made = self.file.create.ParameterDef(auid, name, "", "Rational")
            self.file.dictionary.register_def(made)
            self._known[auid] = made
        return self._known[auid]

    def _interpolation(self, auid: str) -> Any:
        if auid not in self._known:
            made = self.file.create.InterpolationDef(auid, _INTERPOLATIONS[auid], "")
            self.file.dictionary.register_def(made)
            self._known[auid] = made
        return self._known[auid]

    def _tags_of(self, owner: Any, name: str, pairs: Metadata) -> None:
        if pairs:
            self._tags(owner[name], pairs)

    def _tags(self, property_: Any, pairs: Metadata) -> None:
        """Named values; numbers are stored as numbers, as Media Composer does."""
        if not pairs:
            return
        made = []
        for name, value in pairs:
            if value.isdecimal() and name.startswith(("_", "AudioMixer")):
                made.append(self.file.create.TaggedValue(name, int(value), "aafInt32"))
            else:
                made.append(self.file.create.TaggedValue(name, value))
        property_.value = made
