"""Compositions built piece by piece with pyaaf2, as Media Composer, Premiere and Pro Tools do."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from aaf2.file import AAFFile
from aaf2.rational import AAFRational

from adapters.aaf import read
from adapters.aaf.urls import path_of, url_of
from conform.errors import TimelineError
from conform.timecode import Rate
from conform.timeline import Clip, Curve, Kind, Timeline, Track

FPS = 25
SPEED_CONTROL = "9d2ea890-0968-11d3-8a38-0050040ef7d2"
GAIN = "9d2ea894-0968-11d3-8a38-0050040ef7d2"
SUBMASTER = "f1db0f3d-8d64-11d3-80df-006008143e6f"
COMBINER = "6b46dd7a-132d-4856-ab21-8b751d8462ec"
DISSOLVE = "0c3bea41-fc05-11d2-8a29-0050040ef7d2"
LINEAR = "5b6c85a4-0ede-11d3-80a9-006008143e6f"
PARAMETERS = {
    "Amplitude": "e4962321-2267-11d3-8a4c-0050040ef7d2",
    "SpeedRatio": "72559a80-24d7-11d3-8a50-0050040ef7d2",
    "PARAM_SPEED_OFFSET_MAP_U": "8d56827d-847e-11d5-935a-50f857c10000",
}


class Desk:
    """A file in the making: media on one side, a composition on the other."""

    def __init__(self, file: Any, maker: str = "Avid Media Composer") -> None:
        self.file = file
        self.make = file.create
        self._defined: dict[str, Any] = {}
        file.header["IdentificationList"].value[0]["ProductName"].value = maker

    def add(self, mob: Any) -> Any:
        self.file.content.mobs.append(mob)
        return mob

    def media(
        self,
        name: str,
        *,
        kind: str = "sound",
        channels: int = 1,
        seconds: int = 600,
        rate: int = FPS,
        tape: tuple[str, int] | None = None,
        offset: int = 0,
        url: str = "",
    ) -> Any:
        """A master mob over a file mob, over a tape mob with timecode where it has one."""
        source = self.add(self.make.SourceMob(name))
        descriptor = self.sound(channels) if kind == "sound" else self.picture()
        descriptor["Length"].value = seconds * 48000
        descriptor["SampleRate"].value = 48000
        if url:
            locator = self.make.NetworkLocator()
            locator["URLString"].value = url
            descriptor["Locator"].append(locator)
        source.descriptor = descriptor
        reel = self.tape(*tape, kind=kind) if tape else None
        master = self.add(self.make.MasterMob(name))
        for number in range(1, channels + 1):
            slot = source.create_empty_slot(rate, kind)
            slot["PhysicalTrackNumber"].value = number
            slot.segment.length = seconds * rate
            if reel is not None:
                slot.segment.mob, slot.segment.slot_id = reel, 1
                slot.segment.start = offset
            self.slot(master, source.create_source_clip(slot.slot_id), rate, number)
        return master

    def sound(self, channels: int) -> Any:
        made = self.make.PCMDescriptor()
        made["Channels"].value = channels
        made["BlockAlign"].value = 3 * channels
        made["AverageBPS"].value = 144_000 * channels
        made["QuantizationBits"].value = 24
        made["AudioSamplingRate"].value = 48000
        return made

    def picture(self) -> Any:
        made = self.make.CDCIDescriptor()
        made["StoredWidth"].value, made["StoredHeight"].value = 1920, 1080
        made["ImageAspectRatio"].value = AAFRational(16, 9)
        made["FrameLayout"].value = "FullFrame"
        made["VideoLineMap"].value = [42, 0]
        made["ComponentWidth"].value = 8
        made["HorizontalSubsampling"].value = 2
        return made

    def tape(self, name: str, start: int, *, kind: str) -> Any:
        mob = self.add(self.make.SourceMob())
        mob.create_tape_slots(name, FPS, FPS, media_kind=kind)
        for slot in mob.slots:
            if type(slot.segment).__name__ == "Timecode":
                slot.segment.start = start
        return mob

    def slot(self, mob: Any, segment: Any, rate: Any = FPS, number: int = 1) -> Any:
        slot = mob.create_timeline_slot(rate)
        slot["PhysicalTrackNumber"].value = number
        slot.segment = segment
        return slot

    def composition(self, *segments: Any, name: str = "Reel 1", start: int = 90000) -> Any:
        mob = self.add(self.make.CompositionMob(name))
        mob.usage = "Usage_TopLevel"
        timecode = self.make.Timecode(FPS)
        timecode.start = start
        self.slot(mob, timecode)
        for number, segment in enumerate(segments, start=1):
            self.slot(mob, segment, number=number)
        return mob

    def clip(self, mob: Any, start: int, length: int, slot: int = 1) -> Any:
        return mob.create_source_clip(slot, start, length)

    def filler(self, length: int, kind: str = "sound") -> Any:
        return self.make.Filler(kind, length)

    def sequence(self, *parts: Any, kind: str = "sound") -> Any:
        made = self.make.Sequence(media_kind=kind)
        made["Components"].value = list(parts)
        made.length = sum(
            -p.length if type(p).__name__ == "Transition" else p.length for p in parts
        )
        return made

    def operation(
        self, auid: str, length: int, *inputs: Any, kind: str = "sound", **values: Any
    ) -> Any:
        if auid not in self._defined:
            made = self.make.OperationDef(auid, "")  # Pro Tools names none
            self.file.dictionary.register_def(made)
            made.media_kind = kind
            made["NumberInputs"].value = len(inputs)
            made["IsTimeWarp"].value = auid == SPEED_CONTROL
            self._defined[auid] = made
        group = self.make.OperationGroup(self._defined[auid], length, kind)
        if inputs:
            group["InputSegments"].value = list(inputs)
        if values:
            group["Parameters"].value = [self._value(*item) for item in values.items()]
        return group

    def _value(self, name: str, value: Any) -> Any:
        if name not in self._defined:
            made = self.make.ParameterDef(PARAMETERS[name], name, "", "Rational")
            self.file.dictionary.register_def(made)
            self._defined[name] = made
        definition = self._defined[name]
        if not isinstance(value, list):
            return self.make.ConstantValue(definition, AAFRational(value))
        varying = self.make.VaryingValue()
        varying.parameterdef = definition
        if "linear" not in self._defined:
            self._defined["linear"] = self.make.InterpolationDef(LINEAR, "LinearInterp", "")
            self.file.dictionary.register_def(self._defined["linear"])
        varying["Interpolation"].value = self._defined["linear"]
        for at, level in value:
            varying.add_keyframe(AAFRational(at), AAFRational(level))
        return varying

    def transition(self, length: int, cut: int) -> Any:
        made = self.make.Transition()
        made.media_kind = "sound"
        made.length, made.cutpoint = length, cut
        made["OperationGroup"].value = self.operation(DISSOLVE, length)
        return made


Build = Callable[[Desk], object]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cut.aaf"


def made(path: Path, build: Build, maker: str = "Avid Media Composer") -> Timeline:
    with AAFFile(str(path), "w") as file:
        build(Desk(file, maker))
    return read(path).timelines[0]


def clips(timeline: Timeline) -> list[Clip]:
    return [clip for _, clip in timeline.clips()]


def frames(count: int) -> Fraction:
    return Fraction(count, FPS)


def test_a_clip_from_tape_counts_on_the_tapes_timecode(path: Path) -> None:
    def build(desk: Desk) -> None:
        rolled = desk.media("T1", tape=("SR01", 90000), offset=50, url="file:///C%3A/a%20b/T1.wav")
        rolled.comments["Scene"] = "12A"
        rolled.comments["Take"] = "3"
        rolled.comments["Soundroll"] = "12Y"
        desk.composition(desk.sequence(desk.filler(10), desk.clip(rolled, 100, 25)))

    timeline = made(path, build)
    (clip,) = clips(timeline)
    assert timeline.start == 3600
    assert timeline.rate == Rate(Fraction(25))
    assert (clip.record_in, clip.record_out) == (frames(10), frames(35))
    assert clip.source.start == frames(90050)
    assert (clip.source_in, clip.source_out) == (frames(90150), frames(90175))
    source = clip.source
    assert (source.name, source.reel, source.url) == ("T1", "SR01", "C:/a b/T1.wav")
    assert (source.scene, source.take, source.tape) == ("12A", "3", "12Y")


def test_start_counts_in_the_units_of_the_slot_that_holds_the_clip(path: Path) -> None:
    """The media's own slot counts samples, the composition's frames (Premiere)."""

    def build(desk: Desk) -> None:
        sampled = desk.media("T1", rate=48000)
        desk.composition(desk.sequence(desk.clip(sampled, 100, 25)))

    (clip,) = clips(made(path, build))
    assert clip.source_in == frames(100)


def test_a_subclip_shifts_its_master_clip_and_keeps_its_name(path: Path) -> None:
    def build(desk: Desk) -> None:
        rolled = desk.media("T1")
        sub = desk.add(desk.make.CompositionMob("T1.Sub.01"))
        sub.usage = "Usage_SubClip"
        louder = desk.operation(GAIN, 200, desk.clip(rolled, 40, 200), Amplitude=Fraction(1, 2))
        desk.slot(sub, louder)
        placed = desk.operation(GAIN, 25, desk.clip(sub, 10, 25), Amplitude=2)
        desk.composition(desk.sequence(placed))

    (clip,) = clips(made(path, build))
    assert (clip.name, clip.source.name) == ("T1.Sub.01", "T1")
    assert (clip.source_in, clip.duration) == (frames(50), frames(25))
    assert clip.gain_db == pytest.approx(6.0206)  # the bin's gain was copied, not added


def test_a_nested_composition_is_cut_through(path: Path) -> None:
    def build(desk: Desk) -> None:
        one, two = desk.media("T1"), desk.media("T2")
        nest = desk.add(desk.make.CompositionMob("Nest"))
        nest.usage = "Usage_LowerLevel"
        desk.slot(nest, desk.sequence(desk.clip(one, 100, 50), desk.clip(two, 200, 50)))
        desk.composition(desk.sequence(desk.filler(5), desk.clip(nest, 40, 30)))

    first, second = clips(made(path, build))
    assert (first.name, first.record_in, first.record_out) == ("T1", frames(5), frames(15))
    assert (second.name, second.record_in, second.record_out) == ("T2", frames(15), frames(35))
    assert (first.source_in, second.source_in) == (frames(140), frames(200))
    assert first.metadata == (("nested in", "Nest"),)


def test_the_channels_of_one_file_are_one_clip_those_of_many_are_tracks(path: Path) -> None:
    def build(desk: Desk) -> None:
        poly = desk.media("poly", channels=4)
        left, right = desk.media("x.L"), desk.media("x.R")

        def combined(*parts: Any) -> Any:
            return desk.operation(COMBINER, 25, *parts)

        desk.composition(
            desk.sequence(combined(desk.clip(poly, 0, 25, 3), desk.clip(poly, 0, 25, 1))),
            desk.sequence(combined(desk.clip(left, 0, 25), desk.clip(right, 0, 25))),
        )

    tracks = made(path, build).audio
    assert [[(c.name, c.channels) for c in track.clips] for track in tracks] == [
        [("poly", (3, 1))],
        [("x.L", (1,))],
        [("x.R", (1,))],
    ]
    assert [track.index for track in tracks] == [1, 2, 3]


def test_a_note_on_a_clip_of_the_timeline_is_kept(path: Path) -> None:
    def build(desk: Desk) -> None:
        clip = desk.clip(desk.media("T1"), 0, 25)
        clip["ComponentAttributeList"].value = [desk.make.TaggedValue("_COMMENT", "ADR?")]
        desk.composition(desk.sequence(clip))

    (clip,) = clips(made(path, build))
    assert clip.metadata == (("comment", "ADR?"),)


def test_a_muted_clip_lies_under_a_selector(path: Path) -> None:
    def build(desk: Desk) -> None:
        selector = desk.make.Selector()
        selector.media_kind = "sound"
        selector.length = 25
        selector["Selected"].value = desk.filler(25)
        selector["Alternates"].value = [desk.clip(desk.media("T1"), 10, 25)]
        desk.composition(desk.sequence(selector))

    (clip,) = clips(made(path, build))
    assert (clip.enabled, clip.source_in) == (False, frames(10))


def test_a_group_plays_its_first_choice_that_is_there(path: Path) -> None:
    def build(desk: Desk) -> None:
        lost, held = desk.media("lost", kind="picture"), desk.media("held", kind="picture")
        group = desk.make.EssenceGroup()
        group.media_kind = "picture"
        group.length = 25
        choices = [desk.clip(lost, 0, 25), desk.clip(held, 7, 25)]
        choices[0].mob_id = type(lost.mob_id).new()
        group["Choices"].value = choices
        desk.composition(desk.sequence(group, kind="picture"))

    (clip,) = clips(made(path, build))
    assert (clip.name, clip.source_in) == ("held", frames(7))


def test_the_tracks_of_a_submaster_are_all_kept(path: Path) -> None:
    def build(desk: Desk) -> None:
        low, high = (desk.media(name, kind="picture") for name in ("low", "high"))
        layers = [
            desk.sequence(desk.clip(low, 0, 20), desk.filler(30, "picture"), kind="picture"),
            desk.sequence(desk.filler(10, "picture"), desk.clip(high, 5, 40), kind="picture"),
        ]
        group = desk.operation(SUBMASTER, 50, *layers, kind="picture")
        desk.composition(desk.sequence(group, kind="picture"))

    assert [(c.name, c.record_in, c.record_out) for c in clips(made(path, build))] == [
        ("low", 0, frames(20)),
        ("high", frames(10), frames(50)),
    ]


def test_layers_of_a_nested_scope_are_tracks(path: Path) -> None:
    def build(desk: Desk) -> None:
        low, high = (desk.media(name, kind="picture") for name in ("low", "high"))
        look = desk.make.ScopeReference()
        look.media_kind = "picture"
        look.length = 10
        look["RelativeScope"].value, look["RelativeSlot"].value = 0, 1
        scope = desk.make.NestedScope()
        scope.media_kind = "picture"
        scope.length = 50
        scope["Slots"].value = [
            desk.sequence(desk.clip(low, 0, 50), kind="picture"),
            desk.sequence(look, desk.clip(high, 0, 40), kind="picture"),
        ]
        desk.composition(scope)

    tracks = made(path, build).video
    assert [[(c.name, c.record_in) for c in track.clips] for track in tracks] == [
        [("low", 0)],
        [("high", frames(10))],
    ]


def test_transitions_are_fades_beside_filler_and_crossfades_between_clips(path: Path) -> None:
    def build(desk: Desk) -> None:
        rolled = desk.media("T1")
        desk.composition(
            desk.sequence(
                desk.filler(20),
                desk.transition(8, 3),
                desk.clip(rolled, 100, 50),
                desk.transition(10, 4),
                desk.clip(rolled, 300, 50),
                desk.transition(6, 6),
                desk.filler(6),
            )
        )

    (track,) = made(path, build).audio
    first, second = track.clips
    assert (first.record_in, first.record_out) == (frames(12), frames(56))
    assert first.fade_in is not None
    assert (first.fade_in.duration, first.fade_in.curve) == (frames(8), Curve.UNKNOWN)
    (crossing,) = track.transitions
    assert crossing.record_in == frames(52)
    assert crossing.cut == frames(56)
    assert crossing.record_out == frames(62)
    assert (second.record_in, second.record_out) == (frames(56), frames(102))
    assert second.source_in == frames(304)
    assert second.fade_out is not None
    assert second.fade_out.duration == frames(6)


def played(desk: Desk, length: int, inner: int, **values: Any) -> None:
    shot = desk.media("shot", kind="picture")
    warp = desk.operation(
        SPEED_CONTROL, length, desk.clip(shot, 100, inner), kind="picture", **values
    )
    desk.composition(desk.sequence(warp, kind="picture"))


@pytest.mark.parametrize(
    ("length", "inner", "values", "speed", "first", "last"),
    [
        (50, 100, {"SpeedRatio": Fraction(1, 2)}, 2, 100, 200),
        (100, 50, {"SpeedRatio": 2}, Fraction(1, 2), 100, 150),
        (12, 11, {"SpeedRatio": Fraction(1111111, 1000000)}, Fraction(9, 10), 100, "110.8"),
        (50, 50, {"SpeedRatio": -1}, -1, 100, 150),
        (40, 1, {"SpeedRatio": 40}, 0, 100, 101),
        # what Media Composer writes for 200 %: it needs frames 0 to 14 of 15
        (
            8,
            15,
            {"SpeedRatio": Fraction(8, 15), "PARAM_SPEED_OFFSET_MAP_U": [(0, 0), (8, 16)]},
            2,
            100,
            116,
        ),
        (
            8,
            8,
            {"SpeedRatio": -1, "PARAM_SPEED_OFFSET_MAP_U": [(0, 7), (8, -1)]},
            -1,
            100,
            108,
        ),
    ],
)
def test_speeds_are_exact(
    path: Path, length: int, inner: int, values: Any, speed: Any, first: Any, last: Any
) -> None:
    (clip,) = clips(made(path, lambda desk: played(desk, length, inner, **values)))
    assert clip.duration == frames(length)
    assert clip.speed == speed
    assert clip.source_in * FPS == first
    assert clip.source_out * FPS == Fraction(last)


def test_a_keyframed_speed_is_a_curve_that_holds_at_the_ends_of_its_media(path: Path) -> None:
    points = [(0, -105), (10, 0), (20, 40)]
    (clip,) = clips(made(path, lambda desk: played(desk, 20, 41, PARAM_SPEED_OFFSET_MAP_U=points)))
    assert [(p.record * FPS, p.source * FPS) for p in clip.time_map] == [
        (0, 0),
        (10, 100),
        (20, 140),
    ]
    assert (clip.source_in, clip.source_out) == (0, frames(140))


def test_markers_with_and_without_tracks(path: Path) -> None:
    def build(desk: Desk) -> None:
        composition = desk.composition(desk.sequence(desk.filler(100)))
        slot = desk.make.EventMobSlot()
        slot.slot_id, slot.edit_rate = 9, FPS
        bare, full = desk.make.DescriptiveMarker(), desk.make.DescriptiveMarker()
        bare["Position"].value, bare["Comment"].value = 30, "from Resolve"
        full["Position"].value, full["Comment"].value = 10, "from Avid"
        full["DescribedSlots"].value = {1}
        full["CommentMarkerAttributeList"].value = [
            desk.make.TaggedValue("_ATN_CRM_COLOR", "Red"),
            desk.make.TaggedValue("_ATN_CRM_USER", "LT"),
            desk.make.TaggedValue("_ATN_CRM_LENGTH", 4, "aafInt32"),
        ]
        slot.segment = desk.sequence(bare, full, kind="DescriptiveMetadata")
        composition.slots.append(slot)

    first, second = made(path, build).markers
    assert (first.at, first.name, first.comment) == (frames(10), "LT", "from Avid")
    assert (first.color, first.duration) == ("Red", frames(4))
    assert (second.at, second.comment, second.duration) == (frames(30), "from Resolve", 0)


RENDERED = ("Sample accurate edit", "Fade ", "Fundido ", "精确采样编辑")


def protools(*pieces: tuple[str, int, int]) -> Build:
    """A track of named pieces: name, start in its own file, length in frames."""

    def build(desk: Desk) -> None:
        masters = {
            name: desk.media(name, seconds=1 if name in RENDERED else 600) for name, _, _ in pieces
        }
        parts = [desk.clip(masters[name], start, length) for name, start, length in pieces]
        desk.composition(desk.sequence(desk.filler(100), *parts))

    return build


def test_protools_pieces_become_fades_and_edges(path: Path) -> None:
    pieces = (
        ("Sample accurate edit", 0, 1),
        ("Fade ", 1, 9),
        ("take", 500, 40),
        ("精确采样编辑", 0, 1),
        ("Fundido ", 0, 4),
    )
    (track,) = made(path, protools(*pieces), "ProTools").audio
    (clip,) = track.clips
    assert (clip.record_in, clip.record_out) == (frames(100), frames(155))
    assert (clip.source_in, clip.source_out) == (frames(490), frames(545))
    assert clip.fade_in is not None
    assert clip.fade_out is not None
    assert (clip.fade_in.duration, clip.fade_out.duration) == (frames(10), frames(4))


def test_protools_crossfades_cut_in_their_middle(path: Path) -> None:
    pieces = (("one", 100, 40), ("Fade ", 0, 11), ("two", 300, 40))
    (track,) = made(path, protools(*pieces), "ProTools").audio
    (crossing,) = track.transitions
    first, second = track.clips
    assert (crossing.record_in, crossing.record_out) == (frames(140), frames(151))
    assert crossing.cut == first.record_out == second.record_in == frames(145)
    assert (first.source_out, second.source_in) == (frames(145), frames(294))


def test_protools_pieces_without_handles_stay(path: Path) -> None:
    pieces = (("Fade ", 0, 10), ("take", 4, 40))
    build = protools(*pieces)
    (track,) = made(path, build, "ProTools").audio
    assert [clip.duration for clip in track.clips] == [frames(10), frames(40)]
    assert "aaf.protools-kept" in {finding.code for finding in read(path).findings}
    path.unlink()
    (other,) = made(path, protools(("Fade ", 0, 10), ("take", 40, 40))).audio
    assert len(other.clips) == 2  # another maker's clip of that name is a clip


def test_media_that_is_not_in_the_file_keeps_its_id_and_place(path: Path) -> None:
    def build(desk: Desk) -> None:
        clip = desk.clip(desk.media("T1"), 10, 25)
        clip.mob_id = type(clip.mob_id)("urn:smpte:umid:" + ".".join(["060a2b34"] * 8))
        desk.composition(desk.sequence(clip))

    (clip,) = clips(made(path, build))
    assert (clip.duration, clip.source_in) == (frames(25), frames(10))
    assert clip.source.umid.startswith("urn:smpte:umid:060a2b34")
    assert "aaf.mob-missing" in {finding.code for finding in read(path).findings}


def test_compositions_that_hold_one_another_end(path: Path) -> None:
    def build(desk: Desk) -> None:
        inner = desk.add(desk.make.CompositionMob("Loop"))
        desk.slot(inner, desk.sequence(desk.filler(50)))
        outer = desk.composition(desk.sequence(desk.clip(inner, 0, 50)))
        inner.slots.value[0].segment = desk.sequence(desk.clip(outer, 0, 50, 2))

    assert clips(made(path, build)) == []
    assert "aaf.loop" in {finding.code for finding in read(path).findings}


def test_a_file_of_media_alone_is_refused(path: Path) -> None:
    with pytest.raises(TimelineError, match="no sequence"):
        made(path, lambda desk: desk.media("T1"))


def test_tracks_keep_number_name_mute_and_solo(path: Path) -> None:
    def build(desk: Desk) -> None:
        composition = desk.add(desk.make.CompositionMob("Reel"))
        composition.usage = "Usage_TopLevel"
        for number, name, mute, solo in ((3, "DX", 1, 0), (7, "FX", 0, 1)):
            slot = desk.slot(composition, desk.sequence(desk.filler(50)), number=number)
            slot.name = name
            slot["TimelineMobAttributeList"].value = [
                desk.make.TaggedValue("AudioMixerCompMute", mute, "aafInt32"),
                desk.make.TaggedValue("AudioMixerCompSolo", solo, "aafInt32"),
            ]

    timeline = made(path, build)
    assert timeline.tracks == (
        Track(Kind.AUDIO, 3, "DX", enabled=False),
        Track(Kind.AUDIO, 7, "FX", soloed=True),
    )
    assert timeline.length == 2


@pytest.mark.parametrize(
    ("locator", "path"),
    [
        ("file:///C%3A/Users/x/a%20b.wav", "C:/Users/x/a b.wav"),
        ("file://localhost/C:/res/a.wav", "C:/res/a.wav"),
        ("file:///Volumes/Media/a.wav", "/Volumes/Media/a.wav"),
        ("file://localhost/Volumes/M%C3%A9dia/a.wav", "/Volumes/Média/a.wav"),
        ("file://server/share/a.wav", "//server/share/a.wav"),
        ("file:////server/share/a.wav", "//server/share/a.wav"),
        ("../res/a.wav", "../res/a.wav"),
        ("Macintosh HD:Audio:a.wav", "/Volumes/Macintosh HD/Audio/a.wav"),
        ("https://host/a.wav", "https://host/a.wav"),
        ("file:///odd%zz.wav", "/odd%zz.wav"),
    ],
)
def test_locators_of_every_system(locator: str, path: str) -> None:
    assert path_of(locator) == path
    assert path_of(url_of(path)) == path


def harmed(whole: bytes) -> Iterator[bytes]:
    yield b""
    yield b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    yield b"RIFF" + whole[4:]
    for share in (3, 10, 50, 97):
        yield whole[: len(whole) * share // 100]
    for at in (24, 30, 44, 48, 60, 68, 72, 76):  # the header's own counts
        yield whole[:at] + b"\xfe\xff\xff\x7f" + whole[at + 4 :]
    middle = len(whole) // 2
    yield whole[:middle] + bytes(4096) + whole[middle + 4096 :]


def test_damaged_files_are_refused_or_read_with_findings(path: Path) -> None:
    made(path, protools(("take", 500, 40)))
    whole = path.read_bytes()
    for bad in harmed(whole):
        path.write_bytes(bad)
        with suppress(TimelineError):
            assert len(read(path).timelines) == 1


def test_an_index_that_counts_more_than_it_holds_is_refused(path: Path) -> None:
    """pyaaf2 would ask for a hundred gigabytes."""
    made(path, protools(("take", 500, 40)))
    whole = bytearray(path.read_bytes())
    # an index of a set: count, next and last free key, property, size of a key (32: mob ids)
    at = next(
        at
        for at in range(0, len(whole) - 16, 64)
        if whole[at + 8 : at + 12] == b"\xff\xff\xff\xff" and whole[at + 14] == 32
    )
    struct.pack_into("<I", whole, at, 0xF0000000)
    path.write_bytes(whole)
    with pytest.raises(TimelineError, match="damaged"):
        read(path)


@pytest.mark.parametrize("name", ["missing.aaf", "."])
def test_what_is_no_file_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(TimelineError):
        read(tmp_path / name)
