"""What a self-assessment says, case by case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date

from helpers.register.grids import Consensus, Grid
from helpers.report.words import count, day_words, in_words, listed, month, sentence, together


def counted(grid: Grid, found: Counter[str]) -> str:
    """Return how many said which stage: "3 starting, 6 developing", no number apart from its word."""
    return ", ".join(
        f"{found[each]}\u00a0{words.lower()}" for each, words in grid.stages.items() if found[each]
    )


def agreed_sentence(grid: Grid, agreed: Consensus | None, assessors: int) -> str:
    """Say at which stages the rows are agreed to be, the least advanced first and by name."""
    if agreed is None:
        if not assessors:
            return (
                f"**Nobody has assessed {grid.name.lower()} yet.** `boardpack assess ask` writes the forms."
            )
        return "**Nothing is agreed yet**, and some have filled in the form."
    at = {
        stage: [f"“{grid.rows[row].name}”" for row, told in agreed.rows.items() if told.stage == stage]
        for stage in grid.stages
    }
    parts = [
        f"{in_words(len(names))} at “{grid.stages[stage].lower()}”" for stage, names in at.items() if names
    ]
    first = next(stage for stage, names in at.items() if names)
    total = count(len(agreed.rows), grid.row, grid.rows_called)
    said = sentence(f"of {total} these are agreed: {listed(parts)}")
    if len(at[first]) == len(agreed.rows):
        return f"**{said}**"
    return f"**{said}** At “{grid.stages[first].lower()}”: {listed(at[first])}."


def moved_sentence(grid: Grid, agreed: Consensus | None, before: Consensus | None) -> str:
    """Say which rows moved on or back since the last time, by name; that it is the first time where it is."""
    if agreed is None:
        return ""
    if before is None:
        return "It was agreed for the first time, so there is no movement to show."
    steps = movements(grid, agreed, before)
    ways: dict[str, list[str]] = {"on": [], "back": []}
    for row, step in steps.items():
        if step:
            ways["on" if step > 0 else "back"].append(f"“{grid.rows[row].name}”")
    moved = "; ".join(f"{listed(names)} moved {way}" for way, names in ways.items() if names)
    return sentence(f"since {month(before.month)} {moved or f'no {grid.row} has moved'}")


def movements(grid: Grid, agreed: Consensus, before: Consensus | None) -> dict[str, int]:
    """Return by how many stages each row moved since the last time, of those that were agreed then too."""
    return {
        row: grid.place(told.stage) - grid.place(before.rows[row].stage)
        for row, told in agreed.rows.items()
        if before is not None and row in before.rows
    }


def movement_words(grid: Grid, row: str, agreed: Consensus | None, before: Consensus | None) -> str:
    """Return where a row was last time and whether it moved."""
    if before is None or row not in before.rows:
        return "not agreed before"
    was = grid.stages[before.rows[row].stage]
    step = 0 if agreed is None else movements(grid, agreed, before).get(row, 0)
    return f"{was}; moved {'on' if step > 0 else 'back'}" if step else was


def widest_sentence(grid: Grid, spreads: Mapping[str, Counter[str]]) -> str:
    """Say on which row those who may be shown differ most: by how far apart, then by how few agree."""

    def width(found: Counter[str]) -> tuple[int, float]:
        places = [grid.place(stage) for stage in found]
        return max(places) - min(places), -max(found.values()) / found.total()

    known = {row: found for row, found in spreads.items() if len(found) > 1}
    if not known:
        return "All assessors see the same." if spreads else ""
    row = max(known, key=lambda each: width(known[each]))
    return sentence(f"assessors differ most on “{grid.rows[row].name}”: {counted(grid, known[row])}")


def hidden_sentence(assessors: int, hide_up_to: int) -> str:
    """Say that too few assessed for what they said to be shown."""
    if not assessors or assessors > hide_up_to:
        return ""
    return "Too few assessors have filled in the form for what each said to be shown."


def follows_sentence(agreed: Consensus | None, today: date) -> str:
    """Say what is overdue of the actions, and when it is assessed again."""
    if agreed is None:
        return ""
    late = [each for each in agreed.actions if each.due < today]
    which = "; ".join(f"“{each.action}” ({each.owner})" for each in late)
    said = f"{count(len(late), 'action is', 'actions are')} past due: {which}"
    if agreed.again is None:
        again = "No day is set for assessing it again."
    else:
        passed = ", which has passed" if agreed.again < today else ""
        again = f"The next assessment is to be on {day_words(agreed.again)}{passed}."
    return together(sentence(said) if late else "", again)
