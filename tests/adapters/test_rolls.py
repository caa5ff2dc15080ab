"""Rolls out of recorders' files: the makers' ways, split takes, contradictions, hostile chunks."""

from __future__ import annotations

import os
import struct
import time
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from wavinfo import WavInfoReader

from adapters import rolls
from conform.errors import MediaError
from conform.findings import Finding
from conform.timecode import RATES
from conform.watch import Step

CORPUS = Path(
    os.environ.get("CONFORM_CORPUS", Path(__file__).parents[2].parent / "shared" / "corpus")
)
RATE = 48_000
HOUR = 86_400 * 2002  # samples in an hour of 23.976 labels at 48 kHz


def chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def bext(reference: int, *lines: str, encoding: str = "latin-1") -> bytes:
    text = "\r\n".join(lines).encode(encoding)[:256].ljust(256, b"\0")
    who = b"Sound Dev: 633".ljust(32, b"\0") + b"USSDV".ljust(32, b"\0")
    when = b"2024-05-06" + b"07:08:09"
    return chunk(b"bext", text + who + when + struct.pack("<QH", reference, 1) + bytes(254))


def ixml(
    *,
    tracks: list[tuple[int, int, str]] | None = None,
    speed: dict[str, str] | None = None,
    family: dict[str, str] | None = None,
    **leaves: str,
) -> bytes:
    parts = [f"<{name}>{value}</{name}>" for name, value in leaves.items()]
    for branch, values in (("SPEED", speed), ("FILE_SET", family)):
        inner = "".join(f"<{name}>{value}</{name}>" for name, value in (values or {}).items())
        parts.append(f"<{branch}>{inner}</{branch}>" if values else "")
    rows = "".join(
        f"<TRACK><CHANNEL_INDEX>{channel}</CHANNEL_INDEX><INTERLEAVE_INDEX>{place}"
        f"</INTERLEAVE_INDEX><NAME>{name}</NAME></TRACK>"
        for channel, place, name in tracks or []
    )
    listed = f"<TRACK_LIST>{rows}</TRACK_LIST>" if tracks else ""
    return chunk(b"iXML", f"<BWFXML>{''.join(parts)}{listed}</BWFXML>".encode())


def wav(path: Path, *chunks: bytes, channels: int = 1, length: int = 480, rate: int = RATE) -> Path:
    frame = channels * 3
    fmt = struct.pack("<HHIIHH", 1, channels, rate, rate * frame, frame, 24)
    body = b"WAVE" + chunk(b"fmt ", fmt) + b"".join(chunks) + chunk(b"data", bytes(frame * length))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    return path


def codes(findings: tuple[Finding, ...]) -> list[str]:
    return sorted({finding.code for finding in findings})


def names(roll: rolls.Roll) -> list[str]:
    return [channel.name for channel in roll.channels]


@pytest.mark.parametrize("letter", ["s", "z", "g", "d", ""])
def test_a_description_of_any_maker_is_understood(letter: str, tmp_path: Path) -> None:
    facts = ("SPEED=023.976-ND", "SCENE=12A", "TAKE=3", "TAPE=R7", "PROJECT=Blue", "NOTE=wind")
    lines = [letter + fact for fact in (*facts, "TRK1=Boom", "TRK2=Lav Anna")]
    roll = rolls.read(wav(tmp_path / "T.WAV", bext(HOUR, *lines), channels=2))
    assert (roll.scene, roll.take, roll.tape) == ("12A", "3", "R7")
    assert (roll.project, roll.note, roll.date) == ("Blue", "wind", "2024-05-06")
    assert roll.timecode == "01:00:00:00"
    assert roll.start == Fraction(HOUR, RATE) == Fraction(18_018, 5)
    assert names(roll) == ["Boom", "Lav Anna"]
    assert (roll.bits, roll.floating, roll.length, roll.sample_rate) == (24, False, 480, RATE)
    assert roll.findings == ()


