"""The page of public names is made from the docstrings, and up to date."""

from __future__ import annotations

import inspect
from pathlib import Path

from reference_pages.names import ANALYSES, OWN, write_names_page

from helpers import analyses
from helpers.report.report import Report

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "report.md"


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == write_names_page(), "run `make dictionary`"


def test_all_that_a_notebook_calls_on_a_report_is_on_the_page() -> None:
    methods = {
        name for name, each in vars(Report).items() if inspect.isfunction(each) and not name.startswith("_")
    }
    # what analyses are made with is not called by notebooks
    assert methods - {"sources", "bundle", "apart", "ask"} == {*OWN, "records"}
    assert set(analyses.__all__) == set(ANALYSES)


def test_every_name_is_explained() -> None:
    gaps = [line for line in write_names_page().splitlines() if line.endswith(" |  |")]
    assert gaps == []
