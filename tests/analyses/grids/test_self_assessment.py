"""A self-assessment: spread and movement in words, small groups hidden, and every edge comes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from plain_english import jargon_in, text_problems

from helpers.analyses.grids.analysis import SelfAssessment
from helpers.audience import AUDIENCE_VARIABLE, Audience
from helpers.bundle import Bundle
from helpers.data.audit.bundles import audit_bundles
from helpers.data.disclosure import disclosure_problems
from helpers.data.mart import Mart
from helpers.data.organisations.directory import find_organisation
from helpers.errors import UsageError
from helpers.register import Register
from helpers.register.grids import Assessment, Consensus
from helpers.register.reading import SHIPPED, read_register
from helpers.report.period import Period
from helpers.report.report import Report

LAST = date(2026, 9, 1)
GRIDS = read_register(SHIPPED, base=None).grids
Make = Callable[..., SelfAssessment]


def some(group: str, number: int, month: str = "2026-09", **stages: str) -> list[Assessment]:
    """Return assessors of a group who all see the same, and say so each in words of their own."""
    told = stages or {"leaders": "starting"}
    return [
        Assessment.model_validate(
            {"grid": "breakthrough", "organisation": "T1", "month": month, "group": group,
             "rows": {row: {"stage": stage, "evidence": f"{group} {n} saw it"} for row, stage in told.items()}}
        )
        for n in range(number)
    ]  # fmt: skip


def agreed(month: str, rows: Mapping[str, str], **told: Any) -> Consensus:
    whole = {row: {"stage": stage, "wanted": "consolidating"} for row, stage in rows.items()}
    return Consensus.model_validate(
        {"grid": "breakthrough", "organisation": "T1", "month": month, "rows": whole, **told}
    )


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Return what makes the report of a trust that is in the mart, on a day of its own."""
    monkeypatch.setenv("BOARDPACK_KNOWN_ON", "2026-10-12")
    mart = Mart(tmp_path / "mart")
    with mart.load(source="codes", layout="l", policy="published", synthetic=True, as_at=LAST) as load:
        load.write(
            "organisations", pd.DataFrame([{"org_code": "T1", "name": "Synthetic T1", "kind": "trust"}])
        )
    mart = mart.at(mart.version)

    def of(
        said: list[Assessment] | None = None, *consensus: Consensus, grid: str = "breakthrough"
    ) -> SelfAssessment:
        report = Report("Assessed", tmp_path, mart, find_organisation(mart, "T1"), Period(LAST, LAST))
        report.__dict__["register"] = Register(
            grids=GRIDS, assessments=tuple(said or ()), consensus=consensus
        )
        return SelfAssessment(report, grid)

    return of


def shown(found: SelfAssessment) -> list[Bundle]:
    parts = (
        found.headline, found.stages, found.groups, found.evidence, found.actions, found.descriptors, found.method,
    )  # fmt: skip
    bundles = [each.bundle for what in parts for each in what.shown]
    assert disclosure_problems(bundles) == []
    assert audit_bundles(bundles) == []
    return bundles


def texts(bundles: list[Bundle]) -> str:
    return "\n".join(each.markdown for each in bundles)


def test_without_a_form_it_says_how_to_begin(make: Make) -> None:
    bundles = shown(make())
    assert bundles[0].markdown.startswith(
        "**Nobody has assessed barriers to performance yet.** `boardpack assess ask`"
    )
    assert not [each for each in bundles if each.kind == "figure"]


def test_what_few_said_is_shown_nowhere_neither_apart_nor_together(make: Make) -> None:
    found = make(some("Board", 7))
    said = texts(shown(found))
    assert "Too few assessors" in said
    assert "saw it" not in said
    assert "Too few" in found.stages.words["none"]
    assert found.stages.rows == ()
    with_consensus = make(some("Board", 7), agreed("2026-09", {"leaders": "starting"}))
    assert {row[4] for row in with_consensus.stages.rows} == {"too few to show"}
    assert (found.groups.rows, found.evidence.rows) == ((), ())


