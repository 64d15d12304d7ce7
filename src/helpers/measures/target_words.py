"""Sentences about targets: whether the latest value meets them, whether the process will, what is to come."""

from __future__ import annotations

from datetime import date
from math import isfinite

from helpers.measures.figures import chance_words, figure_words, gap_words, goal_words, range_words
from helpers.measures.result import MeasureResult
from helpers.measures.series import EXACT, last_day
from helpers.measures.targets import KINDS, due_of
from helpers.register.models import Target
from helpers.report.process_words import promise_sentence
from helpers.report.words import month, sentence, together


def target_words(result: MeasureResult, target: Target) -> str:
    """Return a target with its kind: "the planning milestone of 82%"."""
    return f"the {KINDS[target.kind]} of {goal_words(result.measure, target.value)}"


def held_words(result: MeasureResult) -> str:
    """Return what the latest period is held against: its target, the trust's own plan, or our line to a milestone."""
    held, target = result.held_now, result.target
    assert held is not None, "asked of a period that is held against something"
    assert target is not None, "whatever is held against comes from a target"
    if held.by == "target":
        return target_words(result, target)
    way = "the trajectory registered" if held.by == "trajectory" else "our line"
    return f"{way} to {target_words(result, target)}"


def due_words(target: Target, day: date) -> str:
    """Return by when or how a target counts; empty for one that holds in every period.

    `day` is in the period that is spoken of.
    """
    if target.meaning == "every_period":
        return ""
    due = due_of(target, day)
    return {
        "march_value": f"which counts in {month(due)}",
        "year_mean": f"which counts as the mean of the year to {month(due)}",
        "cumulative": f"which counts as the sum of the year to {month(due)}",
    }[target.meaning]


def target_sentence(result: MeasureResult) -> str:
    """Say whether the latest value meets the target in force, and which comes next."""
    if result.latest is None:
        return ""
    if result.measure.direction == "neutral":
        return "Neither way is better by itself, so no target is judged."
    if result.target is None:
        return together(_lapsed_sentence(result), _next_sentence(result))
    if result.target.meaning == "cumulative":
        due = month(due_of(result.target, result.latest.day))
        year = f"the year to {due} is to add up to {goal_words(result.measure, result.target.value)}"
        return sentence(f"{year}: no single month has to meet it")
    standard = ""
    if result.standard is not None:
        value = goal_words(result.measure, result.standard.value)
        standard = sentence(f"the constitutional standard is {value}")
    said = sentence(_standing_words(result, result.target, due_words(result.target, result.latest.day)))
    return together(said, _line_sentence(result), standard, _next_sentence(result))


def _lapsed_sentence(result: MeasureResult) -> str:
    """Say that no target is in force, which was the last one, until when, and whether it was met then."""
    assert result.latest is not None, "asked for with a latest value alone"
    over = [target for target in result.targets if target.end and target.end < result.latest_end]
    if not over:
        return "No target is in force."
    last = max(over, key=lambda target: target.end or date.min)
    assert last.end is not None, "a target that has lapsed has an end"
    said = f"no target is in force: {target_words(result, last)} ended in {month(last.end)}"
    return sentence(f"{said}{_at_its_end(result, last, last.end)}")


def _at_its_end(result: MeasureResult, target: Target, end: date) -> str:
    """Say whether a target was met in the period in which it ended; empty where that cannot be told."""
    series, measure = result.series, result.measure
    values = [
        float(series.shown[place])
        for place in range(len(series))
        if last_day(series, measure, place).replace(day=1) == end.replace(day=1)
    ]
    if target.meaning in ("cumulative", "year_mean") or not values or not isfinite(values[0]):
        return ""
    gap = values[0] - target.value
    met = gap >= 0 if measure.direction == "increase" else gap <= 0
    return f", {'met' if met else 'missed'}: {figure_words(measure, values[0])} then"


def _line_sentence(result: MeasureResult) -> str:
    """Say where the way to a milestone should have been by now; empty where the target itself counts already."""
    held, measure = result.held_now, result.measure
    if held is None or held.by == "target" or result.latest is None:
        return ""
    way = "the trajectory registered" if held.by == "trajectory" else "a straight line to it (our line)"
    gap = round(result.latest.value - held.value, EXACT)
    said = f"{way} stands at {figure_words(measure, held.value)} by now"
    if round(abs(gap), measure.digits) == 0:
        return sentence(f"{said}, which it equals")
    return sentence(f"{said}: it is {gap_words(measure, gap)} {'above' if gap > 0 else 'below'}")


def _standing_words(result: MeasureResult, target: Target, due: str) -> str:
    named, gap = target_words(result, target), result.distance
    later = f", {due}" if due else ""
    if gap > 0 == target.value and result.measure.people:
        return f"it misses {named}{later}"
    if gap == 0:
        return f"it {'meets' if target.value == 0 else 'equals'} {named}{later}"
    side = "above" if gap > 0 else "below"
    if round(abs(gap), result.measure.digits) == 0:
        return f"it is just {side} {named}, the same when rounded"
    if result.met:
        return f"it meets {named}{later + ',' if later else ''} by {gap_words(result.measure, gap)}"
    return f"it is {gap_words(result.measure, gap)} {side} {named}{later}"


def _next_sentence(result: MeasureResult) -> str:
    coming = result.next_target
    if coming is None or coming.start is None:
        return ""
    return sentence(f"from {month(coming.start)} {target_words(result, coming)} applies")


def assurance_sentence(result: MeasureResult) -> str:
    """Say what the limits promise of the target, or why they promise nothing; empty without a target."""
    if result.latest is None or result.target is None or result.limits_against_target is None:
        return ""
    if result.standing in ("too_few", "unstable"):
        return ""
    held, special = result.held_now, result.special_since_limits_began
    named = "the target" if held is None or held.by == "target" else held_words(result)
    return promise_sentence(result.limits_against_target, named, special=special)


def forecast_sentence(result: MeasureResult) -> str:
    """Say what a forecast makes of a dated target; empty where the target has no date of its own."""
    goal = result.goal
    if goal is None or not goal.dated or result.latest is None:
        return ""
    if result.why_no_forecast:
        return sentence(f"no forecast is made: {result.why_no_forecast}")
    forecast, measure = result.forecast, result.measure
    assert forecast is not None, "nothing speaks against it"
    outcome = forecast.result.outcome
    what = {"end": month(goal.due), "mean": "the year's mean", "total": "the year's sum"}[goal.met]
    low, high = (float(outcome[name]) for name in ("lower80", "upper80"))
    digits = min(measure.digits, 1)
    expected = figure_words(measure, float(outcome["median"]), digits=digits)
    target, chance = target_words(result, goal.target), chance_words(forecast.chance)
    said = f"if the past is a guide, {what} brings {expected} "
    said += f"(80% interval {range_words(measure, low, high, digits=digits)})"
    verdict = f"the chance of meeting {target} is {chance}: {forecast.result.words}"
    return f"{sentence(said)} {sentence(verdict)}"
