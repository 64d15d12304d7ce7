"""Why plan and actual differ, what is due, and what has been earned: by hand, and on thousands of random plans."""

from __future__ import annotations

import random
from dataclasses import fields
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as some

from helpers.errors import ArgumentError
from helpers.stats.contract import (
    LineMonth,
    Split,
    amount_due,
    round_parts,
    sliding_share,
    split_difference,
)

POUND = 100


def cell(planned: float | None, price: float | None, done: float | None, value: float | None) -> LineMonth:
    """Return a cell whose money is given in pounds."""
    return LineMonth(
        None if planned is None else Fraction(str(planned)),
        None if price is None else Fraction(str(price)) * POUND,
        None if done is None else Fraction(str(done)),
        None if value is None else round(value * POUND),
    )


def pounds(split: Split) -> dict[str, float]:
    return {
        each.name: getattr(split, each.name) / POUND for each in fields(split) if getattr(split, each.name)
    }


def test_price_volume_and_mix_by_hand() -> None:
    # planned 150 at £2,000 on average; as many were done, 20 of them dearer than planned, at £100 more each
    lines = [cell(100, 1_000, 80, 80_000), cell(50, 4_000, 70, 287_000)]
    assert pounds(split_difference(lines)) == {"mix": 60_000, "price": 7_000}
    # a tenth more of everything is volume alone: a tenth of £300,000
    more = [cell(100, 1_000, 110, 110_000), cell(50, 4_000, 55, 220_000)]
    assert pounds(split_difference(more)) == {"volume": 30_000}
    assert split_difference(lines).main == "mix"


def test_phasing_is_what_the_plan_itself_expects_beyond_a_twelfth() -> None:
    # £10,000 of a year of £144,000: £2,000 less than a twelfth, and £1,000 more was done than planned
    found = split_difference([cell(10, 1_000, 11, 11_000)], year=Fraction(12_000 * POUND))
    assert pounds(found) == {"volume": 1_000, "phasing": -2_000}
    assert (found.total, found.against_plan) == (-1_000 * POUND, 1_000 * POUND)


def test_a_price_that_changes_in_the_year_is_that_of_its_months() -> None:
    # the same number, done in the dearer months: no other price was paid, and no more was done
    months = [cell(10, 100, 5, 500), cell(10, 120, 15, 1_800)]
    assert pounds(split_difference(months)) == {"mix": 100}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([cell(0, 50, 4, 200)], {"volume": 200}),  # a plan of nought
        ([cell(None, 50, 4, 220)], {"volume": 200, "price": 20}),  # a price and no number
        ([cell(None, None, 4, 200)], {"unplanned": 200}),
        ([cell(10, 50, None, None)], {}),  # not returned: left out on both sides
        ([cell(10, 50, 0, 0)], {"volume": -500}),  # returned, and none was done
        ([cell(10, 50, 0, -80)], {"volume": -500, "price": -80}),  # a credit
        ([], {}),
    ],
)
def test_what_has_no_plan_or_no_return(lines: list[LineMonth], expected: dict[str, float]) -> None:
    assert pounds(split_difference(lines)) == expected


def random_plan(rng: random.Random) -> list[LineMonth]:
    """Return a few lines, with any of their four figures missing now and then."""

    def maybe(value: Fraction) -> Fraction | None:
        return None if rng.random() < 0.1 else value

    return [
        LineMonth(
            maybe(Fraction(rng.randrange(0, 9_000), 12)),
            maybe(Fraction(rng.randrange(0, 900_000), rng.choice([1, 3]))),
            Fraction(rng.randrange(0, 900)),
            None if rng.random() < 0.1 else rng.randrange(-50_000, 90_000_000),
        )
        for _ in range(rng.randrange(0, 7))
    ]


def test_parts_of_two_thousand_random_plans_add_up_to_the_penny() -> None:
    rng, added = random.Random(22), 0
    for _ in range(2_000):
        plan = random_plan(rng)
        year = Fraction(rng.randrange(0, 10**9), 12)
        split = split_difference(plan, year=year)
        known = [each for each in plan if each.value is not None]
        whole = sum((Fraction(each.value or 0) for each in known), Fraction(0)) - year
        assert abs(split.total - whole) <= Fraction(1, 2)
        planned = sum((each.planned_value for each in known), Fraction(0))
        assert abs(split.phasing - (planned - year)) < 1
        added += bool(known)
    assert added > 1_000


@given(some.dictionaries(some.text(), some.fractions(-1000, 1000), max_size=6))
def test_rounded_parts_add_up_and_none_is_off_by_one(parts: dict[str, Fraction]) -> None:
    found = round_parts(parts)
    assert abs(sum(found.values()) - sum(parts.values(), Fraction(0))) <= Fraction(1, 2)
    assert all(abs(found[name] - part) < 1 for name, part in parts.items())


@pytest.mark.parametrize(
    ("terms", "delivered", "due"),
    [
        ({"bands": [(1, None)]}, 120, 120),  # all at full price
        ({"fixed": 1}, 120, 100),  # a block
        ({"bands": [(1, 1.1)]}, 120, 110),  # a cap at 110% of plan
        ({"bands": [(1, 1.05), (0.7, None)]}, 115, 112),  # 105 in full, 10 at 70%
        ({"bands": [(1, 1.05), (0.7, None)]}, 90, 90),
        (
            {"fixed": 0.8, "bands": [(0.2, None)]},
            90,
            98,
        ),  # a blend: 80 whatever is done, and a fifth of what is
        ({"fixed": 0.5, "bands": [(0.5, 1), (0.75, None)]}, 120, 115),  # half deducted below, 75% above
        ({"fixed": 0.5, "bands": [(0.5, 1), (0.75, None)]}, 80, 90),
    ],
)
def test_what_is_due_of_a_plan_of_100_pounds(terms: dict[str, object], delivered: int, due: int) -> None:
    found = amount_due(Fraction(100 * POUND), Fraction(delivered * POUND), **terms)  # type: ignore[arg-type]
    assert found == due * POUND


def test_without_a_plan_all_falls_in_the_open_band() -> None:
    assert amount_due(Fraction(0), Fraction(5_000), bands=[(1, 1.05), (0.7, None)]) == 3_500


def test_a_sliding_incentive_by_hand() -> None:
    assert [sliding_share(value, 80, 90) for value in (79, 80, 82.5, 90, 99)] == [0, 0, 0.25, 1, 1]
    assert sliding_share(7, low=8, high=4) == pytest.approx(0.25)  # where less is better
    with pytest.raises(ArgumentError, match="the same as low"):
        sliding_share(1, 2, 2)
