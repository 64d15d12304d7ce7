from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from helpers.runner.kernel import manager
from helpers.runner.kernel.manager import LONGEST_SOCKET_PATH, socket_folder, transport_for


def test_the_socket_folder_is_private_short_and_removed() -> None:
    with socket_folder() as folder:
        if os.name == "posix":
            assert folder.stat().st_mode & 0o777 == 0o700
        assert transport_for(folder) == ("ipc" if os.name == "posix" else "tcp")
    assert not folder.exists()


def test_what_a_killed_run_left_is_removed_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(manager, "LONGEST_SOCKET_PATH", 500)  # the test's own folder may be a long one
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
