"""Sentences on a system, by what they speak of; none names a trust as the cause of anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from helpers.analyses.systems.findings import (
    OUTSIDE,
    BedScenario,
    Pressure,
    Ranged,
    WayOut,
)
from helpers.measures.attention_words import problem_sentence
from helpers.measures.figures import figure_words, period_words
from helpers.measures.result import MeasureResult
from helpers.measures.sums import SystemSum
from helpers.measures.value_words import short_words
from helpers.report.words import count, in_words, listed, month, number, sentence


def ends(figure: Ranged, digits: int = 0) -> str:
    """Return the least and the most of a figure."""
    return f"{number(figure.low, digits)} to {number(figure.high, digits)}"


def problem_sentences(results: Sequence[MeasureResult]) -> dict[str, str]:
    """Say what is wrong with the sums, the gravest first and fresh before old; that nothing is where that holds."""
    shown = count(sum(each.latest is not None for each in results), "measure")
    if all(each.latest is None for each in results):
        return {"nothing": "No figure of the system is known for every trust, so nothing can be said."}
    by_pathway: dict[str | None, MeasureResult] = {}
    for each in worst_first(results):
        by_pathway.setdefault(each.measure.pathway, each)
    if not by_pathway:
        return {"calm": sentence(f"nothing in the {shown} of the system needs attention")}
    told = zip(("first", "second", "third"), by_pathway.values(), strict=False)
    return {name: problem_sentence(each) for name, each in told}


def age_sentence(results: Sequence[MeasureResult]) -> str:
    """Say how many sums are out of date, and of when the newest of these is; empty where none is."""
    shown = [(each, each.latest.day) for each in results if each.latest is not None]
    old = [day for each, day in shown if each.stale]
    if not old:
        return ""
    has = f"{in_words(len(old))} of {count(len(shown), 'measure')} {'has' if len(old) == 1 else 'have'}"
    return sentence(f"{has} no recent figure: the newest of these is for {period_words(max(old), 'month')}")


def worst_first(results: Sequence[MeasureResult]) -> list[MeasureResult]:
    """Return what needs attention, fresh before old, the gravest first as the register weighs it."""
    wrong = [each for each in results if each.category == "attention"]
    return sorted(wrong, key=lambda each: (each.stale, -each.measure.consequence))


def answer_sentence(results: Sequence[MeasureResult]) -> str:
    """Say what is registered to be done about the gravest problem, by whom and by when; that nothing is, otherwise."""
    wrong = worst_first(results)
    if not wrong:
        return ""
    answered = next((each for each in wrong if each.comment is not None and each.comment.next), None)
    if answered is None or answered.comment is None:
        return "What is done about it, by whom and by when, is not registered for this system."
    told = answered.comment
    owner = f" {told.owner} answers for it" if told.owner else ""
    due = f", to be back on course by {told.recovery.day} {month(told.recovery)}" if told.recovery else ""
    said = sentence(f"{answered.measure.name}: {told.next}")
    return f"{said}{owner}{due}." if owner else said


def short_history(result: MeasureResult | None) -> str | None:
    """Return what a board's own figure says of the process; of a board with one figure, since when it has any."""
    if result is None or result.latest is None:
        return None
    if len(result.series) == 1:
        return f"first figure: {period_words(result.latest.day, result.measure.frequency)}"
    return short_words(result)


def pressure_sentence(pressure: Pressure | None) -> str:
    """Say how many beds are held by patients who could leave, and what that is in days."""
    if pressure is None:
        return (
            "How many beds are held by patients who could leave is not known: no month has beds, such patients and "
            "emergency admissions of the same trusts."
        )
    beds, days, over = pressure.waiting, pressure.days_waiting, ("", "")
    if pressure.months > 1:
        latest = f"; over the latest {in_words(pressure.months)} whole months"
        over = f"{latest} {ends(beds)}", f"{latest} {ends(days, 1)}"
    return (
        f"In {month(pressure.month)} patients who could leave held {number(beds.value)} of "
        f"{number(pressure.occupied.value)} beds in use ({number(pressure.share, 1)}%){over[0]}. Of the "
        f"{number(pressure.days.value, 1)} bed-days for each emergency admission, {number(days.value, 1)} were theirs"
        f"{over[1]}."
    )


