"""Sentences about a measure among peers, each made from the comparison itself and tested by case.

They are plain words: whoever puts them into Markdown escapes them.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import date

from helpers.analyses.peers.result import PeerComparison, Verdict
from helpers.measures.figures import figure_words, gap_words, period_words, short_period_words
from helpers.measures.places.spread import Percentile
from helpers.phrases import phrases
from helpers.report.words import count, listed, number, sentence, together
from helpers.stats.position import VERY_LIKELY

#: how many organisations a sentence names before it only counts them
NAMED = 8
#: flags that are not told beside a place: in the worst quarter of trusts "within the limits" reads as no matter
QUIET: frozenset[Verdict] = frozenset({"within", "unknown"})


def flag_words(flag: Verdict) -> str:
    """Return what a flag says of an organisation."""
    return phrases("standings.limits")[flag]


def value_words(comparison: PeerComparison, value: float) -> str:
    """Return a value with its unit as prose has it."""
    return figure_words(comparison.shown_as, value)


def short_value(comparison: PeerComparison, value: float | None) -> str | None:
    """Return a value for a table: without the words of a unit that is per 100 of something."""
    if value is None:
        return None
    short = "per 100" if comparison.unit.startswith("per 100 ") else comparison.unit
    return figure_words(comparison.shown_as.model_copy(update={"unit": short}), value)


def difference(comparison: PeerComparison, gap: float) -> str:
    """Return the size of a difference: of percentages in points."""
    return gap_words(comparison.shown_as, gap)


def change_words(comparison: PeerComparison, change: float) -> str:
    """Return a change with its sign for a table; of percentages in points, which the table's note says."""
    digits = comparison.digits
    if comparison.unit == "%":
        return number(change, digits, signed=True)
    size = short_value(comparison, abs(change)) or ""
    if float(f"{abs(change):.{digits}f}") == 0:
        return size
    return f"{'−' if change < 0 else '+'}{size}"


def when(comparison: PeerComparison, day: date | None = None) -> str:
    """Return the compared period, or the one that begins on a day."""
    return period_words(day or comparison.period, comparison.period_type)


def short_when(comparison: PeerComparison, day: date | None = None) -> str:
    """Return a period for a narrow cell: "Jan to Mar 2025"."""
    return short_period_words(day or comparison.period, comparison.period_type)


def members_words(comparison: PeerComparison) -> str:
    """Return who is compared, with their number."""
    label = comparison.group.label
    return count(len(comparison.members), label.replace("trusts", "trust", 1), label)


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


#: a percentile nearer to an end than this is called nearly all or hardly any
NEAR_END = 1.0


def value_sentence(comparison: PeerComparison) -> str:
    """Say the own value and how it lies to the median; or why there is none."""
    own = comparison.own
    if own is None:
        return _no_value(comparison)
    said = f"in {when(comparison)} the figure was {value_words(comparison, own.value)}"
    if not comparison.others or comparison.alike:
        return sentence(said)
    middle = f"the median of {value_words(comparison, comparison.levels.median)} over {members_words(comparison)}"
    gap = own.value - comparison.levels.median
    if float(f"{abs(gap):.{comparison.digits}f}") == 0:
        return sentence(f"{said}, the same as {middle}")
    side = "above" if gap > 0 else "below"
    return sentence(f"{said}, {difference(comparison, gap)} {side} {middle}")


def _no_value(comparison: PeerComparison) -> str:
    own, out, name = comparison.organisation, comparison.left_out, comparison.name
    why = next((each.name for each in fields(out) if own in getattr(out, each.name)), "missing")
    told = phrases("reasons.no_place", name=name, when=when(comparison), base=comparison.base_words)
    return told[why]


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
    """Say in which quarter or half it is: as surely as the headline, which counts what is very likely."""
    good, bad = ("upper", "lower") if comparison.measure.direction == "neutral" else ("better", "worse")
    edge = {"better": "best", "worse": "worst", "upper": "highest", "lower": "lowest"}
    if place.low >= 75 or place.high <= 25:
        return f"so it is in the {edge[good if place.low >= 75 else bad]} quarter"
    for side, chance in ((good, place.best), (bad, place.worst)):
        if chance >= VERY_LIKELY:
            return f"so it is very likely in the {edge[side]} quarter"
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
            level = value_words(comparison, comparison.levels.median)
            return sentence(f"all {members} have the same figure, {level}")
        case why:
            wide = comparison.funnel is not None and comparison.funnel.adjusted
            spread = " and the ordinary spread between them" if wide else ""
            times = number((comparison.phi or 0) ** 0.5)
            return phrases("method.shown_as", members=members, times=times, spread=spread, few=few)[why]


def _too_few(comparison: PeerComparison) -> str:
    others = comparison.others
    if not others:
        return "No other trust of the group has a figure for the period, so nothing is compared."
    shown = listed(f"{each.name} ({value_words(comparison, each.value)})" for each in others)
    return sentence(
        f"{count(len(others), 'other trust')} alone can be compared, too few for a position: {shown}"
    )


def flag_sentence(comparison: PeerComparison) -> str:
    """Say that the organisation stands apart from chance and spread at 99.8 %; empty where it does not.

    That a figure lies within these limits is not said: beside a place in the worst quarter it reads as no matter.
    """
    own = comparison.own
    if own is None or own.flag in ("unknown", "within") or comparison.method == "dots":
        return ""
    chance_alone = comparison.funnel is not None and not comparison.funnel.adjusted
    limits = (
        f"the 99.8% limits of chance{'' if chance_alone else ' and the ordinary spread between trusts'}"
    )
    others = sum(member.code != own.code for member in comparison.flagged)
    too = f", as do {others:,} of the other {len(comparison.others):,}" if others else ""
    return sentence(f"its figure lies beyond {limits}, {phrases('standings.beyond_limits')[own.flag]}{too}")


def stale_sentence(comparison: PeerComparison) -> str:
    """Say that the group goes on after the own figures ended; empty where it does not."""
    if comparison.newest <= comparison.period or comparison.own is None:
        return ""
    now, then = when(comparison, comparison.newest), when(comparison)
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
    reasons = [
        (getattr(out, name), why)
        for name, why in phrases("reasons.left_out", base=comparison.base_words).items()
    ]
    said = [f"{len(codes):,} {why} ({listed(codes, most=NAMED)})" for codes, why in reasons if codes]
    return sentence(f"not compared: {'; '.join(said)}") if said else ""


def peer_sentences(comparison: PeerComparison, *, method: bool = True) -> str:
    """Return all that is said of an organisation among its peers, in order.

    Without `method`, how the group is shown is said only where that leaves no place to speak of.
    """
    told = comparison.own is not None or comparison.reason != "too_few"
    return together(
        value_sentence(comparison),
        position_sentence(comparison),
        flag_sentence(comparison),
        method_sentence(comparison) if told and (method or comparison.method == "dots") else "",
        small_sentence(comparison),
        stale_sentence(comparison),
    )
