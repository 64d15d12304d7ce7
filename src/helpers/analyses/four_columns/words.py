"""What the matrix says: amounts, rows, ambitions and gaps in words; each tested by case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from helpers.analyses.four_columns.matrix import Ambition, Line, Matrix, Together
from helpers.analyses.four_columns.models import BEDS, DAYS, PATIENTS, SLOTS, WEEKS, Amount
from helpers.register.cycle import MODEL_SETTINGS, Setting
from helpers.report.words import count, in_words, listed, number, sentence

#: by unit: one of it, several, and the decimals that are printed (None: as they are needed)
_UNITS: Final = {
    PATIENTS: ("patient fewer waiting", "patients fewer waiting", 0),
    DAYS: ("day of additions less on the list", "days of additions less on the list", 1),
    WEEKS: ("week of additions less on the list", "weeks of additions less on the list", 1),
    BEDS: ("bed freed", "beds freed", None),
    SLOTS: ("first appointment more", "first appointments more", 0),
}
#: what the settings of the models are called, and how they are printed: {} of a number, or of a share
SETTINGS: Final = {
    "missed": "{} appointments missed a year",
    "reduction": "{%} of them avoided",
    "additions": "{} patients added to the list a year",
    "filled": "{%} of missed slots filled anyway",
    "rebooked": "{%} of missed appointments booked again",
    "ramp_weeks": "{} weeks until the whole effect",
    "waiting_list": "{} patients on the list",
    "standard_weeks": "a standard of {} weeks",
    "days_shorter": "stays shorter by {} days",
    "patients": "{} patients a year",
    "occupancy": "{%} of beds filled",
    "extra_a_week": "{} patients more a week",
    "operations": "{} operations a year",
    "share_now": "{%} of them day surgery now",
    "share_aimed": "{%} aimed at",
    "nights": "{} nights saved by each",
    "first_appointments": "{} first appointments a year",
    "ratio_now": "{} follow-ups for each now",
    "ratio_aimed": "{} aimed at",
    "first_minutes": "{} minutes for a first appointment",
    "follow_up_minutes": "{} minutes for a follow-up",
}
LIST_LONGER: Final = "the list grows: more missed slots are filled anyway than are booked again"


# --- amounts --------------------------------------------------------------------------------------------


def amount_words(amount: Amount) -> str:
    """Return an amount with its range.

    >>> amount_words(Amount("patients", 315, 315, 315)), amount_words(Amount("beds", 29.8, 21, 38.2))
    ('315 patients fewer waiting', '29.8 beds freed (21.0 to 38.2)')
    """
    one, several, digits = _UNITS.get(amount.unit, (amount.unit, amount.unit, _digits(amount)))
    digits = _digits(amount) if digits is None else digits
    value = number(amount.value, digits)
    said = f"{value}{'' if amount.unit == '%' else ' '}{one if float(abs(amount.value)) == 1 else several}"
    if amount.certain:
        return said
    return f"{said} ({number(amount.low, digits)} to {number(amount.high, digits)})"


def _digits(amount: Amount) -> int:
    whole = all(each == round(each) for each in (amount.value, amount.low, amount.high))
    return 0 if amount.unit == "%" or whole else 1


def impact_words(line: Line) -> str:
    """Return what a row is expected to give, a line for each thing; first what came, where that is known."""
    if line.expected is None or line.amount is None:
        return "nobody has said yet"
    first = amount_words(line.expected.first)
    if line.achieved is not None:
        return f"achieved: {amount_words(line.amount)}\nexpected: {first}"
    said = [first, *map(amount_words, line.expected.amounts[1:])]
    if line.expected.share is not None:
        said.append(share_words(line.expected.share, line.expected.settings["standard_weeks"]))
    if line.expected.warning:
        said.append(LIST_LONGER)
    if line.row.impact is not None and line.row.impact.model is None:
        said.append("estimated by hand")
    return "\n".join(said)


def share_words(share: Amount, standard: Setting) -> str:
    """Return the part of the way to the ambition on waits.

    >>> share_words(Amount("%", 25.3, 25.3, 25.3), 18)
    '25% of the way to 18 weeks for all'
    """
    weeks = _plain(standard[1] if isinstance(standard, tuple) else standard)
    return f"{amount_words(share)} of the way to {weeks} weeks for all"


def setting_words(name: str, value: Setting) -> str:
    """Return a setting of a model as a reader says it.

    >>> setting_words("reduction", 0.5), setting_words("days_shorter", (0.2, 0.5, 0.8))
    ('50% of them avoided', 'stays shorter by 0.2 to 0.8 (likely 0.5) days')
    """
    is_share = "{%}" in SETTINGS[name]
    values = value if isinstance(value, tuple) else (value,)
    told = [f"{number(100 * each)}%" if is_share else _plain(each) for each in values]
    said = told[0] if len(told) == 1 else f"{told[0]} to {told[2]} (likely {told[1]})"
    return SETTINGS[name].replace("{%}", "{}").format(said)


def _plain(value: float) -> str:
    return number(value, 0 if value == round(value) else 1 if value * 10 == round(value * 10) else 2)


def model_words(line: Line) -> str:
    """Return by which model a row's impact is worked out."""
    if line.row.impact is None:
        return "none yet"
    return (line.row.impact.model or "by hand").replace("_", " ")


