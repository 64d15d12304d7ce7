"""How the performance report is made, in words."""

from __future__ import annotations

from collections.abc import Iterable

from helpers.measures.gathering import Asked
from helpers.measures.result import MeasureResult
from helpers.measures.words import CATEGORY_RULES
from helpers.report.words import listed, month, sentence


def method_words(asked: Asked, merged: str) -> str:
    """Return the method as a list.

    Parameters
    ----------
    asked
        What was asked of the measures.
    merged
        Names of organisations whose histories are added; empty without.
    """
    points = [
        f"Charts are XmR charts in the style of NHS England's Making Data Count, over the last {asked.months} "
        "months of each measure. Limits are the mean plus and minus 2.66 times the mean moving range, moving "
        "ranges of more than 3.267 times the mean left out once.",
        "A special cause is a value beyond a limit, seven values in a row that rise or fall, seven in a row on "
        "one side of the mean, or two of three near a limit.",
        "A measure has no single stable period where more than half of its values are special causes, or where "
        "each value follows the one before too closely (correlation beyond 0.6, from 13 points on). Its limits "
        "are then those of the longest steady stretch at its end, of 13 values at least, marked as suggested; "
        "where there is none, no limits are drawn.",
        "A milestone for March is judged in March. Before that, months are held against the trajectory that the "
        "organisation registered, else against a straight line from where it stood, called our line.",
        f"Figures are out of date by what the register allows, judged on {asked.judged_on.day} "
        f"{month(asked.judged_on)}, the last day of the report's month.",
        "Forecasts are made for targets that have a date, from at least 12 months that can be compared. The way "
        "of forecasting is the one that would have done best in the past, and its intervals are as wide as "
        "its past errors ask for.",
        "Trusts of the same kind are compared in the same period, unadjusted: they may treat different patients. "
        "Counts are compared per 100 of what they grow with, such as beds, or not at all.",
    ]
    rules = {"attention": "A measure needs attention with", "maintenance": "It is in maintenance with"}
    points += [sentence(f"{first} {CATEGORY_RULES[category]}") for category, first in rules.items()]  # type: ignore[index]
    if merged:
        points.append(f"Histories of organisations that joined are added: {merged}.")
    return "\n".join(f"- {point}" for point in points)


def small_numbers_words(results: Iterable[MeasureResult]) -> str:
    """Return why small counts of patients are shown, where the register says so, each reason once; else nothing."""
    reasons: dict[str, list[str]] = {}
    for result in results:
        measure = result.measure
        if measure.about == "patients" and measure.small_numbers == "shown":
            reasons.setdefault(measure.small_numbers_reason, []).append(measure.name)
    return " ".join(
        f"Small numbers are shown as they are of {listed(names)}: {sentence(reason)}"
        for reason, names in reasons.items()
    )
