"""What page one says: the worst problems in words of patients and money, a row for each pathway, the rest in short."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from helpers.analyses.performance_report.measure_parts import comment_words
from helpers.analyses.performance_report.ranking import (
    PathwayRow,
    in_order,
    is_short,
    off_course,
    pathway_rows,
)
from helpers.bundle import Cell
from helpers.measures.attention_words import attention_clauses, periods_of, problem_sentence, telling_clause
from helpers.measures.columns import short_period, spark_of
from helpers.measures.figures import (
    counted_as_people,
    counted_words,
    figure_words,
    goal_words,
    people_affected,
    period_words,
    told_figure,
)
from helpers.measures.result import MeasureResult
from helpers.measures.value_words import short_words
from helpers.measures.words import CATEGORY_WORDS, FALSE_SIGNAL
from helpers.phrases import phrases
from helpers.register.arrangement import Pathway
from helpers.report.words import count, day_words, in_words, listed, number, sentence
from helpers.stats.position import VERY_LIKELY

#: problems that the headline says in full; rows of page one; measures in a row said in full
MOST_WORST: Final = 3
MOST_ROWS: Final = 5
MOST_IN_ROW: Final = 3
#: names in a list before the rest is only counted; watched measures that page one advises of
MOST_NAMES: Final = 6
MOST_ADVISED: Final = 3
#: of what a board may be assured, the surest first
_ASSURANCES: Final = (
    "Steady and meeting target",
    "Meeting target, changed within a year",
    "At target, no stable period yet",
    "Better",
    "Better, still short of target",
)
_ORDINALS: Final = ("first", "second", "third")


# --- the headline -------------------------------------------------------------------------------------


def headline_words(results: Sequence[MeasureResult], pathways: Mapping[str, Pathway]) -> dict[str, str]:
    """Return the sentences of the headline by name: the worst problems, a pathway each, and what else is wrong."""
    shown = [result for result in results if result.category != "nothing"]
    if not shown:
        return {"nothing": "No figure of any measure may be shown, so nothing can be said."}
    rows = pathway_rows(shown, pathways)
    words = {name: problem_sentence(row.results[0]) for name, row in zip(_ORDINALS, rows, strict=False)}
    if not rows:
        words["calm"] = _calm_sentence(shown)
    more = [row.results[0].measure.name for row in rows[MOST_WORST:]]
    words["also"] = _names_sentence("also needing attention", more)
    early = [result.measure.name for result in in_order(shown) if _early(result)]
    words["early"] = _names_sentence("worse on few points, so an early sign", early)
    words["out_of_date"] = stale_count_sentence(shown)
    return {name: said for name, said in words.items() if said}


def _calm_sentence(results: Sequence[MeasureResult]) -> str:
    """Say that nothing recent needs attention; that nothing is worse only where no icon says worse."""
    fresh = [result for result in results if not result.stale]
    if not fresh:
        return "No measure has a recent figure."
    said = f"nothing in the {count(len(fresh), 'measure')} with a recent figure needs attention"
    worse = any(result.variation == "concern" for result in fresh)
    return sentence(said if worse else f"{said}, and none is worse than ordinary variation explains")


def _names_sentence(what: str, names: Sequence[str]) -> str:
    if not names:
        return ""
    return f"{sentence(what).removesuffix('.')}: {_cut(names)}."


def _cut(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMES
    return "; ".join(names) if more <= 0 else f"{'; '.join(names[:MOST_NAMES])}; and {_many(more)} more"


def stale_count_sentence(results: Sequence[MeasureResult]) -> str:
    """Say how many measures have no recent figure and what was wrong by the last; empty where all are recent."""
    old = [result for result in results if result.stale]
    if not old:
        return ""
    oldest = min(old, key=lambda result: result.latest_end)
    assert oldest.latest is not None, "a measure without a figure is not out of date"
    when = period_words(oldest.latest.day, oldest.measure.frequency)
    if len(old) == 1:
        return sentence(f"{oldest.measure.name} is out of date: its latest figure is of {when}")
    said = f"{_many(len(old))} measures are out of date, the oldest with a figure of {when}"
    wrong = [r for r in in_order(old) if r.category == "attention"]
    if not wrong:
        return sentence(said)
    named = "; ".join(
        f"{r.measure.name}, {told_figure(r)} in {short_period(r)}" for r in wrong[:MOST_WORST]
    )
    more = len(wrong) - MOST_WORST
    rest = f"; and {_many(more)} more" if more > 0 else ""
    return f"{sentence(said)} Needing attention by their last figures: {named}{rest}."


# --- the rows -----------------------------------------------------------------------------------------


def rows_of(rows: Sequence[PathwayRow], period: str) -> list[tuple[Cell, ...]]:
    """Return the rows of page one, five at most."""
    return [
        (
            row.pathway.name,
            _stands(row.results, period),
            spark_of(row.results[0]),
            answer_words(row.results, period),
            "; ".join(result.measure.name for result in row.results),
            row.results[0].measure.consequence,
        )
        for row in rows[:MOST_ROWS]
    ]


def more_words(rows: Sequence[PathwayRow]) -> str:
    """Name what needs attention and has no row; empty where each has."""
    names = [result.measure.name for row in rows[MOST_ROWS:] for result in row.results]
    return _names_sentence("also needing attention", names)


def _stands(results: Sequence[MeasureResult], period: str) -> str:
    lines = [_stand_line(result, period, placed=result is results[0]) for result in results[:MOST_IN_ROW]]
    if names := [result.measure.name for result in results[MOST_IN_ROW:]]:
        lines.append(f"Also: {_cut(names)}.")
    return "\n".join(lines)


def _stand_line(result: MeasureResult, period: str, *, placed: bool) -> str:
    """Return one measure's line: value and people, what it is held against, since when or by what it is wrong.

    The table's caption says the report's period, a line only another. The first of a row says where it stands among
    trusts too: in a column of its own nobody could tell whose place it is.
    """
    assert result.latest is not None, "a measure without a figure needs no attention"
    own = f"{result.latest.day:%Y-%m}" == period and result.measure.frequency == "month"
    when = "" if own else f" in {short_period(result)}"
    value = f"{result.measure.name}: {told_figure(result)}{when}{_people_in_brackets(result)}"
    why = _short_clause(result)
    among = _among_words(result) if placed and "worst quarter" not in why else ""
    return sentence(f"{value}{against_words(result)}; {why}{among}")


def _among_words(result: MeasureResult) -> str:
    """Return a measure's place among trusts; empty where it is not compared."""
    place = result.national
    if place is None:
        return ""
    if place.worst_quarter >= VERY_LIKELY:
        return f"; very likely in the worst quarter of {place.trusts} {place.nation}"
    return (
        f"; {phrases('standings.middle_half')[place.side]} the middle half of {place.trusts} {place.nation}"
    )


