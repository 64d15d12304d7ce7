"""The tables of movement and of what matching others would bring, and the data behind the chart over time."""

from __future__ import annotations

from collections.abc import Sequence

from helpers.analyses.peers import amounts
from helpers.analyses.peers.findings import PeerFindings
from helpers.analyses.peers.movement import Movement
from helpers.analyses.peers.movement_words import place_change_words
from helpers.analyses.peers.result import PeerComparison
from helpers.analyses.peers.tables import Data
from helpers.bundle import Cell, Column
from helpers.report.sections import Sections
from helpers.report.shown import Shown


def movements(sections: Sections, found: PeerFindings) -> Shown:
    """Table: how the trust and its peers moved by every measure."""
    columns = (
        Column(label="Measure"),
        Column(label="Then, now", kind="text"),
        Column(label="This trust", kind="text"),
        Column(label="Median of the same trusts", kind="text"),
        Column(label="Did better than", kind="text"),
        Column(label="Does better than", kind="text"),
        Column(label="Change of place", kind="text"),
    )
    rows = [_movement_row(each, found.movements[each.measure.id]) for each in found.compared]
    note = (
        "Changes are of the trust's own figure, and of the median over the trusts with a figure in both periods; of "
        "percentages in percentage points."
    )
    return sections.table("tbl-movement", "How the trust and its peers moved.", columns, rows, note=note)


def _movement_row(comparison: PeerComparison, moved: Movement | None) -> tuple[Cell, ...]:
    name = comparison.measure.name
    if moved is None:
        return (name, None, None, None, None, None, "too few earlier figures")
    both = ", ".join(amounts.short_when(comparison, each.period) for each in (moved.first, moved.last))
    return (
        name,
        both,
        amounts.change_words(comparison, moved.own_change),
        amounts.change_words(comparison, moved.peers_change),
        amounts.percentile_words(moved.first.percentile) or None,
        amounts.percentile_words(moved.last.percentile) or None,
        place_change_words(comparison, moved),
    )


def moment_rows(comparison: PeerComparison, moved: Movement) -> Data:
    """Return the data behind the chart over time."""
    unit, digits = comparison.unit, comparison.digits
    columns = (
        Column(label="Period", kind="text"),
        *(
            Column(label=label, kind="rate", unit=unit, digits=digits)
            for label in ("This trust", "Lower quartile", "Median", "Upper quartile")
        ),
        Column(label="Trusts", kind="rate"),
        Column(label="Does better than (95% interval)", kind="text"),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            amounts.when(comparison, each.period),
            each.value,
            each.lower_quartile,
            each.median,
            each.upper_quartile,
            each.members,
            amounts.percentile_words(each.percentile) or None,
        )
        for each in moved.moments
    ]
    return columns, rows


def opportunity(sections: Sections, short: Sequence[PeerComparison]) -> Shown:
    """Table: what reaching the benchmark would bring at the trust, raw, allowing for chance, certain.

    `short` are the measures by which the trust falls short of its benchmark.
    """
    columns = (
        Column(label="Measure"),
        Column(label="Benchmark", kind="text"),
        Column(label="This trust", kind="text"),
        Column(label="What would change", kind="text"),
        Column(label="Raw", kind="model"),
        Column(label="Allowing for chance", kind="model"),
        Column(label="Certain", kind="model"),
    )
    note = (
        "Upper bounds, for one period, and not to be added up over measures. Raw: from the figure as it is. Allowing "
        "for chance: from the figure drawn towards the group's mean (empirical Bayes). Certain: counted only where the "
        "95% interval leaves the benchmark out. Benchmarks are taken as known."
    )
    caption = "What reaching the benchmark would bring, where the trust falls short of it."
    return sections.table(
        "tbl-opportunity", caption, columns, [_gain_row(each) for each in short], note=note
    )


def _gain_row(comparison: PeerComparison) -> tuple[Cell, ...]:
    own, gain = comparison.own, comparison.gain
    assert own is not None, "a trust without its own figure falls short of nothing"
    assert gain is not None, "without a gain nothing is short"
    more = "More" if comparison.measure.direction == "increase" else "Fewer"
    counted = comparison.measure.numerator
    if comparison.measure.kind == "mean":  # the numerator adds up what the mean is of
        counted = f"{counted}, in {comparison.unit}"
    level = f"{comparison.benchmark.words}: {amounts.short_value(comparison, comparison.benchmark.value)}"
    return (
        comparison.measure.name,
        level[:1].upper() + level[1:],
        amounts.short_value(comparison, own.value),
        f"{more}: {counted[:1].lower()}{counted[1:]}",
        gain.raw,
        gain.shrunken,
        gain.certain,
    )
