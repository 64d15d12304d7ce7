"""Contracts: why actual and plan differ, what is due under the rules of a year, what an incentive has earned.

Money is whole pence, and parts add up to their whole exactly. Quantities may be fractions: a plan of 1,000 a year
is 83 1/3 a month.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from math import floor

from helpers.errors import ArgumentError


@dataclass(frozen=True)
class LineMonth:
    """What was planned and done of one line of a contract in one month.

    Attributes
    ----------
    planned, price
        Planned quantity and unit price in pence; None where the plan has no such line, or no price for it.
    done, value
        Quantity delivered and its value in pence; None where nothing has been returned.
    """

    planned: Fraction | None = None
    price: Fraction | None = None
    done: Fraction | None = None
    value: int | None = None

    @property
    def compared(self) -> bool:
        """Whether plan and return speak of it alike: a month that has not been returned is not a month of nothing."""
        return self.value is not None

    @property
    def planned_value(self) -> Fraction:
        """The plan's value in pence."""
        return (self.planned or Fraction(0)) * (self.price or Fraction(0))


@dataclass(frozen=True)
class Split:
    """Why the value delivered differs from a twelfth of the year's plan a month, in pence.

    Attributes
    ----------
    volume
        More or less of everything, at the plan's mean price.
    mix
        Dearer or cheaper lines than planned.
    price
        Another value for the same thing than the plan's price.
    phasing
        What the plan itself expects in these months beyond a twelfth each.
    unplanned
        Lines for which the plan has no price.
    """

    volume: int = 0
    mix: int = 0
    price: int = 0
    phasing: int = 0
    unplanned: int = 0

    @property
    def total(self) -> int:
        """All of the difference."""
        return sum(getattr(self, each.name) for each in fields(self))

    @property
    def against_plan(self) -> int:
        """The difference from the plan of these months."""
        return self.total - self.phasing

    @property
    def main(self) -> str:
        """The name of the largest part of the difference from the plan that goes the same way."""
        parts = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "phasing"}
        sign = -1 if self.against_plan < 0 else 1
        return max(parts, key=lambda name: sign * parts[name])

    def __add__(self, other: Split) -> Split:
        return Split(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))


def split_difference(cells: Iterable[LineMonth], *, year: Fraction | None = None) -> Split:
    """Return why the value of a group of lines differs from its plan.

    Parameters
    ----------
    cells
        The lines of a specialty by month; those that have not been returned are left out on both sides.
    year
        What the plan makes a twelfth of the year a month for the months compared, in pence; None where the plan does
        not cover a year: then there is no phasing.

    Returns
    -------
    Split
        Rounded so that the parts add up to the rounded whole.

    Notes
    -----
    With Q and q the quantities delivered and planned, p the plan's price of a cell and P the plan's mean price:
    volume (Q - q) P, mix sum(Q p) - Q P, price sum(value - Q p). Where the plan is nought, P is the mean plan price
    of what was delivered, so that all of it is volume. A price that changes in the year is the price of its months.

    >>> month = (Fraction(10), Fraction(100))
    >>> split_difference([LineMonth(*month, Fraction(12), 1300)])
    Split(volume=200, mix=0, price=100, phasing=0, unplanned=0)
    """
    known = [each for each in cells if each.compared]
    priced = [each for each in known if each.price is not None]
    plan = _sum(each.planned_value for each in priced)
    quantity, done = _sum(each.planned for each in priced), _sum(each.done for each in priced)
    at_plan_price = _sum((each.done or 0) * (each.price or 0) for each in priced)
    mean = plan / quantity if quantity else at_plan_price / (done or 1)
    parts = {
        "volume": (done - quantity) * mean,
        "mix": at_plan_price - done * mean,
        "price": _sum(each.value for each in priced) - at_plan_price,
        "phasing": Fraction(0) if year is None else plan - year,
        "unplanned": _sum(each.value for each in known if each.price is None),
    }
    return Split(**round_parts(parts))


def _sum(amounts: Iterable[Fraction | int | None]) -> Fraction:
    return sum((Fraction(each or 0) for each in amounts), Fraction(0))


def nearest(amount: Fraction) -> int:
    """Return the nearest whole number, halves upwards."""
    return floor(amount + Fraction(1, 2))


def round_parts(parts: Mapping[str, Fraction]) -> dict[str, int]:
    """Return parts as whole numbers that add up to their rounded sum, each within one of what it was.

    Notes
    -----
    The largest remainders are rounded up (Hamilton's method).

    >>> round_parts({"a": Fraction(1, 3), "b": Fraction(1, 3), "c": Fraction(1, 3)})
    {'a': 1, 'b': 0, 'c': 0}
    """
    whole = nearest(sum(parts.values(), Fraction(0)))
    down = {name: floor(part) for name, part in parts.items()}
    up = whole - sum(down.values())
    first = sorted(parts, key=lambda name: down[name] - parts[name])[:up]
    return {name: down[name] + (name in first) for name in parts}


def exact(number: float) -> Fraction:
    """Return a number as it is written.

    >>> exact(0.7)
    Fraction(7, 10)
    """
    return Fraction(repr(float(number)))


def amount_due(
    planned: Fraction,
    delivered: Fraction,
    *,
    fixed: float = 0.0,
    bands: Iterable[tuple[float, float | None]] = (),
) -> int:
    """Return what is due for an element of a contract, in pence.

    Parameters
    ----------
    planned, delivered
        Values in pence for the same months. Where nothing was planned, all falls in the last band without an end.
    fixed
        Share of the plan that is paid whatever is done.
    bands
        Rate and end (a multiple of the plan, rising; None: without end) of what is paid of what is done. Beyond the
        last one nothing is: that is a cap.

    >>> amount_due(Fraction(100_00), Fraction(115_00), bands=[(1, 1.05), (0.7, None)])
    11200
    """
    due, start = exact(fixed) * planned, Fraction(0)
    for rate, up_to in bands:
        end = delivered if up_to is None else min(delivered, exact(up_to) * planned)
        due += exact(rate) * max(end - start, Fraction(0))
        start = max(start, end)
    return nearest(due)


def sliding_share(value: float, low: float, high: float) -> float:
    """Return the share of an incentive that a value has earned: none at `low`, all at `high`, even between them.

    Where less is better, `low` is the larger of the two.

    Raises
    ------
    ArgumentError
        Ends that are the same.

    >>> sliding_share(85, 80, 90), sliding_share(95, 80, 90), sliding_share(6, 8, 4)
    (0.5, 1.0, 0.5)
    """
    if low == high:
        raise ArgumentError("high", f"{high:g}, the same as low", "another value than low")
    return min(max((value - low) / (high - low), 0.0), 1.0)
