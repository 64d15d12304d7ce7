"""The lines of a contract put together: by specialty, by what pays them, and for the year.

A line that counts few people in any month stands only in a group of all such lines, so that no figure on the page, and
no difference between the pages of two months, tells how many they were.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from math import isnan
from typing import TYPE_CHECKING, Final

import numpy as np

from helpers.data.disclosure.deciding import Asked
from helpers.data.disclosure.queries import CONTRACT, LINE, Condition, Query
from helpers.data.schema import CONTRACT_FIGURES
from helpers.errors import DataError, Problem
from helpers.register.contract import Contract, PaymentElement, PaymentScheme
from helpers.report.period import add_months
from helpers.stats.contract import Cell, Split, amount_due, exact, nearest, split_difference
from helpers.stats.trajectory import FEWEST_POINTS, TargetAhead, TargetForecast, trajectory

if TYPE_CHECKING:
    import pandas as pd

    from helpers.data.policy import DisclosurePolicy
    from helpers.report.opening import Report

#: what the group of small lines is called
SMALL: Final = "Lines with few patients"
MONTHS: Final = 12
_POUND: Final = 100
_THOUSAND: Final = 1_000
#: specialty, point of delivery, and what the ledger calls the line
Line = tuple[str, str, str]


@dataclass(frozen=True)
class LeftOut:
    """A line in a month that was planned and has not been returned; `planned` in pence."""

    specialty: str
    month: date
    planned: int


@dataclass(frozen=True)
class Row:
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
        return _due(self.element, Fraction(self.year), Fraction(delivered))


@dataclass(frozen=True)
class Balance:
    """A contract from April to a month."""

    months: tuple[date, ...]
    rows: tuple[Row, ...]  # the largest difference from plan first
    paid: tuple[Paid, ...]
    left_out: tuple[LeftOut, ...]
    year: int | None  # value of the whole year's plan; None where it does not cover the year
    forecast: TargetForecast | None  # of the year's value, in £
    #: together, paid_together: whether the ledger lets specialties, or elements, not be told apart
    together: bool = False
    paid_together: bool = False

    @property
    def total(self) -> Row:
        """All rows together."""
        return Row(
            "Total",
            sum(each.planned for each in self.rows),
            sum(each.done for each in self.rows),
            sum(each.planned_value for each in self.rows),
            sum(each.value for each in self.rows),
            sum((each.split for each in self.rows), Split()),
            tuple(line for each in self.rows for line in each.lines),
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
        As `helpers.data.contract.contract_lines` returns it.
    last
        First day of the last month.
    policy
        Which counts are too small to stand alone.
    """
    first = date(last.year - (last.month < 4), 4, 1)
    months = tuple(add_months(first, n) for n in range((last.month - 4) % MONTHS + 1))
    year = _cells(frame[frame["month"].between(first, add_months(first, MONTHS - 1))])
    lines = {line: {m: cells.get(m, Cell(line[1])) for m in months} for line, cells in year.items()}
    groups = _grouped(lines, policy)
    rows = [_row(name, members, lines, year) for name, members in groups.items()]
    elements = _by_element(lines, scheme)
    return Balance(
        months,
        tuple(sorted(rows, key=lambda row: (-abs(row.split.against_plan), row.name))),
        tuple(_paid(name, members, lines, year, scheme, contract) for name, members in elements.items()),
        tuple(_left_out(lines)),
        _year_value(year),
        _forecast(frame, months, year),
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
        raise DataError(
            Problem(report.organisation.code, came, cure="choose a month with more of the year")
        )
    together, paid_together = (any(told[each.query].star for each in some) for some in (rows, paid))
    shown = (replace(balance.total, name="All specialties"),) if together else balance.rows
    return replace(balance, rows=shown, together=together, paid_together=paid_together)


def _cells(frame: pd.DataFrame) -> dict[Line, dict[date, Cell]]:
    found: dict[Line, dict[date, Cell]] = {}
    for row in frame.to_dict("records"):
        planned, price, done, value = (
            None if isnan(row[name]) else exact(row[name]) for name in CONTRACT_FIGURES
        )
        price = None if price is None else price * _POUND
        worth = None if value is None else nearest(value * _POUND)
        if worth is None and done is not None and price is not None:
            worth = nearest(
                done * price
            )  # what was done is worth the plan's price where nothing else is said
        line = row["specialty"], row["point_of_delivery"], row["line"]
        cell = Cell(line[1], planned, price, done, None if done is None else worth)
        found.setdefault(line, {})[row["month"]] = cell
    return found


def _grouped(lines: Mapping[Line, Mapping[date, Cell]], policy: DisclosurePolicy) -> dict[str, list[Line]]:
    """Return the lines by specialty, those that count few people in any month in a group of their own."""
    size = {line: sum(cell.done or 0 for cell in cells.values()) for line, cells in lines.items()}
    small = [line for line in lines if _counts_few([line], lines, policy)]
    rest = sorted((line for line in lines if line not in small and size[line]), key=lambda line: size[line])
    while small and rest and _counts_few(small, lines, policy):
        small.append(rest.pop(0))
    groups: dict[str, list[Line]] = {}
    for line in lines:
        groups.setdefault(SMALL if line in small else line[0], []).append(line)
    return groups


def _counts_few(
    members: Iterable[Line], lines: Mapping[Line, Mapping[date, Cell]], policy: DisclosurePolicy
) -> bool:
    """Tell whether some lines together count few people in any month."""
    months: dict[date, float] = {}
    for line in members:
        for month, cell in lines[line].items():
            months[month] = months.get(month, 0) + float(cell.done or 0)
    return any(policy.hides(count) for count in months.values())


def _row(
    name: str,
    members: Sequence[Line],
    lines: Mapping[Line, Mapping[date, Cell]],
    year: Mapping[Line, Mapping[date, Cell]],
) -> Row:
    # mix is a matter of one specialty: small lines of several are each held against their own plan
    parts = [[line] for line in members] if name == SMALL else [list(members)]
    splits = [
        split_difference(
            [cell for line in part for cell in lines[line].values()],
            year=sum((_twelfths(lines[line], year[line]) for line in part), Fraction(0)),
        )
        for part in parts
    ]
    known = [cell for line in members for cell in lines[line].values() if cell.compared]
    value = sum(cell.value or 0 for cell in known)
    split = sum(splits, Split())
    planned = float(sum(cell.planned or 0 for cell in known))
    done = int(sum(cell.done or 0 for cell in known))
    return Row(name, planned, done, value - split.against_plan, value, split, _keys(members))


def _twelfths(so_far: Mapping[date, Cell], year: Mapping[date, Cell]) -> Fraction:
    """Return a twelfth of a line's plan for each month compared; its plan where that does not cover the year."""
    known = [cell for cell in so_far.values() if cell.compared]
    planned = [cell for cell in year.values() if cell.planned is not None]
    if len(planned) < MONTHS:
        return sum((cell.planned_value for cell in known), Fraction(0))
    return sum((cell.planned_value for cell in planned), Fraction(0)) * len(known) / MONTHS


def _by_element(
    lines: Mapping[Line, Mapping[date, Cell]], scheme: PaymentScheme | None
) -> dict[str | None, list[Line]]:
    found: dict[str | None, list[Line]] = {}
    for line in lines if scheme is not None else ():
        assert scheme is not None, "there are no elements without one"
        found.setdefault(scheme.element_of(line[1]), []).append(line)
    return found


def _paid(
    name: str | None,
    members: Sequence[Line],
    lines: Mapping[Line, Mapping[date, Cell]],
    year: Mapping[Line, Mapping[date, Cell]],
    scheme: PaymentScheme | None,
    contract: Contract | None,
) -> Paid:
    agreed = {} if contract is None else contract.terms
    element = None if name is None or scheme is None else agreed.get(name, scheme.elements[name])
    known = [cell for line in members for cell in lines[line].values() if cell.compared]
    planned = sum((cell.planned_value for cell in known), Fraction(0))
    delivered = sum(cell.value or 0 for cell in known)
    whole = sum((cell.planned_value for line in members for cell in year[line].values()), Fraction(0))
    due = _due(element, planned, Fraction(delivered))
    return Paid(element, nearest(planned), delivered, due, nearest(whole), _keys(members))


def _keys(members: Iterable[Line]) -> tuple[str, ...]:
    return tuple(key for *_, key in members)


def _due(element: PaymentElement | None, planned: Fraction, delivered: Fraction) -> int:
    if element is None:
        return 0
    bands = [(band.rate, band.up_to) for band in element.bands]
    return amount_due(planned, delivered, fixed=element.fixed, bands=bands)


def _left_out(lines: Mapping[Line, Mapping[date, Cell]]) -> list[LeftOut]:
    found: dict[tuple[str, date], Fraction] = {}
    for (specialty, *_), cells in lines.items():
        for month, cell in cells.items():
            if not cell.compared and cell.planned_value:
                key = (specialty, month)
                found[key] = found.get(key, Fraction(0)) + cell.planned_value
    return [LeftOut(*key, nearest(planned)) for key, planned in sorted(found.items())]


def _year_value(year: Mapping[Line, Mapping[date, Cell]]) -> int | None:
    cells = [cell for each in year.values() for cell in each.values()]
    months = {month for each in year.values() for month, cell in each.items() if cell.planned is not None}
    return (
        nearest(sum((cell.planned_value for cell in cells), Fraction(0))) if len(months) == MONTHS else None
    )


def _forecast(
    frame: pd.DataFrame, months: Sequence[date], year: Mapping[Line, Mapping[date, Cell]]
) -> TargetForecast | None:
    """Return the forecast of the year's value from whole thousands; lines that have not come count as planned."""
    plan, ahead = _year_value(year), MONTHS - len(months)
    actual = [
        {month: cell.value for month, cell in cells.items() if cell.compared}
        for cells in _cells(frame[frame["month"] <= months[-1]]).values()
    ]
    known = sorted({month for each in actual for month in each})
    if plan is None or not ahead or len(known) < FEWEST_POINTS or known[-1] != months[-1]:
        return None
    totals = {month: sum(each.get(month) or 0 for each in actual) for month in known}
    for cells in year.values():
        for month in set(months) & set(totals):
            cell = cells.get(month)
            if cell is not None and not cell.compared:
                totals[month] += nearest(cell.planned_value)
    span = (known[-1].year - known[0].year) * MONTHS + known[-1].month - known[0].month + 1
    series = [totals.get(add_months(known[0], n), np.nan) for n in range(span)]
    shown = np.round(np.array(series, dtype=float) / _POUND / _THOUSAND) * _THOUSAND
    target = TargetAhead(
        value=plan / _POUND, horizon=ahead, improvement="decrease", met="total", so_far=len(months)
    )
    return trajectory(shown, target, kind="count")
