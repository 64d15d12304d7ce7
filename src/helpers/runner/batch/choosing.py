"""Which of the reports that were asked for to take on: those that failed, or those that a run left undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from helpers.errors import Problem, UsageError
from helpers.runner.batch.run import Order
from helpers.runner.history.entries import State
from helpers.runner.plan.jobs import Job
from helpers.runner.project import Project
from helpers.runner.publish.placing import open_history


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
        raise UsageError(
            Problem("--resume", f"the run {newest.run} is still under way", cure="wait for it")
        )
    left = {entry.report for entry in history.entries(newest.run) if entry.state is State.INTERRUPTED}
    as_asked = {name: value for name, value in newest.settings.items() if name in _TAKEN_OVER}
    if "formats" in as_asked:
        as_asked["formats"] = tuple(as_asked["formats"])
    return tuple(job for job in jobs if job.title in left), replace(order, **as_asked)


#: the options of a batch that decide over its results
_TAKEN_OVER = ("formats", "force", "hold", "renderer")
