"""A report while its author works on it: the finished page, of which nothing is published, recorded or entered.

It is made anew as a batch would make it, but for what a change leaves as it was: where no code, parameter, module
or data have changed, the cells that ran stay and only the words around them are new.
"""

from __future__ import annotations

import contextlib
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import nbformat

from helpers.places import state_folder
from helpers.runner.batch.life import Setting, execute_job, provenance_of
from helpers.runner.batch.packing import with_editions
from helpers.runner.batch.run import new_id
from helpers.runner.document.making import make_document
from helpers.runner.gate import check_document
from helpers.runner.history.store import History
from helpers.runner.kernel.execute import MIRROR, Executed, ForkServer, KernelLimits, fork_server
from helpers.runner.key.surroundings import PACKAGE, Observed, look_through, survey
from helpers.runner.plan.jobs import Job
from helpers.runner.plan.parameters import load_notebook
from helpers.runner.project import Project, private_folder
from helpers.runner.render import render

#: how the run folders of drafts end: one that was killed leaves its own, which `boardpack state prune` removes
_ENDING: Final = "-preview"
_INJECTED: Final = "injected-parameters"

#: size and time of change of each file
Stamps = Mapping[Path, tuple[int, int]]


@dataclass(frozen=True)
class Proof:
    """A finished page."""

    page: bytes  # self-contained HTML
    seconds: float
    ran: bool  # whether the notebook ran for it
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Run:
    """What ran last, and on what it rests."""

    stamps: Stamps
    code: object
    setting: Setting
    job: Job
    executed: Executed
    observed: Observed


class Desk:
    """Where a draft is made again and again; use it as a context.

    `ask`: returns the project and the report, checked; called whenever settings, parameters or code have changed.
    """

    def __init__(self, ask: Callable[[], tuple[Project, Job]], root: Path, notebook: Path) -> None:
        self._ask, self._root, self._notebook = ask, root, notebook
        self._last: _Run | None = None
        self._own: tuple[Path, ...] = ()  # files of the project's own that the last run read
        self._server: contextlib.ExitStack = contextlib.ExitStack()
        self._forked: ForkServer | None = None
        self._modules: Stamps | None = None  # those that the fork server may have imported
        self._folder: Path | None = None

    def __enter__(self) -> Desk:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def look(self) -> Stamps:
        """Return the stamps of all files on which the page rests."""
        found: dict[Path, tuple[int, int]] = {}
        for path in (*_files_below(self._root, self._notebook), *self._own):
            with contextlib.suppress(OSError):  # gone, or between two writes of an editor
                stat = path.stat()
                found[path] = (stat.st_size, stat.st_mtime_ns)
        return found

    def make(self) -> Proof:
        """Make the page as it is now.

        Raises `UserError` with everything that its author can mend.
        """
        began = time.perf_counter()
        load_notebook(self._notebook)  # says what is wrong with it
        stamps, notebook = self._without_words(self.look()), nbformat.read(self._notebook, as_version=4)
        code, last = _code(notebook), self._last
        fresh = last is None or (last.stamps, last.code) != (stamps, code)
        if last is None or fresh:
            self._last = None  # what it wrote is removed
            self._last = last = self._run(stamps, code, last)
            self._own = tuple(self._root / name for name in last.observed.files)
            known = self.look()  # also of what only this run has shown that it rests on
            self._last = last = replace(last, stamps={**self._without_words(known), **stamps})
        document = make_document(
            _with_words(last.executed.notebook, notebook),
            provenance=provenance_of(last.setting, last.job, last.observed),
        )
        project = last.setting.project
        document, _ = with_editions(project, last.setting.history, document)
        check_document(document, last.job, project, notebook=last.executed.path)
        scratch = private_folder(last.setting.folder(last.job) / "rendered")
        page = render(document, ["html"], theme=project.theme, folder=scratch)["html"].read_bytes()
        warnings = (*last.executed.warnings, *document.warnings, *last.observed.of_unknown_origin)
        return Proof(page, time.perf_counter() - began, fresh, warnings)

    def _run(self, stamps: Stamps, code: object, last: _Run | None) -> _Run:
        project, job = self._ask()
        alike = last is not None and last.stamps == stamps
        surroundings = last.setting.surroundings if last is not None and alike else survey(project)
        run = self._folder.name if self._folder else f"{new_id()}{_ENDING}"
        setting = Setting(
            project, surroundings, History(project.state), run, KernelLimits(), threading.Event()
        )
        if self._folder is None:
            self._folder = project.state / "runs" / run
        folder = setting.folder(job)
        shutil.rmtree(folder, ignore_errors=True)
        private_folder(folder)
        executed = execute_job(setting, job, folder, self._warm(setting, stamps), {})
        observed = look_through(executed.notes, project, surroundings, folder / MIRROR)
        return _Run(stamps, code, setting, job, executed, observed)

    def _warm(self, setting: Setting, stamps: Stamps) -> ForkServer | None:
        """Return what kernels are forked from: begun anew where a module has changed that it has imported."""
        modules = {path: each for path, each in stamps.items() if path.suffix == ".py"}
        if modules != self._modules:
            self._server.close()
            home = private_folder(setting.project.state / "ipython")
            made = fork_server(setting.environment, home, [self._notebook], setting.project.preload)
            self._forked, self._modules = self._server.enter_context(made), modules
        return self._forked

    def _without_words(self, stamps: Stamps) -> Stamps:
        """Return stamps but for those of the notebook, whose code is compared itself, and of the look."""
        passing = {self._notebook, self._root / "_quarto.yml", self._root / "params" / "_theme.yml"}
        return {path: each for path, each in stamps.items() if path not in passing}


def _files_below(root: Path, notebook: Path) -> Iterator[Path]:
    yield notebook
    yield root / "_quarto.yml"
    yield from (root / "params").rglob("*.yml")
    for folder in (root, notebook.parent):
        yield from folder.glob("*.py")
    yield from PACKAGE.rglob("*.py")
    yield state_folder(root) / "mart" / "CURRENT"  # which version of the data is read


def _code(notebook: Any) -> object:
    return [
        (cell.source, tuple(cell.metadata.get("tags", ())))
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


def _with_words(executed: Any, notebook: Any) -> Any:
    """Return the cells that ran, with the words around them as they are now."""
    ran: list[list[Any]] = [[]]  # each with the cell that papermill has put behind it
    for cell in executed.cells:
        if cell.cell_type == "code":
            is_added = _INJECTED in cell.metadata.get("tags", ())
            ran[-1].append(cell) if is_added else ran.append([cell])
    cells, *waiting = ran
    for cell in notebook.cells:
        cells += waiting.pop(0) if cell.cell_type == "code" else [cell]
    return nbformat.from_dict({**executed, "cells": cells})
