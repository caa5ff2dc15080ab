"""Opening, probing and reading: hostile files, damage, exact samples, stretches, memory."""

from __future__ import annotations

import os
import resource
import struct
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from conform import media
from conform.errors import MediaError
from conform.findings import Finding
from conform.timecode import RATES

RATE = 48_000


def chunk(name: bytes, body: bytes, size: int | None = None) -> bytes:
    stated = len(body) if size is None else size
    return name + struct.pack("<I", stated) + body + b"\0" * (len(body) % 2)


def form(
    *, tag: int = 1, channels: int = 2, rate: int = RATE, bits: int = 24, frame: int | None = None
) -> bytes:
    width = channels * bits // 8 if frame is None else frame
    second = rate * width & 0xFFFF_FFFF
    return chunk(b"fmt ", struct.pack("<HHIIHH", tag, channels, rate, second, width, bits))


def riff(*chunks: bytes, kind: bytes = b"RIFF", size: int | None = None) -> bytes:
    body = b"WAVE" + b"".join(chunks)
    return kind + struct.pack("<I", len(body) if size is None else size) + body


SOUND = bytes(range(6)) * RATE  # one second of two channels of 24 bits


def codes(findings: tuple[Finding, ...] | list[Finding]) -> list[str]:
    return [finding.code for finding in findings]


READABLE: dict[str, tuple[bytes, list[str], int]] = {
    "whole": (riff(form(), chunk(b"data", SOUND)), [], RATE),
    "data size 0": (riff(form(), chunk(b"data", SOUND, 0)), ["wav.unfinished"], RATE),
    "data size -1": (riff(form(), chunk(b"data", SOUND, 0xFFFF_FFFF)), ["wav.unfinished"], RATE),
    "riff size 0": (riff(form(), chunk(b"data", SOUND), size=0), [], RATE),
    "too large": (riff(form(), chunk(b"data", SOUND, 0x7FFF_FFFF)), ["wav.truncated"], RATE),
    "half": (riff(form(), chunk(b"data", SOUND))[: 44 + 72_000], ["wav.truncated"], RATE // 4),
    "mid-sample": (riff(form(), chunk(b"data", SOUND))[:-31], ["wav.truncated"], RATE - 6),
    "ds64 of 0": (
        riff(
            chunk(b"ds64", struct.pack("<QQQI", 0, 0, 0, 0)),
            form(),
            chunk(b"data", SOUND, 0xFFFF_FFFF),
            kind=b"RF64",
            size=0xFFFF_FFFF,
        ),
        ["wav.unfinished"],
        RATE,
    ),
    "ds64 of 2**60": (
        riff(
            chunk(b"ds64", struct.pack("<QQQI", 1 << 60, 1 << 60, 1 << 60, 0)),
            form(),
            chunk(b"data", SOUND, 0xFFFF_FFFF),
            kind=b"RF64",
            size=0xFFFF_FFFF,
        ),
        ["wav.truncated"],
        RATE,
    ),
    "two data": (
        riff(form(), chunk(b"data", SOUND), chunk(b"data", SOUND)),
        ["wav.two-sounds"],
        RATE,
    ),
    "two fmt": (riff(form(), form(), chunk(b"data", SOUND)), ["wav.two-formats"], RATE),
    "bext of 4 bytes": (riff(chunk(b"bext", b"abcd"), form(), chunk(b"data", SOUND)), [], RATE),
    "latin-1 bext": (
        riff(
            chunk(b"bext", "Café".encode("latin-1").ljust(602, b"\0")),
            form(),
            chunk(b"data", SOUND),
        ),
        [],
        RATE,
    ),
}

REFUSED: dict[str, bytes] = {
    "empty file": b"",
    "one byte": b"R",
    "no chunks": riff(),
    "no fmt": riff(chunk(b"data", SOUND)),
    "no data": riff(form()),
    "short fmt": riff(chunk(b"fmt ", b"\1\0\2\0"), chunk(b"data", SOUND)),
    "rate 0": riff(form(rate=0), chunk(b"data", SOUND)),
    "channels 0": riff(form(channels=0, frame=6), chunk(b"data", SOUND)),
    "channels 65535": riff(form(channels=65_535, frame=6), chunk(b"data", SOUND)),
    "bits 0": riff(form(bits=0, frame=6), chunk(b"data", SOUND)),
    "frame 0": riff(form(frame=0), chunk(b"data", SOUND)),
    "bext of 4 GB": riff(chunk(b"bext", b"", 0xFFFF_FFF0), form(), chunk(b"data", SOUND)),
    "words": b"this is a shopping list\n" * 40,
    "a list of files": b"ffconcat version 1.0\nfile other.wav\n",
    "a playlist": b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nother.wav\n#EXT-X-ENDLIST\n",
    "a session description": b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nm=audio 5004 RTP/AVP 0\n",
}


@pytest.mark.parametrize("name", READABLE)
def test_a_wav_that_lies_is_read_as_far_as_it_goes_and_the_lie_is_found(
    name: str, tmp_path: Path
) -> None:
    content, expected, length = READABLE[name]
    path = tmp_path / "hostile.wav"
    path.write_bytes(content)
    probed = media.probe(path)
    assert codes(probed.findings) == expected
    assert probed.audio[0].duration == Fraction(length, RATE)
    lenient: list[Finding] = []
    assert len(media.read(path, findings=lenient.append)) == length
    whole = np.frombuffer(SOUND, np.uint8).reshape(RATE, 2, 3)[:length]
    packed = np.zeros((length, 2, 4), np.uint8)
    packed[:, :, 1:] = whole
    assert np.array_equal(media.integers(path, 0, length), packed.view("<i4")[:, :, 0])


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("suffix", [".wav", ".mov"])
def test_what_is_no_media_is_refused_in_one_line(name: str, suffix: str, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "other.wav", np.zeros(10), RATE)
    path = tmp_path / f"hostile{suffix}"
    path.write_bytes(REFUSED[name])
    for call in (media.probe, media.read, lambda p: media.integers(p, 0, 1)):
        with pytest.raises(MediaError) as refusal:
            call(path)
        assert str(refusal.value).startswith(f"{path}: ")
        assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    "path", ["missing.wav", ".", "nul\0.wav", "concat:a.wav|b.wav", "http://127.0.0.1:9/x.wav"]
)
def test_only_regular_local_files_are_opened(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(MediaError):
        media.probe(Path(path))


def test_a_pipe_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.wav")
    with pytest.raises(MediaError, match="no regular file"):
        media.probe(tmp_path / "pipe.wav")


def test_a_link_to_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "loop.wav").symlink_to("loop.wav")
    with pytest.raises(MediaError):
        media.probe(tmp_path / "loop.wav")


