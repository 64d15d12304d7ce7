"""Whether a measure's target will be met: on track, at risk or unlikely, or why that is not said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from helpers.measures.forecast import YearSoFar
from helpers.measures.result import MeasureResult
from helpers.measures.targets import Goal
from helpers.stats.trajectory import words_for

#: `none`: there is a target to come, but no forecast; `no_target`: there is none
Verdict = Literal["on_track", "at_risk", "unlikely", "none", "no_target"]
_VERDICTS: dict[str, Verdict] = {"on track": "on_track", "at risk": "at_risk", "unlikely": "unlikely"}


@dataclass(frozen=True)
class Outlook:
    """The trajectory of one measure to its target: progress is not success, and lagging is not failure."""

    verdict: Verdict
    chance: float | None = None  # chance of meeting the target, 0 to 1; None without a forecast
    goal: Goal | None = None  # what has to be reached, and by when; None without a target to come
    why: str = ""  # why there is no forecast, in words; empty where there is one or no target
    #: whether the latest value meets the target in force; None where that cannot be said, as for the sum of a
    #: year
    met: bool | None = None
    #: for a yearly sum: what has come so far against what had come by then in past years
    year: YearSoFar | None = None

    @property
    def due(self) -> date | None:
        """First day of the month in which the target has to be met."""
        return None if self.goal is None else self.goal.due


NOTHING = Outlook("no_target")


def outlook_of(result: MeasureResult | None) -> Outlook:
    """Return the outlook of a result; that of a missing one has no target."""
    if result is None or result.goal is None:
        return NOTHING
    goal, forecast = result.goal, result.forecast
    if forecast is None or forecast.result.probability is None:
        return Outlook("none", goal=goal, why=result.why_no_forecast, met=result.met)
    chance = forecast.result.probability
    return Outlook(_VERDICTS[words_for(chance)], chance, goal, met=result.met, year=forecast.year)
