"""Pro Tools session text: one session in every time format lands at the same places."""

from __future__ import annotations

import os
import re
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.ptx_text import read
from adapters.ptx_text.clocks import Clock, film_rates
from conform.errors import TimecodeError, TimelineError
from conform.timecode import RATES
from conform.timeline import Clip, Timeline

CORPUS = Path(os.environ.get("CONFORM_CORPUS", Path(__file__).parents[3] / "shared" / "corpus"))
TEXTS = CORPUS / "protools-text"
DAW = TEXTS / "daw-file-tools"
SPOTTING = TEXTS / "ptulsconv"

HEADER = """SESSION NAME:\tReel 1
SAMPLE RATE:\t48000.000000
BIT DEPTH:\t24-bit
SESSION START TIMECODE:\t{start}
TIMECODE FORMAT:\t{rate}
# OF AUDIO TRACKS:\t1
# OF AUDIO CLIPS:\t1
# OF AUDIO FILES:\t1


"""
COLUMNS = (
    "CHANNEL \tEVENT   \tCLIP NAME   \tSTART TIME    \tEND TIME      \tDURATION      \tSTATE\n"
)


def session(body: str, *, rate: str = "24 Frame", start: str = "01:00:00:00") -> str:
    return HEADER.format(rate=rate, start=start) + body


def track(rows: str, *, state: str = "", comments: str = "") -> str:
    return (
        "T R A C K  L I S T I N G\n"
        f"TRACK NAME:\tDX\nCOMMENTS:\t{comments}\nUSER DELAY:\t0 Samples\nSTATE: {state}\n"
        + COLUMNS
        + rows
        + "\n\n"
    )


def row(event: int, name: str, start: str, end: str, state: str = "Unmuted") -> str:
    return f"1       \t{event}       \t{name}\t   {start}\t   {end}\t   -\t{state}\n"


@pytest.fixture
def written(tmp_path: Path) -> Path:
    return tmp_path / "session.txt"


def only(path: Path, text: str) -> Timeline:
    path.write_text(text, encoding="utf-8")
    return read(path).timelines[0]


def places(timeline: Timeline) -> list[tuple[str, Fraction, Fraction]]:
    return [(clip.name, clip.record_in, clip.record_out) for _, clip in timeline.clips()]


def test_times_of_day_and_times_since_the_start_agree(written: Path) -> None:
    forms = {
        "01:00:10:00": "01:00:12:12",
        "01:00:10:00.00": "01:00:12:12.00",
        "0:10.000": "0:12.500",
        "480000": "600000",
        "15+00": "18+12",
    }
    for start, end in forms.items():
        cut = only(written, session(track(row(1, "A", start, end))))
        assert places(cut) == [("A", Fraction(10), Fraction(25, 2))]


def test_bars_and_beats_are_refused_with_their_line(written: Path) -> None:
    written.write_text(session(track(row(1, "A", "13|3| 048", "20|1| 768"))))
    with pytest.raises(TimelineError, match=r"line 17: .*bars and beats.*timecode or samples"):
        read(written)


def test_fades_and_crossfades_fold_into_their_clips(written: Path) -> None:
    rows = (
        row(1, "(fade in)", "0", "100")
        + row(2, "A", "100", "1000")
        + row(3, "(cross fade)", "1000", "1200")
        + row(4, "B", "1200", "2000")
        + row(5, "(fade out)", "2000", "2400")
        + row(6, "C", "2400", "2500", "Muted")
    )
    (lane,) = only(written, session(track(rows))).tracks
    (cross,) = lane.transitions
    sr = 48000
    assert places(only(written, session(track(rows)))) == [
        ("A", Fraction(0), Fraction(1100, sr)),
        ("B", Fraction(1100, sr), Fraction(2400, sr)),
        ("C", Fraction(2400, sr), Fraction(2500, sr)),
    ]
    fades = [(clip.fade_in, clip.fade_out) for clip in lane.clips]
    assert fades[0][0] is not None
    assert fades[0][0].duration == Fraction(100, sr)
    assert fades[1][1] is not None
    assert fades[1][1].duration == Fraction(400, sr)
    assert (cross.record_in, cross.record_out) == (Fraction(1000, sr), Fraction(1200, sr))
    assert [clip.enabled for clip in lane.clips] == [True, True, False]


