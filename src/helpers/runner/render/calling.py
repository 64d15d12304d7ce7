"""Calling a program that may call others: all of them end with this process, in time, or when told to."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import monotonic
from typing import IO, Final

from helpers.errors import Problem, ReportError

_LOOK: Final = 0.1  # seconds between two looks
#: Starts a command and waits for it. Its input ends with whoever holds the other end, however that ended; then it
#: kills its own group: a command is often a script, and what the script started would go on without it.
_KEEPER: Final = """
import os, signal, subprocess, sys, threading

def end_all():
    sys.stdin.buffer.read()
    os.killpg(0, signal.SIGKILL)

threading.Thread(target=end_all, daemon=True).start()
sys.stdout.flush()
os._exit(subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL).returncode & 255)
"""


class SilenceError(ReportError):
    """A program said nothing for too long."""


class StoppedError(ReportError):
    """A program was ended because the batch is."""


def call(
    command: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    patience: float,
    stop: threading.Event | None = None,
) -> str:
    """Run a program; return what it said on standard error and output, whatever its exit status.

    A `ReportError` says that it was silent for more than `patience` seconds, or `stop` was set: nothing of it is left
    then.
    `environment` are variables beside those of this process.
    """
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [sys.executable, "-ISc", _KEEPER, *command] if os.name == "posix" else list(command),
            cwd=folder,
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _wait(process, said, patience, stop)
        finally:
            _end(process)
        said.seek(0)
        return said.read().decode("utf-8", "replace")


def _wait(
    process: subprocess.Popen[bytes], said: IO[bytes], patience: float, stop: threading.Event | None
) -> None:
    length, heard = 0, monotonic()
    while process.poll() is None:
        try:
            process.wait(_LOOK)
        except subprocess.TimeoutExpired:
            if stop is not None and stop.is_set():
                raise StoppedError(Problem("render", "was ended: the batch was interrupted")) from None
        if (now_long := os.fstat(said.fileno()).st_size) > length:
            length, heard = now_long, monotonic()
        if monotonic() - heard > patience:
            raise SilenceError(Problem("render", f"nothing was heard for {patience:g} seconds"))


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program and all that it started; most often there is nothing left to end."""
    if process.stdin:
        process.stdin.close()
    if os.name != "posix":
        process.kill()
    process.wait()
