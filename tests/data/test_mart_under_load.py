"""Queries over the memory limit, damaged files and interruptions end with their own words."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.cli.commands import main
from helpers.data.keeping.forgetting import forget_source
from helpers.data.mart import Mart
from helpers.errors import INTERRUPTED_WORDS, DataError, ExitCode

REGISTER = Path(__file__).parents[2] / "params" / "_register"
ROWS = 1_200_000
#: a window over all of it needs more than the limit
WINDOW = """
SELECT count(*), max(place) FROM (
    SELECT org_code, period, value, row_number() OVER (PARTITION BY org_code ORDER BY value, period) AS place
    FROM measure_values_all
)
"""


def days(rows: int) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    return pd.DataFrame(
        {
            "measure": "discharges",
            "org_code": pd.Series(rng.integers(0, 4000, rows)).map("R{:04}".format),
            "period": pd.Timestamp(2020, 1, 1) + pd.to_timedelta(rng.integers(0, 2000, rows), "D"),
            "period_type": "day",
            "basis": "provider",
            "numerator": 1.0,
            "value": rng.random(rows),
            "status": "actual",
            "origin": "published",
            "suppressed": False,
        }
    )


def store(mart: Mart, rows: int) -> Path:
    with mart.load(source="days", layout="l", policy="published") as load:
        load.write("measure_values", days(rows))
    (file,) = mart.manifest.files
    return mart.path / file.path


def test_a_query_over_the_memory_limit_spills_into_a_private_folder(tmp_path: Path) -> None:
    mart = Mart(tmp_path / "mart")
    store(mart, ROWS)
    with mart.connect(memory="64MB") as connection:
        setting = connection.execute("SELECT current_setting('temp_directory')").fetchone()
        ((count, most),) = connection.execute(WINDOW).fetchall()
    assert (count, most > 200) == (ROWS, True)
    assert setting is not None
    spill = Path(setting[0]).parent
    assert (spill, stat.S_IMODE(spill.stat().st_mode)) == (mart.path / "room" / "spill", 0o700)
    assert list(spill.glob("*")) == []


def test_what_killed_queries_left_is_pruned_by_age(tmp_path: Path) -> None:
    mart = Mart(tmp_path / "mart")
    store(mart, 5)
    for name in ("old", "young"):
        (mart.path / "spill" / name).mkdir(parents=True)
    day_before_yesterday = (mart.path / "spill" / "young").stat().st_mtime - 2 * 86_400
    os.utime(mart.path / "spill" / "old", (day_before_yesterday, day_before_yesterday))
    mart.prune(older_than=timedelta(days=1))
    assert [path.name for path in (mart.path / "spill").glob("*")] == ["young"]


DAMAGE = {
    "cut short": lambda content: content[:-30],
    "zeros": lambda content: bytes(len(content)),
    "empty": lambda content: content[:0],
    "a spoilt page": lambda content: (
        content[:200] + bytes(b ^ 0xFF for b in content[200:4000]) + content[4000:]
    ),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_file_is_named_with_its_source_and_the_cure_works(tmp_path: Path, damage: object) -> None:
    assert callable(damage)
    mart = Mart(tmp_path / "mart")
    file = store(mart, 5_000)
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(DataError) as raised:
        mart.query("SELECT org_code, sum(value) FROM measure_values GROUP BY 1")
    (problem,) = raised.value.problems
    assert problem.where == str(file)
    assert problem.came == "this file of the mart is damaged"
    assert "boardpack data forget days" in problem.cure
    forget_source(tmp_path, "days")
    assert Mart(tmp_path / "mart").query("SELECT * FROM measure_values").empty


def test_a_file_that_is_gone_and_a_damaged_manifest_are_told(tmp_path: Path) -> None:
    mart = Mart(tmp_path / "mart")
    file = store(mart, 5)
    file.unlink()
    with pytest.raises(DataError, match="this file of the mart is gone"):
        mart.fetch("SELECT * FROM measure_values")
    manifest = mart.path / "manifests" / f"{mart.version}.json"
    manifest.write_text("{")
    moved = mart.path.rename(tmp_path / "moved")  # manifests are read once per process and place
    with pytest.raises(DataError, match="this file of the mart is damaged; restore a back-up"):
        Mart(moved).loads()


@pytest.mark.parametrize("content", [b"", b"nothing", b"\xff\xfe\x00", b"../../elsewhere"])
@pytest.mark.parametrize("command", ["list", "check", "prune"])
def test_a_damaged_name_of_the_version_is_told_by_every_command(
    tmp_path: Path, content: bytes, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notebooks").mkdir()
    shutil.copytree(REGISTER, tmp_path / "params" / "_register")
    mart = Mart(tmp_path / ".boardpack" / "mart")
    store(mart, 5)
    (mart.path / "CURRENT").write_bytes(content)
    with pytest.raises(SystemExit) as ended:
        main(["--project", str(tmp_path), "data", command])
    assert ended.value.code == ExitCode.DATA
    assert "CURRENT: names no version that the mart holds" in capsys.readouterr().err


def test_errors_of_a_query_itself_stay_what_they_are(tmp_path: Path) -> None:
    import duckdb

    mart = Mart(tmp_path / "mart")
    store(mart, 5)
    with pytest.raises(duckdb.BinderException):
        mart.query("SELECT no_such_column FROM measure_values")


def test_a_damaged_derived_frame_is_made_anew(tmp_path: Path) -> None:
    mart = Mart(tmp_path / "mart")
    store(mart, 5)
    assert len(mart.derived("twos", lambda: pd.DataFrame({"two": [2, 2]}))) == 2
    (file,) = (mart.path / "derived").rglob("*.parquet")
    file.write_bytes(b"PAR1")
    assert len(mart.derived("twos", lambda: pd.DataFrame({"two": [2, 2, 2]}))) == 3


def test_an_interrupted_query_is_an_interruption(tmp_path: Path) -> None:
    mart = Mart(tmp_path / "mart")
    store(mart, 5)
    endless = "SELECT count(*) FROM range(100000000) a, range(1000000) b WHERE a.range % 7 = b.range % 3"
    timer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        mart.query(endless)


SCRIPT = """
import sys
import helpers.data.loading.load
from helpers.cli.commands import main
def load_paths(*args, **options):
    print("loading", flush=True)
    import time
    time.sleep(60)
helpers.data.loading.load.load_paths = load_paths
main(["--project", sys.argv[1], "data", "load", "x.csv"])
"""


def test_control_c_ends_the_command_with_its_own_words_and_code(tmp_path: Path) -> None:

    (tmp_path / "notebooks").mkdir()
    shutil.copytree(REGISTER, tmp_path / "params" / "_register")
    command = [sys.executable, "-c", SCRIPT, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "loading\n"
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert told == f"{INTERRUPTED_WORDS}\n"
