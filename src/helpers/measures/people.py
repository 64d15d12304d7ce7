"""How many people are on the wrong side of a measure: boards count those who wait too long as people."""

from __future__ import annotations

import numpy as np

from helpers.measures.result import MeasureResult


def people_affected(result: MeasureResult) -> int | None:
    """Return how many people the latest figure is about: those who waited too long, were readmitted, and so on.

    None where the register has no words for them (`people`), or where the figure does not come from published
    statistics: small numbers of records are not told as counts.
    """
    latest, measure, series = result.latest, result.measure, result.series
    if latest is None or not measure.people or series.origin != "published":
        return None
    if measure.kind == "count":
        return round(latest.value)
    part, whole = float(series.numerator[latest.place]), float(series.denominator[latest.place])
    found = part if measure.direction == "decrease" else whole - part
    return round(found) if np.isfinite(found) else None


def people_words(result: MeasureResult) -> str:
    """Return them as a clause, "4,076 people had waited more than a year"; empty where none are counted."""
    found = people_affected(result)
    if not found:
        return ""
    return f"{found:,} {'person' if found == 1 else 'people'} {result.measure.people}"
