"""Which reports are due, and why: their notebook, parameters, code, environment or data have changed."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from helpers.hashes import hash_bytes, hash_file, hash_json
from helpers.reads import ABSENT
from helpers.runner.engines import FORMATS
from helpers.runner.history.entries import Entry, Output, State
from helpers.runner.history.store import History
from helpers.runner.key.surroundings import UNDER_CHANGE, Surroundings, is_folder
from helpers.runner.plan.jobs import Job
from helpers.runner.project import DataSet, Project
from helpers.runner.publish.placing import draft_folder

#: nanoseconds within which a file system may give two changes of a file the same time stamp
_SAME_STAMP = 3_000_000_000
#: files and packages that are named before it is only said that there are more
MOST_NAMED = 6


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
    asks = cache(lambda notebook: project.publisher.wants_approval(notebook, audience.name))
    decisions = []
    for job in jobs:
        own = {"notebook": notebooks[job.notebook.path], "parameters": hash_json(job.parameters)}
        previous = standing.get((job.notebook.name, job.name))
        before = [each for each in previous.outputs if each in FORMATS] if previous else []
        hold = wish.hold or asks(job.notebook.name)
        hold = hold or (previous is not None and previous.state in {State.HELD, State.WITHDRAWN})
        formats, key = tuple(dict.fromkeys((*wish.formats, *before))), {**own, **shared}
        reason = _reason(previous, key, surroundings, wish)
        refreshed: Mapping[str, Output] = {}
        if previous is not None and not reason:
            reason, refreshed = _look_at_files(project, previous, verify=wish.verify)
        decisions.append(RunDecision(job, reason, formats, key, previous, hold, refreshed))
    return tuple(decisions)


def _reason(previous: Entry | None, key: Mapping[str, str], surroundings: Surroundings, wish: Wish) -> str:
    """Return why a report is due, whatever its files are now."""
    if wish.force:
        return "forced"
    if previous is None:
        return "never published"
    if changed := changed_parts(previous, key, surroundings):
        return f"changed: {', '.join(changed)}"
    missing = [each for each in wish.formats if each not in previous.outputs]
    return f"not yet published as {', '.join(missing)}" if missing else ""


def changed_parts(previous: Entry, key: Mapping[str, str], surroundings: Surroundings) -> list[str]:
    """Return which parts of what a report depends on are not as they were."""
    changed = [part for part, value in key.items() if previous.key.get(part) != value]
    return changed + surroundings.not_as_read(previous)


def _look_at_files(project: Project, previous: Entry, *, verify: bool) -> tuple[str, Mapping[str, Output]]:
    """Return why a report is due for its files, and these as they lie now where they are noted anew."""
    if previous.state is State.WITHDRAWN:
        return "", {}
    folder = project.reports if previous.state is State.PUBLISHED else draft_folder(project.state, previous)
    found = {name: look_at(folder, each, verify=verify) for name, each in previous.outputs.items()}
    if not all(found.values()):
        what = "published file" if previous.state is State.PUBLISHED else "draft"
        return f"the {what} is missing or was altered", {}
    fresh = {name: each for name, each in found.items() if each and each != previous.outputs[name]}
    return "", {**previous.outputs, **fresh} if fresh else {}


def look_at(folder: Path, output: Output, *, verify: bool = False) -> Output | None:
    """Return a file as it lies now; None where it is missing or is not the one that was put there.

    A file with the size, time stamp and number on the disk that were noted is not read again. It was given
    a time stamp before it was put in place (`helpers.runner.publish.switching`), so a later change shows even if it
    came within one tick of the clock.
    """
    path = f"{folder}/{output.path}"
    try:
        found = os.stat(path)  # noqa: PTH116  (of thousands before each batch)
        noted = (output.size, output.modified, output.inode)
        if not verify and noted == (found.st_size, found.st_mtime_ns, found.st_ino) and all(noted[:2]):
            return output
        if hash_file(Path(path)) != output.sha256:
            return None
    except (FileNotFoundError, NotADirectoryError):
        return None
    if abs(time.time_ns() - found.st_mtime_ns) < _SAME_STAMP:
        return replace(output, size=0, modified=0, inode=0)  # too fresh to be told by its stamp next time
    return replace(output, size=found.st_size, modified=found.st_mtime_ns, inode=found.st_ino)


def explain(decision: RunDecision, surroundings: Surroundings, history: History) -> tuple[str, ...]:
    """Return what has changed since a report was made, one sentence each."""
    previous = decision.previous
    if previous is None:
        return ("never published: it will run",)
    parts = changed_parts(previous, decision.key, surroundings)
    words = [line for part in parts for line in _told(part, decision, previous, surroundings, history)]
    if not parts and decision.reason:
        words.append(decision.reason)
    since = f"since the run {previous.maker} of {previous.started[:10]}"
    held = {State.HELD: "held, waiting for approval", State.WITHDRAWN: f"withdrawn ({previous.note})"}
    stands = held.get(previous.state, "up to date")
    return tuple(words) or (f"{stands}: nothing has changed {since}",)


def _told(
    part: str, decision: RunDecision, previous: Entry, surroundings: Surroundings, history: History
) -> Iterator[str]:
    match part:
        case "notebook":
            yield f"notebook: {decision.job.notebook.path.name} was edited"
        case "parameters":
            yield from _parameters(decision.job.settings, previous.parameters)
        case "data":
            yield from _data(previous, surroundings)
        case "files":
            yield from _files(previous, surroundings)
        case "register":
            asked = previous.answers.items()
            yield f"register: {_named([each for each, then in asked if surroundings.answer(each) != then])} changed"
        case "code":
            then, now = _contents(previous.key.get("code", ""), surroundings.code, history)
            if then and now:
                names = sorted(name for name in {**then, **now} if then.get(name) != now.get(name))
                yield f"code: {_named(names)} changed"
            else:
                yield "code: the package or what it watches was changed"
        case "environment":
            then, now = _contents(previous.key.get("environment", ""), surroundings.environment, history)
            if then and now:
                yield f"environment: {_named(list(_versions_changed(_versions(then), _versions(now))))}"
            else:
                yield "environment: what is installed was changed"
        case "renderer":
            yield f"renderer: {previous.key.get('renderer', '?')} became {decision.key['renderer']}"
        case "audience":
            yield "audience: what _publisher.yml says of its readers or of their policy was changed"


def _parameters(settings: Mapping[str, object], then: Mapping[str, object]) -> Iterator[str]:
    now = json.loads(json.dumps(settings, default=str))
    changed = [name for name in dict.fromkeys((*then, *now)) if then.get(name) != now.get(name)]
    for name in changed:
        was, is_now = (
            json.dumps(each[name], ensure_ascii=False) if name in each else "not there"
            for each in (then, now)
        )
        yield f"parameter {name}: {was} became {is_now}"
    if not changed:
        yield "parameters: the file gives what was the notebook's own value, or leaves out what it gave"


def _data(previous: Entry, surroundings: Surroundings) -> Iterator[str]:
    present = surroundings.meant_by(previous.reads)
    for name in sorted({*previous.data, *present}):
        then, now = previous.data.get(name), present.get(name)
        if now is None:
            yield f"data {name}: {_load(then)} is no longer loaded"
        elif then is None:
            yield f"data {name}: {_load(now)} was not there, or not noted, then"
        elif then.fingerprint != now.fingerprint:
            yield f"data {name} ({now.name}): {_load(then)} became {_load(now)}"


def _files(previous: Entry, surroundings: Surroundings) -> Iterator[str]:
    for name, then in previous.files.items():
        now = surroundings.look(name)
        if then == now:
            continue
        if then == UNDER_CHANGE:
            yield f"file {name}: was {then}"
        elif now == ABSENT:
            yield f"file {name}: is gone"
        elif then == ABSENT:
            yield f"file {name}: has come; it was looked for and not there"
        else:
            yield f"{'folder' if is_folder(now) else 'file'} {name}: changed"


def _load(data_set: DataSet | None) -> str:
    if data_set is None:
        return "a load that was not noted"
    return f"load {data_set.load or '?'}, as at {data_set.as_at or '?'}"


def _versions(installed: Sequence[str]) -> dict[str, str]:
    python, *packages = installed
    pairs = (package.removesuffix(".dist-info").partition("-") for package in packages)
    return {"Python": python.split(" (")[0], **{name: version for name, _, version in pairs}}


def _versions_changed(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    for name in sorted({*before, *after}):
        was, now = (each.get(name, "not installed") for each in (before, after))
        if was != now:
            yield f"{name} {was} became {now}"


def _contents(then: str, now: str, history: History) -> tuple[Any, Any]:
    """Return what two hashes stand for; None where that is not kept."""
    kept = history.contents(then, now)
    return kept.get(then), kept.get(now)


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
