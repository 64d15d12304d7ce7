"""The tables of single trusts: the data behind the chart of a group, and every trust that is compared."""

from __future__ import annotations

import numpy as np

from helpers.analyses.peers import amounts
from helpers.analyses.peers.result import PeerComparison, PeerValue
from helpers.analyses.peers.tables import Data
from helpers.analyses.peers.words import left_out_sentence
from helpers.bundle import Cell, Column
from helpers.report.sections import Sections
from helpers.report.shown import Shown
from helpers.report.words import interval
from helpers.theme.markdown import escape_markdown


def member_rows(comparison: PeerComparison) -> Data:
    """Return the data behind the chart of a group: values, intervals and positions, in order of code."""
    unit, digits = comparison.unit, comparison.digits
    columns = (
        Column(label="Code"),
        Column(label="Trust"),
        Column(label="Value", kind="rate", unit=unit, digits=digits),
        Column(label="Low", kind="model", unit=unit, digits=digits),
        Column(label="High", kind="model", unit=unit, digits=digits),
        Column(label="Against 99.8% limits", kind="text"),
        Column(label="Does better than (95% interval)", kind="text"),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            each.code,
            each.name,
            each.value,
            *_ends(comparison, each),
            amounts.FLAG_WORDS[each.flag],
            amounts.percentile_words(each.percentile) or None,
        )
        for each in sorted(comparison.members, key=lambda member: member.code)
    ]
    return columns, rows


def _ends(comparison: PeerComparison, member: PeerValue) -> tuple[Cell, Cell]:
    if np.isnan(member.low) or comparison.method == "dots":
        return None, None
    return member.low, member.high


def all_trusts(sections: Sections, comparison: PeerComparison) -> Shown:
    """Table: every trust of the group, this one first and the others by name, so that order says nothing."""
    digits = comparison.digits
    columns = (
        Column(label="Code"),
        Column(label="Trust", kind="text"),
        Column(label="Value", kind="rate", unit=comparison.unit, digits=digits),
        Column(label="95% interval", kind="text"),
        Column(label="Does better than (95% interval)", kind="text"),
        Column(label="Against 99.8% limits", kind="text"),
    )
    own = [comparison.own] if comparison.own else []
    others = sorted(comparison.others, key=lambda member: (member.name, member.code))
    rows: list[tuple[Cell, ...]] = []
    for each in (*own, *others):
        low, high = _ends(comparison, each)
        ends = None if low is None or high is None else interval(float(low), float(high), digits)
        place = None if comparison.alike else amounts.percentile_words(each.percentile) or None
        rows.append(
            (each.code, short_name(each.name), each.value, ends, place, amounts.FLAG_WORDS[each.flag])
        )
    when = amounts.when(comparison)
    return sections.table(
        "tbl-trusts",
        f"{comparison.measure.name}, {when}: {amounts.members_words(comparison)}, by name.",
        columns,
        rows,
        note=escape_markdown(left_out_sentence(comparison)),
    )


def short_name(name: str) -> str:
    """Return a trust's name without what all of them end with.

    >>> short_name("Airedale NHS Foundation Trust"), short_name("Barts Health NHS Trust")
    ('Airedale', 'Barts Health')
    """
    return name.removesuffix(" NHS Foundation Trust").removesuffix(" NHS Trust").rstrip(",")
