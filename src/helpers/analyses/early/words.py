"""What early warnings say: signs, what would confirm them and how often they were right, each tested by case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from helpers.analyses.early.signs import Flows, FoundSigns, Kind, Record, Sign
from helpers.data.periods import period_end
from helpers.measures.figures import chance_words, figure_words, goal_words, told_figure
from helpers.measures.result import MeasureResult
from helpers.measures.targets import held_on
from helpers.measures.value_words import signal_words
from helpers.phrases import phrase
from helpers.report import controlled
from helpers.report.period import add_months
from helpers.report.sections import first_bold
from helpers.report.words import count, in_words, listed, month, number, sentence, together
from helpers.stats.early_turn import AHEAD, TOGETHER

#: signs that the headline tells; the rest is counted
TOLD: Final = 3
_YEAR: Final = 12


def sign_words(sign: Sign) -> str:
    """Return what the sign is, as sentences."""
    assert sign.result.latest is not None, "only what has a figure is looked at"
    words = {
        "turned": _turned_words,
        "crossing": _crossing_words,
        "growing": _growing_words,
        "data": _data_words,
    }
    told = f"{told_figure(sign.result)} in {month(sign.result.latest.day)}"
    return together(sentence(f"{told}: {words[sign.kind](sign)}"), _money_words(sign.result))


def _turned_words(sign: Sign) -> str:
    signal = "though its chart has no signal yet"
    if sign.result.variation == "concern":
        signal = f"and its chart has a signal ({signal_words(sign.result)})"
    return (
        f"the latest {in_words(TOGETHER)} months together are worse than its own past lets expect, {signal}"
    )


def _crossing_words(sign: Sign) -> str:
    assert sign.due is not None, "a forecast has its month"
    measure = sign.result.measure
    held = held_on(sign.result, period_end(sign.due, measure.frequency))
    value = goal_words(measure, round(sign.aim, measure.digits))
    what = {
        "target": "its target",
        "trajectory": "the trajectory registered",
        "our_line": "our line to the milestone",
    }
    aim = f"the {value} of {what[held.by]}" if held else f"{value}, all there is"
    return f"{chance_words(sign.certainty)} likely to be worse in {month(sign.due)} than {aim}"


def _growing_words(sign: Sign) -> str:
    result = sign.result
    assert result.latest is not None, "only what has a figure is looked at"
    before = float(result.series.shown[result.latest.place - AHEAD])
    grown = number(result.latest.value - before, result.measure.digits)
    said = (
        f"{grown} more than {in_words(AHEAD)} months before; in each of them more joined than left (load above 1), "
        f"and it grew in the {in_words(AHEAD)} months after {month(add_months(result.latest.day, -_YEAR))} too"
    )
    return f"{said}. {flows_words(sign.flows)}" if sign.flows else said


def flows_words(flows: Flows) -> str:
    """Return what joined and left a list in its latest month, and the load that makes."""
    silent = (
        f"{number(abs(flows.unreported))} {'left' if flows.unreported >= 0 else 'joined'} without a report"
    )
    return (
        f"In {month(flows.day)} {number(flows.starts)} joined, {number(flows.stops)} were reported to leave "
        f"and {silent}: load {flows.load:.2f}"
    )


def _data_words(sign: Sign) -> str:
    if sign.result.stale:
        return "no later figure has come, so it is out of date"
    series, day = sign.result.series, sign.first
    place = series.days.index(day)
    if not np.isfinite(series.values[place]) and not series.hidden[place]:
        return f"no figure for {month(day)}, where the year before had all"
    return f"another published source gives another figure for {month(day)}, where the year before had none"


def _money_words(result: MeasureResult) -> str:
    """Say how spend changed over a quarter against a year before, price and volume apart; empty for other measures.

    Spend is the figure as shown times the volume as it may be shown, so that the two parts add up.
    """
    if result.latest is None or not result.measure.unit.startswith("£") or result.measure.kind == "count":
        return ""
    series, end = result.series, result.latest.place + 1
    if end < _YEAR + TOGETHER:
        return ""
    counts = controlled.counts(series.denominator, series.origin)
    volumes = np.array([each if isinstance(each, int | float) else np.nan for each in counts], dtype=float)
    sums = np.array([series.shown * volumes, volumes])
    (spend, volume), (spent, past) = (
        sums[:, end - TOGETHER - back : end - back].sum(axis=1).tolist() for back in (0, _YEAR)
    )
    if not np.isfinite([spend, spent]).all() or not past > 0 or not volume > 0:
        return ""
    price, more = (spend / volume - spent / past) * volume, spent / past * (volume - past)
    all_of, by_price, by_volume = (f"£{number(each, signed=True)}" for each in (spend - spent, price, more))
    said = f"against the same months a year before {all_of}: price {by_price}, volume {by_volume}"
    return sentence(said.replace("£+", "+£").replace("£−", "−£"))


def confirm_words(sign: Sign) -> str:
    """Return what would confirm the sign, and when."""
    if sign.due is None:
        return "The next figure is late or differs again."
    measure = sign.result.measure
    value, up = figure_words(measure, sign.aim), measure.direction == "increase"
    if sign.kind == "turned":
        return sentence(f"{value} or {'less' if up else 'more'} in {month(sign.due)}")
    return sentence(f"{'below' if up else 'above'} {value} in {month(sign.due)}")


def record_words(record: Record) -> str:
    """Return how often such signs were right here.

    >>> record_words(Record(3, 4)), record_words(Record(0, 1)), record_words(Record())
    ('three of four such signs', 'none of one such sign', 'no such sign before')
    """
    if not record.signs:
        return "no such sign before"
    return f"{in_words(record.right) if record.right else 'none'} of {count(record.signs, 'such sign')}"


def headline_words(found: FoundSigns, new: Sequence[Sign], gone: Sequence[str]) -> dict[str, str]:
    """Return what a board should know first: the weightiest signs, what is new, what is no longer warned of."""
    signs, left = found.signs, len(found.signs) - TOLD
    told = [f"{each.result.measure.name}, {sign_words(each)}" for each in signs[:TOLD]]
    said = {f"sign_{place}": text for place, text in enumerate(told, 1)}
    if not signs:
        said = {"none": "No measure that could be looked at gives an early warning."}
    if left > 0:
        said["more"] = sentence(f"{count(left, 'further warning')} below")
    if len(new) < len(signs):
        said["new"] = sentence(f"{count(len(new), 'warning is', 'warnings are')} new since the last report")
    return first_bold({**said, "gone": sentence(f"no longer warned of: {listed(gone)}") if gone else ""})


def false_words(found: FoundSigns) -> str:
    """Say how many warnings may be false, and how that is held."""
    tested = sentence(phrase("statements.early.tested", tested=count(found.tested, "measure")))
    if len(found.signs) < 2:  # one has its certainty beside it
        return tested
    wrong, many = sum(1 - sign.certainty for sign in found.signs), in_words(len(found.signs))
    about = "less than one" if wrong < 1 else f"about {in_words(round(wrong))}"
    return f"{tested} Of these {many} warnings {about} will not come true, by their certainty."


def against_words(kind: Kind, record: Record) -> str:
    """Return how "as last month" did in the same months, and whether the signs did better."""
    right, many = record.plain_right, record.plain
    if kind == "crossing":  # what is met stays met
        right, many = record.signs - record.right, record.signs
    return f"{in_words(right) if right else 'none'} of {in_words(many)}" if many else "never asked"


def left_words(results: Sequence[MeasureResult]) -> str:
    """Say of how many measures nothing could be looked at because their figures are out of date."""
    stale = [each.measure.name for each in results if each.stale]
    if not stale:
        return ""
    verb = "is" if len(stale) == 1 else "are"
    many = count(len(stale), "measure")
    return sentence(f"{many} {verb} out of date and {verb} not looked at: {listed(stale)}")
