"""The two kinds of error and the exit codes.

What the user can mend is a `UserError`: it is shown as a message, without a traceback, and each cause
has an exit code of its own. Anything else that escapes is a bug of ours and keeps its traceback.
"""

from __future__ import annotations

import difflib
import errno
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, ClassVar, Final


class ExitCode(IntEnum):
    """What the `boardpack` command returns."""

    OK = 0
    REPORT = 1
    USAGE = 2
    DATA = 3
    GATE = 4
    BUG = 70


#: what the command returns when it was interrupted, as shells have it: 128 + SIGINT; and what it says
INTERRUPTED = 130
INTERRUPTED_WORDS = (
    "interrupted: what was not finished has changed nothing; "
    "boardpack run --resume does the rest (of run --for: the same command again)"
)

#: what a folder or a disk does not allow, and what to do: the user's to mend, no bug of ours
_OF_THE_PLACE: Final = {
    **dict.fromkeys(
        (errno.EACCES, errno.EPERM),
        "give yourself the right, or close it in the program that has it open; boardpack doctor looks at all places",
    ),
    errno.EROFS: "choose another place; BOARDPACK_STATE=FOLDER names one for the private state",
    **dict.fromkeys(
        (errno.ENOSPC, errno.EDQUOT, errno.EFBIG),
        "free some space (boardpack state prune, boardpack data prune), then run it again",
    ),
    errno.ENOTDIR: "move the file away that stands where a folder is to be, then run it again",
}


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where it is, what came, what is allowed and what to do."""

    where: str  # file, key, line or row, as the user would look for it
    came: str
    allowed: str = ""  # what would have been right; may be empty where `cure` says it
    cure: str = ""

    def __str__(self) -> str:
        text = f"{self.where}: {self.came}".rstrip(".")
        if self.allowed:
            text += f"; allowed: {self.allowed}".rstrip(".")
        if self.cure:  # a sentence of its own, or the end of this one
            text += f"{'.' if self.cure[0].isupper() else ';'} {self.cure}".rstrip(".")
        return text if text.endswith("?") else f"{text}."


class UserError(Exception):
    """Something that the user can mend; carries every problem that was found, not only the first.

    One problem alone is told in its own words, as `Problem` takes them: `UsageError(where, came, cure=…)`.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.REPORT

    def __init__(
        self, found: str | Problem | Iterable[Problem], came: str = "", allowed: str = "", cure: str = ""
    ) -> None:
        if isinstance(found, str):
            found = Problem(found, came, allowed, cure)
        self.problems = (found,) if isinstance(found, Problem) else tuple(found)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[UserError], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)  # errors travel between processes


class UsageError(UserError):
    """Wrong usage, parameters or register: found before anything ran."""

    exit_code = ExitCode.USAGE


class DataError(UserError):
    """Data that cannot be loaded, or that a report needs and the mart does not hold."""

    exit_code = ExitCode.DATA


class GateError(UserError):
    """A report that must not leave: the gate stopped it."""

    exit_code = ExitCode.GATE


class ReportError(UserError):
    """A report that failed while it was executed or rendered."""

    exit_code = ExitCode.REPORT


def raise_all(problems: Iterable[Problem], kind: type[UserError] = UsageError) -> None:
    """Raise what is wrong as one error, if anything is."""
    if told := tuple(problems):
        raise kind(told)


class ArgumentError(ValueError):
    """An argument of a statistical function that it cannot use."""

    def __init__(self, argument: str, came: str, allowed: str) -> None:
        self.argument, self.came, self.allowed = argument, came, allowed
        super().__init__(f"{argument}: {came}; allowed: {allowed}.")

    def __reduce__(self) -> tuple[type[ArgumentError], tuple[str, str, str]]:
        return type(self), (self.argument, self.came, self.allowed)


def place_problem(error: OSError) -> Problem | None:
    """Return what a folder or a disk does not allow, with what to do; None for anything else.

    >>> place_problem(OSError(errno.ENOSPC, "No space left on device")).where
    'the disk'
    """
    if error.errno not in _OF_THE_PLACE:
        return None
    return Problem(str(error.filename or "the disk"), str(error.strerror), cure=_OF_THE_PLACE[error.errno])


def near_misses(word: str, known: Iterable[str]) -> str:
    """Return `did you mean …?` for a word that is close to a known one, else an empty string.

    >>> near_misses("perod", ["period", "trust"])
    'did you mean period?'
    """
    close = difflib.get_close_matches(word, list(known), n=3, cutoff=0.6)
    return f"did you mean {' or '.join(close)}?" if close else ""


def unknown_names(
    named: Iterable[object], known: Collection[Any], *, where: str, came: str, allowed: bool = True
) -> list[Problem]:
    """Return a problem for each name that is not known, with near misses; `allowed`: whether it lists all that are."""
    return [
        Problem(
            f"{where}{name}",
            came,
            ", ".join(map(str, known)) if allowed else "",
            near_misses(str(name), map(str, known)),
        )
        for name in named
        if name not in known
    ]