def short_line(result: MeasureResult) -> str:
    """Return a measure without a section of its own: its value, what it is held against, every reason."""
    assert result.latest is not None, "a measure without a figure needs no attention"
    value = f"{told_figure(result)} in {short_period(result)}{_people_in_brackets(result)}"
    return sentence(f"{value}{against_words(result)}; {'; '.join(attention_clauses(result))}")


def _people_in_brackets(result: MeasureResult) -> str:
    """Return how many people are on the wrong side, in brackets: what is wrong for them the measure's name says."""
    found = people_affected(result)
    if not found or result.measure.kind == "count" or counted_as_people(result):
        return ""
    aside = "but not for " if result.measure.direction == "increase" else ""
    return f" ({aside}{counted_words(found)})"


def against_words(result: MeasureResult) -> str:
    """Return what the latest value is held against: " against 83.6% on our line to 94%"; empty where nothing."""
    held, target, measure = result.held_now, result.target, result.measure
    if held is None or target is None:
        return ""
    if held.by == "target":
        return f" against {goal_words(measure, target.value)}"
    way = "planned" if held.by == "trajectory" else "on our line"
    return f" against {figure_words(measure, held.value)} {way} to {goal_words(measure, target.value)}"


def _short_clause(result: MeasureResult) -> str:
    """Return the reason that tells most, of a miss only since when: what was missed stands before it."""
    missed = next((alarm for alarm in result.alarms if alarm.kind == "persistent"), None)
    if missed is None or result.held_now is None:
        return telling_clause(result)
    frequency = result.measure.frequency
    if missed.missed < missed.of or missed.since is None:
        return f"missed in {missed.missed} of the latest {missed.of} {periods_of(frequency)}"
    if missed.since == result.series.days[0]:
        return f"missed in all {len(result.series)} {periods_of(frequency)} shown"
    return f"missed in every {frequency} since {period_words(missed.since, frequency)}"


def answer_words(results: Sequence[MeasureResult], period: str) -> str:
    """Return why and what next with owner and date, of the first measure that has words; else that nobody wrote any."""
    told = next((result for result in results if result.comment is not None), None)
    if told is None or told.comment is None:
        owner = results[0].measure.owner
        return f"Nobody has explained this.\n{f'Owner: {owner}.' if owner else 'Nobody owns it.'}"
    comment = told.comment
    owner = comment.owner or told.measure.owner
    by = f", by {day_words(comment.recovery)}" if comment.recovery else ""
    planned = f"Next: {sentence(comment.next)}" if comment.next else "No plan has been given."
    return f"{comment_words(told, period)}\n{planned}{f' {owner}{by}.' if owner else ''}"


# --- advise, assure, and what is out of date ----------------------------------------------------------


def advise_words(results: Sequence[MeasureResult]) -> str:
    """Return what to advise the board of: watched measures that go the wrong way or are short of their target."""
    found = [r for r in in_order(results) if r.category == "watched" and not r.stale and _advised(r)]
    lines = [
        f"- **{result.measure.name}**: {_against_target(result)}; {short_words(result)}"
        for result in found[:MOST_ADVISED]
    ]
    if len(found) > MOST_ADVISED:
        lines.append(f"- and {_many(len(found) - MOST_ADVISED)} more, in the table of all measures")
    return "\n".join(lines) or "Nothing further to advise of."


