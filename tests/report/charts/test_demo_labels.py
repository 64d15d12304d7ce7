"""The charts of the demo's own reports: no label lies over another or leaves its picture.

The gate draws the measures of two awkward trusts. `-m long` goes through every cell of every demo report in
this process and looks at each figure before it becomes a picture.
"""

from __future__ import annotations

import ast
import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import pytest
from label_boxes import label_problems
from matplotlib.figure import Figure

from helpers.cli.assembly import open_project, plan
from helpers.data.mart import Mart
from helpers.data.organisations.directory import find_organisation
from helpers.data.synthetic import truth, write_demo
from helpers.measures.gathering import WantedMeasures, measure_results
from helpers.measures.pictures import chart_of_result
from helpers.places import ROOT_VARIABLE, STATE_VARIABLE
from helpers.register import read_register
from helpers.report import parts
from helpers.report.shown import draw
from helpers.runner.plan.jobs import Job

ROOT = Path(__file__).parents[3]
LAST = date(2026, 9, 1)
#: trusts of the demo whose charts the gate draws: a measure in every cell of the matrix, every odd series
TRUSTS = (truth.MATRIX, truth.AWKWARD)


@pytest.mark.parametrize("trust", TRUSTS)
def test_no_label_of_a_measure_lies_over_another(demo_measures: Mart, trust: str) -> None:
    register = read_register(ROOT / "params" / "_register")
    results = measure_results(
        demo_measures, register, WantedMeasures(find_organisation(demo_measures, trust), LAST)
    )
    found: dict[str, list[str]] = {}
    for result in results:
        if result.latest is not None:
            figure = chart_of_result(result)
            found[result.measure.id] = label_problems(figure)
            plt.close(figure)
    assert len(found) > 10
    assert {name: problems for name, problems in found.items() if problems} == {}


@pytest.mark.long
def test_no_label_of_a_demo_report_lies_over_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = lay_out_demo(tmp_path, monkeypatch)
    found: dict[str, list[str]] = {}
    figures = 0

    def look(chart: Callable[[], Figure]) -> Figure:
        nonlocal figures
        figures += 1

        def checked() -> Figure:
            figure = chart()
            found.setdefault(job.title, []).extend(label_problems(figure))
            return figure

        return draw(checked)

    monkeypatch.setattr(parts, "draw", look)
    for job in jobs:
        run_cells(job)
    assert len(jobs) >= 30
    assert figures > 4 * len(jobs)
    assert {title: problems for title, problems in found.items() if problems} == {}


def lay_out_demo(root: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Job, ...]:
    """Load the whole demo into a project of its own, and return its reports."""
    for part in ("notebooks", "params"):
        shutil.copytree(ROOT / part, root / part, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    monkeypatch.setenv(ROOT_VARIABLE, str(root))
    monkeypatch.delenv(STATE_VARIABLE, raising=False)
    write_demo(Mart(root / ".boardpack" / "mart"))
    return plan(open_project(root), []).jobs


def run_cells(job: Job) -> None:
    """Run a report's cells here and now, with its parameters, and show what each ends with, as a notebook does."""
    cells = json.loads(job.notebook.path.read_text("utf-8"))["cells"]
    names: dict[str, Any] = {}
    for cell in cells:
        if cell["cell_type"] == "code":
            *lines, last = ast.parse("".join(cell["source"])).body or [ast.Pass()]
            value = None
            if isinstance(last, ast.Expr):
                exec(compile(ast.Module(lines, []), "cell", "exec"), names)
                value = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
            else:
                exec(compile(ast.Module([*lines, last], []), "cell", "exec"), names)
            if isinstance(value, parts.Part):
                list(value.shown)  # it draws its figure only now
            if "parameters" in cell["metadata"].get("tags", ()):
                names.update(job.parameters)