def test_a_spread_is_shown_with_groups_that_are_large_enough(make: Make) -> None:
    wards = some("Clinical leads", 8, leaders="consolidating")
    found = make(some("Board", 9) + wards + some("Support services", 2))
    shown(found)
    assert (
        found.stages.frame.set_index("row").loc["Leaders' interest", "said"]
        == "11\u00a0starting, 8\u00a0consolidating"
    )
    assert found.groups.rows == (
        ("Leaders' interest", "Board", "9\u00a0starting"),
        ("Leaders' interest", "All others", "2\u00a0starting, 8\u00a0consolidating"),
    )
    assert "Assessors differ most on “Leaders' interest”" in found.headline.words["differ"]


def test_a_row_that_few_of_a_large_group_judged_stands_with_others(make: Make) -> None:
    both = {"leaders": "starting", "system": "developing"}
    found = make(some("Board", 9, **both) + some("Clinical leads", 9) + some("Clinical leads", 3, **both))
    shown(found)
    assert [row[:2] for row in found.groups.rows] == [
        ("Leaders' interest", "Clinical leads"),
        ("Leaders' interest", "Board"),
    ]
    assert {row[0] for row in found.evidence.rows} == {"Leaders' interest", "A system that helps"}


def test_another_audience_has_a_rule_of_its_own(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    told = Audience(
        name="board", hide_up_to=0, reason="it is their own", owner="Chair", decided="2026-01-01"
    )
    monkeypatch.setenv(AUDIENCE_VARIABLE, told.model_dump_json())
    found = make(some("Board", 2))
    assert found.groups.rows == (("Leaders' interest", "Board", "2\u00a0starting"),)
    assert "groups of any size" in found.method.words["shown_all"]


def test_movement_actions_and_the_next_day_are_said(make: Make) -> None:
    late = {"action": "Take measures away", "owner": "Chief nurse", "due": date(2026, 10, 1)}
    before = agreed("2025-09", {"leaders": "starting", "system": "developing", "priorities": "starting"})
    now = agreed(
        "2026-09",
        {
            "leaders": "developing",
            "system": "starting",
            "priorities": "starting",
            "time_to_learn": "starting",
        },
        actions=(late,),
        again=date(2027, 9, 30),
    )
    found = make([], before, now)
    said = found.headline.words
    assert said["agreed"] == (
        "**Of four barriers these are agreed: three at “starting” and one at “developing”.** "
        "At “starting”: “A system that helps”, “Too many priorities” and “Time to learn”."
    )
    assert said["moved"] == (
        "Since September 2025 “Leaders' interest” moved on; “A system that helps” moved back."
    )
    assert said["follows"] == (
        "One action is past due: “Take measures away” (Chief nurse). The next assessment is to be on 30 September 2027."
    )
    rows = found.stages.frame.set_index("row")
    assert list(rows["before"])[:3] == ["Starting; moved on", "not agreed before", "Starting"]
    assert found.actions.rows[0][2] == "1 October 2026, past due"
    shown(found)


def test_nothing_is_added_up_and_it_says_so(make: Make) -> None:
    found = make(some("Board", 9), agreed("2026-09", {"leaders": "starting"}))
    bundles = shown(found)
    assert "neither a formula nor a score" in bundles[0].markdown
    assert not [
        column for each in bundles for column in each.columns if column.kind in ("rate", "model", "count")
    ]


def test_a_round_after_the_meeting_is_not_known_to_the_report(make: Make) -> None:
    found = make(
        [], agreed("2026-09", {"leaders": "starting"}), agreed("2026-11", {"leaders": "developing"})
    )
    assert found.stages.rows[0][1] == "Starting"
    assert "for the first time" in found.headline.words["moved"]


def test_all_that_is_said_is_plain(make: Make) -> None:
    for grid in GRIDS:
        found = make([], grid=grid)
        said = [*found.headline.words.values(), *found.method.words.values()]
        said += [str(cell) for row in found.descriptors.rows for cell in row]
        said += [row.question for row in GRIDS[grid].rows.values()]
        assert [problem for text in said for problem in text_problems(text) + jargon_in(text)] == []


def test_a_grid_that_there_is_not_is_refused_with_the_nearest(make: Make) -> None:
    with pytest.raises(UsageError, match="breakthrough"):
        make(grid="breaktrough")
