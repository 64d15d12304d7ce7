"""Shares that stand beside the counts that they are shares of: they must not give a small count back."""

from __future__ import annotations

import math
from collections.abc import Iterator

from helpers.bundle import SUPPRESSED, Bundle, Cell, Column
from helpers.data.policy import DisclosurePolicy
from helpers.errors import Problem


def share_problems(bundle: Bundle, policy: DisclosurePolicy) -> Iterator[Problem]:
    """Yield the shares of a column `of` counts that no two rounded counts give.

    A share from exact counts, times the count beside it, can give a small count or its complement back.
    """
    labels = [column.label for column in bundle.columns]
    for place, column in enumerate(bundle.columns):
        if not column.of:
            continue
        if column.of not in labels:
            yield Problem(
                f"{bundle.id}, column {column.label}", f"a share of {column.of}, which is no column"
            )
            continue
        whole = labels.index(column.of)
        rows = [
            str(number)
            for number, row in enumerate(bundle.rows, start=1)
            if not _may_be_shown(row[place], row[whole], column, policy)
        ]
        if rows:
            yield Problem(
                f"{bundle.id}, column {column.label}",
                f"{len(rows)} shares that rounded counts do not give, in row {', '.join(rows[:5])}",
                f"a rounded count over the one in {column.of}, and {SUPPRESSED} where part, whole or rest is small",
                "pass the counts through control_share",
            )


def _may_be_shown(share: Cell, whole: Cell, column: Column, policy: DisclosurePolicy) -> bool:
    """Tell whether a rounded part, of 0 or beyond the small ones, gives this share of the whole.

    >>> from helpers.data.policy import HES_RECORD_LEVEL
    >>> tenths = Column(label="Share", kind="rate", unit="%", digits=1, of="Patients")
    >>> [_may_be_shown(cell, 200, tenths, HES_RECORD_LEVEL) for cell in (10.0, 3.0, 99.0, 0.0, "*", 12.4)]
    [True, False, False, True, True, False]
    """
    if not isinstance(share, int | float):
        return True
    if not isinstance(whole, int | float) or whole <= 0:
        return False
    scale = 100 if column.unit == "%" else 1
    half = 0.5 * 10**-column.digits + 1e-9
    low, high = ((share + step) / scale * whole / policy.round_to for step in (-half, half))
    return (
        any(
            _is_plain(policy.round_to * step, policy)
            for step in range(max(0, math.ceil(low)), math.floor(high) + 1)
        )
        and not 0 < whole * (1 - share / scale) < policy.round_to - 1e-9
    )


def _is_plain(part: int, policy: DisclosurePolicy) -> bool:
    return part == 0 or part > policy.suppress_up_to
