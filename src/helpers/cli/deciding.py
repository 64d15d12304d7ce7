"""What people decide: `boardpack approve`, `return`, `sign-off status`, `withdraw` and `retire`."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from helpers.cli import showing
from helpers.cli.assembly import open_audiences
from helpers.cli.options import Json, Period, Readers, Report, project_root
from helpers.cli.records import find_report, open_records
from helpers.errors import UsageError, raise_all
from helpers.runner.batch.approval import find_retired
from helpers.runner.history.entries import Entry, State
from helpers.runner.history.signing import sign_off_of, waiting
from helpers.runner.plan.jobs import find_plan
from helpers.runner.project import Project

sign_off_app = typer.Typer(help="Who has signed which draft, and who is next.", no_args_is_help=True)


def approve(
    report: Report,
    *,
    draft: Annotated[
        str, typer.Option(help="First characters of the hash that `show` prints: only that very draft.")
    ] = "",
    note: Annotated[str, typer.Option(help="What to record with it.")] = "",
    period: Period = "",
    readers: Readers = "",
) -> None:
    """Sign the draft of a held report; the last signature publishes the very files that were held."""
    from helpers.runner.batch.approval import approve as approve_draft

    project, record, pair = find_report(open_records(readers), report)
    entry = approve_draft(project, pair, note=note, draft=draft, period=period)
    if entry.state is State.HELD:
        print(f"{entry.report}: {sign_off_of(project, entry, record.decisions()).words}")
    else:
        _tell_places(project, entry, "published")


def give_back(
    report: Report,
    *,
    note: Annotated[str, typer.Option("--note", help="What is to be changed.")],
    period: Period = "",
    readers: Readers = "",
) -> None:
    """Return a draft with what is to be changed: its signatures end."""
    from helpers.runner.batch.approval import give_back as return_draft

    project, record, pair = find_report(open_records(readers), report)
    entry = return_draft(project, pair, note=note, period=period)
    print(f"{entry.report}: {sign_off_of(project, entry, record.decisions()).words}")


@sign_off_app.command("status")
def status(readers: Readers = "", as_json: Json = False) -> None:
    """Show each draft that waits: how far it is, whose turn it is, and what reviewers have said."""
    found = [each for project, record in open_records(readers) for each in waiting(project, record)]
    if as_json:
        told = [
            {
                "report": each.draft.report,
                "period": each.draft.period,
                "stage": each.stage,
                "next": each.next_role,
                "roles": each.roles,
                "decisions": [asdict(said) for said in each.decisions],
            }
            for each in found
        ]
        showing.show_json(told)
        return
    if not found:
        print("no draft waits")
    for each in found:
        print(f"{each.draft.report}, {each.draft.period}: {each.words}")
        for said in each.decisions:
            note = f": {said.note}" if said.note else ""
            print(f"  {said.at} {said.stage} by {said.role or 'anybody'} ({said.account}){note}")


def withdraw(
    report: Report,
    *,
    why: Annotated[str, typer.Option("--why", help="What readers are told in its place.")],
    period: Period = "",
    readers: Readers = "",
) -> None:
    """Take a published report back and leave a note in its place."""
    from helpers.runner.batch.approval import withdraw as take_back

    project, _, pair = find_report(open_records(readers), report)
    _tell_places(project, take_back(project, pair, why=why, period=period), "withdrawn")


def retire(
    why: Annotated[
        str, typer.Option("--why", help="What readers are told in their place.")
    ] = "This report is not made any more.",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say which these are.")] = False,
) -> None:
    """Withdraw every edition of reports whose notebook or parameter file is gone, or that no matrix makes now."""
    from helpers.runner.batch.approval import withdraw_all

    projects = open_audiences(project_root())
    if not projects[0].pin():
        raise UsageError("retire", "nothing is loaded, so what matrices make is not known")
    asked = find_plan(projects[0])
    raise_all(asked.problems)  # a list of reports that cannot be read asks for none
    gone = [(project, find_retired(project, asked)) for project in projects]
    reports = Counter(each.report for _, some in gone for each in some)
    if not reports:
        print("every published report is still asked for")
        return
    for report, editions in sorted(reports.items()):
        print(f"{report}: {editions} edition{'s' * (editions != 1)}")
    if dry_run:
        return
    if not yes:
        typer.confirm(f"Withdraw these {reports.total()} editions?", abort=True)
    for project, some in gone:
        withdraw_all(project, some, why=why)
    print(f"{reports.total()} editions are withdrawn")


def _tell_places(project: Project, entry: Entry, verb: str) -> None:
    for output in entry.outputs.values():
        print(f"{verb}: {project.show(Path(project.reports, output.path))}")
