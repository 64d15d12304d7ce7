"""Who publishes the reports and answers for them: what `params/_publisher.yml` says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from helpers.audience import PUBLIC, PUBLIC_NAME, Audience
from helpers.errors import Problem, near_misses, raise_all
from helpers.yaml_files import Settings, Span, YamlFile, read_settings

FILE: Final = "_publisher.yml"
_EVERY: Final = "all"


def _is_day(text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise ValueError("a day as YYYY-MM-DD") from None
    return text


_Day = Annotated[str, AfterValidator(_is_day)]


def _is_threshold(count: int) -> int:
    if count and not FEWEST_VALUES <= count <= MOST_HIDDEN:
        raise ValueError(f"0, where none is hidden, or {FEWEST_VALUES} to {MOST_HIDDEN}")
    return count


#: a hidden count must leave three values open, and the public's rule hides up to seven
FEWEST_VALUES: Final = 3
MOST_HIDDEN: Final = 7
_Said = Annotated[str, Field(min_length=1)]


class _Policy(Settings):
    """What the file says of an audience that is not the public: all of it must be said."""

    readers: _Said
    folder: _Said
    hide_up_to: Annotated[int, AfterValidator(_is_threshold)]
    round_to: Literal[1, 5] = 1
    reason: _Said
    owner: _Said
    decided: _Day


class Keep(Settings):
    """How long what stays: executed notebooks and logs, versions of the data (the same unless said), editions."""

    runs: Span = Field(default="90 days", validate_default=True)
    versions: Span | None = None
    editions: Annotated[int, Field(ge=1)] | None = None  # all


class Signing(Settings):
    """Who signs reports off, in which order."""

    notebooks: _Said
    audiences: _Said = "all"
    by: str = ""  # roles, with commas between, the last of which publishes; empty: anybody, alone

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles in order."""
        return tuple(_names(self.by))

    def is_of(self, notebook: str, audience: str) -> bool:
        """Tell whether it is about a notebook's reports for an audience."""
        return all(
            {one, _EVERY} & set(_names(said))
            for one, said in ((notebook, self.notebooks), (audience, self.audiences))
        )


def _as_signings(said: object) -> object:
    """Return what may be named notebooks alone as the one entry of a list."""
    if isinstance(said, str):
        return [{"notebooks": said}] if said.strip() else []
    return said


class _Answers(Settings):
    """What the file may say; the publisher's name stands in the theme file, with the logo."""

    #: how to reach it about the reports
    email: str = ""
    telephone: str = ""
    address: str = ""
    answers_within: str = ""  # how long an answer takes, in words: "five working days"
    #: the days (ISO) on which it prepared the accessibility statement and last went through it
    prepared: _Day = ""
    reviewed: _Day = ""
    #: whose reports wait as drafts until they are approved, and who signs them off; of several that are about a report
    #: the first counts. In the file also notebooks alone, with commas between, or `all`
    sign_off: Annotated[tuple[Signing, ...], BeforeValidator(_as_signings)] = ()
    #: the accounts of the operating system that have a role, with commas between
    roles: dict[str, str] = Field(default_factory=dict)
    keep: Keep = Keep()


class PublisherFile(_Answers):
    """All of the file."""

    audiences: dict[str, _Policy] = Field(default_factory=dict)


class Publisher(_Answers):
    """The organisation that publishes the reports, for the accessibility statement."""

    name: str = ""  # as the theme file gives it; empty where nobody has said
    #: for whom reports may be made: always the public, and whom the file names besides
    audiences: Mapping[str, Audience] = Field(default_factory=lambda: {PUBLIC_NAME: PUBLIC})

    def wants_approval(self, notebook: str, audience: str = PUBLIC_NAME) -> bool:
        """Return whether a notebook's reports wait as drafts until they are approved."""
        return any(each.is_of(notebook, audience) for each in self.sign_off)

    def signers(self, notebook: str, audience: str) -> tuple[str, ...]:
        """Return the roles that sign a notebook's reports off, in order; none where anybody may."""
        return next((each.roles for each in self.sign_off if each.is_of(notebook, audience)), ())

    def roles_of(self, account: str) -> tuple[str, ...]:
        """Return the roles that an account of the operating system has."""
        return tuple(role for role, accounts in self.roles.items() if account in _names(accounts))

    @property
    def can_be_reached(self) -> bool:
        """Whether there is any way to reach it."""
        return bool(self.email or self.telephone or self.address)


