"""What rows give together, what came of them, and what is missing: by hand, and in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from plain_english import jargon_in, text_problems

from helpers import analyses
from helpers.analyses.changes.achieved import Achieved
from helpers.analyses.four_columns import words
from helpers.analyses.four_columns.analysis import read_achieved
from helpers.analyses.four_columns.matrix import Matrix, add_up, build_matrix
from helpers.data.mart import Mart
from helpers.data.organisations.directory import find_organisation
from helpers.errors import UsageError
from helpers.measures.gathering import Results, WantedMeasures
from helpers.register.cycle import MatrixRow, Team
from helpers.register.models import Measure, Objective, Register
from helpers.report.period import Period
from helpers.report.report import Report

SEPTEMBER = Period(date(2026, 9, 1), date(2026, 9, 1))
TRUST: Any = SimpleNamespace(code="RGT", name="A trust")
BEDS = {"value": 6, "low": 3, "high": 9, "unit": "beds", "reason": "Count"}


def team(name: str, parent: str | None = None) -> Team:
    return Team(id=name, name=name.capitalize(), owner=f"Head of {name}", parent=parent)


def measure(name: str, objective: str) -> Measure:
    told = {"id": name, "name": name.capitalize(), "objective": objective, "kind": "count", "unit": "beds"}
    return Measure.model_validate({**told, "direction": "decrease"})


def row(name: str, **told: Any) -> MatrixRow:
    usual = {
        "id": name, "organisation": "RGT", "objective": "beds", "team": "wards", "team_objective": f"Do {name}",
        "measure": "stay", "change": "Something", "start": "2026-04", "review": "2026-08", "impact": BEDS,
    }  # fmt: skip
    return MatrixRow.model_validate(usual | told)


def matrix(*rows: MatrixRow, achieved: tuple[Achieved, ...] = ()) -> Matrix:
    register = Register(
        measures={each: measure(each, aim) for each, aim in (("stay", "beds"), ("day", "beds"), ("seen", "time"))},
        objectives={
            each: Objective(id=each, name=each.capitalize(), description="D", owner="Board")
            for each in ("time", "beds")
        },
        teams={
            each.id: each for each in (team("medicine"), team("wards", "medicine"), team("theatres"), team("idle"))
        },
        matrix={each.id: each for each in rows},
    )  # fmt: skip
    none = Results(WantedMeasures(TRUST, date(2026, 9, 1)), (), ())
    return build_matrix(register, TRUST, date(2026, 9, 1), none, achieved)


def totals(found: Matrix) -> list[tuple[float, float, float]]:
    return [(each.amount.value, each.amount.low, each.amount.high) for each in add_up(found.lines)]


def test_rows_with_other_measures_and_other_beds_are_added() -> None:
    assert totals(matrix(row("a"), row("b", measure="day", team="theatres"))) == [(12, 6, 18)]


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"team": "theatres"}, "same measure"),
        ({"measure": "day", "team": "medicine"}, "same beds"),
        ({"measure": "day", "team": "theatres", "overlaps": ["a"]}, "the register says so"),
    ],
)
def test_rows_that_overlap_count_once_and_the_page_says_why(other: dict[str, Any], why: str) -> None:
    found = matrix(row("a"), row("b", impact=BEDS | {"value": 8, "low": 1}, **other))
    assert totals(found) == [(8, 1, 9)]
    (ambition,) = found.ambitions
    assert words.how_counted(ambition) == f"“Do a” and “Do b” overlap ({why}): the larger counts, once"


def test_other_units_and_other_years_are_not_added() -> None:
    clinic = {"missed": 630, "reduction": 0.5, "additions": 10_452}
    model = {"impact": {"model": "missed_appointments", "settings": clinic}}
    found = matrix(row("a"), row("b", **model), row("c", measure="day", start="2025-04", **model))
    assert [round(value) for value, _, _ in totals(found)] == [6, 315, 315]
    assert words.total_words(add_up(found.lines)[1]) == "315 patients fewer waiting by 31 March 2027"


def test_what_came_takes_the_place_of_what_was_expected() -> None:
    # half of -0.4 came, between 0.25 and 0.8 of it: of 6 (3 to 9) beds 3 (0.75 to 7.2)
    came = Achieved("a", expected=-0.4, achieved=-0.2, low=-0.32, high=-0.1)
    found = matrix(row("a"), achieved=(came,))
    assert totals(found)[0] == pytest.approx((3, 0.75, 7.2))
    assert (
        words.impact_words(found.lines[0])
        == "achieved: 3.0 beds freed (0.8 to 7.2)\nexpected: 6 beds freed (3 to 9)"
    )
    assert found.to_review == ()


def test_gaps_are_named_from_both_ends() -> None:
    found = matrix(row("a", impact=None, review=None, measure="seen"))
    said = " ".join(words.gap_sentences(found))
    assert "Two teams without a row: Theatres (Head of theatres) and Idle (Head of idle)." in said
    assert "One row without an expected impact: “Do a” (Head of wards)." in said
    assert "One row without a review: “Do a” (Head of wards)." in said
    assert "serves another ambition in the register" in said


def test_reviews_that_are_due_come_with_whose_they_are() -> None:
    late = matrix(row("a"), row("b", review="2026-10", measure="day"))
    assert words.review_sentence(late) == (
        "One review is due and has no result yet: “Do a” (Head of wards, August 2026)."
    )


def test_a_matrix_without_rows_says_so() -> None:
    assert words.headline_words(matrix())["rows"].startswith("No team has a row")


def cells(found: Matrix) -> Iterator[str]:
    for line in found.lines:
        yield from (words.impact_words(line), words.assumption_words(line))
    yield from map(words.how_counted, found.ambitions)


@pytest.mark.parametrize("rows", [(row("a"), row("b", impact=None, review=None)), ()])
def test_all_of_it_is_plain_english(rows: tuple[MatrixRow, ...]) -> None:
    found = matrix(*rows)
    sentences = [*words.headline_words(found).values(), *words.gap_sentences(found)]
    assert sentences
    assert [problem for text in sentences for problem in text_problems(text)] == []
    assert [word for text in (*sentences, *cells(found)) for word in jargon_in(text)] == []


@pytest.fixture(scope="module")
def report(demo_measures: Mart) -> Report:
    root = Path(__file__).parents[3]
    about = find_organisation(demo_measures, "SYN07")
    return Report("Four column matrix", root, demo_measures, about, SEPTEMBER)


def test_the_demo_shows_the_seed_example_on_page_one(report: Report) -> None:
    found = analyses.four_column_matrix(report)
    impact = found.rows.frame.set_index("row").loc["fewer_missed_appointments", "impact"]
    assert str(impact).split("\n") == [
        "315 patients fewer waiting",
        "11.0 days of additions less on the list",
        "25% of the way to 18 weeks for all",
    ]
    assert found.headline.values["rows"] == len(found.rows.frame) > 3


def test_five_questions_of_a_board_member_are_answered_by_the_page(report: Report) -> None:
    found = analyses.four_column_matrix(report)
    rows, ambitions = (
        found.rows.frame.set_index("row"),
        found.ambitions.frame.set_index("owner"),
    )
    # which ambition do the text reminders serve, who does it, and when is it looked at?
    assert rows.loc["fewer_missed_appointments", "objective"] == "Patients are seen in time"
    assert str(rows.loc["fewer_missed_appointments", "team"]).endswith("Outpatient booking")
    assert found.assumptions.frame["owner"].iloc[0] == "Head of outpatients"
    assert "review Oct 2026" in str(rows.loc["fewer_missed_appointments", "team"])
    # what do the rows for beds give together, and which of them is a guess? 3,500 x 2.94 / 365 / 0.92 = 30.6, and 6
    assert rows["impact"].str.contains("by hand")["more_day_surgery"]
    beds = ambitions[ambitions["together"].str.contains("beds", na=False)]
    assert str(beds["together"].iloc[0]).startswith("36.6 beds freed")
    # which ambition has nobody?
    assert ambitions.loc[["Chief nurse"], "counted"].tolist() == ["no row"]


def test_a_review_is_handed_over_as_a_table(report: Report) -> None:
    came = {
        "row": ["shorter_stays", "staff_back_at_work"],
        "expected": [-3.0, -1.0],
        "achieved": [-1.8, -0.5],
        "low": [-2.2, -0.6],
        "high": [-1.4, -0.4],
    }
    found = analyses.four_column_matrix(report, achieved=pd.DataFrame(came))
    assert found.learned.values == {"Acute medicine wards": 0.55}
    assert found.learned.words["learned"] == (
        "Acute medicine wards: our estimates have been 1.8 times too high (two reviews)."
    )
    assert "to_review" not in found.headline.words
    wrong = came | {"row": ["shorter_stay", "staff_back_at_work"]}
    with pytest.raises(UsageError, match="did you mean shorter_stays"):
        analyses.four_column_matrix(report, achieved=pd.DataFrame(wrong))
    with pytest.raises(UsageError, match="no column high"):
        read_achieved(pd.DataFrame(came).drop(columns="high"))


def test_an_organisation_without_rows_has_a_page(report: Report) -> None:
    found = analyses.four_column_matrix(
        replace(report, organisation=find_organisation(report.mart, "SYN12"))
    )
    assert found.rows.frame.empty
    assert len(found.ambitions.frame) == 6
    assert isinstance(found.headline.words["rows"], str)
    assert found.assumptions.words