@pytest.mark.parametrize(
    ("text", "flag", "expected"),
    [
        ("24000/1001", "NDF", "23.976"),
        ("23.98", "NDF", "23.976"),
        ("25/1", "NDF", "25"),
        ("30000/1001", "DF", "29.97 DF"),
        ("29.97", "DF", "29.97 DF"),
        ("2997/100", "NDF", "29.97"),
        ("30/1", "NDF", "30"),
        ("60000/1001", "DF", "59.94 DF"),
    ],
)
def test_rates_of_ixml(text: str, flag: str, expected: str, tmp_path: Path) -> None:
    speed = {"TIMECODE_RATE": text, "TIMECODE_FLAG": flag}
    roll = rolls.read(wav(tmp_path / "t.wav", bext(0), ixml(speed=speed)))
    assert roll.rate is not None
    assert roll.rate.name == expected
    assert codes(roll.findings) == []


@pytest.mark.parametrize("text", ["023.976-ND", "029.970-DF", "025.000-ND", "030.000-DF", "24ND"])
def test_rates_of_bext(text: str, tmp_path: Path) -> None:
    roll = rolls.read(wav(tmp_path / "t.wav", bext(0, f"sSPEED={text}")))
    assert roll.rate is not None
    assert abs(float(roll.rate.fps) - float(text.rstrip("-NDF"))) < 0.01
    assert roll.rate.drop is text.endswith("DF")


@pytest.mark.parametrize("text", ["0", "24/0", "seventeen", "19/1", "99999999999/1", "-25"])
def test_a_rate_that_is_none_is_no_rate(text: str, tmp_path: Path) -> None:
    roll = rolls.read(wav(tmp_path / "t.wav", bext(RATE), ixml(speed={"TIMECODE_RATE": text})))
    assert roll.rate is None
    assert roll.start == 1


