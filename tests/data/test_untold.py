"""Measures about patients and the ledger: what a unit's figure hides is not told by its whole and the other units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from solver import Oracle

from helpers.data.disclosure.deciding import Asked, at_first
from helpers.data.disclosure.people import People, find_people
from helpers.data.disclosure.queries import Condition, Query, Told
from helpers.data.ledger.manifests import shown_words
from helpers.data.ledger.releases import Releases, enter_witnesses
from helpers.data.mart import Mart
from helpers.data.policy import HES_RECORD_LEVEL
from helpers.data.series.untold import as_told
from helpers.places import REPORT_VARIABLE
from helpers.register.models import Measure

WHOLE = ""


def measure(kind: str, **more: object) -> Measure:
    facts = {"id": "own", "name": "Own", "kind": kind, "unit": "%" if kind == "proportion" else "patients"}
    return Measure.model_validate(facts | {"direction": "decrease", "denominator": "Patients"} | more)


def mart_of(folder: Path, figures: Mapping[str, tuple[float, float]], kind: str, load: int = 1) -> Mart:
    """A trust with units below it, each with a numerator and a denominator in May 2026."""
    mart = Mart(folder / "state" / "mart")
    rows = pd.DataFrame(
        [
            {
                "measure": "own", "org_code": "T1", "unit_code": unit or None, "period": pd.Timestamp(2026, 5, 1),
                "period_type": "month", "basis": "provider", "status": "actual", "numerator": float(some),
                "denominator": None if kind == "count" else float(of), "value": some if kind == "count" else some / of,
                "origin": "records", "suppressed": False,
            }
            for unit, (some, of) in figures.items()
        ]
    )  # fmt: skip
    with mart.load(
        source="own_measures", layout="l", policy="hes_record_level", as_at=date(2026, 6, load)
    ) as load_:
        load_.write("measure_values", rows)
    units = [
        {"org_code": "T1", "unit_code": unit, "name": unit, "parent_unit": None} for unit in figures if unit
    ]
    with mart.load(source="units", layout="l", policy="published") as load_:
        load_.write("units", pd.DataFrame(units))
    return mart.at(mart.version)


def told(mart: Mart, wanted: Measure, *units: str) -> list[object]:
    """The value of each unit, as it may be told; * where it is hidden."""
    rows = mart.query("SELECT * FROM measure_values_rolled_up WHERE measure = 'own'")
    rows = rows[rows["unit_code"].fillna("").isin(units)]
    out = as_told(mart, rows, [wanted], about="T1").set_index(rows["unit_code"].fillna(""))
    return ["*" if out.loc[unit, "untold"] else out.loc[unit, "value"] for unit in units]


@pytest.fixture(autouse=True)
def _in_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(REPORT_VARIABLE, "performance/T1")


def test_a_trusts_total_beside_two_of_three_divisions_tells_no_star(tmp_path: Path) -> None:
    # 8 + 8 + 1 = 17 would print 15 beside 10, 10 and a star that can only be 1
    mart = mart_of(tmp_path, {WHOLE: (17, 0), "A": (8, 0), "B": (8, 0), "C": (1, 0)}, "count")
    assert told(mart, measure("count"), WHOLE) == [17]
    assert told(mart, measure("count"), "A", "B", "C").count("*") == 2


def test_what_the_whole_would_tell_is_hidden_after_its_units_were_told(tmp_path: Path) -> None:
    mart = mart_of(tmp_path, {WHOLE: (17, 0), "A": (8, 0), "B": (8, 0), "C": (1, 0)}, "count")
    assert told(mart, measure("count"), "A", "B", "C") == [8, 8, "*"]
    assert told(mart, measure("count"), WHOLE) == ["*"]


def test_a_rate_gives_its_count_so_two_of_three_hide_another(tmp_path: Path) -> None:
    figures = {WHOLE: (120, 9000), "A": (60, 3000), "B": (57, 3000), "C": (3, 3000)}
    mart = mart_of(tmp_path, figures, "rate")
    assert told(mart, measure("rate"), WHOLE) == [pytest.approx(120 / 9000)]
    assert told(mart, measure("rate"), "A", "B", "C").count("*") == 2


def test_means_of_a_whole_and_all_units_but_one_tell_nothing_of_that_one(tmp_path: Path) -> None:
    mart = mart_of(tmp_path, {WHOLE: (83, 22), "A": (40, 10), "B": (40, 10), "C": (3, 2)}, "mean")
    shown = told(mart, measure("mean"), WHOLE, "A", "B", "C")
    assert shown[0] == pytest.approx(83 / 22)
    assert shown[3] == "*"


def test_other_reports_are_bound_by_what_this_one_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mart = mart_of(tmp_path, {WHOLE: (17, 0), "A": (8, 0), "B": (8, 0), "C": (1, 0)}, "count")
    first = told(mart, measure("count"), WHOLE, "A", "B", "C")
    Releases(tmp_path / "state").release("performance/T1")
    monkeypatch.setenv(REPORT_VARIABLE, "scorecard/T1")
    assert told(mart, measure("count"), "C", "B", "A", WHOLE) == first[::-1]
    entries = Releases(tmp_path / "state").entries("measure_values:own")
    assert {shown_words(entry.told) for entry in entries} == {"15", "10", "*"}


def test_staff_and_small_numbers_that_are_published_anyway_are_left_alone(tmp_path: Path) -> None:
    mart = mart_of(tmp_path, {WHOLE: (3, 0), "C": (1, 0)}, "count")
    assert told(mart, measure("count", about="staff"), WHOLE, "C") == [3, 1]
    assert not (tmp_path / "state" / "released").exists()


def test_a_division_holds_the_wards_below_it(tmp_path: Path) -> None:
    mart = mart_of(tmp_path, {WHOLE: (40, 0), "A": (30, 0), "A1": (18, 0), "B": (8, 0)}, "count")
    with mart.at(mart.version).load(source="units", layout="l", policy="published") as load:
        wards = [("A", None), ("A1", "A"), ("B", None)]
        load.write(
            "units",
            pd.DataFrame(
                [{"org_code": "T1", "unit_code": u, "name": u, "parent_unit": p} for u, p in wards]
            ),
        )
    mart = mart.at(Mart(mart.path).version)
    told(mart, measure("count"), WHOLE, "A", "A1", "B")
    queries = [entry.told.query for entry in Releases(tmp_path / "state").of_report("performance/T1")]
    people = find_people(mart, queries, "T1")
    assert sorted(int(people.count[people.mask(query)].sum()) for query in queries) == [8, 18, 30, 40]


#: falls in one quarter and its months, as a period and its type
MONTHS = (("2026-04-01", "month"), ("2026-05-01", "month"), ("2026-06-01", "month"))
QUARTER = ("2026-04-01", "quarter")


def mart_of_periods(folder: Path, figures: Mapping[tuple[str, str], float]) -> Mart:
    mart = Mart(folder / "state" / "mart")
    rows = [
        {
            "measure": "own", "org_code": code, "period": pd.Timestamp(day), "period_type": kind, "basis": "provider",
            "status": "actual", "numerator": people, "value": people, "origin": "records", "suppressed": False,
        }
        for code in ("T1", "T2")
        for (day, kind), people in figures.items()
    ]  # fmt: skip
    with mart.load(source="own_measures", layout="l", policy="hes_record_level") as load:
        load.write("measure_values", pd.DataFrame(rows))
    return mart.at(mart.version)


def told_of(mart: Mart, *periods: tuple[str, str], code: str = "T1") -> list[object]:
    """The value of each period, as reports show it: small ones are hidden by the rule, others by the ledger."""
    rows = mart.query("SELECT * FROM measure_values_rolled_up WHERE org_code = ?", [code])
    rows.index = list(zip(rows["period"].dt.strftime("%Y-%m-%d"), rows["period_type"], strict=True))
    out = as_told(mart, rows.loc[list(periods)], [measure("count")], about="T1")
    return [
        "*" if untold or value <= 7 else value
        for untold, value in zip(out["untold"], out["value"], strict=True)
    ]


@pytest.mark.parametrize("code", ["T1", "T2"])
@pytest.mark.parametrize("last", ["quarter", "month"])
def test_a_quarter_less_two_of_its_months_does_not_tell_the_third(
    tmp_path: Path, last: str, code: str
) -> None:
    mart = mart_of_periods(tmp_path, {**dict(zip(MONTHS, (8.0, 8.0, 1.0), strict=True)), QUARTER: 17.0})
    asked = [MONTHS, [QUARTER]] if last == "quarter" else [[QUARTER], MONTHS]
    shown = [value for each in asked for value in told_of(mart, *each, code=code)]
    assert shown.count("*") == 2
    entries = [each.told for each in Releases(tmp_path / "state").of_report("performance/T1")]
    people = find_people(mart, [each.query for each in entries], code)
    stars = [each.query for each in entries if each.star]
    assert len(stars) == 2
    assert all(Oracle(people, entries).values(query) >= 3 for query in stars)
    # and the solver would have found it
    plain = [each if each.query not in stars else star_or_rule(each, people) for each in entries]
    assert any(Oracle(people, plain).values(query) < 3 for query in stars)


@pytest.mark.parametrize("last", ["quarter", "month"])
def test_nor_does_one_that_was_told_before_the_others_were_loaded(tmp_path: Path, last: str) -> None:
    months, quarter = dict(zip(MONTHS, (8.0, 8.0, 1.0), strict=True)), {QUARTER: 17.0}
    first, then = (months, quarter) if last == "quarter" else (quarter, months)
    shown = told_of(mart_of_periods(tmp_path, first), *first)
    shown += told_of(mart_of_periods(tmp_path, {**first, **then}), *then)
    assert shown.count("*") == 2
    entries = [
        replace(each.told, query=of_months(each.told.query))
        for each in Releases(tmp_path / "state").of_report("performance/T1")
    ]
    mart = Mart(tmp_path / "state" / "mart")
    people = find_people(mart.at(mart.version), [each.query for each in entries], "T1")
    stars = [each.query for each in entries if each.star]
    assert len(stars) == 2
    assert all(Oracle(people, entries).values(query) >= 3 for query in stars)
    plain = [each if each.query not in stars else star_or_rule(each, people) for each in entries]
    assert any(Oracle(people, plain).values(query) < 3 for query in stars)


def test_the_gate_knows_a_draft_that_was_asked_for_before_its_months_came(tmp_path: Path) -> None:
    months, quarter = dict(zip(MONTHS, (8.0, 8.0, 1.0), strict=True)), {QUARTER: 17.0}
    told_of(mart_of_periods(tmp_path, quarter), QUARTER)
    ledger = Releases(tmp_path / "state")
    (draft,) = ledger.of_report("performance/T1")
    name = of_months(
        draft.told.query
    )  # as the ledger calls it from then on: its difference is not certified
    with ledger.open() as database:
        enter_witnesses(database, draft.told.query.data_set, "T1", {(name,): ()})
    alone = mart_of_periods(tmp_path / "alone", quarter)
    assert ledger.shown_uncertified("performance/T1", alone) == []
    (problem,) = ledger.shown_uncertified(
        "performance/T1", mart_of_periods(tmp_path, {**quarter, **months})
    )
    assert problem.where == f"ledger, {draft.told.query.words}"


def of_months(query: Query) -> Query:
    """The same people, by their months."""
    kept = (each for each in query.conditions if each.dimension != "period_type")
    return replace(query, conditions=(*kept, Condition("period_type", ("month",))))


def star_or_rule(told_: Told, people: People) -> Told:
    return at_first(
        Asked(told_.query), int(people.count[people.mask(told_.query)].sum()), 0, HES_RECORD_LEVEL
    )


def test_a_quarter_that_is_not_the_sum_of_its_months_is_compared_with_none(tmp_path: Path) -> None:
    mart = mart_of_periods(tmp_path, {**dict(zip(MONTHS, (8.0, 8.0, 1.0), strict=True)), QUARTER: 9.0})
    assert told_of(mart, *MONTHS, QUARTER) == [8, 8, "*", 9]
