"""What the matrix says: amounts, rows, ambitions and gaps in words; each tested by case."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from helpers.analyses.four_columns.matrix import Ambition, Matrix, MatrixLine, Together
from helpers.analyses.four_columns.models import BEDS, DAYS, PATIENTS, SLOTS, WEEKS, Amount
from helpers.phrases import phrases
from helpers.register.cycle import MODEL_SETTINGS, Setting
from helpers.report.words import count, in_words, listed, month, number, sentence

#: by unit: one of it, several, and the decimals that are printed (None: as they are needed)
_UNITS: Final = {
    PATIENTS: ("patient fewer waiting", "patients fewer waiting", 0),
    DAYS: ("day of additions less on the list", "days of additions less on the list", 1),
    WEEKS: ("week of additions less on the list", "weeks of additions less on the list", 1),
    BEDS: ("bed freed", "beds freed", None),
    SLOTS: ("first appointment more", "first appointments more", 0),
}
LIST_LONGER: Final = "the list grows: more missed slots are filled anyway than are booked again"


# --- amounts --------------------------------------------------------------------------------------------


def amount_words(amount: Amount) -> str:
    """Return an amount with its range.

    >>> amount_words(Amount("patients", 315, 315, 315)), amount_words(Amount("beds", 29.8, 21, 38.2))
    ('315 patients fewer waiting', '29.8 beds freed (21.0 to 38.2)')
    """
    one, several, digits = _UNITS.get(amount.unit, (amount.unit, amount.unit, None))
    if digits is None:
        whole = all(each == round(each) for each in (amount.value, amount.low, amount.high))
        digits = 0 if amount.unit == "%" or whole else 1
    value, low, high = (number(each, digits) for each in (amount.value, amount.low, amount.high))
    said = f"{value}{'' if amount.unit == '%' else ' '}{one if float(abs(amount.value)) == 1 else several}"
    return said if amount.certain else f"{said} ({low} to {high})"


def impact_words(line: MatrixLine) -> str:
    """Return what a row is expected to give, a line for each thing; first what came, where that is known."""
    if line.expected is None or line.amount is None:
        return "nobody has said yet"
    first = amount_words(line.expected.first)
    if line.achieved is not None:
        return f"achieved: {amount_words(line.amount)}\nexpected: {first}"
    said = [first, *map(amount_words, line.expected.amounts[1:])]
    if line.expected.share is not None:
        weeks = line.expected.settings["standard_weeks"]
        likely = _plain(weeks[1] if isinstance(weeks, tuple) else weeks)
        said.append(f"{amount_words(line.expected.share)} of the way to {likely} weeks for all")
    if line.expected.warning:
        said.append(LIST_LONGER)
    if line.row.impact is not None and line.row.impact.model is None:
        said.append("estimated by hand")
    return "\n".join(said)


def setting_words(name: str, value: Setting) -> str:
    """Return a setting of a model as a reader says it.

    >>> setting_words("reduction", 0.5), setting_words("days_shorter", (0.2, 0.5, 0.8))
    ('50% of them avoided', 'stays shorter by 0.2 to 0.8 (likely 0.5) days')
    """
    values = value if isinstance(value, tuple) else (value,)
    plain, shares = list(map(_plain, values)), [f"{number(100 * each)}%" for each in values]
    either, share = (
        said[0] if len(said) == 1 else f"{said[0]} to {said[2]} (likely {said[1]})"
        for said in (plain, shares)
    )
    return phrases("statements.settings", value=either, share=share)[name]


def _plain(value: float) -> str:
    return number(value, 0 if value == round(value) else 1 if value * 10 == round(value * 10) else 2)


def assumption_words(line: MatrixLine) -> str:
    """Return what the impact of a row takes for granted."""
    if line.row.impact is None or line.expected is None:
        return "nothing is assumed yet"
    if line.row.impact.model is None:
        return line.row.impact.reason
    usual = MODEL_SETTINGS[line.row.impact.model].usual
    stated = line.row.impact.settings
    said = [
        setting_words(name, value) + (" (usual)" if name in usual and name not in stated else "")
        for name, value in line.expected.settings.items()
    ]
    return "; ".join(said)


# --- page one -------------------------------------------------------------------------------------------


def headline_words(matrix: Matrix) -> dict[str, str]:
    """Return what a board should know first: ambitions that nobody works on, what is due, what the rows give."""
    if not matrix.lines:
        return {
            "rows": "No team has a row in the matrix yet, so nothing links the ambitions to what is done.",
            "without_row": without_row_sentence(matrix),
        }
    teams = count(len({line.row.team for line in matrix.lines}), "team has", "teams have")
    given = "; ".join(
        f"“{ambition.objective.name}”: {listed(map(total_words, ambition.together))}"
        for ambition in matrix.ambitions
        if ambition.together
    )
    return {
        "without_row": without_row_sentence(matrix),
        "to_review": review_sentence(matrix),
        "together": f"What the rows are to give: {given}." if given else "",
        "rows": "" if matrix.without_row else sentence(f"{teams} {count(len(matrix.lines), 'row')}"),
    }


def without_row_sentence(matrix: Matrix) -> str:
    """Say which ambitions no team works on, those with most measures in need of attention first."""
    bare = matrix.without_row
    if not bare:
        return ""
    needs = (count(len(each.worst), "measure needs", "measures need") for each in bare)
    names = listed(
        f"“{each.objective.name}”{f' ({need} attention)' if each.worst else ''}"
        for each, need in zip(bare, needs, strict=True)
    )
    return sentence(f"{count(len(bare), 'ambition has', 'ambitions have')} no row: {names}")


def review_sentence(matrix: Matrix) -> str:
    """Say which reviews have come without a result, and whose they are."""
    due = matrix.to_review
    if not due:
        return ""
    names = listed(
        f"“{line.row.team_objective}” ({line.team.owner}, {month(line.row.review or line.row.start)})"
        for line in due
    )
    are = "one review is due and has" if len(due) == 1 else f"{in_words(len(due))} reviews are due and have"
    return sentence(f"{are} no result yet: {names}")


def total_words(found: Together) -> str:
    """Return what rows give together in one unit."""
    by = f" by {found.by:%-d %B %Y}" if found.by else ""
    return f"{amount_words(found.amount)}{by}"


# --- after page one -------------------------------------------------------------------------------------


def how_counted(ambition: Ambition) -> str:
    """Say how the rows of an ambition were put together, and what was not added."""
    said = []
    for found in ambition.together:
        rows = sum(map(len, found.groups))
        if not found.overlapping:
            said.append("one row" if rows == 1 else f"{in_words(rows)} rows added: they do not overlap")
        for group in found.overlapping:
            names = listed(f"“{line.row.team_objective}”" for line in group)
            why = "the register says so" if any(line.row.overlaps for line in group) else "same beds"
            why = "same measure" if len({line.row.measure for line in group}) == 1 else why
            said.append(f"{names} overlap ({why}): the larger counts, once")
    silent = [line for line in ambition.lines if line.amount is None]
    if silent:
        said.append(f"{count(len(silent), 'row')} without an impact")
    return "\n".join(said) or "no row"


def gap_sentences(matrix: Matrix) -> Iterator[str]:
    """Yield what is missing from either end: ambitions without a row, teams without one, rows without an impact."""
    if matrix.without_row:
        yield without_row_sentence(matrix)
    if matrix.idle:
        names = listed(f"{team.name} ({team.owner})" for team in matrix.idle)
        yield sentence(f"{count(len(matrix.idle), 'team')} without a row: {names}")
    lacking = {
        "an expected impact": [line for line in matrix.lines if line.expected is None],
        "a review": [line for line in matrix.lines if line.row.review is None],
    }
    for what, lines in lacking.items():
        names = listed(f"“{line.row.team_objective}” ({line.team.owner})" for line in lines)
        if lines:
            yield sentence(f"{count(len(lines), 'row')} without {what}: {names}")
    for line in matrix.lines:
        if line.measure.objective != line.row.objective:
            yield sentence(
                f"“{line.row.team_objective}” feeds “{line.objective.name}”; its measure, {line.measure.name}, serves "
                "another ambition in the register, so its progress shows there"
            )
