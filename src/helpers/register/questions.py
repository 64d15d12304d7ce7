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
``contracts_of RGT 2026-27``             its contracts for a financial year
``meetings_of main``                     the meetings on a contract
``assessments_of RGT breakthrough``      what its assessors said by a grid; ``consensus_of``: what was agreed
``payment 2026-27``                      how contracts are paid in a financial year
``oversight 2025-26``                    how the oversight framework of a year scores and places
``changes_of RGT``                       its changes with an expected effect
``trajectory beds RGT``                  what the organisation plans of the measure by month
``files data/beds.csv``                  where a file of one's own comes from
=======================================  ==================================================================
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, SupportsIndex

from pydantic import BaseModel, PrivateAttr

from helpers.reads import Note, note
from helpers.register.models import Comment, Register

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
    "contracts",
    "payment",
    "oversight",
    "grids",
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
    if kind == "comments" and not rest:
        return _digest(register.comments)
    if kind.endswith("_of") or kind in ("comments", "trajectory", "decisions") or len(words) == 2:
        return _digest(getattr(register, f"{kind.removesuffix('_of')}_of")(*words))
    entries: Mapping[str, BaseModel] = getattr(register, kind)
    return _digest(entries.get(rest) if rest else list(entries))


def _digest(found: object) -> str:
    return hashlib.sha256(_WRITER.encode(found).encode()).hexdigest()[:_LENGTH]


def _plain(model: Any) -> object:
    return model.model_dump(mode="json")


_WRITER: Final = json.JSONEncoder(default=_plain, ensure_ascii=False)


def _asked(method: str, question: str = "") -> Callable[..., Any]:
    """Return a method of the register that notes what it is asked, in the words of the question."""

    def ask(self: ObservedRegister, *words: str) -> Any:
        _note(self._whole, " ".join((question or method, *filter(None, words))))
        return getattr(self._whole, method)(*words)

    ask.__name__, ask.__doc__ = method, getattr(Register, method).__doc__
    return ask


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

    events_of = _asked("events_of", "events")
    trajectory_of = _asked("trajectory_of", "trajectory")
    comments_of = _asked("comments_of", "comments")
    decisions_of = _asked("decisions_of", "decisions")
    teams_of, matrix_of = _asked("teams_of"), _asked("matrix_of")
    risks_of, changes_of = _asked("risks_of"), _asked("changes_of")
    assessments_of, consensus_of = _asked("assessments_of"), _asked("consensus_of")
    contracts_of, meetings_of = _asked("contracts_of"), _asked("meetings_of")


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
