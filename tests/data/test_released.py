"""Publications one after the other: what the ledger lets through tells no star; a solver of its own checks."""

from __future__ import annotations

import sqlite3
import stat
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from solver import Published, told

from helpers.bundle import Bundle, Cell, Column, ReportFacts
from helpers.data.disclosure import HES_RECORD_LEVEL, control_table
from helpers.data.released import Ledger
from helpers.errors import GateError

ROWS, COLUMNS = ("Cardiology", "Surgery"), ("Women", "Men")
FACTS = ReportFacts(
    title="T",
    organisation_code="SYN01",
    organisation_name="A synthetic trust",
    period_label="May 2026",
    period_folder="2026-05",
    synthetic=True,
)
OPENED = Bundle(kind="report", id="report", report=FACTS)
COUNT = st.one_of(st.integers(0, 9), st.integers(0, 40))
CELLS = st.lists(COUNT, min_size=4, max_size=4)

Rows = tuple[tuple[Cell, ...], ...]


def controlled(counts: list[int]) -> Rows:
    return control_table(pd.DataFrame([counts[:2], counts[2:]]), HES_RECORD_LEVEL).rows


def table(rows: Rows, **scope: str) -> tuple[Bundle, ...]:
    columns = (
        Column(label="Specialty", dimension="specialty"),
        *(Column(label=label, kind="count") for label in (*COLUMNS, "Total")),
    )
    named = tuple((name, *row) for name, row in zip((*ROWS, "Total"), rows, strict=True))
    told_of = tuple({"counted": "spells", **scope}.items())
    return OPENED, Bundle(kind="table", id="tbl-x", columns=columns, rows=named, scope=told_of)


def sums(rows: Rows, blocks: list[int]) -> list[Published]:
    """What a table says of unknown counts; `blocks` are the sets of four counts that it adds up."""
    every = []
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            own = [r * 2 + c for r in ([0, 1] if i == 2 else [i]) for c in ([0, 1] if j == 2 else [j])]
            every.append(([4 * block + atom for block in blocks for atom in own], cell, len(own) > 1))
    return every


def publish(
    folder: Path, steps: list[tuple[Rows, dict[str, str], list[int]]]
) -> tuple[int, list[Published]]:
    """Publish tables one after the other; return how many were refused, and what was published."""
    ledger, refused, published = Ledger(folder), 0, []
    for rows, scope, blocks in steps:
        try:
            ledger.release("r", table(rows, **scope))
        except GateError:
            refused += 1
        else:
            published += sums(rows, blocks)
    return refused, published


def a_period_later(april: list[int], may: list[int]) -> list[tuple[Rows, dict[str, str], list[int]]]:
    """April; then May; then both as the year to date."""
    both = [a + b for a, b in zip(april, may, strict=True)]
    return [
        (controlled(april), {"first": "2026-04-01", "end": "2026-05-01"}, [0]),
        (controlled(may), {"first": "2026-05-01", "end": "2026-06-01"}, [1]),
        (controlled(both), {"first": "2026-04-01", "end": "2026-06-01"}, [0, 1]),
    ]


def with_and_without(group: list[int], rest: list[int]) -> list[tuple[Rows, dict[str, str], list[int]]]:
    """Everybody; then everybody but a group; then the group."""
    everybody = [a + b for a, b in zip(group, rest, strict=True)]
    return [
        (controlled(everybody), {}, [0, 1]),
        (controlled(rest), {"admission": "!elective"}, [1]),
        (controlled(group), {"admission": "elective"}, [0]),
    ]


def check(folder: Path, steps: list[tuple[Rows, dict[str, str], list[int]]]) -> int:
    refused, published = publish(folder, steps)
    assert told(published) == []
    return refused


@settings(max_examples=6, deadline=None)
@given(CELLS, CELLS)
def test_periods_that_pass_tell_no_star_together(
    tmp_path_factory: pytest.TempPathFactory, april: list[int], may: list[int]
) -> None:
    check(tmp_path_factory.mktemp("state"), a_period_later(april, may))


