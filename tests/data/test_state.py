"""The private state is its owner's alone, can be backed up, restored, upgraded, pruned and forgotten."""

from __future__ import annotations

import json
import sqlite3
import stat
import tarfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from helpers.data.keeping.forgetting import forget_source
from helpers.data.keeping.state import (
    STATE_VERSION,
    back_up,
    make_all_private,
    open_state,
    prune_state,
    restore,
)
from helpers.data.mart import Mart
from helpers.errors import DataError, UsageError


def spells(code: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "org_code": [code] * 3,
            "specialty_code": "100",
            "discharged": pd.Timestamp("2026-04-01"),
            "los_days": [1.0, 2.0, 3.0],
            "admission_method": "elective",
            "patient_class": "ordinary",
        }
    )


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A state with two sources, a history of two runs and their folders."""
    folder = tmp_path / ".boardpack"
    mart = Mart(folder / "mart")
    for source in ("hes", "other"):
        with mart.load(source=source, layout="l", policy="hes_record_level") as load:
            load.write("spells", spells(source.upper()))
    mart.derived("x", lambda: pd.DataFrame({"a": [1]}))
    with sqlite3.connect(folder / "history.sqlite") as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE reports (run, state, reads, outputs)")
        for run, source in (("20260101T000000Z-a", "hes"), ("20261101T000000Z-b", "other")):
            outputs = json.dumps({"html": {"path": f"{source}.html", "sha256": ""}})
            row = (run, "published", json.dumps([f"spells/{source}"]), outputs)
            database.execute("INSERT INTO reports VALUES (?, ?, ?, ?)", row)
            made = folder / "runs" / run
            made.mkdir(parents=True)
            (made / "executed.ipynb").write_text("{}")
    database.close()
    open_state(folder)
    return folder


def modes(folder: Path) -> set[int]:
    return {stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*") if path.is_file()}


def content(folder: Path) -> dict[str, bytes]:
    left_out = ("derived", "lock", ".sqlite")
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not any(word in path.as_posix() for word in left_out)
    }


def test_a_state_of_the_first_version_is_made_private_in_place(state: Path) -> None:
    (state / "VERSION").unlink()
    (state / "runs" / "x.log").write_text("x")
    (state / "runs" / "x.log").chmod(0o644)
    (state / "runs").chmod(0o755)
    open_state(state)
    assert (state / "VERSION").read_text().strip() == str(STATE_VERSION)
    assert modes(state) == {0o600}
    assert stat.S_IMODE((state / "runs").stat().st_mode) == 0o700


def test_a_newer_state_is_refused_with_the_cure_and_a_damaged_one_too(state: Path) -> None:
    (state / "VERSION").write_text("99\n")
    with pytest.raises(UsageError, match="update boardpack"):
        open_state(state)
    (state / "VERSION").write_text("x")
    with pytest.raises(UsageError, match="restore a back-up"):
        open_state(state)


def test_an_absent_or_empty_state_gets_nothing_but_what_keeps_git_out(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for name in ("none", "empty"):
        open_state(tmp_path / name)
        open_state(tmp_path / name)
        assert [each.name for each in (tmp_path / name).iterdir()] == [".gitignore"]


def test_what_is_backed_up_comes_back_the_same(state: Path, tmp_path: Path) -> None:
    target = tmp_path / "backup.tar.gz"
    back_up(state, target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    before = content(state)
    elsewhere = tmp_path / "elsewhere" / ".boardpack"
    restore(elsewhere, target)
    assert content(elsewhere) == before
    assert modes(elsewhere) == {0o600}
    with sqlite3.connect(elsewhere / "history.sqlite") as database:
        assert database.execute("SELECT count(*) FROM reports").fetchone() == (2,)
    database.close()
    assert len(Mart(elsewhere / "mart").query("SELECT * FROM spells")) == 6


def test_a_backup_overwrites_nothing_and_does_not_hold_itself(state: Path, tmp_path: Path) -> None:
    (tmp_path / "there").write_text("x")
    for target in (tmp_path / "there", state / "inside.tar.gz"):
        with pytest.raises(DataError):
            back_up(state, target)
    with pytest.raises(DataError, match="no private state"):
        back_up(tmp_path / "none", tmp_path / "new")
    with pytest.raises(DataError, match="none: there is no such folder; make it first"):
        back_up(state, tmp_path / "none" / "new")


def test_a_state_is_only_replaced_when_told_to(state: Path, tmp_path: Path) -> None:
    back_up(state, tmp_path / "b")
    with pytest.raises(DataError, match="--replace"):
        restore(state, tmp_path / "b")
    (state / "later").write_text("x")
    with pytest.raises(DataError, match="c: there is no such file"):
        restore(state, tmp_path / "c")
    restore(state, tmp_path / "b", replace=True)
    assert not (state / "later").exists()
    assert [each.name for each in tmp_path.iterdir() if "boardpack." in each.name] == []


@pytest.mark.parametrize("name", ["../outside", "/outside", "x"])
def test_a_damaged_or_hostile_backup_leaves_the_state_as_it_was(
    name: str, state: Path, tmp_path: Path
) -> None:
    before = content(state)
    bad = tmp_path / "bad.tar.gz"
    with tarfile.open(bad, "w:gz") as archive:
        for member, text in (
            (name, b"x"),
            ("CONTENTS.json", json.dumps({"files": {name: "0" * 64}}).encode()),
        ):
            path = tmp_path / "part"
            path.write_bytes(text)
            archive.add(path, member)
    with pytest.raises(DataError):
        restore(state, bad, replace=True)
    bad.write_bytes(bad.read_bytes()[:50])
    with pytest.raises(DataError, match="no whole back-up"):
        restore(state, bad, replace=True)
    assert content(state) == before
    assert not (tmp_path.parent / "outside").exists()


def test_a_backup_of_a_newer_version_is_refused(state: Path, tmp_path: Path) -> None:
    (state / "VERSION").write_text("99")
    back_up(state, tmp_path / "b")
    (state / "VERSION").write_text(str(STATE_VERSION))
    with pytest.raises(UsageError, match="newer boardpack"):
        restore(state, tmp_path / "b", replace=True)
    assert (state / "VERSION").read_text() == str(STATE_VERSION)


def test_old_runs_go_and_young_ones_stay(state: Path) -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    assert prune_state(state, older_than=timedelta(days=90), now=now).runs == ("20260101T000000Z-a",)
    assert [folder.name for folder in (state / "runs").iterdir()] == ["20261101T000000Z-b"]


def test_a_forgotten_source_is_in_no_file_any_more(state: Path) -> None:
    done = forget_source(state, "hes")
    assert (len(done.loads), done.runs, done.published) == (1, ("20260101T000000Z-a",), ("hes.html",))
    mart = Mart(state / "mart")
    assert [load.source for load in mart.loads()] == ["other"]
    assert list(mart.query("SELECT DISTINCT org_code FROM spells")["org_code"]) == ["OTHER"]
    assert not any("HES" in path.as_posix() for path in state.rglob("*"))
    assert not any(b'"hes"' in path.read_bytes() for path in (state / "mart" / "manifests").iterdir())
    assert list((state / "mart").glob("derived/*/*.parquet")) == []


def test_a_source_that_was_replaced_is_forgotten_in_old_versions_too(state: Path) -> None:
    mart = Mart(state / "mart")
    with mart.load(source="hes", layout="l", policy="hes_record_level") as load:
        load.write("spells", spells("HES2"))
    assert len(forget_source(state, "hes").loads) == 2
    with mart.load(source="hes", layout="l", policy="hes_record_level") as load:
        load.write("spells", spells("HES3"))
    assert set(mart.query("SELECT DISTINCT org_code FROM spells")["org_code"]) == {"OTHER", "HES3"}


def test_an_unknown_source_is_named_with_what_is_known(state: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="hes, other"):
        forget_source(state, "hess")
    with pytest.raises(DataError, match="nothing is loaded"):
        forget_source(tmp_path / "none", "hes")


def test_values_of_patients_are_in_no_message(state: Path) -> None:
    bad = spells("A").assign(specialty_code="100", los_days=[-4321.0, 1.0, 2.0])
    mart = Mart(state / "mart")
    with (
        pytest.raises(DataError) as error,
        mart.load(source="x", layout="l", policy="hes_record_level") as load,
    ):
        load.write("spells", bad)
    assert "4321" not in str(error.value)


def test_links_out_of_the_state_are_not_followed(state: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("x")
    outside.chmod(0o644)
    (state / "link").symlink_to(outside)
    make_all_private(state)
    assert stat.S_IMODE(outside.stat().st_mode) == 0o644


def test_sums_of_records_that_kernels_could_read_are_forgotten(tmp_path: Path) -> None:
    state = tmp_path / "state"
    kept = state / "mart" / "derived" / "000001-a" / "stay_cells.parquet"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"sums of records")
    (state / "VERSION").write_text("2\n")
    open_state(state)
    assert not kept.exists()
    assert (state / "VERSION").read_text().strip() == str(STATE_VERSION)