def test_clips_know_their_file_and_channel(written: Path) -> None:
    body = (
        "O N L I N E  F I L E S  I N  S E S S I O N\n"
        "Filename\tLocation\nA 1.wav\tDisk:Audio Files:\n\n\n"
        "O N L I N E  C L I P S  I N  S E S S I O N\n"
        "CLIP NAME\tSource File\nA.R   \tA 1.wav\t[2]\n\n\n" + track(row(1, "A.R", "0", "100"))
    )
    ((_, clip),) = only(written, session(body)).clips()
    assert (clip.source.name, clip.channels) == ("A 1.wav", (2,))
    assert clip.source.url == "file:///Volumes/Disk/Audio%20Files/A%201.wav"


def test_a_timestamp_places_the_clip_in_its_source(written: Path) -> None:
    text = track("").replace("\tSTATE\n", "\tTIMESTAMP\tSTATE\n")
    text = text.rstrip("\n") + "\n1\t1\tA\t01:00:01:00\t01:00:02:00\t-\t10:00:00:12\tUnmuted\n"
    ((_, clip),) = only(written, session(text)).clips()
    assert (clip.source_in, clip.source_out) == (36000 + Fraction(1, 2), 36001 + Fraction(1, 2))


def test_states_markers_and_comments_are_kept(written: Path) -> None:
    body = track(row(1, "A", "0", "9"), state="Inactive Solo", comments="one\ntwo") + (
        "M A R K E R S  L I S T I N G\n"
        "#\tLOCATION\tTIME REFERENCE\tUNITS\tNAME\tTRACK NAME\tTRACK TYPE\tCOMMENTS\n"
        "1\t01:00:01:00\t48001\tSamples\tPop\tMarkers\tRuler\tsee\n"
        "2\t3|1\t3|1\tTicks\tBeat\tMarkers\tRuler\t\n"
    )
    written.write_text(session(body))
    cut = read(written)
    timeline = cut.timelines[0]
    (lane,) = timeline.tracks
    assert (lane.enabled, lane.soloed) == (False, True)
    assert dict(lane.metadata)["COMMENTS"] == "one\ntwo"
    assert [(marker.name, marker.at) for marker in timeline.markers] == [
        ("Pop", Fraction(48001, 48000))
    ]
    assert "ptx.marker" in {odd.code for odd in cut.findings}


def test_a_session_across_midnight_runs_on(written: Path) -> None:
    cut = only(
        written, session(track(row(1, "A", "00:00:10:00", "00:00:11:00")), start="23:59:50:00")
    )
    assert places(cut) == [("A", Fraction(20), Fraction(21))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "mac-roman", "cp1252"])
def test_old_encodings_are_read(written: Path, encoding: str) -> None:
    ends = "\r" if encoding == "mac-roman" else "\n"
    text = session(track(row(1, "Café", "0", "9"))).replace("\n", ends)
    written.write_bytes(text.encode(encoding))
    assert places(read(written).timelines[0])[0][0] == "Café"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "TITLE: x\n",
        "SESSION NAME:\tA\n",
        session("").replace("24 Frame", "17 apples"),
        session("").replace("01:00:00:00", "99:00:00:00"),
        session("").replace("48000.000000", "nan"),
        session("").replace("48000.000000", "inf"),
        session("").replace("48000.000000", "0"),
        session(track(row(1, "A", "", ""))),
        session(track(row(1, "A", "500", "100"))),
        session(track(row(1, "A", "01:00:00:99", "01:00:01:00"))),
        session(track("1\t1\n")),
    ],
)
def test_bad_texts_are_refused_in_one_line(written: Path, text: str) -> None:
    written.write_text(text)
    with pytest.raises(TimelineError) as refusal:
        read(written)
    assert "\n" not in str(refusal.value)