def test_a_colon_in_a_name_is_no_scheme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    soundfile.write("reel:01 100%.wav", np.zeros((480, 1)), RATE)
    assert media.probe(Path("reel:01 100%.wav")).audio[0].duration == Fraction(1, 100)


def test_nothing_is_printed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = flac(tmp_path, damaged=True)
    with pytest.raises(MediaError):
        media.read(path)
    assert capfd.readouterr() == ("", "")


def noise(length: int, channels: int = 2, seed: int = 0) -> NDArray[np.int32]:
    """Random 24-bit samples, left-aligned in 32 bits."""
    values = np.random.default_rng(seed).integers(-(1 << 23), 1 << 23, (length, channels))
    return (values << 8).astype(np.int32)


def flac(folder: Path, *, damaged: bool) -> Path:
    """Ten seconds of FLAC; damaged: one packet in the middle overwritten."""
    path = folder / "take.flac"
    soundfile.write(path, noise(10 * RATE), RATE, subtype="PCM_24")
    if damaged:
        content = bytearray(path.read_bytes())
        middle = len(content) // 2
        content[middle : middle + 2000] = bytes(2000)
        path.write_bytes(content)
    return path


def test_a_damaged_packet_stops_the_reading(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="damaged"):
        media.read(flac(tmp_path, damaged=True))


def test_a_damaged_packet_becomes_silence_of_its_length_where_findings_are_asked_for(
    tmp_path: Path,
) -> None:
    found: list[Finding] = []
    path = flac(tmp_path, damaged=True)
    whole = media.read(path, findings=found.append)
    true = noise(10 * RATE) / np.float32(2**31)
    assert set(codes(found)) == {"media.damaged"}
    assert len(whole) == 10 * RATE
    wrong = np.flatnonzero((whole != true).any(axis=1))
    assert 0 < len(wrong) < RATE // 2
    assert wrong[-1] - wrong[0] < RATE // 2  # what follows the hole is in its place


