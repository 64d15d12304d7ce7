"""How values, changes and places among peers are written, in sentences and in cells.

They are plain words: whoever puts them into Markdown escapes them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from helpers.analyses.peers.result import PeerComparison, Verdict
from helpers.measures.figures import figure_words, gap_words, period_words, short_period_words
from helpers.measures.places.spread import Percentile
from helpers.phrases import phrases
from helpers.report.words import count, listed, number

#: how many organisations a sentence names before it only counts them
NAMED = 8
#: flags that are not told beside a place: in the worst quarter of trusts "within the limits" reads as no matter
QUIET: frozenset[Verdict] = frozenset({"within", "unknown"})


def flag_words(flag: Verdict) -> str:
    """Return what a flag says of an organisation."""
    return phrases("standings.limits")[flag]


def value_words(comparison: PeerComparison, value: float) -> str:
    """Return a value with its unit as prose has it."""
    return figure_words(comparison.shown_as, value)


def short_value(comparison: PeerComparison, value: float | None) -> str | None:
    """Return a value for a table: without the words of a unit that is per 100 of something."""
    if value is None:
        return None
    short = "per 100" if comparison.unit.startswith("per 100 ") else comparison.unit
    return figure_words(comparison.shown_as.model_copy(update={"unit": short}), value)


def difference(comparison: PeerComparison, gap: float) -> str:
    """Return the size of a difference: of percentages in points."""
    return gap_words(comparison.shown_as, gap)


def change_words(comparison: PeerComparison, change: float) -> str:
    """Return a change with its sign for a table; of percentages in points, which the table's note says."""
    digits = comparison.digits
    if comparison.unit == "%":
        return number(change, digits, signed=True)
    size = short_value(comparison, abs(change)) or ""
    if float(f"{abs(change):.{digits}f}") == 0:
        return size
    return f"{'−' if change < 0 else '+'}{size}"


def when(comparison: PeerComparison, day: date | None = None) -> str:
    """Return the compared period, or the one that begins on a day."""
    return period_words(day or comparison.period, comparison.period_type)


def short_when(comparison: PeerComparison, day: date | None = None) -> str:
    """Return a period for a narrow cell: "Jan to Mar 2025"."""
    return short_period_words(day or comparison.period, comparison.period_type)


def members_words(comparison: PeerComparison) -> str:
    """Return who is compared, with their number."""
    label = comparison.group.label
    return count(len(comparison.members), label.replace("trusts", "trust", 1), label)


def percentile_words(place: Percentile | None) -> str:
    """Return a percentile with its interval for a table; empty where there is none."""
    if place is None:
        return ""
    return f"{number(place.percent)}% ({number(place.low)} to {number(place.high)})"


def place_words(comparison: PeerComparison) -> str:
    """Return the own percentile with its interval for a table; empty where there is none."""
    if comparison.own is None or comparison.alike:
        return ""
    return percentile_words(comparison.own.percentile)


def named(codes: Iterable[str]) -> str:
    """Return the first codes by name and the rest as a number.

    >>> named(["RAA", "RBB"]), named(f"R{n:02}" for n in range(10))[-12:]
    ('RAA and RBB', 'and two more')
    """
    every = list(codes)
    if len(every) <= NAMED:
        return listed(every)
    return f"{', '.join(every[:NAMED])} and {count(len(every) - NAMED, 'more', 'more')}"
