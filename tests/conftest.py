"""What all tests share: the corpus of real exports, and the demo film, made once."""

import os
from importlib import import_module
from pathlib import Path

import pytest

from fixtures.film import Film, make_film
from fixtures.spec import demo_spec


def _qt_works() -> bool:
    try:
        import_module("PyQt6.QtWidgets")  # fails as well where Qt's system libraries are missing
        import_module("pytestqt")
    except ImportError:
        return False
    return True


pytest_plugins = ["pytestqt.plugin"] if _qt_works() else []


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real exports; tests that need it are skipped where it is not there."""
    beside = Path(__file__).parents[1].parent / "shared" / "corpus"
    folder = Path(os.environ.get("CONFORM_CORPUS", beside))
    if not folder.is_dir():
        pytest.skip("no corpus of real exports; set CONFORM_CORPUS")
    return folder


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Film:
    """The demo film, with every fault that the main job has to stand."""
    return make_film(tmp_path_factory.mktemp("film"), demo_spec())
