"""Where the traces of a report lie: its executed notebook, its logs, its files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from helpers.runner.batch.steps import BUG_LOG
from helpers.runner.history.entries import Entry, State
from helpers.runner.kernel.execute import EXECUTED, KERNEL_LOG, RUN_LOG
from helpers.runner.project import Project
from helpers.runner.publish.placing import draft_folder, marked_folder


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
    folder = project.state / "runs" / entry.maker / entry.notebook / entry.name
    if entry.state is not State.HELD:
        return Traces(folder, {name: project.reports / each.path for name, each in entry.outputs.items()})
    marked, held = marked_folder(project.state, entry), draft_folder(project.state, entry)
    below = {
        name: marked if (marked / each.path).exists() else held for name, each in entry.outputs.items()
    }
    return Traces(folder, {name: below[name] / each.path for name, each in entry.outputs.items()})
