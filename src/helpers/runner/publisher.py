"""Who publishes the reports and answers for them: what `params/_publisher.yml` says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict

from helpers.errors import Problem, near_misses
from helpers.yaml_files import YamlFile, raise_all, read_settings

FILE: Final = "_publisher.yml"
_EVERY: Final = "all"


def _is_day(text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise ValueError("a day as YYYY-MM-DD") from None
    return text


_Day = Annotated[str, AfterValidator(_is_day)]


class _Answers(BaseModel):
    """What the file may say; the publisher's name stands in the theme file, with the logo."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    email: str = ""
    telephone: str = ""
    address: str = ""
    answers_within: str = ""
    prepared: _Day = ""
    reviewed: _Day = ""
    sign_off: str = ""


class Publisher(_Answers):
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

    def wants_approval(self, notebook: str) -> bool:
        """Return whether a notebook's reports wait as drafts until they are approved."""
        return bool({notebook, _EVERY} & set(_names(self.sign_off)))

    @property
    def can_be_reached(self) -> bool:
        """Whether there is any way to reach it."""
        return bool(self.email or self.telephone or self.address)


#: what its file may say
KEYS: Final = tuple(_Answers.model_fields)


def read_publisher(params: Path, *, name: str = "") -> Publisher:
    """Return what `_publisher.yml` in the folder of parameters says of the publisher of a name.

    Raises
    ------
    UsageError
        With every problem of the file.
    """
    path = params / FILE
    if not path.is_file():
        return Publisher(name=name)
    found, said = read_settings(path, _Answers)
    raise_all([*found.problems, *_unknown_notebooks(found, said, params.parent / "notebooks")])
    return Publisher(name=name, **said.model_dump(exclude_unset=True))


def _unknown_notebooks(found: YamlFile, said: _Answers, folder: Path) -> Iterator[Problem]:
    notebooks = sorted(each.stem for each in folder.glob("*.ipynb"))
    for name in _names(said.sign_off):
        if name not in {*notebooks, _EVERY}:
            allowed = f"{_EVERY}, or of the notebooks {', '.join(notebooks)}"
            where = found.place(("sign_off",))
            yield Problem(where, f"no notebook {name!r}", allowed, near_misses(name, notebooks))


def _names(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]
