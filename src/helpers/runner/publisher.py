"""Who publishes the reports and answers for them: what `params/_publisher.yml` says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Final

from helpers.errors import Problem, UsageError, near_misses
from helpers.runner.parameter_files import Given, read_mapping

FILE: Final = "_publisher.yml"
_DAYS: Final = ("prepared", "reviewed")
_EVERY: Final = "all"


@dataclass(frozen=True)
class Publisher:
    """The organisation that publishes the reports, for the accessibility statement.

    Parameters
    ----------
    name
        Its name, as the theme file gives it; empty where nobody has said.
    email, telephone, address
        How to reach it about the reports.
    answers_within
        How long an answer takes, in words: "five working days".
    prepared, reviewed
        The days (ISO) on which it prepared the statement and last went through it.
    sign_off
        The notebooks, with commas between, whose reports wait as drafts until they are approved; `all` for every one.
    """

    name: str = ""
    email: str = ""
    telephone: str = ""
    address: str = ""
    answers_within: str = ""
    prepared: str = ""
    reviewed: str = ""
    sign_off: str = ""

    def wants_approval(self, notebook: str) -> bool:
        """Return whether a notebook's reports wait as drafts until they are approved."""
        return bool({notebook, _EVERY} & set(_names(self.sign_off)))

    @property
    def can_be_reached(self) -> bool:
        """Whether there is any way to reach it."""
        return bool(self.email or self.telephone or self.address)


#: what its file may say; its name stands in the theme file, with the logo
KEYS: Final = tuple(each.name for each in fields(Publisher) if each.name != "name")


def read_publisher(params: Path, *, name: str = "") -> Publisher:
    """Return what `_publisher.yml` in the folder of parameters says of the publisher of a name.

    Raises
    ------
    UsageError
        With every problem of the file.
    """
    path = params / FILE
    if not path.is_file():
        return Publisher(name)
    shown = f"{params.name}/{FILE}"
    given = read_mapping(path, shown)
    notebooks = sorted(each.stem for each in (params.parent / "notebooks").glob("*.ipynb"))
    if problems := [*_problems(given), *_unknown_notebooks(given, notebooks)]:
        raise UsageError(problems)
    return Publisher(name, **{key: value.text.strip() for key, value in given.items()})


def _problems(given: Mapping[str, Given]) -> Iterator[Problem]:
    for key, value in given.items():
        if key not in KEYS:
            yield Problem(value.where, f"unknown key {key!r}", ", ".join(KEYS), near_misses(key, KEYS))
        elif value.tag != "str":
            yield Problem(value.where, value.text, "words", f"put quotes: {key}: '{value.text}'")
        elif key in _DAYS and not _is_day(value.text):
            yield Problem(value.where, value.text, "a day as YYYY-MM-DD, in quotes")


def _unknown_notebooks(given: Mapping[str, Given], notebooks: list[str]) -> Iterator[Problem]:
    for name in _names(given["sign_off"].text) if "sign_off" in given else ():
        if name not in {*notebooks, _EVERY}:
            allowed = f"{_EVERY}, or of the notebooks {', '.join(notebooks)}"
            yield Problem(
                given["sign_off"].where, f"no notebook {name!r}", allowed, near_misses(name, notebooks)
            )


def _names(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
