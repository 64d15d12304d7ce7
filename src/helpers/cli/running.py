"""`boardpack run`: make the reports that are due, or those of past months, and publish those that pass the gate."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count, takewhile
from pathlib import Path
from typing import Annotated, Final

import typer

from helpers.cli import batches, showing
from helpers.cli.assembly import by_audience, open_and_plan, open_mart, open_project, plan
from helpers.cli.options import Json, Quiet, Renderer, Words, project_root, takes
from helpers.errors import DataError, Problem, UsageError, raise_all
from helpers.report.period import add_months
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

Part = tuple[Project, Plan, Order]
NOW, THEN = "now", "then"
_MONTH: Final = r"\d{4}-(?:0[1-9]|1[0-2])"
_SPAN: Final = re.compile(rf"({_MONTH})(?:\.\.({_MONTH}))?")


@dataclass(frozen=True)
class RunOptions:
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
            raise UsageError("--to", ", ".join(unknown) or "nothing is given", ", ".join(FORMATS))
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


@takes(RunOptions)
def run(asked: RunOptions) -> None:
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
    batch = replace(batches.run_parts(parts, quiet=asked.quiet or asked.as_json), mistakes=plan.problems)
    projects = [project for project, *_ in parts]
    if asked.junit is not None:
        from helpers.cli import for_machines  # late: few ask for it

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


def _now(asked: RunOptions) -> tuple[list[Part], Plan]:
    """Return the batches that are asked for, one for each audience, and the plan of them all."""
    order = asked.order
    project, plan = open_and_plan(project_root(), asked.words or (), strict=asked.strict)
    return [(each, some, order) for each, some in by_audience(project, plan)], plan


def _left(asked: RunOptions, project: Project, plan: Plan, order: Order) -> Part:
    """Return of a plan what the newest batch left undone, or what failed last; refused reports stay so."""
    jobs = plan.jobs
    if asked.resumed:
        jobs, order = resume(project, jobs, order)
    if asked.only_failed:
        jobs = failed_only(project, jobs)
    return project, replace(plan, jobs=jobs), order


def _past(asked: RunOptions) -> tuple[list[Part], Plan]:
    """Return the batches that make up for past months, one after the other, and what is wrong with any of them.

    A report that is published for a month, or waits as its draft, stays as it is unless all are forced.

    Raises `UserError` where the figures of a month were never loaded or are not kept as they were, before anything
    runs.
    """
    order, root = asked.order, project_root()
    if asked.resumed:
        raise UsageError("--resume", "not with --for", cure="the same command again does the rest")
    days, told = _known_days(root, past_months(asked), asked)
    problems: list[Problem] = []
    for month, (_, version) in days.items():
        covered = open_project(root, [], version=version).months()
        if covered and not covered[0] <= month <= covered[1]:
            problems.append(Problem("--for", f"the data have nothing for {month}", " to ".join(covered)))
    raise_all(problems)
    parts: list[Part] = []
    for month, (day, version) in days.items():
        settings: list[Problem] = []
        project = open_project(root, settings, version=version)
        whole = plan(project, asked.words or (), settings, strict=asked.strict)
        some = whole.for_month(month)
        if not some.jobs and not some.refused:
            came = "none of the reports asked for is of the latest month"
            raise UsageError("--for", came, "reports whose `month` is `latest`")
        if left := len(whole.jobs) - len(some.jobs):
            told.append(f"{month}: {_reports(left)} with a month of their own, or none, left out")
        how = replace(order, month=month, known=day.isoformat() if day else "")
        for each, mine in by_audience(project, some, version=version):
            fresh = mine if order.force else _without_made(each, mine, month)
            if stays := len(mine.jobs) - len(fresh.jobs):
                told.append(
                    f"{month}: {_reports(stays)} made already, which stay (--force makes them anew)"
                )
            parts += [(each, fresh, how)] if fresh.jobs or fresh.refused else []
    for line in () if asked.quiet else told:
        print(line, file=sys.stderr)
    wrong = dict.fromkeys(problem for _, some, _ in parts for problem in some.problems)
    refused = tuple(each for _, some, _ in parts for each in some.refused)
    return parts, Plan(refused=refused, problems=tuple(wrong))


def past_months(asked: RunOptions) -> tuple[str, ...]:
    """Return the months (YYYY-MM) that `--for` asks for, oldest first.

    Raises `UsageError` with all that is wrong with it, `--known` and `--or-now`.

    >>> past_months(RunOptions(months="2025-11..2026-01"))
    ('2025-11', '2025-12', '2026-01')
    """
    problems = []
    found = _SPAN.fullmatch(asked.months)
    if not found:
        problems.append(Problem("--for", asked.months, "YYYY-MM, or from one to another: 2025-10..2026-03"))
    elif found[2] and found[2] < found[1]:
        problems.append(Problem("--for", asked.months, "the earlier month first"))
    if asked.known not in {NOW, THEN}:
        try:
            date.fromisoformat(asked.known)
        except ValueError:
            problems.append(Problem("--known", asked.known, f"{NOW}, {THEN}, or a day as YYYY-MM-DD"))
    if asked.or_now and asked.known == NOW:
        problems.append(Problem("--or-now", "says nothing beside --known now", "--known then or a day"))
    raise_all(problems)
    assert found is not None, "else it was a problem"
    first, last = _first(found[1]), _first(found[2] or found[1])
    following = (add_months(first, later) for later in count())
    return tuple(f"{each:%Y-%m}" for each in takewhile(last.__ge__, following))


def _known_days(
    root: Path, months: Sequence[str], asked: RunOptions
) -> tuple[dict[str, tuple[date | None, str | None]], list[str]]:
    """Return for each month the day as on which its figures are known, and that version of the data; None for now."""
    mart, today = open_mart(root), datetime.now(UTC).date()
    days: dict[str, tuple[date | None, str | None]] = dict.fromkeys(months, (None, None))
    problems: list[Problem] = []
    told: list[str] = []
    for month in months if asked.known != NOW else ():
        then = asked.known == THEN  # the last day of the month after
        day = add_months(_first(month), 2) - timedelta(days=1) if then else date.fromisoformat(asked.known)
        day = min(day, today)
        try:
            days[month] = (day, mart.in_force(datetime.combine(day, time.max)))
        except DataError as error:
            if asked.or_now:
                told.append(f"{month}: {str(error).rstrip('.')}; made with the figures as known now")
            else:
                cure = "give --or-now to make it with the figures as known now, which the page says"
                problems += [
                    replace(each, where=f"{month}, {each.where}", cure=cure) for each in error.problems
                ]
    raise_all(problems, DataError)
    return days, told


def _without_made(project: Project, asked: Plan, month: str) -> Plan:
    made = History(project.state).standing(month=month)
    jobs = tuple(job for job in asked.jobs if (job.notebook.name, job.name) not in made)
    return replace(asked, jobs=jobs)


def _reports(number: int) -> str:
    return "1 report" if number == 1 else f"{number:,} reports"


def _first(month: str) -> date:
    return date.fromisoformat(f"{month}-01")
