"""The manifest beside each published report: what it was made from, for machines and for auditors.

It is public like the report itself. So it says nothing that the report does not: no path, no machine, no
person, no message, and of data sets only their names and dates.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

from helpers import __version__
from helpers.audience import PUBLIC, Audience
from helpers.runner.history.entries import Entry, State

#: parts of a report's key that say nothing about the content of data sets
_OPEN = ("notebook", "parameters", "code", "environment", "renderer")


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
