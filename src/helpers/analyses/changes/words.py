"""What is said of a change: the verdict, what came beside what was expected, what to be careful of, what next."""

from __future__ import annotations

from collections import Counter
from typing import Final

from helpers.analyses.changes.judged import FEWEST_FOR_PLACEBO, SEEN, VERDICTS
from helpers.analyses.changes.made import Review
from helpers.measures.figures import chance_words, gap_words
from helpers.phrases import phrase, phrases
from helpers.register.cycle import MatrixRow
from helpers.register.models import Measure
from helpers.report.words import count, day_words, in_words, listed, month, number, sentence
from helpers.theme.markdown import escape_markdown

#: chance below which an effect that was seen is likely to be overstated
LIKELY: Final = 0.5
#: share of earlier dates with an "effect" from which the reader is warned
_MANY_PLACEBO: Final = 0.2


def verdict_words(review: Review) -> str:
    """Return what came of a change in a few words."""
    return phrases("standings.changes")[review.judged.verdict]


def move_words(measure: Measure, move: float) -> str:
    """Return a change of a measure: how much and which way.

    >>> from helpers.measures.examples import example_measure
    >>> move_words(example_measure(unit="days", kind="mean", digits=1), -1.64)
    '1.6 days lower'
    >>> move_words(example_measure(unit="%", digits=1), 0.02)
    'no change'
    """
    if not round(abs(move), measure.digits):
        return "no change"
    return f"{gap_words(measure, move)} {'higher' if move > 0 else 'lower'}"


def between_words(measure: Measure, low: float, high: float) -> str:
    """Return what an effect may be, from the end nearer to nothing.

    >>> from helpers.measures.examples import example_measure
    >>> stay = example_measure(unit="days", kind="mean", digits=1)
    >>> between_words(stay, -2.5, -1.1)
    '1.1 to 2.5 days lower'
    >>> between_words(stay, -0.4, 0.6)
    'anything from 0.4 days lower to 0.6 days higher'
    """
    if low < 0 < high or not (round(low, measure.digits) and round(high, measure.digits)):
        return f"anything from {move_words(measure, low)} to {move_words(measure, high)}"
    near, far = sorted((abs(low), abs(high)))
    return f"{number(near, measure.digits)} to {gap_words(measure, far)} {'higher' if low > 0 else 'lower'}"


# --- one change ---------------------------------------------------------------------------------------


def verdict_sentence(review: Review) -> str:
    """Say of a change by name what was found, beside what was expected."""
    name = escape_markdown(review.event.name)
    since = f"{name} (since {month(review.event.day)})"
    return f"{since}: {verdict_words(review)}. {found_sentence(review)}"


def found_sentence(review: Review) -> str:
    """Say what was expected, and what was found beside it."""
    judged, measure = review.judged, review.measure
    wanted = f"{measure.called} was to be {move_words(measure, judged.expected)}"
    if judged.verdict == "untold":
        return f"{sentence(wanted)} But {review.why or phrase('reasons.changes.torn')}."
    if judged.found is None or judged.verdict == "too_early":
        return sentence(wanted)
    now = judged.found.now
    came = "where it would have been anyway"
    if round(abs(now.estimate), measure.digits):
        came = f"{move_words(measure, now.estimate)} than it would have been"
    return (
        f"{sentence(wanted)} {sentence(f'it is {came} ({between_words(measure, now.lower, now.upper)})')}"
    )


def seen_sentence(review: Review) -> str:
    """Say which effect could have been seen, and with what chance the expected one."""
    judged, measure = review.judged, review.measure
    if judged.found is None:
        return "There are too few figures on one side for any effect to be seen."
    least = gap_words(measure, judged.found.smallest_change)
    chance = chance_words(judged.power)
    if judged.verdict == "too_early":
        return f"By now only a change of {least} or more could be seen."
    said = (
        f"The chance of seeing an effect as large as expected was {chance}; one of {least} is seen four times out "
        "of five."
    )
    if judged.verdict == "no_sign" and judged.power < SEEN:
        said += " So no sign does not mean no effect."
    if judged.verdict in ("worked", "partly") and judged.power < LIKELY:
        said += " What is seen against such odds is likely to look larger than it is."
    return said


def course_sentence(review: Review) -> str:
    """Say what it is held against, and what would have been without the change."""
    judged = review.judged
    if review.control is None:
        return f"{sentence(review.beside)[:-1]}: what would have been is the course before the change, carried on."
    beside, how = f"it is held against {escape_markdown(review.beside)}", ""
    if judged.found is not None and judged.course == "others":
        alone = "; a slow drift that it alone had would fit less well" if judged.settled else ""
        how = f", as far apart as before the change{alone}"
    elif judged.found is not None:
        how = f"; {phrases('reasons.carried_on')[judged.course]}, so the course before the change is carried on"
    return sentence(beside + how)


