"""Where the sound of every container lies: the table of decode traps, with truth known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.fft import irfft, rfft

from conform import media
from conform.errors import MediaError
from conform.findings import Finding

RATE = 48_000
SECONDS = 3
HALF = RATE // 2


@dataclass(frozen=True)
class Case:
    """How a file is made, and where its sound must be found, in samples after picture start."""

    name: str
    codec: str
    picture: str = ""
    expected: float = 0
    tolerance: float = 0.5
    findings: tuple[str, ...] = ()
    sound_at: int = 0
    picture_at: int = 0
    options: dict[str, str] = field(default_factory=dict)
    format: str | None = None
    b_frames: int = 0
    fps: int = 24


PRIMING = ("media.priming-unknown",)
COARSE = ("media.coarse-clock",)
FRAGMENTED = {"movflags": "frag_keyframe+empty_moov"}

TABLE = [
    Case("pcm.wav", "pcm_s24le"),
    Case("rf64.wav", "pcm_s24le", options={"rf64": "always"}),
    Case("pcm.w64", "pcm_s24le"),
    Case("pcm.aiff", "pcm_s24be"),
    Case("pcm.caf", "pcm_s24le"),
    Case("sound.flac", "flac"),
    Case("alac.m4a", "alac", format="ipod"),
    Case("aac.m4a", "aac", format="ipod"),
    Case("aac.mp4", "aac", "libx264"),
    Case("b-frames.mp4", "aac", "libx264", b_frames=3),
    Case("aac.mov", "aac", "libx264"),
    Case("pcm.mov", "pcm_s16le", "libx264"),
    Case("pcm.mxf", "pcm_s16le", "mpeg2video", fps=25),
    Case("pcm.avi", "pcm_s16le", "mpeg4"),
    Case("opus.opus", "libopus"),
    Case("opus.mkv", "libopus", "libx264", tolerance=24, findings=COARSE),
    Case("opus.webm", "libopus", "libvpx", tolerance=24, findings=COARSE),
    Case("aac.mkv", "aac", "libx264", tolerance=24, findings=COARSE),
    Case("ac3.mkv", "ac3", "libx264", tolerance=24, findings=COARSE),
    Case("aac.ts", "aac", "libx264"),
    Case("mp2.ts", "mp2", "mpeg2video", fps=25),
    Case("lame.mp3", "libmp3lame"),
    Case("no-edit-list.mp4", "aac", "libx264", 1024, 0.5, PRIMING, options={"use_editlist": "0"}),
    Case("fragmented.mp4", "aac", "libx264", 1024, 0.5, PRIMING, options=FRAGMENTED),
    Case("adts.aac", "aac", "", 1024, 0.5, PRIMING),
    Case("no-tag.mp3", "libmp3lame", "", 1105, 0.5, PRIMING, options={"write_xing": "0"}),
    Case("mp3.avi", "libmp3lame", "mpeg4", 1105, 0.5, PRIMING),
    Case("late.mov", "pcm_s16le", "libx264", HALF, sound_at=HALF),
    Case("late.mp4", "aac", "libx264", HALF, 48, sound_at=HALF),  # edit lists count milliseconds
    Case("late.mkv", "aac", "libx264", HALF, 24, COARSE, sound_at=HALF),
    Case("late.ts", "aac", "libx264", HALF, sound_at=HALF),
    Case("early.mov", "pcm_s16le", "libx264", -HALF, picture_at=12),
    Case("early.mp4", "aac", "libx264", -HALF, picture_at=12),
    Case("early.mkv", "aac", "libx264", -HALF, 24, COARSE, picture_at=12),
    Case("early.ts", "aac", "libx264", -HALF, picture_at=12),
]


@pytest.fixture(scope="module")
def sound() -> NDArray[np.float32]:
    """Three seconds of noise whose level moves, so that every place in it is unlike the others."""
    noise = np.random.default_rng(1).standard_normal(SECONDS * RATE)
    smooth = np.convolve(noise, [0.5, 0.3, 0.2], "same")
    level = 0.1 + 0.08 * np.sin(2 * np.pi * 1.3 * np.arange(len(noise)) / RATE)
    return (smooth * level).astype(np.float32)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("containers")


def write(path: Path, sound: NDArray[np.float32], case: Case) -> Path:
    """The case's file, once."""
    if path.exists():
        return path
    with av.open(str(path), "w", format=case.format, options=case.options) as container:
        packets = []
        if case.picture:
            packets += list(picture_packets(container, case))
        packets += list(sound_packets(container, sound, case))
        for packet in sorted(packets, key=lambda p: p.dts * p.time_base):
            container.mux(packet)
    return path


