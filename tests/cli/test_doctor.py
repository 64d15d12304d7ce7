"""`boardpack doctor` says what is there and what is missing, with what it is for and how to get it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from helpers.cli import doctor as module
from helpers.cli import main
from helpers.data.mart import Mart
from helpers.data.synthetic.organisations import organisations_frame

Findings = dict[str, dict[str, str]]


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, Findings]]:
    def run(root: Path) -> tuple[int, Findings]:
        with pytest.raises(SystemExit) as ended:
            main(["--project", str(root), "doctor", "--json"])
        assert isinstance(ended.value.code, int)
        return ended.value.code, {each["what"]: each for each in json.loads(capsys.readouterr().out)}

    return run


Ask = Callable[..., tuple[int, Findings]]


@pytest.fixture
def root(lay_out: Callable[..., Path]) -> Path:
    return lay_out({"good": {"SYN07.yml": "trust: SYN07\n"}})


def test_what_is_missing_is_told_with_its_cure(ask: Ask, root: Path) -> None:
    (root / "params" / "_schedule.yml").write_text("monthly:\n  evry: month\n", "utf-8")
    code, found = ask(root)
    assert code == 1
    assert "boardpack data load" in found["Data"]["cure"]
    assert found["Schedule"]["verdict"] == "missing"
    assert "_schedule.yml, line 1: is not a list" in found["Schedule"]["cure"]
    assert found["Fonts"]["verdict"] == found["Packages"]["verdict"] == "there"
    assert all(each["cure"] for each in found.values() if each["verdict"] != "there")
    assert all(each["purpose"] for each in found.values())


def test_a_project_with_data_has_nothing_that_stops_it(ask: Ask, root: Path) -> None:
    mart = Mart(root / ".boardpack" / "mart")
    with mart.load(source="codes", layout="synthetic", policy="published", synthetic=True) as load:
        load.write("organisations", organisations_frame())
    (root / ".boardpack").chmod(0o700)
    code, found = ask(root)
    assert (code, found["Data"]["verdict"], found["State"]["verdict"]) == (0, "there", "there")
    assert "some invented" in found["Data"]["found"]


@pytest.mark.skipif(os.name != "posix", reason="rights are POSIX's")
def test_a_state_that_others_may_look_into_and_a_full_disk_are_told(
    ask: Ask, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / ".boardpack").mkdir()
    (root / ".boardpack").chmod(0o755)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=5_000_000))
    _, found = ask(root)
    assert found["State"]["cure"] == f"chmod 700 {root / '.boardpack'}"
    assert "prune" in found["Disk of .boardpack/"]["cure"]


def test_outside_a_project_the_machine_is_told_and_the_way_to_one(ask: Ask, tmp_path: Path) -> None:
    code, found = ask(tmp_path)
    assert code == 1
    assert found["Python"]["verdict"] == "there"
    assert "go to the project's folder" in found["Project"]["cure"]


def test_a_package_that_is_not_installed_is_named(
    ask: Ask, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = ["pandas>=3.0", "no-such-thing>=1", 'no-such-extra>=1; extra == "dev"']
    monkeypatch.setattr(module.metadata, "requires", lambda _: wanted)
    _, found = ask(root)
    assert found["Packages"]["found"] == "without no-such-thing"
    assert found["Packages"]["verdict"] == "missing"


def test_a_quarto_too_old_stops_a_run_only_where_it_is_named(
    ask: Ask, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = tmp_path / "bin" / "quarto"
    command.parent.mkdir()
    command.write_text("#!/bin/sh\necho 1.8.27\n", "utf-8")
    command.chmod(0o755)
    monkeypatch.delenv("QUARTO_PATH", raising=False)
    monkeypatch.setenv("PATH", f"{command.parent}{os.pathsep}{os.environ['PATH']}")
    found = ask(root)[1]["Quarto"]
    assert found["verdict"] == "lacking"
    assert "1.8.27; allowed: 1.9 or newer" in found["cure"]
    monkeypatch.setenv("QUARTO_PATH", str(command))
    assert ask(root)[1]["Quarto"]["verdict"] == "missing"
