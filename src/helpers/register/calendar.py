"""The year ahead by the register: reviews, decisions and actions that fall due, targets that are to be met."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from helpers.register.entry import ALL_ORGANISATIONS
from helpers.register.models import Event, Register
from helpers.register.sheet import value_words

#: months after a change before its effect can be judged: 12 points, as for an interrupted time series
#: (docs/reference/stats.md); before that the answer is "too early"
MONTHS_TO_JUDGE: Final = 12


@dataclass(frozen=True, order=True)
class Occasion:
    """What is to be done on a day, by whom, and which file of the register says so."""

    day: date
    what: str
    who: str
    kept: str
    organisation: str


def calendar(register: Register, organisation: str = "") -> list[Occasion]:
    """Return everything with a day that is not done yet, in order; of one organisation or of all."""
    found = [*_reviews(register), *_decisions(register), *_words(register), *_targets(register)]
    wanted = ("", ALL_ORGANISATIONS, organisation)
    return sorted(each for each in found if not organisation or each.organisation in wanted)


def _reviews(register: Register) -> Iterator[Occasion]:
    """Yield when rows of the matrix are looked at again, and when changes can first be judged."""
    reviewed = {name for name, row in register.matrix.items() if row.review}
    for row in register.matrix.values():
        if row.review:
            day = date.fromisoformat(f"{row.review}-01")
            team = register.teams[row.team].owner
            yield Occasion(day, f"Review: {row.change}", team, "matrix.yml", row.organisation)
    for event in register.events.values():
        rows = {effect.row for effect in event.expected.values()}
        if event.expected and not rows & reviewed:
            yield Occasion(
                judged_from(event),
                f"Did it work? {event.name}",
                event.author,
                "events.yml",
                event.organisation,
            )


def judged_from(event: Event) -> date:
    """Return the first day of the month in which a change is reviewed: its own, else the first that can judge it."""
    if event.review:
        return date.fromisoformat(f"{event.review}-01")
    years, month = divmod(event.day.month - 1 + MONTHS_TO_JUDGE, 12)
    return date(event.day.year + years, month + 1, 1)


def _decisions(register: Register) -> Iterator[Occasion]:
    for each in register.decisions:
        if each.due and not each.done:
            yield Occasion(each.due, each.decision, each.owner, "decisions.yml", each.organisation)


def _words(register: Register) -> Iterator[Occasion]:
    """Yield the actions and recoveries that analysts' newest words promise."""
    for measure, organisation in {(each.measure, each.organisation) for each in register.comments}:
        newest = register.comments_of(measure, organisation)[0]
        about = register.measures[measure]
        for action in newest.actions:
            yield Occasion(action.due, action.action, action.owner, "comments.yml", organisation)
        if newest.recovery:
            owner = newest.owner or about.owner
            yield Occasion(newest.recovery, f"Recovered: {about.name}", owner, "comments.yml", organisation)


def _targets(register: Register) -> Iterator[Occasion]:
    for measure in register.measures.values():
        for target in measure.targets:
            if target.end:
                what = f"Target: {measure.name}, {value_words(measure, target.value)}"
                yield Occasion(target.end, what, measure.owner, "measures.yml", ALL_ORGANISATIONS)
