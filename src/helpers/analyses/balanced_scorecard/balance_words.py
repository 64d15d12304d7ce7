"""Sentences on whether a scorecard is balanced, each fault with its own; each tested by case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from helpers.analyses.balanced_scorecard.balance import TOLERANCE, Finding
from helpers.analyses.balanced_scorecard.card import Card
from helpers.analyses.balanced_scorecard.names import names_of
from helpers.report.words import count, listed, number, sentence
from helpers.theme.markdown import escape_markdown


def balance_sentences(card: Card, findings: Sequence[Finding]) -> list[str]:
    """Return what is unbalanced, one sentence each; or the one that says that nothing is."""
    if not findings:
        return [_balanced(card)]
    empty = [finding for finding in findings if finding.fault == "empty"]
    said = [_empty(empty)] if empty else []
    return said + [_FAULTS[finding.fault](finding) for finding in findings if finding.fault != "empty"]


def _balanced(card: Card) -> str:
    shares = [card.share(card.of(perspective.id)) for perspective in card.perspectives]
    many = len(shares)
    if many == 1:
        return "The register has one perspective alone, so there is nothing to balance."
    return sentence(
        f"the card is balanced: each of its {count(many, 'perspective')} has {number(min(shares))}% to "
        f"{number(max(shares))}% of the weight, within {number(TOLERANCE)} points of its aim, and none rests on one "
        "measure, one objective or self-assessment alone"
    )


def _empty(findings: Sequence[Finding]) -> str:
    return sentence(f"the card leaves out {listed(_name(finding) for finding in findings)}")


def _name(finding: Finding) -> str:
    assert finding.perspective is not None, "a finding of a perspective"
    return escape_markdown(finding.perspective.name)


def _no_figures(finding: Finding) -> str:
    if len(finding.rows) == 1:
        return sentence(f"{_name(finding)}: its one measure is without a figure")
    return sentence(f"{_name(finding)}: none of its {count(len(finding.rows), 'measure')} has a figure")


def _weighed(finding: Finding) -> str:
    side = "more" if finding.share > finding.aim else "less"
    return sentence(
        f"{_name(finding)} has {number(finding.share)}% of the weight, {side} than the {number(finding.aim)}% aimed at"
    )


def _single(finding: Finding) -> str:
    return sentence(f"{_name(finding)} rests on one measure alone: {names_of([finding.rows[0].measure])}")


def _one_sided(finding: Finding) -> str:
    return sentence(f"every measure of the card looks from one side, {_name(finding)}")


def _one_objective(finding: Finding) -> str:
    many = count(len(finding.rows), "measure")
    return sentence(f"{_name(finding)}: all its {many} serve the same objective")


def _self_assessed(finding: Finding) -> str:
    return sentence(f"{_name(finding)} is known by self-assessment alone")


def _heavy_measure(finding: Finding) -> str:
    name = names_of([finding.rows[0].measure])
    return sentence(f"one measure has {number(finding.share)}% of the weight of the whole card: {name}")


_FAULTS: Final = {
    "no_figures": _no_figures,
    "heavy": _weighed,
    "light": _weighed,
    "single": _single,
    "one_sided": _one_sided,
    "one_objective": _one_objective,
    "self_assessed": _self_assessed,
    "heavy_measure": _heavy_measure,
}
