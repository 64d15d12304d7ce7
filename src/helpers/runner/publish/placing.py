"""From files that passed to a report in its place, or to a draft that waits for approval."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath

from helpers.bundle import Bundle
from helpers.errors import GateError
from helpers.runner.hashes import hash_bytes
from helpers.runner.history.entries import Entry, Output, State
from helpers.runner.history.locks import LISTING, ReportLock, hold
from helpers.runner.history.report_manifest import make_manifest
from helpers.runner.history.store import History
from helpers.runner.project import Project, private_folder
from helpers.runner.publish.switching import MANIFEST, STAGED, settle, stage, sweep, switch, unstage

BUNDLES = "bundles.json"


def expected_outputs(contents: Mapping[str, bytes], place: PurePosixPath) -> dict[str, Output]:
    """Return where the files of a report will lie, and their hashes."""
    return {name: Output(f"{place}.{name}", hash_bytes(content)) for name, content in contents.items()}


def place_of(entry: Entry) -> PurePosixPath:
    """Return where a report lies below the reports folder, without the ending."""
    name, output = next(iter(entry.outputs.items()))
    return PurePosixPath(output.path.removesuffix(f".{name}"))


def checked_manifest(project: Project, entry: Entry, folder: Path) -> bytes:
    """Return a report's manifest once the project's checks of files have seen it.

    Raises `GateError` if it holds what must not leave.
    """
    content = make_manifest(entry, project.told(entry.report), audience=project.audience)
    path = private_folder(folder) / MANIFEST
    path.write_bytes(content)
    problems = [problem for check in project.file_checks for problem in check(path)]
    if problems and (standing := project.allow(entry.report, problems)):
        raise GateError(standing)
    return content


def put_in_place(
    project: Project, history: History, entry: Entry, contents: Mapping[str, bytes], manifest: bytes
) -> Entry:
    """Put a report's files in their place, noted in the history beforehand, and return its entry.

    `project`, `history`: the caller holds the lock of the report. `entry`: what will be recorded once the
    files are there.
    """
    staged = stage({**contents, MANIFEST: manifest}, project.reports, place_of(entry), entry.run)
    entry = replace(entry, outputs={each: staged[each] for each in contents})
    step = "withdraw" if entry.state is State.WITHDRAWN else "publish"
    try:
        history.record(replace(entry, state=State.WAITING, step=step))
    except BaseException:
        unstage(project.reports, staged, entry.run)
        raise
    switch(project.reports, staged, entry.run)
    return entry


def open_history(project: Project) -> History:
    """Return the history of a project, put right: what dead runs left half done is completed or undone, and closed."""
    history = History(project.state)
    closed = history.recover(partial(_settle_for, project))
    if closed:
        sweep(project.reports, closed)
    if any(project.reports.glob(f".*{STAGED}")):  # a page that lists the reports, half written
        with hold(project.state, LISTING):
            for left in project.reports.glob(f".*{STAGED}"):
                left.unlink(missing_ok=True)
    return history


def _settle_for(project: Project, entry: Entry) -> bool | None:
    """Complete what a sudden end cut short of one report; None while another run has it in hand."""
    lock = ReportLock(project.state, entry.notebook, entry.name)
    if not lock.try_once():
        return None
    try:
        return settle(project.reports, entry)
    finally:
        lock.release()


def draft_folder(state: Path, entry: Entry) -> Path:
    """Return where the draft of a held report lies, laid out as the reports folder is.

    It lies among what its run left, and goes with it when old runs or data are removed.
    """
    return state / "runs" / entry.maker / entry.notebook / entry.name / "draft"


def marked_folder(state: Path, entry: Entry) -> Path:
    """Return where the copies of a draft lie that say so on each page, laid out likewise: what people look at."""
    return draft_folder(state, entry).with_name("marked")


def keep_draft(
    state: Path, entry: Entry, contents: Mapping[str, bytes], bundles: tuple[Bundle, ...]
) -> Entry:
    """Keep a report that passed as a draft, and return its entry."""
    folder = draft_folder(state, entry)
    outputs: dict[str, Output] = {}
    for name, content in contents.items():
        path = folder / entry.outputs[name].path
        private_folder(path.parent)
        path.write_bytes(content)
        outputs[name] = replace(entry.outputs[name], size=len(content))
    shown = [bundle.model_dump(mode="json") for bundle in bundles]
    (folder / BUNDLES).write_text(json.dumps(shown), "utf-8")
    return replace(entry, outputs=outputs)


def read_bundles(folder: Path) -> tuple[Bundle, ...]:
    """Return what the notebook of a draft handed over."""
    return tuple(Bundle.model_validate(each) for each in json.loads((folder / BUNDLES).read_text("utf-8")))
