"""The rate of missed appointments of every trust, where this one lies among them, and month by month."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.analyses.missed_appointments import words as dna_words
from helpers.analyses.missed_appointments.basis import AppointmentBasis
from helpers.analyses.missed_appointments.findings import PER_CENT, DnaFindings
from helpers.bundle import SUPPRESSED, Cell, Origin
from helpers.data.policy import policy_for
from helpers.phrases import phrase
from helpers.report import controlled
from helpers.report.charts import rates as charts_rates
from helpers.report.charts.rates import RateMonths
from helpers.report.columns import fields
from helpers.report.controlled_charts import WITHOUT_LIMITS, lines_may_be_drawn
from helpers.report.parts import Part
from helpers.report.words import count, interval, month, number
from helpers.stats.rates import proportion

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from matplotlib.figure import Figure


def peers(basis: AppointmentBasis) -> Part:
    """Return every trust's rate, and where this one lies."""
    found, code = basis.found, basis.found.organisation.code
    if not found.comparable:
        none = phrase("reasons.missed.too_few_trusts")
        return basis.part("peers", fields=fields(__file__, "peers"), none=none)
    table, funnel = _visible(found, basis.origin), found.peers
    place = list(table.index).index(code) if code in table.index else None
    label = code if place is None else f"{code}: {number(float(table['rate'].iloc[place]), 1)}%"
    is_caterpillar = funnel.advice == "caterpillar"
    kind = "Each trust's rate with its 95% interval" if is_caterpillar else "Funnel of rates"
    flags, trusts = dict(zip(funnel.group, funnel.flag, strict=True)), count(len(table), "trust")
    marked = "" if place is None else f"; this trust's is marked, {label}"
    return basis.part(
        "peers",
        fields=fields(__file__, "peers"),
        rows=[
            (str(each), float(rate), float(low), float(high), flags[each] if funnel.adjusted else "")
            for each, rate, low, high in table[["rate", "low", "high"]].itertuples()
        ],
        caption=f"{kind}, {trusts}, {found.period.label}.",
        alt=f"{kind} for {trusts}{marked}.",
        words=_peer_words(found, table["rate"], marked=place is not None),
        values={"trusts": len(table)},
        chart=(_caterpillar if is_caterpillar else _funnel)(found, table, place, label),
    )


def _visible(found: DnaFindings, origin: Origin) -> pd.DataFrame:
    """Return the compared trusts whose figures may be shown, from counts as shown: dnas, booked, rate, low, high."""
    table = found.compared
    rates = controlled.percentages(table["dnas"], table["booked"], origin)
    table = table[[cell != SUPPRESSED for cell in rates]]
    cells = found.cells_of_trusts([str(code) for code in table.index])
    shown = pd.DataFrame(cells, columns=["booked", "dnas"], index=table.index)
    shown = shown[(shown != SUPPRESSED).all(axis=1)].astype(float)
    own = proportion(shown["dnas"], shown["booked"], multiplier=PER_CENT)
    return shown.assign(rate=own.value, low=own.lower95, high=own.upper95)


def _caterpillar(
    found: DnaFindings, table: pd.DataFrame, place: int | None, label: str
) -> Callable[[], Figure]:
    name, other = ("England", found.england) if found.england else ("all trusts", found.all_trusts)
    # a quartile may be one trust's own rate: drawn exactly it would tell the counts behind
    lines = (("best quarter", found.peers.spread.lower_quartile), (name, other.rate))
    return partial(
        charts_rates.caterpillar_chart,
        table["rate"].to_numpy(float),
        (table["low"].to_numpy(float), table["high"].to_numpy(float)),
        place,
        label=label,
        lines=[(name, round(float(rate), 2)) for name, rate in lines],
        unit="% of appointments missed",
    )


def _funnel(found: DnaFindings, table: pd.DataFrame, place: int | None, label: str) -> Callable[[], Figure]:
    x = np.linspace(table["booked"].min() * 0.9, table["booked"].max() * 1.04, 120)
    lines = found.peers.limits_at(x)
    # what leaves the room is rounded as it is listed: exact lines would tell the sums behind
    edges = {
        "95%": (x, lines.lower95.round(2), lines.upper95.round(2)),
        "99.8%": (x, lines.lower998.round(2), lines.upper998.round(2)),
    }
    return partial(
        charts_rates.rate_funnel_chart,
        table["booked"].to_numpy(float),
        table["rate"].to_numpy(float),
        place,
        edges,
        label=label,
        centre=round(float(found.peers.target), 2),
        axis_labels=("appointments attended or missed", "% of appointments missed"),
    )


