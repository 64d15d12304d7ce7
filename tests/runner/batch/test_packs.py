"""A pack holds what is published, as it is published, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest

from helpers.audience import Audience
from helpers.cli.batches import run_parts
from helpers.runner.batch.approval import approve, withdraw
from helpers.runner.batch.run import Order, run_batch
from helpers.runner.history.editions import digest_of
from helpers.runner.history.entries import Entry, State
from helpers.runner.history.store import History
from helpers.runner.plan.jobs import Plan, make_plan
from helpers.runner.project import Project

GOOD = 'trust: {0}\nperiod: "2026-03"\n'
PACK = "trust: SYN07\nreports: [{}]\n"
HTML = Order(formats=("html",), jobs=1)


@pytest.fixture
def make(lay_out: Callable[..., Path]) -> Callable[..., Project]:
    """Return what lays out reports on SYN07, with a pack of the reports that are named."""

    def lay(reports: str = "good", *, others: tuple[str, ...] = (), trust: str = "SYN07") -> Project:
        files = {f"{name}.yml": GOOD.format(trust) for name in (trust, *others)}
        return Project(lay_out({"good": files, "pack": {"SYN07.yml": PACK.format(reports)}}))

    return lay


def run(project: Project, *words: str, order: Order = HTML) -> dict[str, Entry]:
    asked = Plan(make_plan(project, words))
    return {each.report: each for each in run_parts([(project, asked, order)], quiet=True).entries}


def page_of(project: Project) -> str:
    return (project.reports / "2026-03/pack/SYN07.html").read_text("utf-8")


def test_a_pack_is_made_after_its_reports_and_holds_them_as_they_were_published(
    make: Callable[..., Project],
) -> None:
    project = make("good, good/again", others=("again",))
    made = run(project)
    assert {each.state for each in made.values()} == {State.PUBLISHED}
    page = page_of(project)
    assert "For the meeting of the board on 7 May 2026." in page
    assert 'href="#sec-edition-1">Length of stay</a>' in page
    assert "Table 1: Mean length of stay" in page
    assert "Table 2: Mean length of stay" in page
    assert page.count("Stays were as long as expected.") >= 4
    for name in ("good/SYN07", "good/again"):
        assert digest_of(made[name])[:12] in page
    assert page.count('id="TOC"') == 1
    told = json.loads((project.reports / "2026-03/pack/SYN07.manifest.json").read_text("utf-8"))
    assert told["parameters"]["reports"] == ["good", "good/again"]
    (project.params / "pack" / "SYN07.yml").write_text(PACK.format("pack"))
    assert "pack: is not published" in run(project, "pack")["pack/SYN07"].error  # a pack enters no pack


def test_its_pdf_has_one_contents_bookmarks_to_each_section_and_tags(make: Callable[..., Project]) -> None:
    project = make("good, good/again", others=("again",))
    run(project, order=replace(HTML, formats=("html", "pdf")))
    with pikepdf.open(project.reports / "2026-03/pack/SYN07.pdf") as pdf:
        assert pdf.open_metadata()["pdfuaid:part"] == "1"
        assert pdf.Root.MarkInfo.Marked == True  # noqa: E712 - a PDF boolean
        with pdf.open_outline() as outline:
            marks = [(each.title, [below.title for below in each.children]) for each in outline.root]
        tags = [str(each.S) for each in pdf.objects if _is_tag(each)]
    editions = [below for title, below in marks if title.endswith("Length of stay")]
    assert len(editions) == 2
    assert all(any("Stay" in each for each in below) for below in editions)
    assert tags.count("/Table") == 3
    assert tags.count("/H1") >= 5


def _is_tag(each: object) -> bool:
    return isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/StructElem"


def test_a_pack_of_nothing_that_is_published_is_refused_by_name(make: Callable[..., Project]) -> None:
    project = make("good/SYN08, stay")
    run(project, "good")
    entry = run(project, "pack")["pack/SYN07"]
    assert entry.state is State.BLOCKED
    assert (
        "good/SYN08: is not published about Synthetic Trust SYN07 by March 2026, for public" in entry.error
    )
    assert "stay: is not published" in entry.error


def test_a_draft_enters_no_pack_until_it_is_approved(make: Callable[..., Project]) -> None:
    project = make()
    run(project, "good", order=replace(HTML, hold=True))
    assert run(project, "pack")["pack/SYN07"].state is State.BLOCKED
    approve(project, ("good", "SYN07"))
    assert run(project, "pack")["pack/SYN07"].state is State.PUBLISHED


def test_a_report_about_another_trust_enters_no_pack(make: Callable[..., Project]) -> None:
    project = make(trust="SYN08")
    run(project, "good")
    assert "is not published about Synthetic Trust SYN07" in run(project, "pack")["pack/SYN07"].error


def test_what_another_audience_was_told_enters_no_pack(make: Callable[..., Project]) -> None:
    project = make()
    ward = replace(project, audience=Audience(name="ward", readers="ward managers", folder="ward-reports"))
    (told,) = run_batch(ward, make_plan(project, ["good"]), HTML).entries
    assert told.state is State.PUBLISHED
    assert "for public" in run(project, "pack")["pack/SYN07"].error


@pytest.mark.parametrize("what", ["page", "document"])
def test_what_was_altered_since_it_was_published_enters_no_pack(
    make: Callable[..., Project], what: str
) -> None:
    project = make()
    run(project, "good")
    kept = next(iter(project.state.glob("runs/*/good/SYN07/document.json")))
    path = kept if what == "document" else project.reports / "2026-03/good/SYN07.html"
    path.write_text(path.read_text("utf-8").replace("4.2", "3.2"), "utf-8")
    entry = run(project, "pack")["pack/SYN07"]
    assert "gone or were altered; make it anew: boardpack run good/SYN07 --force" in entry.error


def test_a_name_that_can_mean_two_reports_is_refused(make: Callable[..., Project]) -> None:
    project = make(others=("again",))
    (project.params / "good" / "SYN07.yml").rename(project.params / "good" / "first.yml")
    run(project, "good")
    error = run(project, "pack")["pack/SYN07"].error
    assert "good: can be meant in more ways than one; allowed: good/again or good/first" in error


def test_a_pack_says_what_was_withdrawn_and_is_due_again(make: Callable[..., Project]) -> None:
    project = make()
    first = run(project)["pack/SYN07"]
    assert run(project, "pack")["pack/SYN07"].state is State.UNCHANGED
    withdraw(project, ("good", "SYN07"), why="Beds were counted twice.")
    assert "1 of its reports withdrawn since" in (project.reports / "index.html").read_text("utf-8")
    again = run(project, "pack")["pack/SYN07"]
    assert again.state is State.PUBLISHED
    assert "This report was withdrawn." in page_of(project)
    assert "Beds were counted twice." in page_of(project)
    assert "Mean length of stay" not in page_of(project)
    held = [each for each in History(project.state).of("pack", "SYN07") if not each.same_as]
    assert [*held[0].answers] == [*held[1].answers] == ["edition 2026-03 SYN07 good"]
    assert held[0].answers != first.answers


def test_a_report_that_nobody_can_mean_is_a_mistake_of_the_file(make: Callable[..., Project]) -> None:
    project = make("'good report'")
    with pytest.raises(Exception, match="a report, such as scorecard or scorecard/SYN07"):
        make_plan(project, ["pack"])
