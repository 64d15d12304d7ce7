"""The method section of the peer benchmark: what was done and what is assumed, in words that follow the data."""

from __future__ import annotations

from collections.abc import Iterator

from helpers.analyses.peers.findings import PeerFindings
from helpers.analyses.peers.result import PeerComparison
from helpers.measures.places.groups import SMALL_GROUP
from helpers.measures.places.spread import WINDOW_MONTHS
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
    yield (
        "All trusts of a comparison are taken at the same period: the newest that this trust shares with at least "
        f"half of the others, not after {month(found.period.last)}. Whoever has no figure for it is listed."
    )
    yield f"Peers: {_groups()} With fewer than {SMALL_GROUP} trusts a group is marked as small."
    yield f"Chance is taken to treat {listed(_models(comparisons))}."
    yield (
        "Funnel: limits of 95% and 99.8% on the scale of each kind of data, widened for the spread between trusts "
        "(additive, DerSimonian and Laird) where they vary more than by chance. A trust is flagged at 99.8%: at 95% "
        "six of 120 would be by chance alone. Source: Spiegelhalter 2005, Statistics in Medicine 24, 1185."
    )
    yield (
        f"Where the squared differences between trusts are more than {number(CATERPILLAR_ABOVE)} times what chance "
        "makes them, a funnel would explain nothing: each trust is shown with its interval."
        f"{_dispersion(comparisons)} Flags there are still against the spread between trusts."
    )
    yield (
        "Intervals of 95% hold chance, made wider by how much trusts ordinarily vary from one period to the next: "
        f"the median over trusts of the moving range over {WINDOW_MONTHS} months (Laney 2002).{_widening(comparisons)} "
        "They do not hold differences in patients, coding or definition between trusts."
    )
    yield (
        f"Position: all trusts' true values are drawn {number(DRAWS)} times from what data and group say "
        "of them (normal on angles or square roots, empirical Bayes), and each draw is put in order. Shown is the "
        "expected share of the others that the trust does better than, with its 95% interval, never a rank. It says "
        "where a trust stands, not how good its care is: figures are not adjusted for who the patients are, unless the "
        "measure itself is. "
        "Source: Goldstein and Spiegelhalter 1996, Journal of the Royal Statistical Society A 159, 385."
    )
    yield (
        "Of many measures a few stand at an edge by chance alone: an interval of 95% misses in one case of 20. "
        "A change of place is called more than chance only where both intervals do not overlap, which is a strict rule."
    )
    yield (
        "Quartiles and medians count every trust once (type 7). Best quarter: the quartile at the good end; "
        "it moves with the trusts and is no standard of care."
    )
    if any(each.origin == "records" for each in comparisons):
        yield (
            "Figures from records of patients are compared as they may be shown: shares from rounded counts, and "
            "trusts with a hidden count left out."
        )


def _groups() -> str:
    return (
        "all trusts of the same kind (acute with acute); same type and size by the estates return of 2016-17 "
        "(ERIC), for a merged trust the type that its parts share; same quarter of trusts by the latest number of "
        "general and acute beds; same region; same integrated care board; and trusts that were chosen."
    )


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
