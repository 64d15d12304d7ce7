from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

import pytest

from helpers.errors import GateError
from helpers.runner.history.entries import Entry, Output, State
from helpers.runner.publish.switching import (
    ABANDONED,
    MANIFEST,
    settle,
    stage,
    sweep,
    switch,
    unstage,
    write_whole,
)

PLACE = PurePosixPath("2026-03/stay/SYN07")
FORMATS = ("html", "pdf", MANIFEST)


def contents(run: str, names: tuple[str, ...] = FORMATS) -> dict[str, bytes]:
    return {name: f"{run} {name}".encode() for name in names}


def publish(reports: Path, run: str, names: tuple[str, ...] = FORMATS) -> dict[str, Output]:
    outputs = stage(contents(run, names), reports, PLACE, run)
    switch(reports, outputs, run)
    return outputs


def lie_there(reports: Path) -> dict[str, str]:
    """Return what lies in the report's folder, hidden files included."""
    return {path.name: path.read_text() for path in (reports / PLACE.parent).iterdir()}


def expected(run: str, names: tuple[str, ...] = FORMATS) -> dict[str, str]:
    return {f"SYN07.{name}": f"{run} {name}" for name in names}


def test_files_lie_in_their_place_under_their_hash_and_nothing_else(tmp_path: Path) -> None:
    outputs = publish(tmp_path, "run1")
    assert lie_there(tmp_path) == expected("run1")
    for output in outputs.values():
        path = tmp_path / output.path
        assert hashlib.sha256(path.read_bytes()).hexdigest() == output.sha256
        found = path.stat()
        assert (output.size, output.modified, output.inode) == (
            found.st_size,
            found.st_mtime_ns,
            found.st_ino,
        )
        assert output.modified < time.time_ns() - 4_000_000_000  # no later change can have this stamp


def test_the_next_run_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    publish(tmp_path, "run1")
    publish(tmp_path, "run2")
    assert lie_there(tmp_path) == expected("run2")


def test_what_another_run_left_in_a_format_that_is_not_made_goes(tmp_path: Path) -> None:
    publish(tmp_path, "run1", ("html", "docx", MANIFEST))
    publish(tmp_path, "run2", ("html", "pdf", MANIFEST))
    assert lie_there(tmp_path) == expected("run2")


def test_the_last_good_files_stay_when_one_of_the_new_cannot_be_staged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(tmp_path, "run1")

    def fail(handle: int) -> None:
        written.append(handle)
        if len(written) == 2:
            raise OSError(28, "No space left on device")

    written: list[int] = []
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        stage(contents("run2"), tmp_path, PLACE, "run2")
    assert lie_there(tmp_path) == expected("run1")


@pytest.mark.parametrize("refused", ["SYN07.html", "SYN07.pdf", "SYN07.manifest.json"])
def test_the_last_good_files_stay_when_one_is_held_by_another_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused: str
) -> None:
    publish(tmp_path, "run1")
    outputs = stage(contents("run2"), tmp_path, PLACE, "run2")
    move = Path.replace

    def refuse(path: Path, target: Path) -> Path:
        if path.name == refused or (target.name == refused and ".run2.part" in path.name):
            raise PermissionError(13, "used by another process")
        return move(path, target)

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(PermissionError):
        switch(tmp_path, outputs, "run2")
    unstage(tmp_path, outputs, "run2")
    assert lie_there(tmp_path) == expected("run1")


def is_right(found: Mapping[str, str]) -> bool:
    """Whether a reader finds the page, whole, and beside it only files of the same run."""
    shown = {name: text for name, text in found.items() if not name.startswith(".")}
    runs = {text.split()[0] for text in shown.values()}
    return "SYN07.html" in shown and len(runs) == 1


class Killed(BaseException):
    """Stands for the end of the process: nothing may catch it and tidy up."""


@pytest.mark.parametrize("moment", range(7))
def test_readers_are_right_at_every_moment_and_a_sudden_end_is_completed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: int
) -> None:
    publish(tmp_path, "run1")
    outputs = stage(contents("run2"), tmp_path, PLACE, "run2")
    noted = {name: output for name, output in outputs.items() if name != MANIFEST}
    entry = Entry("run2", "stay", "SYN07", State.WAITING, step="publish", outputs=noted)
    steps: list[str] = []

    with monkeypatch.context() as patch:
        for name in ("replace", "unlink"):
            done = getattr(Path, name)

            def act(path: Path, *words: object, _done: object = done, **options: object) -> object:
                if len(steps) == moment:
                    raise Killed
                steps.append(path.name)
                result = _done(path, *words, **options)
                assert is_right(lie_there(tmp_path)), steps
                return result

            patch.setattr(Path, name, act)
        with pytest.raises(Killed):
            switch(tmp_path, outputs, "run2")
    assert settle(tmp_path, entry)
    assert lie_there(tmp_path) == expected("run2")
    assert settle(tmp_path, entry)  # again, as after a second sudden end
    assert lie_there(tmp_path) == expected("run2")


def test_what_was_not_staged_whole_is_not_published(tmp_path: Path) -> None:
    publish(tmp_path, "run1")
    outputs = stage(contents("run2"), tmp_path, PLACE, "run2")
    entry = Entry("run2", "stay", "SYN07", State.WAITING, step="publish", outputs=outputs)
    next(tmp_path.rglob(".SYN07.pdf*")).unlink()
    assert not settle(tmp_path, entry)
    assert lie_there(tmp_path) == expected("run1")


@pytest.mark.parametrize("place", ["../x/y", "a/../../b", "/etc/x", "a b/c", ".hidden/c"])
def test_a_place_outside_the_reports_is_refused(tmp_path: Path, place: str) -> None:
    with pytest.raises(GateError):
        stage(contents("run1"), tmp_path / "reports", PurePosixPath(place), "run1")
    assert not (tmp_path / "reports").exists()


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    target = tmp_path / "index.html"
    write_whole(target, b"old")
    write_whole(target, b"new")
    assert target.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [target]


def test_only_what_is_abandoned_or_of_a_run_that_is_over_is_swept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left, aside, report = (tmp_path / name for name in (".a.html.1.part", ".b.html.2.old", "c.html"))
    for path in (left, aside, report):
        path.touch()
    sweep(tmp_path)
    assert sorted(tmp_path.iterdir()) == [left, aside, report]
    sweep(tmp_path, ["1"])
    assert sorted(tmp_path.iterdir()) == [aside, report]
    tomorrow = time.time() + ABANDONED + 60
    monkeypatch.setattr(time, "time", lambda: tomorrow)
    sweep(tmp_path)
    assert sorted(tmp_path.iterdir()) == [report]
