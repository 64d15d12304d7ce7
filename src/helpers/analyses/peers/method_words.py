"""The method section of the peer benchmark: what was done and what is assumed, in words that follow the data."""

from __future__ import annotations

from collections.abc import Iterator

from helpers.analyses.peers.findings import PeerFindings
from helpers.analyses.peers.result import PeerComparison
from helpers.measures.places.groups import SMALL_GROUP
from helpers.measures.places.spread import WINDOW_MONTHS
from helpers.phrases import phrase
from helpers.report.words import listed, month, number
from helpers.stats.funnel import CATERPILLAR_ABOVE
from helpers.stats.position import DRAWS

_MODELS = {
    "proportion": "shares as independent yes or no (binomial)",
    "rate": "rates as independent events (Poisson) over a known denominator",
    "ratio_of_counts": "ratios of two counts as two independent counts (Poisson)",
    "standardised_ratio": "observed over expected events as independent events (Poisson) over a known expectation",
    "mean": "means by their own variation from month to month, larger for fewer patients",
}


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
    if any(each.origin == "records" for each in comparisons):
        yield phrase("method.peers.records")


def _models(comparisons: tuple[PeerComparison, ...]) -> list[str]:
    used = {each.model for each in comparisons if each.model}
    said = [words for model, words in _MODELS.items() if model in used]
    if any(each.model is None for each in comparisons):
        said.append("figures without counts as they stand, without interval or position")
    return said


def _dispersion(comparisons: tuple[PeerComparison, ...]) -> str:
    if len(comparisons) != 1 or comparisons[0].phi is None:
        return ""
    return f" Here it is {number(comparisons[0].phi, 1)} times (phi)."


def _widening(comparisons: tuple[PeerComparison, ...]) -> str:
    if len(comparisons) != 1:
        return ""
    each = comparisons[0]
    if each.model is None:
        return ""
    if each.widened is None:
        return " Here there are too few periods to tell, so they hold chance alone."
    if each.model == "mean":
        return ""
    times = number(each.widened, 1)
    return f" For “{each.measure.name}” {'not at all' if times == '1.0' else f'by {times} times'}."
