from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from helpers.runner.kernel import (
    LONGEST_SOCKET_PATH,
    Cause,
    Limits,
    Watch,
    end_group,
    group_of,
    kernel_environment,
    socket_folder,
    transport_for,
)

# A process that leads a group and starts another one, which ignores a polite request to end.
FAMILY = """
import signal, subprocess, sys, time
child = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
subprocess.Popen([sys.executable, "-c", child])
print("ready", flush=True)
time.sleep(600)
"""


@pytest.fixture
def family() -> Iterator[subprocess.Popen[str]]:
    code = [sys.executable, "-c", FAMILY]
    with subprocess.Popen(code, stdout=subprocess.PIPE, text=True, start_new_session=True) as leader:
        assert leader.stdout is not None
        assert leader.stdout.readline() == "ready\n"
        yield leader
        end_group(leader.pid)


def wait_for(watch: Watch) -> None:
    deadline = time.monotonic() + 10
    while watch.cause is None and time.monotonic() < deadline:
        time.sleep(0.05)


def test_the_whole_group_is_ended(family: subprocess.Popen[str]) -> None:
    members = group_of(family.pid)
    assert len(members) == 2
    end_group(family.pid)
    assert group_of(family.pid) == []
    assert not any(each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in members)


def test_a_child_whose_parent_is_gone_is_still_of_the_group(family: subprocess.Popen[str]) -> None:
    family.kill()
    family.wait()
    assert len(group_of(family.pid)) == 1


def test_the_time_limit_ends_the_group(family: subprocess.Popen[str]) -> None:
    watch = Watch(Limits(seconds=0.1), threading.Event())
    watch.begin(family.pid)
    wait_for(watch)
    watch.end()
    assert watch.cause is Cause.TIME
    assert group_of(family.pid) == []


def test_the_memory_limit_counts_the_whole_group(family: subprocess.Popen[str]) -> None:
    alone = psutil.Process(family.pid).memory_info().rss / 1024**2
    watch = Watch(Limits(megabytes=int(alone) + 2), threading.Event())  # the child is what passes it
    watch.begin(family.pid)
    wait_for(watch)
    watch.end()
    assert watch.cause is Cause.MEMORY
    assert watch.peak > alone


def test_an_interruption_ends_the_group(family: subprocess.Popen[str]) -> None:
    stop = threading.Event()
    watch = Watch(Limits(), stop)
    watch.begin(family.pid)
    stop.set()
    wait_for(watch)
    watch.end()
    assert watch.cause is Cause.INTERRUPTED


def test_what_is_left_at_the_end_is_ended_without_a_cause(family: subprocess.Popen[str]) -> None:
    watch = Watch(Limits(), threading.Event())
    watch.begin(family.pid)
    watch.end()
    assert watch.cause is None
    assert group_of(family.pid) == []


def test_the_socket_folder_is_private_short_and_removed() -> None:
    with socket_folder() as folder:
        if os.name == "posix":
            assert folder.stat().st_mode & 0o777 == 0o700
        assert transport_for(folder) == ("ipc" if os.name == "posix" else "tcp")
    assert not folder.exists()


def test_what_a_killed_run_left_is_removed_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    old, fresh = tmp_path / "boardpack-old", tmp_path / "boardpack-fresh"
    for each in (old, fresh):
        each.mkdir()
    os.utime(old, (0, 0))
    with socket_folder():
        assert not old.exists()
        assert fresh.exists()


@pytest.mark.skipif(os.name != "posix", reason="needs Unix sockets")
def test_a_long_temporary_folder_is_not_used_for_sockets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = tmp_path / ("x" * LONGEST_SOCKET_PATH)
    long.mkdir()
    assert transport_for(long) == "tcp"
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    with socket_folder() as folder:
        assert transport_for(folder) == "ipc"


def test_the_environment_is_fixed_before_what_the_user_has_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONHASHSEED", "random")
    monkeypatch.setenv("OWN", "kept")
    environment = kernel_environment({"BOARDPACK_ROOT": "here"}, tmp_path)
    wanted = {"PYTHONHASHSEED": "0", "OWN": "kept", "BOARDPACK_ROOT": "here", "IPYTHONDIR": str(tmp_path)}
    assert wanted.items() <= environment.items()