@pytest.mark.parametrize("value", [np.nan, np.inf, -1e30])
def test_values_that_are_no_sound_are_silence_and_found(value: float, tmp_path: Path) -> None:
    whole = np.random.default_rng(1).normal(0, 0.1, (RATE, 2)).astype(np.float32)
    broken = whole.copy()
    broken[30_000:30_010, 1] = value
    soundfile.write(tmp_path / "broken.wav", broken, RATE, subtype="FLOAT")
    with pytest.raises(MediaError, match=r"values that are no sound, from 0\.625 s on"):
        media.read(tmp_path / "broken.wav")
    found: list[Finding] = []
    read = media.read(tmp_path / "broken.wav", findings=found.append)
    whole[30_000:30_010, 1] = 0
    assert np.array_equal(read, whole)
    assert codes(found) == ["media.damaged"]


def test_a_movie_cut_off_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "cut.mov"
    with av.open(str(path), "w", options={"movflags": "faststart"}) as container:
        stream = container.add_stream("pcm_s24le", rate=RATE, layout="stereo")
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(noise(RATE).reshape(1, -1)), "s32", "stereo"
        )
        frame.sample_rate = RATE
        container.mux(stream.encode(frame))
    whole = path.read_bytes()
    assert len(media.read(path)) == RATE
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(MediaError, match="before its header says"):
        media.read(path)


WHOLE = [
    ("WAV", "PCM_U8", 8),
    ("WAV", "PCM_16", 16),
    ("WAV", "PCM_24", 24),
    ("WAV", "PCM_32", 32),
    ("RF64", "PCM_24", 24),
    ("W64", "PCM_24", 24),
    ("AIFF", "PCM_24", 24),
    ("CAF", "PCM_24", 24),
    ("FLAC", "PCM_16", 16),
    ("FLAC", "PCM_24", 24),
]


@pytest.mark.parametrize(("kind", "subtype", "bits"), WHOLE)
def test_integers_are_the_files_own(kind: str, subtype: str, bits: int, tmp_path: Path) -> None:
    path = tmp_path / f"take.{kind.lower()}"
    soundfile.write(path, noise(RATE, 3), RATE, subtype=subtype, format=kind)
    true, _ = soundfile.read(path, dtype="int32")
    assert media.probe(path).audio[0].bits == bits
    for first, count in ((0, RATE), (0, 1), (31_234, 777), (RATE - 5, 100), (RATE, 1), (7, 0)):
        assert np.array_equal(media.integers(path, first, count), true[first : first + count])


