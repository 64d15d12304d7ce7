"""What is told: one message for a row of the table and a moment, with what its readers were not told before.

It says no more than the portal does: no error, parameter or path of the machine. `boardpack show` says these, there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from helpers.hashes import hash_json
from helpers.runner.portal.listing import show_day
from helpers.runner.portal.page import HOME
from helpers.runner.telling.rows import Tell

#: reports that a message names; the portal has all
MOST_NAMED: Final = 100
Kind = Literal["ran", "approved", "waits", "missed"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Ready(_Frozen):
    """A published report.

    `report`, `made_in`: which publication: ``notebook/name`` and the run that put it in place. `words`: its title,
    organisation and period. `files`: the path below the reports folder and the hash of each format.
    """

    report: str
    made_in: str
    words: str
    files: dict[str, tuple[str, str]]


class Message(_Frozen):
    """What the readers of a row are told of a moment, and how far that has come."""

    schedule: str
    due: datetime
    row: Tell
    kind: Kind = "ran"  # or its drafts were approved, it waits for something, or was missed
    ready: tuple[Ready, ...] = ()  # reports that are new to these readers
    counts: dict[str, int] = Field(default_factory=dict)  # how many reports ended in which state
    failed: tuple[str, ...] = ()  # what went wrong, a line for each report
    unanswered: tuple[str, ...] = ()  # who was asked for words and has not answered, a line for each
    mark: str = ""  # what all that is for one audience bears
    made: datetime
    #: how often it was tried and when it is again, why it failed last, when it was sent
    tries: int = 0
    next_try: datetime | None = None
    error: str = ""
    sent: datetime | None = None

    @property
    def id(self) -> str:
        """What is the same whenever this is to be told, so that it is told once."""
        return hash_json(
            [self.schedule, self.due.astimezone(UTC).isoformat(), self.kind, self.row.readers]
        )[:32]

    @property
    def subject(self) -> str:
        """Its one line."""
        if self.kind == "waits":
            return f"{self.schedule}: waits for its data or its settings"
        if self.kind == "missed":
            return f"{self.schedule}: was missed"
        new = f"{len(self.ready)} new report{'' if len(self.ready) == 1 else 's'}"
        wrong = f"{len(self.failed)} did not pass" if self.failed else ""
        if not self.ready and not self.failed:
            return f"{self.schedule}: words are still missing"
        told = [new] if self.row.about == "reports" else [new, wrong] if self.ready else [wrong]
        return f"{self.schedule}: {', '.join(filter(None, told))}"


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it: words, each with the address that it leads to, if any."""

    heading: str
    lines: tuple[tuple[str, str], ...]


def sections(message: Message, most: int = MOST_NAMED) -> Iterator[Section]:
    """Yield what a message says, in the order in which it matters."""
    day = f"{show_day(message.due.date())}, {message.due.astimezone(UTC):%H:%M} UTC"
    if message.kind in {"waits", "missed"}:
        said = {
            "waits": "is due and waits: its data have not come, or a setting is wrong.",
            "missed": "was not made: it was due too long ago when the machine came to it.",
        }[message.kind]
        cure = "On the machine, `boardpack schedule next` and `boardpack check` say more."
        yield Section(f"Due {day}", ((f"{message.schedule} {said} {cure}", ""),))
        return
    why = [("On the machine, `boardpack show REPORT` says why.", "")]
    base = message.row.links
    for heading, told, home, after in (
        ("Did not pass", [(each, "") for each in message.failed], "", why),
        ("Asked for words, and has not answered", [(each, "") for each in message.unanswered], "", []),
        (
            "New reports",
            [(each.words, _address(base, each)) for each in message.ready],
            f"{base}/{HOME}" if base else "",
            [],
        ),
    ):
        others = [(f"and {len(told) - most:,} more", home)] if len(told) > most else []
        if told:
            yield Section(heading, (*told[:most], *others, *after))
    counted = ", ".join(f"{number} {state}" for state, number in message.counts.items())
    yield Section(f"Of what was due {day}", ((counted, ""),))


def _address(base: str | None, ready: Ready) -> str:
    path = ready.files.get("html") or next(iter(ready.files.values()))
    return f"{base}/{PurePosixPath(path[0])}" if base else ""