def assure_words(results: Sequence[MeasureResult]) -> str:
    """Return what the board may be assured of: what meets its target and will, and what is better than it was."""
    found: dict[str, list[str]] = {}
    for result in in_order(results):
        if said := _assurance(result):
            found.setdefault(said, []).append(result.measure.name)
    lines = [f"- **{what}**: {_cut(found[what])}" for what in _ASSURANCES if what in found]
    return "\n".join(lines) or "Nothing can be assured yet."


def _assurance(result: MeasureResult) -> str:
    """Return of what a board may be assured; empty where of nothing."""
    steady, steady_lately, at_target, better, short = _ASSURANCES
    if result.stale or result.category not in ("watched", "maintenance"):
        return ""
    if result.category == "maintenance":
        return steady
    if result.variation == "improvement" and not result.too_few:
        return short if result.met is False else better
    if result.standing == "pass" and result.met is not False and result.variation != "concern":
        return steady_lately
    return at_target if result.unstable and result.met is True and result.trend != "worse" else ""


def out_of_date_words(results: Sequence[MeasureResult]) -> str:
    """Return where the measures without a recent figure stood: those that needed attention in full."""
    old = [result for result in in_order(results) if result.stale and result.category != "nothing"]
    wrong = [result for result in old if result.category == "attention"]
    lines = [f"- **{result.measure.name}**: {old_words(result)}" for result in wrong]
    calm = [result for result in old if result.category != "attention"]
    if short := [
        f"{r.measure.name}, {_against_target(r)} in {short_period(r)}" for r in calm if is_short(r)
    ]:
        lines.append(f"- Short of target, but did not need attention then: {'; '.join(short)}")
    if rest := [f"{r.measure.name} ({short_period(r)})" for r in calm if not is_short(r)]:
        lines.append(f"- Did not need attention then: {'; '.join(rest)}")
    return "\n".join(lines)


def old_words(result: MeasureResult) -> str:
    """Return how a measure without a recent figure stood then."""
    assert result.latest is not None, "a measure without a figure is not out of date"
    said = f"{told_figure(result)} in {short_period(result)}"
    if result.category == "attention":
        return f"{said}; {telling_clause(result)}"
    return f"{said}; {CATEGORY_WORDS[result.category].removeprefix('is ')} then"


def _advised(result: MeasureResult) -> bool:
    if _assurance(result):
        return False
    return is_short(result) or off_course(result) or _early(result) or result.variation == "concern"


def _early(result: MeasureResult) -> bool:
    early = result.too_few and result.variation == "concern" and result.category != "attention"
    return early and not result.stale


def _against_target(result: MeasureResult) -> str:
    assert result.latest is not None, "a measure without a figure is off no course"
    said = told_figure(result)
    if result.target is not None and result.met is False:
        said += f" against {goal_words(result.measure, result.target.value)}"
    return said


# --- how many, and how many by chance -----------------------------------------------------------------


def count_sentence(results: Sequence[MeasureResult]) -> str:
    """Say how many measures need attention, are watched and are in maintenance.

    >>> count_sentence([])
    'No measure has a figure.'
    """
    shown = [result for result in results if result.category != "nothing"]
    if not shown:
        return "No measure has a figure."
    many: dict[str, int] = {
        name: sum(result.category == name for result in shown) for name in CATEGORY_WORDS
    }
    old = sum(result.category == "attention" and result.stale for result in shown)
    first = f"{_many(many['attention'])} of {count(len(shown), 'measure')} "
    first += f"{'needs' if many['attention'] <= 1 else 'need'} attention"
    if old:
        first += f" ({_many(old)} by figures out of date)"
    rest = [
        f"{_many(many[name])} {'is' if many[name] <= 1 else 'are'} {words}"
        for name, words in (("watched", "watched"), ("maintenance", "in maintenance"))
    ]
    return sentence(f"{first}, {listed(rest)}")


def _many(found: int) -> str:
    """Return a number as a subject: none, one, two … nine, 10.

    >>> _many(0), _many(3), _many(12)
    ('none', 'three', '12')
    """
    return in_words(found) if found else "none"


def chance_sentence(results: Sequence[MeasureResult]) -> str:
    """Say how many of the flags chance alone would give."""
    judged = sum(not (r.too_few or r.unstable) for r in results if r.category != "nothing")
    if not judged:
        return ""
    some = number(100 * (1 - (1 - FALSE_SIGNAL) ** judged))
    return sentence(
        f"of steady measures {number(100 * FALSE_SIGNAL, 1)}% show a signal for the worse by chance alone, and so "
        f"{some}% of reports with {count(judged, 'measure')} that have limits show one or more"
    )
