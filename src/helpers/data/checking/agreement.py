"""Where two sources give different figures for the same thing: which is used, and what the other says.

Source: methods, section 11. The figures that are shown are set beside those of every other source of the
same organisation, measure, basis and period.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from helpers.data.mart import Mart
from helpers.data.mart.choice import CONTESTED, disagreements_query

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Figures:
    """What a source gives: counts and value; None where it has none."""

    source: str
    numerator: float | None
    denominator: float | None
    value: float | None


@dataclass(frozen=True)
class Disagreement:
    """One figure of which another source says something else."""

    measure: str
    organisation: str
    period: date
    period_type: str
    basis: str
    part: str  # unit, specialty or category; empty for the whole organisation
    #: used, other: what is shown, and what the other source gives
    used: Figures
    other: Figures
    published: bool  # whether neither comes from records, so that both may be printed


def disagreements(
    mart: Mart, measures: Collection[str] | None = None, *, organisation: str | None = None
) -> list[Disagreement]:
    """Return every figure, or those of some measures or of one organisation, on which sources disagree."""
    found = []
    for name in _contested(mart):
        if measures is None or name in measures:
            query = partial(mart.query, disagreements_query(name))
            frame = mart.derived(f"disagreements {name}", query)
            found += list(
                _rows(frame if organisation is None else frame[frame["org_code"] == organisation])
            )
    return found


def _contested(mart: Mart) -> list[str]:
    """Return the measures of which several sources have figures."""
    held = mart.measures()
    if {file.source for file in mart.manifest.table_files("measure_values")} != {
        name.partition("/")[2] for name in held if name.startswith("measure_values/")
    }:  # loaded before it was written down what a file holds
        return [name for (name,) in mart.fetch(CONTESTED)]
    sources = Counter(measure for every in held.values() for measure in every)
    return sorted(name for name, many in sources.items() if many > 1)


def _rows(frame: pd.DataFrame) -> Iterator[Disagreement]:
    for row in frame.to_dict("records"):
        used, other = (
            Figures(str(row[f"{who}_source"]), *(_known(row[f"{who}_{name}"]) for name in _FIGURES))
            for who in ("used", "other")
        )
        yield Disagreement(
            str(row["measure"]),
            str(row["org_code"]),
            row["period"].date(),
            str(row["period_type"]),
            str(row["basis"]),
            str(row["cell"]),
            used,
            other,
            bool(row["published"]),
        )


_FIGURES = ("numerator", "denominator", "value")


def _known(figure: float) -> float | None:
    return None if figure is None or figure != figure else float(figure)


def told(found: Disagreement) -> str:
    """Return a disagreement as a line: whose, of when, both figures and their sources.

    >>> used, other = Figures("months", 80, 100, 0.8), Figures("extract", 84, 100, 0.84)
    >>> told(Disagreement("m", "RAL", date(2025, 2, 1), "month", "provider", "", used, other, True))
    'RAL, 2025-02: 80 of 100 (months, used), 84 of 100 (extract)'
    """
    when = f"{found.period:%Y-%m}" if found.period_type != "day" else f"{found.period}"
    part = f" {found.part}" if found.part else ""
    return (
        f"{found.organisation}{part}, {when}: {_amounts(found.used)} ({found.used.source}, used), "
        f"{_amounts(found.other)} ({found.other.source})"
    )


def _amounts(figures: Figures) -> str:
    if figures.numerator is None:
        return "no figure" if figures.value is None else f"{figures.value:,.4g}"
    of = "" if figures.denominator is None else f" of {figures.denominator:,.10g}"
    return f"{figures.numerator:,.10g}{of}"
