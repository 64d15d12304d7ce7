"""Who and what is not compared, and why: the words below the table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from helpers.analyses.peers import amounts
from helpers.analyses.peers.findings import TOO_OLD_MONTHS, PeerFindings
from helpers.analyses.peers.words import value_sentence
from helpers.measures.places.spread import MOSTLY_NOUGHT
from helpers.measures.places.values import LEAST_BASE
from helpers.report.words import count, listed, month, number, sentence
from helpers.theme.markdown import escape_markdown

_NOTES = {
    "not_recorded": "Not recorded: a rate of missed appointments under 1%. It means that they are not written down.",
    "small_base": f"Base too small: less than {number(100 * LEAST_BASE)}% of the usual number of beds or admissions "
    "that counts are taken per.",
}


def notes(reasons: Iterable[str]) -> str:
    """Return what the reasons of a table mean."""
    return " ".join(_NOTES[name] for name in reasons if name in _NOTES)


def not_compared(found: PeerFindings, *, everybody: bool) -> dict[str, str]:
    """Return what is not compared as a list, by the name `not_compared`; where all is, the sentence `everybody`."""
    lines = "\n".join(f"- {escape_markdown(line)}" for line in _lines(found))
    if lines:
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
        named = listed(f"{each.measure.name} ({amounts.when(each)})" for each in found.long_past)
        yield sentence(
            f"figures of more than {count(TOO_OLD_MONTHS, 'month')} before {month(found.period.last)} say nothing of "
            f"today, so they are not shown: {named}"
        )
    merged = sorted({code for each in found.comparisons for code in each.merged})
    if merged:
        yield sentence(
            "figures of organisations that merged are added up under their successor, in every period: "
            f"{amounts.named(merged)}"
        )
