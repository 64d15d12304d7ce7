"""`boardpack run`: make the reports that are due, and publish those that pass the gate."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from helpers.cli import batches, for_machines, showing
from helpers.cli.assembly import by_audience, open_and_plan
from helpers.cli.checking import Words
from helpers.cli.options import Json, Quiet, Renderer, project_root, takes
from helpers.cli.past import NOW, Part, past_parts, read_past
from helpers.cli.schedules import run_parts
from helpers.errors import Problem, UsageError
from helpers.runner.batch.folders import find_foreign
from helpers.runner.batch.run import Order, failed_only, preview, resume
from helpers.runner.batch.steps import profile_lines
from helpers.runner.engines import FORMATS, RENDERERS
from helpers.runner.history.store import History
from helpers.runner.kernel.execute import KernelLimits
from helpers.runner.plan.jobs import Plan
from helpers.runner.processes import usable_jobs
from helpers.runner.project import Project
from helpers.runner.publish.switching import write_whole


@dataclass(frozen=True)
class Asked:
    """What the command is asked for."""

    words: Words = None
    to: Annotated[str, typer.Option(help="What to render, with commas between.")] = "html,pdf"
    force: Annotated[bool, typer.Option("--force", help="Run also what has not changed.")] = False
    only_failed: Annotated[
        bool, typer.Option("--only-failed", help="Only reports whose newest run failed.")
    ] = False
    resumed: Annotated[
        bool, typer.Option("--resume", help="Only what the newest batch left undone, as it was asked for.")
    ] = False
    hold: Annotated[
        bool, typer.Option("--hold", help="Keep what passes as a draft until it is approved.")
    ] = False
    verify: Annotated[
        bool,
        typer.Option(
            "--verify", help="Read every published file to see whether it was altered, or is none."
        ),
    ] = False
    strict: Annotated[
        bool, typer.Option("--strict", help="Run nothing where anything that is asked for is wrong.")
    ] = False
    jobs: Annotated[int, typer.Option(min=1, help="Reports beside each other.")] = usable_jobs()
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would run, and why.")] = False
    time_limit: Annotated[float, typer.Option(min=1, help="Seconds for one report.")] = KernelLimits.seconds
    memory_limit: Annotated[int, typer.Option(min=64, help="Megabytes for one report.")] = (
        KernelLimits.megabytes
    )
    cluster: Annotated[
        str, typer.Option(metavar="ADDRESS", help="A Dask scheduler whose workers run the notebooks.")
    ] = ""
    renderer: Renderer = RENDERERS[0]
    months: Annotated[
        str,
        typer.Option("--for", metavar="MONTH[..MONTH]", help="Make up for past months: 2025-10..2026-03."),
    ] = ""
    known: Annotated[
        str, typer.Option(help="With --for: figures as known now, then (a month later), or on YYYY-MM-DD.")
    ] = NOW
    or_now: Annotated[
        bool, typer.Option("--or-now", help="With --known: as known now where that is not kept.")
    ] = False
    junit: Annotated[
        Path | None,
        typer.Option("--junit", help="Write what became of each report to a file, as JUnit XML."),
    ] = None
    profile: Annotated[
        bool, typer.Option("--profile", help="Say where the time went: steps, cells, parts.")
    ] = False
    quiet: Quiet = False
    as_json: Json = False

    @property
    def order(self) -> Order:
        """How the batch is to be run."""
        formats = tuple(dict.fromkeys(each.strip().lower() for each in self.to.split(",") if each.strip()))
        unknown = [each for each in formats if each not in FORMATS]
        if unknown or not formats:
            raise UsageError(Problem("--to", ", ".join(unknown) or "nothing is given", ", ".join(FORMATS)))
        return Order(
            formats,
            self.force,
            self.hold,
            self.verify,
            jobs=self.jobs,
            limits=KernelLimits(self.time_limit, self.memory_limit),
            cluster=self.cluster,
            renderer=self.renderer,
        )


@takes(Asked)
def run(asked: Asked) -> None:
    """Run the reports that are due and publish those that pass the gate."""
    parts, plan = _past(asked) if asked.months else _now(asked)
    if asked.resumed or asked.only_failed:
        parts = [part for part in (_left(asked, *each) for each in parts) if part[1].jobs]
    if asked.dry_run:
        decisions = [each for project, some, how in parts for each in preview(project, some.jobs, how)]
        batches.show_decisions(decisions, plan, as_json=asked.as_json)
        return
    if not parts:
        if asked.as_json:
            showing.show_json({"run": None, "states": {}, "reports": [], "exit_code": 0})
        elif not asked.quiet:
            print("nothing is left to run")
        return
    batch = replace(run_parts(parts, quiet=asked.quiet or asked.as_json), mistakes=plan.problems)
    projects = [project for project, *_ in parts]
    if asked.junit is not None:
        write_whole(asked.junit, for_machines.as_junit(batch))
    if asked.as_json or not asked.quiet or batch.exit_code:
        pages = dict.fromkeys(each.show(each.reports / "index.html") for each in projects)
        batches.show_batch(batch, ", ".join(pages), as_json=asked.as_json)
    if asked.profile:
        for line in profile_lines(batch.entries, dict.fromkeys(each.state for each in projects)):
            print(line, file=sys.stderr)
    if asked.verify:
        for each in projects:
            found = find_foreign(History(each.state), each.reports, verify=True)
            batches.show_foreign(found, each.show(each.reports))
    raise typer.Exit(batch.exit_code)


def _now(asked: Asked) -> tuple[list[Part], Plan]:
    """Return the batches that are asked for, one for each audience, and the plan of them all."""
    order = asked.order
    project, plan = open_and_plan(project_root(), asked.words or (), strict=asked.strict)
    return [(each, some, order) for each, some in by_audience(project, plan)], plan


def _past(asked: Asked) -> tuple[list[Part], Plan]:
    """Return the batches that make up for past months, and what is wrong with any of them."""
    order = asked.order
    if asked.resumed:
        raise UsageError(Problem("--resume", "not with --for", cure="the same command again does the rest"))
    past = read_past(asked.months, asked.known, or_now=asked.or_now)
    parts, told = past_parts(project_root(), asked.words or (), order, past, strict=asked.strict)
    for line in () if asked.quiet else told:
        print(line, file=sys.stderr)
    plans = [some for _, some, _ in parts]
    problems = dict.fromkeys(problem for some in plans for problem in some.problems)
    refused = tuple(each for some in plans for each in some.refused)
    return parts, Plan(refused=refused, problems=tuple(problems))


def _left(asked: Asked, project: Project, plan: Plan, order: Order) -> Part:
    """Return of a plan what the newest batch left undone, or what failed last; refused reports stay so."""
    jobs = plan.jobs
    if asked.resumed:
        jobs, order = resume(project, jobs, order)
    if asked.only_failed:
        jobs = failed_only(project, jobs)
    return project, replace(plan, jobs=jobs), order
