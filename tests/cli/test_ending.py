"""The command ends at once, with its exit code, all that it printed, and what others asked to be done at the end."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest

AT_THE_END = "import atexit; atexit.register(print, 'done at the end')"
#: what Python itself would take apart and the system frees at once
HELD = """
class Held:
    def __del__(self): print("taken apart")
import helpers
helpers.held = Held()
"""
THREAD = "import threading, time; threading.Thread(target=lambda: (time.sleep(0.5), print('waited for'))).start()"


def run(before: str, *words: str) -> subprocess.CompletedProcess[str]:
    program = f"{before}\nfrom helpers.cli import main; main()"
    return subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True)


@pytest.mark.parametrize(("words", "code"), [(("--version",), 0), (("nonsense",), 2)])
def test_it_ends_with_its_code_after_all_that_was_asked_for(words: tuple[str, ...], code: int) -> None:
    done = run(AT_THE_END + HELD, *words)
    assert done.returncode == code
    assert done.stdout.splitlines()[-1] == "done at the end"
    assert "boardpack 0" in done.stdout or "nonsense" in done.stderr
    assert "taken apart" not in done.stdout


def test_it_waits_for_threads() -> None:
    assert run(THREAD, "--version").stdout.splitlines()[-1] == "waited for"


def test_where_nobody_reads_it_ends_as_python_does() -> None:
    command = [sys.executable, "-c", "from helpers.cli import main; main()", "--version"]
    told_to: dict[str, Any] = {
        "stdout": subprocess.PIPE,
        "stderr": subprocess.PIPE,
        "env": {**os.environ, "PYTHONUNBUFFERED": ""},
    }
    with subprocess.Popen(command, text=True, **told_to) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        told = process.stderr.read()
    assert process.returncode == 120  # Python's own code for output that could not be written
    assert "BrokenPipeError" in told
