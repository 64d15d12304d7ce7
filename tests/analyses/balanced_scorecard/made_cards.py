"""Cards made from bare numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from made_results import example_result

from helpers.analyses.balanced_scorecard.card import Card, CardRow, outlook_of
from helpers.analyses.balanced_scorecard.inequality import MissedByDeprivation
from helpers.measures.examples import example_measure
from helpers.measures.result import MeasureResult
from helpers.register.arrangement import KAPLAN_NORTON, Perspective
from helpers.register.models import Target
from helpers.report.period import Period
from helpers.stats.dna import dna_inequality

#: a year about 10 in which no rule is met
YEAR = [9.7, 9.0, 10.9, 10.8, 10.3, 9.2, 9.4, 10.1, 9.6, 10.7, 9.8, 10.5]
QUIET = YEAR * 3
_AS_FORECAST = object()


def make_row(
    name: str = "Waits",
    *,
    values: Sequence[float | None] | None = QUIET,
    targets: Sequence[Target] = (),
    outlook: Any = _AS_FORECAST,
    hidden: Sequence[int] = (),
    judged_on: Any = None,
    **keys: Any,
) -> CardRow:
    """Return a row; without `outlook` it is worked out, with values None the measure is missing."""
    keys = {"id": name.lower().replace(" ", "_"), "name": name, "direction": "increase", **keys}
    measure = example_measure(**keys)
    if values is None:
        return CardRow(measure, None, outlook_of(None))
    result = example_result(values, measure=measure, targets=targets, hidden=hidden)
    if judged_on is not None:
        result = MeasureResult(**{**_fields(result), "judged_on": judged_on})
    return CardRow(measure, result, outlook_of(result) if outlook is _AS_FORECAST else outlook)


def _fields(result: MeasureResult) -> dict[str, Any]:
    return {name: getattr(result, name) for name in result.__dataclass_fields__}


def make_card(*rows: CardRow, perspectives: Sequence[Perspective] = KAPLAN_NORTON) -> Card:
    """Return a card of these rows; every perspective is to have the same share."""
    aims = {each.id: 100 / len(perspectives) for each in perspectives}
    return Card(tuple(perspectives), tuple(rows), aims)


def make_inequality(missed: Sequence[int]) -> MissedByDeprivation:
    """Return the inequality of these appointments missed, of 1,000 in each fifth, the most deprived first."""
    found = dna_inequality(missed, [1000] * 5)
    gap = (
        "deprived_worse"
        if found.slope_upper < 0
        else "deprived_better"
        if found.slope_lower > 0
        else "chance"
    )
    year = Period(date(2025, 10, 1), date(2026, 9, 1))
    return MissedByDeprivation(year, gap, missed[0] / 10, missed[-1] / 10, found)
