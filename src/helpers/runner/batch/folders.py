"""Where the traces of a report lie: its executed notebook, its logs, its files; and what lies there besides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from helpers.runner.batch.steps import BUG_LOG
from helpers.runner.history.entries import Entry, State
from helpers.runner.history.store import History
from helpers.runner.kernel.execute import EXECUTED, KERNEL_LOG, RUN_LOG
from helpers.runner.key.due import look_at
from helpers.runner.portal.page import PAGES
from helpers.runner.project import Project
from helpers.runner.publish.placing import draft_folder, marked_folder
from helpers.runner.publish.switching import with_manifest


@dataclass(frozen=True)
class Traces:
    """Where the traces of one report of one run lie, whether or not they are there (any more)."""

    folder: Path  # the private folder of the run
    outputs: Mapping[str, Path]  # the files by format: published, or of a draft

    @property
    def logs(self) -> tuple[Path, ...]:
        """The logs, the report's own first."""
        return tuple(self.folder / name for name in (RUN_LOG, KERNEL_LOG, BUG_LOG))

    @property
    def existing(self) -> dict[str, Path]:
        """What is there, by the word that opens it."""
        own = {"folder": self.folder, "notebook": self.folder / EXECUTED, "log": self.folder / RUN_LOG}
        more = {"kernel log": self.folder / KERNEL_LOG, "bug": self.folder / BUG_LOG}
        return {what: path for what, path in {**own, **more, **self.outputs}.items() if path.exists()}


def traces_of(project: Project, entry: Entry) -> Traces:
    """Return where the traces of an entry lie."""
    folder = entry.folder(project.state)
    if entry.state is not State.HELD:
        return Traces(folder, {name: project.reports / each.path for name, each in entry.outputs.items()})
    marked, held = marked_folder(project.state, entry), draft_folder(project.state, entry)
    below = {
        name: marked if (marked / each.path).exists() else held for name, each in entry.outputs.items()
    }
    return Traces(folder, {name: below[name] / each.path for name, each in entry.outputs.items()})


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
