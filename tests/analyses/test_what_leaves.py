"""What leaves the records room for a notebook: nothing but what the page shows, with no more digits than it shows."""

from __future__ import annotations

import inspect
import io
import pickle
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from helpers import analyses
from helpers.bundle import Bundle, Cell, Column
from helpers.data.mart import Mart
from helpers.data.organisations.directory import find_organisation
from helpers.report import analyses_in_room
from helpers.report.parts import Part, part
from helpers.report.period import Period
from helpers.report.report import Report
from helpers.report.shown import Shown, ShownParts

ROOT = Path(__file__).parents[2]
YEAR, MONTH = Period(date(2025, 10, 1), date(2026, 9, 1)), Period(date(2026, 9, 1), date(2026, 9, 1))
MARCH = Period(date(2026, 3, 1), date(2026, 3, 1))
#: the measures from records, alone
OWN = ["mean_los"]
Analyse = Callable[[Report], Any]
#: what a notebook of ours begins with, with the months that it covers
SHIPPED: dict[str, tuple[Analyse, Period]] = {
    "length_of_stay": (analyses.length_of_stay, YEAR),
    "without a night": (lambda report: analyses.length_of_stay(report, zero_day_stays=False), YEAR),
    "did_not_attend": (analyses.did_not_attend, YEAR),
    "performance": (lambda report: analyses.performance(report, measures=OWN), MONTH),
    "scorecard": (lambda report: analyses.scorecard(report, measures=OWN), MONTH),
    "line_of_sight": (lambda report: analyses.line_of_sight(report, measures=OWN), MONTH),
    "early_warning": (lambda report: analyses.early_warning(report, measures=OWN), MONTH),
    "measure_records": (lambda report: analyses.measure_records(report, measures=OWN), MONTH),
    "decisions": (analyses.decisions, MONTH),
    "self_assessment": (analyses.self_assessment, MONTH),
    "contract_monitoring": (analyses.contract_monitoring, MONTH),
    "oversight": (analyses.oversight, MARCH),
}
#: ask the ledger for every trust in every month, or for every measure, which takes a while
SLOW: dict[str, tuple[Analyse, Period]] = {
    "peer_benchmark": (lambda report: analyses.peer_benchmark(report, "mean_los"), MONTH),
    "four_column_matrix": (analyses.four_column_matrix, MONTH),
}
#: what may come out: values that the page shows, what says how, and what stands for a figure that the room draws
MAY_LEAVE = {
    ("datetime", "date"),
    ("helpers.bundle", "Bundle"),
    ("helpers.bundle", "Column"),
    ("helpers.bundle", "Kept"),
    ("helpers.bundle", "Panel"),
    ("helpers.bundle", "Source"),
    ("helpers.report.analyses_in_room", "DrawnInRoom"),
    ("helpers.report.parts", "Field"),
    ("helpers.report.parts", "Headline"),
    ("helpers.report.parts", "Named"),
    ("helpers.report.parts", "Part"),
    ("helpers.report.shown", "Shown"),
    ("helpers.report.shown", "ShownParts"),
}
#: and what a figure is made of
DRAWN = ("matplotlib", "numpy", "helpers.report.charts", "collections", "functools", "datetime", "builtins")


@pytest.fixture(scope="module")
def mart(tmp_path_factory: pytest.TempPathFactory, demo_in: Callable[..., Mart]) -> Mart:
    return demo_in(tmp_path_factory.mktemp("leaves") / "mart", 0.1, seed=3)


@pytest.fixture(
    scope="module", params=[SHIPPED, pytest.param(SLOW, marks=pytest.mark.long)], ids=["quick", "slow"]
)
def left(request: pytest.FixtureRequest, mart: Mart) -> dict[str, dict[str, Any]]:
    """Return every part and method of every analysis as a kernel gets it, by analysis and name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(analyses_in_room, "in_notebook", lambda: True)
        return {
            name: dict(_all_of(begin(_report(mart, period))))
            for name, (begin, period) in request.param.items()
        }


def _report(mart: Mart, period: Period) -> Report:
    return Report("Trial", ROOT, mart, find_organisation(mart, "SYN07"), period)


def _all_of(stand_in: analyses_in_room.StandIn) -> Iterator[tuple[str, Any]]:
    for name in dir(stand_in):
        found = inspect.getattr_static(stand_in._kind, name)
        if isinstance(found, part):
            yield name, getattr(stand_in, name)
        else:
            asked = ["mean_los"] if "measure" in inspect.signature(found).parameters else []
            yield name, getattr(stand_in, name)(*asked)


class Classes(pickle.Unpickler):
    """Reads a pickle and keeps which classes and functions it names."""

    def __init__(self, what: object) -> None:
        super().__init__(io.BytesIO(pickle.dumps(what)))
        self.found: set[tuple[str, str]] = set()

    def find_class(self, module: str, name: str) -> Any:
        self.found.add((module, name))
        return super().find_class(module, name)


def classes_in(what: object) -> set[tuple[str, str]]:
    reader = Classes(what)
    reader.load()
    return reader.found


def pictures(left: dict[str, dict[str, Any]]) -> Iterator[tuple[str, Part, Any]]:
    for analysis, parts in left.items():
        for name, came in parts.items():
            if isinstance(came, Part) and came.chart is not None:
                yield f"{analysis}, {name}", came, came.chart()


def test_nothing_comes_along_with_what_the_page_shows(left: dict[str, dict[str, Any]]) -> None:
    assert all(left.values())
    for analysis, parts in left.items():
        for name, came in parts.items():
            assert classes_in(came) <= MAY_LEAVE, f"{analysis}, {name}"


def test_a_figure_holds_what_is_drawn_alone(left: dict[str, dict[str, Any]]) -> None:
    drawn = list(pictures(left))
    assert len(drawn) >= len(left)
    for name, _, figure in drawn:
        others = {each for each in classes_in(figure) if not each[0].startswith(DRAWN)}
        assert not others, name


def bundles_of(came: Any) -> Iterator[Bundle]:
    if isinstance(came, Part):
        yield came.made.model_copy(
            update={"columns": tuple(each.column for each in came.fields), "rows": came.rows}
        )
        if came.content is not None:
            assert isinstance(came.content, tuple)
            yield from (each.bundle for each in came.content)
    elif isinstance(came, ShownParts):
        yield from (each.bundle for each in came.parts)
    elif isinstance(came, Shown):
        yield came.bundle


def is_listed(cell: Cell, column: Column) -> bool:
    """Whether a number has no more digits than a reader sees."""
    return not isinstance(cell, float) or abs(cell - round(cell, column.digits)) < 1e-9


def test_no_number_has_more_digits_than_are_shown(left: dict[str, dict[str, Any]]) -> None:
    looked_at, wrong = 0, []
    for analysis, parts in left.items():
        for name, came in parts.items():
            for bundle in bundles_of(came):
                if bundle.origin == "published":
                    continue
                for row in bundle.rows:
                    for cell, column in zip(row, bundle.columns, strict=True):
                        looked_at += isinstance(cell, float)
                        if not is_listed(cell, column):
                            wrong.append((analysis, name, bundle.id, column.label, column.digits, cell))
            if isinstance(came, Part) and came.made.origin != "published":
                wrong += [
                    (analysis, name, key, value)
                    for key, value in came.values.items()
                    if isinstance(value, float) and abs(value - round(value, 2)) > 1e-9
                ]
    assert looked_at > 100
    assert not wrong
