"""The commentary round: who was asked for which words, and the words that come back on forms, checked.

Nothing is half taken: where a form holds a mistake, all mistakes of all forms are told and no file is changed.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from helpers.errors import Problem, near_misses
from helpers.forms import Answer, Filled, actions_of, day_of
from helpers.register.models import Comment, Register
from helpers.register.reading import SHIPPED, read_register
from helpers.yaml_files import parse_yaml, raise_all, read_yaml

#: what the forms of the round are called, within them
KIND: Final = "comments"
#: words of an explanation or a plan: more is not read at a meeting
MOST_WORDS: Final = 60
MOST_ACTIONS: Final = 3
_POINT: Final = re.compile(r"(\d{4}-(?:0[1-9]|1[0-2])) *[:=] *(-?\d+(?:\.\d+)?)")


class Asked(BaseModel):
    """One measure on which a role was asked for words, and by when."""

    model_config = ConfigDict(frozen=True)

    organisation: str
    month: str
    measure: str
    name: str  # of the measure
    owner: str  # a role; empty where the register names none
    due: date
    asked: date


_ROUND: Final = TypeAdapter(tuple[Asked, ...])


def read_round(path: Path) -> tuple[Asked, ...]:
    """Return what was asked for; nothing where nobody was asked yet."""
    return _ROUND.validate_json(path.read_bytes()) if path.exists() else ()


def write_round(path: Path, asked: Iterable[Asked]) -> None:
    """Note what was asked for, beside what was before; the same asked again goes in its place."""
    known = {(each.organisation, each.month, each.measure): each for each in (*read_round(path), *asked)}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_ROUND.dump_json(tuple(known.values()), indent=1))


def is_answered(asked: Asked, register: Register) -> bool:
    """Tell whether the register has words of that month or a later one."""
    return any(
        each.month >= asked.month for each in register.comments_of(asked.measure, asked.organisation)
    )


def waiting_words(asked: Sequence[Asked], register: Register, *, due_by: date | None = None) -> list[str]:
    """Return a line for each role that has not answered, by what was asked of each organisation last.

    Parameters
    ----------
    due_by
        Only those who should have answered by that day.
    """
    newest = {each.organisation: each.month for each in sorted(asked, key=lambda each: each.month)}
    open_ = [
        each
        for each in asked
        if each.month == newest[each.organisation]
        and each.measure in register.measures
        and not is_answered(each, register)
        and (due_by is None or each.due <= due_by)
    ]

    def of(each: Asked) -> tuple[str, str, str, date]:
        return each.organisation, each.month, each.owner or "Nobody named as owner", each.due

    return [
        f"{who}, {organisation}, {month}: {'; '.join(each.name for each in found)} (asked for by {due})"
        for (organisation, month, who, due), found in groupby(sorted(open_, key=of), of)
    ]


@dataclass
class Words:
    """What forms say: entries for the register, what is wrong, and what whoever takes them should know."""

    comments: list[dict[str, Any]] = field(default_factory=list)
    trajectories: list[dict[str, Any]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def take(self, form: Filled, register: Register, today: date) -> None:
        """Add what a form says."""
        due, author = form.about.get("due", ""), form.about.get("author", "")
        if not author:
            cure = "write the role that answers in the line Author"
            self.problems.append(Problem(form.file, "nobody is named as its author", "a role", cure))
        if due and f"{today}" > due:
            self.notes.append(f"{form.file}: late, it was asked for by {due}")
        for measure, answers in form.answers.items():
            if measure not in register.measures:
                cure = near_misses(measure, register.measures) or "see measures.yml"
                self.problems.append(
                    Problem(form.file, f"measure {measure!r} is not in the register", cure=cure)
                )
            elif any(each.text for name, each in answers.items() if name != "owner"):  # which is given
                self._take_measure(form, measure, answers, register, today)
            else:
                self.notes.append(f"{form.file}: no words on {register.measures[measure].name}")

    def _take_measure(
        self, form: Filled, measure: str, answers: Mapping[str, Answer], register: Register, today: date
    ) -> None:
        organisation, month = form.about.get("organisation", ""), form.about.get("month", "")
        actions = actions_of(answers, MOST_ACTIONS, self.problems, since=today)
        recovery = day_of(answers.get("recovery", Answer()), self.problems, since=today)
        why, following = answers.get("why", Answer()), answers.get("next", Answer())
        if not why.text:
            self.problems.append(Problem(why.place or form.file, "why it is so is not said", cure="say it"))
        for each in (why, following):
            weigh(each, self.problems, self.notes)
        name = f"{form.file}, {register.measures[measure].name}"
        if not following.text:
            self.notes.append(f"{name}: not a word on what comes next")
        if recovery is None:
            self.notes.append(f"{name}: no day of recovery")
        before = [each for each in register.comments_of(measure, organisation) if each.month < month]
        if before and before[0].why == why.text:
            self.notes.append(f"{name}: the same words as in {before[0].month}")
        told = {
            "measure": measure,
            "organisation": organisation,
            "month": month,
            "author": form.about.get("author", ""),
            "why": why.text,
            "next": following.text,
            "owner": answers.get("owner", Answer()).text,
            "recovery": recovery,
            "actions": actions,
            "written": today,
        }
        self.comments.append({key: value for key, value in told.items() if value})
        plan = self._plan(answers.get("trajectory", Answer()))
        if plan:
            source = f"As {told['author']} wrote for {month}"
            self.trajectories.append(
                {"measure": measure, "organisation": organisation, "source": source, "months": plan}
            )

    def _plan(self, answer: Answer) -> dict[str, float]:
        points = [each.strip() for each in re.split(r"[,;]", answer.text) if each.strip()]
        found = [_POINT.fullmatch(each) for each in points]
        self.problems += [
            Problem(answer.place, point, "a month and its value, such as 2026-11: 78.5, 2026-12: 79")
            for point, match in zip(points, found, strict=True)
            if match is None
        ]
        return {match[1]: float(match[2]) for match in found if match}


def weigh(answer: Answer, problems: list[Problem], notes: list[str]) -> None:
    """Refuse what is too long, and note words that a board does not need."""
    count = len(answer.text.split())
    if count > MOST_WORDS:
        allowed = f"{MOST_WORDS} at most"
        problems.append(Problem(answer.place, f"{count} words", allowed, "say what matters first"))
    notes += [
        f"{answer.place}: “{word}” is jargon; better: {plain}"
        for word, plain in _jargon().items()
        if re.search(rf"\b{re.escape(word)}", answer.text, 0 if word.isupper() else re.IGNORECASE)
    ]


@cache
def _jargon() -> dict[str, str]:
    content = read_yaml(SHIPPED / "jargon.yml").content
    return {str(word): str(plain) for word, plain in content.items()} if isinstance(content, dict) else {}


def put_words(folder: Path, words: Words) -> int:
    """Write words into `comments.yml` and `trajectories.yml` of a register; return how many were new.

    What stands there keeps its order and its remarks. Words that are there already are left out.

    Raises
    ------
    UsageError
        With all problems, also of words that are there already and say something else; then nothing is written.
    """
    file = read_yaml(folder / "comments.yml") if (folder / "comments.yml").exists() else None
    taken: dict[tuple[str, ...], tuple[int | None, Comment]] = {}
    if file is not None:
        taken = {_whose(each): (number, each) for number, each in file.build_each(Comment)}
    new, problems = [], list(words.problems)
    for each in words.comments if not problems else ():
        made = Comment.model_validate(each)
        number, known = taken.get(_whose(made), (None, None))
        if known is None:
            new.append(each)
            taken[_whose(made)] = (None, made)
        elif known.model_copy(update={"written": made.written}) != made:
            place = file.place((number,)) if file is not None and number is not None else "another form"
            came = (
                f"other words on {made.measure} of {made.organisation} for {made.month} are there already"
            )
            problems.append(Problem(place, came, cure="take one of the two away, then read the form again"))
    raise_all(problems)
    kept = {(each["measure"], each["organisation"], each["month"]) for each in new}
    months = {(m, o) for m, o, _ in kept}
    plans = [each for each in words.trajectories if (each["measure"], each["organisation"]) in months]
    replace_files(folder, {"comments.yml": new, "trajectories.yml": plans})
    return len(new)


def _whose(comment: Comment) -> tuple[str, ...]:
    return comment.measure, comment.organisation, comment.month


def replace_files(folder: Path, entries: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Append entries to lists of a register, all or none: the whole register is read with them before.

    Raises
    ------
    UsageError
        Where the register is wrong with them.
    """
    texts = {name: appended(folder / name, each) for name, each in entries.items() if each}
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="_register.") as place:
        tried = Path(place) / folder.name
        shutil.copytree(folder, tried)
        for name, text in texts.items():
            (tried / name).write_text(text, "utf-8")
        read_register(tried)
        for name in texts:
            (tried / name).replace(folder / name)


def appended(path: Path, entries: Sequence[Mapping[str, Any]]) -> str:
    r"""Return the text of a file that is a list with more entries at its end, in the indent that it has.

    >>> print(appended(Path("none.yml"), [{"why": "No: beds", "due": date(2026, 4, 1)}]), end="")
    - why: 'No: beds'
      due: 2026-04-01
    """
    before = path.read_text("utf-8") if path.exists() else ""
    root = parse_yaml(before, path.name).root
    if root is not None and (not isinstance(root, yaml.SequenceNode) or root.flow_style):
        raise_all([Problem(path.name, "is not a list in lines", "entries that begin with `- `")])
    more = yaml.safe_dump(list(map(dict, entries)), sort_keys=False, allow_unicode=True, width=110)
    indent = " " * (root.start_mark.column if root is not None else 0)
    return f"{before.rstrip()}\n{textwrap.indent(more, indent)}".lstrip()
