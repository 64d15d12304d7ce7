"""`self_assessment`: where an organisation sees itself, by a grid that its people filled in."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import Final

from matplotlib.figure import Figure

from helpers.analyses.decided.analysis import meeting_day
from helpers.audience import current_audience
from helpers.bundle import Column
from helpers.data.policy import policy_of
from helpers.errors import UsageError, near_misses
from helpers.phrases import phrases
from helpers.register.grids import Assessment, Consensus, Grid, groups_apart, spread
from helpers.report.analyses_in_room import analyse_in_room
from helpers.report.arguments import names_near_misses
from helpers.report.charts.canvas import canvas, label_rows
from helpers.report.parts import Field, Headline, Part, part
from helpers.report.report import Report
from helpers.report.sections import Sections
from helpers.report.shown import Shown
from helpers.report.words import capital, count, day_words, in_words, listed, month, sentence, together
from helpers.theme import colours
from helpers.theme.markdown import escape_markdown

NONE: Final = "nothing agreed"
HIDDEN: Final = "too few to show"
#: letters of a row's name beside the picture
_LETTERS: Final = 26


def _text(name: str, label: str) -> Field:
    return Field(name, Column(label=label, kind="text"))


@names_near_misses
def self_assessment(report: Report, *, grid: str = "breakthrough") -> SelfAssessment:
    """Return the newest round of a self-assessment: its spread, what was agreed, and what follows.

    Parameters
    ----------
    grid
        Of the register: `breakthrough` (six barriers to performance), `provider_capability` (six domains of a
        board's yearly self-assessment), or one of your own (`params/_register/grids`).

    Raises
    ------
    UsageError
        For a grid that the register does not have, with the nearest.
    """
    return analyse_in_room(SelfAssessment, report.apart(), grid)


class SelfAssessment(Sections):
    """The newest round of a self-assessment by a grid."""

    def __init__(self, report: Report, grid: str) -> None:
        super().__init__(report)
        known = report.register.grids
        if grid not in known:
            raise UsageError("grid", grid, ", ".join(known), near_misses(grid, known))
        self.grid, self.today = known[grid], report.today
        until = f"{meeting_day(report.period.last, report.today):%Y-%m}"
        code = report.organisation.code
        agreed = [each for each in report.register.consensus_of(code, grid) if each.month <= until]
        said = [each for each in report.register.assessments_of(code, grid) if each.month <= until]
        newest = max([each.month for each in agreed] + [each.month for each in said], default="")
        self._said: list[Assessment] = [each for each in said if each.month == newest]
        self._agreed: Consensus | None = next((e for e in agreed if e.month == newest), None)
        self._before: Consensus | None = next((e for e in reversed(agreed) if e.month < newest), None)
        self._hide_up_to = policy_of(current_audience()).suppress_up_to

    @property
    def _row(self) -> Field:
        return Field("row", Column(label=capital(self.grid.row)))

    @cached_property
    def _spreads(self) -> dict[str, Counter[str]]:
        """What all said of each row, where so many judged it that it may be shown."""
        found = {row: spread(self._said, row) for row in self.grid.rows}
        return {row: each for row, each in found.items() if each.total() > self._hide_up_to}

    @part
    def headline(self) -> Headline:
        """What was agreed, what moved, where people differ, and what is overdue."""
        said = {
            "agreed": agreed_sentence(self.grid, self._agreed, len(self._said)),
            "moved": moved_sentence(self.grid, self._agreed, self._before),
            "differ": widest_sentence(self.grid, self._spreads)
            or hidden_sentence(len(self._said), self._hide_up_to),
            "follows": follows_sentence(self._agreed, self.today),
            "no_score": "It is where a discussion begins, neither a formula nor a score.",
        }
        return self.headline_of({name: text for name, text in said.items() if text})

    @part
    def stages(self) -> Part:
        """Figure: how many see each row at which stage, what was agreed and what is wanted; its table has the words."""
        grid, agreed = self.grid, self._agreed
        if agreed is None and not self._spreads:  # nothing to draw, and a table of blanks
            hidden = hidden_sentence(len(self._said), self._hide_up_to)
            none = f"{hidden} Nothing is agreed yet." if hidden else "No form has come back yet."
            return self.part("stages", none=none)
        fields = (
            self._row,
            _text("agreed", "Agreed"),
            _text("wanted", "Wanted next time"),
            _text("before", "Last time"),
            _text("said", "How many said what"),
        )
        rows = []
        for name, row in grid.rows.items():
            told = agreed.rows.get(name) if agreed else None
            found = self._spreads.get(name)
            cells = (
                grid.stages[told.stage] if told else NONE,
                grid.stages[told.wanted] if told and told.wanted else "not said",
                movement_words(grid, name, agreed, self._before),
                counted(grid, found) if found else HIDDEN if self._said else "nobody",
            )
            rows.append((row.name, *cells))
        alt = "; ".join(f"{row[0]}: agreed {row[1]}, wanted {row[2]}, said {row[4]}" for row in rows)
        drawn = self.part(
            "stages",
            fields=fields,
            rows=rows,
            caption=f"{grid.name}: how many said what (circles), what was agreed (square), what is wanted (arrow).",
            alt=f"{alt}.",
            chart=self._draw,
        )
        in_words = replace(
            drawn, name="stages-words", caption=f"{grid.name}: where each {grid.row} stands, in words."
        )
        return replace(drawn, content=lambda: (drawn.as_figure(), in_words.table()))

    def _draw(self) -> Figure:
        grid, names = self.grid, list(self.grid.rows)
        figure, axes = canvas(0.8 + 0.5 * len(names))
        most = max((max(found.values()) for found in self._spreads.values()), default=1)
        for at, name in enumerate(names):
            found = self._spreads.get(name, Counter())
            for stage, number in found.items():
                axes.scatter(
                    grid.place(stage), at, s=120 + 620 * number / most, color=colours.BAND,
                    edgecolor=colours.PEER, zorder=2,
                )  # fmt: skip
                axes.text(grid.place(stage), at, f"{number}", ha="center", va="center", zorder=5)
            told = self._agreed.rows.get(name) if self._agreed else None
            if told is None:
                continue
            place = grid.place(told.stage)
            axes.scatter(
                place, at, s=820, marker="s", facecolor="none", edgecolor=colours.HIGHLIGHT, linewidth=2,
                zorder=4,
            )  # fmt: skip
            if told.wanted and told.wanted != told.stage:
                arrow = {"arrowstyle": "->", "color": colours.HIGHLIGHT, "lw": 1.6}
                aim = (grid.place(told.wanted) - 0.16, at)
                axes.annotate("", aim, (place + 0.16, at), arrowprops=arrow)
        label_rows(axes, [textwrap.fill(grid.rows[name].name, _LETTERS) for name in names])
        axes.invert_yaxis()
        axes.set_xticks(range(len(grid.stages)), list(grid.stages.values()))
        axes.set_xlim(-0.5, len(grid.stages) - 0.5)
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.tick_params(axis="x", length=0)
        axes.spines["bottom"].set_visible(False)
        return figure

    @part
    def groups(self) -> Part:
        """Table: what each group said that is large enough to stand apart; a sentence where none is."""
        rows = []
        for name in self._spreads:
            judged = [each for each in self._said if name in each.rows]
            for group, each in groups_apart(judged, self._hide_up_to).items():
                cells = group, counted(self.grid, spread(each, name))
                rows.append((self.grid.rows[name].name, *cells))
        none = f"No group has {self._hide_up_to + 1} assessors or more, so none is shown apart."
        return self.part(
            "groups",
            fields=(
                replace(self._row, usual=False),
                Field("group", Column(label="Group")),
                _text("said", "How many said what"),
            ),
            rows=rows,
            by="row",
            caption="What the groups said, each apart.",
            none=none if self._said else "",
        )

    @part
    def evidence(self) -> Part:
        """For each row: what the agreed stage looks like, why it was agreed, and by what people see theirs."""
        fields = (self._row, _text("stage", "Stage"), _text("evidence", "By what it is seen"))
        rows = []
        for name in self._spreads:
            seen = (each.rows[name] for each in self._said if name in each.rows)
            found = sorted({(self.grid.place(each.stage), each.stage, each.evidence) for each in seen})
            rows += [(self.grid.rows[name].name, self.grid.stages[stage], text) for _, stage, text in found]
        return self.composed("evidence", lambda: self._evidence_shown(rows), fields=fields, rows=rows)

    def _evidence_shown(self, rows: list[tuple[str, str, str]]) -> Iterator[Shown]:
        for name, row in self.grid.rows.items():
            told = self._agreed.rows.get(name) if self._agreed else None
            label, lines = name.replace("_", "-"), [row.question]
            if told:
                stage = f"**{self.grid.stages[told.stage]}**: {row.stages[told.stage]}"
                lines.append(f"{stage} {escape_markdown(sentence(told.why))}" if told.why else stage)
            said = [f"* {stage}: {escape_markdown(text)}" for of, stage, text in rows if of == row.name]
            yield self.heading(f"row-{label}", row.name, level=3)
            yield self.text(f"evidence-{label}", "\n\n".join([*lines, "\n".join(said)]).strip())

    @part
    def actions(self) -> Part:
        """Table: the actions agreed, with owner and day, what is past due first; a sentence where there is none."""
        found = sorted(self._agreed.actions, key=lambda each: each.due) if self._agreed else []
        late = {True: ", past due", False: ""}
        return self.part(
            "actions",
            fields=(
                Field("action", Column(label="Action")),
                _text("owner", "Who"),
                _text("due", "By when"),
            ),
            rows=[(e.action, e.owner, f"{day_words(e.due)}{late[e.due < self.today]}") for e in found],
            caption="What was agreed to be done.",
            on_slide=True,
            none="No action has been agreed.",
        )

    @part
    def descriptors(self) -> Part:
        """Table: what each stage of each row looks like, in the words of the organisation's grid."""
        grid = self.grid
        fields = (self._row, *(_text(stage, label) for stage, label in grid.stages.items()))
        rows = [(row.name, *(row.stages[stage] for stage in grid.stages)) for row in grid.rows.values()]
        return self.part("grid", fields=fields, rows=rows, caption=f"The grid: {grid.name}.")

    @part
    def method(self) -> Part:
        """What this is and is not, who is shown apart, and where the grid comes from."""
        small = "small_groups" if self._hide_up_to else "shown_all"
        topics = phrases("method.self_assessment", fewest=self._hide_up_to + 1)
        said = {name: topics[name] for name in ("no_score", "spread", small)}
        return self.part("method", words={**said, "source": sentence(self.grid.source)}, bulleted=True)


# --- in words -----------------------------------------------------------------------------------------


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
