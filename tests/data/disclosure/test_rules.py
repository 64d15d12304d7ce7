"""The rule for figures from records; numbers worked by hand from the rule's own words."""

from __future__ import annotations

import subprocess
import sys
from itertools import product

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.bundle import Bundle, Cell, Column, Source
from helpers.data.disclosure import (
    HES_RECORD_LEVEL,
    POSSIBLE_VALUES,
    PUBLISHED,
    control_counts,
    control_share,
    control_value,
    control_with_total,
    disclosure_problems,
    effective_origin,
    policy_for,
    suppressed_cells,
)
from helpers.errors import ArgumentError

COUNTS = st.integers(min_value=0, max_value=60)


def table(columns: list[tuple[str, str]], rows: list[tuple[Cell, ...]], **facts: object) -> Bundle:
    named = tuple(Column(label=label, kind=kind) for label, kind in columns)
    return Bundle(kind="table", id="tbl-x", columns=named, rows=tuple(rows), **facts)


def published(**facts: object) -> Source:
    return Source(name="n", dataset="measure_values/x", as_at="2026-01-01", origin="published", **facts)


# --- counts -------------------------------------------------------------------------------------------


def test_zero_stays_small_counts_are_hidden_and_the_rest_rounded() -> None:
    shown = control_counts(pd.Series([0, 1, 7, 8, 12, 13, 17, 18, 1002, 1003]), HES_RECORD_LEVEL)
    assert shown.tolist() == [0, "*", "*", 10, 10, 15, 15, 20, 1000, 1005]


def test_missing_counts_stay_missing_and_are_not_zero() -> None:
    assert control_counts(pd.Series([None, 3.0]), HES_RECORD_LEVEL).tolist() == [None, "*"]
    assert control_counts(pd.Series([None, None], dtype=float), HES_RECORD_LEVEL).tolist() == [None, None]
    assert control_counts(pd.Series([pd.NA, 9], dtype="Int64"), HES_RECORD_LEVEL).tolist() == [None, 10]


def test_published_figures_pass_without_a_second_rounding() -> None:
    assert control_counts(pd.Series([3.0, 17.0, None]), PUBLISHED).tolist() == [3, 17, None]
    assert control_share(pd.Series([3]), pd.Series([17]), PUBLISHED).tolist() == [3 / 17]
    assert control_value(pd.Series([2.5]), pd.Series([3]), PUBLISHED).tolist() == [2.5]


def test_index_and_name_are_kept() -> None:
    shown = control_counts(pd.Series([3, 20], index=["a", "b"], name="spells"), HES_RECORD_LEVEL)
    assert (list(shown.index), shown.name) == (["a", "b"], "spells")


@pytest.mark.parametrize("count", [-1.0, 2.5])
def test_a_count_that_is_no_count_is_refused_without_repeating_it(count: float) -> None:
    with pytest.raises(ArgumentError, match="negative or not whole") as error:
        control_counts(pd.Series([count]), HES_RECORD_LEVEL)
    assert str(count) not in str(error.value)


@given(COUNTS)
def test_what_is_shown_is_compatible_with_the_count_and_with_at_least_three_others(count: int) -> None:
    shown = HES_RECORD_LEVEL.show(count)
    if isinstance(shown, int) and shown:
        low, high = HES_RECORD_LEVEL.behind(shown)
        assert low <= count <= high
        assert [HES_RECORD_LEVEL.show(value) for value in range(low, high + 1)].count(shown) == 5
        assert HES_RECORD_LEVEL.show(high + 1) != shown


# --- shares and values --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (13, 52, 15 / 50),  # from the rounded numbers, not 13 / 52
        (3, 50, "*"),  # the part
        (97, 100, "*"),  # the complement, 3
        (4, 7, "*"),  # the whole
        (0, 40, 0.0),
        (40, 40, 1.0),
        (0, 0, None),
        (0, 5, "*"),
    ],
)
def test_shares_come_from_rounded_numbers_and_hide_with_part_whole_or_complement(
    part: int, whole: int, shown: Cell
) -> None:
    assert control_share(pd.Series([part]), pd.Series([whole]), HES_RECORD_LEVEL).tolist() == [shown]


@given(COUNTS, COUNTS)
def test_a_share_is_between_0_and_1_or_not_shown(part: int, rest: int) -> None:
    (shown,) = control_share(pd.Series([part]), pd.Series([part + rest]), HES_RECORD_LEVEL)
    assert shown in (None, "*") or 0 <= shown <= 1
    if 1 <= part <= 7 or 1 <= rest <= 7:
        assert shown == "*"


def test_a_numerator_above_its_denominator_and_unlike_indexes_are_refused() -> None:
    with pytest.raises(ArgumentError, match="numerator"):
        control_share(pd.Series([20]), pd.Series([10]), HES_RECORD_LEVEL)
    with pytest.raises(ArgumentError, match="denominator"):
        control_share(pd.Series([20]), pd.Series([30, 40]), HES_RECORD_LEVEL)


def test_a_derived_figure_is_hidden_where_its_count_is_hidden_or_unknown() -> None:
    value = pd.Series([4.2, 9.0, 3.0, None, 5.0])
    count = pd.Series([8, 7, None, 50, 0])
    assert control_value(value, count, HES_RECORD_LEVEL).tolist() == [4.2, "*", "*", None, 5.0]


def test_origin_decides_the_policy() -> None:
    assert policy_for("records") is HES_RECORD_LEVEL
    assert policy_for("published") is PUBLISHED


# --- totals -------------------------------------------------------------------------------------------


