"""The lines of a contract put together: by specialty, by what pays them, and for the year.

A line that counts few people in any month stands only in a group of all such lines, so that no figure on the page, and
no difference between the pages of two months, tells how many they were.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import cached_property
from math import isnan
from typing import Any, Final

import numpy as np
import pandas as pd

from helpers.data.disclosure.deciding import Asked
from helpers.data.disclosure.queries import CONTRACT, LINE, Condition, Query
from helpers.data.policy import DisclosurePolicy
from helpers.data.schema import CONTRACT_FIGURES
from helpers.errors import DataError
from helpers.register.contract import APRIL, Contract, PaymentElement, PaymentScheme
from helpers.report.period import Period, add_months
from helpers.report.report import Report
from helpers.stats.contract import LineMonth, Split, amount_due, exact, nearest, split_difference
from helpers.stats.trajectory import FEWEST_POINTS, TargetAhead, TargetForecast, trajectory

#: what the group of small lines is called
SMALL: Final = "Lines with few patients"
MONTHS: Final = 12
_POUND: Final = 100
_THOUSAND: Final = 1_000


@dataclass(frozen=True)
class ContractLine:
    """A point of delivery of a specialty, in the year so far and in all of it."""

    specialty: str
    point: str
    key: str  # what the ledger calls it
    so_far: Mapping[date, LineMonth]
    year: Mapping[date, LineMonth]
    before: Mapping[date, LineMonth]  # months before the year

    @cached_property
    def known(self) -> list[LineMonth]:
        """What has been returned of the year so far."""
        return [cell for cell in self.so_far.values() if cell.compared]

    @property
    def planned(self) -> Fraction:
        """The plan's value of what has been returned."""
        return sum((cell.planned_value for cell in self.known), Fraction(0))

    @property
    def value(self) -> int:
        """The value of what has been returned."""
        return sum(cell.value or 0 for cell in self.known)

    @property
    def whole(self) -> Fraction:
        """The plan's value of the year."""
        return sum((cell.planned_value for cell in self.year.values()), Fraction(0))

    @property
    def twelfths(self) -> Fraction:
        """A twelfth of the year's plan for each month returned; its plan where that does not cover the year."""
        covered = sum(cell.planned is not None for cell in self.year.values())
        return self.planned if covered < MONTHS else self.whole * len(self.known) / MONTHS


@dataclass(frozen=True)
class Variance:
    """A specialty, or the group of small lines: numbers, money in pence, and why it differs from plan."""

    name: str
    planned: float
    done: int
    planned_value: int
    value: int
    split: Split
    lines: tuple[str, ...]  # as the ledger calls them


@dataclass(frozen=True)
class Paid:
    """What an element of the payment scheme comes to, in pence: for the months so far, and the year's plan."""

    element: PaymentElement | None  # none: no rule pays these lines
    planned: int
    delivered: int
    due: int
    year: int
    lines: tuple[str, ...] = ()

    def due_at(self, delivered: int) -> int:
        """Return what would be due for the year."""
        return _due(self.element, self.year, delivered)


@dataclass(frozen=True)
class Balance:
    """A contract from April to a month."""

    months: tuple[date, ...]
    rows: tuple[Variance, ...]  # the largest difference from plan first
    paid: tuple[Paid, ...]
    #: what was planned and has not been returned, in pence, by specialty and month
    left_out: Mapping[str, Mapping[date, int]]
    year: int | None  # value of the whole year's plan; None where it does not cover the year
    forecast: TargetForecast | None  # of the year's value, in £
    #: together, paid_together: whether the ledger lets specialties, or elements, not be told apart
    together: bool = False
    paid_together: bool = False

    @property
    def total(self) -> Variance:
        """All rows together."""
        figures = ("planned", "done", "planned_value", "value")
        summed: Any = {name: sum(getattr(each, name) for each in self.rows) for name in figures}
        split = sum((each.split for each in self.rows), Split())
        return Variance(
            "Total", split=split, lines=tuple(e for row in self.rows for e in row.lines), **summed
        )

    @property
    def due(self) -> int:
        """What is due so far under the rules, in pence."""
        return sum(each.due for each in self.paid)

    def due_at(self, pounds: float) -> int:
        """Return what would be due if the year came to a value, split over the elements as it is so far."""
        whole = sum(each.delivered for each in self.paid)
        return sum(
            each.due_at(round(pounds * _POUND * each.delivered / whole)) if whole else 0
            for each in self.paid
        )


