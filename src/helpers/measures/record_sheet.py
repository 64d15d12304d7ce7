"""The record sheet of a measure: what the register says of it, and from where its figures come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpers.data.dictionary import describe_measures, function_of
from helpers.measures.figures import direction_words, goal_words
from helpers.register.models import Register

if TYPE_CHECKING:
    from helpers.register.models import Measure, Target


@dataclass(frozen=True)
class FedBy:
    """A publication that a measure's figures come from, and how they are read."""

    #: layout, title: its name in `boardpack data sources`, and what it is
    layout: str
    title: str
    #: numerator, denominator: the columns
    numerator: str
    denominator: str
    function: str
    note: str


def feeds_of(measure: Measure) -> tuple[FedBy, ...]:
    """Return the publications from which figures of a measure can come; own measures come by file alone."""
    only = Register(measures={measure.id: measure})
    return tuple(
        FedBy(layout.name, layout.title, feed.numerator, feed.denominator, function_of(layout), feed.note)
        for _, layout, feed in describe_measures(only)
    )


def record_sheet(measure: Measure, register: Register) -> list[tuple[str, str]]:
    """Return what the register says of a measure, heading by heading; what it does not say is left out."""
    return [(head, " ".join(words.split())) for head, words in _lines(measure, register) if words.strip()]


def _lines(measure: Measure, register: Register) -> Iterator[tuple[str, str]]:
    objective = register.objectives.get(measure.objective or "")
    yield "Id", measure.id
    yield "What it is", measure.description
    yield "Why it is measured", measure.purpose
    yield "Objective", objective.name if objective else ""
    yield "Numerator", measure.numerator
    yield "Denominator", measure.denominator or ""
    yield "Left out", measure.exclusions
    yield "Unit", measure.unit
    yield "Which way is good", direction_words(measure)
    yield "Targets", "; ".join(_target_words(measure, each) for each in measure.targets)
    yield "How the target was set", measure.target_basis
    yield "Compared with", measure.benchmark.replace("_", " ")
    yield "How often", measure.frequency
    yield "Out of date after", f"{measure.stale_after_days} days"
    yield "Source", measure.source
    yield "Asked for by", measure.requested_by
    yield "Collected by", measure.collected_by
    yield "Read by", ", ".join(measure.read_by)
    yield "Who acts", measure.owner
    yield "What they do", measure.action
    yield "What it may lead to", measure.perverse_effects
    yield "Small numbers", _small_numbers(measure)


def _target_words(measure: Measure, target: Target) -> str:
    dates = f"{target.start or '…'} to {target.end or '…'}"
    return f"{goal_words(measure, target.value)}, {target.kind.replace('_', ' ')}, {dates}"


def _small_numbers(measure: Measure) -> str:
    if measure.about != "patients":
        return f"shown: it is about {measure.about}, not about patients"
    return "hidden" if measure.controlled else f"shown: {measure.small_numbers_reason}"
