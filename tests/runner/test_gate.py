from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from helpers.bundle import Bundle, Column, ReportFacts
from helpers.errors import ExitCode, GateError, Problem
from helpers.runner.document.making import Document
from helpers.runner.gate import check_document, check_files
from helpers.runner.plan.jobs import Job
from helpers.runner.plan.parameter_types import read_type
from helpers.runner.plan.parameters import Notebook, Parameter
from helpers.runner.project import Project

FACTS = ReportFacts(
    title="Length of stay",
    organisation_code="SYN07",
    organisation_name="Synthetic Trust 7",
    period_label="March 2026",
    period_folder="2026-03",
    synthetic=True,
)
FIGURE = Bundle(kind="figure", id="fig-stay", caption="Stay by month", alt="Stay fell from 5 to 4 days.")
TABLE = Bundle(kind="table", id="tbl-stay", caption="Stay", columns=(Column(label="Days"),), rows=(("4",),))
OPENED = Bundle(kind="report", id="report", report=FACTS)
DOCUMENT = Document("# Length of stay", {"fig-stay": b"<svg/>"}, FACTS, (OPENED, FIGURE, TABLE))
NOTEBOOK = Notebook("stay", Path("stay.ipynb"), (Parameter("trust", read_type("org"), required=True),))
JOB = Job(NOTEBOOK, "SYN07", {"trust": "SYN07"}, Path("params/stay/SYN07.yml"))
PAGE = (
    "<html><head><style>h1 { color: black }</style></head><body><h1>Length of\n stay</h1><p>Synthetic Trust 7</p>"
    '<figure id="fig-stay"><img src="data:image/svg+xml;base64,AA" alt="Stay fell"></figure>'
    f'<div id="tbl-stay"></div><p>{"words " * 200}</p></body></html>'
)


def refused(check: Callable[[], None]) -> str:
    with pytest.raises(GateError) as caught:
        check()
    assert caught.value.exit_code is ExitCode.GATE
    return str(caught.value)


def test_a_whole_report_passes(tmp_path: Path) -> None:
    check_document(DOCUMENT, JOB, Project(tmp_path))


def test_a_report_about_another_organisation_is_refused(tmp_path: Path) -> None:
    job = replace(JOB, parameters={"trust": "SYN08"})
    told = refused(lambda: check_document(DOCUMENT, job, Project(tmp_path)))
    assert "the report is about SYN07; allowed: SYN08" in told


def test_a_notebook_without_organisation_parameter_may_be_about_any(tmp_path: Path) -> None:
    job = replace(JOB, notebook=replace(NOTEBOOK, parameters=()), parameters={})
    check_document(DOCUMENT, job, Project(tmp_path))


def test_a_report_that_shows_nothing_is_refused(tmp_path: Path) -> None:
    document = replace(DOCUMENT, bundles=(OPENED,))
    assert "nothing is shown" in refused(lambda: check_document(document, JOB, Project(tmp_path)))


@pytest.mark.parametrize(
    "empty", [TABLE.model_copy(update={"rows": ()}), Bundle(kind="headline", id="headline")]
)
def test_an_empty_table_or_headline_is_refused(tmp_path: Path, empty: Bundle) -> None:
    document = replace(DOCUMENT, bundles=(OPENED, FIGURE, empty))
    assert f"the {empty.kind} is empty" in refused(lambda: check_document(document, JOB, Project(tmp_path)))


def test_the_projects_own_checks_are_asked_and_all_problems_told(tmp_path: Path) -> None:
    seen: list[object] = []

    def check_bundles(bundles: tuple[Bundle, ...]) -> list[Problem]:
        seen.append(bundles)
        return [Problem("tbl-stay", "small number")]

    def check_text(text: str, where: str) -> list[Problem]:
        seen.append((text, where))
        return [Problem(where, "a name")]

    project = Project(tmp_path, bundle_checks=(check_bundles,), text_checks=(check_text,))
    told = refused(lambda: check_document(DOCUMENT, replace(JOB, parameters={"trust": "SYN08"}), project))
    assert len(told.splitlines()) == 4
    assert seen == [DOCUMENT.bundles, (DOCUMENT.markdown, "document"), ("<svg/>", "fig-stay")]


def check_page(folder: Path, page: str) -> None:
    path = folder / "report.html"
    path.write_text(page, "utf-8")
    check_files({"html": path}, DOCUMENT, ())


def test_a_whole_page_passes(tmp_path: Path) -> None:
    check_page(tmp_path, PAGE)


def test_a_name_with_an_apostrophe_is_found_in_print(tmp_path: Path) -> None:
    facts = DOCUMENT.facts.model_copy(update={"organisation_name": "St Synth's – “Seven”"})
    path = tmp_path / "report.html"
    path.write_text(PAGE.replace("Synthetic Trust 7", "St Synth’s – “Seven”"), "utf-8")
    check_files({"html": path}, replace(DOCUMENT, facts=facts), ())


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("Length of\n stay", "Stays", "“Length of stay” is not on the page"),
        ("Synthetic Trust 7", "", "“Synthetic Trust 7” is not on the page"),
        ('id="fig-stay"', "", "the figure fig-stay is not on the page"),
        ('id="tbl-stay"', "", "the table tbl-stay is not on the page"),
        ("<img ", "<i ", "0 pictures are on the page"),
        ("data:image/svg+xml;base64,AA", "https://example.org/x.png", "the page would load"),
        ("words ", "", "missing or empty"),
    ],
)
def test_a_page_that_lacks_something_is_refused(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert told in refused(lambda: check_page(tmp_path, PAGE.replace(old, new)))


def test_a_title_in_the_style_sheet_is_not_on_the_page(tmp_path: Path) -> None:
    page = PAGE.replace("Synthetic Trust 7", "").replace("h1 {", "/* Synthetic Trust 7 */ h1 {")
    assert "is not on the page" in refused(lambda: check_page(tmp_path, page))


def test_the_page_with_its_alt_texts_is_checked(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(PAGE, "utf-8")

    def find_fell(text: str, where: str) -> list[Problem]:
        return [Problem(where, "fell")] if "Stay fell" in text else []

    assert "html: fell" in refused(lambda: check_files({"html": path}, DOCUMENT, (find_fell,)))


@pytest.mark.parametrize(
    ("content", "passes"),
    [
        (b"%PDF-1.7" + b"x" * 4000 + b"%%EOF\n", True),
        (b"%PDF-1.7" + b"x" * 4000, False),
        (b"%PDF-1.7 %%EOF", False),
    ],
)
def test_only_a_whole_pdf_passes(tmp_path: Path, content: bytes, passes: bool) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(content)
    if passes:
        check_files({"pdf": path}, DOCUMENT, ())
    else:
        refused(lambda: check_files({"pdf": path}, DOCUMENT, ()))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    told = refused(lambda: check_files({"pdf": tmp_path / "report.pdf"}, DOCUMENT, ()))
    assert "missing or empty" in told
