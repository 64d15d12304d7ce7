"""Why a measure needs attention, in words: one clause a reason, each tested by case."""

from __future__ import annotations

import re
from typing import Final

from helpers.measures.attention import Alarm
from helpers.measures.figures import chance_words, people_words, period_words
from helpers.measures.result import MeasureResult
from helpers.measures.target_words import held_words, target_words
from helpers.measures.value_words import parts_words, signal_words, value_clause
from helpers.report.words import in_words, month, sentence

#: which reason says most of a measure in one clause: since when before by which rule
_TELLING: Final = ("persistent", "worst_quarter", "settled", "signal", "unlikely", "limits")
_PERIODS = {"month": "months", "quarter": "quarters", "year": "years"}


def alarm_words(result: MeasureResult, alarm: Alarm) -> str:
    """Return one reason why a measure needs attention, as a clause."""
    match alarm.kind:
        case "signal":
            return signal_words(result)
        case "limits":
            return f"its limits all lie on the wrong side of {held_words(result)}"
        case "persistent":
            return missed_words(result, alarm)
        case "unlikely":
            return _unlikely_words(result)
        case "worst_quarter":
            assert result.national is not None, "a place among trusts raised the alarm"
            return f"very likely in the worst quarter of {result.national.nation}"
        case "settled":
            assert alarm.since is not None, "a level is settled since some period"
            return f"settled at a worse level since {period_words(alarm.since, result.measure.frequency)}"


def missed_words(result: MeasureResult, alarm: Alarm) -> str:
    """Return how often the target was missed: in every month since, or in so many of so many."""
    frequency, aim = result.measure.frequency, _aim_words(result, alarm)
    periods = periods_of(frequency)
    if alarm.missed < alarm.of or alarm.since is None:
        return f"it missed {aim} in {in_words(alarm.missed)} of the latest {in_words(alarm.of)} {periods}"
    if alarm.since == result.series.days[0]:
        return f"it missed {aim} in all {len(result.series)} {periods} shown"
    return f"it has missed {aim} in every {frequency} since {period_words(alarm.since, frequency)}"


def periods_of(frequency: str) -> str:
    """Return what several periods of a frequency are called."""
    return _PERIODS.get(frequency, "periods")


def _aim_words(result: MeasureResult, alarm: Alarm) -> str:
    """Return what was missed: one target by its name, several together."""
    first = alarm.since or result.series.days[max(0, len(result.series) - alarm.of)]
    since = [
        held for day, held in zip(result.series.days, result.held, strict=True) if held and day >= first
    ]
    ways = {held.by for held in since}
    if ways == {"target"} and len({held.value for held in since}) > 1:
        return "its target of the time"
    return "its target, or the way to it," if "target" in ways and len(ways) > 1 else held_words(result)


def _unlikely_words(result: MeasureResult) -> str:
    forecast = result.forecast
    assert forecast is not None, "a forecast raised the alarm"
    target = target_words(result, forecast.goal.target)
    when = {"end": "in", "mean": "as the mean of the year to", "total": "by the end of"}[forecast.goal.met]
    return f"the chance of {target} {when} {month(forecast.goal.due)} is {chance_words(forecast.chance)}"


def attention_clauses(result: MeasureResult) -> list[str]:
    """Return every reason why a measure needs attention, in order of proof."""
    return [alarm_words(result, alarm) for alarm in result.alarms]


def problem_sentence(result: MeasureResult) -> str:
    """Say what is wrong with one measure, in people where they are counted, and since when or by what."""
    assert result.latest is not None, "a measure without a figure needs none"
    measure, latest = result.measure, result.latest
    when, clause = period_words(latest.day, measure.frequency), telling_clause(result)
    people = people_words(result)
    if people and (measure.kind == "count" or measure.digits > 1):  # a share so small says nothing
        return sentence(f"{people} in {when}: {re.sub('^it ', 'this ', clause)}")
    said = f"{value_clause(measure, latest.value)}{parts_words(result)}"
    joint = ", and " if clause.startswith(("it ", "its ", "the chance ")) else ", "
    joined = f"{said}{joint}{clause}"
    return sentence(f"{people} in {when}: {joined}" if people else f"in {when} {joined}")


def telling_clause(result: MeasureResult) -> str:
    """Return the one reason that tells most of why a measure needs attention."""
    alarms: dict[str, Alarm] = {alarm.kind: alarm for alarm in result.alarms}
    kind = next(kind for kind in _TELLING if kind in alarms)
    return alarm_words(result, alarms[kind])
