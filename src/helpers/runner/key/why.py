"""Why a report is due, in words: what it was made from, and what that is now."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from helpers.reads import ABSENT
from helpers.runner.history.entries import Entry, State
from helpers.runner.history.store import History
from helpers.runner.key.due import RunDecision, changed_parts
from helpers.runner.key.surroundings import UNDER_CHANGE, Surroundings, is_folder
from helpers.runner.project import DataSet

#: files and packages that are named before it is only said that there are more
MOST_NAMED = 6


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
