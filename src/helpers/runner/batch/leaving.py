"""What leaves the portal: reports that are no longer asked for, and editions beyond those that are kept."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from helpers.errors import Problem, ReportError
from helpers.runner.batch.run import new_id
from helpers.runner.history.entries import Entry, State, now
from helpers.runner.history.locks import ReportLock
from helpers.runner.history.store import PRUNE, History
from helpers.runner.plan.jobs import Plan
from helpers.runner.portal.update import list_anew
from helpers.runner.project import Project
from helpers.runner.publish.placing import open_history
from helpers.runner.publish.switching import MANIFEST, with_manifest


def find_retired(project: Project, asked: Plan) -> list[Entry]:
    """Return what is published of reports that nothing asks for any more, oldest first.

    A parameter file with a mistake still asks; one without its notebook does not.

    `asked`: all reports of the project, of every audience.
    """
    wanted = {job.title for job in asked.jobs if job.audience == project.audience.name}
    wanted |= {
        each.title for each in asked.refused if (project.notebooks / f"{each.notebook}.ipynb").exists()
    }
    return [each for each in History(project.state).published() if each.report not in wanted]


def beyond(published: Iterable[Entry], editions: int | None) -> list[Entry]:
    """Return what is published of each report besides its newest editions, oldest first.

    >>> made = [Entry("r", "stay", "RGT", State.PUBLISHED)]
    >>> beyond(made, 1), beyond(made, None)  # none: all stay
    ([], [])
    """
    by_report: dict[str, list[Entry]] = {}
    for each in published:
        by_report.setdefault(each.report, []).append(each)
    old: list[Entry] = []
    for found in by_report.values():
        in_order = sorted(found, key=lambda entry: entry.period)
        old += in_order[:-editions] if editions else []
    return sorted(old, key=lambda each: (each.period, each.report))


def remove_editions(project: Project, old: Sequence[Entry]) -> list[Path]:
    """Take published editions away: first out of the history and the portal, then off the disk.

    What a sudden end leaves on the disk nothing links to, and the next call removes. Manifests that tell of
    patients' records go to the private state: the record of what was told can be made anew from them.

    Returns what is gone.
    """
    history = open_history(project)
    for period in dict.fromkeys(each.period for each in old):
        _note_removed(project, history, [each for each in old if each.period == period])
    if old:
        list_anew(project, history)
    left = [each for each in history.places() if each.state is State.REMOVED]
    return [path for each in left for path in _take_away(project, history, each)]


def _note_removed(project: Project, history: History, old: Sequence[Entry]) -> None:
    run = new_id()
    gone = [
        replace(
            each, run=run, state=State.REMOVED, started=now(), seconds=0.0, timings={}, made_in=each.maker
        )
        for each in old
    ]
    history.begin(run, project.pin(), gone, kind=PRUNE)
    history.end(run)


def _take_away(project: Project, history: History, entry: Entry) -> list[Path]:
    lock = ReportLock(project.state, entry.notebook, entry.name)
    if not lock.try_once():
        return []  # a run has it in hand: the next time
    try:
        of_place = (e for e in history.of(entry.notebook, entry.name) if e.period == entry.period)
        if next(each.run for each in of_place if not each.same_as) != entry.run:
            return []  # made anew meanwhile
        files = [project.reports / each.path for each in with_manifest(entry.outputs).values()]
        there = [path for path in files if path.exists()]
        for path in there:
            if path.name.endswith(MANIFEST):
                project.keep_manifest(path)
            path.unlink()
        for folder in (each for path in files[:1] for each in list(path.parents)[:2]):
            with contextlib.suppress(OSError):  # others are in it
                folder.rmdir()
        return there
    except OSError as error:
        cure = "mend that, then run it again"
        raise ReportError(Problem(entry.report, f"cannot be removed ({error})", cure=cure)) from error
    finally:
        lock.release()
