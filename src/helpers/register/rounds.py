"""Rounds of forms: who was asked for what, and what came back, checked whole before the register is touched.

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
from typing import Any, ClassVar, Final

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from helpers.errors import Problem, raise_all
from helpers.forms import Answer, ReturnedForm
from helpers.register.models import Register
from helpers.register.reading import SHIPPED, read_register
from helpers.yaml_files import parse_yaml, read_yaml

#: words of an explanation, a plan or what a stage is seen by: more is not read at a meeting
MOST_WORDS: Final = 60
MOST_ACTIONS: Final = 3


class Request(BaseModel):
    """What a role or a group was asked for, and by when: words on a measure, or a grid."""

    model_config = ConfigDict(frozen=True)

    organisation: str
    month: str
    measure: str = ""
    grid: str = ""
    name: str  # of the measure or the grid
    owner: str  # a role or a group; empty where the register names none
    due: date | None = None
    asked: date


_ROUND: Final = TypeAdapter(tuple[Request, ...])


def read_round(path: Path) -> tuple[Request, ...]:
    """Return what was asked for; nothing where nobody was asked yet."""
    return _ROUND.validate_json(path.read_bytes()) if path.exists() else ()


def write_round(path: Path, asked: Iterable[Request]) -> None:
    """Note what was asked for, beside what was before; the same asked again goes in its place."""
    known = {
        (e.organisation, e.month, e.measure, e.grid and f"{e.grid} {e.owner}"): e
        for e in (*read_round(path), *asked)
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_ROUND.dump_json(tuple(known.values()), indent=1))


@dataclass
class Taken:
    """What forms say: entries by the register's file, what is wrong, and what whoever takes them should know."""

    #: what the forms of the round are called, within them
    KINDS: ClassVar[tuple[str, ...]] = ()

    register: Register
    today: date
    entries: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @staticmethod
    def is_answered(asked: Request, register: Register) -> bool:
        """Tell whether the register holds what was asked for."""
        raise NotImplementedError

    def take(self, form: ReturnedForm) -> None:
        """Add what a form says."""
        raise NotImplementedError

    def put(self, folder: Path) -> str:
        """Write the entries into a register, and return in words how many.

        Raises `UsageError` with all problems; then nothing is written.
        """
        raise_all(self.problems)
        replace_files(folder, self.entries)
        return (
            f"taken: {', '.join(f'{Path(name).stem} {len(each)}' for name, each in self.entries.items())}"
        )

    def add(self, file: str, **told: Any) -> None:
        """Add an entry of a file; what it leaves empty is left out."""
        self.entries.setdefault(file, []).append({key: value for key, value in told.items() if value})

    def refuse(self, where: str, came: str, allowed: str = "", cure: str = "") -> None:
        """Note what is wrong."""
        self.problems.append(Problem(where, came, allowed, cure))

    def weigh(self, answer: Answer) -> None:
        """Refuse what is too long, and note words that a board does not need."""
        count = len(answer.text.split())
        if count > MOST_WORDS:
            self.refuse(answer.place, f"{count} words", f"{MOST_WORDS} at most", "say what matters first")
        self.notes += [
            f"{answer.place}: “{word}” is jargon; better: {plain}"
            for word, plain in _jargon().items()
            if re.search(rf"\b{re.escape(word)}", answer.text, 0 if word.isupper() else re.IGNORECASE)
        ]


def waiting_words(
    asked: Sequence[Request], register: Register, kind: type[Taken], *, due_by: date | None = None
) -> list[str]:
    """Return a line for each role that has not answered, by what was asked of each organisation last.

    `due_by`: only those who should have answered by that day.
    """
    newest = {(e.organisation, e.grid): e.month for e in sorted(asked, key=lambda each: each.month)}
    open_ = [
        each
        for each in asked
        if each.month == newest[each.organisation, each.grid]
        and (due_by is None or (each.due or due_by) <= due_by)
        and not kind.is_answered(each, register)
    ]

    def of(each: Request) -> tuple[str, ...]:
        by = f"asked for by {each.due}" if each.due else f"asked on {each.asked}"
        return each.organisation, each.month, each.owner or "Nobody named as owner", by

    return [
        f"{who}, {organisation}, {month}: {'; '.join(each.name for each in found)} ({by})"
        for (organisation, month, who, by), found in groupby(sorted(open_, key=of), of)
    ]


@cache
def _jargon() -> dict[str, str]:
    content = read_yaml(SHIPPED / "jargon.yml").content
    return {str(word): str(plain) for word, plain in content.items()} if isinstance(content, dict) else {}


def replace_files(folder: Path, entries: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Append entries to lists of a register, all or none: the whole register is read with them before.

    Raises `UsageError` where the register is wrong with them.
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
