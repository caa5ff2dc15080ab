"""What is imported before there is anything to do: every import is time that each call takes."""

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from ui.cli import VERBS

_MODULES = "import json, sys; {}; print(json.dumps(sorted(sys.modules)))"


def imported(program: str) -> set[str]:
    """The modules that a fresh interpreter holds after a program."""
    command = [sys.executable, "-c", _MODULES.format(program)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return set(json.loads(said.splitlines()[-1]))


def test_the_package_and_the_list_of_verbs_import_no_engine() -> None:
    assert not imported("import conform, ui.cli") & {"numpy", "scipy", "av", "opentimelineio"}


def test_the_help_of_no_verb_imports_scipy() -> None:
    verbs = "; ".join(f"import ui.commands.{verb}" for verb in VERBS)
    assert not imported(verbs) & {"scipy", "PyQt6", "sounddevice"}


def test_an_alignment_imports_no_more_of_scipy_than_it_needs(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, 12 * 48000)
    soundfile.write(tmp_path / "a.wav", noise, 48000)
    soundfile.write(tmp_path / "b.wav", noise[4 * 48000 :], 48000)
    files = [str(tmp_path / name) for name in ("a.wav", "b.wav")]
    run = (
        "from pathlib import Path; from conform.clocks.align import align; "
        f"one, other = (Path(name) for name in {files}); "
        "assert align(one, [other])[0].match.matched"
    )
    assert not imported(run) & {"scipy.signal", "scipy.stats", "scipy.optimize", "scipy.ndimage"}


def said(program: str) -> str:
    """What a program prints in a fresh interpreter, whatever the environment says of threads."""
    kept = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    command = [sys.executable, "-c", program]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=kept).stdout


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="counts the threads of Linux")
def test_no_thread_spins_for_small_matrices() -> None:
    assert int(said("import os, ui, numpy; print(len(os.listdir('/proc/self/task')))")) == 1


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="measures the allocator of glibc")
def test_freed_memory_is_kept_for_the_next_arrays() -> None:
    program = (
        "import resource, ui, numpy\n"
        "def pages(): return resource.getrusage(resource.RUSAGE_SELF).ru_minflt\n"
        "def work(): return [numpy.ones(1 << 17) for _ in range(16)]\n"
        "work(); before = pages()\n"
        "for _ in range(10): work()\n"
        "print(pages() - before)"
    )
    assert int(said(program)) < 4096  # of 40,960 that ten times 16 MB are
