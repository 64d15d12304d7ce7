"""What a report asks the register: each question with the digest of its answer, also of an empty one.

So one comment on one trust changes one answer, and makes the reports due that asked for it, no others. A question
is a line of words:

=======================================  ==================================================================
question                                 answer
=======================================  ==================================================================
``measures`` (or ``objectives`` …)       the ids, in their order
``measures beds`` (or ``objectives`` …)  what the register says of it; nothing where it does not know it
``events beds RGT``                      what bears on a measure of an organisation
``comments beds RGT 2026-03``            the words on it up to a month; without one, all of them
``comments``                             the words on everything
``decisions RGT 2026-03``                what was decided up to a month; without one, all of it
``teams_of RGT``, ``matrix_of RGT``      the teams of an organisation, the rows of its four column matrix
``risks_of RGT``                         the risks on its assurance framework
``changes_of RGT``                       its changes with an expected effect
``trajectory beds RGT``                  what the organisation plans of the measure by month
``files data/beds.csv``                  where a file of one's own comes from
=======================================  ==================================================================
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, SupportsIndex, TypeVar

from pydantic import BaseModel, PrivateAttr

from helpers.reads import Note, note
from helpers.register.cycle import BoardDecision, MatrixRow, Risk, Team
from helpers.register.models import Comment, Event, Register

Entry = TypeVar("Entry", bound=BaseModel)

#: letters of a digest that tell two answers apart
_LENGTH: Final = 16
#: what is kept by id; events are asked for by measure and organisation too
_KEYED: Final = (
    "measures",
    "objectives",
    "events",
    "mergers",
    "mappings",
    "perspectives",
    "pathways",
    "teams",
    "matrix",
    "risks",
)


def answer(register: Register, question: str) -> str:
    """Return the digest of what a register answers to a question.

    >>> register = Register()
    >>> answer(register, "comments beds RGT 2026-03") == answer(register, "comments beds RGT")
    True
    >>> answer(register, "perspectives money") == answer(register, "perspectives people")
    False
    """
    kind, _, rest = question.partition(" ")
    words = rest.split(" ")
    if kind == "files":
        return _digest(register.file(rest))
    if kind == "comments":
        return _digest(register.comments_of(*words) if rest else register.comments)
    if kind == "events" and len(words) == 2:
        return _digest(register.events_of(*words))
    if kind == "trajectory":
        return _digest(register.trajectory_of(*words))
    if kind == "decisions":
        return _digest(register.decisions_of(*words))
    if kind in ("teams_of", "matrix_of", "risks_of", "changes_of"):
        return _digest(getattr(register, kind)(rest))
    entries: Mapping[str, BaseModel] = getattr(register, kind)
    return _digest(entries.get(rest) if rest else list(entries))


def _digest(found: object) -> str:
    text = json.dumps(found, default=_plain, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:_LENGTH]


def _plain(model: Any) -> object:
    return model.model_dump(mode="json")


class ObservedRegister(Register):
    """A register that notes what it is asked (`helpers.reads`).

    >>> from helpers.reads import noted
    >>> register = ObservedRegister.over(Register())
    >>> "beds" in register.measures, register.comments_of("beds", "RGT", "2026-03")
    (False, ())
    >>> [each for each in noted("answer") if "beds" in each]
    ['measures beds', 'comments beds RGT 2026-03']
    """

    _whole: Register = PrivateAttr(default_factory=Register)

    @classmethod
    def over(cls, register: Register) -> ObservedRegister:
        """Return one that answers as a register does."""
        keyed: dict[str, Any] = {name: _Entries(register, name) for name in _KEYED}
        observed = cls.model_construct(**keyed, comments=_Comments(register), files=register.files)
        observed._whole = register
        return observed

    def events_of(self, measure: str, organisation: str) -> tuple[Event, ...]:
        """Return the events that bear on a measure of an organisation, in order of their days."""
        _note(self._whole, f"events {measure} {organisation}")
        return self._whole.events_of(measure, organisation)

    def trajectory_of(self, measure: str, organisation: str) -> dict[str, float]:
        """Return what an organisation plans of a measure by month."""
        _note(self._whole, f"trajectory {measure} {organisation}")
        return self._whole.trajectory_of(measure, organisation)

    def comments_of(self, measure: str, organisation: str, until: str = "") -> tuple[Comment, ...]:
        """Return the comments on a measure of an organisation up to a month, the latest first."""
        _note(self._whole, " ".join(filter(None, ("comments", measure, organisation, until))))
        return self._whole.comments_of(measure, organisation, until)

    def teams_of(self, organisation: str) -> dict[str, Team]:
        """Return the teams of an organisation by id, those of every organisation among them."""
        _note(self._whole, f"teams_of {organisation}")
        return self._whole.teams_of(organisation)

    def matrix_of(self, organisation: str) -> dict[str, MatrixRow]:
        """Return the rows of an organisation's four column matrix by id."""
        _note(self._whole, f"matrix_of {organisation}")
        return self._whole.matrix_of(organisation)

    def risks_of(self, organisation: str) -> dict[str, Risk]:
        """Return the risks of an organisation by id."""
        _note(self._whole, f"risks_of {organisation}")
        return self._whole.risks_of(organisation)

    def changes_of(self, organisation: str) -> dict[str, Event]:
        """Return the events of an organisation with an expected effect by id, the earliest first."""
        _note(self._whole, f"changes_of {organisation}")
        return self._whole.changes_of(organisation)

    def decisions_of(self, organisation: str, until: str = "") -> tuple[BoardDecision, ...]:
        """Return an organisation's decisions up to a month, the earliest first."""
        _note(self._whole, " ".join(filter(None, ("decisions", organisation, until))))
        return self._whole.decisions_of(organisation, until)


def _note(register: Register, question: str) -> None:
    note(Note("answer", question, answer(register, question)))


class _Entries(Mapping[str, Any]):
    """The entries of one kind, which notes whether and which of them were looked at."""

    def __init__(self, register: Register, kind: str) -> None:
        self._register, self._kind = register, kind
        self._entries: Mapping[str, Any] = getattr(register, kind)

    def __getitem__(self, name: str) -> Any:
        _note(self._register, f"{self._kind} {name}")
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        _note(self._register, self._kind)
        return iter(self._entries)

    def __len__(self) -> int:
        _note(self._register, self._kind)
        return len(self._entries)


class _Comments(tuple[Comment, ...]):
    """All comments, which notes that they were looked through."""

    _register: Register

    def __new__(cls, register: Register) -> _Comments:
        comments = super().__new__(cls, register.comments)
        comments._register = register
        return comments

    def __iter__(self) -> Iterator[Comment]:
        _note(self._register, "comments")
        return super().__iter__()

    def __getitem__(self, place: SupportsIndex | slice) -> Any:
        _note(self._register, "comments")
        return super().__getitem__(place)

    def __len__(self) -> int:
        _note(self._register, "comments")
        return super().__len__()
