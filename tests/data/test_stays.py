"""Sums of stays out of the mart, worked out by hand on a few spells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.data.mart import Mart
from helpers.data.schema import TABLES, find_table
from helpers.data.series.stays import (
    StayRule,
    stay_cells,
    stay_months,
    stay_sample,
    stay_tails,
    stay_totals,
)

APRIL = StayRule(date(2026, 4, 1), date(2026, 5, 1))


def spells(*rows: tuple[str, str, int]) -> pd.DataFrame:
    """Return spells of organisation, day of discharge and days."""
    frame = pd.DataFrame(rows, columns=["org_code", "discharged", "los_days"])
    frame["discharged"] = pd.to_datetime(frame["discharged"])
    frame["admitted"] = frame["discharged"] - pd.to_timedelta(frame["los_days"], "D")
    return frame.assign(
        specialty_code="100", admission_method="elective", patient_class="ordinary", age_band="85+",
        sex="female", casemix_group="A", imd_decile=5, cost=1.0,
    )  # fmt: skip


def fill(folder: Path, frame: pd.DataFrame) -> Mart:
    mart = Mart(folder)
    merged = pd.DataFrame(
        {"org_code": ["R1", "R0"], "name": "n", "kind": "trust", "successor": [None, "R1"]}
    )
    with mart.load(source="codes", layout="l", policy="published") as load:
        load.write("organisations", merged)
    with mart.load(source="spells", layout="l", policy="hes_record_level") as load:
        load.write("spells", frame)
    return mart.at(mart.version)


def test_cells_sum_days_and_their_squares_for_the_successor(tmp_path: Path) -> None:
    mart = fill(tmp_path, spells(("R1", "2026-04-01", 2), ("R0", "2026-04-30", 5), ("R2", "2026-04-09", 0)))
    found = stay_cells(mart, APRIL)
    assert found[["org_code", "spells", "days", "days_squared"]].to_numpy().tolist() == [
        ["R1", 2, 7, 29], ["R2", 1, 0, 0],
    ]  # fmt: skip
    assert found["specialty"].tolist() == ["100", "100"]


def test_cells_are_of_teams_and_records_from_before_there_were_any_have_none(tmp_path: Path) -> None:
    table = find_table("spells")
    older = replace(table, columns=tuple(each for each in table.columns if each.name != "unit_code"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(TABLES, "spells", older)
        fill(tmp_path, spells(("R1", "2026-04-01", 2)))
    assert stay_cells(Mart(tmp_path), APRIL)["unit_code"].tolist() == [None]
    mart = Mart(tmp_path)
    with mart.load(source="later", layout="l", policy="hes_record_level") as load:
        load.write("spells", spells(("R1", "2026-04-02", 3)).assign(unit_code="T1"))
    latest = mart.at(mart.version)
    cells = stay_cells(latest, APRIL).fillna({"unit_code": "none"})
    assert cells[["unit_code", "days"]].to_numpy().tolist() == [["T1", 3], ["none", 2]]
    assert set(stay_sample(latest, APRIL, "R1", others=0)["cluster"].fillna("none")) == {"T1", "none"}


def test_the_end_of_the_period_is_the_first_day_that_no_longer_counts(tmp_path: Path) -> None:
    rows = [("R1", day, 1) for day in ("2026-03-31", "2026-04-01", "2026-04-30", "2026-05-01")]
    assert stay_cells(fill(tmp_path, spells(*rows)), APRIL)["spells"].sum() == 2


def test_only_ordinary_admissions_count(tmp_path: Path) -> None:
    frame = spells(("R1", "2026-04-02", 3), ("R1", "2026-04-02", 0), ("R1", "2026-04-02", 0))
    frame["patient_class"] = ["ordinary", "day_case", "regular"]
    assert stay_cells(fill(tmp_path, frame), APRIL)["spells"].tolist() == [1]


def test_zero_day_stays_may_be_left_out(tmp_path: Path) -> None:
    mart = fill(tmp_path, spells(("R1", "2026-04-02", 3), ("R1", "2026-04-02", 0)))
    overnight = StayRule(APRIL.first, APRIL.end, zero_day=False)
    assert stay_cells(mart, APRIL)["spells"].tolist() == [2]
    assert stay_cells(mart, overnight)["spells"].tolist() == [1]


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        (StayRule(APRIL.first, APRIL.end), [1, 2, 3, 4, 50]),
        (StayRule(APRIL.first, APRIL.end, trim="fixed", trim_days=10), [1, 2, 3, 4, 10]),
        # quartiles (type 7) of 1, 2, 3, 4, 50 are 2 and 4: 4 + 1.5 x 2 = 7
        (StayRule(APRIL.first, APRIL.end, trim="upper_quartile"), [1, 2, 3, 4, 7]),
    ],
)
def test_trimmed_stays_count_their_trim_point(tmp_path: Path, rule: StayRule, days: list[float]) -> None:
    mart = fill(tmp_path, spells(*(("R1", "2026-04-02", stay) for stay in (1, 2, 3, 4, 50))))
    found = stay_cells(mart, rule).iloc[0]
    assert (found["spells"], found["days"]) == (5, sum(days))
    assert found["days_squared"] == sum(day**2 for day in days)
    assert sorted(stay_sample(mart, rule, "R1", others=0)["days"]) == days


def test_rules_that_differ_are_computed_apart() -> None:
    rules = [
        APRIL,
        StayRule(APRIL.first, date(2026, 6, 1)),
        StayRule(APRIL.first, APRIL.end, zero_day=False),
        StayRule(APRIL.first, APRIL.end, trim="fixed", trim_days=10),
        StayRule(APRIL.first, APRIL.end, trim="fixed", trim_days=11),
        StayRule(APRIL.first, APRIL.end, trim="upper_quartile"),
    ]
    assert len({rule.key for rule in rules}) == len(rules)


def test_months_are_those_of_discharge(tmp_path: Path) -> None:
    mart = fill(tmp_path, spells(("R1", "2026-04-01", 30), ("R1", "2026-05-31", 2)))
    found = stay_months(mart, StayRule(date(2026, 4, 1), date(2026, 6, 1)), "R1")
    assert pd.to_datetime(found["month"]).dt.month.tolist() == [4, 5]
    assert found["days"].tolist() == [30, 2]


def test_tails_count_a_stay_of_exactly_the_threshold(tmp_path: Path) -> None:
    mart = fill(tmp_path, spells(*(("R1", "2026-04-02", stay) for stay in (0, 6, 7, 13, 14, 21, 40))))
    found = stay_tails(mart, APRIL).iloc[0]
    expected = {
        "spells": 7, "days": 101, "zero_day": 1, "spells_7": 5, "days_7": 95, "spells_14": 3,
        "days_14": 75, "spells_21": 2, "days_21": 61,
    }  # fmt: skip
    assert found[list(expected)].to_dict() == expected


def test_tails_of_none_are_nought(tmp_path: Path) -> None:
    found = stay_tails(fill(tmp_path, spells(("R1", "2026-04-02", 1))), APRIL).iloc[0]
    assert (found["spells_21"], found["days_21"]) == (0, 0)


def test_a_sample_holds_all_of_the_trust_and_so_many_of_the_others_always_the_same(tmp_path: Path) -> None:
    rows = [("R1", "2026-04-02", 1), ("R0", "2026-04-02", 2), *(("R2", "2026-04-03", n) for n in range(30))]
    mart = fill(tmp_path, spells(*rows))
    first, second = (stay_sample(mart, APRIL, "R1", others=10) for _ in range(2))
    assert first[first["own"]]["spells"].sum() == 2
    assert first["spells"].sum() == 12
    assert sorted(first["days"]) == sorted(second["days"])


def test_a_second_organisation_reads_its_own_records_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mart = fill(tmp_path, spells(*((org, "2026-04-02", n) for org in ("R1", "R2", "R3") for n in range(9))))
    asked: list[str] = []
    query = Mart.query

    def noted(mart: Mart, sql: str, params: Sequence[object] | None = None) -> pd.DataFrame:
        asked.append(sql)
        return query(mart, sql, params)

    monkeypatch.setattr(Mart, "query", noted)
    for org in ("R1", "R2"):
        asked.clear()
        later = Mart(tmp_path).at(mart.version)
        assert set(stay_cells(later, APRIL, org)["org_code"]) == {org}
        assert stay_totals(later, APRIL, ("org_code", "specialty"))["spells"].tolist() == [9, 9, 9]
        assert set(stay_months(later, APRIL, org)["org_code"]) == {org}
        stay_tails(later, APRIL)
        assert stay_sample(later, APRIL, org, others=5)["spells"].sum() == 14
    assert len(asked) == 1
    assert "s.org_code IN ('R2')" in asked[0]


def test_the_sample_is_of_others_where_most_stays_are_the_organisations_own(tmp_path: Path) -> None:
    rows = [*(("R1", "2026-04-02", n) for n in range(30)), *(("R2", "2026-04-03", n) for n in range(6))]
    mart = fill(tmp_path, spells(*rows))
    found = stay_sample(mart, APRIL, "R1", others=5)
    assert found[~found["own"]]["cluster"].tolist() == ["R2"] * 5


def test_the_sample_of_many_is_that_of_all_of_them_in_the_order_of_their_hash(tmp_path: Path) -> None:
    """Only stays below some hash are put in order: among several thousand none may be missed."""
    random = np.random.default_rng(7)
    orgs, lengths = random.choice(["R1", "R2", "R3"], 5_000), random.integers(0, 300, 5_000)
    mart = fill(
        tmp_path, spells(*((org, "2026-04-02", int(n)) for org, n in zip(orgs, lengths, strict=True)))
    )
    drawn = "hash(org_code, admitted, discharged, specialty_code, age_band, sex, imd_decile, cost)"
    sql = f"SELECT org_code, los_days FROM (SELECT * FROM spells ORDER BY {drawn} LIMIT 40) WHERE org_code <> 'R1'"
    wanted = mart.query(sql).head(20)
    found = stay_sample(mart, APRIL, "R1", others=20)
    found = found[~found["own"]]
    assert len(wanted) == 20
    assert found["cluster"].tolist() == wanted["org_code"].tolist()
    assert found["days"].tolist() == wanted["los_days"].tolist()
