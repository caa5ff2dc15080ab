"""Stems are what the regions say, to the bit, and appear whole or not at all."""

import shutil
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import soundfile
import wavinfo
from hypothesis import given, settings
from hypothesis import strategies as st

from conform.errors import MediaError, RenderError
from conform.laying.bwf import Format, Label, Writer
from conform.laying.fades import fade_gain
from conform.laying.render import StemSpec, clipped, render
from conform.region import Plan, Region, WarpPoint
from conform.timecode import RATES
from conform.timeline import Curve
from conform.watch import Cancelled, Step

SR = 48000


def take(path: Path, samples: int, channels: int = 2, bits: int = 24, seed: int = 0) -> np.ndarray:
    """A file of quiet noise; returns its integers, left-aligned in 32 bits."""
    chance = np.random.default_rng(seed)
    top = 2 ** (bits - 3)
    sound = (chance.integers(-top, top, (samples, channels)) << (32 - bits)).astype(np.int32)
    with Writer(path, Format(SR, channels, bits)) as writer:
        writer.write(sound)
    return sound


def region(path: Path, source: int, first: int, end: int, **more: object) -> Region:
    plain = Region("Boom", path, 0, source, first, end)
    return replace(plain, **more)


def planned(*regions: Region) -> Plan:
    return Plan(regions, tuple(dict.fromkeys(r.stem for r in regions)))


def heard(path: Path) -> np.ndarray:
    return soundfile.read(path, dtype="int32", always_2d=True)[0]


def test_a_copy_is_a_copy_to_the_bit(tmp_path: Path) -> None:
    sound = take(tmp_path / "t.wav", 200_000)
    layout = planned(
        region(tmp_path / "t.wav", 500, 1000, 150_000),
        region(tmp_path / "t.wav", 500, 1000, 150_000, stem="Lav", channel=1),
    )
    stems = render(layout, tmp_path / "out", StemSpec(SR, 180_001))
    assert [stem.path.name for stem in stems] == ["Boom.wav", "Lav.wav"]
    for channel, stem in enumerate(stems):
        out = heard(stem.path)
        assert len(out) == stem.samples == 180_001
        assert np.array_equal(out[1000:150_000, 0], sound[500:149_500, channel])
        assert not out[:1000].any()
        assert not out[150_000:].any()
        tally = stem.tallies[0]
        assert (tally.copied, tally.mixed, tally.silent) == (149_000, 0, 31_001)


