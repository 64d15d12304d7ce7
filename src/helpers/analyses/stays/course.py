"""How the mean stay has moved, and how it lies to other trusts'."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Final

import numpy as np
from matplotlib.figure import Figure

from helpers.analyses.stays import words as los_words
from helpers.analyses.stays.basis import StayBasis
from helpers.bundle import Cell
from helpers.phrases import phrase
from helpers.report import controlled
from helpers.report.charts.process import spc_chart
from helpers.report.charts.rates import rate_funnel_chart
from helpers.report.controlled_charts import chart_told, unmarked
from helpers.report.parts import Part
from helpers.report.process_words import Process
from helpers.report.words import count, number, together
from helpers.stats.funnel import Funnel
from helpers.stats.spc import XmRChart

_AXES: Final = ("Precision of the trust's ratio (larger trusts to the right)", "Observed / expected")


# --- months -------------------------------------------------------------------------------------------


def trend(basis: StayBasis) -> Part:
    """Return the mean stay of each month, with the limits within which it ordinarily varies."""
    found = basis.found.trend
    # a total of this report or an earlier one may tell which months are hidden
    spans = basis.found.period.spans(found.months["spells"])
    if not all(controlled.leave_months_open(span, basis.origin) for span in spans):
        return basis.part("trend", words={"no_months": phrase("reasons.stays.no_months")})
    means = _month_cells(basis)
    process = _process(basis, means)
    # limits alone would rest on months that may not be shown
    if process.mostly_hidden:
        return basis.part("trend", words=process.words)
    words, months = process.words, found.months.index
    said = together(*words.values())
    limits, place = process.chart.limits, process.latest
    return basis.part(
        "trend",
        rows=_month_rows(process.chart, list(months), means),
        caption=f"Mean stay per month, {months[0]:%B %Y} to {months[-1]:%B %Y}.",
        alt=f"Process behaviour chart of {count(len(months), 'month')}. {said}",
        words=words,
        values={
            "latest": None if place is None else round(float(process.shown[place]), process.digits),
            "centre": controlled.finite(limits.centre),
            "lower": controlled.finite(limits.lower),
            "upper": controlled.finite(limits.upper),
        },
        chart=partial(_draw, process, tuple(found.events.drawn)),
    )


def _month_rows(chart: XmRChart, months: list[date], means: list[Cell]) -> list[tuple[Cell, ...]]:
    signals = controlled.derived(chart.reason, means)
    lines = [[controlled.finite(value) for value in line] for line in (chart.lower, chart.upper)]
    more = [[controlled.finite(value) for value in line] for line in (chart.centre, chart.target)]
    days = [f"{day:%Y-%m}" for day in months]
    return list(zip(days, means, *lines, signals, *more, strict=True))


def _draw(process: Process, events: tuple[tuple[date, str], ...]) -> Figure:
    chart = unmarked(process.chart) if process.unstable else process.chart
    target = (process.target.removeprefix("the "), chart.target_in_force)
    return spc_chart(chart, chart.values, unit=process.unit, target=target, events=events)


def _month_cells(basis: StayBasis) -> list[Cell]:
    """Return the months' means, hidden where few patients are behind them."""
    found, told = basis.found.trend, basis.found.told
    values = zip(found.chart.values, found.months.index, strict=True)
    cells = [told.derived(float(value), told.month(day)) for value, day in values]
    return [round(cell, 1) if isinstance(cell, float) else cell for cell in cells]


def _process(basis: StayBasis, means: list[Cell]) -> Process:
    """Return the trend with the months that may be shown."""
    shown = np.array([cell if isinstance(cell, float) else np.nan for cell in means])
    hidden = 2 * int(np.isfinite(shown).sum()) < len(shown)
    drawn = chart_told(basis.found.trend.chart, shown, digits=1, origin=basis.origin, blank=hidden)
    return Process(drawn, shown, "the mean stay", "days", 1, basis.wording.benchmark)


# --- other trusts -------------------------------------------------------------------------------------


def peers(basis: StayBasis) -> Part:
    """Return observed over expected bed-days of every trust."""
    found = basis.found.peers
    if found is None:
        return basis.part(
            "peers",
            words={
                "no_funnel": phrase("reasons.stays.no_funnel"),
                "place": phrase("reasons.stays.no_peers"),
            },
        )
    code = basis.report.organisation.code
    own = found.group.index(code)
    outside = sum(flag != "within" for place, flag in enumerate(found.flag) if place != own)
    words = los_words.peers_sentence(
        found.flag[own], found.flag95[own], trusts=len(found.group), outside=outside
    )
    rows: list[tuple[Cell, ...]] = [
        (str(code), round(float(value), 2), flag, round(float(precision)))
        for code, value, flag, precision in zip(
            found.group, found.value, found.flag, found.denominator, strict=True
        )
    ]
    widened = ", limits widened for the variety between trusts" if found.adjusted else ""
    ratio = number(found.value[own], 2)
    return basis.part(
        "peers",
        rows=rows,
        caption=f"Observed over expected bed-days of {len(found.group)} trusts{widened}.",
        alt=f"Funnel plot of {len(found.group)} trusts; this trust's ratio is {ratio}. {words}",
        words={"place": words},
        values={"trusts": len(found.group), "outside": outside, "ratio": rows[own][1]},
        chart=partial(
            rate_funnel_chart,
            np.round(found.denominator),
            np.round(found.value, 2),
            own,
            _limit_lines(found),
            label=f"{code}: {ratio}",
            centre=1,
            axis_labels=_AXES,
        ),
    )


def _limit_lines(found: Funnel) -> dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    x = np.linspace(found.denominator.min() * 0.8, found.denominator.max() * 1.04, 120)
    limits = found.limits_at(x)
    lines = {"95%": (limits.lower95, limits.upper95), "99.8%": (limits.lower998, limits.upper998)}
    return {name: (np.round(x), np.round(low, 3), np.round(high, 3)) for name, (low, high) in lines.items()}
