"""The commentary round: the words that come back on forms, checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from helpers.errors import near_misses, raise_all
from helpers.forms import Answer, ReturnedForm, actions_of, day_of
from helpers.register.models import Comment, Register
from helpers.register.rounds import MOST_ACTIONS, Request, Taken, replace_files
from helpers.yaml_files import read_yaml

KIND: Final = "comments"
_COMMENTS, _TRAJECTORIES = "comments.yml", "trajectories.yml"
_POINT: Final = re.compile(r"(\d{4}-(?:0[1-9]|1[0-2])) *[:=] *(-?\d+(?:\.\d+)?)")


class Words(Taken):
    """The words of forms: entries of `comments.yml` and `trajectories.yml`."""

    KINDS = (KIND,)

    @staticmethod
    def is_answered(asked: Request, register: Register) -> bool:
        """Tell whether the register has words of that month or a later one, or has the measure no more."""
        said = register.comments_of(asked.measure, asked.organisation)
        return asked.measure not in register.measures or any(each.month >= asked.month for each in said)

    def take(self, form: ReturnedForm) -> None:
        """Add what a form says."""
        due = form.about.get("due", "")
        if not form.about.get("author"):
            cure = "write the role that answers in the line Author"
            self.refuse(form.file, "nobody is named as its author", "a role", cure)
        if due and f"{self.today}" > due:
            self.notes.append(f"{form.file}: late, it was asked for by {due}")
        measures = self.register.measures
        for measure, answers in form.answers.items():
            if measure not in measures:
                cure = near_misses(measure, measures) or "see measures.yml"
                self.refuse(form.file, f"measure {measure!r} is not in the register", cure=cure)
            elif any(each.text for name, each in answers.items() if name != "owner"):  # which is given
                self._take_measure(form, measure, answers)
            else:
                self.notes.append(f"{form.file}: no words on {measures[measure].name}")

    def _take_measure(self, form: ReturnedForm, measure: str, answers: Mapping[str, Answer]) -> None:
        organisation, month, author = (form.about.get(e, "") for e in ("organisation", "month", "author"))
        actions = actions_of(answers, MOST_ACTIONS, self.problems, since=self.today)
        recovery = day_of(answers.get("recovery", Answer()), self.problems, since=self.today)
        why, following = answers.get("why", Answer()), answers.get("next", Answer())
        if not why.text:
            self.refuse(why.place or form.file, "why it is so is not said", cure="say it")
        for each in (why, following):
            self.weigh(each)
        before = [e for e in self.register.comments_of(measure, organisation) if e.month < month]
        lacks = {
            "not a word on what comes next": not following.text,
            "no day of recovery": recovery is None,
            f"the same words as in {before[0].month if before else ''}": before
            and before[0].why == why.text,
        }
        name = f"{form.file}, {self.register.measures[measure].name}"
        self.notes += [f"{name}: {words}" for words, is_so in lacks.items() if is_so]
        whose = {"measure": measure, "organisation": organisation}
        self.add(
            _COMMENTS,
            **whose,
            month=month,
            author=author,
            why=why.text,
            next=following.text,
            owner=answers.get("owner", Answer()).text,
            recovery=recovery,
            actions=actions,
            written=self.today,
        )
        if months := self._plan(answers.get("trajectory", Answer())):
            self.add(_TRAJECTORIES, **whose, source=f"As {author} wrote for {month}", months=months)

    def _plan(self, answer: Answer) -> dict[str, float]:
        points = {}
        for point in filter(None, map(str.strip, re.split(r"[,;]", answer.text))):
            if found := _POINT.fullmatch(point):
                points[found[1]] = float(found[2])
            else:
                allowed = "a month and its value, such as 2026-11: 78.5, 2026-12: 79"
                self.refuse(answer.place, point, allowed)
        return points

    def put(self, folder: Path) -> str:
        """Write words into a register, but for those that are there already, and return in words how many.

        What stands there keeps its order and its remarks.

        Raises `UsageError` with all problems, also of words that are there already and say something else; then nothing
        is written.
        """
        raise_all(self.problems)
        file = read_yaml(folder / _COMMENTS) if (folder / _COMMENTS).exists() else None
        places = {}
        for number, known in file.build_each(Comment) if file else ():
            places[_whose(known)] = (known, file.place((number,)) if file else "")
        new = []
        for each in self.entries.get(_COMMENTS, ()):
            made = Comment.model_validate(each)
            if _whose(made) not in places:
                new.append(each)
                places[_whose(made)] = (made, "another form")
                continue
            known, place = places[_whose(made)]
            if known.model_copy(update={"written": made.written}) != made:
                on = f"{made.measure} of {made.organisation} for {made.month}"
                cure = "take one of the two away, then read the form again"
                self.refuse(place, f"other words on {on} are there already", cure=cure)
        raise_all(self.problems)
        of_new = {(each["measure"], each["organisation"]) for each in new}
        plans = self.entries.get(_TRAJECTORIES, ())
        kept = [each for each in plans if (each["measure"], each["organisation"]) in of_new]
        replace_files(folder, {_COMMENTS: new, _TRAJECTORIES: kept})
        return f"{len(new)} taken into params/_register/{_COMMENTS}"


def _whose(comment: Comment) -> tuple[str, ...]:
    return comment.measure, comment.organisation, comment.month
