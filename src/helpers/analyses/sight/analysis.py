"""`line_of_sight`: objectives, measures, teams and owners, read from either end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cached_property, partial
from typing import Final

from matplotlib.figure import Figure

from helpers.analyses.decided.analysis import meeting_day, overdue_words
from helpers.analyses.sight import words
from helpers.analyses.sight.lines import Lines, Sight, build_lines, choose_measures
from helpers.bundle import Cell
from helpers.data.organisations.units import below, units_of
from helpers.data.series.measure_series import Part as PartOf
from helpers.errors import raise_all
from helpers.measures.columns import standing_words
from helpers.measures.gathering import results_for, wrongly_asked
from helpers.measures.result import Category
from helpers.phrases import phrase, phrases
from helpers.register.cycle import BoardDecision
from helpers.report.analyses_in_room import analyse_in_room
from helpers.report.arguments import names_near_misses
from helpers.report.charts.canvas import Verdict
from helpers.report.charts.links import Node, links_chart
from helpers.report.columns import fields, text
from helpers.report.parts import Field, Headline, Part, part
from helpers.report.report import Report
from helpers.report.sections import Sections, first_bold
from helpers.report.words import count

_MARKS: Final[dict[Category, Verdict]] = {
    "attention": "concerning",
    "watched": "common",
    "maintenance": "improving",
}
TOP: Final = fields(__file__, "top")


@names_near_misses
def line_of_sight(report: Report, *, measures: Sequence[str] | None = None) -> LineOfSight:
    """Return the line of sight of the report's organisation, from its objectives to its teams.

    Parameters
    ----------
    report
        The open report; its period is one month.
    measures
        Ids of the measures, in the order of the page; None takes those on the scorecard and those of the matrix.

    Raises
    ------
    UsageError
        For measures that the register does not have.
    """
    raise_all(wrongly_asked(report.register, measures or ()))
    return analyse_in_room(LineOfSight, report.apart(), measures)


class LineOfSight(Sections):
    """The whole report; see `line_of_sight`."""

    def __init__(self, report: Report, measures: Sequence[str] | None) -> None:
        chosen = choose_measures(report.register, report.organisation.code, measures)
        wholes: tuple[PartOf, PartOf] = ("organisation", "unit")
        own, units = (results_for(report, chosen, part=each) for each in wholes)
        below_it = below(units_of(report.mart, report.organisation.code), "")
        self.lines: Lines = build_lines(report.register, report.organisation, own, units, below_it)
        super().__init__(report, own.datasets)

    @part
    def headline(self) -> Headline:
        """What a board should know first: what is bad and carried by nobody, and what has no line."""
        late = overdue_words([each for each in self._decided if each.is_overdue(self._day)], self._day)
        values = {"uncarried": len(self.lines.uncarried), "idle": len(self.lines.idle)}
        return self.headline_of({**first_bold(words.headline_words(self.lines)), "overdue": late}, values)

    @property
    def _day(self) -> date:
        """The day by which actions are judged."""
        return meeting_day(self.report.period.last, self.report.today)

    @cached_property
    def _decided(self) -> tuple[BoardDecision, ...]:
        """What was decided up to that day."""
        return self.report.register.decisions_of(self.report.organisation.code, f"{self._day:%Y-%m}")

    @part
    def picture(self) -> Part:
        """The lines as a picture: objectives, measures, teams, each with a mark of how it stands."""
        return self.part(
            "sight",
            fields=TOP,
            rows=self._top_rows,
            caption=phrase("statements.sight.marks"),
            alt=f"{' '.join(words.headline_words(self.lines).values())} The second table says the same.",
            chart=partial(_draw, self.lines) if self.lines.measures else None,
            none=phrase("statements.sight.no_measure"),
        )

    @part
    def in_words(self) -> Part:
        """The same as a nested list."""
        return self.part("sight-list", words={"list": words.nested_list(self.lines)})

    @part
    def from_the_top(self) -> Part:
        """Table: who carries each objective, measure by measure."""
        caption = "Each objective, its measures, and who carries them."
        return self.part("from-the-top", fields=TOP, rows=self._top_rows, caption=caption, by="objective")

    @cached_property
    def _top_rows(self) -> list[tuple[Cell, ...]]:
        return [
            (
                _heading(sight),
                each.measure.name,
                standing_words(each.result),
                "\n".join(map(words.carrier_words, each.carriers)) or "nobody",
                each.measure.owner or "nobody",
            )
            for sight in self.lines.sights
            for each in sight.measures
        ]

    @part
    def from_the_team(self) -> Part:
        """Table: what each team contributes to."""
        lines = self.lines
        rows = [
            (words.team_words(team, lines), team.owner, words.contribution_words(team, lines))
            for team in lines.teams.values()
        ]
        none, caption = phrase("statements.sight.no_team"), "Each team, and what it contributes to."
        return self.part("from-the-team", rows=rows, caption=caption, none=none)

    @part
    def quarters(self) -> Part:
        """Table: each objective quarter by quarter, with what was decided and agreed."""
        starts = words.quarter_starts(self.report.period.last)
        objective, measure, *after = fields(__file__, "quarters")
        quarters = (
            Field(f"quarter_{place}", text(f"From {start:%b %Y}")) for place, start in enumerate(starts, 1)
        )
        rows: list[tuple[Cell, ...]] = []
        for sight in self.lines.sights:
            head, aim = _heading(sight), sight.objective.id
            if own := [each for each in self._decided if each.objective == aim and not each.measure]:
                said = words.action_words(own, None, self._day)
                rows.append((head, "The whole objective", *[None] * len(starts), "", said))
            for each in sight.measures:
                its = [found for found in self._decided if found.measure == each.measure.id]
                cells = [words.quarter_cell(each.result, start) for start in starts]
                trend = (each.result.trend if each.result else None) or ""
                said = words.action_words(its, each.result, self._day)
                rows.append((head, each.measure.name, *cells, trend, said))
        caption = "Each quarter's last figure, and what was decided and agreed."
        return self.part(
            "quarters",
            fields=(objective, measure, *quarters, *after),
            rows=rows,
            caption=caption,
            by="objective",
        )

    @part
    def orphans(self) -> Part:
        """What has no line, from the top and from the bottom, point by point."""
        none = "Every objective has a measure, every measure a team, and every team a line."
        return self.points("orphans", words.orphan_sentences(self.lines), none=none)

    @part
    def method(self) -> Part:
        """How lines are drawn, point by point."""
        return self.part("method", words=phrases("method.sight"), bulleted=True)


def _heading(sight: Sight) -> str:
    """Return an objective with who answers and how it stands, for the row above its measures."""
    return f"{sight.objective.name} ({sight.objective.owner}): {words.objective_words(sight)}"


def _draw(lines: Lines) -> Figure:
    """Return the picture; an objective is marked where one of its measures needs attention."""
    measures, sights = lines.measures, [sight for sight in lines.sights if sight.measures]
    teams = [team for team in lines.teams.values() if any(lines.of_team(team.id))]
    where = {each.measure.id: place for place, each in enumerate(measures)}
    upper = [(n, where[each.measure.id]) for n, sight in enumerate(sights) for each in sight.measures]
    lower = {
        (where[each.measure.id], n) for n, team in enumerate(teams) for _, each, _ in lines.of_team(team.id)
    }
    return links_chart(
        (
            [Node(sight.objective.name, "concerning" if sight.worst else None) for sight in sights],
            [Node(e.measure.name, _MARKS.get(e.result.category) if e.result else None) for e in measures],
            [Node(f"{team.name}, {team.owner}", _team_mark(team.id, lines)) for team in teams],
        ),
        (upper, sorted(lower)),
        heads=("Objectives", "Measures", f"{count(len(teams), 'team').capitalize()}, and who answers"),
    )


def _team_mark(team: str, lines: Lines) -> Verdict:
    """Return the mark of a team: that of its own figures, and of the measures that it works on without one."""
    found = [carrier.result or each.result for _, each, carrier in lines.of_team(team)]
    return "concerning" if any(each and each.category == "attention" for each in found) else "common"