@settings(max_examples=6, deadline=None)
@given(CELLS, CELLS)
def test_subgroups_that_pass_tell_no_star_together(
    tmp_path_factory: pytest.TempPathFactory, group: list[int], rest: list[int]
) -> None:
    check(tmp_path_factory.mktemp("state"), with_and_without(group, rest))


@pytest.mark.long
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(CELLS, CELLS)
def test_many_sequences_that_pass_tell_no_star_together(
    tmp_path_factory: pytest.TempPathFactory, one: list[int], other: list[int]
) -> None:
    check(tmp_path_factory.mktemp("state"), a_period_later(one, other))
    check(tmp_path_factory.mktemp("state"), with_and_without(one, other))


# --- by hand ------------------------------------------------------------------------------------------


def counts(cells: dict[str, Cell], **scope: str) -> tuple[Bundle, ...]:
    columns = (Column(label="Stay", dimension="stay"), Column(label="Patients", kind="count"))
    told_of = tuple({"counted": "spells", **scope}.items())
    return OPENED, Bundle(
        kind="table", id="tbl-x", columns=columns, rows=tuple(cells.items()), scope=told_of
    )


def test_a_star_that_a_later_number_tells_is_stopped(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    # 1 and 8 in 17: the star of 8 protects that of 1; a later report that shows 10 for the 8 undoes it.
    ledger.release("first", counts({"a": "*", "b": "*", "c": 10, "Total": 15}))
    ledger.release("again", counts({"a": "*", "b": "*", "c": 10, "Total": 15}))
    with pytest.raises(GateError) as error:
        ledger.release("second", counts({"b": 10}))
    assert "published before" in str(error.value)
    assert "1" not in str(error.value).replace("tbl-x, column Patients, row 1", "")
    assert ledger.problems(counts({"c": 10})) == []


def test_a_year_to_date_tells_a_months_star(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.release("april", counts({"a": 10}, first="2026-04-01", end="2026-05-01"))
    ledger.release("may", counts({"a": "*"}, first="2026-05-01", end="2026-06-01"))
    # 18..22 less 8..12 leaves 6 and 7 to a star of at most 7
    assert len(ledger.problems(counts({"a": 20}, first="2026-04-01", end="2026-06-01"))) == 1
    assert ledger.problems(counts({"a": 15}, first="2026-04-01", end="2026-06-01")) == []


def test_other_organisations_and_measures_are_another_matter(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.release("first", counts({"a": "*", "b": "*", "c": 10, "Total": 15}))
    assert ledger.problems(counts({"b": 10}, org_code="SYN02")) == []
    assert ledger.problems(counts({"b": 10}, counted="deaths")) == []


def test_total_less_peers_tells_the_trusts_own_star(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.release("national", counts({"a": 30}, org_code=""))
    ledger.release("peers", counts({"a": 20}, org_code="!SYN01"))
    # 28..32 less 18..22 leaves 6..14, so 6 and 7 to a star of at most 7
    assert len(ledger.problems(counts({"a": "*"}))) == 1


def test_revised_figures_are_not_taken_together_with_the_old_ones(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.release("first", counts({"a": "*", "b": 10, "c": 10, "Total": 25}))
    ledger.release("revised", counts({"a": 100, "b": 40, "c": 10, "Total": 150}))


def test_published_statistics_are_not_entered(tmp_path: Path) -> None:
    opened, bundle = counts({"a": 3})
    Ledger(tmp_path).release("r", (opened, bundle.model_copy(update={"origin": "published"})))
    assert not (tmp_path / "released.sqlite").exists()


def test_the_ledger_is_private_and_refuses_what_it_does_not_know(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.release("r", counts({"a": 10}))
    assert stat.S_IMODE(ledger.path.stat().st_mode) == 0o600
    with sqlite3.connect(ledger.path) as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(GateError, match="newer boardpack"):
        ledger.problems(counts({"a": 10}))
    ledger.path.write_bytes(b"no database at all, but long enough to be looked at")
    with pytest.raises(GateError, match="cannot be used"):
        ledger.problems(counts({"a": 10}))
