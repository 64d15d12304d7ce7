"""A table of a warehouse becomes a load: whole or not at all, counted twice, and no password in a word of it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy
import sqlglot
import yaml
from sqlalchemy.dialects import mssql

from helpers.cli import main
from helpers.data.loading.warehouse import Warehouse, find_warehouse, pull
from helpers.data.mart import Mart
from helpers.errors import DataError, UsageError
from helpers.register import RecordMapping, Register
from helpers.runner.kernel.manager import kernel_environment

MAPPING = RecordMapping.model_validate(
    {
        "id": "our_stays",
        "title": "Stays of our warehouse",
        "records": "spells",
        "columns": {
            "org_code": "provider",
            "specialty_code": "tfc",
            "admitted": "adm",
            "discharged": "dis",
            "admission_method": "method",
            "patient_class": "class",
            "age": "years",
            "cost": "pounds",
            "died": "dead",
        },
    }
)
REGISTER = Register(mappings={MAPPING.id: MAPPING})
STAYS = 120_000
_STAYS = f"""CREATE TABLE stays AS
    SELECT n AS spell, 'SYN' || lpad((n % 7 + 1)::text, 2, '0') AS provider, (100 + n % 4)::text AS tfc,
        timestamp '2025-04-01' + (n % 300) * interval '1 day' AS adm,
        date '2025-04-01' + n % 300 + (n * 7919 % 23) AS dis,
        (ARRAY['11', '21', '31', '99'])[n % 4 + 1] AS method, (n % 2 + 1)::text AS class,
        (n * 31 % 95) AS years, n::numeric / 8 AS pounds, (n % 50) = 0 AS dead
    FROM generate_series(1, {STAYS}) AS n"""

#: not volatile in its own words, so that counting the rows does not wait
_WAITING = """CREATE FUNCTION waiting() RETURNS text LANGUAGE plpgsql STABLE AS
    'BEGIN PERFORM pg_sleep(600); RETURN 0; END'"""


@pytest.fixture(scope="session")
def stays(server: sqlalchemy.URL) -> str:
    """Return the name of a table of invented stays."""
    engine = sqlalchemy.create_engine(server, poolclass=sqlalchemy.NullPool)
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text(_STAYS.replace(":", "\\:")))
        connection.execute(sqlalchemy.text(_WAITING))
    return "stays"


@pytest.fixture
def mart(tmp_path: Path) -> Mart:
    return Mart(tmp_path / "mart")


def test_a_table_is_pulled_in_chunks_and_mapped(mart: Mart, address: str, stays: str) -> None:
    told: list[tuple[str, int, int]] = []
    (result,) = pull(
        mart, find_warehouse(address, table=stays), REGISTER, progress=lambda *words: told.append(words)
    )
    assert (result.outcome, result.layout, result.rows_read, result.rows_kept) == (
        "loaded",
        "our_stays",
        STAYS,
        STAYS,
    )
    assert [done for _, done, _ in told] == [50_000, 100_000, STAYS]
    (row,) = mart.fetch(
        """SELECT count(*), sum(los_days), min(admitted), sum(cost), count(*) FILTER (died),
            count(DISTINCT org_code), list_sort(list(DISTINCT admission_method)), count(*) FILTER (age_band = '90+')
        FROM spells"""
    )
    assert row == (
        STAYS,
        sum(n * 7919 % 23 for n in range(1, STAYS + 1)),
        datetime(2025, 4, 1).date(),
        sum(n / 8 for n in range(1, STAYS + 1)),
        STAYS // 50,
        7,
        ["elective", "emergency", "maternity", "unknown"],
        sum(n * 31 % 95 >= 90 for n in range(1, STAYS + 1)),
    )
    (remark,) = [each for each in result.remarks if "admission_method" in each]
    assert "mean nothing" in remark


def test_a_query_is_pulled_with_its_colons_and_percents(mart: Mart, address: str, stays: str) -> None:
    query = f"SELECT *, ':x 10%' AS note FROM {stays} WHERE provider LIKE 'SYN01%' AND spell::int < 5000;"
    (result,) = pull(mart, find_warehouse(address, query=query), REGISTER)
    assert result.rows_kept == sum(n % 7 == 0 for n in range(1, 5000))


def test_a_password_on_the_command_line_is_refused_and_not_repeated(server: sqlalchemy.URL) -> None:
    whole = server.render_as_string(hide_password=False)
    for address in (whole, "mssql+pyodbc://?odbc_connect=PWD%3DSekret", "postgresql://h/d?password=Sekret"):
        with pytest.raises(UsageError) as refused:
            find_warehouse(address, table="stays")
        assert "Sekret" not in str(refused.value)


def test_the_address_may_stand_in_the_environment_with_its_password(
    mart: Mart, server: sqlalchemy.URL, stays: str
) -> None:
    held = {"BOARDPACK_WAREHOUSE_URL": server.render_as_string(hide_password=False)}
    (result,) = pull(mart, find_warehouse("", table=stays, environment=held), REGISTER)
    assert result.path == "postgresql://127.0.0.1/postgres, stays"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"table": "no_such_table"}, "no_such_table"),
        ({"query": "SELECT nothing FROM stays"}, "nothing"),
        ({"query": "SELECT ('patient ' || provider)::int AS x FROM stays"}, "cannot work out a value"),
        ({"query": "DELETE FROM stays RETURNING *"}, "syntax error"),
    ],
)
def test_errors_say_what_is_wrong_and_no_secret_or_value(
    mart: Mart, address: str, password: str, stays: str, asked: dict[str, str], said: str
) -> None:
    assert stays
    with pytest.raises(DataError) as refused:
        pull(mart, find_warehouse(address, **asked), REGISTER)
    words = str(refused.value)
    assert said in words
    assert password not in words
    assert "SYN0" not in words
    assert mart.loads() == ()


def test_a_wrong_password_is_told_without_either(
    mart: Mart, address: str, stays: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOARDPACK_WAREHOUSE_PASSWORD", "Sekret-but-wrong")
    with pytest.raises(DataError, match="password authentication failed") as refused:
        pull(mart, find_warehouse(address, table=stays), REGISTER)
    assert "Sekret" not in str(refused.value)


def test_whatever_a_driver_repeats_of_the_address_is_taken_out() -> None:
    asked = Warehouse(sqlalchemy.make_url("postgresql://u:a%2Fb%40c@h/d?sslpassword=hush"), "t")
    error = sqlalchemy.exc.OperationalError(
        "", None, Exception("no way to postgresql://u:a%2Fb%40c@h a/b@c hush")
    )
    assert asked._why(error) == "no way to postgresql://u:…@h … …"
    assert "hush" not in asked.shown


def test_other_rows_than_counted_are_refused(mart: Mart, address: str, stays: str) -> None:
    now = "(SELECT (extract(epoch FROM clock_timestamp()) * 1e6)::bigint % 100000)"
    moving = f"SELECT * FROM {stays} WHERE spell <= {now}"
    with pytest.raises(DataError, match=r"rows came; allowed: .* as it counts itself") as refused:
        pull(mart, find_warehouse(address, query=moving), REGISTER)
    assert "pull it again later" in str(refused.value)
    assert mart.loads() == ()


def test_no_dialect_is_left_out_of_the_words_to_the_server() -> None:
    asked = find_warehouse("mssql+pyodbc://reader@host/base", table="dbo.Stays", environment={})
    counted = sqlalchemy.select(sqlalchemy.func.count()).select_from(asked.rows)
    assert str(counted.compile(dialect=mssql.dialect())) == "SELECT count(*) AS count_1 \nFROM dbo.[Stays]"
    snowflake = Warehouse(sqlalchemy.make_url("snowflake://reader@account/base"), query="SELECT 1 AS a")
    words = str(sqlalchemy.select(sqlalchemy.text("*")).select_from(snowflake.rows))
    assert sqlglot.parse_one(words, dialect="snowflake").sql() == "SELECT * FROM (SELECT 1 AS a) AS asked"


def test_a_dialect_that_is_not_installed_is_named(mart: Mart) -> None:
    with pytest.raises(UsageError, match="not installed"):
        pull(mart, find_warehouse("snowflake://reader@account/base", table="t", environment={}), REGISTER)


@pytest.mark.parametrize("words", [("",), ("http:/x",), ("postgresql://h/d", "t", "SELECT 1")])
def test_an_incomplete_question_is_refused(words: tuple[str, ...]) -> None:
    address, table, query = (*words, "", "")[:3]
    with pytest.raises(UsageError):
        find_warehouse(address, table=table or ("" if query else "t"), query=query, environment={})


def test_a_killed_pull_has_loaded_nothing_and_the_next_one_loads_all(
    mart: Mart, address: str, stays: str
) -> None:
    waits = f"SELECT *, CASE WHEN spell = 110000 THEN waiting() END AS waits FROM {stays}"
    script = (
        "from helpers.data.mart import Mart; from helpers.data.loading.warehouse import *;"
        "from helpers.register import *;"
        f"pull(Mart({str(mart.path)!r}), find_warehouse({address!r}, query={waits!r}), Register(),"
        " progress=lambda *words: print(words, flush=True))"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as pulling:
        assert pulling.stdout is not None
        assert "50000" in pulling.stdout.readline()
        pulling.send_signal(signal.SIGKILL)
    left = list((mart.path / "staging").glob("fetch-*/*.parquet"))
    assert len(left) == 1
    assert left[0].stat().st_mode & 0o077 == 0
    assert mart.loads() == ()
    pull(mart, find_warehouse(address, table=stays), REGISTER)
    assert mart.fetch("SELECT count(*) FROM spells") == [(STAYS,)]
    assert list((mart.path / "staging").glob("*")) == []


def test_nothing_that_is_kept_knows_user_or_password(
    mart: Mart, address: str, password: str, stays: str
) -> None:
    pull(mart, find_warehouse(address, query=f"SELECT * FROM {stays} WHERE spell <= 99"), REGISTER)
    kept = [path for path in mart.path.rglob("*") if path.is_file()]
    assert kept
    for path in kept:
        assert password.encode() not in path.read_bytes()
    assert "reader" not in json.dumps([load.model_dump(mode="json") for load in mart.loads()])


def test_the_command_reads_the_mapping_of_the_project(
    tmp_path: Path, address: str, password: str, stays: str, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in ("notebooks", "params/_register/mappings"):
        (tmp_path / name).mkdir(parents=True)
    mapping = yaml.safe_dump(MAPPING.model_dump(exclude={"id"}))
    (tmp_path / "params" / "_register" / "mappings" / "our_stays.yml").write_text(mapping, "utf-8")
    query = f"SELECT * FROM {stays} WHERE spell <= 99"
    with pytest.raises(SystemExit) as ended:
        main(["--project", str(tmp_path), "data", "pull", address, "--query", query])
    said = capfd.readouterr()
    assert ended.value.code == 0, said
    assert ": loaded as our_stays, 99 of 99 rows" in said.out
    assert password not in said.out + said.err


def test_a_kernel_is_told_no_password(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BOARDPACK_WAREHOUSE_PASSWORD", "hush")
    monkeypatch.setenv("BOARDPACK_WAREHOUSE_URL", "hush")
    assert "hush" not in kernel_environment({}, tmp_path).values()
