"""Every sentence on whether targets will be met, case by case."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from helpers.analyses.balanced_scorecard.words import outlook_lines, outlook_summary
from helpers.register.models import Target

LOCAL = Target(value=8, kind="local", source="Plan")


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        (["on_track"] * 3, "All three measures whose targets can be forecast are on track."),
        (["on_track"], "The one measure whose target can be forecast is on track."),
        (["unlikely"], "The one measure whose target can be forecast is unlikely to meet it."),
        (["unlikely"] * 2, "All two measures whose targets can be forecast are unlikely to meet them."),
        (
            ["on_track", "at_risk", "at_risk", "unlikely"],
            "Of four measures whose targets can be forecast, one is on track, two are at risk and one is unlikely "
            "to meet it.",
        ),
        (["none"], "No target to come can be forecast; the section on targets says why."),
        (
            ["no_target"],
            "No measure with a figure has a target to come, so none is judged by its trajectory.",
        ),
        ([], "No measure with a figure has a target to come, so none is judged by its trajectory."),
    ],
)
def test_the_summary_counts_verdicts(row, card, judged, verdicts, said) -> None:
    rows = [row(f"M{number}", outlook=judged(verdict)) for number, verdict in enumerate(verdicts)]
    assert outlook_summary(card(*rows)) == said


def test_a_missing_measure_counts_for_no_verdict(row, card, judged) -> None:
    rows = [row("A", values=None, outlook=judged("on_track")), row("B", outlook=judged("at_risk"))]
    assert outlook_summary(card(*rows)) == "The one measure whose target can be forecast is at risk."


def test_each_verdict_is_said_once_with_its_measures_targets_and_chances(row, card) -> None:
    high = Target(value=60, kind="local", source="Plan")
    rows = [row("Waits", targets=[high]), row("Beds", targets=[high]), row("Staff", targets=[LOCAL])]
    assert outlook_lines(card(*rows)) == [
        "**Unlikely**: Waits (60% in March 2028: under 5%); Beds (60% in March 2028: under 5%).",
        "**On track**: Staff (8% in March 2028: over 95%).",
    ]


def climbing_to(row, aim: float, name: str = "Waits"):
    """Return a row that climbs from 20 to 37.5 in three years, and its target."""
    climbing = [20 + 0.5 * month + (0.4 if month % 2 else -0.4) for month in range(36)]
    return row(name, values=climbing, targets=[Target(value=aim, kind="local", source="Plan")])


def test_progress_is_not_success(row, card) -> None:
    lines = outlook_lines(card(climbing_to(row, 80)))
    assert lines[0].startswith("**Unlikely**: Waits (80% in March 2028: ")
    assert lines[1] == "**Progress is not yet success**: Waits is improving."
    two = outlook_lines(card(climbing_to(row, 80), climbing_to(row, 90, "Beds")))
    assert two[1] == "**Progress is not yet success**: Waits and Beds are improving."


def test_success_today_may_be_lost(row, card, judged) -> None:
    # 10 on the good side of 8, falling to it since six months
    falling = [*[12.0, 11.6, 12.4] * 8, 12, 11.5, 11, 10.5, 10, 9.6, 9.2, 8.9, 8.6, 8.4, 8.2, 8.1]
    outlook = replace(judged("at_risk"), met=True)
    lines = outlook_lines(card(row("Waits", values=falling, targets=[LOCAL], outlook=outlook)))
    assert lines[1] == "**Success today is not safe**: Waits is on target, but getting worse."


def test_who_meets_the_target_and_improves_is_not_called_short_of_success(row, card, judged) -> None:
    met = replace(climbing_to(row, 30), outlook=replace(judged("at_risk"), met=True))
    assert len(outlook_lines(card(met))) == 1


def test_ordinary_ups_and_downs_are_no_progress(row, card) -> None:
    # March is above September before, by ordinary variation alone
    (line,) = outlook_lines(card(row(targets=[Target(value=12, kind="local", source="Plan")])))
    assert "rogress" not in line


def test_each_reason_for_no_forecast_is_said_once(row, card) -> None:
    few = [10.0, 9.0] * 4
    missed = Target(value=60, kind="local", source="Plan")
    rows = [
        row("Waits", values=few, targets=[LOCAL]),
        row("Beds", targets=[LOCAL], judged_on=date(2028, 1, 31)),
        row("Falls", targets=[missed], judged_on=date(2028, 1, 31)),
    ]
    assert outlook_lines(card(*rows)) == [
        "**No forecast**, because fewer than 12 months are comparable: Waits (November 2024, target met).",
        "**No forecast**, because the latest value is too old: Beds (March 2027, target met); and Falls (March 2027, "
        "target missed).",
    ]


def test_nothing_is_said_of_a_measure_without_target_or_figure(row, card) -> None:
    hidden = row("Falls", hidden=range(36), targets=[LOCAL])
    assert outlook_lines(card(row(), row("Cost", values=None), hidden)) == []


SEASON = [3.0, 4, 5, 7, 8, 9, 8, 9, 9, 10, 12, 16]


def year_row(row, so_far: list[float]):
    target = Target(value=100, kind="local", source="Plan", meaning="cumulative")
    late = [2.0, *SEASON[1:-1], 17.0]
    return row(values=[*SEASON, *late, *so_far], targets=[target], kind="ratio", name="Savings")


def test_less_than_half_at_half_of_the_year_is_no_failure_where_the_season_is_late(row, card) -> None:
    # from April 2024: two full years and half of a third
    (said,) = outlook_lines(card(year_row(row, [3.3, 4.4, 5.5, 7.7, 8.8, 9.5])))
    assert said.startswith(
        "**Savings**, on track: 39.2% has come in six months, and by then two past years had 36% of their sum. So "
        "the year points to 110.4%, and the chance of 100% is about "
    )
    assert said.endswith("Less than an even share so far is no failure: the months to come bring more.")


def test_a_year_that_has_fallen_behind_its_own_season_is_unlikely(row, card) -> None:
    # 18 by September, where 36 and 35 had come: the year points to 50.7
    (said,) = outlook_lines(card(year_row(row, [1.5, 2.0, 2.5, 3.5, 4.0, 4.5])))
    assert said.startswith("**Savings**, unlikely: 18.0% has come in six months")
    assert "no failure" not in said