def picture_packets(container: av.container.OutputContainer, case: Case) -> Iterator[av.Packet]:
    stream = container.add_stream(case.picture, rate=case.fps)
    stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
    stream.codec_context.max_b_frames = case.b_frames
    stream.codec_context.gop_size = 12
    for number in range(SECONDS * case.fps):
        frame = av.VideoFrame(64, 48, "yuv420p")
        for plane in frame.planes:
            plane.update(bytes([number * 7 % 200]) * plane.buffer_size)
        frame.pts, frame.time_base = number + case.picture_at, Fraction(1, case.fps)
        yield from stream.encode(frame)
    yield from stream.encode(None)


def sound_packets(
    container: av.container.OutputContainer, sound: NDArray[np.float32], case: Case
) -> Iterator[av.Packet]:
    stream = container.add_stream(case.codec, rate=RATE)
    stream.layout = "mono"
    convert = av.AudioResampler(stream.format.name, "mono", RATE)
    size = stream.codec_context.frame_size or 1024
    for place in range(0, len(sound), size):
        part = np.ascontiguousarray(sound[None, place : place + size])
        frame = av.AudioFrame.from_ndarray(part, "fltp", "mono")
        frame.sample_rate = RATE
        for ready in convert.resample(frame):
            ready.pts, ready.time_base = place + case.sound_at, Fraction(1, RATE)
            yield from stream.encode(ready)
    yield from stream.encode(None)


