"""`boardpack retire`: reports that nothing asks for any more leave the portal, with a reason."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

import typer

from helpers.cli.assembly import open_audiences
from helpers.cli.options import project_root
from helpers.errors import Problem, UsageError
from helpers.runner.batch.leaving import find_retired
from helpers.runner.plan.jobs import find_plan
from helpers.yaml_files import raise_all

REASON = "This report is not made any more."


def retire(
    why: Annotated[str, typer.Option("--why", help="What readers are told in their place.")] = REASON,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say which these are.")] = False,
) -> None:
    """Withdraw every edition of reports whose notebook or parameter file is gone, or that no matrix makes now."""
    from helpers.runner.batch.approval import withdraw_all

    projects = open_audiences(project_root())
    if not projects[0].pin():
        raise UsageError(Problem("retire", "nothing is loaded, so what matrices make is not known"))
    asked = find_plan(projects[0])
    raise_all(list(asked.problems))  # a list of reports that cannot be read asks for none
    gone = [(project, each) for project in projects for each in find_retired(project, asked)]
    if not gone:
        print("every published report is still asked for")
        return
    for report, editions in sorted(Counter(each.report for _, each in gone).items()):
        print(f"{report}: {editions} edition{'s' * (editions != 1)}")
    if dry_run:
        return
    if not yes:
        typer.confirm(f"Withdraw these {len(gone)} editions?", abort=True)
    for project in projects:
        withdraw_all(project, [each for mine, each in gone if mine is project], why=why)
    print(f"{len(gone)} editions are withdrawn")