def care_sentences(review: Review) -> list[str]:
    """Say why the verdict is to be read with care; empty where there is nothing."""
    judged, found = review.judged, review.judged.found
    said: list[str] = []
    if found is None:
        return said
    if found.follows_extreme:
        said.append(
            "The change followed an unusual month. After one of these the next are more ordinary by themselves, so a "
            "part of the effect may have come anyway."
        )
    if judged.placebo:
        found_at = in_words(judged.placebo_found) if judged.placebo_found else "none"
        at = f"{found_at} of {count(judged.placebo, 'earlier date')}"
        claimed = judged.verdict in ("worked", "partly", "worse")
        much = claimed and judged.placebo_found > _MANY_PLACEBO * judged.placebo
        warned = ", so this one may be no more real" if much else ""
        said.append(f"Tried on dates when nothing changed, the method finds an effect at {at}{warned}.")
    elif judged.settled:
        said.append(
            f"Earlier dates could not be tried: that needs {FEWEST_FOR_PLACEBO} periods in a row before the change."
        )
    if judged.others and judged.settled:
        far = in_words(judged.as_far) if judged.as_far else "none"
        said.append(
            f"Of {count(judged.others, 'other')} who did not make this change, {far} moved as far in the same time, "
            "measured by their own ups and downs."
        )
    if review.measure.seasonal and review.control is None and not found.seasonal:
        said.append("A winter may look like an effect: two years on each side are needed to tell.")
    if review.others:
        names = listed(map(escape_markdown, review.others))
        said.append(f"In the same time: {names}. What that did cannot be told apart from the change.")
    return said


# --- what next ----------------------------------------------------------------------------------------


def next_words(review: Review) -> str:
    """Say what the review suggests: keep, extend, stop, look again."""
    again = f"Look again with the figures of {month(review.look_again)}." if review.look_again else ""
    match review.judged.verdict:
        case "worked":
            return "Keep it, and see where else it would help."
        case "partly":
            return "Keep it, expect what came, and find out what held it back."
        case "worse":
            return "Stop it, unless it is kept for another reason, and find out what else changed."
        case "no_sign" if review.judged.power >= SEEN:
            return "Stop it or change it: what was expected would have been seen."
        case "no_sign" | "untold" if review.judged.found is not None:
            return again or "Decide on other grounds: two more years of figures would hardly tell."
        case "too_early":
            return again or "Decide on other grounds: there are too few figures from before the change."
    return "Register how it can be seen, or decide on other grounds."


def decided_words(review: Review) -> str:
    """Say what was decided about it last, by whom, and what became of that."""
    if not review.followed_by:
        return "Nothing is registered as decided."
    last = review.followed_by[-1]
    said = f"{escape_markdown(last.decision)} ({escape_markdown(last.owner)}, {day_words(last.day)})."
    if last.done:
        return f"{said} Done {day_words(last.done)}."
    return f"{said} Due {day_words(last.due)}." if last.due else said


def achieved_words(row: MatrixRow, review: Review | None) -> str | None:
    """Return what came of a row of the matrix; from when that will be seen, where no change carries it out."""
    if review is None:
        return f"to be seen from {month(row.review)}" if row.review else None
    return came_words(review) or sentence(verdict_words(review)).rstrip(".")


def came_words(review: Review) -> str | None:
    """Return the effect that was found over its interval; nothing while it is too early."""
    found, measure = review.judged.found, review.measure
    if found is None or not review.judged.settled:
        return None
    between = between_words(measure, found.now.lower, found.now.upper)
    return f"{move_words(measure, found.now.estimate)}\n({between})"


# --- all of them --------------------------------------------------------------------------------------


def lead_sentence(reviews: tuple[Review, ...]) -> str:
    """Say how many changes there are by verdict."""
    if not reviews:
        return "No change with an expected effect is registered, so there is nothing to review."
    one = phrases("standings.changes") | {
        "no_sign": "shows no sign that it worked",
        "too_early": "is too recent to say",
    }
    many = one | {"no_sign": "show no sign that they worked", "too_early": "are too recent to say"}
    if len(reviews) == 1:
        return sentence(f"one change was reviewed: it {one[reviews[0].judged.verdict]}")
    numbers = Counter(each.judged.verdict for each in reviews)
    said = (count(numbers[each], one[each], many[each]) for each in VERDICTS if numbers[each])
    return sentence(f"of {count(len(reviews), 'change')}, {listed(said)}")
