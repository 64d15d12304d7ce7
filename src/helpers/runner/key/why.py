"""Why a report is due, in words: what it was made from, and what that is now."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence

from helpers.reads import ABSENT
from helpers.runner.history.entries import Entry, State
from helpers.runner.history.store import History
from helpers.runner.key.due import RunDecision, changed_parts
from helpers.runner.key.own_files import UNDER_CHANGE, is_folder
from helpers.runner.key.surroundings import Surroundings
from helpers.runner.project import DataSet

#: files and packages that are named before it is only said that there are more
MOST_NAMED = 6


def explain(decision: RunDecision, surroundings: Surroundings, history: History) -> tuple[str, ...]:
    """Return what has changed since a report was made, one sentence each."""
    previous = decision.previous
    if previous is None:
        return ("never published: it will run",)
    parts = changed_parts(previous, decision.key, surroundings)
    words = [line for part in parts for line in _TELLERS[part](decision, previous, surroundings, history)]
    if not parts and decision.reason:
        words.append(decision.reason)
    since = f"since the run {previous.maker} of {previous.started[:10]}"
    return tuple(words) or (f"{_standing(previous)}: nothing has changed {since}",)


def _standing(entry: Entry) -> str:
    return {State.HELD: "held, waiting for approval", State.WITHDRAWN: f"withdrawn ({entry.note})"}.get(
        entry.state, "up to date"
    )


def _notebook(decision: RunDecision, *_: object) -> Iterator[str]:
    yield f"notebook: {decision.job.notebook.path.name} was edited"


def _parameters(decision: RunDecision, previous: Entry, *_: object) -> Iterator[str]:
    now = json.loads(json.dumps(decision.job.settings, default=str))
    then = previous.parameters
    changed = [name for name in dict.fromkeys((*then, *now)) if then.get(name) != now.get(name)]
    for name in changed:
        yield f"parameter {name}: {_value(then, name)} became {_value(now, name)}"
    if not changed:
        yield "parameters: the file gives what was the notebook's own value, or leaves out what it gave"


def _value(values: Mapping[str, object], name: str) -> str:
    return json.dumps(values[name], ensure_ascii=False) if name in values else "not there"


def _data(_: RunDecision, previous: Entry, surroundings: Surroundings, *__: object) -> Iterator[str]:
    present = surroundings.meant_by(previous.reads)
    for name in sorted({*previous.data, *present}):
        then, now = previous.data.get(name), present.get(name)
        if now is None:
            yield f"data {name}: {_load(then)} is no longer loaded"
        elif then is None:
            yield f"data {name}: {_load(now)} was not there, or not noted, then"
        elif then.fingerprint != now.fingerprint:
            yield f"data {name} ({now.name}): {_load(then)} became {_load(now)}"


def _files(_: RunDecision, previous: Entry, surroundings: Surroundings, *__: object) -> Iterator[str]:
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


def _register(_: RunDecision, previous: Entry, surroundings: Surroundings, *__: object) -> Iterator[str]:
    changed = [
        question for question, then in previous.answers.items() if surroundings.answer(question) != then
    ]
    yield f"register: {_named(changed)} changed"


def _load(data_set: DataSet | None) -> str:
    if data_set is None:
        return "a load that was not noted"
    return f"load {data_set.load or '?'}, as at {data_set.as_at or '?'}"


def _code(_: RunDecision, previous: Entry, surroundings: Surroundings, history: History) -> Iterator[str]:
    then, now = _contents(previous.key.get("code", ""), surroundings.code, history)
    if not isinstance(then, dict) or not isinstance(now, dict):
        yield "code: the package or what it watches was changed"
        return
    names = sorted(name for name in {**then, **now} if then.get(name) != now.get(name))
    yield f"code: {_named(names)} changed"


def _environment(
    _: RunDecision, previous: Entry, surroundings: Surroundings, history: History
) -> Iterator[str]:
    then, now = _contents(previous.key.get("environment", ""), surroundings.environment, history)
    if not isinstance(then, list) or not isinstance(now, list):
        yield "environment: what is installed was changed"
        return
    before, after = _versions(then), _versions(now)
    changes = [
        f"{name} {before.get(name, 'not installed')} became {after.get(name, 'not installed')}"
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    ]
    yield f"environment: {_named(changes)}"


def _versions(installed: Sequence[str]) -> dict[str, str]:
    """Return the version of Python and of each package."""
    python, *packages = installed
    pairs = (package.removesuffix(".dist-info").partition("-") for package in packages)
    return {"Python": python.split(" (")[0], **{name: version for name, _, version in pairs}}


def _renderer(decision: RunDecision, previous: Entry, *_: object) -> Iterator[str]:
    yield f"renderer: {previous.key.get('renderer', '?')} became {decision.key['renderer']}"


def _audience(*_: object) -> Iterator[str]:
    yield "audience: what _publisher.yml says of its readers or of their policy was changed"


def _contents(then: str, now: str, history: History) -> tuple[object, object]:
    kept = history.contents(then, now)
    return kept.get(then), kept.get(now)


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more


_TELLERS: Mapping[str, Callable[..., Iterator[str]]] = {
    "notebook": _notebook,
    "parameters": _parameters,
    "code": _code,
    "environment": _environment,
    "renderer": _renderer,
    "audience": _audience,
    "data": _data,
    "files": _files,
    "register": _register,
}
