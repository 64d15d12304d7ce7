"""What the audit raises, and which false alarms an analyst has allowed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, field_validator

from helpers.data.audit.identifiers import IdentifierMatch, Kind, find_identifiers, plain_text
from helpers.errors import Problem, raise_all
from helpers.yaml_files import read_yaml

#: how many findings of one kind a message lists before it only counts them
LISTED = 5
ALLOWED_FILE = "allowed.yml"


class AuditAlarm(Problem):
    """A problem that an analyst may have found to be a false alarm; what was found is never printed.

    Parameters
    ----------
    values
        As it stands there. No field of the problem, so that it gets into no message, log or JSON.
    """

    kind: Kind
    values: tuple[str, ...]

    def __init__(
        self, kind: Kind, values: Iterable[str], where: str, came: str, *, allowed: str, cure: str
    ) -> None:
        super().__init__(where, came, allowed, cure)
        object.__setattr__(self, "kind", kind)
        object.__setattr__(self, "values", tuple(values))


def alarm(kind: Kind, where: str, found: dict[str, str]) -> AuditAlarm:
    """Return the alarm about identifiers; each comes with its place, and is shown only in part."""
    shown = [f"{_masked(kind, value)} ({place})" for value, place in list(found.items())[:LISTED]]
    more = f" and {len(found) - LISTED} more" if len(found) > LISTED else ""
    name, several = _NAMES[kind], len(found) > 1
    name = _SEVERAL.get(kind, f"{name}s") if several else name
    return AuditAlarm(
        kind,
        found,
        where,
        f"{len(found)} {name}: {', '.join(shown)}{more}",
        allowed="no identifier of a patient",
        cure=f"remove it from what the notebook shows; report it if it is real, name it in {ALLOWED_FILE} if not",
    )


_NAMES: dict[Kind, str] = {
    "nhs_number": "NHS number",
    "date_of_birth": "date of birth",
    "postcode": "full postcode",
    "small_count": "small count of people",
}
#: more than one, where it is not the same with an s
_SEVERAL: dict[Kind, str] = {"date_of_birth": "dates of birth", "small_count": "small counts of people"}


def _masked(kind: Kind, value: str) -> str:
    if kind == "nhs_number":
        return f"*** *** **{value[-2:]}"
    return f"{value[:2]}***" if kind == "postcode" else "***"


def redact(text: str) -> str:
    """Return a message without the identifiers that it repeats.

    >>> redact("KeyError: 943 476 5919 of SW1A 1AA")
    'KeyError: [hidden] of [hidden]'
    """
    clean = plain_text(text)
    matches = find_identifiers(clean)
    if not matches:
        return text
    if any(match.end == 0 for match in matches):
        return "[hidden: the message holds an identifier]"
    parts, done = [], 0
    for match in matches:
        if match.start >= done:
            parts += [clean[done : match.start], "[hidden]"]
            done = match.end
    return "".join([*parts, clean[done:]])


# --- false alarms -------------------------------------------------------------------------------------


class AllowedAlarm(BaseModel):
    """A false alarm: what was found, exactly, in which report or file, and why it is harmless.

    Parameters
    ----------
    value
        What stands there, word for word; there is no way to allow all of a kind.
    place
        A report as "notebook/name", a notebook, or the name of a file given to `boardpack audit`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
    SHORTEST_REASON: ClassVar[int] = 10

    finding: Kind
    value: str
    place: str
    reason: str

    @field_validator("value", "place")
    @classmethod
    def _is_exact(cls, text: str) -> str:
        if not text.strip() or set(text) & set("*?["):
            raise ValueError("must be exact: no *, ? or [, and not empty")
        return text

    @field_validator("reason")
    @classmethod
    def _says_why(cls, text: str) -> str:
        if len(text.strip()) < cls.SHORTEST_REASON:
            raise ValueError(f"must say why, in {cls.SHORTEST_REASON} letters or more")
        return text

    def covers(self, alarm: AuditAlarm, value: str, place: str) -> bool:
        """Tell whether this is about a value of an alarm at a place."""
        is_there = place == self.place or place.startswith(f"{self.place}/")
        return is_there and alarm.kind == self.finding and _bare(value) == _bare(self.value)


@dataclass(frozen=True)
class Allowed:
    """The false alarms of a project."""

    alarms: tuple[AllowedAlarm, ...] = ()

    def standing(self, place: str, problems: Iterable[Problem]) -> list[Problem]:
        """Return the problems without the alarms whose every value is allowed at a place."""
        return [problem for problem in problems if not self._is_allowed(place, problem)]

    def _is_allowed(self, place: str, problem: Problem) -> bool:
        if not isinstance(problem, AuditAlarm) or not problem.values:
            return False
        return all(
            any(each.covers(problem, value, place) for each in self.alarms) for value in problem.values
        )


def read_allowed(folder: Path) -> Allowed:
    """Return the false alarms that `allowed.yml` of a register's folder lists; none where it is absent.

    Raises `UsageError` with every entry that is not exact, gives no reason, or has unknown keys.
    """
    path = folder / ALLOWED_FILE
    if not path.exists():
        return Allowed()
    file = read_yaml(path)
    found = file.build_each(AllowedAlarm)
    raise_all(file.problems)
    return Allowed(tuple(entry for _, entry in found))


def _bare(value: str) -> str:
    return re.sub(r"[\W_]", "", plain_text(value)).casefold()


def combine(where: str, text: str, matches: Sequence[IdentifierMatch]) -> list[Problem]:
    """Return one alarm per kind of identifier, each with the lines where it stands."""
    found: dict[Kind, dict[str, str]] = {}
    for match in matches:
        line = text.count("\n", 0, match.start) + 1
        found.setdefault(match.kind, {}).setdefault(match.value, f"line {line}")
    return [alarm(kind, where, values) for kind, values in found.items()]
