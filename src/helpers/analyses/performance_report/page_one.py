"""The words of page one: headline, the rule, and what to alert the board to, advise it of, assure it of."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from helpers.analyses.performance_report.ranking import in_order, off_course
from helpers.analyses.performance_report.tables import as_at_words, short_period
from helpers.bundle import Panel
from helpers.measures.attention_words import attention_clauses
from helpers.measures.figures import figure_words, goal_words, period_words
from helpers.measures.result import MeasureResult
from helpers.measures.value_words import parts_words, short_words, value_clause
from helpers.measures.words import CATEGORY_RULES, CATEGORY_WORDS, FALSE_SIGNAL
from helpers.report.words import count, listed, number, sentence

#: sentences of the headline at most, and names or bullets in a list before the rest is only counted
MOST_SENTENCES, MOST_NAMES, MOST_BULLETS, MOST_ADVISED = 6, 6, 8, 3
#: problems that the headline says in full, and reasons of one that page one gives
MOST_WORST, MOST_REASONS = 3, 2


def headline_sentences(results: Sequence[MeasureResult]) -> list[str]:
    """Return the headline: what is wrong, worst first and fresh figures before old ones; then the counts."""
    shown = [result for result in results if result.category != "nothing"]
    if not shown:
        return ["No figure of any measure may be shown, so nothing can be said."]
    ranked = in_order(shown)
    attention = [result for result in ranked if result.category == "attention"]
    fresh = [result for result in attention if not result.stale]
    wanted: list[str] = [attention_sentence(result) for result in fresh[:MOST_WORST]]
    wanted += [
        _name_sentence("also needing attention", fresh[MOST_WORST:]),
        count_sentence(shown),
        _name_sentence("worse on few points, so an early sign", [r for r in ranked if _early(r)]),
        _name_sentence("better than ordinary variation explains", [r for r in ranked if _improved(r)]),
        "" if attention else _calm_sentence(shown),
    ]
    last = stale_count_sentence(shown)
    return [*[text for text in wanted if text][: MOST_SENTENCES - bool(last)], *([last] if last else [])]


def _calm_sentence(results: Sequence[MeasureResult]) -> str:
    """Say that nothing is worse; empty where the icon of any measure says worse, whatever its group."""
    if any(result.variation == "concern" for result in results):
        return ""
    return "No measure is worse than ordinary variation explains."


def stale_count_sentence(results: Sequence[MeasureResult]) -> str:
    """Say how many measures have no recent figure, and how old the oldest is; empty where all are recent."""
    old = [result for result in results if result.stale]
    if not old:
        return ""
    oldest = min(old, key=lambda result: result.latest_end)
    assert oldest.latest is not None, "a measure without a figure is not out of date"
    when = period_words(oldest.latest.day, oldest.measure.frequency)
    if len(old) == 1:
        return sentence(f"{oldest.measure.name} is out of date: its latest figure is of {when}")
    return sentence(f"{_many(len(old))} measures are out of date, the oldest with a figure of {when}")


def count_sentence(results: Sequence[MeasureResult]) -> str:
    """Say how many measures are in each category.

    >>> count_sentence([])
    'No measure has a figure.'
    """
    total = len(results)
    if not total:
        return "No measure has a figure."
    many = {name: sum(result.category == name for result in results) for name in CATEGORY_RULES}
    old = sum(result.category == "attention" and result.stale for result in results)
    of = count(total, "measure")
    first = f"{_many(many['attention'])} of {of} {_verb(many['attention'], 'needs', 'need')} attention"
    if old:
        first += f" ({_many(old)} by figures out of date)"
    rest = [
        f"{_many(many['watched'])} {_verb(many['watched'], 'is', 'are')} watched",
        f"{_many(many['maintenance'])} {_verb(many['maintenance'], 'is', 'are')} in maintenance",
    ]
    return sentence(f"{first}, {listed(rest)}")


def _many(number: int) -> str:
    """Return a number as a subject: none, one, two … nine, 10.

    >>> _many(0), _many(3), _many(12)
    ('none', 'three', '12')
    """
    return "none" if number == 0 else count(number, "of", "of").removesuffix(" of")


def _verb(number: int, one: str, many: str) -> str:
    return one if number <= 1 else many


def attention_sentence(result: MeasureResult) -> str:
    """Say what one measure was and the strongest reasons why it needs attention."""
    assert result.latest is not None, "a measure without a figure needs none"
    measure, latest = result.measure, result.latest
    when = period_words(latest.day, measure.frequency)
    why = "; ".join(attention_clauses(result)[:MOST_REASONS])
    return sentence(f"{value_clause(measure, latest.value)}{parts_words(result)} in {when}: {why}")


def _name_sentence(what: str, results: Sequence[MeasureResult]) -> str:
    if not results:
        return ""
    names = [result.measure.name for result in results]
    more = len(names) - MOST_NAMES
    if more > 0:
        return (
            f"{sentence(what).removesuffix('.')}: {'; '.join(names[:MOST_NAMES])}; and {_many(more)} more."
        )
    return f"{sentence(what).removesuffix('.')}: {'; '.join(names)}."


def _improved(result: MeasureResult) -> bool:
    better = result.variation == "improvement" and result.category == "watched"
    return better and not result.too_few and not result.stale


def rule_sentences(results: Sequence[MeasureResult]) -> str:
    """Return the rule by which measures fall into categories, of those that occur."""
    present = {result.category for result in results}
    names = {"attention": "Needs attention", "maintenance": "In maintenance", "watched": "Watched"}
    lines = [
        f"**{names[category]}**: {rule}."
        for category, rule in CATEGORY_RULES.items()
        if category in present
    ]
    return " ".join([*lines, _chance_sentence(results)]).strip()


def _chance_sentence(results: Sequence[MeasureResult]) -> str:
    """Say how many of the flags chance alone would give."""
    judged = sum(not (result.too_few or result.unstable) for result in results)
    if not judged:
        return ""
    some = number(100 * (1 - (1 - FALSE_SIGNAL) ** judged))
    return sentence(
        f"chance alone gives {number(100 * FALSE_SIGNAL, 1)}% of steady measures a signal for the worse, and so "
        f"{some}% of reports with {count(judged, 'measure')} that have limits at least one"
    )


def as_at_list(results: Sequence[MeasureResult]) -> str:
    """Return the day of each measure's data, newest first: whatever is not named has the newest."""
    dated = [result for result in results if result.as_at]
    groups: dict[str, list[str]] = {}
    for result in sorted(dated, key=lambda r: (not r.stale, r.as_at or r.judged_on), reverse=True):
        day = f"**{as_at_words(result)}**{' (out of date)' if result.stale else ''}"
        groups.setdefault(day, []).append(result.measure.name)
    if not groups:
        return "No data have been loaded for any measure."
    newest = next(iter(groups))
    if len(groups) == 1:
        return f"All data are as at {newest}."
    lines = [f"- {day}: {'; '.join(names)}" for day, names in groups.items() if day != newest]
    return "\n".join([f"Data are as at {newest}, but for:", "", *lines])


