"""Sentences about a measure among peers, each made from the comparison itself and tested by case.

They are plain words: whoever puts them into Markdown escapes them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Literal

from helpers.data.periods import MONTHS
from helpers.report.peers.comparison import PeerComparison, Percentile, Verdict
from helpers.report.peers.movement import Movement
from helpers.report.period import add_months
from helpers.report.words import count, listed, month, number, sentence

#: how many organisations a sentence names before it only counts them
NAMED = 8
#: a percentile nearer to an end than this is called nearly all or hardly any
NEAR_END = 1.0
#: what a flag says of an organisation
FLAG_WORDS: dict[Verdict, str] = {
    "better": "better than expected",
    "worse": "worse than expected",
    "higher": "higher than expected",
    "lower": "lower than expected",
    "within": "within the limits",
    "unknown": "no limits",
}


def amount(value: float, unit: str, digits: int) -> str:
    """Return a value with its unit as prose has it.

    >>> amount(66.724, "%", 1), amount(2158.5, "£", 0), amount(4.25, "days", 2), amount(0.951, "ratio", 3)
    ('66.7%', '£2,158', '4.25 days', '0.951')
    """
    text = number(value, digits)
    if unit == "%":
        return f"{text}%"
    if unit == "ratio":
        return text
    if len(unit) == 1:
        return f"−{unit}{text[1:]}" if text.startswith("−") else f"{unit}{text}"
    return f"{text} {unit}"


def short_amount(value: float, unit: str, digits: int) -> str:
    """Return a value for a table: without the words of a unit that is per 100 of something.

    >>> short_amount(25.83, "per 100 occupied beds", 1), short_amount(4.25, "days", 2)
    ('25.8 per 100', '4.25 days')
    """
    return amount(value, "per 100" if unit.startswith("per 100 ") else unit, digits)


def difference(value: float, unit: str, digits: int) -> str:
    """Return the size of a difference: of percentages in percentage points.

    >>> difference(-1.8, "%", 1), difference(0.2, "days", 1)
    ('1.8 percentage points', '0.2 days')
    """
    if unit == "%":
        text = number(abs(value), digits)
        return f"{text} percentage point{'' if text == '1' else 's'}"
    return amount(abs(value), unit, digits)


def period_words(first: date, period_type: str) -> str:
    """Return a period by its first day and type.

    >>> period_words(date(2025, 1, 1), "month"), period_words(date(2025, 1, 1), "quarter")
    ('January 2025', 'January to March 2025')
    >>> period_words(date(2012, 10, 1), "rolling12")
    'the twelve months to September 2013'
    """
    last = add_months(first, MONTHS.get(period_type, 1) - 1)
    if period_type == "quarter":
        return (
            f"{first:%B} to {month(last)}"
            if first.year == last.year
            else f"{month(first)} to {month(last)}"
        )
    if period_type in ("year", "rolling12"):
        return f"the twelve months to {month(last)}"
    return month(first) if period_type == "month" else f"{first:%d %B %Y}".lstrip("0")


def members_words(comparison: PeerComparison) -> str:
    """Return who is compared, with their number."""
    many = len(comparison.members)
    label = comparison.group.label
    return count(many, label, label)


def value_sentence(comparison: PeerComparison) -> str:
    """Say the own value and how it lies to the median; or why there is none."""
    own, unit, digits = comparison.own, comparison.unit, comparison.digits
    when = period_words(comparison.period, comparison.period_type)
    if own is None:
        return _no_value(comparison, when)
    said = f"in {when} the figure was {amount(own.value, unit, digits)}"
    if not comparison.others or comparison.alike:
        return sentence(said)
    middle = (
        f"the median of {amount(comparison.levels.median, unit, digits)} over {members_words(comparison)}"
    )
    gap = comparison.gap or 0.0
    if float(f"{abs(gap):.{digits}f}") == 0:
        return sentence(f"{said}, the same as {middle}")
    side = "above" if gap > 0 else "below"
    return sentence(f"{said}, {difference(gap, unit, digits)} {side} {middle}")


def _no_value(comparison: PeerComparison, when: str) -> str:
    own, out = comparison.organisation, comparison.left_out
    name = comparison.name
    if own in out.not_recorded:
        return sentence(
            f"{name} is not compared: with a rate under 1% missed appointments are not written down there, "
            "which is no good result but an unknown one"
        )
    if own in out.suppressed:
        return sentence(f"the figure of {name} for {when} is too small to be shown, so it is not compared")
    if own in out.impossible:
        return sentence(f"{name} is not compared: its figure for {when} has a part larger than the whole")
    return sentence(f"{name} has no figure of this measure for {when}, so it is not compared")


def position_sentence(comparison: PeerComparison) -> str:
    """Say the percentile with its interval; empty where none can be given.

    Never a rank: order alone hides how much of it is chance.
    """
    place = comparison.own.percentile if comparison.own else None
    if place is None or comparison.alike:
        return ""
    others = len(comparison.members) - 1
    verb = "lies above" if comparison.measure.direction == "neutral" else "does better than"
    ends = f"95% interval {number(place.low)}% to {number(place.high)}%"
    return sentence(f"it {verb} {_share(place, others)} ({ends}), {_half(comparison, place)}")


def _share(place: Percentile, others: int) -> str:
    if place.percent < NEAR_END:
        return f"hardly any of the other {others:,}"
    if place.percent > 100 - NEAR_END:
        return f"nearly all of the other {others:,}"
    return f"about {number(place.percent)}% of the other {others:,}"


def _half(comparison: PeerComparison, place: Percentile) -> str:
    good, bad = ("upper", "lower") if comparison.measure.direction == "neutral" else ("better", "worse")
    if place.low >= 75 or place.high <= 25:
        edge = {"better": "best", "worse": "worst", "upper": "highest", "lower": "lowest"}
        return f"so it is in the {edge[good if place.low >= 75 else bad]} quarter"
    if place.low >= 50 or place.high <= 50:
        return f"so it is in the {good if place.low >= 50 else bad} half"
    return "so it cannot be said in which half it is"


def method_sentence(comparison: PeerComparison) -> str:
    """Say how the group is shown and why, and what a flag would mean."""
    members, few = members_words(comparison), len(comparison.members)
    match comparison.reason:
        case "too_few":
            return _too_few(comparison)
        case "alike":
            level = amount(comparison.levels.median, comparison.unit, comparison.digits)
            return sentence(f"all {members} have the same figure, {level}")
        case "values_only":
            return sentence(
                "only the figures are published, not the counts behind them, so chance cannot be told from "
                f"difference: {members} are shown without limits, and no position is claimed"
            )
        case "overdispersed":
            return sentence(
                f"trusts differ {number((comparison.phi or 0) ** 0.5)} times as much as chance would make them, so "
                f"chance explains next to nothing: {members} are shown each with its interval, not in a funnel"
            )
        case "mean":
            return sentence(
                f"a mean has no count of events behind it: {members} are shown each with the interval of its "
                "ordinary variation from month to month"
            )
        case _:
            wide = comparison.funnel is not None and comparison.funnel.adjusted
            spread = " and the ordinary spread between them" if wide else ""
            return sentence(f"the funnel shows how far apart chance{spread} may put {few:,} trusts")


def _too_few(comparison: PeerComparison) -> str:
    others = comparison.others
    if not others:
        return "No other trust of the group has a figure for the period, so nothing is compared."
    shown = listed(
        f"{each.name} ({amount(each.value, comparison.unit, comparison.digits)})" for each in others
    )
    return sentence(
        f"{count(len(others), 'other trust')} alone can be compared, too few for a position: {shown}"
    )


def flag_sentence(comparison: PeerComparison) -> str:
    """Say whether the organisation stands apart from chance and spread at 99.8 %; empty without limits."""
    own = comparison.own
    if own is None or own.flag == "unknown" or comparison.method == "dots":
        return ""
    what = _limits_words(comparison)
    if own.flag == "within":
        return sentence(f"its figure lies within the 99.8% limits of {what}")
    others = sum(member is not own for member in comparison.flagged)
    too = f", as do {others:,} of the other {len(comparison.others):,}" if others else ""
    return sentence(f"its figure is {own.flag} than {what} explain: it lies beyond the 99.8% limits{too}")


def _limits_words(comparison: PeerComparison) -> str:
    if comparison.funnel is not None and not comparison.funnel.adjusted:
        return "chance" if not comparison.own or comparison.own.flag == "within" else "chance would"
    return "chance and the ordinary spread between trusts"


def stale_sentence(comparison: PeerComparison) -> str:
    """Say that the group goes on after the own figures ended; empty where it does not."""
    if comparison.newest <= comparison.period or comparison.own is None:
        return ""
    now, then = (
        period_words(day, comparison.period_type) for day in (comparison.newest, comparison.period)
    )
    return sentence(
        f"others have figures up to {now}; the trust's own end with {then}, where all are compared"
    )


def small_sentence(comparison: PeerComparison) -> str:
    """Warn of a small group; empty for one that is large enough."""
    if not comparison.small or len(comparison.members) < 2:
        return ""
    return sentence(
        f"only {count(len(comparison.members), 'trust')} are compared: every one of them moves median and quartiles"
    )


def left_out_sentence(comparison: PeerComparison) -> str:
    """Count and name who cannot be compared, and why; empty where nobody is left out."""
    out = comparison.left_out
    reasons = (
        (out.missing, "without a figure for the period"),
        (out.suppressed, "with a suppressed figure"),
        (
            out.not_recorded,
            "not recording missed appointments (a rate under 1%), which is not the same as few",
        ),
        (out.impossible, "with a part larger than the whole"),
    )
    said = [f"{len(codes):,} {why} ({named(codes)})" for codes, why in reasons if codes]
    return sentence(f"not compared: {'; '.join(said)}") if said else ""


def named(codes: Iterable[str]) -> str:
    """Return the first codes by name and the rest as a number.

    >>> named(["RAA", "RBB"]), named(f"R{n:02}" for n in range(10))[-12:]
    ('RAA and RBB', 'and two more')
    """
    every = list(codes)
    if len(every) <= NAMED:
        return listed(every)
    return f"{', '.join(every[:NAMED])} and {count(len(every) - NAMED, 'more', 'more')}"


def peer_sentences(comparison: PeerComparison) -> str:
    """Return all that is said of an organisation among its peers, in order."""
    own = comparison.own is not None
    said = [
        value_sentence(comparison),
        position_sentence(comparison),
        flag_sentence(comparison),
        method_sentence(comparison) if own or comparison.reason != "too_few" else "",
        small_sentence(comparison),
        stale_sentence(comparison),
    ]
    return " ".join(part for part in said if part)


def movement_sentence(comparison: PeerComparison, movement: Movement | None) -> str:
    """Say how the organisation and its peers moved, by those with a figure in both periods."""
    if movement is None:
        return "There are too few earlier figures to say how the trust and its peers moved."
    unit, digits = comparison.unit, comparison.digits
    then = period_words(movement.first.period, comparison.period_type)
    own = _moved(movement.own_change, unit, digits)
    peers = _moved(movement.peers_change, unit, digits)
    said = f"since {then} the trust's figure {own}; the median of the {movement.same:,} trusts with both {peers}"
    return f"{sentence(said)} {_relative(comparison, movement)}".strip()


def _moved(change: float, unit: str, digits: int) -> str:
    if float(f"{abs(change):.{digits}f}") == 0:
        return "did not change"
    return f"{'rose' if change > 0 else 'fell'} by {difference(change, unit, digits)}"


def _relative(comparison: PeerComparison, movement: Movement) -> str:
    before, now = movement.first.percentile, movement.last.percentile
    if before is None or now is None:
        return ""
    verb = "lay above" if comparison.measure.direction == "neutral" else "did better than"
    said = (
        f"then it {verb} about {number(before.percent)}% of the others "
        f"(95% interval {number(before.low)}% to {number(before.high)}%), now {number(now.percent)}%"
    )
    change = place_change(movement)
    if change != "unsure":
        kinds = {"gain": "a rise", "loss": "a fall"} if comparison.measure.direction == "neutral" else {}
        return sentence(f"{said}: {kinds.get(change, f'a {change}')} beyond chance")
    return sentence(f"{said}: the intervals overlap, so the change of place may be chance")


def change_words(change: float, comparison: PeerComparison) -> str:
    """Return a change with its sign for a table."""
    digits = comparison.digits
    text = number(change, digits, signed=True)
    if comparison.unit == "%":
        return f"{text} points"
    size = short_amount(abs(change), comparison.unit, digits)
    if float(f"{abs(change):.{digits}f}") == 0:
        return size
    return f"{text[0]}{size}"


def place_change(moved: Movement | None) -> Literal["gain", "loss", "unsure", ""]:
    """Say whether a change of place is more than chance: both intervals must lie apart."""
    before = moved.first.percentile if moved else None
    now = moved.last.percentile if moved else None
    if before is None or now is None:
        return ""
    if now.low > before.high:
        return "gain"
    return "loss" if now.high < before.low else "unsure"


def place_change_words(comparison: PeerComparison, moved: Movement) -> str:
    """Return a change of place for a table."""
    neutral = comparison.measure.direction == "neutral"
    said = {"gain": "higher" if neutral else "better", "loss": "lower" if neutral else "worse"}
    return {"unsure": "may be chance", "": ""}.get(place_change(moved)) or said.get(place_change(moved), "")


def percentile_words(place: Percentile | None) -> str:
    """Return a percentile with its interval for a table; empty where there is none."""
    if place is None:
        return ""
    return f"{number(place.percent)}% ({number(place.low)} to {number(place.high)})"


def place_words(comparison: PeerComparison) -> str:
    """Return the own percentile with its interval for a table; empty where there is none."""
    if comparison.own is None or comparison.alike:
        return ""
    return percentile_words(comparison.own.percentile)


def gain_sentence(comparison: PeerComparison) -> str:
    """Say what reaching the benchmark would bring: certain first, and that it is an upper bound."""
    own = comparison.own
    if own is None or own.gain is None:
        return ""
    unit, digits, gain = comparison.unit, comparison.digits, own.gain
    level = f"{comparison.benchmark.words}, {amount(comparison.benchmark.value, unit, digits)}"
    if float(number(gain.raw).replace(",", "")) == 0:
        return sentence(f"the trust already does as well as {level}: nothing is to be gained by it")
    up = comparison.measure.direction == "increase"
    said = f"matching {level}, would mean up to {number(gain.raw)} {'more' if up else 'fewer'}"
    if not gain.certain:
        return sentence(
            f"{said}, but the interval of the trust's figure includes that level, so none is certain"
        )
    return sentence(f"{said}, or {number(gain.shrunken)} allowing for chance; this is an upper bound")
