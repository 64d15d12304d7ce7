"""How sentences on a scorecard name its measures, and count parts of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from helpers.analyses.balanced_scorecard.card import CardRow
from helpers.measures.figures import period_words
from helpers.register.models import Measure
from helpers.report.words import count, in_words, listed
from helpers.theme.markdown import escape_markdown

#: how many names a sentence gives before it counts the rest
NAMED: Final = 3


def names_of(measures: Iterable[Measure], *, most: int = NAMED) -> str:
    """Return the names of measures, the first few of them, as prose lists them.

    >>> from helpers.measures.examples import example_measure
    >>> names_of([example_measure(name=name) for name in ("A", "B", "C", "D", "E")])
    'A, B, C and two more'
    >>> names_of([example_measure(name=name) for name in ("Beds, all", "Waits")])
    'Beds, all; and Waits'
    """
    return joined([escape_markdown(measure.name) for measure in measures], most=most)


def dated_names(rows: Sequence[CardRow], *, most: int = NAMED) -> str:
    """Return the names of measures that have a figure; an old figure with its period."""
    return joined([_dated(row) for row in rows], most=most)


def joined(names: Sequence[str], *, most: int) -> str:
    """Return names as prose lists them; those that hold commas or "and" of their own are set apart more clearly."""
    shown = list(names)
    if len(shown) > most + 1:
        shown = [*shown[:most], count(len(shown) - most, "more", "more")]
    if len(shown) > 1 and any("," in name or " and " in name for name in shown):
        return f"{'; '.join(shown[:-1])}; and {shown[-1]}"
    return listed(shown)


def _dated(row: CardRow) -> str:
    name = escape_markdown(row.measure.name)
    return f"{name} ({period_of(row)})" if row.result is not None and row.result.stale else name


def period_of(row: CardRow) -> str:
    """Return the period of the latest figure that may be shown."""
    assert row.result is not None, "asked for with a shown value alone"
    assert row.result.latest is not None, "asked for with a shown value alone"
    return period_words(row.result.latest.day, row.measure.frequency)


def parted(parts: Sequence[tuple[int, tuple[str, str]]]) -> str:
    """Return the parts of a number as prose.

    >>> parted([(2, ("needs a look", "need a look")), (1, ("is fine", "are fine")), (0, ("is lost", "are lost"))])
    'two need a look and one is fine'
    """
    return listed(
        f"{in_words(many)} {one if many == 1 else several}" for many, (one, several) in parts if many
    )
