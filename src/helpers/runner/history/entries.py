"""What the history keeps: one report of one run, with its state and what it came from; what became of a schedule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from helpers.bundle import ReportFacts
from helpers.runner.project import DataSet


class State(StrEnum):
    """How a report's run ended, or that it has not."""

    WAITING = "waiting"
    PUBLISHED = "published"
    UNCHANGED = "unchanged"
    HELD = "held"
    FAILED = "failed"
    TIMED_OUT = "timed out"
    OUT_OF_MEMORY = "out of memory"
    BLOCKED = "blocked by gate"
    INTERRUPTED = "interrupted"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    REMOVED = "removed"

    @property
    def is_good(self) -> bool:
        """Whether the published report is the right one."""
        return self in {State.PUBLISHED, State.UNCHANGED}

    @property
    def is_failure(self) -> bool:
        """Whether something went wrong that a person or another run has to mend."""
        return self in _FAILURES


_FAILURES = frozenset({State.FAILED, State.TIMED_OUT, State.OUT_OF_MEMORY, State.BLOCKED, State.REFUSED})


@dataclass(frozen=True)
class Output:
    """A finished file."""

    path: str  # where it lies, or would lie, below the reports folder
    sha256: str  # the hash of its content
    #: size, modified, inode: its bytes, its time stamp in nanoseconds and its number on the disk as it was put
    #: in place: a file that still has all three is taken for the same without being read. 0 where unknown.
    size: int = 0
    modified: int = 0
    inode: int = 0


@dataclass(frozen=True)
class Entry:
    """One report of one run."""

    run: str
    notebook: str
    name: str
    state: State
    #: started, seconds: when it began (ISO, UTC) and how long it took
    started: str = ""
    seconds: float = 0.0
    exit_code: int = 0  # what the command returns because of it
    #: step, error: at which step it ended and why; empty when all is well
    step: str = ""
    error: str = ""
    facts: ReportFacts | None = None  # what the report says about itself; None where it did not come so far
    peak: float = 0.0  # highest resident memory of its kernel, in megabytes
    timings: Mapping[str, float] = field(default_factory=dict)  # seconds of each step
    parameters: Mapping[str, object] = field(default_factory=dict)
    reads: tuple[str, ...] = ()  # what of the data it read (`helpers.reads`)
    #: the data sets that this meant then: fingerprint, name, as-at date, load
    data: Mapping[str, DataSet] = field(default_factory=dict)
    #: the files of its own that it read, and what lay there (`helpers.runner.key.surroundings`)
    files: Mapping[str, str] = field(default_factory=dict)
    #: what it asked the register, with the digests of the answers
    answers: Mapping[str, str] = field(default_factory=dict)
    #: the hashes on which its content depends, part by part
    key: Mapping[str, str] = field(default_factory=dict)
    #: the files by format: published, or of a held report those of its draft
    outputs: Mapping[str, Output] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()  # what was noticed and did not stop it
    note: str = ""  # why a person approved or withdrew it
    #: where nothing was done because nothing has changed: the run that left the report as it is
    same_as: str = ""
    made_in: str = ""  # the run that made what a person approved or withdrew; empty where that is this run

    @property
    def report(self) -> str:
        """The report as the user calls it: ``notebook/name``."""
        return f"{self.notebook}/{self.name}"

    @property
    def title(self) -> str:
        """The report's title; empty where it is unknown."""
        return self.facts.title if self.facts else ""

    @property
    def organisation(self) -> str:
        """The organisation's name; empty where it is unknown."""
        return self.facts.organisation_name if self.facts else ""

    @property
    def period(self) -> str:
        """The folder of the period; empty where it is unknown."""
        return self.facts.period_folder if self.facts else ""

    @property
    def synthetic(self) -> bool:
        """Whether the report is made from invented data."""
        return self.facts.synthetic if self.facts else False

    @property
    def how(self) -> str:
        """How it ended, with the step at which it failed."""
        return (
            f"{self.state} at {self.step}" if self.step and self.state is State.FAILED else str(self.state)
        )

    @property
    def maker(self) -> str:
        """The run whose folder holds the executed notebook and the logs."""
        return self.made_in or self.same_as or self.run

    def folder(self, state: Path) -> Path:
        """Return that folder, in the private state of its audience."""
        return state / "runs" / self.maker / self.notebook / self.name

    def anew(self, run: str, state: State, **told: Any) -> Entry:
        """Return it as a later run leaves it that has not made it."""
        fresh: dict[str, Any] = {"seconds": 0.0, "timings": {}, "peak": 0.0, "warnings": (), **told}
        return replace(self, run=run, state=state, started=now(), **fresh)

    @property
    def without_content(self) -> Entry:
        """It without what belongs to a publication, which has not come about."""
        return replace(self, facts=None, key={}, outputs={}, reads=(), data={}, files={}, answers={})


def now() -> str:
    """Return the time as history writes it: ISO, UTC, whole seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


class Outcome(StrEnum):
    """What became of a moment at which a schedule was due."""

    BEGUN = "begun"  # the history knows the schedule from then on
    RAN = "ran"
    COVERED = "covered by the next"
    MISSED = "missed"


@dataclass(frozen=True)
class Occurrence:
    """A moment at which a schedule was due, and what became of it."""

    #: schedule, due: which, and when (with a time zone)
    schedule: str
    due: datetime
    outcome: Outcome
    #: run, exit_code: the batch that it led to, and what that returned
    run: str = ""
    exit_code: int = 0
    data: str = ""  # what the data sets were that it had waited for
    noted: datetime | None = None
