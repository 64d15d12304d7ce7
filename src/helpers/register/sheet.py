"""The performance measures record sheet: its questions, what the register answers, and what it leaves open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal, get_args, get_origin

from helpers.register.models import Measure, Register, Target, TargetKind, TargetMeaning

#: in `read_by`: the meeting that makes it a measure at board level
BOARD: Final = "board"
_KINDS: Final[dict[TargetKind, str]] = {
    "constitutional": "NHS constitution",
    "planning_milestone": "planning milestone",
    "local": "set locally",
}
_MEANINGS: Final[dict[TargetMeaning, str]] = {
    "every_period": "",
    "march_value": ", to be reached by its end",
    "year_mean": ", as the mean of the year",
    "cumulative": ", as the sum of the year",
}


@dataclass(frozen=True)
class Question:
    """A line of the sheet: the key of the register that answers it, its label, what the form asks."""

    key: str
    label: str
    asks: str


SHEET: Final = (
    Question("name", "Measure", "What is it called?"),
    Question("description", "What it says", "What does it say, in a sentence that a patient understands?"),
    Question("purpose", "Why it is kept", "Why is it kept: what would go wrong unseen without it?"),
    Question("objective", "Objective that it serves", "Which objective of objectives.yml does it serve?"),
    Question("requested_by", "Who asked for it", "Who asked for it?"),
    Question("numerator", "How it is worked out", "What is counted?"),
    Question("exclusions", "What is left out", "What is left out?"),
    Question("direction", "Which way is good", "Which way is good?"),
    Question("targets", "Target", "What is it to reach, and by when?"),
    Question("target_basis", "How the target was set", "How was the target set?"),
    Question("frequency", "How often", "How often is it measured?"),
    Question("collected_by", "Who measures", "Who measures it (a role, never a name)?"),
    Question("source", "Source", "Where do the figures come from?"),
    Question("quality", "Quality of the data", "Who signed the data off, when, and are they good enough?"),
    Question(
        "read_by", "Who reads it", "Which meetings look at it? One of them is `board` at board level."
    ),
    Question("owner", "Who acts on it", "Who acts on it (a role, never a name)?"),
    Question("action", "What they do", "What do they do when it is off course?"),
    Question(
        "perverse_effects", "What to watch", "What may it lead people to do, and how would that be seen?"
    ),
)
#: what the form asks besides, each before the question that it leads to
_FORM_ONLY: Final = (
    Question("kind", "", "A share, a rate, a ratio of two things, a count or a mean?"),
    Question("unit", "", 'In which unit: "%", days, patients?'),
    Question("denominator", "", "Of how many? Left empty for a count."),
)
_EXAMPLES: Final = {
    "targets": "# - {value: 92, kind: local, start: 2026-04-01, source: Who set it}",
    "quality": "# {signed_off_by: Head of information, signed_off_on: 2026-04-01, accuracy: sufficient}",
    "read_by": "# [board, Quality committee]",
}
_FORM_HEAD: Final = (
    "# A measures record sheet. Answer after each colon, in quotes where an answer holds a colon or #; what stays\n"
    "# empty is not answered. Put it into params/_register/measures.yml: `boardpack check` names what it needs."
)


@dataclass(frozen=True)
class SheetLine:
    """What the register answers to a question; empty where it leaves it open."""

    question: Question
    text: str


@dataclass(frozen=True)
class Gap:
    """What a sheet leaves open that somebody has to answer, and whether that makes the measure one to drop."""

    key: str
    words: str
    drop: bool = False


#: in order of gravity
GAPS: Final = (
    Gap("owner", "nobody acts on it", drop=True),
    Gap("read_by", "nobody reads it", drop=True),
    Gap("objective", "serves no objective", drop=True),
    Gap("action", "what is done about it is not written down"),
    Gap("target_basis", "how the target was set is not written down"),
    Gap("requested_by", "who asked for it is not written down"),
    Gap("collected_by", "who measures it is not written down"),
    Gap("perverse_effects", "what to watch is not written down"),
    Gap("quality", "nobody has signed off its data"),
)


def answers(measure: Measure, register: Register, day: date) -> tuple[SheetLine, ...]:
    """Return the sheet of a measure as it is on a day."""
    told = _answers(measure, register, day)
    return tuple(SheetLine(question, told[question.key]().strip()) for question in SHEET)


def gaps_of(measure: Measure, register: Register, day: date) -> tuple[Gap, ...]:
    """Return what the sheet of a measure leaves open, the gravest first; a target that it lacks is none.

    >>> from helpers.measures.examples import example_measure
    >>> [gap.words for gap in gaps_of(example_measure(owner=""), Register(), date(2026, 9, 30)) if gap.drop]
    ['nobody acts on it', 'nobody reads it', 'serves no objective']
    """
    told = _answers(measure, register, day)
    return tuple(gap for gap in GAPS if not told[gap.key]())


def is_at_board(measure: Measure) -> bool:
    """Tell whether the board looks at a measure."""
    return any(meeting.strip().lower() == BOARD for meeting in measure.read_by)


def blank_form(measure: str) -> str:
    """Return an empty sheet as YAML for `measures.yml`, each key with its question.

    `measure`: the id of the new measure.
    """
    asked = [*SHEET[:5], *_FORM_ONLY[:2], SHEET[5], _FORM_ONLY[2], *SHEET[6:]]
    lines = [_FORM_HEAD, f"{measure}:"]
    for question in asked:
        kind = Measure.model_fields[question.key].annotation
        allowed = ", ".join(get_args(kind)) if get_origin(kind) is Literal else ""
        lines.append(f"  # {question.asks}{f' One of: {allowed}.' if allowed else ''}")
        lines.append(f"  {question.key}: {_EXAMPLES.get(question.key, '')}".rstrip())
    return "\n".join(lines) + "\n"


def _answers(measure: Measure, register: Register, day: date) -> dict[str, Callable[[], str]]:
    plain = {question.key: lambda key=question.key: str(getattr(measure, key)) for question in SHEET}
    return plain | {
        "objective": lambda: _objective_words(measure, register),
        "numerator": lambda: _formula_words(measure),
        "direction": lambda: _DIRECTIONS[measure.direction],
        "targets": lambda: "; ".join(_target_words(measure, day)) or "None",
        "frequency": lambda: (
            f"{_FREQUENCIES[measure.frequency]}; out of date after {measure.stale_after_days} days"
        ),
        "quality": lambda: "; ".join(_quality_words(measure)),
        "read_by": lambda: "; ".join(f"{meeting[:1].upper()}{meeting[1:]}" for meeting in measure.read_by),
        "target_basis": lambda: measure.target_basis or ("" if measure.targets else "No target"),
    }


_DIRECTIONS: Final = {"increase": "Higher is better", "decrease": "Lower is better", "neutral": "Neither"}
_FREQUENCIES: Final = {
    "day": "Every day",
    "month": "Every month",
    "quarter": "Every quarter",
    "year": "Every year",
    "rolling12": "Each time for twelve months",
    "snapshot": "On a day at a time",
}


def _objective_words(measure: Measure, register: Register) -> str:
    found = register.objectives.get(measure.objective or "")
    return f"{found.name} ({found.owner})" if found else ""


def _formula_words(measure: Measure) -> str:
    if measure.denominator is None or measure.kind == "count":
        return f"{measure.numerator}, in {measure.unit}"
    return f"{measure.numerator}; divided by: {measure.denominator}; in {measure.unit}"


def value_words(measure: Measure, value: float) -> str:
    """Return a target's value with its unit."""
    return f"{value:g}%" if measure.unit == "%" else f"{value:,g} {measure.unit}"