def _peer_words(found: DnaFindings, shown: pd.Series, *, marked: bool) -> dict[str, str]:
    funnel, spread = found.peers, found.peers.spread
    words = {
        "spread": phrase(
            "statements.missed.spread",
            trusts=count(len(funnel.group), "trust"),
            all=interval(shown.min(), shown.max(), unit="%"),
            half=f"{number(spread.lower_quartile, 1)}% and {number(spread.upper_quartile, 1)}%",
        )
    }
    if marked:
        where: str = funnel.flag[funnel.group.index(found.organisation.code)]
        if funnel.advice == "caterpillar":
            rate = found.counts().rate
            high = "upper quarter" if rate > spread.upper_quartile else "middle"
            where = "lower quarter" if rate < spread.lower_quartile else high
        words["place"] = dna_words.place_sentence(where, phi=funnel.dispersion.phi)
    if found.not_recorded:
        words["left_out"] = dna_words.left_out_sentence(len(found.not_recorded))
    return words


# --- month by month --------------------------------------------------------------------------------


def trend(basis: AppointmentBasis) -> Part:
    """Return the rate month by month, with the limits of its ordinary variation (Laney's p')."""
    found, origin = basis.found, basis.origin
    # it may be said which months are hidden only where the totals of this report and earlier ones leave that open
    spans = found.period.spans(found.own_months["dnas"])
    marked = all(controlled.leave_values_open(span, sum(span), origin) for span in spans)
    months, cells = list(found.own_months.index), _month_cells(found, origin) if marked else []
    if not marked or cells.count(SUPPRESSED) * 2 > len(cells) - cells.count(None):
        words = {
            "no_chart": phrase("reasons.missed.no_months"),
            **({} if marked else {"no_trend": phrase("reasons.missed.no_trend")}),
        }
        return basis.part("trend", fields=fields(__file__, "trend"), words=words)
    drawn = _drawn(found, cells, origin)
    return basis.part(
        "trend",
        fields=fields(__file__, "trend"),
        rows=_month_rows(months, cells, drawn),
        caption=f"Rate of missed appointments per month, {months[0]:%B %Y} to {months[-1]:%B %Y}.",
        alt=f"Control chart (p') of {count(len(months), 'month')} with the limits of its ordinary variation.",
        words={"latest": _latest_words(found, cells, drawn)},
        chart=partial(
            charts_rates.rate_months_chart, drawn, unit="% missed", events=found.events_in_trend.drawn
        ),
    )


def _month_rows(months: list[date], cells: list[Cell], drawn: RateMonths) -> list[tuple[Cell, ...]]:
    kinds = {1: "above the upper limit", -1: "below the lower limit"}
    lines = (map(controlled.finite, line) for line in (drawn.lower, drawn.upper))
    signals = (kinds.get(int(side), "") for side in drawn.outside)
    return [
        (f"{when:%Y-%m}", cell, *controlled.derived(row, [cell] * 3))
        for when, cell, *row in zip(months, cells, *lines, signals, strict=True)
    ]


def _month_cells(found: DnaFindings, origin: Origin) -> list[Cell]:
    months = found.own_months
    known = months["booked"].notna()
    shares = controlled.percentages(months["dnas"][known], months["booked"][known], origin)
    if found.basis == "records":
        told = [found.told.cells(month=day) for day in months.index[known]]
        shares = controlled.derived(shares, *([pair[side] for pair in told] for side in (0, 1)))
    cells = iter(shares)
    return [next(cells) if there else None for there in known]


def _drawn(found: DnaFindings, cells: list[Cell], origin: Origin) -> RateMonths:
    """Return rates, centre and limits as they may be drawn: rounded as they are listed, none that tells a hidden month.

    The width of the limits follows a month's own appointments, so a hidden month has none.
    """
    chart = found.trend
    shown = np.array([cell if isinstance(cell, int | float) else np.nan for cell in cells], dtype=float)
    drawn = lines_may_be_drawn(chart.values, shown, chart.segment, origin)
    if policy_for(origin).controls:
        drawn = drawn & np.isfinite(shown)
    lines = (chart.centre, chart.lower, chart.upper)
    centre, lower, upper = (np.where(drawn, np.round(PER_CENT * line, 1), np.nan) for line in lines)
    outside = np.where(np.isfinite(centre), chart.outside, 0)
    return RateMonths(tuple(found.own_months.index), shown, centre, lower, upper, outside)


def _latest_words(found: DnaFindings, cells: list[Cell], drawn: RateMonths) -> str:
    chart = found.trend
    there = [place for place, cell in enumerate(cells) if cell is not None]
    place = there[-1]
    when = found.own_months.index[place]
    if isinstance(cells[place], int | float) and not np.isfinite(drawn.centre[place]):
        return f"In {month(when)} the rate was {number(float(cells[place] or 0), 1)}%. {WITHOUT_LIMITS}"
    return dna_words.trend_sentence(
        when, cells[place], int(chart.outside[place]), shifted=chart.tests[-1].signal, points=len(there)
    )
