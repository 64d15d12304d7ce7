"""Sixty measures, one month, nothing at all: the sections come out and say what is missing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from helpers.analyses.performance_report.options import PerformanceOptions, check_options
from helpers.analyses.performance_report.report import PerformanceReport
from helpers.bundle import Bundle
from helpers.data.mart import Mart
from helpers.data.organisations.directory import find_organisation
from helpers.errors import UsageError
from helpers.measures.examples import example_measure
from helpers.register.models import Register, Target
from helpers.report.period import Period, add_months
from helpers.report.report import Report

LAST = date(2026, 9, 1)


def fill(folder: Path, measures: int, months: int) -> Mart:
    """Return a mart with a trust and so many measures of so many months, each a flat 50 %."""
    days = [add_months(LAST, -back) for back in range(months)]
    rows = [
        {
            "measure": f"measure_{number}", "org_code": "T1", "period": pd.Timestamp(day), "period_type": "month",
            "basis": "provider", "numerator": 50.0 + (day.month + number) % 5, "denominator": 100.0,
            "value": (50.0 + (day.month + number) % 5) / 100, "status": "actual", "origin": "published",
            "suppressed": False,
        }
        for number in range(measures)
        for day in days
    ]  # fmt: skip
    mart = Mart(folder / "mart")
    with mart.load(
        source="codes", layout="synthetic", policy="published", synthetic=True, as_at=LAST
    ) as load:
        load.write(
            "organisations", pd.DataFrame([{"org_code": "T1", "name": "Synthetic T1", "kind": "trust"}])
        )
        if rows:
            load.write("measure_values", pd.DataFrame(rows))
    return mart.at(mart.version)


def open_performance(
    folder: Path,
    measures: int,
    months: int,
    known: int | None = None,
    options: PerformanceOptions = PerformanceOptions(),  # noqa: B008
    targets: tuple[Target, ...] = (),
) -> PerformanceReport:
    mart = fill(folder, measures, months)
    report = Report("Performance report", folder, mart, find_organisation(mart, "T1"), Period(LAST, LAST))
    ids = [f"measure_{number}" for number in range(measures if known is None else known)]
    register = Register(
        measures={
            name: example_measure(id=name, name=name.replace("_", " "), targets=targets) for name in ids
        }
    )
    report.__dict__["register"] = register  # what the project would keep in params/_register
    return PerformanceReport(report, options)


def bundles(performance: PerformanceReport) -> list[Bundle]:
    """Return everything that the notebook would show."""
    parts = [
        performance.cover, performance.headline, performance.page_one, performance.advise_assure,
        performance.out_of_date, performance.summary, performance.exceptions, performance.annex, performance.matrix,
        performance.changes, performance.quality, performance.missing, performance.method, performance.glossary,
    ]  # fmt: skip
    return [each.bundle for part in parts for each in part.shown]


def test_sixty_measures_come_out_and_are_called_too_many(tmp_path: Path) -> None:
    shown = bundles(open_performance(tmp_path, measures=60, months=14))
    table = next(bundle for bundle in shown if bundle.id == "tbl-measures")
    assert len(table.rows) == 61  # and one that heads them
    assert "60 measures are more than a board can weigh" in table.markdown
    assert sum(bundle.kind == "figure" for bundle in shown) == 15  # four measures to a picture
    assert len({bundle.id for bundle in shown}) == len(shown)


def test_the_board_has_six_sections_and_the_rest_in_short(tmp_path: Path) -> None:
    """Fourteen measures that all miss their target: two sections a page, and eight small charts."""
    board = PerformanceOptions(pages="board")
    missed = (Target(value=10.0, kind="local", source="the board"),)
    performance = open_performance(tmp_path, 14, 14, options=board, targets=missed)
    shown = [each.bundle for each in performance.exceptions.shown]
    headings = [bundle.caption for bundle in shown if bundle.kind == "heading"]
    assert len(headings) == 7
    assert headings[-1] == "Also needing attention, in short"
    (lines,) = [bundle for bundle in shown if bundle.id == "annex-lines"]
    assert lines.markdown.count("- **measure ") == 8
    assert lines.markdown.count("against 10%") == 8
    assert [bundle.id for bundle in shown if bundle.kind == "figure"][6:] == ["fig-annex-1", "fig-annex-2"]
    assert shown.index(lines) < min(place for place, b in enumerate(shown) if b.id == "fig-annex-1")


def test_one_month_of_data_comes_out_without_limits(tmp_path: Path) -> None:
    shown = bundles(open_performance(tmp_path, measures=2, months=1))
    table = next(bundle for bundle in shown if bundle.id == "tbl-measures")
    assert {row[3] for row in table.rows[1:]} == {"one point\ntoo few points"}
    assert any("one value so far" in bundle.prose for bundle in shown)


def test_without_any_figure_the_report_says_so_and_shows_no_empty_table(tmp_path: Path) -> None:
    shown = bundles(open_performance(tmp_path, measures=0, months=0, known=3))
    assert not [bundle for bundle in shown if bundle.kind == "table" and not bundle.rows]
    assert any("measure 0; measure 1; measure 2" in bundle.prose for bundle in shown)
    assert not [
        bundle.id for bundle in shown if bundle.kind in ("text", "headline") and not bundle.prose.strip()
    ]


def test_measures_that_the_register_lacks_are_refused_all_at_once(tmp_path: Path) -> None:
    report = open_performance(tmp_path, measures=2, months=1).report
    with pytest.raises(UsageError) as refused:
        check_options(
            PerformanceOptions(("measure_0", "measure_0", "mesure_1"), 5, "broad"), report.register
        )
    text = str(refused.value)
    assert "measure_1" in text
    assert "named twice" in text
    assert "13 or more" in text
    assert "board, full" in text
