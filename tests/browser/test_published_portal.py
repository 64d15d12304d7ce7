"""The portal after real runs: two periods of one report, one held, one withdrawn, one that could not be renewed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

OpenPage = Callable[..., "Page"]
NOTEBOOK = "los_published"
EARLIER = 'period: "2026-06"\n'
RUN = ("run", "--to", "html")


@pytest.fixture(scope="module")
def reports(demo: Any, run_command: Callable[..., int], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of reports after three runs and a withdrawal, on the small demo's data."""
    root = tmp_path_factory.mktemp("lifecycle") / "project"
    shutil.copytree(demo.root / ".boardpack" / "mart", root / ".boardpack" / "mart", copy_function=os.link)
    for part in ("notebooks", "params/_register"):
        shutil.copytree(demo.root / part, root / part)
    shutil.copy(demo.root / "_quarto.yml", root)
    for code in ("SYN07", "SYN11", "SYN21", "SYN22"):
        ask(root, code, f"trust: {code}\n{EARLIER}")
    assert run_command(root, *RUN, NOTEBOOK) == 0
    ask(root, "SYN07", "trust: SYN07\n")  # the same report of a later period
    ask(root, "SYN22", 'trust: SYN22\nperiod: "2023-11"\n')  # before the first quarter has ended
    assert run_command(root, *RUN, "SYN07", "SYN22") == 3
    ask(root, "SYN31", "trust: SYN31\n")
    assert run_command(root, *RUN, "--hold", "--force", "SYN11", "SYN31") == 0
    assert run_command(root, "withdraw", f"{NOTEBOOK}/SYN21", "--why", "beds were counted twice") == 0
    return root / "reports"


def ask(root: Path, name: str, text: str) -> None:
    folder = root / "params" / NOTEBOOK
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.yml").write_text(text, "utf-8")


def found(page: Page, code: str) -> list[str]:
    page.fill("#words", code)
    return [" ".join(each.split()) for each in page.locator("#reports > li").all_inner_texts()]


def test_what_stands_on_the_portal_is_what_became_of_each_report(
    open_page: OpenPage, reports: Path
) -> None:
    page = open_page(reports / "index.html")
    newest, earlier = found(page, "SYN07")
    assert "September 2026" in newest
    assert "Compare" in newest
    assert "June 2026" in earlier
    (held,) = found(page, "SYN11")
    assert "Held" in held
    assert "a newer one waits for approval" in held
    (draft,) = found(page, "SYN31")
    assert "Held waits for approval since" in draft
    (gone,) = found(page, "SYN21")
    assert "Withdrawn" in gone
    assert gone.endswith("beds were counted twice")
    (failed,) = found(page, "SYN22")
    assert "Not renewed" in failed
    assert "this is the last good report" in failed


def test_a_state_can_be_chosen_and_a_draft_or_what_was_withdrawn_cannot_be_opened(
    open_page: OpenPage, reports: Path
) -> None:
    page = open_page(reports / "index.html")
    for state, links in {"Held": 1, "Withdrawn": 0, "Not renewed": 1}.items():
        page.get_by_label("State", exact=True).select_option(label=state)
        assert page.locator("#reports .what a").count() == links, state
    assert not list(reports.rglob("SYN31*"))


def test_two_real_periods_stand_side_by_side_and_can_be_read(open_page: OpenPage, reports: Path) -> None:
    page = open_page(reports / "index.html")
    found(page, "SYN07")
    page.get_by_role("link", name="Compare with June 2026").click()
    page.wait_for_load_state()
    for side, months in (("left", "April 2026 to June 2026"), ("right", "July 2026 to September 2026")):
        frame = page.frame_locator(f"#{side}-frame")
        assert months in frame.locator(".subtitle").inner_text()
        assert frame.locator("figure.chart img").first.evaluate("each => each.naturalWidth") > 100
        frame.locator("details summary").first.click()
        frame.locator("details table").first.wait_for(state="visible")
    page.get_by_role("link", name="Open June 2026 by itself").click()
    page.wait_for_load_state()
    assert "April 2026 to June 2026" in page.inner_text(".subtitle")


def test_the_portal_breaks_no_rule_in_any_of_these_states(
    open_page: OpenPage, reports: Path, axe_findings: Callable[..., list[str]]
) -> None:
    for name in ("index.html", "compare.html", "runs.html"):
        for width in (1280, 320):
            assert axe_findings(open_page(reports / name, width)) == []


def test_the_page_of_runs_says_what_was_done(open_page: OpenPage, reports: Path) -> None:
    page = open_page(reports / "runs.html")
    kinds = page.locator("table.runs.cards tbody td:first-of-type").all_inner_texts()
    assert kinds == ["Withdrawal", "Run", "Run", "Run"]
    assert "SYN22" in page.inner_text("main")
    assert "2023-11" not in page.inner_text("main")  # parameters are private
