"""What we write as BWF, other people's readers read."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
import wavinfo
from hypothesis import given, settings
from hypothesis import strategies as st

from conform.errors import RenderError
from conform.laying.bwf import Format, Label, Writer
from conform.timecode import RATES


def noise(samples: int, channels: int, bits: int = 24) -> np.ndarray:
    chance = np.random.default_rng(samples)
    steps = chance.integers(-(2 ** (bits - 1)), 2 ** (bits - 1), (samples, channels))
    return (steps << (32 - bits)).astype(np.int32)


@settings(max_examples=30, deadline=None)
@given(
    samples=st.integers(1, 3000),
    channels=st.integers(1, 8),
    bits=st.sampled_from([16, 24, 32]),
    name=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=20),
)
def test_integers_come_back_bit_for_bit(
    tmp_path_factory: pytest.TempPathFactory, samples: int, channels: int, bits: int, name: str
) -> None:
    path = tmp_path_factory.mktemp("bwf") / "take.wav"
    sound = noise(samples, channels, bits)
    with Writer(path, Format(48000, channels, bits), Label(tracks=(name,) * channels)) as writer:
        writer.write(sound[: samples // 2])
        writer.write(sound[samples // 2 :])
    back, rate = soundfile.read(path, dtype="int32", always_2d=True)
    assert rate == 48000
    assert np.array_equal(back, sound)
    names = [track.name or "" for track in wavinfo.WavInfoReader(str(path)).ixml.track_list]
    assert [n.strip() for n in names] == [name.strip()] * channels


def test_floats_come_back_bit_for_bit(tmp_path: Path) -> None:
    path = tmp_path / "take.wav"
    sound = np.random.default_rng(1).normal(size=(999, 2)).astype(np.float32)
    with Writer(path, Format(96000, 2, 32, floating=True)) as writer:
        writer.write(sound)
    back, _ = soundfile.read(path, dtype="float32", always_2d=True)
    assert np.array_equal(back, sound)


def test_the_label_is_in_bext_and_ixml(tmp_path: Path) -> None:
    path = tmp_path / "take.wav"
    label = Label(
        time_reference=172_972_800,
        rate=RATES["23.976"],
        tracks=("Boom", "Lav <Zoë> & Co"),
        description="sSCENE=12A",
        originator_reference="PL0001",
        date="2026-03-04",
        time="10:20:30",
        coding_history="A=PCM,F=48000,W=24,M=stereo\r\n",
        project="Film",
        scene="12A",
        take="3",
        tape="R07",
        circled=True,
    )
    with Writer(path, Format(48000, 2), label) as writer:
        writer.write(noise(10, 2))
    read = wavinfo.WavInfoReader(str(path))
    assert read.bext.time_reference == 172_972_800
    assert read.bext.originator == "Picturelock"
    assert read.bext.originator_date == "2026-03-04"
    assert read.bext.description == "sSCENE=12A"
    assert (read.ixml.scene, read.ixml.take, read.ixml.tape) == ("12A", "3", "R07")
    assert [track.name for track in read.ixml.track_list] == ["Boom", "Lav <Zoë> & Co"]
    speed = read.ixml.parsed.find("SPEED")
    assert speed.findtext("TIMECODE_RATE") == "24000/1001"
    assert speed.findtext("TIMECODE_FLAG") == "NDF"


def test_past_four_gigabytes_it_becomes_rf64(tmp_path: Path) -> None:
    """A sparse file: the samples in the middle are a hole on the disk."""
    path = tmp_path / "long.wav"
    form = Format(48000, 6)
    samples = 240_000_000
    with Writer(path, form) as writer:
        writer.write(noise(4800, 6))
        writer._file.seek((samples - 9600) * form.frame_bytes, 1)
        writer.samples += samples - 9600
        writer.write(noise(4800, 6))
    with soundfile.SoundFile(path) as back:
        assert back.format == "RF64"
        assert back.frames == samples
        back.seek(samples - 4800)
        assert np.array_equal(back.read(dtype="int32"), noise(4800, 6))


def test_a_block_of_another_shape_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RenderError), Writer(tmp_path / "a.wav", Format(48000, 2)) as writer:
        writer.write(noise(10, 1))
