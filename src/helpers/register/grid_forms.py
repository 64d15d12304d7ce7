"""Forms by which assessors fill in a grid, and one for what they then agree; what comes back as entries."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from helpers.errors import Problem
from helpers.forms import HEAD, Answer, Blank, Block, Filled, Form, Line, action_lines, actions_of, day_of
from helpers.register.commentary import MOST_WORDS, weigh
from helpers.register.grids import Grid, spread
from helpers.register.models import Register

ASSESSOR, AGREED = "assessment", "agreed"
MOST_ACTIONS: Final = 3
_ASSESSOR_INTRO: Final = (
    "Please say for each {row} at which stage you see the organisation, and by what you see it, in "
    f"{MOST_WORDS} words at most. Leave out what you cannot judge. Your name is not asked for and not kept; write no "
    "names, and nothing by which you, a colleague or a patient could be recognised. This is neither a formula nor a "
    "score: it is where a discussion begins."
)
_AGREED_INTRO: Final = (
    "Please write down what was agreed after talking about it, with what you want to have reached next time, up to "
    "three actions with owner (a role) and day, and when it is assessed again. Do not take the middle of what was "
    "said: talk about why it differs."
)


def assessor_form(grid: Grid, organisation: str, month: str) -> Form:
    """Return the form for each assessor, who saves a copy of it."""
    group = Line("Your group", (Blank("group", choices=grid.groups),))
    blocks = [Block(HEAD, "Who assesses", lines=(group,))]
    for name, row in grid.rows.items():
        stage = Line("Stage", (Blank("stage", choices=tuple(grid.stages.values())),))
        evidence = Line("Evidence", (Blank("evidence", lines=3),))
        blocks.append(Block(name, row.name, _told(grid, name), (stage, evidence)))
    about = {"kind": ASSESSOR, "grid": grid.id, "organisation": organisation, "month": month}
    intro = f"{grid.about} {_ASSESSOR_INTRO.format(row=grid.row)}"
    return Form(f"{grid.name}: {organisation}, {month}", about, intro, tuple(blocks))


def agreed_form(grid: Grid, organisation: str, month: str, register: Register, *, hide_up_to: int) -> Form:
    """Return the form for what is agreed, with what was said by so many that it may be shown."""
    said = [each for each in register.assessments_of(organisation, grid.id) if each.month == month]
    choices = tuple(grid.stages.values())
    blocks = []
    for name, row in grid.rows.items():
        found = spread(said, name)
        words = ", ".join(f"{grid.stages[stage]} {found[stage]}" for stage in grid.stages if found[stage])
        seen = words if found.total() > hide_up_to else f"not shown: {hide_up_to} or fewer have judged it"
        lines = (
            Line("Agreed stage", (Blank("stage", choices=choices),)),
            Line("Stage wanted next time", (Blank("wanted", choices=choices),)),
            Line("Why", (Blank("why", lines=3),)),
        )
        blocks.append(Block(name, row.name, (*_told(grid, name), ("How many said what", seen)), lines))
    again = Line("Assessed again on", (Blank("again"),))
    blocks.append(Block("plan", "What follows", lines=(*action_lines(MOST_ACTIONS), again)))
    about = {"kind": AGREED, "grid": grid.id, "organisation": organisation, "month": month}
    return Form(f"{grid.name}: what was agreed, {month}", about, _AGREED_INTRO, tuple(blocks))


def _told(grid: Grid, name: str) -> tuple[tuple[str, str], ...]:
    row = grid.rows[name]
    stages = ((words, row.stages[stage]) for stage, words in grid.stages.items())
    return (("Question", row.question), *stages)


@dataclass
class Returned:
    """What forms say: entries of `assessments.yml` and `consensus.yml`, what is wrong, and what is noted."""

    assessments: list[dict[str, Any]] = field(default_factory=list)
    consensus: list[dict[str, Any]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def take(self, form: Filled, register: Register, today: date, mark: str) -> None:
        """Add what a form says; `mark` tells it from every other form."""
        grid = register.grids.get(form.about.get("grid", ""))
        if grid is None:
            self.problems.append(
                Problem(form.file, "its grid is not in the register", ", ".join(register.grids))
            )
            return
        entry: dict[str, Any] = {key: form.about.get(key, "") for key in ("grid", "organisation", "month")}
        if form.about["kind"] == AGREED:
            self._take_agreed(form, grid, register, today, entry)
            return
        if any(each.form == mark for each in register.assessments):
            self.notes.append(f"{form.file}: was taken already")
            return
        group = form.about.get("group", "")
        if group not in grid.groups:
            came = f"group {group!r}" if group else "no group is chosen"
            self.problems.append(Problem(form.file, came, ", ".join(grid.groups), "choose one"))
        rows = self._rows(form, grid, "evidence", needed=True)
        self.assessments.append({**entry, "group": group, "form": mark, "rows": rows})

    def _take_agreed(
        self, form: Filled, grid: Grid, register: Register, today: date, entry: dict[str, Any]
    ) -> None:
        known = register.consensus_of(entry["organisation"], grid.id)
        if any(each.month == entry["month"] for each in known):
            cure = "change it in consensus.yml"
            self.problems.append(
                Problem(form.file, f"something was agreed for {entry['month']} already", cure=cure)
            )
        plan = form.answers.get("plan", {})
        actions = actions_of(plan, MOST_ACTIONS, self.problems, since=today)
        again = day_of(plan.get("again", Answer()), self.problems, since=today)
        if again is None:
            self.notes.append(f"{form.file}: it does not say when it is assessed again")
        told = {**entry, "rows": self._rows(form, grid, "why"), "actions": actions, "again": again}
        self.consensus.append({key: value for key, value in told.items() if value})

    def _rows(self, form: Filled, grid: Grid, words: str, *, needed: bool = False) -> dict[str, Any]:
        """Return what is said of each row: its stage, its words, and the stage wanted where that is asked."""
        found: dict[str, Any] = {}
        for name in grid.rows:
            answers = form.answers.get(name, {})
            if not any(each.text for each in answers.values()):
                self.notes.append(f"{form.file}: nothing on {grid.rows[name].name}")
                continue
            said = answers.get(words, Answer(place=form.file))
            if needed and not said.text:
                self.problems.append(
                    Problem(said.place, "a stage without evidence", cure="say by what it is seen")
                )
            weigh(said, self.problems, self.notes)
            told = {key: self._stage(answers[key], grid) for key in ("stage", "wanted") if key in answers}
            if not told.get("stage"):
                place = answers.get("stage", said).place
                self.problems.append(Problem(place, "no stage is chosen", ", ".join(grid.stages.values())))
            found[name] = {key: value for key, value in {**told, words: said.text}.items() if value}
        if not found:
            self.problems.append(
                Problem(form.file, "nothing is filled in", cure="fill it in, or leave it out")
            )
        return found

    def _stage(self, answer: Answer, grid: Grid) -> str:
        if not answer.text:
            return ""
        for stage, words in grid.stages.items():
            if answer.text.casefold() in (stage, words.casefold()):
                return stage
        self.problems.append(Problem(answer.place, answer.text, ", ".join(grid.stages.values())))
        return ""