def test_a_total_is_summed_exactly_and_then_rounded() -> None:
    # 11 + 11 + 11 = 33 prints 10, 10, 10 and 35, not 30.
    shown = control_with_total(pd.Series([11, 11, 11]), HES_RECORD_LEVEL)
    assert (shown.cells, shown.total, shown.suppressed) == ((10, 10, 10), 35, 0)


def test_a_star_that_subtraction_would_tell_takes_another_with_it() -> None:
    # methods section 9: 8 + 8 + 1 prints 10, 10, *, 15, and only 1 is possible.
    shown = control_with_total(pd.Series([8, 8, 1]), HES_RECORD_LEVEL)
    assert shown.total == 15
    assert suppressed_cells(shown.cells) == 2


def test_a_star_that_stays_open_needs_no_second() -> None:
    # 100 + 50 + 4 prints 100, 50, *, 155: the star may be 153 - 154 = 1 (at least) to 157 - 146 = 7.
    assert control_with_total(pd.Series([100, 50, 4]), HES_RECORD_LEVEL).cells == (100, 50, "*")


def test_a_missing_part_leaves_the_total_missing() -> None:
    assert control_with_total(pd.Series([20.0, None]), HES_RECORD_LEVEL).total is None


def possible(shown: tuple[Cell, ...], total: int, place: int) -> set[int]:
    """Every value of one star that some filling of the cells allows; stars hold 1 to 7."""
    ranges = [
        range(1, 8)
        if cell == "*"
        else range(*(lambda low, high: (low, high + 1))(*HES_RECORD_LEVEL.behind(cell)))
        for cell in shown
        if cell is not None
    ]
    low, high = HES_RECORD_LEVEL.behind(total)
    return {cells[place] for cells in product(*ranges) if low <= sum(cells) <= high}


@given(st.lists(st.integers(min_value=0, max_value=40), min_size=2, max_size=4))
def test_no_star_can_be_told_from_a_total_that_is_shown(counts: list[int]) -> None:
    shown = control_with_total(pd.Series(counts), HES_RECORD_LEVEL)
    if not isinstance(shown.total, int):
        return
    for place, cell in enumerate(shown.cells):
        if cell == "*":
            values = possible(shown.cells, shown.total, place)
            # None at all: a reader sees that one star must be a larger count, and learns no small one.
            assert not values or len(values) >= POSSIBLE_VALUES


# --- the gate -----------------------------------------------------------------------------------------


def test_controlled_counts_pass_the_gate() -> None:
    rows = [("A", 10), ("B", 0), ("C", "*"), ("D", None), ("E", 1005), ("F", "–")]
    assert disclosure_problems([table([("Trust", "label"), ("Spells", "count")], rows)]) == []


@pytest.mark.parametrize("cell", [3, 5, 8, 12, 10.5, -5, "7", float("inf")])
def test_an_uncontrolled_count_is_named_by_place_and_not_repeated(cell: Cell) -> None:
    bundle = table([("Trust", "label"), ("Spells", "count")], [("A", 20), ("Northern", cell)])
    (problem,) = disclosure_problems([bundle])
    assert problem.where == "tbl-x, column Spells"
    assert problem.came == "1 uncontrolled counts from records, in row 2 (Northern)"
    assert "control_counts" in problem.cure


def test_published_counts_are_not_looked_at_but_mixed_origin_is_records() -> None:
    columns, rows = [("Trust", "label"), ("Spells", "count")], [("A", 3)]
    source = published()
    clean = table(columns, rows, origin="published", sources=(source,))
    mixed = table(
        columns, rows, origin="published", sources=(source, source.model_copy(update={"origin": "records"}))
    )
    assert disclosure_problems([clean]) == []
    assert effective_origin(mixed) == "records"
    assert len(disclosure_problems([mixed])) == 1


def test_a_figure_beside_nothing_but_stars_is_stopped() -> None:
    columns = [("Trust", "label"), ("Spells", "count"), ("Mean", "rate")]
    assert disclosure_problems([table(columns, [("A", "*", "*"), ("B", 20, 3.1), ("C", 0, None)])]) == []
    (problem,) = disclosure_problems([table(columns, [("A", "*", 4.5)])])
    assert "row 1 (A)" in problem.came
    assert "4.5" not in str(problem)


@pytest.mark.parametrize("name", ["Total", "All trusts", "total"])
def test_a_star_that_a_total_row_tells_is_stopped(name: str) -> None:
    columns = [("Trust", "label"), ("Spells", "count")]
    rows: list[tuple[Cell, ...]] = [("A", 10), ("B", 10), ("C", "*"), (name, 15)]
    (problem,) = disclosure_problems([table(columns, rows)])
    assert problem.where == "tbl-x, column Spells"
    assert "subtracting" in problem.came


def test_a_star_that_a_total_column_tells_is_stopped_in_its_row() -> None:
    labels = ("Elective", "Emergency", "Transfer", "Total")
    columns = [("Trust", "label"), *((label, "count") for label in labels)]
    (problem,) = disclosure_problems([table(columns, [("A", "*", 0, 10, 15), ("B", "*", 10, 10, 15)])])
    assert problem.where == "tbl-x, row 2 (B)"


def test_what_control_with_total_gives_passes_the_gate() -> None:
    shown = control_with_total(pd.Series([8, 8, 1]), HES_RECORD_LEVEL)
    rows: list[tuple[Cell, ...]] = [(name, cell) for name, cell in zip("ABC", shown.cells, strict=True)]
    bundle = table([("Trust", "label"), ("Spells", "count")], [*rows, ("Total", shown.total)])
    assert disclosure_problems([bundle]) == []


def test_the_gate_needs_no_pandas() -> None:
    code = "import sys, helpers.data.disclosure, helpers.data.audit.bundles, helpers.data.audit.files; "
    code += "sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