def read_publisher(params: Path, *, name: str = "") -> Publisher:
    """Return what `_publisher.yml` in the folder of parameters says of the publisher of a name.

    Raises `UsageError` with every problem of the file.
    """
    path = params / FILE
    if not path.is_file():
        return Publisher(name=name)
    found, said = read_settings(path, PublisherFile)
    problems = [*found.problems, *_unknown_notebooks(found, said, params.parent / "notebooks")]
    raise_all([*problems, *_misplaced(found, said, params.parent)])
    others = {key: Audience(name=key, **each.model_dump()) for key, each in said.audiences.items()}
    answers = {key: getattr(said, key) for key in said.model_fields_set - {"audiences"}}
    return Publisher(name=name, audiences={PUBLIC_NAME: PUBLIC, **others}, **answers)


def _misplaced(found: YamlFile, said: PublisherFile, root: Path) -> Iterator[Problem]:
    """Yield audiences whose name or folder cannot be: each needs a folder that no other reader may look into."""
    taken = {"reports": "the public's", **dict.fromkeys(_OF_THE_PROJECT, "the project's own")}
    for name, audience in said.audiences.items():
        where = found.place(("audiences", name))
        if not _NAME.fullmatch(name) or name == PUBLIC_NAME:
            always, never = "follows the rule and is always there", "cannot be an audience's name"
            came = f"`{name}` {always if name == PUBLIC_NAME else never}"
            yield Problem(where, came, "small letters, digits and _", "choose another name")
        folder = (root / audience.folder).resolve()
        for other, whose in taken.items():
            there = (root / other).resolve()
            if folder.is_relative_to(there) or there.is_relative_to(folder):
                place = found.place(("audiences", name, "folder"))
                came = f"{audience.folder} lies in {other}, or holds it, which is {whose}"
                cure = f"give these readers a folder of their own, such as {name}-reports"
                yield Problem(place, came, cure=cure)
                break
        taken[audience.folder] = f"that of {name}"


_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,30}")
_OF_THE_PROJECT: Final = ("notebooks", "params", "src", "tests", ".boardpack", ".git")


def _unknown_notebooks(found: YamlFile, said: PublisherFile, folder: Path) -> Iterator[Problem]:
    """Yield what is named in `sign_off` and is not there: notebooks, audiences, roles that nobody has."""
    notebooks = sorted(each.stem for each in folder.glob("*.ipynb"))
    for number, each in enumerate(said.sign_off):
        where = found.place(("sign_off", number) if each.by else ("sign_off",))
        yield from _unknown(where, "notebook", each.notebooks, [_EVERY, *notebooks])
        yield from _unknown(where, "audience", each.audiences, [_EVERY, PUBLIC_NAME, *said.audiences])
        yield from _unknown(where, "role", each.by, list(said.roles))
        if len(set(each.roles)) < len(each.roles):
            yield Problem(where, f"by: {each.by}", "each role once")


def _unknown(where: str, kind: str, said: str, known: list[str]) -> Iterator[Problem]:
    for name in _names(said):
        if name not in known:
            allowed = ", ".join(known) or "those under `roles`, which names none"
            if kind == "notebook":
                allowed = f"{known[0]}, or of the notebooks {', '.join(known[1:])}"
            yield Problem(where, f"no {kind} {name!r}", allowed, near_misses(name, known))


def _names(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]
