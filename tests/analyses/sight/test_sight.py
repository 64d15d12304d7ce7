"""Who carries what, from both ends, against a register of a few lines; and the demo's page."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from plain_english import jargon_in, text_problems

from helpers import analyses
from helpers.analyses.sight import words
from helpers.analyses.sight.lines import Lines, build_lines, choose_measures
from helpers.data.mart import Mart
from helpers.data.organisations.directory import find_organisation
from helpers.data.organisations.units import Unit
from helpers.errors import UsageError
from helpers.measures.gathering import Results, WantedMeasures
from helpers.register.cycle import BoardDecision, MatrixRow, Team
from helpers.register.models import Measure, Objective, Register
from helpers.report.charts.links import Node, links_chart
from helpers.report.period import Period
from helpers.report.report import Report
from helpers.report.shown import draw

SEPTEMBER = Period(date(2026, 9, 1), date(2026, 9, 1))
TRUST: Any = SimpleNamespace(code="RGT", name="A trust")


def measure(name: str, objective: str | None, owner: str = "Chief nurse") -> Measure:
    told = {"id": name, "name": name.capitalize(), "objective": objective, "kind": "count", "unit": "beds"}
    return Measure.model_validate({**told, "direction": "decrease", "owner": owner})


def register() -> Register:
    row = MatrixRow(
        id="shorter", organisation="RGT", objective="time", team="wards", team_objective="Leave by noon",
        measure="stay", change="Rounds", start="2026-04",
    )  # fmt: skip
    teams = (
        Team(id="wards", name="Wards", owner="Matron", parent="medicine"),
        Team(id="medicine", name="Medicine", owner="Director"),
        Team(id="idle", name="Idle", owner="Head"),
    )
    return Register(
        measures={
            each.id: each for each in (measure("stay", "beds"), measure("seen", "time", ""), measure("lost", None))
        },
        objectives={
            each: Objective(id=each, name=each.capitalize(), description="D", owner="Board")
            for each in ("time", "beds", "money")
        },
        teams={team.id: team for team in teams},
        matrix={"shorter": row},
    )  # fmt: skip


def results(*found: Any, part: Any = "organisation") -> Results:
    known = register().measures
    asked = WantedMeasures(TRUST, date(2026, 9, 1), tuple(known), part=part)
    held = {each.measure.id for each in found}
    return Results(asked, found, tuple(each for name, each in known.items() if name not in held))


def result(name: str, category: str, part: str = "") -> Any:
    latest = SimpleNamespace(value=3.0)
    return SimpleNamespace(
        measure=register().measures[name], category=category, part=part, latest=latest, comment=None
    )


def lines(*own: Any, units: tuple[Any, ...] = ()) -> Lines:
    return build_lines(register(), TRUST, results(*own), results(*units, part="unit"))


def test_a_measure_stands_below_its_objective_and_below_that_of_a_row() -> None:
    found = lines()
    told = {
        sight.objective.id: [
            (each.measure.id, [carrier.team.id for carrier in each.carriers]) for each in sight.measures
        ]
        for sight in found.sights
    }
    assert told == {
        "time": [("stay", ["wards"]), ("seen", [])],
        "beds": [("stay", ["wards"])],
        "money": [],
    }


def test_a_team_carries_what_its_unit_has_a_figure_of_for_that_objective_alone() -> None:
    told = register()
    teams = {**told.teams, "medicine": told.teams["medicine"].model_copy(update={"unit": "D1"})}
    own, units = results(), results(result("stay", "watched", "D1"), part="unit")
    found = build_lines(told.model_copy(update={"teams": teams}), TRUST, own, units)
    carried = {
        s.objective.id: [c.team.id for each in s.measures for c in each.carriers] for s in found.sights
    }
    assert carried == {"time": ["wards"], "beds": ["medicine", "wards"], "money": []}


def test_a_unit_that_no_team_names_stands_for_itself_where_it_returns_a_figure() -> None:
    units = [Unit("D1", "Surgery", ""), Unit("D2", "Estates", "")]
    of_units = results(result("stay", "watched", "D1"), part="unit")
    found = build_lines(register(), TRUST, results(), of_units, units)
    told = {team.name: team.owner for team in found.teams.values()}
    assert told["Surgery"] == "nobody named"
    assert "Estates" not in told
    assert "Surgery" in {
        each.team.name for sight in found.sights for m in sight.measures for each in m.carriers
    }


def test_what_has_no_line_is_named_from_both_ends() -> None:
    assert list(words.orphan_sentences(lines(result("stay", "watched")))) == [
        "One objective without a measure: Money.",
        "One measure without an objective: Lost.",
        "One measure without anybody who answers: Seen.",
        "One measure without a team that carries it: Seen.",
        "One measure without a figure: Seen.",
        "One team without a line to an objective: Idle (Head).",
    ]


@pytest.mark.parametrize(
    ("owners", "said"),
    [
        (["Chief", "Chief"], "A and B (Chief)"),
        (["Chief", "Nurse", "Chief", "Nurse"], "A and C (Chief); and B and D (Nurse)"),
        (["Chief"] * 6, "A, B and C (Chief); and three more"),
    ],
)
def test_who_owns_several_measures_is_named_once(owners: list[str], said: str) -> None:
    bad = [
        SimpleNamespace(measure=SimpleNamespace(name=name, owner=owner))
        for name, owner in zip("ABCDEF", owners, strict=False)
    ]
    assert words._by_owner(cast(Any, bad)) == said


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ((), "No measure needs attention."),
        ((result("stay", "attention"),), "One measure in need of attention is carried by a team."),
        ((result("seen", "attention"),), "One measure needs attention and no team carries it: Seen."),
    ],
)
def test_the_headline_begins_with_what_is_bad_and_carried_by_nobody(
    own: tuple[Any, ...], said: str
) -> None:
    found = words.headline_words(lines(*own))
    assert found["uncarried"] == said
    assert found["lines"] == "Two teams carry one of two measures."
    assert [problem for text in found.values() for problem in text_problems(text) + jargon_in(text)] == []


def test_a_team_reads_what_it_contributes_to() -> None:
    found = lines()
    told = {name: words.contribution_words(team, found) for name, team in found.teams.items()}
    assert list(told) == ["medicine", "wards", "idle"]
    assert told["medicine"] == "by the teams below it"
    assert told["wards"] == "Time: Stay (Leave by noon)\nBeds: Stay (Leave by noon)"
    assert told["idle"] == "nothing yet"
    assert words.team_words(found.teams["wards"], found) == "Medicine › Wards"


def test_actions_that_are_overdue_come_first() -> None:
    decided = {"organisation": "RGT", "day": date(2026, 1, 8), "owner": "Matron"}
    open_one = BoardDecision(**decided, decision="Hire", due=date(2026, 12, 1))
    late = BoardDecision(**decided, decision="Paint", due=date(2026, 2, 1))
    assert words.action_words([open_one, late], None, date(2026, 2, 3)).split("\n") == [
        "Overdue: Paint (Matron, due 1 February 2026, two days ago)",
        "Hire (Matron, due 1 December 2026)",
    ]


def test_measures_are_those_of_the_scorecard_and_of_rows() -> None:
    assert choose_measures(register(), "RGT", None) == ("stay",)
    assert choose_measures(register(), "RGT", ["seen", "seen"]) == ("seen",)


def test_names_of_the_picture_do_not_lie_over_each_other() -> None:
    nodes = [Node(f"A measure with a name of some length, number {n}") for n in range(9)]
    links = [(0, place) for place in range(9)], [(place, place % 3) for place in range(9)]
    heads = ("One", "Two", "Three")
    figure = draw(lambda: links_chart((nodes[:1], nodes, nodes[:3]), links, heads=heads))
    axes = figure.axes[0]
    figure.canvas.draw()
    boxes = [text.get_window_extent() for text in axes.texts]
    assert len(boxes) == 16
    assert not [1 for n, one in enumerate(boxes) for other in boxes[:n] if one.overlaps(other)]


@pytest.fixture(scope="module")
def report(demo_measures: Mart) -> Report:
    about = find_organisation(demo_measures, "SYN07")
    return Report("Line of sight", Path(__file__).parents[3], demo_measures, about, SEPTEMBER)


def test_five_questions_of_a_team_leader_are_answered_by_the_page(report: Report) -> None:
    found = analyses.line_of_sight(report, measures=["dna_rate", "mean_los", "bed_occupancy"])
    teams = found.from_the_team.frame.set_index("team")
    top = found.from_the_top.frame.set_index("measure")
    assert teams.loc["Medicine › Acute medicine wards", "owner"] == "Lead consultant for acute medicine"
    assert "No patient stays a day longer than needed" in str(
        teams.loc["Medicine › Acute medicine wards", "contributes"]
    )
    assert "Outpatient booking" in str(top.loc["Patients who did not attend", "carried"].iloc[0])
    assert top.loc["Bed occupancy, general and acute", "carried"] == "nobody"
    actions = found.quarters.frame.set_index("measure").loc["Bed occupancy, general and acute", "actions"]
    assert "Reopen the two medical wards by November (Director of estates" in str(actions)


def test_an_organisation_without_teams_has_a_page(report: Report) -> None:
    bare = replace(report, organisation=find_organisation(report.mart, "SYN12"))
    found = analyses.line_of_sight(bare, measures=["dna_rate"])
    assert found.headline.words["lines"].startswith("No team is registered")
    assert "none" in found.from_the_team.words
    assert found.picture.figure() is not None
    with pytest.raises(UsageError, match="did you mean dna_rate"):
        analyses.line_of_sight(bare, measures=["dna_rat"])
