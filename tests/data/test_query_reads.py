"""Tests of what a query is seen to have read."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from helpers.data.mart import Mart
from helpers.reads import noted


def row(measure: str) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "measure": measure,
                "org_code": "T1",
                "period": pd.Timestamp("2026-03-01"),
                "period_type": "month",
                "basis": "provider",
                "numerator": 1.0,
                "denominator": 2.0,
                "value": 0.5,
                "status": "actual",
                "origin": "published",
                "suppressed": False,
            }
        ]
    )


@pytest.fixture
def mart(tmp_path: Path) -> Mart:
    """Two data sets, of which each holds one measure."""
    mart = Mart(tmp_path / "mart")
    for source, measure in (("kh03", "beds"), ("sitrep", "waits")):
        with mart.load(source=source, layout="l", policy="published") as load:
            load.write("measure_values", row(measure))
    return mart.at(mart.version)


BEDS = "measure = 'beds'"


@pytest.mark.parametrize(
    ("sql", "read"),
    [
        (f"SELECT * FROM measure_values WHERE {BEDS}", ["measure_values/kh03"]),
        (
            f"FROM measure_values_rolled_up WHERE {BEDS} AND period > DATE '2020-01-01'",
            ["measure_values/kh03"],
        ),
        (f"WITH a AS (FROM measure_values) SELECT count(*) FROM a WHERE {BEDS}", ["measure_values/kh03"]),
        (
            "SELECT * FROM measure_values WHERE measure IN ('beds', 'waits')",
            ["measure_values/kh03", "measure_values/sitrep"],
        ),
        (
            f"SELECT * FROM measure_values WHERE {BEDS} OR value > 0",
            ["measure_values/kh03", "measure_values/sitrep"],
        ),
        (
            "SELECT * FROM measure_values WHERE measure <> 'beds'",
            ["measure_values/kh03", "measure_values/sitrep"],
        ),
        ("FROM query_table('measure_values_all')", ["measure_values/kh03", "measure_values/sitrep"]),
        ("SELECT 'measure_values'", []),
    ],
)
def test_a_query_reads_what_its_plan_scans(mart: Mart, sql: str, read: list[str]) -> None:
    mart.fetch(sql)
    assert [source.dataset for source in mart.meant_by(mart.asked)] == read


def test_what_is_bound_to_a_query_counts_as_if_written_in_it(mart: Mart) -> None:
    mart.query("FROM measure_values WHERE list_contains($wanted, measure)", {"wanted": ["waits"]})
    assert [source.dataset for source in mart.meant_by(mart.asked)] == ["measure_values/sitrep"]


def test_an_empty_table_counts_so_that_its_first_load_is_noticed(mart: Mart) -> None:
    assert mart.fetch("SELECT count(*) FROM appointments") == [(0,)]
    assert mart.asked == {"appointments"}


def test_a_kept_frame_says_what_was_read_when_it_was_built(mart: Mart) -> None:
    def build() -> pd.DataFrame:
        return mart.query(f"SELECT value FROM measure_values WHERE {BEDS}")

    mart.derived("beds", build)
    another = Mart(mart.path).at(mart.version)
    frame = another.derived("beds", build)
    assert another.asked == mart.asked == {"measure_values:beds"}
    assert not frame.attrs


def test_a_connection_of_ones_own_may_have_read_everything(mart: Mart) -> None:
    mart.connect().close()
    assert {"measure_values", "spells"} <= mart.asked


def test_an_analysis_apart_knows_what_it_read_and_tells_the_whole(mart: Mart) -> None:
    part = mart.apart()
    mart.fetch("SELECT count(*) FROM units")
    part.fetch(f"FROM measure_values WHERE {BEDS}")
    assert part.asked == {"measure_values:beds"}
    assert part.all_asked == mart.asked == {"measure_values:beds", "units"}
    assert {"measure_values:beds", "units"} <= set(noted("data"))