def _target_words(measure: Measure, day: date) -> Iterator[str]:
    """Yield the targets in force and to come; without any the last one that lapsed."""
    live = [target for target in measure.targets if target.end is None or target.end >= day]
    for target in live:
        span = f", from {target.start:%B %Y}" if target.start and target.start > day else ""
        until = f", until {target.end:%B %Y}" if target.end else ""
        yield f"{_one_target(measure, target)}{span}{until}"
    lapsed = [target for target in measure.targets if target.end]
    if lapsed and not live:
        last = max(lapsed, key=lambda target: target.end or day)
        yield f"None in force; the last was {_one_target(measure, last)}, until {last.end:%B %Y}"


def _one_target(measure: Measure, target: Target) -> str:
    return f"{value_words(measure, target.value)} ({_KINDS[target.kind]}){_MEANINGS[target.meaning]}"


def _quality_words(measure: Measure) -> Iterator[str]:
    found = measure.quality
    if found.signed_off_by:
        when = f" on {found.signed_off_on:%d %B %Y}" if found.signed_off_on else ""
        yield f"signed off by {found.signed_off_by}{when}"
    if found.audited_on:
        yield f"audited on {found.audited_on:%d %B %Y}"
    ratings: dict[str, Any] = {"accuracy": found.accuracy, "systems": found.systems}
    yield from (f"{name}: {rating}" for name, rating in ratings.items() if rating != "not_assessed")