def assumption_words(line: Line) -> str:
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
    rows, teams = len(matrix.lines), len({line.row.team for line in matrix.lines})
    has = "has" if teams == 1 else "have"
    said = {
        "without_row": without_row_sentence(matrix),
        "to_review": review_sentence(matrix),
        "together": together_sentence(matrix),
        "rows": ""
        if matrix.without_row
        else sentence(f"{count(teams, 'team')} {has} {count(rows, 'row')}"),
    }
    return {name: text for name, text in said.items() if text}


def without_row_sentence(matrix: Matrix) -> str:
    """Say which ambitions no team works on, those with most measures in need of attention first."""
    bare = matrix.without_row
    if not bare:
        return ""
    names = listed(f"“{each.objective.name}”{_needs(each)}" for each in bare)
    has = "has" if len(bare) == 1 else "have"
    return sentence(f"{count(len(bare), 'ambition')} {has} no row: {names}")


def _needs(ambition: Ambition) -> str:
    if not ambition.worst:
        return ""
    need = "needs" if len(ambition.worst) == 1 else "need"
    return f" ({count(len(ambition.worst), 'measure')} {need} attention)"


def review_sentence(matrix: Matrix) -> str:
    """Say which reviews have come without a result, and whose they are."""
    due = matrix.to_review
    if not due:
        return ""
    names = listed(
        f"“{line.row.team_objective}” ({line.team.owner}, {month(line.row.review or line.row.start)})"
        for line in due
    )
    if len(due) == 1:
        return sentence(f"one review is due and has no result yet: {names}")
    return sentence(f"{in_words(len(due))} reviews are due and have no result yet: {names}")


def month(text: str) -> str:
    """Return a month of the register as a reader says it.

    >>> month("2026-04")
    'April 2026'
    """
    return f"{date.fromisoformat(f'{text}-01'):%B %Y}"


def short_month(text: str) -> str:
    """Return a month of the register, short enough for a cell: "Apr 2026"."""
    return f"{date.fromisoformat(f'{text}-01'):%b %Y}"


def together_sentence(matrix: Matrix) -> str:
    """Say what the rows of each ambition give together."""
    said = [
        f"“{ambition.objective.name}”: {listed(map(total_words, ambition.together))}"
        for ambition in matrix.ambitions
        if ambition.together
    ]
    return f"What the rows are to give: {'; '.join(said)}." if said else ""


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
            said.append(f"{names} overlap ({why_overlap(group)}): the larger counts, once")
    silent = [line for line in ambition.lines if line.amount is None]
    if silent:
        said.append(f"{count(len(silent), 'row')} without an impact")
    return "\n".join(said) or "no row"


def why_overlap(group: tuple[Line, ...]) -> str:
    """Say why rows are not added."""
    if len({line.row.measure for line in group}) == 1:
        return "same measure"
    if any(line.row.overlaps for line in group):
        return "the register says so"
    return "same beds"


def gap_sentences(matrix: Matrix) -> Iterator[str]:
    """Yield what is missing from either end: ambitions without a row, teams without one, rows without an impact."""
    if matrix.without_row:
        yield without_row_sentence(matrix)
    if matrix.idle:
        names = listed(f"{team.name} ({team.owner})" for team in matrix.idle)
        yield sentence(f"{count(len(matrix.idle), 'team')} without a row: {names}")
    yield from _of_lines(
        [line for line in matrix.lines if line.expected is None], "without an expected impact"
    )
    yield from _of_lines([line for line in matrix.lines if line.row.review is None], "without a review")
    elsewhere = [line for line in matrix.lines if line.measure.objective != line.row.objective]
    for line in elsewhere:
        yield sentence(
            f"“{line.row.team_objective}” feeds “{line.objective.name}”; its measure, {line.measure.name}, serves "
            "another ambition in the register, so its progress shows there"
        )


def _of_lines(lines: Iterable[Line], what: str) -> Iterator[str]:
    found = list(lines)
    if found:
        names = listed(f"“{line.row.team_objective}” ({line.team.owner})" for line in found)
        yield sentence(f"{count(len(found), 'row')} {what}: {names}")
