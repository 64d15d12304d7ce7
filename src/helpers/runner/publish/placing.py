"""From files that passed to a report in its place, or to a draft that waits for approval."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from helpers import __version__
from helpers.audience import PUBLIC, Audience
from helpers.bundle import Bundle
from helpers.hashes import hash_bytes
from helpers.runner.history.entries import Entry, Output, State
from helpers.runner.history.locks import LISTING, ReportLock, hold
from helpers.runner.history.store import History
from helpers.runner.project import Project, private_folder
from helpers.runner.publish.switching import MANIFEST, STAGED, settle, stage, sweep, switch, unstage

BUNDLES = "bundles.json"
#: parts of a report's key that say nothing about the content of data sets
_OPEN = ("notebook", "parameters", "code", "environment", "renderer")


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
    project.refuse(entry.report, project.wrong_in(path))
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
    with ReportLock(project.state, entry.notebook, entry.name).tried() as mine:
        return settle(project.reports, entry) if mine else None


def draft_folder(state: Path, entry: Entry) -> Path:
    """Return where the draft of a held report lies, laid out as the reports folder is.

    It lies among what its run left, and goes with it when old runs or data are removed.
    """
    return entry.folder(state) / "draft"


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


def make_manifest(
    entry: Entry, released: Sequence[dict[str, Any]] = (), *, audience: Audience = PUBLIC
) -> bytes:
    """Return the manifest of a report that is about to be published or withdrawn, as JSON.

    `entry`: the report's entry, with its facts and its files. `released`: each count of patients that it shows: whom it
    counts, and what was shown.
    """
    facts = entry.facts
    assert facts is not None, "what is published knows what it is about"
    files = {
        name: {"file": PurePosixPath(output.path).name, "sha256": output.sha256}
        for name, output in entry.outputs.items()
    }
    data = sorted({(each.name or name, each.as_at) for name, each in entry.data.items()})
    told = {
        "version": 1,
        "state": str(State.WITHDRAWN if entry.state is State.WITHDRAWN else State.PUBLISHED),
        "report": entry.report,
        **facts.model_dump(mode="json", exclude={"groups", "headline"}),
        "groups": [list(group) for group in facts.groups],
        "run": entry.run,
        "made_in": entry.maker,
        "made": entry.started,
        "software": f"boardpack {__version__}",
        "parameters": dict(entry.parameters),
        "data": [{"name": name, "as_at": as_at} for name, as_at in data],
        "hashes": {part: entry.key[part] for part in _OPEN if part in entry.key},
        "files": files,
    }
    if not audience.is_public:
        told |= {"audience": audience.name, "not_for_publication": audience.mark}
    if entry.state is State.WITHDRAWN:  # what the page says in the report's place
        told |= {"withdrawn": entry.note}
    text = json.dumps(told, indent=1, ensure_ascii=False, default=str)
    if released:  # hundreds of entries: a line each
        lines = ",\n  ".join(json.dumps(each, ensure_ascii=False) for each in released)
        text = f'{text.removesuffix("}").rstrip()},\n "released": [\n  {lines}\n ]\n}}'
    return text.encode() + b"\n"
