"""What lies among the published reports and was not put there, or not left, as the history says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from helpers.runner.history.entries import Entry, State
from helpers.runner.history.store import History
from helpers.runner.key.due import look_at
from helpers.runner.portal.page import PAGES
from helpers.runner.publish.switching import with_manifest


def find_foreign(history: History, reports: Path, *, verify: bool = False) -> dict[str, str]:
    """Return the files that readers may meet though no run has published them so, and what is wrong with each.

    Nothing is removed: whose they are, and whether readers need them, nobody knows here.

    `verify`: read every file, rather than trust its size, time stamp and number on the disk. Returns paths below
    `reports`, in order, with a few words; hidden files are passed over.
    """
    places = [each for each in history.places() if each.state is not State.REMOVED]
    known = {each.path for entry in places for each in with_manifest(entry.outputs).values()} | set(PAGES)
    found = dict(_altered(places, reports, verify=verify))
    for path in reports.rglob("*"):
        name = path.relative_to(reports).as_posix()
        is_hidden = any(part.startswith(".") for part in path.relative_to(reports).parts)
        if name not in known and not is_hidden and not path.is_dir():
            found[name] = "was not published by any run on record"
    return dict(sorted(found.items()))


def _altered(places: list[Entry], reports: Path, *, verify: bool) -> Iterator[tuple[str, str]]:
    for entry in places:
        for output in entry.outputs.values():
            if look_at(reports, output, verify=verify) is None:
                there = (reports / output.path).exists()
                yield output.path, "was altered since it was published" if there else "is missing"
