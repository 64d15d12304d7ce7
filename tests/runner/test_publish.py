from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path, PurePosixPath

import pytest

from helpers.errors import GateError
from helpers.runner.publish import ABANDONED, publish, sweep, write_whole

PLACE = PurePosixPath("2026-03/stay/SYN07")


def write_files(folder: Path, text: str) -> dict[str, Path]:
    files = {name: folder / f"report.{name}" for name in ("html", "pdf")}
    for name, path in files.items():
        path.write_text(f"{text} {name}")
    return files


def test_files_lie_in_their_place_under_their_hash(tmp_path: Path) -> None:
    outputs = publish(write_files(tmp_path, "new"), tmp_path / "reports", PLACE)
    assert outputs["pdf"].path == "2026-03/stay/SYN07.pdf"
    for output in outputs.values():
        content = (tmp_path / "reports" / output.path).read_bytes()
        assert hashlib.sha256(content).hexdigest() == output.sha256


def test_nothing_but_the_files_is_left_in_the_folder(tmp_path: Path) -> None:
    publish(write_files(tmp_path, "new"), tmp_path / "reports", PLACE)
    assert sorted(p.name for p in (tmp_path / "reports/2026-03/stay").iterdir()) == [
        "SYN07.html",
        "SYN07.pdf",
    ]


def test_the_last_good_files_stay_when_one_of_the_new_cannot_be_staged(tmp_path: Path) -> None:
    publish(write_files(tmp_path, "old"), tmp_path / "reports", PLACE)
    files = write_files(tmp_path, "new")
    files["pdf"].unlink()
    with pytest.raises(FileNotFoundError):
        publish(files, tmp_path / "reports", PLACE)
    folder = tmp_path / "reports/2026-03/stay"
    assert sorted(p.name for p in folder.iterdir()) == ["SYN07.html", "SYN07.pdf"]
    assert (folder / "SYN07.html").read_text() == "old html"


@pytest.mark.parametrize("place", ["../x/y", "a/../../b", "/etc/x", "a b/c", ".hidden/c"])
def test_a_place_outside_the_reports_is_refused(tmp_path: Path, place: str) -> None:
    with pytest.raises(GateError):
        publish(write_files(tmp_path, "new"), tmp_path / "reports", PurePosixPath(place))
    assert not (tmp_path / "reports").exists()


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    target = tmp_path / "index.html"
    write_whole(target, b"old")
    write_whole(target, b"new")
    assert target.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [target]


def test_only_abandoned_staged_files_are_swept(tmp_path: Path) -> None:
    old, fresh, report = (tmp_path / name for name in (".a.html.1.part", ".b.html.2.part", "c.html"))
    for path in (old, fresh, report):
        path.touch()
    long_ago = time.time() - ABANDONED - 60
    for path in (old, report):
        os.utime(path, (long_ago, long_ago))
    sweep(tmp_path)
    assert sorted(tmp_path.iterdir()) == [fresh, report]
