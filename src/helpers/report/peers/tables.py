"""The tables of the peer benchmark, and the data behind its charts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from helpers.bundle import Cell, Column
from helpers.report.peers import words
from helpers.report.peers.comparison import PeerComparison, PeerValue
from helpers.report.peers.findings import InGroup, PeerFindings
from helpers.report.peers.movement import Movement
from helpers.report.sections import Sections
from helpers.report.shown import Shown
from helpers.report.words import count, interval, listed, sentence
from helpers.theme.markdown import escape_markdown

Data = tuple[tuple[Column, ...], list[tuple[Cell, ...]]]
_METHODS = {"funnel": "funnel", "caterpillar": "intervals", "dots": "figures alone"}


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
    when = words.period_words(comparison.period, comparison.period_type)
    own = comparison.own
    return (
        comparison.measure.name,
        f"{when} (old)" if found.stale(comparison) else when,
        _amount(comparison, own.value) if own else None,
        _amount(comparison, comparison.levels.median),
        words.place_words(comparison) or None,
        words.FLAG_WORDS[own.flag] if own else None,
        len(comparison.members),
    )


def _amount(comparison: PeerComparison, value: float | None) -> str | None:
    return None if value is None else words.short_amount(value, comparison.unit, comparison.digits)


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
            when = words.period_words(each.period, each.period_type)
            rows.append((each.measure.name, when, place.percent, place.low, place.high))
    return columns, rows


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
            words.FLAG_WORDS[each.flag],
            words.percentile_words(each.percentile) or None,
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
        place = None if comparison.alike else words.percentile_words(each.percentile) or None
        rows.append(
            (each.code, short_name(each.name), each.value, ends, place, words.FLAG_WORDS[each.flag])
        )
    when = words.period_words(comparison.period, comparison.period_type)
    return sections.table(
        "tbl-trusts",
        f"{comparison.measure.name}, {when}: {words.members_words(comparison)}, by name.",
        columns,
        rows,
        note=escape_markdown(words.left_out_sentence(comparison)),
    )


def short_name(name: str) -> str:
    """Return a trust's name without what all of them end with.

    >>> short_name("Airedale NHS Foundation Trust"), short_name("Barts Health NHS Trust")
    ('Airedale', 'Barts Health')
    """
    return name.removesuffix(" NHS Foundation Trust").removesuffix(" NHS Trust").rstrip(",")


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
    return (
        each.name,
        comparison.group.label,
        len(comparison.members),
        _amount(comparison, levels.median),
        _amount(comparison, levels.best_quartile),
        _amount(comparison, levels.pooled),
        words.place_words(comparison) or None,
        "Few trusts" if comparison.small else "",
    )


def movements(sections: Sections, found: PeerFindings) -> Shown:
    """Table: how the trust and its peers moved by every measure."""
    columns = (
        Column(label="Measure"),
        Column(label="From", kind="text"),
        Column(label="To", kind="text"),
        Column(label="This trust", kind="text"),
        Column(label="Median of the same trusts", kind="text"),
        Column(label="Did better than", kind="text"),
        Column(label="Does better than", kind="text"),
        Column(label="Change of place", kind="text"),
    )
    rows = [_movement_row(each, found.movements[each.measure.id]) for each in found.compared]
    note = (
        "Changes are of the trust's own figure, and of the median over the trusts with a figure in both periods; "
        "percentage points for percentages."
    )
    return sections.table("tbl-movement", "How the trust and its peers moved.", columns, rows, note=note)


def _movement_row(comparison: PeerComparison, moved: Movement | None) -> tuple[Cell, ...]:
    name = comparison.measure.name
    if moved is None:
        return (name, None, None, None, None, None, None, "too few earlier figures")
    first, last = (
        words.period_words(each.period, comparison.period_type) for each in (moved.first, moved.last)
    )
    return (
        name,
        first,
        last,
        words.change_words(moved.own_change, comparison),
        words.change_words(moved.peers_change, comparison),
        words.percentile_words(moved.first.percentile) or None,
        words.percentile_words(moved.last.percentile) or None,
        words.place_change_words(comparison, moved),
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
            words.period_words(each.period, comparison.period_type),
            each.value,
            each.lower_quartile,
            each.median,
            each.upper_quartile,
            each.members,
            words.percentile_words(each.percentile) or None,
        )
        for each in moved.moments
    ]
    return columns, rows


def opportunity(sections: Sections, known: Sequence[PeerComparison]) -> Shown:
    """Table: what reaching the benchmark would bring at the trust, raw, allowing for chance, certain."""
    columns = (
        Column(label="Measure"),
        Column(label="Benchmark", kind="text"),
        Column(label="This trust", kind="text"),
        Column(label="What would change", kind="text"),
        Column(label="Raw", kind="model"),
        Column(label="Allowing for chance", kind="model"),
        Column(label="Certain", kind="model"),
    )
    short = [each for each in known if each.own and each.own.gain and round(each.own.gain.raw)]
    rows = [row for each in short or known for row in _gain_row(each)]
    note = (
        "Only measures by which the trust falls short of the benchmark. Upper bounds, for one period, and not to be "
        "added up over measures. Raw: from the figure as it is. Allowing for chance: from the figure drawn towards "
        "the group's mean (empirical Bayes). Certain: counted only where the 95% interval leaves the benchmark out. "
        "Benchmarks are taken as known."
    )
    return sections.table(
        "tbl-opportunity", "What reaching the benchmark would bring.", columns, rows, note=note
    )


def _gain_row(comparison: PeerComparison) -> Iterator[tuple[Cell, ...]]:
    own = comparison.own
    if own is None or own.gain is None:
        return
    more = "More" if comparison.measure.direction == "increase" else "Fewer"
    counted = comparison.measure.numerator
    if comparison.measure.kind == "mean":  # the numerator adds up what the mean is of
        counted = f"{counted}, in {comparison.unit}"
    level = f"{comparison.benchmark.words}: {_amount(comparison, comparison.benchmark.value)}"
    yield (
        comparison.measure.name,
        level[:1].upper() + level[1:],
        _amount(comparison, own.value),
        f"{more}: {counted[:1].lower()}{counted[1:]}",
        own.gain.raw,
        own.gain.shrunken,
        own.gain.certain,
    )


_REASONS = {
    "missing": "No figure",
    "suppressed": "Suppressed",
    "not_recorded": "Not recorded",
    "impossible": "Impossible",
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
        when = words.period_words(each.period, each.period_type)
        named = [getattr(each.left_out, name) for name in reasons]
        cells = (f"{len(codes):,}: {words.named(codes)}" if codes else None for codes in named)
        rows.append((each.measure.name, when, len(each.members), *cells))
    unknown = (
        "Not recorded: a rate of missed appointments under 1%. It means that they are not written down."
    )
    return sections.table(
        "tbl-left-out",
        "Trusts that cannot be compared, by number and code.",
        columns,
        rows,
        note=unknown if "not_recorded" in reasons else "",
    )


def _not_compared(found: PeerFindings) -> Iterator[str]:
    for each in found.without_own:
        yield f"{each.measure.name}: {words.value_sentence(each)}"
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
    merged = sorted({code for each in found.comparisons for code in each.merged})
    if merged:
        yield sentence(
            "figures of organisations that merged are added up under their successor, in every period: "
            f"{words.named(merged)}"
        )
