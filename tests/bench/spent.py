"""What a command costs a user: CPU seconds and peak memory of a fresh process."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

_LEAN = """
import json, os, subprocess, sys
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
said = child.stdout.read().decode()
_, status, used = os.wait4(child.pid, 0)
code = os.waitstatus_to_exitcode(status)
cpu = used.ru_utime + used.ru_stime
print(json.dumps({"said": said, "code": code, "cpu": cpu, "megabytes": used.ru_maxrss / 1024}))
"""
"""Runs a command and tells what it cost. Linux counts into a program's peak memory what the process
that started it held, so a small interpreter starts it, not the one that makes the material."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What a command said on standard output, its exit code, and what it cost."""

    said: str
    code: int
    cpu: float
    megabytes: float


def spent(command: Sequence[str]) -> Spent:
    """Run a command in a process of its own, and wait for it."""
    lean = [sys.executable, "-I", "-S", "-c", _LEAN]
    told = subprocess.run([*lean, *command], check=True, capture_output=True).stdout
    return Spent(**json.loads(told))
