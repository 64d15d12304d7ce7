"""Which reports are due: those whose notebook, parameters, code, environment or data have changed."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from helpers.runner.engines import FORMATS
from helpers.runner.hashes import hash_bytes, hash_json
from helpers.runner.history.entries import Entry, Output, State
from helpers.runner.key.surroundings import Surroundings
from helpers.runner.plan.jobs import Job
from helpers.runner.project import Project
from helpers.runner.publish.placing import draft_folder

#: nanoseconds within which a file system may give two changes of a file the same time stamp
_SAME_STAMP = 3_000_000_000


@dataclass(frozen=True)
class Wish:
    """What a user asks of a batch."""

    formats: tuple[str, ...] = ("html", "pdf")
    force: bool = False
    hold: bool = False  # keep what passes as a draft until it is approved
    #: read every published file again, rather than trust its size, time stamp and number on the disk
    verify: bool = False
    #: the past month (YYYY-MM) that is made up for: what stands is then what stands of that month
    month: str = ""
    known: str = ""  # the day (ISO) as on which its figures are known; empty where as now


@dataclass(frozen=True)
class RunDecision:
    """Whether a report will run."""

    job: Job
    reason: str  # why it runs, in words; empty where it is unchanged
    #: what it is rendered to: what was asked for and what is already published, so that the published formats
    #: of one report always come from one run
    formats: tuple[str, ...]
    key: Mapping[str, str]  # the hashes on which its content depends, but for the data
    #: what stands of the report: the entry of its publication, draft or withdrawal, if there is one
    previous: Entry | None
    #: whether what passes waits as a draft: asked for, always so with its notebook, or because the one before
    #: does or was withdrawn
    hold: bool = False
    #: the files of `previous` as they lie now, where they were read anew and found the same
    refreshed: Mapping[str, Output] = field(default_factory=dict)


def decide(
    project: Project,
    jobs: Collection[Job],
    surroundings: Surroundings,
    *,
    standing: Mapping[tuple[str, str], Entry],
    wish: Wish | None = None,
) -> tuple[RunDecision, ...]:
    """Decide for each report whether it is due, and say why.

    `standing`: what stands of each report, from the history.
    """
    wish, audience = wish or Wish(), project.audience
    notebooks = {path: hash_bytes(path.read_bytes()) for path in {job.notebook.path for job in jobs}}
    shared = {"code": surroundings.code, "environment": surroundings.environment}
    shared["renderer"] = surroundings.renderer
    if not audience.is_public:
        shared["audience"] = hash_json(audience.model_dump())
    if wish.month:
        shared["known"] = wish.known or "now"
    decisions = []
    for job in jobs:
        own = {"notebook": notebooks[job.notebook.path], "parameters": hash_json(job.parameters)}
        previous = standing.get((job.notebook.name, job.name))
        before = [each for each in previous.outputs if each in FORMATS] if previous else []
        hold = wish.hold or project.publisher.wants_approval(job.notebook.name, audience.name)
        hold = hold or (previous is not None and previous.state in {State.HELD, State.WITHDRAWN})
        formats = tuple(dict.fromkeys((*wish.formats, *before)))
        decision = RunDecision(job, "", formats, {**own, **shared}, previous, hold)
        decisions.append(_with_reason(project, decision, surroundings, wish))
    return tuple(decisions)


def _with_reason(
    project: Project, decision: RunDecision, surroundings: Surroundings, wish: Wish
) -> RunDecision:
    previous = decision.previous
    if wish.force:
        return replace(decision, reason="forced")
    if previous is None:
        return replace(decision, reason="never published")
    if changed := changed_parts(previous, decision.key, surroundings):
        return replace(decision, reason=f"changed: {', '.join(changed)}")
    if missing := [each for each in wish.formats if each not in previous.outputs]:
        return replace(decision, reason=f"not yet published as {', '.join(missing)}")
    return _look_at_files(project, decision, previous, verify=wish.verify)


def changed_parts(previous: Entry, key: Mapping[str, str], surroundings: Surroundings) -> list[str]:
    """Return which parts of what a report depends on are not as they were."""
    whole = {**key, **surroundings.read_by(previous)}
    return [part for part, value in whole.items() if previous.key.get(part) != value]


def _look_at_files(
    project: Project, decision: RunDecision, previous: Entry, *, verify: bool
) -> RunDecision:
    if previous.state is State.WITHDRAWN:
        return decision
    folder = project.reports if previous.state is State.PUBLISHED else draft_folder(project.state, previous)
    found = {name: look_at(folder, each, verify=verify) for name, each in previous.outputs.items()}
    if not all(found.values()):
        what = "published file" if previous.state is State.PUBLISHED else "draft"
        return replace(decision, reason=f"the {what} is missing or was altered")
    fresh = {name: each for name, each in found.items() if each and each != previous.outputs[name]}
    return replace(decision, refreshed={**previous.outputs, **fresh} if fresh else {})


def look_at(folder: Path, output: Output, *, verify: bool = False) -> Output | None:
    """Return a file as it lies now; None where it is missing or is not the one that was put there.

    A file with the size, time stamp and number on the disk that were noted is not read again. It was given
    a time stamp before it was put in place (`helpers.runner.publish.switching`), so a later change shows even if it
    came within one tick of the clock.
    """
    path = folder / output.path
    try:
        found = path.stat()
        noted = (output.size, output.modified, output.inode)
        if not verify and noted == (found.st_size, found.st_mtime_ns, found.st_ino) and all(noted[:2]):
            return output
        if hash_bytes(path.read_bytes()) != output.sha256:
            return None
    except (FileNotFoundError, NotADirectoryError):
        return None
    if abs(time.time_ns() - found.st_mtime_ns) < _SAME_STAMP:
        return replace(output, size=0, modified=0, inode=0)  # too fresh to be told by its stamp next time
    return replace(output, size=found.st_size, modified=found.st_mtime_ns, inode=found.st_ino)
