"""No star of a table with totals in both directions can be worked out; checked by a solver of its own."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from solver import Published, told

from helpers.bundle import Bundle, Cell, Column
from helpers.data.disclosure import HES_RECORD_LEVEL, disclosure_problems
from helpers.data.disclosure.tables import unsafe_places

#: mostly small counts: there the rule has to work
COUNT = st.one_of(st.integers(0, 12), st.integers(0, 60))
TABLES = st.integers(2, 3).flatmap(
    lambda width: st.lists(st.lists(COUNT, min_size=width, max_size=width), min_size=2, max_size=4)
)


def published(rows: tuple[tuple[Cell, ...], ...]) -> list[Published]:
    height, width = len(rows) - 1, len(rows[0]) - 1
    every = []
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            atoms = [
                r * width + c
                for r in (range(height) if i == height else [i])
                for c in (range(width) if j == width else [j])
            ]
            every.append((atoms, cell, len(atoms) > 1))
    return every


@settings(max_examples=8, deadline=None)
@given(TABLES)
def test_the_gate_finds_what_the_solver_finds_and_nothing_else(counts: list[list[int]]) -> None:
    frame = pd.DataFrame(counts)
    frame["total"] = frame.sum(axis=1)
    frame.loc["total"] = frame.sum()
    shown = tuple(
        tuple(HES_RECORD_LEVEL.show(float(count)) for count in row) for row in frame.itertuples(index=False)
    )
    width = len(shown[0])
    found = [row * width + column for row, column in unsafe_places(shown, HES_RECORD_LEVEL)]
    margin = {place for place, (_, _, is_total) in enumerate(published(shown)) if is_total}
    # Totals are held to the stricter reader too, as if they were the parts of the grand total.
    assert set(found) - margin == set(told(published(shown))) - margin
    assert margin & set(found) >= margin & set(told(published(shown)))


def test_the_gate_stops_a_table_whose_totals_tell_a_star_together() -> None:
    labels = ("Elective", "Emergency", "Transfer", "Total")
    columns = (Column(label="Trust"), *(Column(label=label, kind="count") for label in labels))
    rows = (("A", 10, 10, "*", 15), ("B", 30, 30, 30, 90), ("Total", 40, 40, 30, 105))
    (problem,) = disclosure_problems([Bundle(kind="table", id="tbl-x", columns=columns, rows=rows)])
    assert problem.where == "tbl-x, column Transfer, row 1 (A)"


@pytest.mark.parametrize(
    ("share", "passes"),
    [(10.0, True), (3.0, False), (99.0, False), (12.4, False), ("*", True), (0.0, True)],
)
def test_a_share_must_come_from_rounded_counts(share: Cell, passes: bool) -> None:
    columns = (
        Column(label="Trust"),
        Column(label="Patients", kind="count"),
        Column(label="Readmitted", kind="rate", unit="%", digits=1, of="Patients"),
    )
    bundle = Bundle(kind="table", id="tbl-x", columns=columns, rows=(("A", 200, share),))
    assert (disclosure_problems([bundle]) == []) is passes
