"""The tables of the peer benchmark on where the trust stands: every measure, every group, who is left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from helpers.analyses.peers import amounts
from helpers.analyses.peers.findings import TOO_OLD_MONTHS, InGroup, PeerFindings
from helpers.analyses.peers.result import PeerComparison
from helpers.analyses.peers.words import value_sentence
from helpers.bundle import Cell, Column
from helpers.measures.places.values import LEAST_BASE
from helpers.report.sections import Sections
from helpers.report.shown import Shown
from helpers.report.words import count, listed, month, number, sentence
from helpers.theme.markdown import escape_markdown

Data = tuple[tuple[Column, ...], list[tuple[Cell, ...]]]


def overview(sections: Sections, found: PeerFindings) -> Shown:
    """Table: every measure, the trust and the median, and its position with interval."""
    columns = (
        Column(label="Measure"),
        Column(label="Period", kind="text"),
        Column(label="This trust", kind="text"),
        Column(label="Median", kind="text"),
        Column(label="Does better than (95% interval)", kind="text"),
        Column(label="Against 99.8% limits", kind="text"),
        Column(label="Trusts", kind="rate"),
    )
    rows = [_overview_row(each, found) for each in found.comparisons]
    notes = (
        "Does better than: share of the other trusts; for measures without a good direction, share that it "
        "lies above.",
        "Old: older by the end of the report's period than the register allows."
        if any(found.stale(each) for each in found.comparisons)
        else "",
    )
    label = found.comparisons[0].group.label
    caption = f"Every measure beside {label}, each at the newest period that the trust shares with them."
    return sections.table(
        "tbl-overview", caption, columns, rows, note=" ".join(note for note in notes if note)
    )


def _overview_row(comparison: PeerComparison, found: PeerFindings) -> tuple[Cell, ...]:
    when = amounts.short_when(comparison)
    own = comparison.own
    return (
        comparison.measure.name,
        f"{when} (old)" if found.stale(comparison) else when,
        amounts.short_value(comparison, own.value) if own else None,
        amounts.short_value(comparison, comparison.levels.median),
        amounts.place_words(comparison) or None,
        amounts.FLAG_WORDS[own.flag] if own else None,
        len(comparison.members),
    )


def position_rows(placed: Sequence[PeerComparison]) -> Data:
    """Return the data behind the chart of positions."""
    columns = (
        Column(label="Measure"),
        Column(label="Period", kind="text"),
        *(Column(label=label, kind="model", unit="%") for label in ("Does better than", "Low", "High")),
    )
    rows: list[tuple[Cell, ...]] = []
    for each in placed:
        place = each.own.percentile if each.own else None
        if place is not None:
            when = amounts.short_when(each)
            rows.append((each.measure.name, when, place.percent, place.low, place.high))
    return columns, rows


def groups(sections: Sections, found: Sequence[InGroup]) -> Shown:
    """Table: the trust in each of its peer groups."""
    columns = (
        Column(label="Group"),
        Column(label="Who", kind="text"),
        Column(label="Trusts", kind="rate"),
        Column(label="Median", kind="text"),
        Column(label="Best quarter", kind="text"),
        Column(label="All together", kind="text"),
        Column(label="Does better than (95% interval)", kind="text"),
        Column(label="Note", kind="text"),
    )
    rows = [_group_row(each) for each in found]
    return sections.table("tbl-groups", "The trust among different peers.", columns, rows)


def _group_row(each: InGroup) -> tuple[Cell, ...]:
    comparison = each.comparison
    if comparison is None:
        return (each.name, None, None, None, None, None, None, sentence(each.note))
    levels = comparison.levels
    if not comparison.others:
        return (each.name, comparison.group.label, 1, None, None, None, None, "No other trust")
    return (
        each.name,
        comparison.group.label,
        len(comparison.members),
        amounts.short_value(comparison, levels.median),
        amounts.short_value(comparison, levels.best_quartile),
        amounts.short_value(comparison, levels.pooled),
        amounts.place_words(comparison) or None,
        "Few trusts" if comparison.small else "",
    )


_REASONS = {
    "missing": "No figure",
    "suppressed": "Suppressed",
    "not_recorded": "Not recorded",
    "impossible": "Impossible",
    "small_base": "Base too small",
}


def left_out(sections: Sections, found: PeerFindings) -> Iterator[Shown]:
    """Yield who and what is not compared, and why."""
    short = [each for each in found.comparisons if each.left_out.codes]
    if short:
        yield _left_out_table(sections, short)
    lines = "\n".join(f"- {escape_markdown(line)}" for line in _not_compared(found))
    if lines or not short:
        yield sections.text(
            "not-compared", lines or "Every trust of the group is compared by every measure."
        )


def _left_out_table(sections: Sections, short: Sequence[PeerComparison]) -> Shown:
    reasons = [name for name in _REASONS if any(getattr(each.left_out, name) for each in short)]
    columns = (
        Column(label="Measure"),
        Column(label="Period", kind="text"),
        Column(label="Compared", kind="rate"),
        *(Column(label=_REASONS[name], kind="text") for name in reasons),
    )
    rows: list[tuple[Cell, ...]] = []
    for each in short:
        when = amounts.short_when(each)
        named = [getattr(each.left_out, name) for name in reasons]
        cells = (f"{len(codes):,}: {amounts.named(codes)}" if codes else None for codes in named)
        rows.append((each.measure.name, when, len(each.members), *cells))
    notes = {
        "not_recorded": "Not recorded: a rate of missed appointments under 1%. It means that they are not written "
        "down.",
        "small_base": f"Base too small: less than {number(100 * LEAST_BASE)}% of the usual number of beds or "
        "admissions that counts are taken per.",
    }
    return sections.table(
        "tbl-left-out",
        "Trusts that cannot be compared, by number and code.",
        columns,
        rows,
        note=" ".join(note for name, note in notes.items() if name in reasons),
    )


def _not_compared(found: PeerFindings) -> Iterator[str]:
    for each in found.without_own:
        yield f"{each.measure.name}: {value_sentence(each)}"
    if found.counts:
        names = listed(each.name for each in found.counts)
        many = len(found.counts) > 1
        yield sentence(
            f"{count(len(found.counts), 'measure')} {'count' if many else 'counts'} without a base and "
            f"{'grow' if many else 'grows'} with the size of a trust, so there is no comparison: {names}"
        )
    if found.absent:
        names = listed(each.name for each in found.absent)
        yield sentence(f"no trust of the group has a figure of {names} in the data")
    if found.long_past:
        named = listed(f"{each.measure.name} ({amounts.when(each)})" for each in found.long_past)
        yield sentence(
            f"figures of more than {count(TOO_OLD_MONTHS, 'month')} before {month(found.period.last)} say nothing of "
            f"today, so they are not shown: {named}"
        )
    merged = sorted({code for each in found.comparisons for code in each.merged})
    if merged:
        yield sentence(
            "figures of organisations that merged are added up under their successor, in every period: "
            f"{amounts.named(merged)}"
        )