@given(st.binary(max_size=400))
def test_no_bytes_make_it_fall_over(tmp_path_factory: pytest.TempPathFactory, tail: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.txt"
    path.write_bytes(session(track(row(1, "A", "0", "9"))).encode() + tail)
    try:
        read(path)
    except TimelineError:
        return


@given(st.sampled_from(list(RATES.values())), st.integers(0, 2_000_000), st.integers(0, 99))
def test_subframes_are_hundredths_of_a_frame(rate: object, frame: int, sub: int) -> None:
    clock = Clock(rate, Fraction(0), 48000)  # type: ignore[arg-type]  # sampled from RATES
    label = f"{clock.rate.label(frame)}.{sub:02}"
    assert clock.of_day(label) == (frame % clock.rate.day + Fraction(sub, 100)) / clock.rate.fps


def test_the_feet_rate_is_told_by_markers_alone() -> None:
    assert film_rates([("84+03.58", 2695168)], 48000) == (Fraction(24),)
    assert len(film_rates([("0+00", 0)], 48000)) == 5
    assert film_rates([], 48000) == ()
    with pytest.raises(TimecodeError):
        Clock(RATES["24"], Fraction(0), 48000).seconds("nonsense")


corpus = pytest.mark.corpus
here = pytest.mark.skipif(not TEXTS.is_dir(), reason="no CONFORM_CORPUS")


@corpus
@here
def test_every_real_export_is_read_with_every_row() -> None:
    for path in sorted(TEXTS.rglob("*.txt")):
        if "BarsBeats" in path.name:
            continue
        timeline = read(path).timelines[0]
        text = path.read_bytes().decode("utf-8", "replace")
        rows = len(re.findall(r"^\d+ *\t\d+ *\t.*(?:Unmuted|Muted)\s*$", text, re.MULTILINE))
        listed = re.findall(r"\((fade in|fade out|cross fade)\) *\t *(\S+)\t *(\S+)\t", text)
        lasting = [kind for kind, start, end in listed if start != end]
        events = [clip for _, clip in timeline.clips()]
        crosses = sum(len(lane.transitions) for lane in timeline.tracks)
        folded = sum(bool(clip.fade_in) + bool(clip.fade_out) for clip in events)
        assert len(events) == rows - len(listed), path.name
        assert crosses == lasting.count("cross fade"), path.name
        assert folded == len(lasting) - crosses, path.name


@corpus
@here
@pytest.mark.parametrize(
    ("name", "within"),
    [
        ("Timecode", RATES["23.976"].frame),
        ("FeetFrames", Fraction(1, 24)),
        ("FeetFrames_ShowSubframes", Fraction(1, 2400)),
        ("MinSecs", Fraction(1)),
        ("MinSecs_ShowSubframes", Fraction(1, 1000)),
        ("Samples_ShowSubframes", Fraction(0)),
    ],
)
def test_one_session_in_every_format_lands_at_its_samples(name: str, within: Fraction) -> None:
    exact = clips(DAW / "SessionText_TimeFormats_Samples_PT2022.9.txt")
    found = clips(DAW / f"SessionText_TimeFormats_{name}_PT2022.9.txt")
    assert len(found) == len(exact) == 2
    for one, other in zip(found, exact, strict=True):
        assert 0 <= other.record_in - one.record_in <= within
        assert 0 <= other.record_out - one.record_out <= within


@corpus
@here
def test_minutes_and_timecode_of_a_drop_frame_session_agree_with_its_samples() -> None:
    exact = clips(SPOTTING / "Robin Hood Spottingsamples.txt")
    frame = RATES["29.97"].frame
    for name, within in (("MSS", Fraction(1, 1000)), ("DF", frame), ("MS", Fraction(1))):
        found = clips(SPOTTING / f"Robin Hood Spotting{name}.txt")
        assert len(found) == len(exact)
        for one, other in zip(found, exact, strict=True):
            assert abs(other.record_in - one.record_in) <= within
            assert abs(other.record_out - one.record_out) <= within


def clips(path: Path) -> list[Clip]:
    return [clip for _, clip in read(path).timelines[0].clips()]
