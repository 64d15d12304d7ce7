"""The charts of the peer benchmark, made from comparisons, with their captions and alt texts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from matplotlib.figure import Figure

from helpers.analyses.peers import words
from helpers.analyses.peers.movement import Movement
from helpers.analyses.peers.result import PeerComparison
from helpers.analyses.peers.words import peer_sentences
from helpers.data.periods import MONTHS
from helpers.report.charts import positions as charts_positions
from helpers.report.charts import rates as charts_rates
from helpers.report.charts.canvas import Verdict
from helpers.report.period import add_months
from helpers.report.words import capital, count, number

#: points along which the lines of a funnel are drawn
_LINE_POINTS = 160
#: inches: two measures with their words fit on a page
HEIGHT = 2.6


def members(comparison: PeerComparison) -> Figure:
    """Draw the group: a funnel where chance counts, else each trust with its interval, or dots alone."""
    return _funnel(comparison) if comparison.method == "funnel" else _caterpillar(comparison)


def _caterpillar(comparison: PeerComparison) -> Figure:
    value = np.array([member.value for member in comparison.members])
    low, high = (
        np.array([getattr(member, end) for member in comparison.members]) for end in ("low", "high")
    )
    if comparison.method == "dots":
        low = high = value
    lines = [("median", comparison.levels.median)]
    if comparison.levels.best_quartile is not None:
        lines.append(("best quarter", comparison.levels.best_quartile))
    codes = [member.code for member in comparison.members]
    return charts_rates.caterpillar_chart(
        value,
        (low, high),
        codes.index(comparison.organisation) if comparison.own else None,
        label=_own_label(comparison),
        lines=lines if len(comparison.members) > 2 and not comparison.alike else [],
        unit=comparison.unit,
        names=codes,
        ceiling=_ceiling(comparison),
        height=HEIGHT,
    )


def _funnel(comparison: PeerComparison) -> Figure:
    found = comparison.funnel
    assert found is not None
    x = np.linspace(found.denominator.min() * 0.8, found.denominator.max() * 1.02, _LINE_POINTS)
    limits = found.limits_at(x)
    place = {code: number for number, code in enumerate(found.group)}
    base = capital(comparison.base_words or comparison.measure.denominator or "Denominator")
    return charts_rates.rate_funnel_chart(
        found.denominator,
        found.value,
        place.get(comparison.organisation),
        {
            "95%": (x, limits.lower95, limits.upper95),
            "99.8%": (x, limits.lower998, limits.upper998),
        },
        label=_own_label(comparison),
        centre=found.target,
        axis_labels=(base, comparison.unit),
        ceiling=_ceiling(comparison),
        height=HEIGHT,
    )


def _own_label(comparison: PeerComparison) -> str:
    own = comparison.own
    return f"{own.code}: {words.value_words(comparison, own.value)}" if own else ""


def _ceiling(comparison: PeerComparison) -> float | None:
    return 100.0 if comparison.unit == "%" and comparison.model == "proportion" else None


def members_caption(comparison: PeerComparison) -> str:
    """Return what the chart of a group shows, of whom and when."""
    when = words.when(comparison)
    shown = {
        "funnel": "funnel with limits of 95% and 99.8%",
        "caterpillar": "each with its 95% interval, lowest first",
        "dots": "figures alone, lowest first",
    }[comparison.method]
    return f"{comparison.measure.name}: {words.members_words(comparison)}, {shown}; {when}."


def members_alt(comparison: PeerComparison) -> str:
    """Return the chart of a group in words."""
    shape = {"funnel": "Funnel plot", "caterpillar": "Caterpillar plot", "dots": "Dot plot"}[
        comparison.method
    ]
    ends = " to ".join(
        words.value_words(comparison, end) for end in (comparison.levels.lowest, comparison.levels.highest)
    )
    return f"{shape} of {words.members_words(comparison)}, from {ends}. {peer_sentences(comparison)}"


def positions(placed: Sequence[PeerComparison]) -> Figure:
    """Draw where the trust stands by each measure."""
    directed = all(each.measure.direction != "neutral" for each in placed)
    return charts_positions.positions_chart(
        [_place(each) for each in placed],
        words=("worst", "best") if directed else ("worst, or lowest", "best, or highest"),
        unit="% of the other trusts that it does better than",
    )


def _place(comparison: PeerComparison) -> charts_positions.PositionRow:
    own = comparison.own
    assert own is not None
    assert own.percentile is not None
    place = own.percentile
    verdict: Verdict = "common"
    if place.low >= 75 or place.high <= 25:
        verdict = "improving" if place.low >= 75 else "concerning"
        verdict = "neutral" if comparison.measure.direction == "neutral" else verdict
    return charts_positions.PositionRow(
        comparison.measure.name, place.percent, place.low, place.high, verdict
    )


def positions_alt(placed: Sequence[PeerComparison]) -> str:
    """Return the chart of positions in words."""
    said = [f"{each.measure.name}: {words.place_words(each)}" for each in placed]
    return f"Percentiles with 95% intervals by {count(len(placed), 'measure')}. {'; '.join(said)}."


def moved_places(
    moved: Sequence[tuple[PeerComparison, Movement | None]],
) -> tuple[charts_positions.Percent, ...]:
    """Return where the trust stood then and stands now, by each measure of which both are known."""
    return tuple(
        charts_positions.Percent(
            each.measure.name, found.last.percentile.percent, found.first.percentile.percent
        )
        for each, found in moved
        if found and found.first.percentile and found.last.percentile
    )


def moves(places: Sequence[charts_positions.Percent]) -> Figure:
    """Draw where the trust stood among the others then and stands now."""
    return charts_positions.percents_chart(places, unit="% of the other trusts that it does better than")


def moves_alt(places: Sequence[charts_positions.Percent]) -> str:
    """Return the chart of then and now in words."""
    said = [
        f"{each.label}: {number(each.then)}% then, {number(each.now)}% now"
        for each in places
        if each.then is not None
    ]
    return f"Share of the other trusts that it does better than. {'; '.join(said)}."


def movement(comparison: PeerComparison, moved: Movement) -> Figure:
    """Draw the trust's figures over the middle half of its peers."""
    moments = moved.moments
    fan = charts_positions.Fan(
        tuple(_drawn_at(comparison, each.period) for each in moments),
        _every(comparison),
        np.array([np.nan if each.value is None else each.value for each in moments]),
        np.array([each.lower_quartile for each in moments]),
        np.array([each.median for each in moments]),
        np.array([each.upper_quartile for each in moments]),
    )
    return charts_positions.movement_chart(fan, label=comparison.organisation, unit=comparison.unit)


def _every(comparison: PeerComparison) -> int | None:
    """Return how many months lie between two figures; a rolling year is published when it is."""
    return None if comparison.period_type == "rolling12" else MONTHS.get(comparison.period_type)


def _drawn_at(comparison: PeerComparison, day: date) -> date:
    """Return where a period stands on the axis: by its last month, by which it is named."""
    return add_months(day, MONTHS.get(comparison.period_type, 1) - 1)


def movement_caption(comparison: PeerComparison, moved: Movement) -> str:
    """Return what the chart over time shows."""
    first, last = (words.when(comparison, each.period) for each in (moved.first, moved.last))
    fewest, most = (pick(each.members for each in moved.moments) for pick in (min, max))
    many = number(fewest) if fewest == most else f"{number(fewest)} to {number(most)}"
    return (
        f"{comparison.measure.name}: the trust, and median and middle half (shaded) of {many} trusts, "
        f"{first} to {last}."
    )
