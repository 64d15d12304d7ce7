"""Files spoilt as people spoil them: what becomes wrong in the mart without a word is counted.

Rows cut, totals removed, scales changed, sheets hidden, columns swapped, years mistyped. The gate tries a few;
`make mutations` tries 2,000 and prints what was silent.
"""

from __future__ import annotations

import csv
import io
import os
import random
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from helpers.data.checking.quality import check_data
from helpers.data.loading.load import LoadError, load_paths
from helpers.data.mart import Mart
from helpers.data.sources import all_layouts
from helpers.register import read_register

TRIES = int(os.environ.get("BOARDPACK_MUTATIONS", "60"))
REGISTER = read_register(Path(__file__).parents[2] / "params" / "_register")
TODAY = date(2025, 11, 29)
#: a careful person sees a figure that is so many times, or such a part of, the right one, from so many people
SEEN, PEOPLE = 20, 100
#: share of the wrong rows that could be seen and of which nothing was said
SILENT_ALLOWED = 0.01

#: own measures without a target
REFERENCE_FREE = ("dna_rate",)

Rows = list[list[str]]
Figures = tuple[float | None, float | None, float | None]
(AE,) = (layout for layout in all_layouts() if layout.name == "ae_monthly")
TRUSTS = [f"R{first}{second}" for first in "ABCDEFGH" for second in "12345"]


@dataclass(frozen=True)
class Original:
    """A file before it is spoilt, and the files of other months that were loaded before it."""

    name: str
    rows: Rows
    numbers: tuple[int, ...]  # columns that hold figures
    period: int  # the column with the year
    earlier: tuple[Rows, ...] = ()
    has_total: bool = False


def ae_month(month: str) -> Rows:
    columns = list(AE.columns)
    draw = random.Random(month)
    rows = []
    for place, code in enumerate(TRUSTS):
        size = 1 + place % 7
        counts = [
            draw.randrange(900, 1000) * size if "attendances Type 1" in name else 0 for name in columns
        ]
        for at, name in enumerate(columns):
            if name.startswith("Attendances over 4hrs Type 1"):
                counts[at] = draw.randrange(200, 260) * size
            if name.startswith("Emergency admissions via A&E - Type 1"):
                counts[at] = draw.randrange(300, 320) * size
        rows.append([f"MSitAE-{month}", code, f"Trust {code}", *map(str, counts[3:])])
    sums = [str(sum(int(row[at]) for row in rows)) for at in range(3, len(columns))]
    return [columns, *rows, [f"MSitAE-{month}", "TOTAL", "TOTAL", *sums]]


def own_figures() -> Rows:
    draw = random.Random(4)
    rows = [["measure", "org_code", "period", "numerator", "denominator", "value"]]
    for code in ("RAE", "RCB"):
        for place in range(18):
            month = f"{2024 + place // 12}-{place % 12 + 1:02}"
            rows.append(["dna_rate", code, month, str(draw.randrange(480, 520)), "6000", ""])
            rows.append(["appraisals_done", code, month, "", "", f"{draw.uniform(86, 93):.1f}"])
            rows.append(["savings_delivered", code, month, "", "", f"{draw.uniform(90, 110):.1f}"])
    return rows


def sickness() -> Rows:
    names = (
        "DATE,NHSE_REGION_CODE,NHSE_REGION_NAME,ICS_CODE,ICS_NAME,ORG_CODE,ORG_NAME,ORG_TYPE,FTE_DAYS_LOST"
    )
    rows = [[*names.split(","), "FTE_DAYS_AVAILABLE", "SICKNESS_ABSENCE_RATE_PERCENT"]]
    draw = random.Random(9)
    for day in ("31/01/2025", "28/02/2025", "31/03/2025", "30/04/2025"):
        for code in TRUSTS:
            lost = draw.randrange(4600, 5400)
            some = [day, "Y61", "East", "QZZ", "Board", code, f"TRUST {code} NHS TRUST", "Acute"]
            rows.append([*some, f"{lost}.0", "100000.0", f"{lost / 1000:.2f}"])
    return rows


ORIGINALS = (
    Original(
        "ae",
        ae_month("APRIL-2025"),
        tuple(range(3, len(AE.columns))),
        0,
        (ae_month("FEBRUARY-2025"), ae_month("MARCH-2025")),
        has_total=True,
    ),
    Original("own", own_figures(), (3, 4, 5), 2),
    Original("sickness", sickness(), (8, 9), 0),
)

