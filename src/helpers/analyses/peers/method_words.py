"""The method section of the peer benchmark: what was done and what is assumed, in words that follow the data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from helpers.analyses.peers import words
from helpers.analyses.peers.comparison import TOO_OLD_MONTHS, PeerFindings
from helpers.analyses.peers.result import PeerComparison
from helpers.analyses.peers.words import value_sentence
from helpers.measures.places.groups import SMALL_GROUP
from helpers.measures.places.spread import MOSTLY_NOUGHT, WINDOW_MONTHS
from helpers.measures.places.values import LEAST_BASE
from helpers.phrases import bulleted, phrase, phrases
from helpers.report.words import count, listed, month, number, sentence
from helpers.stats.funnel import CATERPILLAR_ABOVE
from helpers.stats.position import DRAWS
from helpers.theme.markdown import escape_markdown


def method_points(found: PeerFindings) -> Iterator[str]:
    """Yield one point per step of the method."""
    comparisons = found.comparisons
    yield phrase("method.peers.period", last=month(found.period.last))
    yield phrase("method.peers.groups", small_group=SMALL_GROUP)
    yield f"Chance is taken to treat {listed(_models(comparisons))}."
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


def _models(comparisons: tuple[PeerComparison, ...]) -> list[str]:
    used = {each.model for each in comparisons if each.model}
    said = [words for model, words in phrases("names.chance_models").items() if model in used]
    if any(each.model is None for each in comparisons):
        said.append("figures without counts as they stand, without interval or position")
    return said


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
    for each in found.without_own:
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
