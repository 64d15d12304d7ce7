"""When the pages that list the reports are written anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from helpers.runner.batch.run import Order, run_batch
from helpers.runner.history.store import History
from helpers.runner.plan.jobs import make_plan
from helpers.runner.portal.update import list_anew
from helpers.runner.project import Project
from helpers.runner.publish.placing import open_history
from helpers.runner.publisher import Publisher

GOOD = 'trust: SYN07\nperiod: "2026-03"\n'


def go(project: Project) -> None:
    run_batch(project, make_plan(project), Order(("html",), jobs=1, renderer="embedded"))


def runs_told(project: Project) -> int:
    return (project.reports / "runs.html").read_text("utf-8").count('<th scope="row">')


@pytest.fixture
def project(lay_out: Callable[..., Path]) -> Project:
    project = Project(lay_out({"good": {"SYN07.yml": GOOD}}))
    go(project)
    return project


def test_a_run_has_ended_when_the_pages_say_what_it_did(project: Project) -> None:
    assert "still running" not in (project.reports / "runs.html").read_text("utf-8")


def test_a_batch_in_which_nothing_changed_is_told_among_the_runs_and_writes_no_other_page(
    project: Project,
) -> None:
    home = project.reports / "index.html"
    before = home.stat().st_ino
    go(project)
    assert runs_told(project) == 2
    assert home.stat().st_ino == before


@pytest.mark.parametrize("days", [0, 8])
def test_what_was_new_is_so_no_longer_when_a_week_has_passed(project: Project, days: int) -> None:
    list_anew(project, History(project.state), today=(datetime.now(UTC) + timedelta(days=days)).date())
    assert ("New</span>" in (project.reports / "index.html").read_text("utf-8")) is (days == 0)


def test_who_answers_for_the_reports_is_told_though_no_report_has_changed(project: Project) -> None:
    go(replace(project, publisher=Publisher(name="Trust", email="reports@example.org")))
    assert "reports@example.org" in (project.reports / "accessibility.html").read_text("utf-8")


def test_pages_that_could_not_be_finished_are_written_anew(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = project.notebooks / "good.ipynb"
    page.write_text(page.read_text("utf-8").replace("organisation_code=trust", "organisation_code='X'"))
    with monkeypatch.context() as patch:
        patch.setattr("helpers.runner.portal.update.write_portal", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            go(project)
    list_anew(project, History(project.state))
    assert "last good" in (project.reports / "index.html").read_text("utf-8")


def test_a_page_that_a_sudden_end_left_half_written_is_removed(project: Project) -> None:
    left = project.reports / ".index.html.1f2e3d4c.part"
    left.touch()
    open_history(project)
    assert not left.exists()
