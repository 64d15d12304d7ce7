"""Counts by reason, beside all trusts: worked by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from made_results import quiet

from helpers.analyses.performance_report.tables import reasons_rows
from helpers.measures.reasons import reasons_of
from helpers.measures.words import reasons_sentence

MAY = date(2025, 5, 1)
#: T1: Capacity 30 + 10, Hospital 20, Wellbeing 0: 60 in all; T2: Capacity 10, Hospital 130: together 50, 150, 0
ROWS = pd.DataFrame(
    [
        ("T1", "Capacity – Beds elsewhere", 30.0), ("T1", "Capacity – Care at home", 10.0),
        ("T1", "Hospital process – Medicines", 20.0), ("T1", "Wellbeing concerns – Other", 0.0),
        ("T2", "Capacity – Care at home", 10.0), ("T2", "Hospital process – Medicines", 130.0),
    ],
    columns=["org_code", "reason", "patients"],
).assign(measure="delayed_patients", period=pd.Timestamp(MAY))  # fmt: skip


def test_kinds_come_with_shares_here_and_everywhere_and_their_largest_reason() -> None:
    reasons = reasons_of(ROWS, "T1", MAY)
    assert reasons is not None
    assert (reasons.total, reasons.trusts) == (60.0, 2)
    first, second, third = reasons.kinds
    assert (first.name, first.patients, first.largest, first.largest_patients) == (
        "Capacity",
        40.0,
        "Beds elsewhere",
        30.0,
    )
    assert (first.share, first.everywhere) == (pytest.approx(100 * 40 / 60), pytest.approx(25.0))
    assert (second.name, second.everywhere) == ("Hospital process", pytest.approx(75.0))
    assert (third.patients, third.largest) == (0.0, "")


def test_the_sentence_names_the_largest_kind_beside_all_trusts() -> None:
    result = replace(quiet(), reasons=reasons_of(ROWS, "T1", MAY))
    assert reasons_sentence(result) == (
        "Most were counted under “Capacity”: 40 of 60, 67%; over all 2 trusts it was 25%."
    )
    assert reasons_sentence(quiet()) == ""


def test_the_table_has_a_row_for_each_kind() -> None:
    reasons = reasons_of(ROWS, "T1", MAY)
    assert reasons is not None
    rows = reasons_rows(reasons)
    assert [row[0] for row in rows] == ["Capacity", "Hospital process", "Wellbeing concerns"]
    assert [row[4] for row in rows] == ["Beds elsewhere (30)", "Medicines (20)", None]


def test_nobody_counted_gives_no_reasons() -> None:
    assert reasons_of(ROWS[ROWS["patients"] == 0], "T1", MAY) is None
    assert reasons_of(ROWS, "T1", date(2025, 6, 1)) is None
    assert reasons_of(ROWS, "T3", MAY) is None


def test_reasons_without_a_kind_stand_for_themselves() -> None:
    plain = ROWS.assign(reason=ROWS["reason"].str.split(" – ").str[1])
    reasons = reasons_of(plain, "T1", MAY)
    assert reasons is not None
    assert reasons.kinds[0].name == reasons.kinds[0].largest == "Beds elsewhere"