# --- how people spoil files ---------------------------------------------------------------------------

Spoil = Callable[[random.Random, Original], Rows]


def cut_end(draw: random.Random, original: Original) -> Rows:
    return original.rows[: -draw.randrange(1, len(original.rows) // 3)]


def cut_within(draw: random.Random, original: Original) -> Rows:
    start = draw.randrange(1, len(original.rows) - 2)
    return original.rows[:start] + original.rows[start + draw.randrange(1, 8) :]


def total_removed(draw: random.Random, original: Original) -> Rows:
    rows = original.rows[:-1] if original.has_total else list(original.rows)
    rows.pop(draw.randrange(1, len(rows)))
    return rows


def scale_of_cells(draw: random.Random, original: Original) -> Rows:
    rows, column, factor = (
        [list(row) for row in original.rows],
        draw.choice(original.numbers),
        _factor(draw),
    )
    for at in draw.sample(range(1, len(rows)), draw.randrange(1, 6)):
        rows[at][column] = _times(rows[at][column], factor)
    return rows


def scale_of_column(draw: random.Random, original: Original) -> Rows:
    column, factor = draw.choice(original.numbers), _factor(draw)
    return [
        [_times(cell, factor) if at == column and place else cell for at, cell in enumerate(row)]
        for place, row in enumerate(original.rows)
    ]


def _factor(draw: random.Random) -> float:
    return draw.choice([100, 0.01, 1000, 0.001])


def _times(cell: str, factor: float) -> str:
    if not cell or not float(cell):
        return cell
    number = float(cell) * factor
    return (
        f"{number:.0f}" if float(cell).is_integer() and number >= 1 and "." not in cell else f"{number:g}"
    )


def columns_swapped(draw: random.Random, original: Original) -> Rows:
    """Swap two columns below their headings."""
    first, second = draw.sample(original.numbers, 2)
    rows = [list(row) for row in original.rows]
    for row in rows[1:]:
        row[first], row[second] = row[second], row[first]
    return rows


def years_mistyped(draw: random.Random, original: Original) -> Rows:
    rows = [list(row) for row in original.rows]
    wrong = str(draw.choice([2015, 2023, 2024, 2026, 2052, 2062]))
    end = draw.choice([1, 4, len(rows)])
    start = draw.randrange(1, len(rows))
    for row in rows[start : start + end]:
        row[original.period] = row[original.period].replace("2025", wrong)
    return rows


SPOIL: tuple[Spoil, ...] = (
    cut_end, cut_within, total_removed, scale_of_cells, scale_of_column, columns_swapped, years_mistyped
)  # fmt: skip

# --- what becomes of it -------------------------------------------------------------------------------


@dataclass
class Outcome:
    """What the mart holds after a load, and everything that was said about it; none where it was refused."""

    figures: dict[tuple[object, ...], Figures]
    told: frozenset[str]


def as_csv(rows: Rows) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue()


def outcome(base: Path, folder: Path, original: Original, rows: Rows) -> Outcome | None:
    if (base / "mart").exists():
        shutil.copytree(base / "mart", folder / "mart")
    mart = Mart(folder / "mart")
    path = folder / f"{original.name}.csv"
    path.write_text(as_csv(rows))
    try:
        (result,) = load_paths(mart, [path], REGISTER, today=TODAY)
    except LoadError:
        return None
    sql = (
        "measure, org_code, period, breakdown, category, numerator, denominator, value FROM measure_values"
    )
    found = mart.fetch(f"SELECT {sql} WHERE unit_code IS NULL")
    findings = [
        f.measure + f.message for f in check_data(mart, REGISTER, today=TODAY) if f.aspect != "timeliness"
    ]
    return Outcome({row[:5]: row[5:] for row in found}, frozenset([*result.remarks, *findings]))


def wrong_rows(right: Outcome, got: Outcome) -> tuple[int, int]:
    """Return how many rows are wrong, and how many of them a careful person could see."""
    wrong = seen = 0
    starts: dict[tuple[object, ...], str] = {}
    for key in got.figures:
        starts[_series(key)] = min(str(key[2]), starts.get(_series(key), "9999"))
    for key in right.figures.keys() | got.figures.keys():
        before, after = right.figures.get(key), got.figures.get(key)
        if before != after:
            wrong += 1
            if after is None:  # who does not know the start of a series cannot miss it
                seen += starts.get(_series(key), "9999") < str(key[2])
            else:
                seen += before is None or _is_far(before, after)
    return wrong, seen


def _series(key: tuple[object, ...]) -> tuple[object, ...]:
    return (*key[:2], *key[3:])


def _is_far(before: Figures, after: Figures) -> bool:
    numerator, _, value = before
    if after[2] is None or not value or not after[2]:
        return value != after[2]
    ratio = after[2] / value
    return (ratio >= SEEN or ratio <= 1 / SEEN) and (
        numerator is None or max(numerator, after[0] or 0) >= PEOPLE
    )


@pytest.fixture(scope="module")
def bases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Outcome]]:
    """Return for each original a mart with the months before it, and what is right after it."""
    found = {}
    for original in ORIGINALS:
        base = tmp_path_factory.mktemp(original.name)
        for number, rows in enumerate(original.earlier):
            path = base / f"{number}.csv"
            path.write_text(as_csv(rows))
            load_paths(Mart(base / "mart"), [path], REGISTER, today=TODAY)
        right = outcome(base, tmp_path_factory.mktemp("right"), original, original.rows)
        assert right is not None
        found[original.name] = (base, right)
    return found


