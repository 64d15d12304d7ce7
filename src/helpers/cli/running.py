"""`boardpack run`: make the reports that are due, and publish those that pass the gate."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from helpers.cli import batches, for_machines, showing
from helpers.cli.assembly import by_audience, open_and_plan
from helpers.cli.checking import Words
from helpers.cli.options import Json, Quiet, Renderer, project_root
from helpers.cli.past import NOW, Part, Past, past_parts, read_past
from helpers.cli.profiling import show_profile
from helpers.cli.schedules import run_parts
from helpers.errors import Problem, UsageError
from helpers.runner.batch.capacity import usable_jobs
from helpers.runner.batch.choosing import failed_only, resume
from helpers.runner.batch.foreign import find_foreign
from helpers.runner.batch.run import Order, preview
from helpers.runner.engines import FORMATS, RENDERERS
from helpers.runner.history.store import History
from helpers.runner.kernel.execute import KernelLimits
from helpers.runner.plan.jobs import Plan
from helpers.runner.project import Project
from helpers.runner.publish.switching import write_whole


def run(
    words: Words = None,
    *,
    to: Annotated[str, typer.Option(help="What to render, with commas between.")] = "html,pdf",
    force: Annotated[bool, typer.Option("--force", help="Run also what has not changed.")] = False,
    only_failed: Annotated[
        bool, typer.Option("--only-failed", help="Only reports whose newest run failed.")
    ] = False,
    resumed: Annotated[
        bool, typer.Option("--resume", help="Only what the newest batch left undone, as it was asked for.")
    ] = False,
    hold: Annotated[
        bool, typer.Option("--hold", help="Keep what passes as a draft until it is approved.")
    ] = False,
    verify: Annotated[
        bool,
        typer.Option(
            "--verify", help="Read every published file to see whether it was altered, or is none."
        ),
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Run nothing where anything that is asked for is wrong.")
    ] = False,
    jobs: Annotated[int, typer.Option(min=1, help="Reports beside each other.")] = usable_jobs(),
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would run, and why.")] = False,
    time_limit: Annotated[
        float, typer.Option(min=1, help="Seconds for one report.")
    ] = KernelLimits.seconds,
    memory_limit: Annotated[
        int, typer.Option(min=64, help="Megabytes for one report.")
    ] = KernelLimits.megabytes,
    cluster: Annotated[
        str, typer.Option(metavar="ADDRESS", help="A Dask scheduler whose workers run the notebooks.")
    ] = "",
    renderer: Renderer = RENDERERS[0],
    months: Annotated[
        str,
        typer.Option("--for", metavar="MONTH[..MONTH]", help="Make up for past months: 2025-10..2026-03."),
    ] = "",
    known: Annotated[
        str, typer.Option(help="With --for: figures as known now, then (a month later), or on YYYY-MM-DD.")
    ] = NOW,
    or_now: Annotated[
        bool, typer.Option("--or-now", help="With --known: as known now where that is not kept.")
    ] = False,
    junit: Annotated[
        Path | None,
        typer.Option("--junit", help="Write what became of each report to a file, as JUnit XML."),
    ] = None,
    profile: Annotated[
        bool, typer.Option("--profile", help="Say where the time went: steps, cells, parts.")
    ] = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Run the reports that are due and publish those that pass the gate."""
    limits = KernelLimits(time_limit, memory_limit)
    order = Order(
        _formats(to), force, hold, verify, jobs=jobs, limits=limits, cluster=cluster, renderer=renderer
    )
    root = project_root()
    if months and resumed:
        raise UsageError(Problem("--resume", "not with --for", cure="the same command again does the rest"))
    past = read_past(months, known, or_now=or_now) if months else None
    parts, asked = _ask(root, words or (), order, past, strict=strict, quiet=quiet)
    if resumed or only_failed:
        parts = [
            _left(each, some, order, resumed=resumed, only_failed=only_failed) for each, some, _ in parts
        ]
        parts = [part for part in parts if part[1].jobs]
    if dry_run:
        decisions = [decision for each, some, how in parts for decision in preview(each, some.jobs, how)]
        batches.show_decisions(decisions, asked, as_json=as_json)
        return
    if not parts:
        _say_nothing_is_left(as_json=as_json, quiet=quiet)
        return
    batch = replace(run_parts(parts, quiet=quiet or as_json), mistakes=asked.problems)
    pages = ", ".join(dict.fromkeys(each.show(each.reports / "index.html") for each, *_ in parts))
    if junit is not None:
        write_whole(junit, for_machines.as_junit(batch))
    if as_json or not quiet or batch.exit_code:
        batches.show_batch(batch, pages, as_json=as_json)
    if profile:
        show_profile(batch.entries, dict.fromkeys(each.state for each, *_ in parts))
    if verify:
        for each, *_ in parts:
            found = find_foreign(History(each.state), each.reports, verify=True)
            batches.show_foreign(found, each.show(each.reports))
    raise typer.Exit(batch.exit_code)


def _ask(
    root: Path, words: Sequence[str], order: Order, past: Past | None, *, strict: bool, quiet: bool
) -> tuple[list[Part], Plan]:
    """Return the batches that are asked for, and the plan of them all."""
    if past is None:
        project, asked = open_and_plan(root, words, strict=strict)
        return [(each, some, order) for each, some in by_audience(project, asked)], asked
    parts, told = past_parts(root, words, order, past, strict=strict)
    for line in () if quiet else told:
        print(line, file=sys.stderr)
    plans = [some for _, some, _ in parts]
    problems = dict.fromkeys(problem for some in plans for problem in some.problems)
    return parts, Plan(
        refused=tuple(each for some in plans for each in some.refused), problems=tuple(problems)
    )


def _left(
    project: Project, asked: Plan, order: Order, *, resumed: bool, only_failed: bool
) -> tuple[Project, Plan, Order]:
    """Return of a plan what the newest batch left undone, or what failed last; refused reports stay so."""
    jobs = asked.jobs
    if resumed:
        jobs, order = resume(project, jobs, order)
    if only_failed:
        jobs = failed_only(project, jobs)
    return project, replace(asked, jobs=jobs), order


def _say_nothing_is_left(*, as_json: bool, quiet: bool) -> None:
    if as_json:
        showing.show_json({"run": None, "states": {}, "reports": [], "exit_code": 0})
    elif not quiet:
        print("nothing is left to run")


def _formats(text: str) -> tuple[str, ...]:
    formats = tuple(dict.fromkeys(each.strip().lower() for each in text.split(",") if each.strip()))
    unknown = [each for each in formats if each not in FORMATS]
    if unknown or not formats:
        raise UsageError(Problem("--to", ", ".join(unknown) or "nothing is given", ", ".join(FORMATS)))
    return formats
