"""`MeasureResult`: everything that is known of one measure at one organisation, frozen.

Charts, icons, tables, sentences and alt texts of every report on measures are made from this object
alone, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Final, Literal, get_args

import numpy as np

from helpers.data.checking.agreement import Disagreement
from helpers.data.checking.quality import QualityRating
from helpers.measures.attention import Alarm, find_alarms, quiet_for_a_year, year_on_year
from helpers.measures.forecast import Forecast, forecast_of, refuse
from helpers.measures.place import Place
from helpers.measures.reasons import Reasons
from helpers.measures.series import EXACT, MeasureSeries, last_day
from helpers.measures.targets import (
    Goal,
    Held,
    goal_after,
    held_against,
    next_target,
    standard_behind,
    target_on,
)
from helpers.register.models import Comment, EventKind, Measure, Target
from helpers.report.controlled_charts import WITHHELD
from helpers.stats.spc import XmRChart
from helpers.stats.spc.limits import LIMIT_FACTOR

#: row of the matrix: what the latest shown value says of the process
Variation = Literal["improvement", "common", "concern", "neutral", "unsettled"]
#: column of the matrix: how the limits of the process lie to the target in force
Standing = Literal["pass", "hit_or_miss", "fail", "no_target", "too_few", "unstable"]
#: what a board is asked to do with a measure; nothing: no value that may be shown
Category = Literal["attention", "watched", "maintenance", "nothing"]

VARIATIONS: Final[tuple[Variation, ...]] = get_args(Variation)
STANDINGS: Final[tuple[Standing, ...]] = get_args(Standing)
CATEGORIES: Final[tuple[Category, ...]] = get_args(Category)
#: more measures than this cannot be acted on by a board: a rule of thumb, `docs/explanation/scorecard.md` says
#: what is known of where it comes from
MOST_MEASURES: Final = 22
_ICONS = {"pass": "consistent_pass", "fail": "consistent_fail", "hit_or_miss": "hit_or_miss"}


@dataclass(frozen=True)
class ChartEvent:
    """Something registered that may show in the series, at the first day of its period."""

    day: date  # first day of the period from which it counts
    #: name, kind, reason, author: as registered; author is a role
    name: str
    kind: EventKind
    reason: str = ""
    author: str = ""
    rebases: bool = False  # whether the limits restart there


@dataclass(frozen=True)
class Latest:
    """The latest value that may be shown: its place in the series, its month, its value in the unit."""

    place: int
    day: date
    value: float
    provisional: bool


@dataclass(frozen=True)
class MeasureResult:
    """One measure at one organisation, or at one unit or specialty of it."""

    measure: Measure
    organisation: str  # code
    series: MeasureSeries  # values by period, exact and as they may be shown
    #: XmR chart of the exact values with dated targets, restarted at registered events, as far as it may be
    #: told (`chart_told`); same length as the series
    chart: XmRChart
    targets: tuple[Target, ...]
    #: registered events, mergers and series breaks within the series, in order
    events: tuple[ChartEvent, ...]
    judged_on: date  # the day by which freshness is judged: the last of the report's period
    #: the analysts' newest words up to the report's period; None where there are none
    comment: Comment | None = None
    #: place among trusts in the latest shown period; None where it is not compared
    national: Place | None = None
    #: the computed half of the data-quality kite mark; the declared half stands in the register
    quality: QualityRating | None = None
    #: what the latest shown period counts by reason; None where that is not published
    reasons: Reasons | None = None
    #: what the organisation registered that it plans to reach, by month ("2026-09"), in the unit
    trajectory: Mapping[str, float] = field(default_factory=dict)
    part: str = ""  # code of a unit or specialty; empty for the whole organisation
    #: periods of the series of which another published source gives another figure
    disagreements: tuple[Disagreement, ...] = ()
    #: what the sources of figures are called, by their short names
    sources: Mapping[str, str] = field(default_factory=dict)

    # --- the latest shown value ------------------------------------------------------------------

    @cached_property
    def latest(self) -> Latest | None:
        """The latest value that may be shown, and its month; None where nothing may be, or hardly anything.

        The few months with nobody in them that small numbers leave over say nothing of the others.
        """
        place = self.series.latest
        if place is None or self.series.mostly_hidden:
            return None
        value, provisional = float(self.series.shown[place]), bool(self.series.provisional[place])
        return Latest(place, self.series.days[place], value, provisional)

    @property
    def drawn(self) -> bool:
        """Whether there are two values to draw at least, and its latest one may be told."""
        return self.latest is not None and int(np.isfinite(self.series.shown).sum()) > 1

    @property
    def stale(self) -> bool:
        """Whether the latest value, shown or hidden, is older than the register allows."""
        returned = self.series.returned
        if self.latest is None or returned is None:
            return False
        end = last_day(self.series, self.measure, returned)
        return self.judged_on > end + timedelta(days=self.measure.stale_after_days)

    @property
    def as_at(self) -> date | None:
        """Day up to which its figures speak: that of its data sets, or of its own last figure where it is stale."""
        return self.latest_end if self.stale else self.series.as_at

    @property
    def days_old(self) -> int:
        """Days from the end of the latest shown period to the day of judgement, at least 0."""
        return 0 if self.latest is None else max((self.judged_on - self.latest_end).days, 0)

    @property
    def latest_end(self) -> date:
        """Last day of the latest shown period."""
        place = 0 if self.latest is None else self.latest.place
        return last_day(self.series, self.measure, place)

    # --- targets -----------------------------------------------------------------------------------

    @cached_property
    def target(self) -> Target | None:
        """The target in force in the latest shown period."""
        return None if self.latest is None else target_on(self.targets, self.latest_end)

    @property
    def next_target(self) -> Target | None:
        """The first target that begins after the latest shown period."""
        return None if self.latest is None else next_target(self.targets, self.latest_end)

    @property
    def standard(self) -> Target | None:
        """The constitutional standard behind a milestone or local target in force."""
        if self.latest is None:
            return None
        return standard_behind(self.targets, self.latest_end, self.target)

    @property
    def goal(self) -> Goal | None:
        """What the months to come have to reach, and by when."""
        if self.latest is None or self.measure.direction == "neutral":
            return None
        return goal_after(self.targets, self.latest.day)

    @property
    def distance(self) -> float:
        """Latest shown value minus the target in force, in the unit; NaN where either is missing.

        NaN too for the target of a year's sum, which no single period has to meet.
        """
        if self.latest is None or self.target is None or self.target.meaning == "cumulative":
            return float("nan")
        return round(self.latest.value - self.target.value, EXACT)

    @cached_property
    def held(self) -> tuple[Held | None, ...]:
        """What each period is held against, in order; None where against nothing."""
        return held_against(self)

    @property
    def held_now(self) -> Held | None:
        """What the latest shown period is held against: a milestone to come is not missed yet."""
        return None if self.latest is None else self.held[self.latest.place]

    @property
    def met(self) -> bool | None:
        """Whether the latest shown value meets the target in force; None without one or for neutral ones."""
        if np.isnan(self.distance) or self.measure.direction == "neutral":
            return None
        return self.distance >= 0 if self.measure.direction == "increase" else self.distance <= 0

    # --- what the chart says -----------------------------------------------------------------------

    @property
    def points(self) -> int:
        """How many values the limits in force rest on."""
        return self.chart.limits.points

    @property
    def too_few(self) -> bool:
        """Whether limits rest on fewer than 13 points, or must not be shown."""
        return self.chart.provisional or self.untold

    @property
    def untold(self) -> bool:
        """Whether so much is suppressed that nothing may be said of the process."""
        limits = self.chart.limits
        lacks = limits.points > 1 and bool(np.isnan(limits.upper))
        withheld = lacks and self.chart.stability.stable
        return self.series.mostly_hidden or withheld or self.reason == WITHHELD

    @property
    def unstable(self) -> bool:
        """Whether there is no stable period yet, neither the whole nor its end, that limits could describe."""
        return not self.too_few and not self.chart.stability.stable

    @property
    def reason(self) -> str:
        """The rule that the latest shown value meets, as the chart calls it; empty where nothing is shown."""
        return "" if self.latest is None else self.chart.reason[self.latest.place]

    @property
    def variation(self) -> Variation:
        """Row of the matrix, from the latest shown value in its window of judgement.

        Without a stable period the rules are those of the whole series, which speak up by chance far too often:
        a signal counts only if the latest three months also differ, the same way, from those a year before; and
        none is called better that has gone the wrong way since (`trend`). An alarm is never silenced by that.
        """
        if self.latest is None:
            return "common"
        found = self._signal
        if not self.unstable:
            return found
        confirmed = {"better": "improvement", "worse": "concern"}.get(year_on_year(self))
        turned = found == "improvement" and self.trend == "worse"
        return found if found == confirmed and not turned else "unsettled"

    @property
    def _signal(self) -> Variation:
        """What the rules say of the latest shown value."""
        assert self.latest is not None, "asked for with a latest value alone"
        kinds: dict[str, Variation] = {
            "special_cause_improvement": "improvement",
            "special_cause_concern": "concern",
            "special_cause_neutral_high": "neutral",
            "special_cause_neutral_low": "neutral",
        }
        return kinds.get(self.chart.point_type[self.latest.place], "common")

    @property
    def variation_icon(self) -> str:
        """Icon of the variation, a name of `helpers.theme.icons`; empty where there is no stable period to speak of."""
        if self.variation == "unsettled":
            return ""
        if self.latest is None or self.variation == "common":
            return "common_cause"
        side = "high" if self.chart.direction[self.latest.place] > 0 else "low"
        return f"{self.variation}_{side}"

    @property
    def standing(self) -> Standing:
        """Column of the matrix: how the limits lie to the target, or why that is not said."""
        if self.too_few:
            return "too_few"
        if self.unstable:
            return "unstable"
        return self.limits_against_target or "no_target"

    @property
    def limits_against_target(self) -> Literal["pass", "hit_or_miss", "fail"] | None:
        """Where the limits lie to what the latest period is held against; equality is hit or miss; None without.

        A milestone for March is not missed in July: its limits are held against the plan, or our line, of July.
        """
        limits, target = self.chart.limits, self.held_now
        if target is None or np.isnan(limits.upper):
            return None
        if limits.lower <= target.value <= limits.upper and limits.lower < limits.upper:
            return "hit_or_miss"
        if limits.lower == limits.upper == target.value:
            return "pass" if self.met else "hit_or_miss"
        above = limits.lower > target.value
        return "pass" if above == (self.measure.direction == "increase") else "fail"

    @property
    def assurance_icon(self) -> str:
        """Icon of the assurance; empty where there is nothing to judge, or no stable period to judge by."""
        return _ICONS.get(self.standing, "")

    @property
    def suggested_from(self) -> date | None:
        """First period of the stable stretch that was found and nobody registered; None where there is none."""
        start = self.chart.suggested
        return None if start is None else self.series.days[start]

    @property
    def special_since_limits_began(self) -> bool:
        """Whether a special cause has occurred in the window of judgement."""
        kinds = self.chart.point_type[self.chart.limits.first :]
        return any(kind not in ("common_cause", "missing") for kind in kinds)

    @cached_property
    def alarms(self) -> tuple[Alarm, ...]:
        """Every reason why it needs attention, in order of proof."""
        return find_alarms(self)

    @property
    def category(self) -> Category:
        """What a board is asked to do; the phrase `method.performance.attention` says the rule."""
        if self.latest is None:
            return "nothing"
        if self.alarms:
            return "attention"
        steady = self.variation == "common" and self.standing == "pass" and quiet_for_a_year(self)
        return "maintenance" if steady else "watched"

    @property
    def trend(self) -> Literal["better", "worse", "flat", "up", "down"] | None:
        """Direction over the last periods (`span`), by the measure's own change; None with too few values.

        Flat where the change does not show at the measure's own digits, or is no larger than 2.66 mean moving
        ranges: values that follow each other differ by as much without any drift.
        """
        change = self.change
        if np.isnan(change):
            return None
        if not self.moved or abs(change) <= LIMIT_FACTOR * self._mean_step:
            return "flat"
        if self.measure.direction == "neutral":
            return "up" if change > 0 else "down"
        return "better" if (change > 0) == (self.measure.direction == "increase") else "worse"

    @property
    def _mean_step(self) -> float:
        """Mean moving range in the last segment: that of its limits, else that of its shown values."""
        limits = self.chart.limits
        if np.isfinite(limits.upper):
            return (limits.upper - limits.centre) / LIMIT_FACTOR
        if np.isfinite(limits.mean_range):
            return limits.mean_range
        steps = np.abs(np.diff(self.series.shown[limits.first :]))
        return float(np.nanmean(steps)) if np.isfinite(steps).any() else 0.0

    @property
    def moved(self) -> bool:
        """Whether the change shows at the measure's own digits."""
        return round(abs(self.change), self.measure.digits) > 0

    @property
    def span(self) -> int:
        """How many periods back a change is measured: six, or a year where six would tell the season alone."""
        year = PERIODS_A_YEAR.get(self.measure.frequency, 0) if self.measure.seasonal else 0
        return year if year and len(self.series) >= 2 * year else CHANGE_OVER

    @property
    def change(self) -> float:
        """Latest shown value minus the shown value `span` periods before, in the unit; NaN where either lacks."""
        if self.latest is None or self.latest.place < self.span:
            return float("nan")
        before = self.latest.place - self.span
        if self.chart.segment[before] != self.chart.segment[self.latest.place]:
            return float("nan")
        return self.latest.value - float(self.series.shown[before])

    @cached_property
    def forecast(self) -> Forecast | None:
        """Forecast to the goal's month; None where none is allowed (`why_no_forecast` says why)."""
        return None if self.why_no_forecast or self.goal is None else forecast_of(self, self.goal)

    @property
    def why_no_forecast(self) -> str:
        """Why there is no forecast, in words; empty where there is one."""
        return refuse(self)


#: how many periods back a change is measured that no season makes, and how many make a year
CHANGE_OVER: Final = 6
PERIODS_A_YEAR: Final = {"month": 12, "quarter": 4}
