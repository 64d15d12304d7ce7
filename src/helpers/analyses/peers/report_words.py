"""What the peer benchmark says as a whole: its first page, which measures it dwells on, its method."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from helpers.analyses.peers import words
from helpers.analyses.peers.comparison import TOO_OLD_MONTHS, InGroup, PeerFindings
from helpers.analyses.peers.movement import movement_sentence, place_change
from helpers.analyses.peers.result import PeerComparison
from helpers.analyses.peers.words import NAMED, value_sentence
from helpers.measures.places.groups import SMALL_GROUP
from helpers.measures.places.spread import MOSTLY_NOUGHT, WINDOW_MONTHS, Percentile
from helpers.measures.places.values import LEAST_BASE
from helpers.phrases import bulleted, phrase, phrases
from helpers.report.words import count, in_words, listed, month, number, sentence, together
from helpers.stats.funnel import CATERPILLAR_ABOVE
from helpers.stats.position import DRAWS, VERY_LIKELY
from helpers.theme.markdown import escape_markdown


def single_lines(comparison: PeerComparison, found: PeerFindings) -> dict[str, str]:
    """Return the headline of a report on one measure by name: value, place (or how it is shown), movement."""
    first = words.value_sentence(comparison)
    rest = together(
        words.position_sentence(comparison),
        words.flag_sentence(comparison),
        words.stale_sentence(comparison),
        old_sentence(comparison),
        words.small_sentence(comparison),
    )
    moved = found.movements[comparison.measure.id] if comparison.own else None
    return {
        "value": f"{comparison.measure.name}: {first[:1].lower()}{first[1:]}",
        "place": rest or words.method_sentence(comparison),
        "movement": movement_sentence(comparison, moved) if comparison.own else "",
    }


def measure_words(comparison: PeerComparison, found: PeerFindings) -> str:
    """Return what is said below a measure's chart; how it is drawn only where it is the one measure."""
    said = words.peer_sentences(comparison, method=found.single)
    return f"{said} {old_sentence(comparison)}".strip()


def groups_sentence(groups: Sequence[InGroup]) -> str:
    """Say how far the place depends on whom the trust is compared with; empty without two groups to speak of."""
    places = [
        (each.comparison.own.percentile, each.comparison)
        for each in groups
        if each.comparison and each.comparison.own and each.comparison.own.percentile
        if not each.comparison.small and not each.comparison.alike
    ]
    if len(places) < 2:
        return ""
    neutral = places[0][1].measure.direction == "neutral"
    good, bad = ("upper", "lower") if neutral else ("better", "worse")
    (half, *others) = {_half(place) for place, _ in places}
    if half and not others:
        half = {"good": good, "bad": bad}[half]
        return sentence(f"whichever of these groups it is compared with, it is in the {half} half")
    (least, fewest), (most, largest) = (
        pick(places, key=lambda entry: entry[0].percent) for pick in (min, max)
    )
    verb = "lies above" if neutral else "does better than"
    return sentence(
        f"the place depends on the peers: it {verb} about {number(least.percent)}% of the other "
        f"{fewest.group.label}, but about {number(most.percent)}% of the other {largest.group.label}"
    )


def _half(place: Percentile) -> str:
    """Return in which half a place surely lies; empty where that cannot be said."""
    return "good" if place.low >= 50 else "bad" if place.high <= 50 else ""


def old_sentence(comparison: PeerComparison) -> str:
    """Say that figures are older than the register allows; empty where they are not."""
    if not comparison.stale:
        return ""
    return sentence(
        f"these figures are old: the register allows {comparison.measure.stale_after_days} days after the period, "
        "so they say nothing of today"
    )


def all_lines(found: PeerFindings) -> dict[str, str]:
    """Return the headline of a report on all measures by name: lead, very likely worst and best, moved, old."""
    placed = [
        each
        for each in found.ranked
        if each.own and each.own.percentile and each.measure.direction != "neutral" and not each.stale
    ]
    worst, best = in_quarter(placed, best=False), in_quarter(placed, best=True)
    old = [each for each in found.compared if each.stale]
    turned = [each for each in old if each.measure.direction != "neutral"]
    return {
        "lead": _first_line(found, placed, worst, best),
        "worst": f"Worst quarter: {_names(worst)}." if worst else "",
        "best": f"Best quarter: {_names(best)}." if best else "",
        "moved": _moved_line(found, placed),
        "old": _old_line(len(old), in_quarter(turned, best=False)),
    }


def _first_line(
    found: PeerFindings,
    placed: Sequence[PeerComparison],
    worst: Sequence[PeerComparison],
    best: Sequence[PeerComparison],
) -> str:
    """Count the measures by which the trust is very likely in an outer quarter."""
    name = found.organisation.name
    if not placed:
        return sentence(f"by no measure with figures new enough can {name} be placed among other trusts")
    group = placed[0].group.label
    if not worst and not best:
        either = f"very likely in the best or worst quarter of {group}"
        if len(placed) == 1:
            return sentence(f"by the one measure with new figures {name} is not {either}")
        return sentence(f"by none of {count(len(placed), 'measure')} with new figures is {name} {either}")
    counted = [(edge, len(chosen)) for edge, chosen in (("worst", worst), ("best", best)) if chosen]
    (edge, many), *other = counted
    said = f"in the {edge} quarter of {group} by {in_words(many)}"
    said += "".join(f" and in the {edge} by {in_words(many)}" for edge, many in other)
    return sentence(f"of {count(len(placed), 'measure')}, {name} is very likely {said}")


