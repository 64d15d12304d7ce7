"""How many appointments are missed: by kind, here and at every trust, and month by month."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from typing import Final

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from helpers.analyses.missed_appointments import words as dna_words
from helpers.analyses.missed_appointments.basis import AppointmentBasis
from helpers.analyses.missed_appointments.findings import PER_CENT, Counts, DnaFindings
from helpers.bundle import SUPPRESSED, Cell, Origin
from helpers.data.policy import policy_for
from helpers.data.series.appointments import ALL, FIRST, FOLLOW_UP, MOST_HIDDEN
from helpers.phrases import phrase
from helpers.report import controlled
from helpers.report.charts import rates as charts_rates
from helpers.report.charts.rates import RateMonths
from helpers.report.controlled_charts import WITHOUT_LIMITS, lines_may_be_drawn
from helpers.report.parts import Part
from helpers.report.words import count, interval, month, number, sentence
from helpers.stats.rates import proportion

_KINDS: Final = {ALL: "All appointments", FIRST: "First appointments", FOLLOW_UP: "Follow-ups"}


def rates(basis: AppointmentBasis) -> Part:
    """Return appointments, missed ones and the rate, by kind, here and elsewhere."""
    found, covered = basis.found, _covered(basis.found)
    own, of_months = found.shown(), f": {count(covered[0], 'month')} of {covered[1]}" if covered else ""
    return basis.part(
        "rates",
        rows=[*_kind_rows(basis), *_rows_of_others(basis)],
        caption=f"Appointments missed without notice, {found.period.label}{of_months}.",
        note=_bounds_note(found),
        words=_words(found, own),
        values={
            "basis": found.basis,
            **{
                name: round(getattr(own, name), 2) if own else None for name in ("missed", "booked", "rate")
            },
        },
    )


def rate_words(found: DnaFindings) -> str:
    """Say how many were missed, beside a common rate: what a board should know."""
    own, trust = found.shown(), found.organisation.name
    if not found.recorded:
        return dna_words.not_recorded_sentence(trust, SUPPRESSED if own is None else own.rate)
    if own is None:
        return phrase("reasons.missed.hidden")
    beside = ""
    if found.comparable:
        other = found.england or found.all_trusts
        name = "England's" if found.england else "the trusts' common rate of"
        beside = dna_words.beside_words(own.rate, other.rate, name)
    return dna_words.rate_sentence(
        trust, own.missed, own.booked, own.rate, beside, hidden=bool(own.hidden), covered=_covered(found)
    )


def _words(found: DnaFindings, own: Counts | None) -> dict[str, str]:
    if own is None or not found.recorded:
        return {"rate": rate_words(found)}
    ends = interval(*_wilson(own.missed, own.booked), unit="%")
    words = {"interval": f"The 95% interval of the rate is {ends}."}
    if own.hidden:
        months = count(own.hidden, "month")
        words["hidden"] = phrase("statements.missed.hidden_months", months=months, most=MOST_HIDDEN)
    if found.comparable:
        best = found.peers.spread.lower_quartile
        words["best_quarter"] = dna_words.best_sentence(best, own.missed - own.booked * best / PER_CENT)
    return words


def _covered(found: DnaFindings) -> tuple[int, int] | None:
    """Return how many months have published figures, of how many; None where all have."""
    own, whole = found.counts().months, found.period.months
    return (own, whole) if found.basis == "published" and own < whole else None


def _bounds_note(found: DnaFindings) -> str:
    """Say which sums are bounds, and how many trusts lack months."""
    table, words = found.compared, []
    if bounded := int((table["hidden"] > 0).sum()):
        trusts = count(bounded, "trust")
        words.append(phrase("statements.missed.hidden_trusts", most=MOST_HIDDEN, trusts=trusts))
    lacking = int((table["months"] < found.period.months).sum())
    if lacking and found.basis == "published":
        lack = count(lacking, "trust lacks", "trusts lack")
        words.append(sentence(f"{lack} months and count with those they have"))
    return " ".join(words)


def _kind_rows(basis: AppointmentBasis) -> Iterator[tuple[Cell, ...]]:
    """Yield all appointments, then their parts, so that no star can be told from the sum."""
    for kind, words in _KINDS.items():
        counts = basis.found.counts(kind)
        if kind == ALL or counts.booked:
            yield _row(basis, words, counts, basis.found.cells(kind))


def _rows_of_others(basis: AppointmentBasis) -> Iterator[tuple[Cell, ...]]:
    found = basis.found
    if found.england:
        yield _row(basis, "England, all providers", found.england)
    if found.comparable:
        cells = found.cells_of_all_trusts
        yield _row(basis, "All trusts that record missed appointments", found.all_trusts, cells)


def _row(
    basis: AppointmentBasis, label: str, counts: Counts, cells: tuple[Cell, Cell] | None = None
) -> tuple[Cell, ...]:
    """Return a row of the table; without cells the counts are shown as they are."""
    label = f"{label}, at least" if counts.hidden else label
    booked, missed = cells or (counts.booked, counts.missed)
    if not counts.booked:
        return (label, 0, 0, None, None, None)
    shares = controlled.percentages([counts.missed], [counts.booked], basis.origin)
    rate = controlled.derived(shares, [booked], [missed])[0]
    if not isinstance(rate, int | float):
        return (label, booked, missed, rate, rate, rate)
    return (label, booked, missed, rate, *_wilson(float(missed or 0), float(booked or 0)))


def _wilson(missed: float, booked: float) -> tuple[float, float]:
    found = proportion(missed, booked, multiplier=PER_CENT)
    return float(found.lower95[0]), float(found.upper95[0])


def peers(basis: AppointmentBasis) -> Part:
    """Return every trust's rate, and where this one lies."""
    found, code = basis.found, basis.found.organisation.code
    if not found.comparable:
        none = phrase("reasons.missed.too_few_trusts")
        return basis.part("peers", rows=(), none=none)
    table, funnel = _visible(found, basis.origin), found.peers
    place = list(table.index).index(code) if code in table.index else None
    label = code if place is None else f"{code}: {number(float(table['rate'].iloc[place]), 1)}%"
    is_caterpillar = funnel.advice == "caterpillar"
    kind = "Each trust's rate with its 95% interval" if is_caterpillar else "Funnel of rates"
    flags, trusts = dict(zip(funnel.group, funnel.flag, strict=True)), count(len(table), "trust")
    marked = "" if place is None else f"; this trust's is marked, {label}"
    return basis.part(
        "peers",
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
    if hidden := len(funnel.group) - len(shown):
        words["not_drawn"] = sentence(phrase("statements.missed.not_drawn", trusts=count(hidden, "trust")))
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
    if none := basis.not_recorded:
        return basis.part("trend", rows=(), none=none)
    # it may be said which months are hidden only where the totals of this report and earlier ones leave that open
    spans = found.period.spans(found.own_months["dnas"])
    marked = all(controlled.leave_values_open(span, sum(span), origin) for span in spans)
    months, cells = list(found.own_months.index), _month_cells(found, origin) if marked else []
    if not marked or cells.count(SUPPRESSED) * 2 > len(cells) - cells.count(None):
        words = {
            "no_chart": phrase("reasons.missed.no_months"),
            **({} if marked else {"no_trend": phrase("reasons.missed.no_trend")}),
        }
        return basis.part("trend", rows=(), words=words)
    drawn = _drawn(found, cells, origin)
    return basis.part(
        "trend",
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
