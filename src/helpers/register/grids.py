"""Grids that people fill in: stages for each row, what each assessor thinks, and what was agreed.

A starting point for a discussion: nothing is added up, and no number stands for an organisation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Final, Self

from pydantic import Field, model_validator

from helpers.register.cycle import Action
from helpers.register.entry import Identifier, MonthText, RegisterEntry, Text

#: letters of a list of choices, as Excel has it
_MOST_LISTED: Final = 250


class GridRow(RegisterEntry):
    """What is judged: its question, and what each stage looks like."""

    name: Text
    question: Text
    stages: dict[Identifier, Text]


class Grid(RegisterEntry):
    """Rows, the stages that each can be at (the first the least), and the groups of those who judge."""

    id: Identifier
    name: Text
    row: Text  # what one row is called: "barrier"
    rows_called: Text
    about: Text
    source: Text
    groups: tuple[Text, ...] = Field(min_length=1)
    stages: dict[Identifier, Text] = Field(min_length=2)
    rows: dict[Identifier, GridRow] = Field(min_length=1)

    @model_validator(mode="after")
    def _describes_every_stage(self) -> Self:
        wrong = [name for name, row in self.rows.items() if set(row.stages) != set(self.stages)]
        if wrong:
            raise ValueError(f"{', '.join(wrong)}: a row describes each stage: {', '.join(self.stages)}")
        for listed in (self.groups, tuple(self.stages.values())):
            if any(sign in "".join(listed) for sign in ',"') or len(",".join(listed)) > _MOST_LISTED:
                raise ValueError(
                    f"groups and stages are chosen from lists in Excel: no commas or quotation marks, and "
                    f"{_MOST_LISTED} letters in all"
                )
        return self

    def place(self, stage: str) -> int:
        """Return how far on a stage is, the first 0."""
        return list(self.stages).index(stage)


class Judgement(RegisterEntry):
    """At which stage somebody sees a row, and by what."""

    stage: Identifier
    evidence: Text


class Assessment(RegisterEntry):
    """What one assessor thinks; no name, and `form` only tells that a form was read already."""

    grid: Identifier
    organisation: Text
    month: MonthText  # of the round
    group: Text
    form: str = ""
    rows: dict[Identifier, Judgement] = Field(min_length=1)


class Agreed(RegisterEntry):
    """What was agreed on a row after talking about it, and the stage wanted next time."""

    stage: Identifier
    wanted: Identifier | None = None
    why: str = ""


class Consensus(RegisterEntry):
    """What was agreed in a round: the stages, up to three actions, and when it is assessed again."""

    grid: Identifier
    organisation: Text
    month: MonthText
    rows: dict[Identifier, Agreed] = Field(min_length=1)
    actions: tuple[Action, ...] = Field(default=(), max_length=3)
    again: date | None = None


def spread(assessments: Sequence[Assessment], row: str) -> Counter[str]:
    """Return how many see a row at which stage."""
    return Counter(each.rows[row].stage for each in assessments if row in each.rows)


def groups_apart(assessments: Sequence[Assessment], hide_up_to: int) -> dict[str, list[Assessment]]:
    """Return the groups that may be shown apart: each, and what is left of all, has more people than are hidden.

    Small groups stand together. Where even these are few, the smallest of the others joins them: all less the groups
    shown would tell of them.

    >>> def some(group, number):
    ...     rows = {"time": {"stage": "starting", "evidence": "None is set aside"}}
    ...     one = Assessment(grid="g", organisation="T1", month="2026-09", group=group, rows=rows)
    ...     return [one] * number
    >>> found = groups_apart(some("Board", 9) + some("Wards", 8) + some("Porters", 2), 7)
    >>> {name: len(each) for name, each in found.items()}
    {'Board': 9, 'All others': 10}
    >>> groups_apart(some("Board", 9) + some("Porters", 2), 7)
    {}
    """
    by_group: dict[str, list[Assessment]] = {}
    for each in assessments:
        by_group.setdefault(each.group, []).append(each)
    ordered = sorted(by_group.items(), key=lambda pair: len(pair[1]), reverse=True)
    apart = {name: each for name, each in ordered if len(each) > hide_up_to}
    others = [each for name, found in ordered if name not in apart for each in found]
    while others and apart and len(others) <= hide_up_to:
        others += apart.pop(list(apart)[-1])
    if not apart:
        return {}
    return {**apart, "All others": others} if others else apart
