"""What became of each moment at which a schedule was due: one row each, for good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

TABLE = (
    "CREATE TABLE IF NOT EXISTS occurrences (schedule TEXT NOT NULL, due TEXT NOT NULL, outcome TEXT NOT NULL,"
    " run TEXT NOT NULL, exit_code INTEGER NOT NULL, data TEXT NOT NULL, noted TEXT NOT NULL,"
    " PRIMARY KEY (schedule, due))"
)
NOTE = "INSERT OR IGNORE INTO occurrences VALUES (?, ?, ?, ?, ?, ?, ?)"
READ = "SELECT schedule, due, outcome, run, exit_code, data, noted FROM occurrences ORDER BY due, schedule"


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

    @property
    def row(self) -> tuple[object, ...]:
        """It, as the table holds it."""
        noted, due = (
            (self.noted or datetime.now(UTC)).isoformat(timespec="seconds"),
            self.due.astimezone(UTC),
        )
        return self.schedule, due.isoformat(), str(self.outcome), self.run, self.exit_code, self.data, noted

    @classmethod
    def read(cls, row: tuple[str, str, str, str, int, str, str]) -> Occurrence:
        """Return it from a row."""
        schedule, due, outcome, run, code, data, noted = row
        when, told = datetime.fromisoformat(due), datetime.fromisoformat(noted)
        return cls(schedule, when, Outcome(outcome), run, code, data, told)