@given(frame=st.integers(0, 2_000_000), name=st.sampled_from(sorted(RATES)))
@settings(max_examples=60, deadline=None)
def test_the_label_that_a_recorder_stamped_comes_back(
    frame: int, name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rate = RATES[name]
    speed = {
        "TIMECODE_RATE": f"{rate.fps.numerator}/{rate.fps.denominator}",
        "TIMECODE_FLAG": "DF" if rate.drop else "NDF",
    }
    frame %= rate.day
    path = tmp_path_factory.getbasetemp() / "law.wav"
    roll = rolls.read(wav(path, bext(rate.sample(frame, RATE)), ixml(speed=speed)))
    assert roll.rate == rate
    assert roll.timecode == rate.label(frame)


def test_tracks_stand_by_their_place_in_the_file(tmp_path: Path) -> None:
    tracks = [(5, 3, "Lav B"), (1, 1, "Mix"), (2, 2, "Boom")]
    roll = rolls.read(wav(tmp_path / "t.wav", ixml(tracks=tracks), channels=3))
    assert names(roll) == ["Mix", "Boom", "Lav B"]
    assert [channel.index for channel in roll.channels] == [0, 1, 2]
    fewer = rolls.read(wav(tmp_path / "u.wav", ixml(tracks=tracks), channels=4))
    assert names(fewer) == ["Mix", "Boom", "Lav B", "Ch4"]
    assert codes(fewer.findings) == ["roll.tracks-differ"]


def test_ixml_facts(tmp_path: Path) -> None:
    leaves = {"SCENE": "5", "TAKE": "02", "TAPE": "A1", "CIRCLED": "TRUE", "UBITS": "12345678"}
    roll = rolls.read(wav(tmp_path / "t.wav", bext(0, "sSCENE=6", "sTAKE=2"), ixml(**leaves)))
    assert (roll.scene, roll.take, roll.tape, roll.circled) == ("5", "02", "A1", True)
    assert ("user_bits", "12345678") in roll.metadata
    assert codes(roll.findings) == ["roll.names-differ"]  # the scenes; take 02 is take 2


@pytest.mark.parametrize(
    ("older", "low", "used", "expected"),
    [
        (HOUR, HOUR, HOUR, []),
        (HOUR, HOUR + 1, HOUR, ["roll.times-differ"]),
        (0, HOUR, HOUR, ["roll.times-differ"]),
        (2_354_414_956, 2_354_414_956 - (1 << 32), 2_354_414_956, []),  # Metacorder's signed half
    ],
)
def test_times_of_bext_and_ixml(
    older: int, low: int, used: int, expected: list[str], tmp_path: Path
) -> None:
    speed = {
        "TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_HI": "0",
        "TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO": str(low),
    }
    roll = rolls.read(wav(tmp_path / "t.wav", bext(older), ixml(speed=speed)))
    assert roll.start == Fraction(used, RATE)
    assert codes(roll.findings) == expected


def test_a_time_days_after_midnight_is_no_time(tmp_path: Path) -> None:
    roll = rolls.read(wav(tmp_path / "t.wav", bext((1 << 64) - 1)))
    assert roll.start is None
    assert codes(roll.findings) == ["roll.time-impossible"]


@pytest.mark.parametrize(
    ("rate", "speed"),
    [
        (48_048, {}),
        (47_952, {}),
        (48_000, {"DIGITIZER_SAMPLE_RATE": "48048", "FILE_SAMPLE_RATE": "48000"}),
        (48_000, {"FILE_SAMPLE_RATE": "48048"}),
        (48_000, {"MASTER_SPEED": "24/1", "CURRENT_SPEED": "24000/1001"}),
    ],
)
def test_pulled_sound_is_found(rate: int, speed: dict[str, str], tmp_path: Path) -> None:
    roll = rolls.read(wav(tmp_path / "t.wav", bext(0), ixml(speed=speed), rate=rate))
    assert codes(roll.findings) == ["roll.pull"]
    assert roll.sample_rate == rate


BROKEN = {
    "short bext": (chunk(b"bext", b"abcd"), ["roll.chunk-damaged"]),
    "empty bext": (chunk(b"bext", b""), ["roll.chunk-damaged"]),
    "iXML is no XML": (chunk(b"iXML", b"\0\1\2 hello"), ["roll.chunk-damaged"]),
    "empty iXML": (chunk(b"iXML", b""), ["roll.chunk-damaged"]),
    "Latin-1 bext": (bext(0, "sSCENE=Café"), []),
    "UTF-8 bext": (bext(0, "sSCENE=Café", encoding="utf-8"), []),
    "unclosed iXML": (chunk(b"iXML", b"<BWFXML><SCENE>Caf&amp;</SCENE><TAKE>1"), []),
    "billion laughs": (
        chunk(
            b"iXML",
            b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
            + b"".join(b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(12))
            + b"]><BWFXML><SCENE>&m;</SCENE></BWFXML>",
        ),
        None,
    ),
    "a file's text": (
        chunk(
            b"iXML",
            b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
            b"<BWFXML><SCENE>&a;</SCENE></BWFXML>",
        ),
        None,
    ),
    "a number of a mile": (
        chunk(
            b"iXML",
            b"<BWFXML><SPEED><TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO>%s"
            b"</TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO></SPEED></BWFXML>" % (b"9" * 9999),
        ),
        [],
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_chunks_leave_the_sound_readable(name: str, tmp_path: Path) -> None:
    content, expected = BROKEN[name]
    roll = rolls.read(wav(tmp_path / "t.wav", content))
    assert roll.length == 480
    if expected is not None:
        assert codes(roll.findings) == expected
    if name.endswith("bext") and roll.scene:
        assert roll.scene == "Café"
    hostname = Path("/etc/hostname")
    assert len(roll.scene) < 100_000
    assert not hostname.exists() or hostname.read_text().strip() not in (roll.scene or "\0")


def test_a_huge_filler_is_not_loaded(tmp_path: Path) -> None:
    path = wav(tmp_path / "t.wav", bext(RATE))
    body = path.read_bytes()
    path.write_bytes(body[:12])
    with path.open("ab") as file:
        file.write(b"JUNK" + struct.pack("<I", 1 << 30))
        file.truncate(file.tell() + (1 << 30))
    with path.open("ab") as file:
        file.write(body[12:])
    begin = time.process_time()
    assert rolls.read(path).start == 1
    assert time.process_time() - begin < 0.2


def split(folder: Path, *parts: tuple[str, str], **facts: int) -> None:
    for number, (name, track) in enumerate(parts, 1):
        wav(folder / name, bext(facts.get("at", HOUR), f"sTRK{number}={track}", "sTAKE=1"))


@pytest.mark.parametrize(
    ("files", "take"),
    [
        (("A101_1.WAV", "A101_2.WAV"), "A101"),
        (("T01.A1.wav", "T01.A2.wav"), "T01"),
        (("221-4_Tr1.wav", "221-4_Tr2.wav"), "221-4"),
        (("Take 3-CH01.wav", "Take 3-CH02.wav"), "Take 3"),
        (("amb.L.wav", "amb.R.wav"), "amb"),
    ],
)
def test_mono_files_of_one_take_are_one_roll(
    files: tuple[str, str], take: str, tmp_path: Path
) -> None:
    split(tmp_path, (files[0], "Boom"), (files[1], "Lav"))
    found, findings = rolls.scan([tmp_path])
    assert [roll.name for roll in found] == [take]
    assert names(found[0]) == ["Boom", "Lav"]
    assert [channel.path.name for channel in found[0].channels] == list(files)
    assert [channel.index for channel in found[0].channels] == [0, 0]
    assert findings == ()


def test_takes_of_split_names_are_not_joined(tmp_path: Path) -> None:
    wav(tmp_path / "A101_1.WAV", bext(HOUR, "sTAKE=1"))
    wav(tmp_path / "A101_2.WAV", bext(HOUR + RATE, "sTAKE=2"))
    wav(tmp_path / "A101_3.WAV", bext(HOUR, "sTAKE=1"), length=481)
    wav(tmp_path / "other" / "A101_4.WAV", bext(HOUR, "sTAKE=1"))
    assert len(rolls.scan([tmp_path])[0]) == 4


def test_a_family_is_known_by_its_number_whatever_its_names(tmp_path: Path) -> None:
    for place, (name, track) in enumerate([("zulu", "Boom"), ("alpha", "Lav")], 1):
        family = {"FAMILY_UID": "77", "TOTAL_FILES": "3", "FILE_SET_INDEX": str(place)}
        sheet = ixml(family=family, tracks=[(place, 1, track)])
        wav(tmp_path / f"{name}.wav", bext(HOUR), sheet)
    found, findings = rolls.scan([tmp_path])
    assert [names(roll) for roll in found] == [["Boom", "Lav"]]
    assert codes(findings) == ["roll.family-incomplete"]


def test_a_take_in_pieces_is_noticed(tmp_path: Path) -> None:
    lines = ("sSCENE=1", "sTAKE=1")
    wav(tmp_path / "long.wav", bext(HOUR, *lines), channels=2, length=RATE)
    wav(tmp_path / "long_2.wav", bext(HOUR + RATE, *lines), channels=2, length=RATE)
    found, findings = rolls.scan([tmp_path])
    assert len(found) == 2
    assert codes(findings) == ["roll.continues"]


def test_copies_are_noticed(tmp_path: Path) -> None:
    for folder in ("day", "backup"):
        wav(tmp_path / folder / "t.wav", bext(HOUR, "sSCENE=1"))
    assert codes(rolls.scan([tmp_path])[1]) == ["roll.same-take"]


def test_what_is_scanned_and_what_is_not(tmp_path: Path) -> None:
    wav(tmp_path / "day 1" / "a.WAV")
    wav(tmp_path / "day 1" / "._a.WAV")
    wav(tmp_path / ".Trash" / "b.wav")
    wav(tmp_path / "__MACOSX" / "c.wav")
    (tmp_path / "report.pdf").write_bytes(b"%PDF")
    (tmp_path / "empty.wav").touch()
    (tmp_path / "words.wav").write_text("hello " * 100)
    for kind in ("flac", "aiff", "mp3"):
        soundfile.write(tmp_path / f"d.{kind}", np.zeros((4800, 2)), RATE)
    (tmp_path / "link.wav").symlink_to(tmp_path / "day 1" / "a.WAV")
    (tmp_path / "gone.wav").symlink_to(tmp_path / "nowhere.wav")
    steps: list[Step] = []
    found, findings = rolls.scan([tmp_path, tmp_path / "day 1" / "a.WAV"], watch=steps.append)
    assert sorted(roll.path.name for roll in found) == ["d.aiff", "d.flac", "d.mp3", "link.wav"]
    assert [f.code for f in findings] == ["roll.unreadable"] * 3
    assert steps[-1].done == steps[-1].total == 7
    assert all(roll.start is None for roll in found)


def test_a_place_that_does_not_exist_is_refused_and_an_empty_one_is_noticed(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="no such file"):
        rolls.scan([tmp_path / "missing"])
    found = rolls.scan([tmp_path])[1]
    assert codes(found) == ["roll.none"]
    assert found[0].where == str(tmp_path)


def test_a_float_recording(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "f.wav", np.zeros((480, 2)), RATE, subtype="FLOAT")
    roll = rolls.read(tmp_path / "f.wav")
    assert (roll.bits, roll.floating, roll.length) == (32, True, 480)


def test_a_camera_file_is_a_roll_at_its_timecode(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "C001.mov"), "w") as container:
        picture = container.add_stream("mpeg4", rate=Fraction(30_000, 1001))
        picture.width, picture.height, picture.pix_fmt = 64, 48, "yuv420p"
        picture.metadata["timecode"] = "01:00:00;02"
        sound = container.add_stream("pcm_s24le", rate=RATE, layout="stereo")
        for number in range(30):
            image = av.VideoFrame(64, 48, "yuv420p")
            image.pts = number
            container.mux(picture.encode(image))
        silence = av.AudioFrame.from_ndarray(np.zeros((1, 2 * RATE), np.int32), "s32", "stereo")
        silence.sample_rate = RATE
        container.mux(sound.encode(silence))
        container.mux(picture.encode(None))
    roll = rolls.read(tmp_path / "C001.mov")
    assert roll.rate == RATES["29.97 DF"]
    assert roll.timecode == "01:00:00;02"
    assert (roll.bits, roll.length, len(roll.channels)) == (24, RATE, 2)


def test_a_truncated_recording_is_found(tmp_path: Path) -> None:
    path = wav(tmp_path / "t.wav", bext(HOUR), length=RATE)
    path.write_bytes(path.read_bytes()[:-90_000])
    found, findings = rolls.scan([path])
    assert found[0].length == RATE - 30_000
    assert codes(findings) == ["wav.truncated"]


def test_a_shoot_of_500_files_takes_seconds(tmp_path: Path) -> None:
    for number in range(500):
        lines = (f"sSCENE={number}", "sTAKE=1")
        wav(tmp_path / f"T{number}.WAV", bext(HOUR + number * RATE, *lines), channels=2)
    begin = time.process_time()
    found, _ = rolls.scan([tmp_path])
    assert len(found) == 500
    assert time.process_time() - begin < 3


RECORDINGS = sorted((CORPUS / "bwf").rglob("*.[wW][aA][vV]"))


@pytest.mark.corpus
@pytest.mark.skipif(not RECORDINGS, reason="CONFORM_CORPUS is not here")
@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.name)
def test_real_recordings_agree_with_another_reader(path: Path) -> None:
    other = WavInfoReader(path)
    roll = rolls.read(path)
    assert roll.length == other.data.frame_count
    assert roll.sample_rate == other.fmt.sample_rate
    assert len(roll.channels) == other.fmt.channel_count
    assert roll.bits == other.fmt.bits_per_sample
    if other.bext:
        assert roll.start == Fraction(other.bext.time_reference, other.fmt.sample_rate)
    if other.ixml:
        assert roll.scene == (other.ixml.scene or "")
        assert roll.take == (other.ixml.take or "")
        assert roll.tape == (other.ixml.tape or "")
    assert roll.findings == ()


@pytest.mark.corpus
@pytest.mark.skipif(not RECORDINGS, reason="CONFORM_CORPUS is not here")
def test_the_recorder_of_the_corpus() -> None:
    folder = CORPUS / "bwf" / "wavinfo"
    roll = rolls.read(folder / "A101_1.WAV")
    assert roll.start == Fraction(2_190_940_753, RATE)
    assert roll.rate == RATES["23.976"]
    assert roll.timecode == "12:39:59:00"
    assert names(roll) == ["MKH516 A", "Boom"]
    found, _ = rolls.scan([folder])
    family = next(roll for roll in found if roll.path.name == "A101_1_1.WAV")
    assert [path.name for path in family.paths] == ["A101_1_1.WAV", "A101_1_2.WAV"]
    assert names(family) == ["MKH516 A", "Boom"]
    metacorder = next(roll for roll in found if roll.tape == "Sr001")
    assert names(metacorder) == ["Boom", "Lav Beverly", "Car Plant Rr"]
    assert metacorder.circled is False
