"""The mart keeps what it was given, whatever happens to a load."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import random
import signal
import stat
import subprocess
import sys
import threading
import time
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from helpers.data.mart import Mart
from helpers.data.mart.views import rolled_up_statements
from helpers.errors import DataError


def values(**columns: object) -> pd.DataFrame:
    row = {
        "measure": "rtt_18_weeks",
        "org_code": "RGT",
        "period": pd.Timestamp("2026-04-01"),
        "period_type": "month",
        "basis": "provider",
        "numerator": 9.0,
        "denominator": 10.0,
        "value": 0.9,
        "status": "actual",
        "origin": "published",
        "suppressed": False,
    }
    return pd.DataFrame([row | columns])


def spells(codes: str = "AAB") -> pd.DataFrame:
    return pd.DataFrame(
        {
            "org_code": list(codes),
            "specialty_code": "100",
            "discharged": pd.Timestamp("2026-04-01"),
            "los_days": [float(number) for number in range(len(codes))],
            "admission_method": "elective",
            "patient_class": "ordinary",
        }
    )


def store(mart: Mart, frame: pd.DataFrame, table: str = "measure_values", **options: object) -> str:
    settings = {"source": "s", "layout": "l", "policy": "published", "mode": "append"} | options
    with mart.load(**settings) as load:
        load.write(table, frame)
    return mart.version


def test_importing_the_mart_loads_no_scientific_library() -> None:
    code = (
        "import sys, helpers.data.mart; helpers.data.mart.Mart('x').version; "
        "sys.exit(any(m in sys.modules for m in ('pandas', 'numpy', 'pyarrow', 'duckdb', 'pandera')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_empty_mart_has_typed_empty_views(tmp_path: Path) -> None:
    mart = Mart(tmp_path / "mart")
    assert (mart.version, mart.fingerprints(), mart.loads(), mart.sources()) == ("", {}, (), ())
    assert mart.query("SELECT period FROM measure_values_rolled_up").dtypes["period"] == "datetime64[us]"
    assert mart.query("SELECT count(*) AS n FROM spells")["n"].tolist() == [0]


def test_views_that_take_long_to_make_are_made_when_they_are_asked_for(tmp_path: Path) -> None:
    mart = Mart(tmp_path)
    version = store(mart, values(numerator=7))
    pinned = mart.at(version)

    def made() -> set[str]:
        return {name for (name,) in pinned.fetch("SELECT view_name FROM duckdb_views()")}

    assert pinned.fetch("SELECT numerator FROM measure_values") == [(7,)]
    assert "measure_values_rolled_up" not in made()
    pinned._series_reader.execute(
        rolled_up_statements()[0]
    )  # as if it had been interrupted after the first
    assert pinned.fetch("SELECT numerator FROM measure_values_rolled_up") == [(7,)]
    assert pinned.apart().fetch("SELECT numerator FROM Measure_Values_Counted") == [(7,)]
    assert mart.fetch("SELECT numerator FROM measure_values_rolled_up") == [
        (7,)
    ]  # not pinned: on a new connection
    assert {"measure_values_counted", "measure_values_rolled_up"} <= made()
    with closing(mart.connect()) as connection:
        assert connection.execute("SELECT numerator FROM measure_values_rolled_up").fetchall() == [(7,)]


def test_records_are_split_by_organisation_and_come_back(tmp_path: Path) -> None:
    mart = Mart(tmp_path / "it's [a] mart*")
    store(mart, spells(), "spells", policy="hes_record_level")
    assert mart.query("SELECT org_code, los_days FROM spells ORDER BY ALL").to_numpy().tolist() == [
        ["A", 0.0],
        ["A", 1.0],
        ["B", 2.0],
    ]
    assert sorted(path.parent.name for path in mart.path.rglob("*.parquet")) == ["org_code=A", "org_code=B"]


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    mart = Mart(tmp_path / "new" / "mart")
    store(mart, spells(), "spells")
    mart.derived("x", lambda: pd.DataFrame({"a": [1]}))
    modes = {stat.S_IMODE(path.stat().st_mode) for path in mart.path.rglob("*")}
    assert modes <= {0o600, 0o700}
    assert stat.S_IMODE(mart.path.stat().st_mode) == 0o700


def test_the_same_content_again_changes_nothing(tmp_path: Path) -> None:
    mart = Mart(tmp_path)
    version = store(mart, values())
    assert store(mart, values()) == version
    assert store(mart, values(value=0.8)) != version


def test_the_latest_vintage_wins_and_older_ones_stay_readable(tmp_path: Path) -> None:
    mart = Mart(tmp_path)
    store(mart, values(value=0.9), vintage=datetime(2026, 6, 1))
    store(mart, values(value=0.8), vintage=datetime(2026, 7, 1))
    store(mart, values(value=0.7), vintage=datetime(2026, 5, 1))
    assert mart.query("SELECT value FROM measure_values")["value"].tolist() == [0.8]
    assert mart.query("SELECT value FROM measure_values_all ORDER BY vintage")["value"].tolist() == [
        0.7,
        0.9,
        0.8,
    ]


def test_a_publication_wins_over_a_table_that_others_made_of_it(tmp_path: Path) -> None:
    mart = Mart(tmp_path)
    store(mart, values(value=0.9), source="publication", vintage=datetime(2026, 6, 1))
    store(mart, values(value=0.8), source="table", secondary=True, vintage=datetime(2026, 7, 1))
    assert mart.query("SELECT value FROM measure_values")["value"].tolist() == [0.9]


def test_a_provisional_figure_gives_way_and_a_plan_stands_beside(tmp_path: Path) -> None:
    mart = Mart(tmp_path)
    store(mart, values(status="provisional"))
    store(mart, values(status="plan", value=0.5))
    store(mart, values(status="actual", value=0.7))
    shown = mart.query("SELECT status, value FROM measure_values ORDER BY status")
    assert shown.to_numpy().tolist() == [["actual", 0.7], ["plan", 0.5]]


def test_replace_drops_the_sources_earlier_loads_and_no_others(tmp_path: Path) -> None:
    mart = Mart(tmp_path)
    store(mart, spells("A"), "spells", source="one")
    store(mart, spells("B"), "spells", source="two")
    store(mart, spells("C"), "spells", source="one", mode="replace")
    assert mart.query("SELECT org_code FROM spells ORDER BY 1")["org_code"].tolist() == ["B", "C"]


def test_a_pinned_reader_sees_its_version_whatever_is_loaded_after(tmp_path: Path) -> None:
    mart = Mart(tmp_path)
    pinned = mart.at(store(mart, spells("A"), "spells"))
    store(mart, spells("BB"), "spells", mode="replace")
    assert pinned.query("SELECT org_code FROM spells")["org_code"].tolist() == ["A"]
    assert pinned.fingerprints() != mart.fingerprints()
    with pytest.raises(DataError, match="no version 000009-x"):
        mart.at("000009-x")


def test_a_load_that_raises_leaves_nothing(tmp_path: Path) -> None:
    mart = Mart(tmp_path)
    version = store(mart, values())

    def fail() -> None:
        with mart.load(source="t", layout="l", policy="published") as load:
            load.write("measure_values", values(value=0.1))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert mart.version == version
    assert not list((tmp_path / "staging").iterdir())
    assert len(list((tmp_path / "data").iterdir())) == 1


def test_frames_that_break_the_contract_are_refused_with_every_problem(tmp_path: Path) -> None:
    frame = values(period_type="fortnight", basis="patient").assign(denominator=-1.0)
    with pytest.raises(DataError) as raised:
        store(Mart(tmp_path), frame)
    assert {problem.where.split("column ")[1].split(",")[0] for problem in raised.value.problems} == {
        "period_type",
        "basis",
        "denominator",
    }
    with pytest.raises(DataError, match=r"column org_code: missing.*did you mean orgcode"):
        store(Mart(tmp_path), values().rename(columns={"org_code": "orgcode"}))
    with pytest.raises(DataError, match="did you mean spells"):
        store(Mart(tmp_path), values(), "spell")
    with pytest.raises(DataError, match="letters, digits"):
        store(Mart(tmp_path), spells().assign(org_code="../x"), "spells")


def test_columns_may_be_added(tmp_path: Path) -> None:
    mart = Mart(tmp_path)
    store(mart, spells("A"), "spells")
    store(mart, spells("B").assign(ward="W1"), "spells")
    shown = mart.query("SELECT org_code, ward FROM spells ORDER BY 1")
    assert shown["ward"].isna().tolist() == [True, False]


def test_loads_and_sources_say_what_was_read(tmp_path: Path) -> None:
    mart = Mart(tmp_path / "mart")
    file = tmp_path / "file.csv"
    file.write_text("x", "utf-8")
    with mart.load(
        source="s", layout="l", policy="published", file=file, name="Name", as_at=date(2026, 4, 30)
    ) as load:
        load.write("measure_values", values())
        load.count(read=3, rejected={"total row": 2})
    (record,) = mart.loads()
    assert (record.rows_read, record.rows_kept, record.rows_rejected) == (3, 1, 2)
    assert record.rejected == {"total row": 2}
    (source,) = mart.sources()
    assert (source.dataset, source.as_at, source.origin) == ("measure_values/s", "2026-04-30", "published")
    shown = mart.query("SELECT version, source, rows_read, policy FROM loads")
    assert shown.to_numpy().tolist() == [[mart.version, "s", 3, "published"]]


def test_a_mart_can_be_handed_to_another_process(tmp_path: Path) -> None:
    version = store(Mart(tmp_path), values())
    pinned = Mart(tmp_path).at(version)
    pinned.query("SELECT 1")
    mart = pickle.loads(pickle.dumps(pinned))
    assert (mart.path, mart.version, len(mart.query("SELECT * FROM measure_values"))) == (
        tmp_path,
        version,
        1,
    )


def test_a_benchmark_is_computed_once_per_version(tmp_path: Path) -> None:
    mart, calls = Mart(tmp_path), []

    def build() -> pd.DataFrame:
        calls.append(1)
        return pd.DataFrame({"a": [len(calls)]})

    version = store(mart, values())
    assert [mart.derived("x", build)["a"].item() for _ in range(3)] == [1, 1, 1]
    assert mart.derived("y", build)["a"].item() == 2
    store(mart, values(value=0.5))
    assert mart.derived("x", build)["a"].item() == 3
    assert mart.at(version).derived("x", build)["a"].item() == 1


def test_loads_wait_for_each_other(tmp_path: Path) -> None:
    threads = [
        threading.Thread(target=store, args=(Mart(tmp_path), values(value=number / 10)))
        for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(Mart(tmp_path).loads()) == 8
    assert Mart(tmp_path).version.startswith("000008-")


def test_prune_removes_what_nothing_refers_to(tmp_path: Path) -> None:
    mart = Mart(tmp_path)
    versions = [store(mart, spells(code), "spells", mode="replace") for code in "ABC"]
    assert mart.prune() == []
    removed = mart.prune(older_than=timedelta(0))
    assert set(versions[:2]) < set(removed)
    assert len(removed) == 4  # two versions, and the loads that only they held
    assert mart.query("SELECT org_code FROM spells")["org_code"].tolist() == ["C"]


def load_for_ever(path: Path) -> None:
    mart = Mart(path)
    number = 0
    while True:
        number += 1
        store(mart, spells("ABC" * 50).assign(los_days=float(number)), "spells", mode="replace")


def test_kill_at_any_moment_leaves_the_mart_whole(tmp_path: Path) -> None:
    mart, seed = Mart(tmp_path), random.Random(1)
    store(mart, spells(), "spells", mode="replace")
    context = multiprocessing.get_context("fork")
    for _ in range(10):
        process = context.Process(target=load_for_ever, args=(tmp_path,))
        process.start()
        time.sleep(0.02 + seed.random() * 0.1)
        os.kill(process.pid or 0, signal.SIGKILL)
        process.join()
        assert_whole(mart)
    store(mart, spells("Z"), "spells", mode="replace")
    assert mart.query("SELECT org_code FROM spells")["org_code"].tolist() == ["Z"]
    assert not list((tmp_path / "staging").iterdir())


def assert_whole(mart: Mart) -> None:
    manifest = mart.manifest
    rows = mart.query("SELECT count(*) AS n, count(DISTINCT los_days) AS loads FROM spells")
    assert rows["n"].item() == sum(file.rows for file in manifest.files)
    assert rows["loads"].item() == 3 if rows["n"].item() == 3 else rows["loads"].item() == 1