def outside_sentence(way_out: WayOut | None) -> str:
    """Say how many of the beds wait for what lies outside the hospital, as bounds."""
    if way_out is None:
        return "What these patients wait for is not in the data: no trust of the system gives reasons of delay."
    low, high = way_out.of(*OUTSIDE)
    between, _ = way_out.of("interface")
    inside, _ = way_out.of("hospital")
    at_most = f" and at most {number(high)}" if np.isfinite(way_out.remaining) else ""
    return (
        f"In {month(way_out.month)} at least {number(low)}{at_most} beds were held by patients who waited for "
        "community health services, social care or housing, which no hospital provides. "
        f"{number(between)} waited at least for arrangements that hospitals and partners make together, and "
        f"{number(inside)} for a step of the hospital's own."
    )


def way_out_note(way_out: WayOut) -> str:
    """Say how far reasons cover the patients, and whose are missing."""
    said = [f"{count(len(way_out.trusts), 'trust')} gave reasons for {number(way_out.total)} patients"]
    if way_out.unknown:  # then all who could leave are known as well
        said[0] += f" of {number(way_out.remaining)} who could leave"
        said += [
            "at most: as if all patients without a reason waited for the same, so the column does not add up"
        ]
    elif np.isfinite(way_out.remaining):
        said += ["more are counted by reason than stayed on the median day, so least and most are the same"]
    if way_out.absent:
        said.append(f"{listed(way_out.absent)} gave reasons in the year before and none in this month")
    return " ".join(sentence(each) for each in said)


def scenario_words(scenarios: Sequence[BedScenario], change: float) -> str:
    """Say what a change on the way out would give, as a range and no cause."""
    found = {each.name: each for each in scenarios}
    if "way_out" not in found:
        return "Without beds and patients who could leave of the same trusts the models have nothing to work on."
    first = found["way_out"]
    said = (
        f"if {change:g}% fewer patients stayed who could leave, {number(first.low)} to {number(first.high)} beds would "
        f"be free, with room for {number(first.room[0])} to {number(first.room[1])} emergency admissions a month"
    )
    return f"{sentence(said)} It is an upper bound and not a forecast: freed beds mostly fill again."


def trusts_words(sums: Iterable[SystemSum], trusts: int) -> str:
    """Say over how many trusts of the system the sums are; some have no beds, no list or no A&E."""
    numbers = {len(each.trusts) for each in sums} or {0}
    if numbers == {trusts}:
        return f"its {count(trusts, 'trust')}"
    few, many = min(numbers), max(numbers)
    return f"{few} to {many} of its {trusts} trusts" if few < many else f"{many} of its {trusts} trusts"


def lacking_sentence(measures: Sequence[str], trusts: Sequence[str]) -> str:
    """Say which figures of a board's own people lack whom; empty where none do."""
    if not measures:
        return ""
    return sentence(
        f"people treated by {listed(trusts)}, from which no figure came, are missing from: {'; '.join(measures)}"
    )


def gap_sentences(sums: Sequence[SystemSum], names: Mapping[str, str]) -> list[str]:
    """Say whose figures the sums lack, for good or in their newest months; those that lack the same at once."""
    lacking: dict[str, list[str]] = {}
    for each in sums:
        for clause in _gaps(each, names):
            lacking.setdefault(clause, []).append(each.measure.name)
    return [sentence(f"{'; '.join(measures)}: {clause}") for clause, measures in lacking.items()]


def _gaps(each: SystemSum, names: Mapping[str, str]) -> Iterator[str]:
    def who(codes: Iterable[str]) -> str:
        return listed(names.get(code, code) for code in codes)

    if each.left_out:
        share = 100 * sum(each.left_out.values())
        less = "under 0.1" if share < 0.05 else number(share, 1)
        yield f"without {who(each.left_out)}, whose figures miss months ({less}% of the sum)"
    newest = max(each.missing, default=None)
    if newest is not None and (each.latest is None or newest > each.latest):
        least = ""
        if bound := each.later_bound:
            least = f"; the others had {figure_words(each.measure, bound[1])}, so the sum is at least that"
        yield f"no whole sum for {month(newest)}, as no figure came from {who(each.missing[newest])}{least}"
    elif each.missing:
        are = "is a gap" if len(each.missing) == 1 else "are gaps"
        codes = sorted({code for gone in each.missing.values() for code in gone})
        yield f"{count(len(each.missing), 'month')} of the chart {are}, as figures are missing from {who(codes)}"
