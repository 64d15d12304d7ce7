from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from helpers.runner.history.entries import Entry, Output, State
from helpers.runner.history.store import History
from helpers.runner.key.due import RunDecision, decide, explain
from helpers.runner.key.surroundings import Surroundings
from helpers.runner.plan.jobs import make_plan
from helpers.runner.project import DataSet, Project

THEN = DataSet("s1", "Sickness absence", "2026-08-31", "load-1")
CODE = {"helpers/report/words.py": "1", "helpers/stats/spc.py": "1", "helpers/gone.py": "1"}
INSTALLED = ["3.12.1 (main, Jan)", "pandas-3.0.1.dist-info", "typst-0.15.0.dist-info"]
AROUND = Surroundings("c1", "e1", "v1", {"sickness/nhs": THEN}, contents={"c1": CODE, "e1": INSTALLED})


@pytest.fixture
def project(lay_out: Callable[..., Path]) -> Project:
    return Project(lay_out({"good": {"SYN07.yml": "trust: SYN07"}}))


@pytest.fixture
def history(tmp_path: Path) -> History:
    history = History(tmp_path / "state")
    history.keep(AROUND.contents)
    return history


def decide_now(project: Project, previous: Entry | None, around: Surroundings) -> RunDecision:
    standing = {("good", "SYN07"): previous} if previous else {}
    (decision,) = decide(project, make_plan(project), around, standing=standing)
    return decision


@pytest.fixture
def previous(project: Project) -> Entry:
    """What a withdrawn report, whose files are not looked at, was made from."""
    decision = decide_now(project, None, AROUND)
    files = {name: Output(f"2026-03/good/SYN07.{name}", "") for name in ("html", "pdf")}
    entry = Entry("run1", "good", "SYN07", State.WITHDRAWN, "2026-09-01T06:00:00+00:00", note="wrong")
    read = replace(
        entry,
        reads=("sickness/nhs",),
        data={"sickness/nhs": THEN},
        parameters=decision.job.settings,
        outputs=files,
    )
    return replace(read, key={**decision.key, **AROUND.read_by(read)})


def test_each_kind_of_change_is_told_in_words(project: Project, previous: Entry, history: History) -> None:
    now = replace(
        AROUND,
        code="c2",
        environment="e2",
        datasets={"sickness/nhs": DataSet("s2", "Sickness absence", "2026-09-30", "load-2")},
        renderer="quarto 1.9.38",
    )
    history.keep(
        {
            "c2": {"helpers/report/words.py": "2", "helpers/stats/spc.py": "1", "helpers/new.py": "1"},
            "e2": ["3.12.2 (main, Feb)", "pandas-3.0.2.dist-info", "rich-14.dist-info"],
        }
    )
    (project.params / "good" / "SYN07.yml").write_text('trust: SYN08\nperiod: "2026-04"\n')
    notebook = project.notebooks / "good.ipynb"
    notebook.write_text(notebook.read_text("utf-8") + "\n", "utf-8")
    assert explain(decide_now(project, previous, now), now, history) == (
        "notebook: good.ipynb was edited",
        'parameter trust: "SYN07" became "SYN08"',
        'parameter period: "latest" became "2026-04"',
        "code: helpers/gone.py, helpers/new.py, helpers/report/words.py changed",
        "environment: Python 3.12.1 became 3.12.2, pandas 3.0.1 became 3.0.2, rich not installed became 14, "
        "typst 0.15.0 became not installed",
        "renderer: embedded became quarto 1.9.38",
        "data sickness/nhs (Sickness absence): load load-1, as at 2026-08-31 became load load-2, as at 2026-09-30",
    )


def test_a_data_set_that_is_gone_is_told(project: Project, previous: Entry, history: History) -> None:
    now = replace(AROUND, datasets={})
    assert explain(decide_now(project, previous, now), now, history) == (
        "data sickness/nhs: load load-1, as at 2026-08-31 is no longer loaded",
    )


def test_what_an_older_history_did_not_note_is_told_without_detail(
    project: Project, previous: Entry, tmp_path: Path
) -> None:
    now = replace(AROUND, code="c2", environment="e2")
    assert explain(decide_now(project, previous, now), now, History(tmp_path / "new")) == (
        "code: the package or what it watches was changed",
        "environment: what is installed was changed",
    )


def test_where_nothing_has_changed_it_says_what_stands(
    project: Project, previous: Entry, history: History
) -> None:
    assert explain(decide_now(project, previous, AROUND), AROUND, history) == (
        "withdrawn (wrong): nothing has changed since the run run1 of 2026-09-01",
    )
    assert explain(decide_now(project, None, AROUND), AROUND, history) == ("never published: it will run",)


def test_an_altered_file_is_a_reason_too(project: Project, previous: Entry, history: History) -> None:
    published = replace(previous, state=State.PUBLISHED)
    assert explain(decide_now(project, published, AROUND), AROUND, history) == (
        "the published file is missing or was altered",
    )
