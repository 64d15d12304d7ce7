"""What the gate asks of the figures that a notebook hands over, before anything is rendered.

Its messages never repeat the figure they complain about.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

from helpers.bundle import MISSING, SUPPRESSED, Bundle, Cell, Origin
from helpers.data.disclosure.shares import share_problems
from helpers.data.disclosure.tables import unsafe_places
from helpers.data.disclosure.totals import POSSIBLE_VALUES, stars_are_safe
from helpers.data.policy import HES_RECORD_LEVEL, DisclosurePolicy
from helpers.errors import Problem

#: how many rows a message lists before it only counts them
LISTED_ROWS = 5


def disclosure_problems(
    bundles: Sequence[Bundle], policy: DisclosurePolicy = HES_RECORD_LEVEL
) -> list[Problem]:
    """Return where shown figures break the policy for records; empty where all hold it.

    Looks at the columns behind each figure and table whose origin, or any of whose sources, is records:
    counts must be 0, `SUPPRESSED` or rounded; a row whose every count is hidden must show no figure derived
    from it; a share must come from rounded counts; and no star may be told by subtraction from totals that
    are shown beside it.
    """
    problems: list[Problem] = []
    for bundle in bundles:
        if effective_origin(bundle) == "records":
            problems += _count_problems(bundle, policy)
            problems += _derived_problems(bundle)
            problems += share_problems(bundle, policy)
            problems += _subtraction_problems(bundle, policy)
    return problems


def effective_origin(bundle: Bundle) -> Origin:
    """Return the origin that decides: records as soon as any source is."""
    origins = {bundle.origin, *(source.origin for source in bundle.sources)}
    return "records" if "records" in origins else "published"


#: how a total names itself in the first column or in a column's heading
TOTAL = re.compile(r"^\s*(grand total|total|all|overall)\b", re.IGNORECASE)


def _subtraction_problems(bundle: Bundle, policy: DisclosurePolicy) -> Iterator[Problem]:
    """Yield totals, in columns, in rows and in both, from which a star can be told."""
    counts = [place for place, column in enumerate(bundle.columns) if column.kind == "count"]
    totals = [row for row in bundle.rows if row and isinstance(row[0], str) and TOTAL.match(row[0])]
    across = [place for place in counts if TOTAL.match(bundle.columns[place].label)]
    if len(totals) == 1 and len(across) == 1 and len(counts) > 1:
        columns = [place for place in counts if place != across[0]]
        yield from _table_problems(bundle, totals[0], columns, across[0], policy)
        return
    if len(totals) == 1:
        parts = [row for row in bundle.rows if row is not totals[0]]
        for place in counts:
            if not stars_are_safe([row[place] for row in parts], totals[0][place], policy):
                yield _subtraction_problem(bundle, f"column {bundle.columns[place].label}")
    if len(across) == 1:
        places = [place for place in counts if place != across[0]]
        for number, row in enumerate(bundle.rows, start=1):
            if not stars_are_safe([row[place] for place in places], row[across[0]], policy):
                yield _subtraction_problem(bundle, f"row {_row_name(number, row)}")


def _table_problems(
    bundle: Bundle, total: tuple[Cell, ...], columns: Sequence[int], across: int, policy: DisclosurePolicy
) -> Iterator[Problem]:
    """Yield the stars that can be told from row and column totals together."""
    rows = [row for row in bundle.rows if row is not total]
    shown = [[*(row[place] for place in columns), row[across]] for row in (*rows, total)]
    numbers = {id(row): number for number, row in enumerate(bundle.rows, start=1)}
    for row, column in unsafe_places(shown, policy):
        line = (*rows, total)[row]
        label = bundle.columns[(*columns, across)[column]].label
        yield _subtraction_problem(bundle, f"column {label}, row {_row_name(numbers[id(line)], line)}")


def _subtraction_problem(bundle: Bundle, where: str) -> Problem:
    return Problem(
        f"{bundle.id}, {where}",
        "a suppressed count can be told by subtracting the others from the total",
        f"at least {POSSIBLE_VALUES} values must remain possible",
        "take the counts from report.records(…) or from an analysis of records, or leave the total out",
    )


# --- cells --------------------------------------------------------------------------------------------


def _count_problems(bundle: Bundle, policy: DisclosurePolicy) -> Iterator[Problem]:
    for place, column in enumerate(bundle.columns):
        if column.kind != "count":
            continue
        broken = [
            _row_name(number, row)
            for number, row in enumerate(bundle.rows, start=1)
            if not _may_be_shown(row[place], policy)
        ]
        if broken:
            yield Problem(
                f"{bundle.id}, column {column.label}",
                f"{len(broken)} uncontrolled counts from records, in {_listed(broken)}",
                _allowed(policy),
                "pass the counts through control_counts before they are shown",
            )


def _derived_problems(bundle: Bundle) -> Iterator[Problem]:
    """Yield rows whose every count is hidden but which still show a figure derived from it."""
    counts = [place for place, column in enumerate(bundle.columns) if column.kind == "count"]
    derived = [place for place, column in enumerate(bundle.columns) if column.kind in ("rate", "model")]
    broken = [
        _row_name(number, row)
        for number, row in enumerate(bundle.rows, start=1)
        if counts
        and all(row[place] == SUPPRESSED for place in counts)
        and any(isinstance(row[place], int | float) for place in derived)
    ]
    if broken:
        yield Problem(
            bundle.id,
            f"{len(broken)} rows show figures derived from suppressed counts: {_listed(broken)}",
            f"{SUPPRESSED} where the count behind a figure is suppressed",
            "pass the figures through control_value or control_share",
        )


def _allowed(policy: DisclosurePolicy) -> str:
    if policy.round_to == 1:
        return f"0, {SUPPRESSED}, or a whole number from {policy.suppress_up_to + 1}"
    return (
        f"0, {SUPPRESSED}, or a multiple of {policy.round_to} from {policy.show(policy.suppress_up_to + 1)}"
    )


def _may_be_shown(cell: Cell, policy: DisclosurePolicy) -> bool:
    if cell is None or cell in (SUPPRESSED, MISSING):
        return True
    if isinstance(cell, str) or not math.isfinite(cell):
        return False
    return cell == 0 or (cell > policy.suppress_up_to and cell % policy.round_to == 0)


def _row_name(number: int, row: Sequence[Cell]) -> str:
    label = row[0] if row and isinstance(row[0], str) else ""
    return f"{number} ({label})" if label else str(number)


def _listed(rows: Sequence[str]) -> str:
    more = f" and {len(rows) - LISTED_ROWS} more" if len(rows) > LISTED_ROWS else ""
    return f"row{'s' if len(rows) > 1 else ''} {', '.join(rows[:LISTED_ROWS])}{more}"
