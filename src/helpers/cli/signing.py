"""`boardpack return` and `sign-off status`: who has signed, who is next, and what reviewers have said."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from helpers.cli import showing
from helpers.cli.options import Json, Period, Readers, Report
from helpers.cli.records import find_report, open_records
from helpers.runner.history.signing import SignOff, sign_off_of, waiting

sign_off_app = typer.Typer(help="Who has signed which draft, and who is next.", no_args_is_help=True)


@sign_off_app.command("status")
def status(readers: Readers = "", as_json: Json = False) -> None:
    """Show each draft that waits: how far it is, whose turn it is, and what reviewers have said."""
    found = [each for project, record in open_records(readers) for each in waiting(project, record)]
    if as_json:
        showing.show_json([_as_json(each) for each in found])
        return
    if not found:
        print("no draft waits")
    for each in found:
        print(f"{each.draft.report}, {each.draft.period}: {each.words}")
        for said in each.decisions:
            print(
                f"  {said.at} {said.stage} by {said.role or 'anybody'} ({said.account})"
                + (f": {said.note}" if said.note else "")
            )


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


def _as_json(found: SignOff) -> dict[str, object]:
    draft = found.draft
    said = [asdict(each) for each in found.decisions]
    told = {"report": draft.report, "period": draft.period, "stage": found.stage, "next": found.next_role}
    return {**told, "roles": found.roles, "decisions": said}
