"""A batch: which reports are due, all of their lives beside each other, the history and the index."""

from __future__ import annotations

import contextlib
import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from helpers.errors import INTERRUPTED, ExitCode, Problem, ReportError, UsageError
from helpers.runner.batch.cluster import Cluster, open_cluster
from helpers.runner.batch.flow import run_lives
from helpers.runner.batch.life import Life, Setting, as_before, blank_entry
from helpers.runner.engines import choose_engine
from helpers.runner.history.entries import Entry, State, now
from helpers.runner.history.store import BACK_FILL, History
from helpers.runner.kernel.execute import KernelLimits
from helpers.runner.key.due import RunDecision, Wish, decide
from helpers.runner.key.surroundings import survey
from helpers.runner.plan.jobs import Job, Refused
from helpers.runner.portal.update import list_anew
from helpers.runner.processes import terminable, usable_jobs
from helpers.runner.project import Project
from helpers.runner.publish.placing import open_history
from helpers.runner.publish.switching import readers_folder, sweep

#: the options of a batch that decide over its results
_TAKEN_OVER: Final = ("formats", "force", "hold", "renderer")


@dataclass(frozen=True)
class Order(Wish):
    """How a batch is to be run."""

    jobs: int = field(default_factory=usable_jobs)  # how many reports run beside each other
    limits: KernelLimits = field(default_factory=KernelLimits)
    cluster: str = ""  # address of the Dask scheduler whose workers execute the notebooks, if any do
    renderer: str = "auto"  # `auto`, `quarto` or `embedded` (`helpers.runner.engines`)


@dataclass(frozen=True)
class Batch:
    """What became of a batch."""

    run: str
    entries: tuple[Entry, ...]
    interrupted: bool = False  # whether it was ended before its end
    problems: tuple[Problem, ...] = ()
    #: the reports that were left out, as nothing of their organisation is loaded
    no_data: tuple[Refused, ...] = ()
    mistakes: tuple[Problem, ...] = ()  # what was wrong with what was asked for, beside single reports
    months: Mapping[str, str] = field(default_factory=dict)  # the past month that a run made up for, by run

    def name(self, entry: Entry) -> str:
        """Return how people are told of a report: with its month, where a past one was made up for."""
        month = self.months.get(entry.run)
        return f"{entry.report} for {month}" if month else entry.report

    @property
    def exit_code(self) -> int:
        """What the command returns: a bug before an interruption before the highest of 4, 3, 2 and 1."""
        codes = {entry.exit_code for entry in self.entries}
        codes |= {ExitCode.REPORT} if self.problems else set()
        codes |= {ExitCode.USAGE} if self.mistakes else set()
        if ExitCode.BUG in codes:
            return ExitCode.BUG
        return INTERRUPTED if self.interrupted else max(codes, default=0)


def preview(project: Project, jobs: Sequence[Job], order: Order) -> tuple[RunDecision, ...]:
    """Decide which reports are due without running any."""
    surroundings = survey(project, choose_engine(order.renderer))
    standing = History(project.state).standing(month=order.month)
    return decide(project, jobs, surroundings, standing=standing, wish=order)


def failed_only(project: Project, jobs: Sequence[Job]) -> tuple[Job, ...]:
    """Return the reports whose newest run failed, ran out of time or memory, or was blocked by the gate."""
    history = open_history(project)
    failed = {entry.report for entry in history.latest().values() if entry.state.is_failure}
    return tuple(job for job in jobs if job.title in failed)


def resume(project: Project, jobs: Sequence[Job], order: Order) -> tuple[tuple[Job, ...], Order]:
    """Return the reports that the newest batch left undone, and an order like its own.

    `order`: how to run them; what decides over the results is taken from the batch. Raises `UsageError` if that batch
    is still under way.
    """
    history = open_history(project)
    newest = next((run for run in history.runs() if run.kind == "run"), None)
    if newest is None:
        return (), order
    if not newest.finished:
        raise UsageError("--resume", f"the run {newest.run} is still under way", cure="wait for it")
    left = {entry.report for entry in history.entries(newest.run) if entry.state is State.INTERRUPTED}
    as_asked = {name: value for name, value in newest.settings.items() if name in _TAKEN_OVER}
    if "formats" in as_asked:
        as_asked["formats"] = tuple(as_asked["formats"])
    return tuple(job for job in jobs if job.title in left), replace(order, **as_asked)