def assurance_panels(results: Sequence[MeasureResult], period: str) -> list[Panel]:
    """Return the panels: alert, advise, assure, and where what is out of date stood; old figures assure nobody."""
    ranked = in_order(result for result in results if result.category != "nothing")
    fresh = [result for result in ranked if not result.stale]
    alert = [result for result in fresh if result.category == "attention"]
    assure = [result for result in fresh if _assured(result)]
    advise = [result for result in fresh if result.category == "watched" and _advised(result)]
    old = [result for result in ranked if result.stale]
    lists = {
        "Alert": _bullets(alert, _alert_words(period)) or "Nothing with a recent figure needs attention.",
        "Advise": _bullets(advise, _advise_words, most=MOST_ADVISED) or "Nothing further to advise of.",
        "Assure": _bullets(assure, _assure_words) or "Nothing can be assured yet.",
        "Out of date, and where it stood": _bullets(old, _old_words),
    }
    return [Panel(title=title, markdown=words) for title, words in lists.items() if words]


def _assured(result: MeasureResult) -> bool:
    return result.category == "maintenance" or _improved(result) or _gaining(result)


def _advised(result: MeasureResult) -> bool:
    return not _assured(result) and (off_course(result) or _early(result) or result.variation == "concern")


def _old_words(result: MeasureResult) -> str:
    """Return how a measure without a recent figure stood then."""
    assert result.latest is not None, "a measure without a figure is not out of date"
    said = f"{figure_words(result.measure, result.latest.value)} in {short_period(result)}"
    if result.category == "attention":
        return f"{said}; {attention_clauses(result)[0]}"
    return f"{said}; {CATEGORY_WORDS[result.category].removeprefix('is ')} then"


def _gaining(result: MeasureResult) -> bool:
    unsettled = result.unstable and result.category == "watched"
    return unsettled and result.met is True and result.trend != "worse"


def _early(result: MeasureResult) -> bool:
    return result.too_few and result.variation == "concern"


def _alert_words(period: str) -> Callable[[MeasureResult], str]:
    def words(result: MeasureResult) -> str:
        assert result.latest is not None, "a measure without a figure alerts nobody"
        said = figure_words(result.measure, result.latest.value) + parts_words(result)
        why = "; ".join(attention_clauses(result)[:MOST_REASONS])
        explained = "" if has_words(result, period) else "; no explanation given"
        return f"{said}, {why}{explained}"

    return words


def _advise_words(result: MeasureResult) -> str:
    assert result.latest is not None, "a measure without a figure is off no course"
    said = figure_words(result.measure, result.latest.value)
    if result.target is not None and result.met is False:
        said += f" against {goal_words(result.measure, result.target.value)}"
    return f"{said}; {short_words(result)}"


def _assure_words(result: MeasureResult) -> str:
    if result.category == "maintenance":
        return "ordinary variation, meets its target throughout"
    return f"meets its target; {short_words(result)}" if result.unstable else short_words(result)


def has_words(result: MeasureResult, period: str) -> bool:
    """Tell whether the analysts have written on a measure for the report's month or its latest value's."""
    if result.comment is None:
        return False
    latest = f"{result.latest.day:%Y-%m}" if result.latest else period
    return result.comment.month >= min(period, latest)


def _bullets(
    results: Sequence[MeasureResult], words: Callable[[MeasureResult], str], *, most: int = MOST_BULLETS
) -> str:
    lines = [f"- **{result.measure.name}**: {words(result)}" for result in results[:most]]
    more = len(results) - most
    if more > 0:
        lines.append(f"- and {_many(more)} more, in the table of all measures")
    return "\n".join(lines)
