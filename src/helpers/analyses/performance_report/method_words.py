"""How the performance report is made, in words."""

from __future__ import annotations

from collections.abc import Iterable

from helpers.measures.attention import PERSISTENT
from helpers.measures.gathering import WantedMeasures
from helpers.measures.result import MeasureResult
from helpers.phrases import bulleted, phrase
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