def _old_line(many: int, worst: Sequence[PeerComparison]) -> str:
    """Say how many figures are old, and by which of them the trust was very likely in the worst quarter."""
    if not many:
        return ""
    more, are = ("measure has", "it is") if many == 1 else ("measures have", "they are")
    said = sentence(
        f"{in_words(many)} more {more} figures older than the register allows: {are} shown, and not counted here"
    )
    return f"{said} In the worst quarter then: {_names(worst)}." if worst else said


def in_quarter(placed: Sequence[PeerComparison], *, best: bool) -> list[PeerComparison]:
    """Return the comparisons that lie very likely in the best, or the worst, quarter."""

    def likely(place: Percentile | None) -> bool:
        return place is not None and (place.best if best else place.worst) >= VERY_LIKELY

    return [each for each in placed if each.own and likely(each.own.percentile)]


def stands_apart(comparison: PeerComparison) -> bool:
    """Tell whether the trust clearly stands apart by a measure."""
    own = comparison.own
    if own is None or comparison.measure.direction == "neutral" or np.isnan(own.low):
        return False
    return own.flag in ("worse", "better") or any(
        in_quarter([comparison], best=best) for best in (True, False)
    )


def _moved_line(found: PeerFindings, placed: Sequence[PeerComparison]) -> str:
    moved = {each.measure.id: place_change(found.movements[each.measure.id]) for each in placed}
    said = [
        f"{verb} place by {_names(chosen)}"
        for verb, change in (("gained", "gain"), ("lost", "loss"))
        if (chosen := [each for each in placed if moved[each.measure.id] == change])
    ]
    if not said:
        return ""
    return sentence(
        f"over {count(found.options.months, 'month')}, and beyond chance, it {' and '.join(said)}"
    )


def _names(chosen: Sequence[PeerComparison]) -> str:
    return listed((f"“{each.measure.name}”" for each in chosen), most=NAMED)


def nothing_short(*, known: bool) -> str:
    """Say why nothing is tabled that matching others would bring; `known`: of some measure it can be said."""
    return phrase("reasons.peers.none_short") if known else phrase("reasons.peers.gain_unknown")


def method_points(found: PeerFindings) -> Iterator[str]:
    """Yield one point per step of the method."""
    comparisons = found.comparisons
    yield phrase("method.peers.period", last=month(found.period.last))
    yield phrase("method.peers.groups", small_group=SMALL_GROUP)
    used = {each.model for each in comparisons if each.model}
    said = [words for model, words in phrases("names.chance_models").items() if model in used]
    if any(each.model is None for each in comparisons):
        said.append("figures without counts as they stand, without interval or position")
    yield f"Chance is taken to treat {listed(said)}."
    yield phrase("method.peers.funnel")
    yield phrase(
        "method.peers.caterpillar", caterpillar_above=CATERPILLAR_ABOVE, here=_dispersion(comparisons)
    )
    yield phrase("method.peers.intervals", window_months=WINDOW_MONTHS, here=_widening(comparisons))
    yield phrase("method.peers.position", draws=DRAWS)
    yield phrase("method.peers.many")
    yield phrase("method.peers.quartiles")
    if any(each.series.origin == "records" for each in comparisons):
        yield phrase("method.peers.records")


def _dispersion(comparisons: tuple[PeerComparison, ...]) -> str:
    if len(comparisons) != 1 or comparisons[0].phi is None:
        return ""
    return f" Here it is {number(comparisons[0].phi, 1)} times (phi)."


def _widening(comparisons: tuple[PeerComparison, ...]) -> str:
    each = comparisons[0]
    if len(comparisons) != 1 or each.model is None:
        return ""
    if each.places.widened is None:
        return " Here there are too few periods to tell, so they hold chance alone."
    if each.model == "mean":
        return ""
    times = number(each.places.widened, 1)
    return f" For “{each.measure.name}” {'not at all' if times == '1.0' else f'by {times} times'}."


# --- who and what is left out ----------------------------------------------------------------------


def notes(reasons: Iterable[str]) -> str:
    """Return what the reasons of a table mean."""
    known = phrases("reasons.not_compared", least_base=LEAST_BASE)
    return " ".join(known[name] for name in reasons if name in known)


def not_compared(found: PeerFindings, *, everybody: bool) -> dict[str, str]:
    """Return what is not compared as a list, by the name `not_compared`; where all is, the sentence `everybody`."""
    if lines := bulleted(map(escape_markdown, _lines(found))):
        return {"not_compared": lines}
    return {"everybody": "Every trust of the group is compared by every measure."} if everybody else {}


def _lines(found: PeerFindings) -> Iterator[str]:
    for each in (each for each in found.comparisons if each.own is None):
        yield f"{each.measure.name}: {value_sentence(each)}"
    nought = [each for each in found.compared if each.places.mostly_nought]
    if nought:
        yield sentence(
            f"at least {number(100 * MOSTLY_NOUGHT)}% of the trusts have none, so a place says nothing and is not "
            f"counted: {listed(each.measure.name for each in nought)}"
        )
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
    if found.long_past:
        named = listed(f"{each.measure.name} ({words.when(each)})" for each in found.long_past)
        yield sentence(
            f"figures of more than {count(TOO_OLD_MONTHS, 'month')} before {month(found.period.last)} say nothing of "
            f"today, so they are not shown: {named}"
        )
    merged = sorted({code for each in found.comparisons for code in each.merged})
    if merged:
        yield sentence(
            "figures of organisations that merged are added up under their successor, in every period: "
            f"{listed(merged, most=words.NAMED)}"
        )
