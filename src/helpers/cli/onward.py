"""`boardpack publish-to DEST`, and what a schedule takes there by itself."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Final

import typer

from helpers.audience import PUBLIC_NAME
from helpers.cli.assembly import open_project
from helpers.cli.options import Audience, project_root
from helpers.errors import ExitCode, Problem, UserError
from helpers.runner.hashes import hash_json
from helpers.runner.history.locks import try_hold
from helpers.runner.history.store import History
from helpers.runner.onward.sending import Sent, open_destination, send_onward, words
from helpers.runner.project import Project
from helpers.runner.publish.placing import open_history

#: in the private folder: by destination, what was published when it was brought up to date, and what kept it from that
NOTED: Final = "onward.json"


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
    for line in words(sent):
        print(line)
    raise typer.Exit(int(ExitCode.REPORT if sent.problems else ExitCode.OK))


def _send(
    project: Project, history: History, address: str, *, everything: bool = False, dry_run: bool = False
) -> Sent:
    destination = open_destination(project, address)
    with try_hold(project.state, "onward") as mine:
        if not mine:
            raise UserError(Problem(address, "another command is taking reports onward", cure="let it end"))
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