def test_hardly_a_wrong_row_that_could_be_seen_gets_in_without_a_word(
    bases: dict[str, tuple[Path, Outcome]], tmp_path: Path
) -> None:
    told, silent, could = Counter[str](), Counter[str](), Counter[str]()
    silent_seen = Counter[str]()
    for number in range(TRIES):
        draw = random.Random(number)
        original, spoil = ORIGINALS[number % len(ORIGINALS)], SPOIL[number // len(ORIGINALS) % len(SPOIL)]
        base, right = bases[original.name]
        folder = tmp_path / str(number)
        folder.mkdir()
        name = f"{original.name} {spoil.__name__}"
        got = outcome(base, folder, original, spoil(draw, original))
        shutil.rmtree(folder)
        if got is None:
            told[name] += 1
            continue
        wrong, seen = wrong_rows(right, got)
        if name == "own scale_of_column":
            # a whole series of which no month, target or total is known: nobody can see its scale
            seen -= sum(
                key[0] in REFERENCE_FREE and got.figures.get(key) != right.figures[key]
                for key in right.figures
            )
        could[name] += seen
        if got.told - right.told:
            told[name] += 1
        elif wrong:
            silent[name] += wrong
            silent_seen[name] += seen
    print(f"\n{TRIES} files, {sum(told.values())} refused or told")
    for name in sorted(told | silent):
        print(
            f"{name}: {told[name]} told, {silent[name]} rows silently wrong, {silent_seen[name]} to be seen"
        )
    print(f"{sum(silent_seen.values())} of {sum(could.values())} rows that could be seen got in silently")
    assert sum(told.values()) > TRIES / 2
    assert sum(silent_seen.values()) <= SILENT_ALLOWED * sum(could.values())


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_sheet_that_was_hidden_is_told_or_read(tmp_path: Path, state: str) -> None:
    book = openpyxl.Workbook()
    rows = own_figures()
    first, second = book.active, book.create_sheet("More")
    for row in rows[:40]:
        first.append([float(cell) if cell.replace(".", "").isdigit() else cell or None for cell in row])
    for row in [rows[0], *rows[40:]]:
        second.append([float(cell) if cell.replace(".", "").isdigit() else cell or None for cell in row])
    second.sheet_state = state
    path = tmp_path / "own.xlsx"
    book.save(path)
    (result,) = load_paths(Mart(tmp_path / "mart"), [path], REGISTER, today=TODAY)
    assert result.rows_kept == len(rows) - 1 or any("More" in line for line in result.remarks)


def test_unspoilt_files_are_told_nothing_of(bases: dict[str, tuple[Path, Outcome]]) -> None:
    for name, (_, right) in bases.items():
        assert [line for line in right.told if "not checked" not in line and "the org" not in line] == [], (
            name
        )
