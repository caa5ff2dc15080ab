"""What is written to OTIO is read back exactly, and a session returns what was saved."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings

from adapters import otio, session
from conform.synced import Sync
from conform.timeline import Timeline
from tests.strategies import syncs, timelines

slow = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@slow
@given(timelines())
def test_a_timeline_returns_from_otio_as_it_was(timeline: Timeline) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "cut.otio"
        otio.write(timeline, path)
        assert otio.read(path).timelines == (timeline,)


@slow
@given(syncs())
def test_a_session_returns_as_it_was_saved(sync: Sync) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "session.otio"
        session.save(sync, path)
        assert session.load(path) == sync
