"""The four column matrix in parts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from math import exp
from typing import TYPE_CHECKING, Final

from helpers.analyses.changes.achieved import Achieved, estimates_by_team, estimates_sentence
from helpers.analyses.four_columns import words
from helpers.analyses.four_columns.matrix import Ambition, Line, Matrix, build_matrix
from helpers.analyses.four_columns.models import DRAWS
from helpers.analyses.sight.lines import choose_measures
from helpers.bundle import Column
from helpers.measures.columns import dated_cell, target_cell
from helpers.measures.gathering import Results, WantedMeasures, measure_results
from helpers.measures.words import CATEGORY_WORDS
from helpers.phrases import phrase, phrases
from helpers.report.columns import Filled, laid_out
from helpers.report.parts import Headline, Part, part
from helpers.report.sections import Sections
from helpers.stats.waiting.queue import DEFAULT_FACTOR
from helpers.theme.markdown import escape_markdown

if TYPE_CHECKING:
    from helpers.report.report import Report

OfLine = Filled[Line]
OfAmbition = Filled[Ambition]


def _ambition(ambition: Ambition) -> str:
    return "\n".join(filter(None, (ambition.objective.name, ambition.objective.ambition)))


def _team(line: Line) -> str:
    start, review = line.row.start, line.row.review
    when = words.short_month(start) + (f", review {words.short_month(review)}" if review else ", no review")
    return f"{line.row.team_objective}\n{line.row.change} ({when})\n{line.team.name}"


def _measure(line: Line) -> str:
    result = line.result
    if result is None:
        return f"{line.measure.name}\nno figures"
    target, latest = target_cell(result), (dated_cell(result) or "").replace("\n", ", ")
    said = filter(None, (latest, target and f"target {target}", CATEGORY_WORDS[result.category]))
    return f"{line.measure.name}\n{'; '.join(said)}"


def _amount(end: str) -> OfLine:
    about = {"value": "what is expected, or came", "low": "lower end", "high": "upper end"}[end]
    return OfLine(
        end,
        Column(label=end.capitalize(), kind="model", digits=1),
        lambda line: None if line.amount is None else getattr(line.amount, end),
        about,
        usual=False,
    )


ROWS: Final = (
    OfLine("objective", Column(label="Organisation's objective"), lambda line: line.objective.name),
    OfLine("team", Column(label="Team's objective", kind="text"), _team, "what is done, and by whom"),
    OfLine("measure", Column(label="Measure", kind="text"), _measure, "where it stands now"),
    OfLine("impact", Column(label="Expected impact", kind="text"), words.impact_words),
    OfLine("row", Column(label="Row"), lambda line: line.row.id, "its id in matrix.yml", usual=False),
    *map(_amount, ("value", "low", "high")),
    OfLine(
        "unit",
        Column(label="Unit"),
        lambda line: None if line.amount is None else line.amount.unit,
        usual=False,
    ),
)
ASSUMPTIONS: Final = (
    OfLine("team", Column(label="Team's objective", kind="text"), lambda line: line.row.team_objective),
    OfLine("owner", Column(label="Who answers", kind="text"), lambda line: line.team.owner),
    OfLine("model", Column(label="Model", kind="text"), words.model_words),
    OfLine("assumed", Column(label="What it takes for granted", kind="text"), words.assumption_words),
)
AMBITIONS: Final = (
    OfAmbition("objective", Column(label="Ambition", kind="text"), _ambition),
    OfAmbition("owner", Column(label="Who answers", kind="text"), lambda each: each.objective.owner),
    OfAmbition("rows", Column(label="Rows", kind="model"), lambda each: len(each.lines)),
    OfAmbition(
        "together",
        Column(label="Together", kind="text"),
        lambda each: "\n".join(map(words.total_words, each.together)) or None,
    ),
    OfAmbition("counted", Column(label="How it was counted", kind="text"), words.how_counted),
    OfAmbition(
        "attention",
        Column(label="Measures that need attention", kind="text"),
        lambda each: "\n".join(result.measure.name for result in each.worst) or "none",
    ),
)


class FourColumnMatrix(Sections):
    """The whole report.

    Parameters
    ----------
    report
        The open report; its period is one month.
    achieved
        What reviews found.
    """

    def __init__(self, report: Report, achieved: Sequence[Achieved]) -> None:
        chosen = choose_measures(report.register, report.organisation.code, None)
        asked = WantedMeasures(report.organisation, report.period.last, chosen)
        results: Results = measure_results(report.mart, report.register, asked)
        self.matrix: Matrix = build_matrix(
            report.register, report.organisation, report.period.last, results, achieved
        )
        traced = {name for line in self.matrix.lines if line.result for name in line.result.series.datasets}
        every = {name for each in results for name in each.series.datasets}
        super().__init__(report, sorted(traced or every))

    @cached_property
    def _caption(self) -> str:
        about = self.report.organisation
        return f"The four column matrix of {about.name}, {self.report.period.label}."

    @part
    def headline(self) -> Headline:
        """What a board should know first: ambitions that nobody works on, what is due, what the rows give."""
        found = {name: escape_markdown(text) for name, text in words.headline_words(self.matrix).items()}
        first, *_ = found
        values = {"rows": len(self.matrix.lines), "without_row": len(self.matrix.without_row)}
        return self.headline_of({**found, first: f"**{found[first]}**"}, values)

    @part
    def rows(self) -> Part:
        """Table: objective of the organisation, of the team, measure, expected impact."""
        if not self.matrix.lines:
            return self.part("matrix", words={"none": phrase("statements.matrix.no_row")})
        return self.part(
            "matrix",
            **laid_out(ROWS, self.matrix.lines),
            caption=self._caption,
            note=phrase("statements.matrix.estimates"),
            on_slide=True,
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
        if not self.matrix.lines:
            return self.part("assumptions", words={"none": "No impact has been worked out."})
        return self.part(
            "assumptions",
            **laid_out(ASSUMPTIONS, self.matrix.lines),
            caption="What each expected impact takes for granted.",
        )

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
        found = [escape_markdown(text) for text in words.gap_sentences(self.matrix)]
        said = dict(enumerate(found or ["Every ambition has a row, and every team too."]))
        return self.part(
            "gaps", words={f"gap_{place}": text for place, text in said.items()}, bulleted=True
        )

    @part
    def method(self) -> Part:
        """How the impacts are worked out, point by point."""
        within = 1 - exp(-DEFAULT_FACTOR)
        said = phrases("method.matrix", draws=DRAWS, factor=DEFAULT_FACTOR, within=within)
        return self.part("method", words=said, bulleted=True)
