"""In which order measures are spoken of, which stand together, and which are left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from helpers.measures.figures import people_affected
from helpers.measures.result import MeasureResult
from helpers.register.arrangement import Pathway
from helpers.report.period import add_months

#: a series whose latest value is older than so many months is no longer reported, only named
FADED_AFTER = 24
OTHER: Final = Pathway(id="other", name="Other measures", domain="Other")
_ORDER = {"attention": 0, "watched": 1, "maintenance": 2, "nothing": 3}


def faded(result: MeasureResult) -> bool:
    """Tell whether a series ended so long ago that it says nothing of today."""
    day = result.latest.day if result.latest else (result.series.days[-1] if len(result.series) else None)
    return day is not None and day < add_months(result.judged_on, -FADED_AFTER)


def in_order(results: Iterable[MeasureResult]) -> list[MeasureResult]:
    """Return results as a board needs them: attention first, then what is watched, and so on.

    Within a category fresh figures stand before those out of date, and what weighs more before the rest.
    """
    return sorted(results, key=lambda r: (_ORDER[r.category], r.stale, not off_course(r), *urgency(r)))


def urgency(result: MeasureResult) -> tuple[float, ...]:
    """Return by what results are ordered, the least first: consequence as registered, place among trusts, people.

    How many reasons a result has is no weight: they overlap. Nor is distance alone: so few wait very long that
    27 people would outrank cancer.
    """
    worst = 0.0 if result.national is None else float(np.nan_to_num(result.national.worst_quarter))
    people = people_affected(result) or 0
    return -result.measure.consequence, -round(worst, 1), -people, -relative_distance(result)


@dataclass(frozen=True)
class PathwayRow:
    """What needs attention on one pathway, by recent figures, the worst first."""

    pathway: Pathway
    results: tuple[MeasureResult, ...]


def pathway_of(result: MeasureResult, pathways: Mapping[str, Pathway]) -> Pathway:
    """Return the pathway of a measure; one for all those that the register gives none."""
    return pathways.get(result.measure.pathway or "", OTHER)


def pathway_rows(results: Iterable[MeasureResult], pathways: Mapping[str, Pathway]) -> list[PathwayRow]:
    """Return what needs attention by pathway, in the order of each one's worst measure."""
    found: dict[str, list[MeasureResult]] = {}
    for result in in_order(results):
        if result.category == "attention" and not result.stale:
            found.setdefault(pathway_of(result, pathways).id, []).append(result)
    return [PathwayRow(pathway_of(row[0], pathways), tuple(row)) for row in found.values()]


def by_domain(results: Iterable[MeasureResult], pathways: Mapping[str, Pathway]) -> list[MeasureResult]:
    """Return results by domain and pathway in the register's order, within them as they came."""
    order = {name: place for place, name in enumerate(pathways)}
    domains = {pathway.domain: -place for place, pathway in reversed(list(enumerate(pathways.values())))}

    def place(result: MeasureResult) -> tuple[int, int]:
        pathway = pathway_of(result, pathways)
        return -domains.get(pathway.domain, -len(order)), order.get(pathway.id, len(order))

    return sorted(results, key=place)


def relative_distance(result: MeasureResult) -> float:
    """Return how far the latest value lies on the wrong side of its target.

    As a share of the target or of the farthest value shown, whichever is larger: with a target of none at
    all, two patients of eighty thousand would otherwise be as far from it as can be.
    """
    if result.target is None or result.met is not False:
        return 0.0
    farthest = float(np.nanmax(np.abs(result.series.shown)))
    return abs(result.distance) / max(abs(result.target.value), farthest, 1e-9)


def is_short(result: MeasureResult) -> bool:
    """Tell whether the latest value is short of its target; one that equals it when rounded stands at it."""
    return result.met is False and round(abs(result.distance), result.measure.digits) > 0


def off_course(result: MeasureResult) -> bool:
    """Tell whether a measure without a stable period moves the wrong way, or stands still short of its target."""
    if not result.unstable or result.category != "watched":
        return False
    return result.trend == "worse" or (is_short(result) and result.trend != "better")