@settings(max_examples=30, deadline=None)
@given(first=st.integers(0, 3 * RATE), count=st.integers(0, RATE))
def test_any_stretch_of_integers_is_that_stretch(
    first: int, count: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "law-of-media.wav"
    if not path.exists():
        soundfile.write(path, noise(3 * RATE), RATE, subtype="PCM_24")
    true = noise(3 * RATE)[first : first + count]
    assert np.array_equal(media.integers(path, first, count), true)
    blocks = media.read(path, start=Fraction(first, RATE), duration=Fraction(count, RATE))
    assert np.array_equal(blocks, true / np.float32(2**31))


def test_floats_are_the_files_own_and_neither_is_the_other(tmp_path: Path) -> None:
    path = tmp_path / "float.wav"
    true = np.random.default_rng(3).standard_normal((RATE, 2)).astype(np.float32) * 3
    soundfile.write(path, true, RATE, subtype="FLOAT")
    assert np.array_equal(media.floats(path, 999, 2000), true[999:2999])
    assert media.probe(path).audio[0].bits is None
    with pytest.raises(MediaError, match="not stored as"):
        media.integers(path, 0, 1)
    soundfile.write(path, true, RATE, subtype="PCM_24")
    with pytest.raises(MediaError, match="not stored as"):
        media.floats(path, 0, 1)
    with pytest.raises(MediaError, match="count from 0"):
        media.integers(path, -1, 1)


def test_before_the_first_sample_is_silence_and_behind_the_last_is_nothing(tmp_path: Path) -> None:
    path = tmp_path / "take.wav"
    soundfile.write(path, noise(RATE), RATE, subtype="PCM_24")
    true = noise(RATE) / np.float32(2**31)
    heard = media.read(path, start=Fraction(-1, 10), duration=Fraction(1, 5))
    assert np.array_equal(heard, np.concatenate([np.zeros((4800, 2), np.float32), true[:4800]]))
    assert len(media.read(path, start=Fraction(9, 10), duration=Fraction(1))) == 4800
    assert media.read(path, start=Fraction(2)).shape == (0, 2)
    assert media.read(path, duration=Fraction(0), channels=(1,)).shape == (0, 1)
    assert not media.read(path, start=Fraction(-3), duration=Fraction(1)).any()


def test_channels_are_picked_in_the_order_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "poly.wav"
    soundfile.write(path, noise(RATE, 9), RATE, subtype="PCM_24")
    true = noise(RATE, 9) / np.float32(2**31)
    assert np.array_equal(media.read(path, channels=(8, 0, 3)), true[:, [8, 0, 3]])
    assert np.array_equal(media.read(path), true)
    for wrong in ((9,), (-1,), ()):
        with pytest.raises(MediaError, match="channels 0 to 8"):
            media.read(path, channels=wrong)
    with pytest.raises(MediaError, match="no sound stream 1"):
        media.read(path, stream=1)


@pytest.mark.parametrize("size", [1, 1000, 65_536])
def test_blocks_are_of_the_size_asked_for(size: int, tmp_path: Path) -> None:
    path = tmp_path / "take.wav"
    soundfile.write(path, noise(3000), RATE, subtype="PCM_24")
    parts = list(media.blocks(path, size=size))
    assert {len(part) for part in parts[:-1]} <= {size}
    assert np.array_equal(np.concatenate(parts), noise(3000) / np.float32(2**31))
    assert all(part.flags.c_contiguous and part.dtype == np.float32 for part in parts)


@pytest.mark.parametrize("rate", [8000, 16_000, 44_100, 47_952, 48_048, 96_000])
@pytest.mark.parametrize("start", [Fraction(0), Fraction(1), Fraction(1, 3), Fraction(2002, 1000)])
def test_resampled_sound_stays_in_its_place(rate: int, start: Fraction, tmp_path: Path) -> None:
    path = tmp_path / "tone.wav"
    tone = 0.5 * np.sin(2 * np.pi * 440 * np.arange(4 * RATE) / RATE)
    soundfile.write(path, tone, RATE, subtype="PCM_24")
    heard = media.read(path, rate=rate, start=start, duration=Fraction(1))[:, 0]
    assert len(heard) == rate
    time = float(start) + np.arange(rate) / rate
    settled = slice(rate // 50 if start == 0 else 0, None)  # a tone that starts is no pure tone
    difference = heard - 0.5 * np.sin(2 * np.pi * 440 * time)
    assert np.abs(difference[settled]).max() < 2e-5  # 2e-5 is 14 ns of this tone


def test_a_resampled_stretch_is_that_stretch_of_the_whole(tmp_path: Path) -> None:
    path = tmp_path / "take.wav"
    soundfile.write(path, noise(4 * RATE), RATE, subtype="PCM_24")
    whole = media.read(path, rate=8000)
    assert len(whole) == 32_000
    for begin in (0, 1, 3001, 24_000):
        part = media.read(path, rate=8000, start=Fraction(begin, 8000), duration=Fraction(1, 2))
        assert np.abs(part - whole[begin : begin + 4000]).max() < 1e-5


def test_memory_stays_flat_on_a_long_file(tmp_path: Path) -> None:
    path = tmp_path / "half hour.wav"
    size = 30 * 60 * RATE * 6
    with path.open("wb") as file:
        file.write(riff(form(), chunk(b"data", b"", size), size=size + 36))
        file.truncate(44 + size)
    first = media.blocks(path, rate=8000, channels=(0,))
    next(first)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    total = sum(len(block) for block in first)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert abs(total + 65_536 - 30 * 60 * 8000) < 10
    assert grown < 20_000  # KB; the half hour would be 520 MB


def movie(path: Path, rate: Fraction, label: str = "") -> Path:
    """Thirty frames without sound, with a timecode label where the container can hold one."""
    with av.open(str(path), "w") as container:
        codec = "mpeg2video" if path.suffix == ".mxf" else "mpeg4"
        stream = container.add_stream(codec, rate=rate)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        if label:
            stream.metadata["timecode"] = container.metadata["timecode"] = label
        for number in range(30):
            frame = av.VideoFrame(64, 48, "yuv420p")
            frame.pts, frame.time_base = number, 1 / rate
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("suffix", [".mov", ".mp4", ".mxf"])
def test_a_timecode_track_is_read(suffix: str, tmp_path: Path) -> None:
    probed = media.probe(movie(tmp_path / f"a{suffix}", Fraction(30_000, 1001), "01:00:00;02"))
    assert probed.timecode == "01:00:00;02"
    assert probed.audio == ()
    assert probed.findings == ()


@pytest.mark.parametrize("suffix", [".mov", ".mkv", ".ts", ".avi", ".mxf"])
@pytest.mark.parametrize("name", ["23.976", "24", "25", "29.97", "50", "59.94"])
def test_a_frame_rate_is_exact(suffix: str, name: str, tmp_path: Path) -> None:
    rate = RATES[name]
    seen = media.probe(movie(tmp_path / f"a{suffix}", rate.fps)).video[0]
    assert seen.rate == rate
    assert seen.frames == 30
    assert seen.duration is not None
    assert abs(seen.duration - rate.seconds(30)) < Fraction(1, 900)


@pytest.mark.parametrize("suffix", [".mov", ".mkv", ".avi"])
def test_a_rate_that_nobody_uses_is_found(suffix: str, tmp_path: Path) -> None:
    probed = media.probe(movie(tmp_path / f"a{suffix}", Fraction(12)))
    assert probed.video[0].rate is None
    assert codes(probed.findings) == ["media.rate-unknown"]


def test_a_variable_frame_rate_is_found(tmp_path: Path) -> None:
    path = tmp_path / "phone.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=30)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 600)
        for number in range(60):
            frame = av.VideoFrame(64, 48, "yuv420p")
            frame.pts, frame.time_base = number * 20 + number * number // 8, Fraction(1, 600)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    probed = media.probe(path)
    assert probed.video[0].rate is None
    assert codes(probed.findings) == ["media.variable-rate"]


def test_cover_art_is_no_picture(tmp_path: Path) -> None:
    path = tmp_path / "song.mp3"
    with av.open(str(path), "w") as container:
        sound = container.add_stream("libmp3lame", rate=RATE, layout="mono")
        cover = container.add_stream("mjpeg")
        cover.width, cover.height, cover.pix_fmt = 64, 48, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        container.mux(cover.encode(av.VideoFrame(64, 48, "yuvj420p")))
        container.mux(cover.encode(None))
        tone = np.sin(np.arange(RATE) / 20).astype(np.float32)[None]
        for place in range(0, RATE, 1152):
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(tone[:, place : place + 1152]), "fltp", "mono"
            )
            frame.sample_rate, frame.pts = RATE, place
            container.mux(sound.encode(frame))
        container.mux(sound.encode(None))
    probed = media.probe(path)
    assert probed.video == ()
    assert probed.audio[0].start == 0


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Small whole files of several kinds, to be damaged."""
    folder = tmp_path_factory.mktemp("samples")
    made = {}
    for kind in ("WAV", "FLAC", "AIFF", "CAF", "W64", "MP3"):
        path = folder / f"sample.{kind.lower()}"
        soundfile.write(path, noise(4800), RATE, format=kind)
        made[path.suffix] = path.read_bytes()
    movie(folder / "sample.mov", Fraction(25), "10:00:00:00")
    made[".mov"] = (folder / "sample.mov").read_bytes()
    return made


@settings(max_examples=150, deadline=None)
@given(
    suffix=st.sampled_from([".aiff", ".caf", ".flac", ".mov", ".mp3", ".w64", ".wav"]),
    changes=st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), max_size=20),
    kept=st.floats(0, 1),
)
def test_whatever_is_broken_the_answer_is_sound_or_one_error(
    suffix: str,
    changes: list[tuple[int, int]],
    kept: float,
    samples: dict[str, bytes],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    content = bytearray(samples[suffix])
    for place, value in changes:
        content[place % len(content)] = value
    del content[round(kept * len(content)) :]
    path = tmp_path_factory.getbasetemp() / f"mutant{suffix}"
    path.write_bytes(content)
    calls: list[Callable[[], object]] = [
        lambda: media.probe(path),
        lambda: media.read(path, duration=Fraction(1), findings=lambda finding: None),
        lambda: media.integers(path, 100, 10),
    ]
    for call in calls:
        try:
            call()
        except MediaError as refusal:
            assert str(path) in str(refusal)  # noqa: PT017  (both outcomes are right)
