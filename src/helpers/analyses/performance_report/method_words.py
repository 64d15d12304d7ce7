"""How the performance report is made, in words, and the terms that occur in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from helpers.measures.attention import PERSISTENT
from helpers.measures.gathering import WantedMeasures
from helpers.measures.result import MeasureResult
from helpers.phrases import bulleted, phrase, phrases
from helpers.report.words import in_words, listed, month, sentence
from helpers.stats.spc.limits import FIRM_FROM, LIMIT_FACTOR, RUN_POINTS, SCREEN_FACTOR
from helpers.stats.spc.verdicts import UNSTABLE_LAG1
from helpers.stats.trajectory import FEWEST_POINTS
from helpers.stats.trajectory.result import UNLIKELY


def method_words(asked: WantedMeasures, merged: str) -> str:
    """Return the method as a list; `merged` names organisations whose histories are added."""
    judged_on, (months, missed) = asked.judged_on, PERSISTENT["month"]
    points = [
        phrase(
            "method.spc.limits", months=asked.months, limit_factor=LIMIT_FACTOR, screen_factor=SCREEN_FACTOR
        ),
        phrase("method.spc.special_cause", run_points=in_words(RUN_POINTS)),
        phrase("method.spc.no_stable_period", unstable_lag1=UNSTABLE_LAG1, firm_from=FIRM_FROM),
        phrase("method.performance.milestone"),
        phrase("method.performance.out_of_date", judged_on=f"{judged_on.day} {month(judged_on)}"),
        phrase("method.performance.forecast", fewest_points=FEWEST_POINTS),
        phrase("method.performance.trusts"),
        phrase("method.performance.attention", missed=missed, of=months, unlikely=UNLIKELY),
        phrase("method.performance.maintenance"),
    ]
    if merged:
        points.append(phrase("method.performance.merged", merged=merged))
    return bulleted(points)


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


# --- terms -----------------------------------------------------------------------------------------


#: by which words of a report each term of the phrase book is recognised
PATTERNS: Final = {
    "ordinary_variation": r"ordinary variation",
    "special_cause": r"special causes?|(above|below) the (upper|lower) limit|in a row|within three points",
    "limits": r"limits?\b",
    "provisional_limits": r"are provisional|provisional limits",
    "provisional_figure": r"a provisional figure",
    "stable_period": r"stable period|, suggested:",
    "our_line": r"our line",
    "in_maintenance": r"in maintenance|In maintenance",
    "constitutional_standard": r"constitutional standard",
    "planning_milestone": r"planning milestone",
    "local_target": r"local target",
    "forecast": r"[Ff]orecast|If the past is a guide",
    "interval_80": r"80% interval",
    "middle_half": r"middle half",
    "median": r"\bmedian\b",
    "suppressed": r"suppressed",
    "points": r"\d points?\b",
    "shmi": r"SHMI",
    "out_of_date": r"[Oo]ut of date",
}


def glossary_words(texts: Iterable[str]) -> str:
    """Return the terms that occur in some texts, in the alphabet's order, each with its meaning.

    >>> glossary_words(["It is within its ordinary variation."]).splitlines()[0][:24]
    '- **Ordinary variation**'
    """
    everything, said = "\n".join(texts), phrases("glossary", firm_from=FIRM_FROM)
    found = (
        f"- **{said[f'{name}.term']}**: {said[f'{name}.meaning']}"
        for name, pattern in PATTERNS.items()
        if re.search(pattern, everything)
    )
    return "\n".join(sorted(found))
