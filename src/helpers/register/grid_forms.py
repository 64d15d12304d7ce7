"""Forms by which assessors fill in a grid, and one for what they then agree; what comes back as entries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

from helpers.forms import (
    HEAD,
    Answer,
    Blank,
    Block,
    Form,
    Line,
    ReturnedForm,
    action_lines,
    actions_of,
    day_of,
)
from helpers.register.grids import Grid, spread
from helpers.register.models import Register
from helpers.register.rounds import MOST_ACTIONS, MOST_WORDS, Request, Taken

ASSESSOR, AGREED = "assessment", "agreed"
_TOGETHER: Final = "What is agreed"
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


def requests(grid: Grid, organisation: str, month: str, today: date) -> Iterator[Request]:
    """Yield what a round asks of whom: of each group what it thinks, and of all what they agree."""
    for owner in (*grid.groups, _TOGETHER):
        yield Request(
            organisation=organisation, month=month, grid=grid.id, name=grid.name, owner=owner, asked=today
        )


class Assessed(Taken):
    """What assessors say and what they agreed: entries of `assessments.yml` and `consensus.yml`."""

    KINDS = (ASSESSOR, AGREED)

    @staticmethod
    def is_answered(asked: Request, register: Register) -> bool:
        """Tell whether anybody of the group has said what they think, or something was agreed."""
        if asked.owner == _TOGETHER:
            agreed = register.consensus_of(asked.organisation, asked.grid)
            return any(each.month == asked.month for each in agreed)
        said = register.assessments_of(asked.organisation, asked.grid)
        return any((each.month, each.group) == (asked.month, asked.owner) for each in said)

    def take(self, form: ReturnedForm) -> None:
        """Add what a form says; one that was taken before is noted."""
        grid = self.register.grids.get(form.about.get("grid", ""))
        if grid is None:
            self.refuse(form.file, "its grid is not in the register", ", ".join(self.register.grids))
            return
        entry = {key: form.about.get(key, "") for key in ("grid", "organisation", "month")}
        if form.about["kind"] == AGREED:
            self._take_agreed(form, grid, entry)
            return
        if any(each.form == form.mark for each in self.register.assessments):
            self.notes.append(f"{form.file}: was taken already")
            return
        group = form.about.get("group", "")
        if group not in grid.groups:
            came = f"group {group!r}" if group else "no group is chosen"
            self.refuse(form.file, came, ", ".join(grid.groups), "choose one")
        rows = self._rows(form, grid, "evidence", needed=True)
        self.add("assessments.yml", **entry, group=group, form=form.mark, rows=rows)

    def put(self, folder: Path) -> str:
        """Write the entries into a register, and return in words how many."""
        super().put(folder)
        said, agreed = (len(self.entries.get(f"{e}.yml", ())) for e in ("assessments", "consensus"))
        return f"taken: assessments {said}, agreements {agreed}"

    def _take_agreed(self, form: ReturnedForm, grid: Grid, entry: dict[str, str]) -> None:
        known = self.register.consensus_of(entry["organisation"], grid.id)
        if any(each.month == entry["month"] for each in known):
            came = f"something was agreed for {entry['month']} already"
            self.refuse(form.file, came, cure="change it in consensus.yml")
        plan = form.answers.get("plan", {})
        actions = actions_of(plan, MOST_ACTIONS, self.problems, since=self.today)
        again = day_of(plan.get("again", Answer()), self.problems, since=self.today)
        if again is None:
            self.notes.append(f"{form.file}: it does not say when it is assessed again")
        rows = self._rows(form, grid, "why")
        self.add("consensus.yml", **entry, rows=rows, actions=actions, again=again)

    def _rows(self, form: ReturnedForm, grid: Grid, words: str, *, needed: bool = False) -> dict[str, Any]:
        """Return what is said of each row: its stage, its words, and the stage wanted where that is asked."""
        found: dict[str, Any] = {}
        for name, row in grid.rows.items():
            answers = form.answers.get(name, {})
            if not any(each.text for each in answers.values()):
                self.notes.append(f"{form.file}: nothing on {row.name}")
                continue
            said = answers.get(words, Answer(place=form.file))
            if needed and not said.text:
                self.refuse(said.place, "a stage without evidence", cure="say by what it is seen")
            self.weigh(said)
            told = {key: self._stage(answers[key], grid) for key in ("stage", "wanted") if key in answers}
            if not told.get("stage"):
                place = answers.get("stage", said).place
                self.refuse(place, "no stage is chosen", ", ".join(grid.stages.values()))
            found[name] = {key: value for key, value in {**told, words: said.text}.items() if value}
        if not found:
            self.refuse(form.file, "nothing is filled in", cure="fill it in, or leave it out")
        return found

    def _stage(self, answer: Answer, grid: Grid) -> str:
        for stage, words in grid.stages.items():
            if answer.text.casefold() in (stage, words.casefold()):
                return stage
        if answer.text:
            self.refuse(answer.place, answer.text, ", ".join(grid.stages.values()))
        return ""
