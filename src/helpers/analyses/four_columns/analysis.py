"""`four_column_matrix`: what teams do for the organisation's ambitions, and what it is expected to give."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import exp
from typing import Final

import pandas as pd

from helpers.analyses.changes.achieved import Achieved, estimates_by_team, estimates_sentence
from helpers.analyses.four_columns import words
from helpers.analyses.four_columns.matrix import Ambition, Matrix, MatrixLine, build_matrix
from helpers.analyses.four_columns.models import DRAWS
from helpers.analyses.sight.lines import choose_measures
from helpers.bundle import Column
from helpers.errors import UsageError, raise_all, unknown_names
from helpers.measures.columns import dated_cell, target_cell
from helpers.measures.gathering import datasets_behind, results_for
from helpers.measures.words import CATEGORY_WORDS
from helpers.phrases import phrase, phrases
from helpers.report.analyses_in_room import analyse_in_room
from helpers.report.arguments import names_near_misses
from helpers.report.columns import Filled, laid_out, text
from helpers.report.parts import Headline, Part, part
from helpers.report.report import Report
from helpers.report.sections import Sections, first_bold
from helpers.stats.waiting.queue import DEFAULT_FACTOR

OfLine = Filled[MatrixLine]
OfAmbition = Filled[Ambition]


def _team(line: MatrixLine) -> str:
    start, review = (
        text and f"{date.fromisoformat(f'{text}-01'):%b %Y}" for text in (line.row.start, line.row.review)
    )
    when = f"{start}, review {review}" if review else f"{start}, no review"
    return f"{line.row.team_objective}\n{line.row.change} ({when})\n{line.team.name}"


def _measure(line: MatrixLine) -> str:
    result = line.result
    if result is None:
        return f"{line.measure.name}\nno figures"
    target, latest = target_cell(result), (dated_cell(result) or "").replace("\n", ", ")
    said = filter(None, (latest, target and f"target {target}", CATEGORY_WORDS[result.category]))
    return f"{line.measure.name}\n{'; '.join(said)}"


def _model(line: MatrixLine) -> str:
    impact = line.row.impact
    return "none yet" if impact is None else (impact.model or "by hand").replace("_", " ")


def _amount(end: str, label: str, about: str) -> OfLine:
    column = Column(label=label, kind="model", digits=1)
    return OfLine(end, column, lambda line: getattr(line.amount, end, None), about, usual=False)


ROWS: Final = (
    OfLine("objective", Column(label="Organisation's objective"), lambda line: line.objective.name),
    OfLine("team", text("Team's objective"), _team, "what is done, and by whom"),
    OfLine("measure", text("Measure"), _measure, "where it stands now"),
    OfLine("impact", text("Expected impact"), words.impact_words),
    OfLine("row", Column(label="Row"), lambda line: line.row.id, "its id in matrix.yml", usual=False),
    _amount("value", "Value", "what is expected, or came"),
    _amount("low", "Low", "lower end"),
    _amount("high", "High", "upper end"),
    OfLine("unit", Column(label="Unit"), lambda line: getattr(line.amount, "unit", None), usual=False),
)
ASSUMPTIONS: Final = (
    OfLine("team", text("Team's objective"), lambda line: line.row.team_objective),
    OfLine("owner", text("Who answers"), lambda line: line.team.owner),
    OfLine("model", text("Model"), _model, "by which the impact is worked out"),
    OfLine("assumed", text("What it takes for granted"), words.assumption_words),
)
AMBITIONS: Final = (
    OfAmbition(
        "objective",
        text("Ambition"),
        lambda each: "\n".join(filter(None, (each.objective.name, each.objective.ambition))),
    ),
    OfAmbition("owner", text("Who answers"), lambda each: each.objective.owner),
    OfAmbition("rows", Column(label="Rows", kind="model"), lambda each: len(each.lines)),
    OfAmbition(
        "together", text("Together"), lambda each: "\n".join(map(words.total_words, each.together)) or None
    ),
    OfAmbition("counted", text("How it was counted"), words.how_counted),
    OfAmbition(
        "attention",
        text("Measures that need attention"),
        lambda each: "\n".join(result.measure.name for result in each.worst) or "none",
    ),
)


@names_near_misses
def four_column_matrix(report: Report, *, achieved: pd.DataFrame | None = None) -> FourColumnMatrix:
    """Return the four column matrix of the report's organisation.

    Parameters
    ----------
    report
        The open report; its period is one month.
    achieved
        What reviews found, which takes the place of what was expected: a row for each row of the matrix that was
        reviewed, with `row` (its id), `expected` and `achieved` in the measure's unit, and `low` and `high` of the
        latter's interval.

    Raises
    ------
    UsageError
        Where reviews speak of rows that the organisation does not have, or columns are missing.
    """
    found = [] if achieved is None else read_achieved(achieved)
    rows = list(report.register.matrix_of(report.organisation.code))
    reviewed = [each.row for each in found]
    raise_all(unknown_names(reviewed, rows, where="achieved, ", came="no such row"))
    return analyse_in_room(FourColumnMatrix, report.apart(), tuple(found))


class FourColumnMatrix(Sections):
    """The whole report; see `four_column_matrix`."""

    def __init__(self, report: Report, achieved: Sequence[Achieved]) -> None:
        about, last = report.organisation, report.period.last
        chosen = choose_measures(report.register, about.code, None)
        results = results_for(report, chosen)
        self.matrix: Matrix = build_matrix(report.register, about, last, results, achieved)
        traced = datasets_behind(line.result for line in self.matrix.lines if line.result)
        super().__init__(report, traced or results.datasets)

    @part
    def headline(self) -> Headline:
        """What a board should know first: ambitions that nobody works on, what is due, what the rows give."""
        values = {"rows": len(self.matrix.lines), "without_row": len(self.matrix.without_row)}
        return self.headline_of(first_bold(words.headline_words(self.matrix)), values)

    @part
    def rows(self) -> Part:
        """Table: objective of the organisation, of the team, measure, expected impact."""
        return self.part(
            "matrix",
            **laid_out(ROWS, self.matrix.lines),
            caption=f"The four column matrix of {self.report.organisation.name}, {self.report.period.label}.",
            note=phrase("statements.matrix.estimates"),
            on_slide=True,
            none=phrase("statements.matrix.no_row"),
        )

    @part
    def ambitions(self) -> Part:
        """Table: each ambition with what all its rows give together, counted once, and where nobody has a row."""
        return self.part(
            "ambitions",
            **laid_out(AMBITIONS, self.matrix.ambitions),
            caption="What the rows of each ambition give together.",
            note=phrase("statements.matrix.together"),
        )

    @part
    def assumptions(self) -> Part:
        """Table: what each expected impact takes for granted."""
        caption, none = "What each expected impact takes for granted.", "No impact has been worked out."
        table = laid_out(ASSUMPTIONS, self.matrix.lines)
        return self.part("assumptions", **table, caption=caption, none=none)

    @part
    def learned(self) -> Part:
        """What reviews say of the estimates: achieved beside expected, team by team."""
        teams = {line.row.id: line.team.name for line in self.matrix.lines}
        came = [line.achieved for line in self.matrix.lines if line.achieved is not None]
        found = estimates_by_team(came, lambda row: teams[row])
        none = "No row has been reviewed yet: every impact is what was expected."
        return self.part(
            "learned",
            words={"learned": " ".join(map(estimates_sentence, found)) or none},
            values={each.whose: round(each.share, 2) for each in found},
        )

    @part
    def gaps(self) -> Part:
        """What is missing from either end, point by point."""
        none = "Every ambition has a row, and every team too."
        return self.points("gaps", words.gap_sentences(self.matrix), none=none)

    @part
    def method(self) -> Part:
        """How the impacts are worked out, point by point."""
        within = 1 - exp(-DEFAULT_FACTOR)
        said = phrases("method.matrix", draws=DRAWS, factor=DEFAULT_FACTOR, within=within)
        return self.part("method", words=said, bulleted=True)


#: columns of what reviews found
_FOUND = ("row", "expected", "achieved", "low", "high")


def read_achieved(frame: pd.DataFrame) -> list[Achieved]:
    """Return what reviews found; rows without an expected effect, or without a result yet, are left out.

    >>> told = {"row": ["a", "b"], "expected": [-0.4, 0], "achieved": [-0.2, -1], "low": [-0.3, -2], "high": [-0.1, 0]}
    >>> [(each.row, each.share) for each in read_achieved(pd.DataFrame(told))]
    [('a', 0.5)]
    """
    missing = [name for name in _FOUND if name not in frame]
    if missing:
        raise UsageError("achieved", f"no column {' and '.join(missing)}", ", ".join(_FOUND))
    known = frame.dropna(subset=list(_FOUND))
    return [
        Achieved(str(row["row"]), *(float(row[name]) for name in _FOUND[1:]))
        for _, row in known.iterrows()
        if row["expected"]
    ]
