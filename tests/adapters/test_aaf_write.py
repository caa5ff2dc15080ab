"""What is written to AAF comes back as it was, here and in another reader."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import opentimelineio as otio
import pytest
import soundfile
from aaf2.file import AAFFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.aaf import extract, read, write
from conform.errors import ConformError, RenderError
from conform.findings import Finding
from conform.timecode import Rate
from conform.timeline import (
    Clip,
    Curve,
    Fade,
    Keyframe,
    Kind,
    Marker,
    Source,
    Timeline,
    TimePoint,
    Track,
    Transition,
)
from tests.strategies import timelines

RATE = 48000
FPS = Fraction(25)
CURVES = (Curve.LINEAR, Curve.EQUAL_POWER, Curve.LOGARITHMIC, Curve.UNKNOWN)


def samples(count: int) -> Fraction:
    return Fraction(count, RATE)


def frames(count: int) -> Fraction:
    return count / FPS


def recording(name: str = "T001", **changes: object) -> Source:
    source = Source(
        name=name,
        url=f"/rolls/day 1/{name}.wav",
        reel="SR012",
        scene="12A",
        take="3",
        tape="12Y03M21",
        start=Fraction(36000) + samples(100),
        duration=Fraction(600),
        rate=Rate(FPS),
        channels=4,
        sample_rate=RATE,
        metadata=(("Camera", "B"),),
    )
    return replace(source, **changes)  # type: ignore[arg-type]  # names and values of the test


def camera(name: str = "A001C002") -> Source:
    return Source(
        name=name,
        url=f"C:/rushes/{name}.mov",
        reel="A001",
        start=Fraction(7200),
        duration=Fraction(4000),
        rate=Rate(FPS),
    )


def cut(
    source: Source, record_in: Fraction, length: Fraction, into: Fraction, **changes: object
) -> Clip:
    start = (source.start or Fraction(0)) + into
    clip = Clip(
        source.name, record_in, record_in + length, start, start + length, source, channels=(1,)
    )
    return replace(clip, **changes)  # type: ignore[arg-type]  # names and values of the test


def timeline(*tracks: Track, **changes: object) -> Timeline:
    whole = Timeline("Reel 1", Rate(FPS), Fraction(3600), tracks)
    return replace(whole, **changes)  # type: ignore[arg-type]  # names and values of the test


def without_ids(cut: Timeline) -> Timeline:
    """The timeline without the ids that the writer gives to media that had none."""
    return replace(
        cut,
        tracks=tuple(
            replace(
                track,
                clips=tuple(
                    replace(clip, source=replace(clip.source, umid="")) for clip in track.clips
                ),
            )
            for track in cut.tracks
        ),
    )


def returned(written: Timeline, **options: bool) -> tuple[Timeline, tuple[Finding, ...]]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "cut.aaf"
        findings = write(written, path, **options)
        (found,) = read(path).timelines
    return without_ids(found), tuple(f for f in findings if f.code != "aaf.format")


def sound_track(*clips: Clip, index: int = 1, **changes: object) -> Track:
    track = Track(Kind.AUDIO, index, f"A{index}", clips)
    return replace(track, **changes)  # type: ignore[arg-type]  # names and values of the test


def picture_track(*clips: Clip, **changes: object) -> Track:
    plain = tuple(replace(clip, channels=()) for clip in clips)
    track = Track(Kind.VIDEO, 1, "V1", plain)
    return replace(track, **changes)  # type: ignore[arg-type]  # names and values of the test


levels = st.integers(-60_000, 12_000).map(lambda thousandths: thousandths / 1000)
fades = st.none() | st.builds(Fade, st.integers(1, 4000).map(samples), st.sampled_from(CURVES))


@st.composite
def sound_clips(draw: st.DrawFn, record_in: int) -> tuple[Clip, int]:
    """A clip that AAF can hold to the last bit, and the sample that it ends at."""
    length = draw(st.integers(8000, 200_000))
    source = recording(draw(st.sampled_from(["T001", "T002", "Ünï 03"])))
    points = draw(st.lists(st.tuples(st.integers(0, length), levels), max_size=4, unique_by=_first))
    curve = tuple(Keyframe(samples(at), level) for at, level in sorted(points))
    flat = len({point.value for point in curve}) < 2
    clip = cut(
        source,
        samples(record_in),
        samples(length),
        samples(draw(st.integers(48_000, 20_000_000))),
        name=draw(st.sampled_from(["T001", "boom", "lav é"])),
        channels=draw(st.sampled_from([(1,), (2,), (1, 2), (4, 3)])),
        gain_db=draw(levels),
        gain_curve=() if flat else curve,
        fade_in=draw(fades),
        fade_out=draw(fades),
        enabled=draw(st.booleans()),
    )
    return clip, record_in + length


def _first(pair: tuple[int, float]) -> int:
    return pair[0]


@st.composite
def sound_tracks(draw: st.DrawFn, index: int) -> Track:
    position = 0
    clips: list[Clip] = []
    crossfades: list[Transition] = []
    for _ in range(draw(st.integers(0, 4))):
        gap = draw(st.sampled_from([0, 0, 1, 4801]))
        clip, end = draw(sound_clips(position + gap))
        if clips and not gap and draw(st.booleans()):
            head, tail = draw(st.integers(0, 1000)), draw(st.integers(1, 1000))
            clips[-1] = replace(clips[-1], fade_out=None)
            clip = replace(clip, fade_in=None)
            at = clip.record_in
            crossfades.append(
                Transition(
                    at - samples(head),
                    at,
                    at + samples(tail),
                    "crossfade",
                    draw(st.sampled_from(CURVES)),
                )
            )
        clips.append(clip)
        position = end
    return sound_track(
        *clips,
        index=index,
        transitions=tuple(crossfades),
        enabled=draw(st.booleans()),
        soloed=draw(st.booleans()),
    )


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_sound_comes_back_as_it_was(data: st.DataObject) -> None:
    made = timeline(data.draw(sound_tracks(1)), data.draw(sound_tracks(2)))
    found, findings = returned(made)
    assert replace(found, length=None) == made
    assert findings == ()


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(timelines())
def test_any_timeline_is_written_and_read_or_refused(made: Timeline) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "cut.aaf"
        try:
            write(made, path)
        except ConformError:
            assert not path.exists()
        else:
            assert len(read(path).timelines) == 1


def test_picture_with_every_speed_comes_back_as_it_was() -> None:
    source = camera()
    at = source.start or Fraction(0)
    freeze = cut(source, frames(150), frames(25), frames(500), speed=Fraction(0))
    freeze = replace(freeze, source_out=freeze.source_in + frames(1))
    ramp = replace(
        cut(source, frames(175), frames(50), frames(600)),
        speed=Fraction(3, 4),
        source_out=at + frames(600) + Fraction(3, 2),
        time_map=(
            TimePoint(Fraction(0), at + frames(600)),
            TimePoint(Fraction(1), at + frames(600) + Fraction(1, 2)),
            TimePoint(Fraction(2), at + frames(600) + Fraction(3, 2)),
        ),
    )

    def played(record: int, into: int, speed: Fraction) -> Clip:
        clip = cut(source, frames(record), frames(50), frames(into), speed=speed)
        return replace(clip, source_out=clip.source_in + frames(50) * abs(speed))

    made = timeline(
        picture_track(
            played(0, 0, Fraction(2)),
            played(50, 200, Fraction(-1, 2)),
            played(100, 300, Fraction(2400, 1001)),
            freeze,
            ramp,
            cut(camera("A001C003"), frames(225), frames(25), frames(10)),
            transitions=(Transition(frames(222), frames(225), frames(229), "Dissolve"),),
        )
    )
    # a keyframed retime has no handles
    expected = replace(made.tracks[0], transitions=())
    found, findings = returned(replace(made, tracks=(expected,)))
    assert found.tracks == (expected,)
    assert findings == ()


def test_dissolves_keep_their_cut_and_name() -> None:
    source = camera()
    track = picture_track(
        cut(source, frames(0), frames(50), frames(100)),
        cut(source, frames(50), frames(50), frames(300)),
        transitions=(Transition(frames(47), frames(50), frames(55), "Film Dissolve"),),
    )
    assert returned(timeline(track))[0].tracks == (track,)


def test_markers_length_and_comments_come_back() -> None:
    made = timeline(
        sound_track(cut(recording(), Fraction(0), Fraction(2), Fraction(5))),
        markers=(
            Marker(frames(10), "LT", "loop group", "Red"),
            Marker(frames(30), "", "music in", "", frames(50)),
        ),
        metadata=(("Director", "A. B."),),
        length=Fraction(10),
    )
    assert returned(made)[0] == made


def test_the_same_cut_gives_the_same_bytes(tmp_path: Path) -> None:
    made = timeline(sound_track(cut(recording(), Fraction(1), Fraction(2), Fraction(5))))
    write(made, tmp_path / "one.aaf")
    write(made, tmp_path / "two.aaf")
    assert (tmp_path / "one.aaf").read_bytes() == (tmp_path / "two.aaf").read_bytes()


@pytest.mark.parametrize("name", ["23.976", "29.97 DF", "30 DF", "119.88 DF"])
def test_start_timecode_at_every_rate(name: str) -> None:
    rate = Rate.named(name.replace(" DF", "df"))
    start = rate.seconds(rate.frames("01:00:00;00" if rate.drop else "01:00:00:00"))
    track = sound_track(cut(recording(rate=rate), Fraction(0), Fraction(2), Fraction(5)))
    found, _ = returned(timeline(track, rate=rate, start=start))
    assert (found.rate, found.start) == (rate, start)
    assert found.tracks == (track,)


def test_edges_between_samples_move_by_less_than_one_and_are_reported() -> None:
    rate = Rate(Fraction(30000, 1001))
    clips = [
        cut(recording(), rate.seconds(7 * n), rate.seconds(7), rate.seconds(n)) for n in range(5)
    ]
    found, findings = returned(timeline(sound_track(*clips), rate=rate, start=Fraction(0)))
    assert [finding.code for finding in findings] == ["aaf.between-samples"]
    for before, after in zip(clips, found.tracks[0].clips, strict=True):
        for name in ("record_in", "record_out", "source_in"):
            assert abs(getattr(before, name) - getattr(after, name)) <= samples(1) / 2


def test_one_composition_reaches_every_mob(tmp_path: Path) -> None:
    path = tmp_path / "cut.aaf"
    tracks = (
        picture_track(cut(camera(), frames(0), frames(50), frames(0))),
        sound_track(cut(recording(), Fraction(0), Fraction(2), Fraction(5), channels=(1, 2))),
    )
    write(timeline(*tracks), path)
    with AAFFile(str(path), "r") as file:
        tops = list(file.content.toplevel())
        assert len(tops) == len(list(file.content.compositionmobs())) == 1
        reached = {mob.mob_id for mob in tops[0].dependant_mobs()} | {tops[0].mob_id}
        assert reached == {mob.mob_id for mob in file.content.mobs}
        for slot in tops[0].slots:
            if slot.media_kind == "Sound":
                assert slot.edit_rate == RATE


def test_the_format_of_a_file_that_is_there_is_its_real_one(tmp_path: Path) -> None:
    wav = tmp_path / "T001.wav"
    soundfile.write(wav, np.zeros((96_000, 3)), 96_000, subtype="PCM_16")
    source = recording(url=str(wav), channels=None, sample_rate=None, duration=None)
    path = tmp_path / "cut.aaf"
    assert write(timeline(sound_track(cut(source, *map(Fraction, (0, 1, 0))))), path) == ()
    with AAFFile(str(path), "r") as file:
        (head,) = [
            bytes(mob.descriptor["Summary"].value)
            for mob in file.content.sourcemobs()
            if type(mob.descriptor).__name__ == "WAVEDescriptor"
        ]
    (tmp_path / "head.wav").write_bytes(head + bytes(96_000 * 6))
    told = soundfile.info(tmp_path / "head.wav")
    assert (told.channels, told.samplerate, told.subtype, told.frames) == (
        3,
        96_000,
        "PCM_16",
        96_000,
    )
    (clip,) = read(path).timelines[0].tracks[0].clips
    assert (clip.source.channels, clip.source.sample_rate) == (3, 96_000)
    assert clip.source.duration == 1


def test_embedded_sound_comes_out_as_it_went_in(tmp_path: Path) -> None:
    wav = tmp_path / "T001.wav"
    soundfile.write(wav, np.random.default_rng(3).uniform(-1, 1, (4801, 2)), RATE, "PCM_24")
    source = recording(url=str(wav), channels=2, duration=samples(4801))
    made = timeline(sound_track(cut(source, Fraction(0), samples(4801), Fraction(0))))
    path = tmp_path / "cut.aaf"
    assert write(made, path, embed=True) == ()
    (out,) = extract(path, tmp_path / "out")
    assert out.read_bytes() == wav.read_bytes()
    (clip,) = read(path).timelines[0].tracks[0].clips
    assert ("embedded", "yes") in clip.source.metadata


def test_a_sound_that_is_not_there_is_linked_and_reported(tmp_path: Path) -> None:
    made = timeline(sound_track(cut(recording(), Fraction(0), Fraction(1), Fraction(0))))
    codes = [finding.code for finding in write(made, tmp_path / "cut.aaf", embed=True)]
    assert codes == ["aaf.format", "aaf.not-embedded"]
    assert extract(tmp_path / "cut.aaf", tmp_path / "out") == ()


def test_what_cannot_be_held_is_said() -> None:
    clip = cut(
        recording(),
        Fraction(0),
        Fraction(2),
        Fraction(5),
        event="003",
        markers=(Marker(Fraction(1), "", "here"),),
        fade_in=Fade(Fraction(1, 4), Curve.EXPONENTIAL),
        metadata=(("note", "x"),),
    )
    title = cut(Source("Title", generated=True), Fraction(4), Fraction(1), Fraction(0))
    over = cut(recording("T002"), Fraction(1), Fraction(2), Fraction(5))
    lonely = Transition(Fraction(7), Fraction(8), Fraction(9))
    wide = cut(recording("T003"), Fraction(5), Fraction(1), Fraction(0), channels=(9,))
    track = sound_track(
        clip, over, title, wide, transitions=(lonely,), metadata=(("pan", "0.250"),)
    )
    _, findings = returned(timeline(track))
    assert {finding.code for finding in findings} == {
        "aaf.event-numbers",
        "aaf.clip-markers",
        "aaf.clip-data",
        "aaf.curve",
        "aaf.generated",
        "aaf.overlap",
        "aaf.crossfade",
        "aaf.channels",
        "aaf.track-data",
    }


def test_a_crossfade_without_handles_becomes_a_cut() -> None:
    source = recording()
    first = cut(source, Fraction(0), Fraction(2), Fraction(5))
    second = cut(source, Fraction(2), Fraction(2), Fraction(0))  # nothing before it
    fade = Transition(Fraction(3, 2), Fraction(2), Fraction(5, 2), "crossfade")
    found, findings = returned(timeline(sound_track(first, second, transitions=(fade,))))
    assert found.tracks[0].transitions == ()
    assert found.tracks[0].clips == (first, second)
    assert [finding.code for finding in findings] == ["aaf.crossfade"]


def test_an_existing_file_stays_without_force(tmp_path: Path) -> None:
    path = tmp_path / "cut.aaf"
    path.write_bytes(b"precious")
    with pytest.raises(RenderError):
        write(timeline(), path)
    assert path.read_bytes() == b"precious"
    write(timeline(), path, force=True)
    assert read(path).timelines[0].name == "Reel 1"
    assert list(tmp_path.iterdir()) == [path]


def test_another_reader_finds_the_same_positions(tmp_path: Path) -> None:
    track = sound_track(
        cut(recording(start=Fraction(36000)), samples(12_345), samples(50_001), samples(777)),
        cut(recording("T002", start=Fraction(0)), samples(100_000), samples(48_000), Fraction(1)),
    )
    path = tmp_path / "cut.aaf"
    write(timeline(picture_track(cut(camera(), *map(frames, (0, 75, 20)))), track), path)
    other = otio.adapters.read_from_file(str(path), adapter_name="AAF")
    assert other.global_start_time == otio.opentime.RationalTime(90_000, 25)
    (picture,) = other.video_tracks()
    (sound,) = other.audio_tracks()
    (shot,) = picture.find_clips()
    assert shot.trimmed_range().start_time.value == 7200 * 25 + 20
    for clip, mine in zip(sound.find_clips(), track.clips, strict=True):
        place = clip.trimmed_range_in_parent()
        assert place.start_time.value == mine.record_in * RATE
        assert place.duration.value == mine.duration * RATE
        assert clip.trimmed_range().start_time.value == mine.source_in * RATE
