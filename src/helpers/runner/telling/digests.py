"""From what became of a schedule's moment to the messages for each row of its table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from helpers.runner.history.entries import Entry, Occurrence, State
from helpers.runner.history.store import History
from helpers.runner.project import Project
from helpers.runner.telling.message import Kind, Message, Ready
from helpers.runner.telling.outbox import Outbox
from helpers.runner.telling.rows import Tell

#: projects of audiences, and what became of their reports
Made = Sequence[tuple[Project, Sequence[Entry]]]


def digests(
    schedule: str,
    rows: Sequence[Tell],
    due: datetime,
    made: Made,
    *,
    unanswered: Sequence[str] = (),
    now: datetime,
) -> Iterator[Message]:
    """Yield what each row is to be told of the reports of a moment.

    `made`: what became of the reports. `unanswered`: who was asked for words and has not answered, a line for each.
    """
    for row in rows:
        theirs = [project for project, _ in made if project.audience.name == row.audience]
        if not theirs:
            continue
        entries = [each for project, some in made if project in theirs for each in some]
        told = Outbox(theirs[0].home).told(row.readers, schedule)
        ready = [_ready(each) for each in entries if each.state.is_good and each.outputs]
        new = tuple(each for each in ready if (each.report, each.made_in) not in told)
        failed = tuple(f"{each.report}: {each.how}" for each in entries if each.state.is_failure)
        message = Message(
            schedule=schedule,
            due=due,
            row=row,
            ready=() if row.about == "failures" else new,
            failed=() if row.about == "reports" else failed,
            unanswered=() if row.about == "reports" else tuple(unanswered),
            counts=Counter(str(each.state) for each in entries),
            mark=theirs[0].audience.mark,
            made=now,
        )
        if message.ready or message.failed or message.unanswered:
            yield message


def _ready(entry: Entry) -> Ready:
    about = ", ".join(filter(None, [entry.title, entry.organisation]))
    period = entry.facts.period_label if entry.facts else ""
    return Ready(
        report=entry.report,
        made_in=entry.same_as or entry.run,
        words=": ".join(filter(None, [about, period])) or entry.report,
        files={name: (each.path, each.sha256) for name, each in entry.outputs.items()},
    )


def approved(
    schedule: str,
    rows: Sequence[Tell],
    last: Occurrence,
    project: Project,
    history: History,
    *,
    now: datetime,
) -> Iterator[Message]:
    """Yield what is to be told of the drafts of a schedule's last moment, once a person has decided on all of them."""
    drafts = {(each.notebook, each.name) for each in history.entries(last.run) if each.state is State.HELD}
    if not drafts:
        return
    standing = history.standing()
    stand = [standing[each] for each in drafts if each in standing]
    if any(each.state is State.HELD for each in stand):
        return
    for message in digests(schedule, rows, last.due, [(project, stand)], now=now):
        yield message.model_copy(update={"kind": "approved"})


def not_made(
    schedule: str, rows: Sequence[Tell], due: datetime, kind: Kind, *, now: datetime
) -> Iterator[Message]:
    """Yield what those who are told of failures are told of a moment for which nothing was made."""
    for row in rows:
        if row.about != "reports":
            yield Message(schedule=schedule, due=due, row=row, kind=kind, made=now)
