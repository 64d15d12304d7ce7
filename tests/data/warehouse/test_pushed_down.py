"""Benchmarks worked out in the warehouse: the same SQL gives the same numbers on DuckDB and on PostgreSQL."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest
import sqlalchemy
import sqlglot
import yaml
from sqlalchemy.dialects import mssql, postgresql

from helpers.cli import main
from helpers.data.loading.pushed_down import STRATA, benchmarks, shown, statement
from helpers.data.loading.warehouse import find_warehouse
from helpers.errors import UsageError
from helpers.register import RecordMapping

STAYS = """CREATE TABLE episodes AS
    SELECT 'SYN0' || (n % 5) AS provider, CAST(100 + n % 3 AS VARCHAR) AS tfc, CAST(n % 2 + 1 AS VARCHAR) AS class,
        DATE '2025-04-01' + CAST(n % 200 AS INTEGER) AS adm,
        DATE '2025-04-01' + CAST(n % 200 + n * 7919 % 23 AS INTEGER) AS dis,
        CASE n % 3 WHEN 0 THEN '11' WHEN 1 THEN '21' ELSE 'odd' END AS method, CAST(n * 31 % 97 AS INTEGER) AS years
    FROM generate_series(1, 4000) AS t(n)"""
MAPPING = RecordMapping.model_validate(
    {
        "id": "episodes",
        "title": "Episodes",
        "records": "spells",
        "columns": {
            "org_code": "provider",
            "specialty_code": "tfc",
            "patient_class": "class",
            "admitted": "adm",
            "discharged": "dis",
            "admission_method": "method",
            "age": "years",
        },
    }
)
CLINICS = RecordMapping.model_validate(
    {
        "id": "clinics",
        "title": "Clinics",
        "records": "appointments",
        "columns": {
            "org_code": "provider",
            "specialty_code": "tfc",
            "appointment_date": "adm",
            "outcome": "method",
        },
        "values": {"outcome": {"11": "attended", "21": "dna"}},
    }
)
BY = ("specialty_code", "admission_method", "age_band")
SPAN = (date(2025, 5, 1), date(2025, 9, 1))


@pytest.fixture
def episodes(server: sqlalchemy.URL) -> str:
    engine = sqlalchemy.create_engine(server, poolclass=sqlalchemy.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE IF EXISTS episodes")
        connection.exec_driver_sql(STAYS.replace("%", "%%"))
    return "episodes"


@pytest.mark.parametrize(("mapping", "by"), [(MAPPING, BY), (CLINICS, ("specialty_code",))])
def test_duckdb_and_postgresql_give_the_same(
    address: str, episodes: str, mapping: RecordMapping, by: tuple[str, ...]
) -> None:
    asked = find_warehouse(address, table=episodes)
    sql = statement(mapping, asked.rows, by, SPAN, "postgresql")
    words = str(sql.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))
    with duckdb.connect() as here:
        here.execute(STAYS)
        ours = here.execute(words.replace("%%", "%")).fetchall()
    with asked.connected() as connection:
        theirs = [tuple(row) for row in connection.execute(sql)]
    assert len(ours) > 1
    order = [str(row) for row in ours]
    assert sorted(order) == sorted(map(str, theirs))


def test_what_is_handed_on_is_under_the_rule_of_several_organisations(address: str, episodes: str) -> None:
    frame = benchmarks(find_warehouse(address, table=episodes), MAPPING, ["specialty_code"], *SPAN)
    kept = [
        (n * 7919 % 23, str(100 + n % 3))
        for n in range(1, 4001)
        if n % 2 == 0 and 30 <= n % 200 + n * 7919 % 23 < 153
    ]
    for row in frame.itertuples():
        days = [stay for stay, code in kept if code == row.specialty_code]
        assert abs(row.count - len(days)) <= 10
        assert row.count % 20 == 0
        assert row.mean_days == pytest.approx(sum(days) / len(days), abs=0.05)
    assert list(frame.columns) == ["specialty_code", "count", "mean_days"]


def test_few_people_and_few_organisations_are_hidden() -> None:
    rows = [("a", 19, 5, 100), ("b", 400, 2, 1200), ("c", 400, 3, 1234)]
    frame = shown(MAPPING, ["specialty_code"], rows)
    assert frame["count"].tolist() == ["*", "*", 400]
    assert frame["mean_days"].tolist() == ["*", "*", 3.08]
    rates = shown(CLINICS, ["specialty_code"], [("a", 400, 2, 40), ("b", 400, 5, 12), ("c", 400, 5, 40)])
    assert rates["dna_rate"].tolist() == ["*", "*", 0.1]


def test_organisations_and_what_the_mapping_lacks_are_no_strata(address: str, episodes: str) -> None:
    assert not any("org_code" in names or "unit_code" in names for names in STRATA.values())
    for name in ("org_code", "sex"):
        with pytest.raises(UsageError, match=name):
            benchmarks(find_warehouse(address, table=episodes), MAPPING, [name], *SPAN)


def test_other_dialects_can_read_the_query() -> None:
    rows = sqlalchemy.table("episodes", schema="dbo")
    server = str(
        statement(MAPPING, rows, BY, SPAN, "mssql").compile(
            dialect=mssql.dialect(), compile_kwargs={"literal_binds": True}
        )
    )
    assert "datediff(day, " in server
    assert sqlglot.parse_one(server, dialect="tsql").find(sqlglot.exp.DateDiff)
    snowflake = str(
        statement(MAPPING, rows, BY, SPAN, "snowflake").compile(compile_kwargs={"literal_binds": True})
    )
    assert sqlglot.parse_one(snowflake, dialect="snowflake").find(sqlglot.exp.DateDiff)


def test_the_command_writes_a_file_of_strata(
    tmp_path: Path, address: str, episodes: str, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in ("notebooks", "params/_register/mappings"):
        (tmp_path / name).mkdir(parents=True)
    path = tmp_path / "params" / "_register" / "mappings" / "episodes.yml"
    path.write_text(yaml.safe_dump(MAPPING.model_dump(exclude={"id"})), "utf-8")
    words = [
        "data",
        "benchmarks",
        "episodes",
        "--url",
        address,
        "--table",
        episodes,
        "--by",
        "specialty_code",
    ]
    words += ["--from", "2025-05-01", "--before", "2025-09-01", "--to", str(tmp_path / "strata.csv")]
    with pytest.raises(SystemExit) as ended:
        main(["--project", str(tmp_path), *words])
    assert ended.value.code == 0, capfd.readouterr()
    assert (tmp_path / "strata.csv").read_text().splitlines()[0] == "specialty_code,count,mean_days"
    assert len((tmp_path / "strata.csv").read_text().splitlines()) == 4
