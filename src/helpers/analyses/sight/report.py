"""The line of sight in parts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final

from helpers.analyses.decided.analysis import meeting_day, overdue_words
from helpers.analyses.sight import words
from helpers.analyses.sight.lines import Carried, Lines, Sight, build_lines, choose_measures
from helpers.bundle import Cell, Column
from helpers.data.units import below, units_of
from helpers.measures.gathering import WantedMeasures, measure_results
from helpers.measures.result import Category
from helpers.phrases import phrase, phrases
from helpers.report.charts.canvas import Verdict
from helpers.report.charts.links import Node, links_chart
from helpers.report.parts import Field, Headline, Part, part
from helpers.report.sections import Sections
from helpers.report.words import count
from helpers.theme.markdown import escape_markdown

if TYPE_CHECKING:
    from datetime import date

    from matplotlib.figure import Figure

    from helpers.data.measure_series import Part as PartOf
    from helpers.register.cycle import BoardDecision
    from helpers.report.report import Report

_MARKS: Final[dict[Category, Verdict]] = {
    "attention": "concerning",
    "watched": "common",
    "maintenance": "improving",
}
TOP: Final = (
    Field("objective", Column(label="Objective"), "with who answers and how it stands", usual=False),
    Field("measure", Column(label="Measure")),
    Field("now", Column(label="Where it stands", kind="text")),
    Field(
        "carried", Column(label="Who carries it", kind="text"), "teams, with what they do and their figure"
    ),
    Field("owner", Column(label="Who answers", kind="text")),
)
BOTTOM: Final = (
    Field("team", Column(label="Team"), "below those that it belongs to"),
    Field("owner", Column(label="Who answers", kind="text")),
    Field("contributes", Column(label="What it contributes to", kind="text"), "objective, measure, how"),
)


class LineOfSight(Sections):
    """The whole report.

    Parameters
    ----------
    report
        The open report; its period is one month.
    measures
        Ids of the measures; None takes those on the scorecard and those of the matrix.
    """

    def __init__(self, report: Report, measures: Sequence[str] | None) -> None:
        chosen = choose_measures(report.register, report.organisation.code, measures)
        wholes: tuple[PartOf, PartOf] = ("organisation", "unit")
        own, units = (
            measure_results(
                report.mart,
                report.register,
                WantedMeasures(report.organisation, report.period.last, chosen, part=each),
            )
            for each in wholes
        )
        below_it = below(units_of(report.mart, report.organisation.code), "")
        self.lines: Lines = build_lines(report.register, report.organisation, own, units, below_it)
        super().__init__(report, sorted({name for each in own for name in each.series.datasets}))

    @part
    def headline(self) -> Headline:
        """What a board should know first: what is bad and carried by nobody, and what has no line."""
        said = {name: escape_markdown(text) for name, text in words.headline_words(self.lines).items()}
        first, *_ = said
        late = overdue_words([each for each in self._decided if each.is_overdue(self._day)], self._day)
        values = {"uncarried": len(self.lines.uncarried), "idle": len(self.lines.idle)}
        return self.headline_of({**said, first: f"**{said[first]}**", "overdue": late}, values)

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
        lines = self.lines
        if not lines.measures:
            return self.part("sight", words={"none": phrase("statements.sight.no_measure")})
        return self.part(
            "sight",
            fields=TOP,
            rows=self._top_rows,
            caption=phrase("statements.sight.marks"),
            alt=f"{' '.join(words.headline_words(lines).values())} The list at the end says the same.",
            chart=partial(_draw, lines),
        )

    @part
    def in_words(self) -> Part:
        """The same as a nested list."""
        return self.part("sight-list", words={"list": words.nested_list(self.lines)})

    @part
    def from_the_top(self) -> Part:
        """Table: who carries each objective, measure by measure."""
        return self.part(
            "from-the-top",
            fields=TOP,
            rows=self._top_rows,
            caption="Who carries this? From each objective down.",
            by="objective",
        )

    @cached_property
    def _top_rows(self) -> list[tuple[Cell, ...]]:
        return [
            (
                _heading(sight),
                each.measure.name,
                words.standing_words(each.result),
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
        if not lines.teams:
            return self.part("from-the-team", words={"none": phrase("statements.sight.no_team")})
        rows = [
            (words.team_words(team, lines), team.owner, words.contribution_words(team, lines))
            for team in lines.teams.values()
        ]
        return self.part(
            "from-the-team", fields=BOTTOM, rows=rows, caption="What do I contribute to? From each team up."
        )

    @part
    def quarters(self) -> Part:
        """Table: each objective quarter by quarter, with what was decided and agreed."""
        starts = words.quarter_starts(self.report.period.last)
        fields = (
            Field("objective", Column(label="Objective"), usual=False),
            Field("measure", Column(label="Measure")),
            *(
                Field(f"quarter_{place}", Column(label=f"From {start:%b %Y}", kind="text"))
                for place, start in enumerate(starts, 1)
            ),
            Field("trend", Column(label="Six periods", kind="text"), "better, worse or flat"),
            Field("actions", Column(label="Actions", kind="text"), "decided and agreed, overdue first"),
        )
        day, decided = self._day, self._decided
        rows: list[tuple[Cell, ...]] = []
        for sight in self.lines.sights:
            own = [each for each in decided if each.objective == sight.objective.id and not each.measure]
            if own:
                empty = [None] * len(starts)
                rows.append(
                    (_heading(sight), "The whole objective", *empty, "", words.action_words(own, None, day))
                )
            for each in sight.measures:
                its = [found for found in decided if found.measure == each.measure.id]
                cells = [words.quarter_cell(each.result, start) for start in starts]
                trend = (each.result.trend if each.result else None) or ""
                actions = words.action_words(its, each.result, day)
                rows.append((_heading(sight), each.measure.name, *cells, trend, actions))
        return self.part(
            "quarters",
            fields=fields,
            rows=rows,
            caption="Each quarter's last figure, and what was decided and agreed.",
            by="objective",
        )

    @part
    def orphans(self) -> Part:
        """What has no line, from the top and from the bottom, point by point."""
        found = list(map(escape_markdown, words.orphan_sentences(self.lines)))
        said = found or ["Every objective has a measure, every measure a team, and every team a line."]
        return self.part(
            "orphans", words={f"orphan_{n}": text for n, text in enumerate(said)}, bulleted=True
        )

    @part
    def method(self) -> Part:
        """How lines are drawn, point by point."""
        return self.part("method", words=phrases("method.sight"), bulleted=True)


def _heading(sight: Sight) -> str:
    """Return an objective with who answers and how it stands, for the row above its measures."""
    return f"{sight.objective.name} ({sight.objective.owner}): {words.objective_words(sight)}"


def _draw(lines: Lines) -> Figure:
    """Return the picture; an objective is marked where one of its measures needs attention."""
    measures, teams = lines.measures, [team for team in lines.teams.values() if team not in lines.idle]
    sights = [sight for sight in lines.sights if sight.measures]
    where = {each.measure.id: place for place, each in enumerate(measures)}
    upper = [
        (place, where[each.measure.id]) for place, sight in enumerate(sights) for each in sight.measures
    ]
    carried = {
        (where[each.measure.id], carrier.team.id)
        for sight in lines.sights
        for each in sight.measures
        for carrier in each.carriers
    }
    ids = [team.id for team in teams]
    lower = sorted((place, ids.index(team)) for place, team in carried)
    shown = [team for team in range(len(ids)) if any(team == end for _, end in lower)]
    return links_chart(
        (
            [Node(sight.objective.name, "concerning" if sight.worst else None) for sight in sights],
            [Node(each.measure.name, _mark(each)) for each in measures],
            [
                Node(f"{teams[place].name}, {teams[place].owner}", _team_mark(teams[place].id, lines))
                for place in shown
            ],
        ),
        (upper, [(place, shown.index(team)) for place, team in lower]),
        heads=("Objectives", "Measures", f"{count(len(shown), 'team').capitalize()}, and who answers"),
    )


def _mark(each: Carried) -> Verdict | None:
    return None if each.result is None else _MARKS.get(each.result.category)


def _team_mark(team: str, lines: Lines) -> Verdict:
    """Return the mark of a team: that of its own figures, and of the measures that it works on without one."""
    found = [carrier.result or each.result for _, each, carrier in lines.of_team(team)]
    return "concerning" if any(each and each.category == "attention" for each in found) else "common"