def found_at(decoded: NDArray[np.float32], sound: NDArray[np.float32]) -> float:
    """Where the sound lies in what was decoded, by cross-correlation, to a part of a sample."""
    size = 1 << 19
    score = irfft(rfft(decoded[:, 0], size) * np.conj(rfft(sound, size)), size)
    best = int(np.argmax(score))
    before, peak, after = score[best - 1], score[best], score[(best + 1) % size]
    part = (after - before) / (2 * (2 * peak - before - after))
    return (best if best < size // 2 else best - size) + float(part)


@pytest.mark.parametrize("case", TABLE, ids=lambda case: case.name)
def test_sound_is_where_the_container_says(
    case: Case, sound: NDArray[np.float32], folder: Path
) -> None:
    path = write(folder / case.name, sound, case)
    probed = media.probe(path)
    lead = min(probed.audio[0].start, Fraction(0))
    decoded = media.read(path, start=lead)
    place = found_at(decoded, sound) + float(lead * RATE)
    assert abs(place - case.expected) <= case.tolerance
    assert tuple(finding.code for finding in probed.findings) == case.findings
    for finding in probed.findings:
        if finding.code == "media.priming-unknown":
            assert f"{case.expected:.0f} samples" in finding.message


@pytest.mark.parametrize("case", TABLE, ids=lambda case: case.name)
def test_a_stretch_after_seeking_is_that_stretch_of_the_whole(
    case: Case, sound: NDArray[np.float32], folder: Path
) -> None:
    path = write(folder / case.name, sound, case)
    begin = Fraction(5, 3)
    stretch = media.read(path, start=begin, duration=Fraction(1, 2))
    whole = media.read(path)
    assert len(stretch) == HALF
    same = whole[int(begin * RATE) :][:HALF]
    # PNS makes AAC's noise anew on each decode, so places are compared and not values
    assert abs(found_at(stretch, same[:, 0])) <= (
        16 if "coarse-clock" in str(case.findings) else 0.1
    )


@pytest.mark.parametrize("case", [c for c in TABLE if c.picture], ids=lambda case: case.name)
def test_picture_is_counted(case: Case, sound: NDArray[np.float32], folder: Path) -> None:
    probed = media.probe(write(folder / case.name, sound, case))
    assert probed.video[0].rate is not None
    assert probed.video[0].rate.fps == case.fps
    assert probed.video[0].frames is not None
    assert abs(probed.video[0].frames - SECONDS * case.fps) <= 1
    assert probed.video[0].start == 0


@pytest.mark.parametrize("name", ["aac.mkv", "pcm.mxf"])
def test_a_movie_cut_off_is_noticed(
    name: str, sound: NDArray[np.float32], folder: Path, tmp_path: Path
) -> None:
    case = next(case for case in TABLE if case.name == name)
    whole = write(folder / name, sound, case).read_bytes()
    (tmp_path / name).write_bytes(whole[: len(whole) * 6 // 10])
    with pytest.raises(MediaError, match="damaged"):
        media.read(tmp_path / name)
    found: list[Finding] = []
    assert len(media.read(tmp_path / name, findings=found.append)) < len(sound)
    assert {finding.code for finding in found} == {"media.damaged"}


def test_a_packet_that_does_not_decode_leaves_the_rest_in_place(
    sound: NDArray[np.float32], folder: Path, tmp_path: Path
) -> None:
    path = write(folder / "aac.m4a", sound, Case("aac.m4a", "aac", format="ipod"))
    content = bytearray(path.read_bytes())
    content[len(content) // 3 : len(content) // 3 + 400] = bytes(400)
    damaged = tmp_path / "damaged.m4a"
    damaged.write_bytes(content)
    with pytest.raises(MediaError, match="does not decode"):
        media.read(damaged)
    found: list[Finding] = []
    decoded = media.read(damaged, findings=found.append)
    assert "media.damaged" in {finding.code for finding in found}
    assert abs(found_at(decoded[2 * RATE :], sound[2 * RATE :])) < 0.1
    after = Fraction(2)  # a stretch that does not touch the damage is whole
    assert len(media.read(damaged, start=after, duration=Fraction(1, 2))) == HALF


def test_a_file_remuxed_without_its_priming_is_told_apart_by_its_picture(
    sound: NDArray[np.float32], folder: Path
) -> None:
    """A Matroska of an older muxer: no codec delay, but the picture starts 1024 samples later."""
    bare = write(folder / "adts.aac", sound, Case("adts.aac", "aac"))
    picture = write(folder / "aac.mp4", sound, Case("aac.mp4", "aac", "libx264"))
    for delay, codes in ((0, (*PRIMING, *COARSE)), (21, COARSE)):
        path = folder / f"remux-{delay}.mkv"
        remux(bare, picture, path, delay)
        probed = media.probe(path)
        assert tuple(finding.code for finding in probed.findings) == codes
        start = probed.audio[0].start
        place = found_at(media.read(path, start=start), sound) + float(start * RATE)
        assert abs(place - (1024 - delay * 48)) <= 24


def remux(sound: Path, picture: Path, path: Path, delay: int) -> None:
    """Copies one file's sound and another's picture, which starts `delay` milliseconds later."""
    with av.open(str(sound)) as heard, av.open(str(picture)) as seen, av.open(str(path), "w") as to:
        streams = [(heard, heard.streams.audio[0], 0), (seen, seen.streams.video[0], delay)]
        packets = []
        for container, stream, late in streams:
            out = to.add_stream_from_template(stream)
            for packet in container.demux(stream):
                if packet.dts is not None:
                    shift = int(Fraction(late, 1000) / packet.time_base)
                    packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
                    packet.stream = out
                    packets.append(packet)
        for packet in sorted(packets, key=lambda p: p.dts * p.time_base):
            to.mux(packet)


@pytest.mark.parametrize(
    "case",
    [
        Case("alone.webm", "libopus"),
        Case("primed.mkv", "aac", expected=1024),
    ],
    ids=lambda case: case.name,
)
def test_sound_begins_with_the_first_sample_that_decodes(
    case: Case, sound: NDArray[np.float32], folder: Path
) -> None:
    path = write(folder / case.name, sound, case)
    with av.open(str(path)) as container:
        frames = [frame.to_ndarray()[0] for frame in container.decode(audio=0)]
    first = media.probe(path).audio[0].begins
    found: list[Finding] = []
    begun = media.read(path, start=first, findings=found.append)[:, 0]
    assert len(np.concatenate(frames)) == len(begun)
    assert abs(found_at(begun[:, None], np.concatenate(frames))) < 0.1
