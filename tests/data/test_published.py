"""An analyst's own queries: of published figures alone, with words about what cannot be carried out."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.data.mart import Mart
from helpers.data.mart.published import PublishedMart, query_published
from helpers.errors import UsageError


def values(org: str, number: float, origin: str) -> dict[str, object]:
    return {
        "measure": "beds", "org_code": org, "period": "2026-04-01", "period_type": "month", "basis": "provider",
        "numerator": number, "value": number, "status": "actual", "origin": origin, "suppressed": False,
    }  # fmt: skip


@pytest.fixture(scope="module")
def mart(tmp_path_factory: pytest.TempPathFactory) -> PublishedMart:
    """Return a mart that a publisher, a trust's own count and a list of appointments have filled."""
    whole = Mart(tmp_path_factory.mktemp("mart"))
    with whole.load(source="kh03", layout="l", policy="published") as load:
        load.write("measure_values", pd.DataFrame([values("T1", 120, "published")]))
    with whole.load(source="own", layout="l", policy="hes_record_level") as load:
        load.write("measure_values", pd.DataFrame([values("T2", 3, "records")]))
    with whole.load(source="list", layout="l", policy="hes_record_level") as load:
        seen = {
            "org_code": "T1",
            "specialty_code": "100",
            "appointment_date": "2026-04-01",
            "outcome": "dna",
        }
        load.write("appointments", pd.DataFrame([seen]))
    return PublishedMart(whole.path, whole.version)


def told(mart: PublishedMart, sql: str, **given: object) -> str:
    with pytest.raises(UsageError) as caught:
        query_published(mart, sql, given)
    return str(caught.value)


def test_a_query_finds_what_was_published_and_nothing_that_was_counted_from_records(
    mart: PublishedMart,
) -> None:
    found = query_published(mart, "SELECT org_code, value FROM measure_values", {})
    assert found.to_dict("records") == [{"org_code": "T1", "value": 120.0}]
    assert list(mart.fingerprints()) == ["measure_values/kh03"]


def test_views_that_choose_among_sources_do_so_among_published_ones(mart: PublishedMart) -> None:
    whole = Mart(mart.path, mart.version)
    rolled_up = "SELECT count(*) AS n FROM measure_values_rolled_up"
    assert whole.query(rolled_up)["n"][0] == 2
    assert query_published(mart, rolled_up, {})["n"][0] == 1


def test_values_stand_at_their_names(mart: PublishedMart) -> None:
    found = query_published(
        mart, "SELECT value FROM measure_values WHERE org_code = $trust", {"trust": "T2"}
    )
    assert found.empty


@pytest.mark.parametrize("table", ["appointments", "spells", '"Spells"'])
def test_records_are_refused_by_name_with_what_may_be_read(mart: PublishedMart, table: str) -> None:
    text = told(mart, f"SELECT count(*) FROM {table}")
    assert "a notebook holds no records of patients; ask for figures by" in text
    assert "report.records(" in text


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT * FROM measure_value", "there is no table measure_value"),
        ("SELECT * FROM measure_value", "did you mean measure_values?"),
        ("SELECT valeu FROM measure_values", 'column "valeu" not found'),
        ("SELECT * FROM measure_values WHERE value > ", "syntax error"),
        ("SELECT * FROM measure_values WHERE org_code = $trust", "trust"),
        ("SELECT value::DATE FROM measure_values", "cast"),
    ],
)
def test_a_query_that_cannot_be_carried_out_is_told_in_a_line(
    mart: PublishedMart, sql: str, said: str
) -> None:
    text = told(mart, sql)
    assert said.lower() in text.lower()
    assert text.startswith("report.query: ")
    assert "\n" not in text
