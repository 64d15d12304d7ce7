"""What goes out: `boardpack publish-to DEST`, `schedule tell`, and what a schedule takes and tells by itself."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from email import policy
from pathlib import Path
from typing import Annotated, Final

import typer

from helpers.audience import PUBLIC_NAME
from helpers.cli.assembly import by_audience, open_and_plan, open_audiences, open_project
from helpers.cli.options import Audience, project_root
from helpers.cli.rounds import overdue_words
from helpers.errors import ExitCode, UsageError, UserError
from helpers.hashes import hash_json
from helpers.runner.history.locks import try_hold
from helpers.runner.history.store import History
from helpers.runner.onward import Sent, open_destination, send_onward
from helpers.runner.project import Project
from helpers.runner.publish.placing import open_history
from helpers.runner.schedule.reading import Schedule, find_schedule, read_schedules
from helpers.runner.telling.digests import digests
from helpers.runner.telling.message import Message
from helpers.runner.telling.outbox import FOLDER, Outbox
from helpers.runner.telling.sending import SENDER, as_json, as_mail, post, send_mail

#: in the private folder: by destination, what was published when it was brought up to date, and what kept it from that
NOTED: Final = "onward.json"
#: who a mail would come from, where nobody has said yet
_NOBODY: Final = "boardpack@localhost"


def publish_to(
    destination: Annotated[
        str, typer.Argument(metavar="DEST", help="A folder or share, or s3://bucket/prefix.")
    ],
    readers: Audience = PUBLIC_NAME,
    everything: Annotated[
        bool, typer.Option("--all", help="Write also what was put there before and has not changed.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
) -> None:
    """Take what is published to a folder, a share or a bucket; what was withdrawn leaves there too."""
    project = open_project(project_root(), audience=readers)
    history = open_history(project)
    sent = _send(project, history, destination, everything=everything, dry_run=dry_run)
    if dry_run:
        for verb, paths in (("write", sent.written), ("remove", sent.removed)):
            print("".join(f"{verb} {path}\n" for path in paths), end="")
    done = f"{len(sent.written)} files written, {len(sent.removed)} removed, {sent.kept} as they should be"
    for line in (*sent.problems, done):
        print(line)
    raise typer.Exit(int(ExitCode.REPORT if sent.problems else ExitCode.OK))


def _send(
    project: Project, history: History, address: str, *, everything: bool = False, dry_run: bool = False
) -> Sent:
    destination = open_destination(project, address)
    with try_hold(project.state, "onward") as mine:
        if not mine:
            raise UserError(address, "another command is taking reports onward", cure="let it end")
        return send_onward(project, history, destination, everything=everything, dry_run=dry_run)


def bring_up_to_date(project: Project, destinations: Iterable[str], today: date) -> int:
    """Take what is new to the destinations of schedules; return the exit code.

    Where nothing was published or withdrawn since, nothing is looked at. What goes wrong is tried at each look and
    printed once.

    `today`: the day, by which the pages that list reports change.
    """
    history, path, code = History(project.state), project.home / NOTED, ExitCode.OK
    noted: dict[str, str] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    mark = hash_json([history.mark(), today.isoformat()])
    for each in dict.fromkeys(destinations):
        if noted.get(each) == mark:
            continue
        try:
            wrong = "\n".join(map(str, _send(project, history, each).problems))
        except UserError as error:
            wrong = str(error)
        if wrong and noted.get(each) != wrong:
            print(f"publish_to {each}: {wrong}", file=sys.stderr)
        code = ExitCode.REPORT if wrong else code
        noted[each] = wrong or mark
        path.write_text(json.dumps(noted), "utf-8")
    return int(code)


def tell(
    name: Annotated[str, typer.Argument(metavar="[SCHEDULE]", help="Which; all unless given.")] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would be told if it ran now; send nothing.")
    ] = False,
    to: Annotated[
        Path | None,
        typer.Option(help="With --dry-run: a folder for the mails (.eml) and documents (.json)."),
    ] = None,
) -> None:
    """Send now what waits to be sent; or show beforehand what each row of `tell` would get."""
    root = project_root()
    schedules = read_schedules(root / "params")
    if name and (problem := find_schedule(schedules, name)):
        raise UsageError(problem)
    if to and not dry_run:
        raise UsageError("--to", "is given without --dry-run", cure="add it")
    project = open_project(root)
    if not dry_run:
        sent, failed = send_waiting(project, datetime.now(UTC), at_once=True)
        print(f"{sent} sent, {failed} could not be sent")
        raise typer.Exit(int(ExitCode.REPORT if failed else ExitCode.OK))
    shown = 0
    for schedule in schedules:
        for message in _would_tell(root, schedule) if name in {"", schedule.name} else []:
            _show(_at(project, message), message, to)
            shown += 1
    if not shown:
        print("Nothing is new to anybody who is told; or no schedule says `tell`")


def _would_tell(root: Path, schedule: Schedule) -> list[Message]:
    public, asked = open_and_plan(root, schedule.reports, strict=False)
    made = []
    for project, some in by_audience(public, asked):
        titles, history = {each.title for each in some.jobs}, History(project.state)
        standing = [each for each in history.standing().values() if each.report in titles]
        bad = [e for e in history.latest().values() if e.report in titles and e.state.is_failure]
        made.append((project, [*standing, *(replace(each, outputs={}) for each in bad)]))
    now = datetime.now(UTC)
    late = overdue_words(root, now.date())
    return [*digests(schedule.name, schedule.tell, now, made, unanswered=late, now=now)]


def _show(project: Project, message: Message, to: Path | None) -> None:
    readers = ", ".join(message.row.mail) or message.row.webhook
    print(f"To: {readers}\nSubject: {message.subject}\n")
    if message.row.webhook:
        text, content = json.dumps(as_json(message), indent=1, ensure_ascii=False), b""
        content, ending = text.encode(), "json"
    else:
        mail = as_mail(message, project.reports, os.environ.get(SENDER) or _NOBODY)
        plain = mail.get_body(("plain",))
        text, ending = plain.get_content() if plain else "", "eml"
        content = mail.as_bytes(policy=policy.SMTP)
        names = [each.get_filename() or "" for each in mail.iter_attachments()]
        text += "".join(f"Attached: {each}\n" for each in names)
    print(text)
    if to:
        to.mkdir(parents=True, exist_ok=True)
        path = to / f"{message.schedule}-{message.id[:8]}.{ending}"
        path.write_bytes(content)
        print(f"{path}\n")


def _at(public: Project, message: Message) -> Project:
    name = message.row.audience
    return public if name == public.audience.name else open_project(public.root, audience=name)


def send_waiting(
    project: Project, now: datetime, *, at_once: bool = False, environment: Mapping[str, str] = os.environ
) -> tuple[int, int]:
    """Send what waits; return how many messages were sent, and how many could not be.

    A failure is printed when a message fails first: a schedule that looks every minute would tell it for ever.

    `at_once`: try also what failed a moment ago. `environment`: holds the addresses of servers, and what opens them.
    """
    projects = {each.audience.name: each for each in open_audiences(project.root)}

    def deliver(message: Message) -> str:
        if message.row.webhook:
            return post(message, environment)
        if message.row.audience not in projects:
            cure = "name it in params/_publisher.yml again, or take the row away"
            raise UsageError("audience", f"there is no {message.row.audience} any more", cure=cure)
        return send_mail(message, projects[message.row.audience].reports, environment)

    with try_hold(project.home, FOLDER) as mine:  # of two that send, one does
        ended = [*Outbox(project.home).send(deliver, now, at_once=at_once)] if mine else []
    for message in ended:
        if message.error and (message.tries <= 1 or at_once):
            print(f"{message.subject}: {message.error}", file=sys.stderr)
    sent = sum(each.sent is not None for each in ended)
    return sent, len(ended) - sent
