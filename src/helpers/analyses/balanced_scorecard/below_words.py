"""Sentences on who misses out, and on who carries the objectives below; each tested by case."""

from __future__ import annotations

import math

from helpers.analyses.balanced_scorecard.cascade import Cascade
from helpers.analyses.balanced_scorecard.inequality import MissedByDeprivation
from helpers.analyses.balanced_scorecard.names import names_of
from helpers.report.words import count, in_words, number, sentence
from helpers.theme.markdown import escape_markdown


def inequality_sentence(inequality: MissedByDeprivation | None) -> str:
    """Say whether the deprived miss more appointments; or what would be needed to know."""
    if inequality is None:
        return "Inequality is measured for the whole organisation, not for its units."
    if inequality.gap == "no_records":
        return (
            "Inequality cannot be shown: published statistics have no figures by deprivation for one organisation. "
            "It needs the outpatient records."
        )
    if inequality.gap == "hidden" or inequality.found is None:
        return "Inequality is not shown: a fifth of deprivation has too few appointments."
    found, gap = inequality.found, inequality.gap
    rates = (
        f"{number(inequality.most, 1)}% of appointments, the least deprived {number(inequality.least, 1)}%"
    )
    said = sentence(f"the most deprived fifth of patients missed {rates} ({inequality.period.label})")
    index = f"the relative index, least over most deprived, is {number(found.relative, 2)}"
    ends = f"95% interval {number(found.relative_low, 2)} to {number(found.relative_high, 2)}"
    verdict = {
        "deprived_worse": "the most deprived miss more, beyond chance",
        "deprived_better": "the least deprived miss more, beyond chance",
        "chance": "that is within what chance explains",
    }[gap]
    if math.isnan(found.relative_low):
        return f"{said} {sentence(verdict)}"
    return f"{said} {sentence(f'{index} ({ends}; equal would be 1): {verdict}')}"


def cascade_sentences(cascade: Cascade, whole: str) -> list[str]:
    """Say which measures are carried below an organisation or unit, and which by nobody.

    Parameters
    ----------
    whole
        Name of the organisation or unit.
    """
    if not cascade.units:
        return [
            sentence(f"no unit below {escape_markdown(whole)} is loaded, so the line of sight ends here"),
            "Measures of one's own that name a unit would carry it on.",
        ]
    units, total = count(len(cascade.units), "unit"), len(cascade.carried)
    carried = total - len(cascade.without)
    verb = "lies" if len(cascade.units) == 1 else "lie"
    if not carried:
        return [
            sentence(
                f"{units} {verb} below {escape_markdown(whole)}, but none has a figure of these measures"
            )
        ]
    have = "has" if carried == 1 else "have"
    of_all = count(total, "measure") if carried != total else ""
    start = f"{in_words(carried)} of {of_all} {have}" if of_all else _all_have(total)
    said = [
        sentence(f"{start} figures of the {units} below {escape_markdown(whole)} or of those below them")
    ]
    if cascade.without:
        said.append(
            sentence(
                f"nobody below returns figures of {names_of(cascade.without, most=len(cascade.without))}"
            )
        )
    said.append("Each figure is what the unit itself returned: none is a sum of others.")
    return said


def _all_have(total: int) -> str:
    return "the one measure has" if total == 1 else f"all {count(total, 'measure')} have"
