"""`conform sync --jobs`: the same bytes whatever the number of processes."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fixtures.film import Film, make_film
from fixtures.spec import FilmSpec, Guide

RUN = [sys.executable, "-c", "from ui.cli import main; main()", "sync"]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Film:
    """A film with dialogue on one channel of its guide, and music on the other."""
    spec = FilmSpec(seed=93, seconds=24, events=5, takes=2, mics=("Boom",), guide=Guide.SPLIT)
    return make_film(tmp_path_factory.mktemp("small"), spec)


def words(film: Film, session: Path, *options: str) -> list[str]:
    where = ["--picture", str(film.movie), "--rolls", str(film.rolls), "-o", str(session)]
    return [*RUN, str(film.otio), *where, *options]


def synced(film: Film, session: Path, jobs: int) -> tuple[bytes, Any]:
    ran = subprocess.run(
        words(film, session, "--json", "--jobs", str(jobs)), capture_output=True, check=True
    )
    answer = json.loads(ran.stdout)
    del answer["session"]
    return session.read_bytes(), answer


def test_any_number_of_jobs_gives_the_same_session(small: Film, tmp_path: Path) -> None:
    alone = synced(small, tmp_path / "1.otio", 1)
    assert [event["status"] for event in alone[1]["events"]] == ["measured"] * 5
    for jobs in (2, 3):
        assert synced(small, tmp_path / f"{jobs}.otio", jobs) == alone