def build_balance(
    frame: pd.DataFrame,
    last: date,
    policy: DisclosurePolicy,
    *,
    scheme: PaymentScheme | None,
    contract: Contract | None,
) -> Balance:
    """Return a contract's balance.

    Parameters
    ----------
    frame
        As `helpers.data.series.contract.contract_lines` returns it.
    last
        First day of the last month.
    policy
        Which counts are too small to stand alone.
    """
    months = Period(date(last.year - (last.month < APRIL), APRIL, 1), last).starts
    lines = _lines(frame, months)
    rows = [_row(name, members) for name, members in _grouped(lines, policy).items()]
    elements: dict[str | None, list[ContractLine]] = {}
    agreed: dict[str, PaymentElement] = {}
    if scheme:
        agreed = scheme.elements | (contract.terms if contract else {})
        for line in lines:
            elements.setdefault(scheme.element_of(line.point), []).append(line)
    covered = {month for line in lines for month, cell in line.year.items() if cell.planned is not None}
    year = nearest(sum((line.whole for line in lines), Fraction(0))) if len(covered) == MONTHS else None
    return Balance(
        months,
        tuple(sorted(rows, key=lambda row: (-abs(row.split.against_plan), row.name))),
        tuple(_paid(agreed[name] if name else None, members) for name, members in elements.items()),
        _left_out(lines),
        year,
        None if year is None else _forecast(lines, months, year),
    )


def as_told(balance: Balance, report: Report) -> Balance:
    """Return a balance without what the ledger does not let be told beside all that was told before.

    Whoever knows prices and an amount knows how many there were, so the ledger takes each number for told exactly;
    where one specialty may not be shown, its amount is what the others leave of the whole: then none is shown apart.

    Raises
    ------
    DataError
        Where not even the whole may be shown.
    """
    end = add_months(balance.months[-1], 1).isoformat()

    def asked(lines: Sequence[str]) -> Asked:
        condition = Condition(LINE, tuple(sorted(lines)))
        query = Query(CONTRACT, report.organisation.code, (condition,), balance.months[0].isoformat(), end)
        return Asked(query, exactly=True)

    whole = asked(balance.total.lines)
    rows, paid = ([asked(each.lines) for each in some] for some in (balance.rows, balance.paid))
    told = report.ask(list({each.query: each for each in (whole, *rows, *paid)}.values()))
    if told[whole.query].star:
        came = "its contract counts so few patients that nothing of it may be shown"
        raise DataError(report.organisation.code, came, cure="choose a month with more of the year")
    together, paid_together = (any(told[each.query].star for each in some) for some in (rows, paid))
    shown = (replace(balance.total, name="All specialties"),) if together else balance.rows
    return replace(balance, rows=shown, together=together, paid_together=paid_together)


def _lines(frame: pd.DataFrame, months: Sequence[date]) -> list[ContractLine]:
    found: dict[tuple[str, str, str], dict[date, LineMonth]] = {}
    for row in frame.to_dict("records"):
        key = row["specialty"], row["point_of_delivery"], row["line"]
        found.setdefault(key, {})[row["month"]] = _cell(row)
    year = [add_months(months[0], n) for n in range(MONTHS)]
    return [
        ContractLine(
            *key,
            {month: cells.get(month, LineMonth()) for month in months},
            {month: cells[month] for month in year if month in cells},
            {month: cell for month, cell in cells.items() if month < months[0]},
        )
        for key, cells in found.items()
        if any(month in cells for month in year)
    ]


def _cell(row: Mapping[Any, Any]) -> LineMonth:
    known = (None if isnan(row[name]) else exact(row[name]) for name in CONTRACT_FIGURES)
    planned, pounds, done, value = known
    price = None if pounds is None else pounds * _POUND
    if done is None:
        return LineMonth(planned, price)
    if value is not None:
        return LineMonth(planned, price, done, nearest(value * _POUND))
    # what was done is worth the plan's price where nothing else is said
    return LineMonth(planned, price, done, None if price is None else nearest(done * price))