def run_batch(
    project: Project,
    jobs: Sequence[Job],
    order: Order,
    *,
    refused: Sequence[Refused] = (),
    tell: Callable[[Entry], None] = lambda _: None,
) -> Batch:
    """Run the reports that are due, each for itself, and publish those that pass.

    Raises `UserError` if the renderer that is asked for cannot be used, or the history cannot be read.

    `jobs`: the reports that were asked for, checked (`helpers.runner.plan.jobs.make_plan`). `refused`: those that
    cannot be run: they are recorded, but for those of which there are no data. `tell`: called with the entry of each
    report when it is done, in the calling thread.
    """
    with open_cluster(order.cluster) as cluster:
        setting, decisions = _begin(project, jobs, order, cluster)
        return _run(setting, decisions, order, refused, tell)


def _run(
    setting: Setting,
    decisions: Sequence[RunDecision],
    order: Order,
    refused: Sequence[Refused],
    tell: Callable[[Entry], None],
) -> Batch:
    history = setting.history
    entries = {
        each.job.title: as_before(setting, each, each.previous)
        if each.previous and not each.reason
        else blank_entry(setting, each)
        for each in decisions
    }
    entries |= {each.title: _refused_entry(setting, each) for each in refused if not each.no_data}
    kind = BACK_FILL if order.month else "run"
    history.begin(
        setting.run, setting.surroundings.version, entries.values(), kind=kind, settings=asdict(order)
    )

    def take(entry: Entry) -> None:
        entries[entry.report] = entry
        history.record(entry)
        tell(entry)

    for entry in entries.values():
        if entry.state is not State.WAITING:
            tell(entry)
    lives = [Life(setting, each) for each in decisions if each.reason]
    slots = setting.cluster.slots if setting.cluster else order.jobs
    with terminable():
        try:
            with contextlib.closing(run_lives(setting, lives, slots)) as outcomes:
                for entry in outcomes:
                    take(entry)
        except KeyboardInterrupt:
            setting.stop.set()
    for life in lives:
        if entries[life.decision.job.title].state is State.WAITING:
            blank = replace(blank_entry(setting, life.decision), error="the batch was interrupted")
            entry = life.ended or replace(blank, state=State.INTERRUPTED, exit_code=INTERRUPTED)
            entries[entry.report] = entry
            history.record(entry)
    history.end(setting.run)
    problems: tuple[Problem, ...] = ()
    try:
        list_anew(setting.project, history)
    except ReportError as error:  # the reports are in place, and recorded
        problems = error.problems
    no_data = tuple(each for each in refused if each.no_data)
    months = {setting.run: order.month} if order.month else {}
    return Batch(
        setting.run, tuple(entries.values()), setting.stop.is_set(), problems, no_data, months=months
    )


def _begin(
    project: Project, jobs: Sequence[Job], order: Order, cluster: Cluster | None
) -> tuple[Setting, tuple[RunDecision, ...]]:
    """Close what dead runs left open, look at all that the reports depend on, and decide which are due."""
    engine = choose_engine(order.renderer)
    if not project.audience.is_public:
        readers_folder(project.reports)
    history = open_history(project)
    surroundings = survey(project, engine)
    decisions = decide(
        project, jobs, surroundings, standing=history.standing(month=order.month), wish=order
    )
    history.keep(surroundings.contents)
    refreshed = [replace(e.previous, outputs=e.refreshed) for e in decisions if e.previous and e.refreshed]
    history.record(*refreshed)
    if any(each.reason for each in decisions) and project.reports.is_dir():
        sweep(project.reports)
    setting = Setting(
        project, surroundings, history, new_id(), order.limits, threading.Event(), engine, order, cluster
    )
    if cluster is not None:
        notebooks = [each.job.notebook.path for each in decisions if each.reason]
        ready = cluster.readied(setting.environment, project.state / "ipython", notebooks, project.preload)
        setting = replace(setting, cluster=ready)
    return setting, decisions


def _refused_entry(setting: Setting, refused: Refused) -> Entry:
    told = setting.project.redact("\n".join(map(str, refused.problems)))
    blank = Entry(setting.run, refused.notebook, refused.name, State.REFUSED, now())
    return replace(blank, exit_code=int(ExitCode.USAGE), error=told)


def new_id() -> str:
    """Return the id of a new run: when it began, and what tells it from others of that second."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
