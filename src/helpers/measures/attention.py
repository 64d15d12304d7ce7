"""Why a measure needs attention: six reasons, each enough by itself, and all that hold are said.

What a process may look like never silences an alarm: that there is no stable period qualifies what is said
of a signal, and leaves the other five reasons as they are. `docs/decisions/0004-what-stands-on-page-one.md`
says what each was tried on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import special

from helpers.stats.position import VERY_LIKELY
from helpers.stats.rates import proportion
from helpers.stats.spc.attribute_limits import RANGE_TO_SD

if TYPE_CHECKING:
    from helpers.measures.result import MeasureResult

Floats = NDArray[np.float64]
#: in order of proof: what stands first is said first
Kind = Literal["signal", "limits", "persistent", "unlikely", "worst_quarter", "settled"]
#: of so many latest values so many must have missed what they were held against, by frequency
PERSISTENT: Final[dict[str, tuple[int, int]]] = {"month": (12, 10), "quarter": (4, 4)}
#: with fewer values than a year of months an alarm needs their interval to exclude the target
FEWEST_POOLED: Final = 6
#: months of the comparison with a year before
RECENT, YEAR = 3, 12
#: so many standard errors the latest months must be worse than a year before to be more than a season
BEYOND_SEASON: Final = 2.0


@dataclass(frozen=True)
class Alarm:
    """One reason why a measure needs attention."""

    kind: Kind
    #: missed, of: for a persistent miss: how many of how many latest values missed
    missed: int = 0
    of: int = 0
    #: first day of the period since when it holds without a break, where that is known
    since: date | None = None


def find_alarms(result: MeasureResult) -> tuple[Alarm, ...]:
    """Return every reason that holds, in order of proof; none for measures that have no good direction."""
    if result.latest is None or result.untold or result.measure.direction == "neutral":
        return ()
    return tuple(_alarms(result))


def _alarms(result: MeasureResult) -> Iterator[Alarm]:
    yearly = result.target is not None and result.target.meaning == "cumulative"
    # the months of a yearly sum follow a season that the chart takes for a signal; the year counts
    if not yearly and result.variation == "concern" and not result.too_few and _beyond_season(result):
        yield Alarm("signal")
    if result.standing == "fail":
        yield Alarm("limits")
    if (missed := persistent_miss(result)) is not None:
        yield missed
    if _unlikely(result):
        yield Alarm("unlikely")
    if result.national is not None and result.national.worst_quarter >= VERY_LIKELY:
        yield Alarm("worst_quarter")
    if (since := settled_worse_since(result)) is not None:
        yield Alarm("settled", since=since)


# --- a signal ---------------------------------------------------------------------------------------


def _beyond_season(result: MeasureResult) -> bool:
    """Tell whether a signal is more than a season: of seasonal measures like months are compared.

    The differences from a year before have no season. Their own moving ranges say how far they differ by chance
    (a step within the year would widen their standard deviation and hide itself), and the latest alone or the latest
    together must be worse by more than that: "worse than a year before" by whatever is a coin's throw.
    """
    shown = result.series.shown
    if not result.measure.seasonal or result.measure.frequency != "month" or len(shown) < 2 * YEAR:
        return True
    assert result.latest is not None, "asked of a signal, which is one of the latest value"
    change = (shown[YEAR:] - shown[:-YEAR])[: result.latest.place + 1 - YEAR]
    ranges = np.abs(np.diff(change))
    spread = float(np.nanmean(ranges)) / RANGE_TO_SD if np.isfinite(ranges).any() else np.nan
    worse = -change if result.measure.direction == "increase" else change
    # a month without its like cannot be shown to be a season, and an alarm is not silenced by a gap
    return any(not worse[-n:].mean() <= BEYOND_SEASON * spread / np.sqrt(n) for n in (1, RECENT))


def year_on_year(result: MeasureResult) -> Literal["better", "worse", ""]:
    """Return how the latest three months, or the latest quarter, lie to the same ones a year before.

    Empty where they are equal, where any of them is missing, or where a measure has no good direction.
    """
    back, span = {"month": (YEAR, RECENT), "quarter": (4, 1)}.get(result.measure.frequency, (0, 0))
    if not back or result.latest is None or result.measure.direction == "neutral":
        return ""
    end = result.latest.place + 1
    if end < back + span:
        return ""
    shown = result.series.shown
    change = float(np.mean(shown[end - span : end]) - np.mean(shown[end - span - back : end - back]))
    if not abs(change) > 0:
        return ""
    return "better" if (change > 0) == (result.measure.direction == "increase") else "worse"


# --- targets ----------------------------------------------------------------------------------------


def misses(result: MeasureResult) -> list[tuple[int, bool]]:
    """Return place and verdict of each shown period that is held against something: whether it missed it."""
    shown, sign = result.series.shown, 1 if result.measure.direction == "increase" else -1
    return [
        (place, bool(sign * (shown[place] - held.value) < 0))
        for place, held in enumerate(result.held)
        if held is not None and np.isfinite(shown[place])
    ]


def persistent_miss(result: MeasureResult) -> Alarm | None:
    """Return the alarm of a target that is missed month after month, the latest among them; None without."""
    judged = misses(result)
    if not judged or result.latest is None or judged[-1] != (result.latest.place, True):
        return None
    of, enough = PERSISTENT.get(result.measure.frequency, PERSISTENT["quarter"])
    latest = judged[-of:]
    missed = sum(bad for _, bad in latest)
    if len(latest) < of:
        if len(latest) < FEWEST_POOLED or not _interval_misses(result, [place for place, _ in latest]):
            return None
    elif missed < enough:
        return None
    return Alarm("persistent", missed, len(latest), since=missed_since(result))


def missed_since(result: MeasureResult) -> date | None:
    """Return the first period of the unbroken row of misses that the latest one ends; None where it met."""
    since = None
    for place, bad in reversed(misses(result)):
        if not bad:
            break
        since = result.series.days[place]
    return since


def _interval_misses(result: MeasureResult, places: list[int]) -> bool:
    """Tell whether the 95 % interval of some values together lies on the wrong side of the latest target."""
    held = result.held[places[-1]]
    assert held is not None, "asked of periods that are held against something"
    series = result.series
    events, whole = (float(part[places].sum()) for part in (series.numerator, series.denominator))
    if result.measure.kind == "proportion" and series.origin == "published" and whole > 0:
        found = proportion(events, whole, multiplier=result.measure.scale)
        low, high = float(found.lower95[0]), float(found.upper95[0])
    else:
        values = series.shown[places]
        reach = float(special.stdtrit(len(values) - 1, 0.975) * values.std(ddof=1) / np.sqrt(len(values)))
        low, high = values.mean() - reach, values.mean() + reach
    return bool(high < held.value if result.measure.direction == "increase" else low > held.value)


def _unlikely(result: MeasureResult) -> bool:
    """Tell whether a dated target will hardly be met, by its forecast."""
    forecast = result.forecast if result.goal is not None and result.goal.dated else None
    return forecast is not None and forecast.result.words == "unlikely"


# --- a worse level ----------------------------------------------------------------------------------


def settled_worse_since(result: MeasureResult) -> date | None:
    """Return since when a suggested stretch has settled at a worse level; None where it has not.

    Its mean must be worse than that of the twelve periods before it by more than its near limit is away.
    """
    start = result.chart.suggested
    if start is None or result.measure.direction == "neutral":
        return None
    before = result.series.shown[max(0, start - YEAR) : start]
    before = before[np.isfinite(before)]
    limits = result.chart.limits
    near = limits.near_upper - limits.centre
    if not len(before) or not np.isfinite(near):
        return None
    change = limits.centre - float(before.mean())
    worse = change < 0 if result.measure.direction == "increase" else change > 0
    return result.series.days[start] if worse and abs(change) > near else None


def quiet_for_a_year(result: MeasureResult) -> bool:
    """Tell whether none of the latest twelve values in the window of judgement is a special cause."""
    window = result.chart.point_type[result.chart.limits.first :][-YEAR:]
    return all(kind in ("common_cause", "missing") for kind in window)