def _grouped(lines: Sequence[ContractLine], policy: DisclosurePolicy) -> dict[str, list[ContractLine]]:
    """Return the lines by specialty, those that count few people in any month in a group of their own."""

    def counts_few(members: Iterable[ContractLine]) -> bool:
        months: Counter[date] = Counter()
        for line in members:
            months.update({month: int(cell.done or 0) for month, cell in line.so_far.items()})
        return any(map(policy.hides, months.values()))

    small = [line for line in lines if counts_few([line])]
    sizes = [(sum(cell.done or 0 for cell in line.known), place) for place, line in enumerate(lines)]
    rest = [lines[place] for size, place in sorted(sizes) if size and lines[place] not in small]
    while small and rest and counts_few(small):
        small.append(rest.pop(0))
    groups: dict[str, list[ContractLine]] = {}
    for line in lines:
        groups.setdefault(SMALL if line in small else line.specialty, []).append(line)
    return groups


def _row(name: str, members: Sequence[ContractLine]) -> Variance:
    # mix is a matter of one specialty: small lines of several are each held against their own plan
    parts = [[line] for line in members] if name == SMALL else [members]
    splits = [
        split_difference(
            [cell for line in part for cell in line.so_far.values()],
            year=sum((line.twelfths for line in part), Fraction(0)),
        )
        for part in parts
    ]
    split, value = sum(splits, Split()), sum(line.value for line in members)
    cells = [cell for line in members for cell in line.known]
    planned = float(sum(cell.planned or 0 for cell in cells))
    done, keys = int(sum(cell.done or 0 for cell in cells)), tuple(line.key for line in members)
    return Variance(name, planned, done, value - split.against_plan, value, split, keys)


def _paid(element: PaymentElement | None, members: Sequence[ContractLine]) -> Paid:
    planned = sum((line.planned for line in members), Fraction(0))
    delivered = sum(line.value for line in members)
    year = nearest(sum((line.whole for line in members), Fraction(0)))
    due = _due(element, planned, delivered)
    return Paid(element, nearest(planned), delivered, due, year, tuple(line.key for line in members))


def _due(element: PaymentElement | None, planned: Fraction | int, delivered: int) -> int:
    if element is None:
        return 0
    bands = [(band.rate, band.up_to) for band in element.bands]
    return amount_due(Fraction(planned), Fraction(delivered), fixed=element.fixed, bands=bands)


def _left_out(lines: Sequence[ContractLine]) -> dict[str, dict[date, int]]:
    found: dict[str, dict[date, Fraction]] = {}
    for line in sorted(lines, key=lambda each: each.specialty):
        for month, cell in line.so_far.items():
            if not cell.compared and cell.planned_value:
                planned = found.setdefault(line.specialty, {})
                planned[month] = planned.get(month, Fraction(0)) + cell.planned_value
    return {
        name: {month: nearest(each) for month, each in sorted(planned.items())}
        for name, planned in found.items()
    }


def _forecast(lines: Sequence[ContractLine], months: Sequence[date], year: int) -> TargetForecast | None:
    """Return the forecast of the year's value from whole thousands; lines that have not come count as planned."""
    cells = [(month, cell) for line in lines for month, cell in {**line.before, **line.so_far}.items()]
    known, totals = {month for month, cell in cells if cell.compared}, Counter[date]()
    for month, cell in cells:
        totals[month] += nearest(cell.planned_value) if cell.value is None else cell.value
    first, ahead = min(known, default=months[0]), MONTHS - len(months)
    if not ahead or months[-1] not in known or len(known) < FEWEST_POINTS:
        return None
    series = [totals[each] if each in known else np.nan for each in Period(first, months[-1]).starts]
    shown = np.round(np.array(series, dtype=float) / _POUND / _THOUSAND) * _THOUSAND
    target = TargetAhead(
        value=year / _POUND, horizon=ahead, improvement="decrease", met="total", so_far=len(months)
    )
    return trajectory(shown, target, kind="count")
