"""A draft is signed by roles in order; what was signed is bound to its very files, data and notebook."""

from __future__ import annotations

import os
import pwd
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest

from helpers.errors import GateError, UsageError
from helpers.runner.batch.approval import approve, give_back
from helpers.runner.batch.folders import traces_of
from helpers.runner.batch.run import Order, run_batch
from helpers.runner.batch.signing import DRAFT_MARK, current_account
from helpers.runner.history.chain import Stage
from helpers.runner.history.entries import Entry, State
from helpers.runner.history.signing import waiting
from helpers.runner.history.store import History
from helpers.runner.plan.jobs import make_plan
from helpers.runner.project import Project
from helpers.runner.publisher import Publisher, Signing

REPORT = ("good", "SYN07")
GOOD = 'trust: SYN07\nperiod: "2026-03"\n'
LEAD, DIRECTOR, BOTH = "account-a", "account-b", "account-c"
SIGNED = Publisher(
    sign_off=(Signing(notebooks="good", by="information lead, finance director"),),
    roles={
        "information lead": f"{LEAD}, {BOTH}",
        "finance director": f"{DIRECTOR}, {BOTH}",
        "porter": "account-d",
    },
)


@pytest.fixture
def project(lay_out: Callable[..., Path]) -> Project:
    return Project(lay_out({"good": {"SYN07.yml": GOOD}}), publisher=SIGNED)


def run(project: Project, *formats: str) -> Entry:
    (entry,) = run_batch(project, make_plan(project), Order(formats=formats or ("html",), jobs=1)).entries
    return entry


def said(project: Project) -> str:
    (found,) = waiting(project, History(project.state))
    return found.words


def portal(project: Project) -> str:
    return (project.reports / "index.html").read_text("utf-8")


def test_two_roles_sign_in_order_and_the_last_publishes(project: Project) -> None:
    held = run(project)
    assert (held.state, said(project)) == (State.HELD, "is a draft and waits for information lead")
    assert "is a draft and waits for information lead since" in portal(project)
    first = approve(project, REPORT, account=LEAD, note="Beds agree with the return.")
    assert first.state is State.HELD
    assert said(project) == "is reviewed by information lead and waits for finance director"
    assert "is reviewed by information lead and waits for finance director since" in portal(project)
    assert LEAD not in portal(project)
    assert "Beds agree" not in portal(project)
    entry = approve(project, REPORT, account=DIRECTOR)
    assert entry.state is State.PUBLISHED
    assert entry.outputs["html"].sha256 == held.outputs["html"].sha256
    decided = History(project.state).decisions()
    assert [(each.stage, each.role, each.account, each.note) for each in decided] == [
        (Stage.REVIEWED, "information lead", LEAD, "Beds agree with the return."),
        (Stage.APPROVED, "finance director", DIRECTOR, ""),
    ]


@pytest.mark.parametrize(
    ("account", "words"),
    [
        (DIRECTOR, "is finance director and cannot sign here; allowed: information lead"),
        ("account-d", "is porter and cannot sign here; allowed: information lead"),
        ("nobody-known", "has no role and cannot sign here; allowed: information lead"),
    ],
)
def test_the_wrong_role_signs_nothing(project: Project, account: str, words: str) -> None:
    run(project)
    with pytest.raises(UsageError, match=words):
        approve(project, REPORT, account=account)
    assert History(project.state).decisions() == []
    assert said(project) == "is a draft and waits for information lead"


def test_nobody_signs_twice_whatever_roles_they_have(project: Project) -> None:
    run(project)
    approve(project, REPORT, account=BOTH)
    with pytest.raises(UsageError, match="has signed this draft already; allowed: somebody else"):
        approve(project, REPORT, account=BOTH)
    assert approve(project, REPORT, account=DIRECTOR).state is State.PUBLISHED


def test_a_draft_that_is_returned_begins_anew_and_the_comment_stays(project: Project) -> None:
    run(project)
    approve(project, REPORT, account=LEAD)
    with pytest.raises(UsageError, match="--note"):
        give_back(project, REPORT, note=" ", account=DIRECTOR)
    with pytest.raises(
        UsageError, match="porter and cannot sign here; allowed: information lead or finance"
    ):
        give_back(project, REPORT, note="Why?", account="account-d")
    give_back(project, REPORT, note="Say why March fell.", account=DIRECTOR)
    assert said(project) == "was returned by finance director and waits for information lead"
    with pytest.raises(UsageError, match="allowed: information lead"):
        approve(project, REPORT, account=DIRECTOR)
    (found,) = waiting(project, History(project.state))
    assert [each.note for each in found.decisions] == ["", "Say why March fell."]
    approve(project, REPORT, account=LEAD)
    assert approve(project, REPORT, account=DIRECTOR).state is State.PUBLISHED


def test_signatures_end_when_the_notebook_changes(project: Project) -> None:
    run(project)
    approve(project, REPORT, account=LEAD)
    notebook = project.notebooks / "good.ipynb"
    notebook.write_text(notebook.read_text("utf-8") + "\n", "utf-8")
    with pytest.raises(GateError, match="notebook changed since, so its signatures end"):
        approve(project, REPORT, account=DIRECTOR)
    assert run(project).state is State.HELD
    assert said(project) == "is a draft and waits for information lead"


def test_signatures_end_when_what_it_read_changes(project: Project) -> None:
    held = run(project)
    approve(project, REPORT, account=LEAD)
    History(project.state).record(replace(held, answers={"measures": "as it was"}))
    with pytest.raises(GateError, match="register changed since"):
        approve(project, REPORT, account=DIRECTOR)


def test_signatures_are_of_these_files_alone(project: Project) -> None:
    held = run(project)
    approve(project, REPORT, account=LEAD)
    (page,) = project.state.glob("runs/*/good/SYN07/draft/2026-03/good/SYN07.html")
    page.write_text(page.read_text("utf-8").replace("4.2", "3.2"), "utf-8")
    with pytest.raises(GateError, match="altered"):
        approve(project, REPORT, account=DIRECTOR)
    assert run(project).run != held.run
    assert said(project) == "is a draft and waits for information lead"


def test_what_people_look_at_says_on_each_page_that_it_is_a_draft(project: Project) -> None:
    held = run(project, "html", "pdf")
    seen = traces_of(project, held).existing
    page = seen["html"].read_text("utf-8")
    assert DRAFT_MARK in page
    assert '<p class="watermark" aria-hidden="true">Draft</p>' in page
    pages = [each.get_textpage().get_text_range() for each in pypdfium2.PdfDocument(seen["pdf"])]
    assert pages
    assert all(DRAFT_MARK in each and "Draft" in each.replace(DRAFT_MARK, "") for each in pages)
    approve(project, REPORT, account=LEAD)
    approve(project, REPORT, account=DIRECTOR)
    assert DRAFT_MARK not in (project.reports / "2026-03/good/SYN07.html").read_text("utf-8")


def test_who_signs_is_whom_the_operating_system_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, DIRECTOR)
    assert current_account() == pwd.getpwuid(os.getuid()).pw_name != DIRECTOR
