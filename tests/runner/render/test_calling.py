"""A program and all that it started end in time, when told to, and with whoever called it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from helpers.runner.render.quarto import SilenceError, StoppedError, call

#: as Quarto's own command: a script that starts the program proper, which notes its process id
SCRIPT = """#!/bin/sh
{python} -c '
import os, pathlib, sys, time
pathlib.Path("pid").write_text(str(os.getpid()))
for _ in range({times}):
    print("word", file=sys.stderr, flush=True)
    time.sleep({seconds})
sys.exit(3)
'
echo done
"""


@pytest.fixture
def program(tmp_path: Path):
    def make(*, times: int, seconds: float) -> list[str]:
        path = tmp_path / "program"
        path.write_text(SCRIPT.format(python=sys.executable, times=times, seconds=seconds))
        path.chmod(0o755)
        return [str(path)]

    return make


def wait_for(holds) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


def is_gone(folder: Path) -> bool:
    pid = int((folder / "pid").read_text())
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_what_a_program_says_is_returned_whatever_its_exit_status(program, tmp_path):
    said = call(program(times=2, seconds=0), folder=tmp_path, environment={}, patience=30)
    assert said.split() == ["word", "word", "done"]


def test_variables_are_added_to_those_of_this_process(tmp_path):
    command = ["sh", "-c", "echo $OWN $HOME"]
    said = call(command, folder=tmp_path, environment={"OWN": "x"}, patience=30)
    assert said.strip() == f"x {os.environ['HOME']}"


def test_a_program_that_is_silent_for_too_long_is_ended_with_all_that_it_started(program, tmp_path):
    with pytest.raises(SilenceError, match="nothing was heard for 1 seconds"):
        call(program(times=1, seconds=600), folder=tmp_path, environment={}, patience=1)
    wait_for(lambda: is_gone(tmp_path))


def test_a_program_that_goes_on_speaking_is_let_go_on(program, tmp_path):
    said = call(program(times=5, seconds=0.5), folder=tmp_path, environment={}, patience=1.5)
    assert said.count("word") == 5


def test_a_program_ends_when_the_batch_does(program, tmp_path):
    stop = threading.Event()
    threading.Timer(1, stop.set).start()
    with pytest.raises(StoppedError):
        call(program(times=1, seconds=600), folder=tmp_path, environment={}, patience=600, stop=stop)
    wait_for(lambda: is_gone(tmp_path))


def test_a_program_ends_with_a_caller_that_is_killed(program, tmp_path):
    code = (
        "import pathlib, sys; from helpers.runner.render.quarto import call; "
        "call(sys.argv[1:], folder=pathlib.Path.cwd(), environment={}, patience=600)"
    )
    command = [sys.executable, "-c", code, *program(times=1, seconds=600)]
    with subprocess.Popen(command, cwd=tmp_path) as caller:
        wait_for(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text())
        caller.kill()
    wait_for(lambda: is_gone(tmp_path))