@settings(max_examples=15, deadline=None)
@given(
    first=st.integers(0, 70_000),
    length=st.integers(1, 70_000),
    fade_in=st.integers(0, 300),
    fade_out=st.integers(0, 300),
    curve=st.sampled_from(list(Curve)),
)
def test_outside_its_fades_a_region_is_untouched(
    tmp_path_factory: pytest.TempPathFactory,
    first: int,
    length: int,
    fade_in: int,
    fade_out: int,
    curve: Curve,
) -> None:
    folder = tmp_path_factory.mktemp("fades")
    sound = take(folder / "t.wav", 70_000)[:, 0]
    fade_in, fade_out = min(fade_in, length // 2), min(fade_out, length // 2)
    item = region(
        folder / "t.wav", 0, first, first + length, fade_in=fade_in, fade_out=fade_out, curve=curve
    )
    (stem,) = render(planned(item), folder / "out", StemSpec(SR, 150_000))
    out = heard(stem.path)[first : first + length, 0]
    whole = slice(fade_in, length - fade_out)
    assert np.array_equal(out[whole], sound[:length][whole])
    one_step_and_dither = 2.0 * 2**8
    rise = fade_gain(0, fade_in, fade_in, curve) * sound[:fade_in]
    assert np.abs(out[:fade_in] - rise).max(initial=0) <= one_step_and_dither
    assert np.abs(out[:fade_in]).max(initial=0) <= np.abs(sound[:fade_in]).max(initial=0) + 512


def test_a_crossfade_of_one_sound_with_itself_is_that_sound(tmp_path: Path) -> None:
    """Straight fades of equal gain add up to one."""
    sound = take(tmp_path / "t.wav", 60_000)[:, 0]
    a = region(tmp_path / "t.wav", 0, 0, 30_120, fade_out=240, curve=Curve.LINEAR)
    b = region(tmp_path / "t.wav", 29_880, 29_880, 60_000, fade_in=240, curve=Curve.LINEAR)
    (stem,) = render(planned(a, b), tmp_path / "out", StemSpec(SR, 60_000))
    out = heard(stem.path)[:, 0]
    assert np.abs(out.astype(np.int64) - sound).max() <= 2 * 2**8
    assert stem.tallies[0].mixed == 240


@pytest.mark.parametrize("curve", [Curve.EQUAL_POWER])
def test_equal_power_keeps_the_power_of_unlike_sounds(curve: Curve) -> None:
    rise = fade_gain(0, 1000, 1000, curve)
    assert np.allclose(rise**2 + rise[::-1] ** 2, 1.0)


def test_a_warp_puts_each_source_position_under_its_sample(tmp_path: Path) -> None:
    """A sine through a 200 ppm warp is the sine of the warped time."""
    tone = np.sin(2 * np.pi * 1000 * np.arange(200_000) / SR)
    steps = (np.rint(tone * 0.5 * 2**23).astype(np.int64) << 8).astype(np.int32)
    with Writer(tmp_path / "t.wav", Format(SR, 1)) as writer:
        writer.write(steps[:, None])
    start, slope = Fraction(1001, 3), 1 + Fraction(200, 10**6)
    warp = (WarpPoint(0, start), WarpPoint(190_000, start + 190_000 * slope))
    item = region(tmp_path / "t.wav", 0, 0, 190_000, warp=warp)
    (stem,) = render(planned(item), tmp_path / "out", StemSpec(SR, 190_000))
    position = float(start) + np.arange(190_000) * float(slope)
    wanted = 0.5 * np.sin(2 * np.pi * 1000 * position / SR)
    error = heard(stem.path)[200:-200, 0] / 2**31 - wanted[200:-200]
    assert np.abs(error).max() < 2e-6
    assert stem.tallies[0].copied == 0


def test_sources_at_another_rate_are_resampled_to_the_stems(tmp_path: Path) -> None:
    tone = np.rint(0.5 * 2**23 * np.sin(2 * np.pi * 441 * np.arange(88_200) / 44_100))
    with Writer(tmp_path / "t.wav", Format(44_100, 1)) as writer:
        writer.write((tone.astype(np.int64) << 8).astype(np.int32)[:, None])
    warp = (WarpPoint(0, Fraction(0)), WarpPoint(SR, Fraction(44_100)))
    item = region(tmp_path / "t.wav", 0, 0, SR, warp=warp)
    (stem,) = render(planned(item), tmp_path / "out", StemSpec(SR, SR))
    wanted = 0.5 * np.sin(2 * np.pi * 441 * np.arange(SR) / SR)
    assert np.abs(heard(stem.path)[200:, 0] / 2**31 - wanted[200:]).max() < 2e-6


def test_gain_is_in_decibels(tmp_path: Path) -> None:
    sound = take(tmp_path / "t.wav", 5000)[:, 0]
    item = region(tmp_path / "t.wav", 0, 0, 5000, gain_db=-6.0206)
    (stem,) = render(planned(item), tmp_path / "out", StemSpec(SR, 5000))
    assert np.abs(heard(stem.path)[:, 0] - sound / 2).max() < 3 * 2**8


def test_sixteen_bits_go_into_twenty_four_untouched(tmp_path: Path) -> None:
    sound = take(tmp_path / "t.wav", 5000, bits=16)[:, 0]
    layout = planned(region(tmp_path / "t.wav", 0, 0, 5000))
    (stem,) = render(layout, tmp_path / "out", StemSpec(SR, 5000))
    assert stem.format.bits == 24
    assert np.array_equal(heard(stem.path)[:, 0], sound)


def test_floating_point_takes_make_floating_point_stems(tmp_path: Path) -> None:
    sound = np.random.default_rng(3).normal(0, 2, (5000, 1)).astype(np.float32)
    with Writer(tmp_path / "t.wav", Format(SR, 1, 32, floating=True)) as writer:
        writer.write(sound)
    layout = planned(region(tmp_path / "t.wav", 100, 0, 4000))
    (stem,) = render(layout, tmp_path / "out", StemSpec(SR, 5000))
    out, _ = soundfile.read(stem.path, dtype="float32", always_2d=True)
    assert np.array_equal(out[:4000], sound[100:4100])


def test_fewer_bits_are_dithered_not_cut(tmp_path: Path) -> None:
    sound = take(tmp_path / "t.wav", 50_000)[:, 0]
    layout = planned(region(tmp_path / "t.wav", 0, 0, 50_000))
    (stem,) = render(layout, tmp_path / "out", StemSpec(SR, 50_000, bits=16))
    error = (heard(stem.path)[:, 0].astype(np.float64) - sound) / 2**16
    assert stem.tallies[0].copied == 0
    assert abs(error.mean()) < 0.01
    assert 0.45 < error.std() < 0.55  # uniform rounding and triangular dither: sqrt(3/12) of a step


def test_the_same_job_writes_the_same_bytes(tmp_path: Path) -> None:
    take(tmp_path / "t.wav", 90_000)
    layout = planned(region(tmp_path / "t.wav", 0, 10, 80_000, fade_in=200, gain_db=-1.0))
    sums = {render(layout, tmp_path / name, StemSpec(SR, 90_000))[0].sha256 for name in ("a", "b")}
    assert len(sums) == 1


def test_the_stem_says_where_it_lies(tmp_path: Path) -> None:
    take(tmp_path / "t.wav", 5000)
    label = Label(172_972_800, RATES["23.976"], project="Reel 1")
    layout = planned(region(tmp_path / "t.wav", 0, 0, 5000))
    (stem,) = render(layout, tmp_path / "out", StemSpec(SR, 5000, label))
    read = wavinfo.WavInfoReader(str(stem.path))
    assert read.bext.time_reference == stem.time_reference == 172_972_800
    assert [track.name for track in read.ixml.track_list] == ["Boom"]


def test_one_poly_file_holds_all_stems(tmp_path: Path) -> None:
    sound = take(tmp_path / "t.wav", 70_000, channels=3)
    layout = planned(
        *(
            region(tmp_path / "t.wav", 0, 0, 70_000, stem=name, channel=n)
            for n, name in enumerate(("Mix", "Boom", "Lav"))
        )
    )
    spec = StemSpec(SR, 70_000, Label(project="Reel 1/A"), poly=True)
    (stem,) = render(layout, tmp_path / "out", spec)
    assert stem.path.name == "Reel 1_A.wav"
    assert np.array_equal(heard(stem.path), sound)


def test_nothing_that_exists_is_replaced_unasked(tmp_path: Path) -> None:
    take(tmp_path / "t.wav", 5000)
    layout = planned(region(tmp_path / "t.wav", 0, 0, 5000))
    there = tmp_path / "out" / "Boom.wav"
    there.parent.mkdir()
    there.write_text("the mix of last night")
    with pytest.raises(RenderError, match="--force"):
        render(layout, tmp_path / "out", StemSpec(SR, 5000))
    assert there.read_text() == "the mix of last night"
    render(layout, tmp_path / "out", StemSpec(SR, 5000), force=True)
    assert len(heard(there)) == 5000


@pytest.mark.parametrize("link", ["symlink_to", "hardlink_to"])
def test_a_source_is_never_written_whatever_its_name(tmp_path: Path, link: str) -> None:
    source = tmp_path / "t.wav"
    take(source, 5000)
    before = source.read_bytes()
    there = tmp_path / "out" / "Boom.wav"
    there.parent.mkdir()
    getattr(there, link)(source)
    with pytest.raises(RenderError, match="source"):
        render(planned(region(source, 0, 0, 5000)), there.parent, StemSpec(SR, 5000), force=True)
    assert source.read_bytes() == before


def test_a_cancel_leaves_nothing(tmp_path: Path) -> None:
    take(tmp_path / "t.wav", 200_000)
    layout = planned(
        region(tmp_path / "t.wav", 0, 0, 200_000),
        region(tmp_path / "t.wav", 0, 0, 200_000, stem="Lav", channel=1),
    )

    def watch(step: Step) -> None:
        if step.done > step.total // 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        render(layout, tmp_path / "out", StemSpec(SR, 200_000), watch=watch)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_fault_on_the_way_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk changes one bit behind our back: reading back finds it, and no stem appears."""
    take(tmp_path / "t.wav", 100_000)
    close = Writer.close

    def spoil(writer: Writer) -> None:
        close(writer)
        with writer.path.open("r+b") as file:
            file.seek(-1000, 2)
            byte = file.read(1)[0]
            file.seek(-1000, 2)
            file.write(bytes([byte ^ 1]))

    monkeypatch.setattr(Writer, "close", spoil)
    with pytest.raises(RenderError, match="read back"):
        render(
            planned(region(tmp_path / "t.wav", 0, 0, 100_000)),
            tmp_path / "out",
            StemSpec(SR, 100_000),
        )
    assert list((tmp_path / "out").iterdir()) == []


def test_names_that_no_file_system_takes_are_made_safe(tmp_path: Path) -> None:
    take(tmp_path / "t.wav", 5000)
    layout = planned(region(tmp_path / "t.wav", 0, 0, 5000, stem="../../Boom: 1?"))
    (stem,) = render(layout, tmp_path / "out", StemSpec(SR, 5000))
    assert stem.path.parent == tmp_path / "out"
    assert stem.path.name == "_.._Boom_ 1_.wav"


def test_two_stems_of_one_name_are_refused(tmp_path: Path) -> None:
    take(tmp_path / "t.wav", 5000)
    layout = planned(
        region(tmp_path / "t.wav", 0, 0, 5000, stem="Boom"),
        region(tmp_path / "t.wav", 0, 0, 5000, stem="BOOM", channel=1),
    )
    with pytest.raises(RenderError, match="one name"):
        render(layout, tmp_path / "out", StemSpec(SR, 5000))


def test_no_takes_no_stems(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="no event has a take"):
        render(Plan((), ()), tmp_path / "out", StemSpec(SR, 5000))


def test_a_take_that_ends_before_its_header_says_stops_the_job(tmp_path: Path) -> None:
    take(tmp_path / "t.wav", 5000)
    layout = planned(region(tmp_path / "t.wav", 0, 0, 6000))
    with pytest.raises(MediaError, match="1000 samples"):
        render(layout, tmp_path / "out", StemSpec(SR, 6000))
    assert list((tmp_path / "out").iterdir()) == []


def test_a_resampled_take_that_ends_early_stops_the_job_too(tmp_path: Path) -> None:
    """The header promises more than there is; silence would be a silent guess."""
    take(tmp_path / "t.wav", 90_000)
    whole = (tmp_path / "t.wav").read_bytes()
    (tmp_path / "t.wav").write_bytes(whole[: len(whole) // 2])
    warp = (WarpPoint(0, Fraction(0)), WarpPoint(90_000, Fraction(89_999)))
    layout = planned(region(tmp_path / "t.wav", 0, 0, 90_000, warp=warp))
    with pytest.raises(MediaError):
        render(layout, tmp_path / "out", StemSpec(SR, 90_000))


def test_sound_over_full_scale_is_told(tmp_path: Path) -> None:
    loud = np.full((5000, 1), 1.5, np.float32)
    with Writer(tmp_path / "t.wav", Format(SR, 1, 32, floating=True)) as writer:
        writer.write(loud)
    layout = planned(region(tmp_path / "t.wav", 0, 0, 4000))
    (stem,) = render(layout, tmp_path / "out", StemSpec(SR, 5000, bits=24))
    assert stem.tallies[0].clipped == 4000
    assert [finding.code for finding in clipped([stem])] == ["render.clipped"]


def test_recordings_that_no_event_uses_are_sources_too(tmp_path: Path) -> None:
    take(tmp_path / "t.wav", 5000)
    (tmp_path / "out").mkdir()
    take(tmp_path / "out" / "Boom.wav", 5000)
    before = (tmp_path / "out" / "Boom.wav").read_bytes()
    with pytest.raises(RenderError, match="source"):
        render(
            planned(region(tmp_path / "t.wav", 0, 0, 5000)),
            tmp_path / "out",
            StemSpec(SR, 5000),
            sources=[tmp_path / "out" / "Boom.wav"],
            force=True,
        )
    assert (tmp_path / "out" / "Boom.wav").read_bytes() == before


@pytest.mark.parametrize(
    ("free", "told"), [(700, "700 bytes"), (35_000, "35 kB"), (812_345_678, "812 MB")]
)
def test_a_full_disk_is_told_in_its_own_size(
    free: int, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(tmp_path / "t.wav", 100)
    usage = type(shutil.disk_usage(tmp_path))(10**12, 10**12 - free, free)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(RenderError, match=f"the disk has {told} free"):
        layout = planned(region(tmp_path / "t.wav", 0, 0, 100))
        render(layout, tmp_path / "out", StemSpec(SR, length=free))
    assert not (tmp_path / "out").exists()


def test_lossy_takes_are_decoded_into_the_stem(tmp_path: Path) -> None:
    tone = 0.5 * np.sin(2 * np.pi * 440 * np.arange(SR * 2) / SR)
    soundfile.write(tmp_path / "t.mp3", tone, SR)
    layout = planned(region(tmp_path / "t.mp3", 1000, 0, SR))
    (stem,) = render(layout, tmp_path / "out", StemSpec(SR, SR))
    wanted = tone[1000 : 1000 + SR]
    assert np.abs(heard(stem.path)[2000:, 0] / 2**31 - wanted[2000:]).max() < 0.02
    assert stem.tallies[0].copied == 0
