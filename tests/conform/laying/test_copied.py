"""Copies are proved event by event: what agrees, what differs, and what was no copy."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import soundfile

from conform.findings import Level
from conform.laying.copied import copies, copy_findings
from conform.laying.plan import PlanOptions, plan
from conform.laying.render import StemFile, render
from conform.laying.stems import stem_spec
from conform.region import Plan
from conform.roll import Roll, RollChannel
from conform.synced import EventSync, Status, Sync
from conform.timecode import RATES
from conform.timeline import Clip, Kind, Timeline, Track

SR = 48000


@pytest.fixture
def cut(tmp_path: Path) -> Sync:
    """Two events of one take of two channels, which meet; 24 bits of noise."""
    path = tmp_path / "take.wav"
    noise = np.random.default_rng(2).integers(-(2**23), 2**23, (8 * SR, 2)) << 8
    soundfile.write(path, noise.astype(np.int32), SR, subtype="PCM_24")
    channels = tuple(RollChannel(name, path, n) for n, name in enumerate(("Boom", "Lav")))
    roll = Roll("take", channels, 8 * SR, SR)
    clips = [
        Clip(f"1-{n}", *map(Fraction, (a, b, a, b))) for n, (a, b) in enumerate([(2, 4), (4, 6)])
    ]
    events = tuple(
        EventSync(f"000{n}", clip, (1,), Status.MEASURED, roll=roll, zero=Fraction(n, SR))
        for n, clip in enumerate(clips)
    )
    track = Track(Kind.AUDIO, 1, "A1", tuple(clips))
    return Sync(Timeline("cut", RATES["24"], tracks=(track,)), "", SR, Fraction(9), events, (roll,))


def written(sync: Sync, folder: Path, bits: int = 24) -> tuple[Plan, tuple[StemFile, ...]]:
    layout = plan(sync, PlanOptions())
    return layout, render(layout, folder, stem_spec(sync, bits=bits))


def test_every_copied_sample_is_compared(cut: Sync, tmp_path: Path) -> None:
    layout, stems = written(cut, tmp_path / "stems")
    found = copies(layout, stems)
    assert [(one.event, one.stems, one.differing) for one in found] == [
        ("0000", 2, 0),
        ("0001", 2, 0),
    ]
    tallied = sum(tally.copied for stem in stems for tally in stem.tallies)
    assert sum(one.samples for one in found) == tallied
    assert found[0].sha256 != found[1].sha256
    assert copies(layout, stems) == found


def test_one_sample_that_differs_is_told(cut: Sync, tmp_path: Path) -> None:
    layout, stems = written(cut, tmp_path / "stems")
    sound, _ = soundfile.read(stems[0].path, dtype="int32")
    sound[5 * SR] ^= 1 << 8  # the lowest of 24 bits
    soundfile.write(stems[0].path, sound, SR, subtype="PCM_24")
    found = copies(layout, stems)
    assert [one.differing for one in found] == [0, 1]
    (finding,) = copy_findings(found)
    assert (finding.level, finding.where) == (Level.ERROR, "event 0001")


def test_what_was_changed_claims_nothing(cut: Sync, tmp_path: Path) -> None:
    layout, stems = written(cut, tmp_path / "narrow", bits=16)
    assert copies(layout, stems) == ()
    layout, stems = written(cut, tmp_path / "stems")
    louder = tuple(replace(region, gain_db=1.0) for region in layout.regions)
    assert copies(replace(layout, regions=louder), stems) == ()
