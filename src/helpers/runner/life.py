"""The life of one report, from its parameters to its place among the published."""

from __future__ import annotations

import contextlib
import threading
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers import __version__
from helpers.errors import ExitCode, GateError, Problem, ReportError, UserError
from helpers.places import ROOT_VARIABLE, STATE_VARIABLE, VERSION_VARIABLE
from helpers.runner.due import Decision, Surroundings
from helpers.runner.execute import Executed, InterruptionError, MemoryLimitError, TimeLimitError, execute
from helpers.runner.history import Entry, State, now
from helpers.runner.kernel import Limits
from helpers.runner.plan import Job
from helpers.runner.project import Project, private_folder
from helpers.runner.publish import publish

if TYPE_CHECKING:
    from helpers.runner.document import Provenance

BUG_LOG = "bug.txt"
_STATES = {
    TimeLimitError: State.TIMED_OUT,
    MemoryLimitError: State.OUT_OF_MEMORY,
    InterruptionError: State.INTERRUPTED,
    GateError: State.BLOCKED,
}


@dataclass(frozen=True)
class Setting:
    """What all reports of a batch share.

    Parameters
    ----------
    project, surroundings
        The project, and what its reports depend on, pinned.
    run
        The batch's id.
    limits
        What one report may use.
    stop
        Set when the batch is interrupted.
    """

    project: Project
    surroundings: Surroundings
    run: str
    limits: Limits
    stop: threading.Event

    def folder(self, job: Job) -> Path:
        """Return the private folder of a report in this run."""
        return self.project.state / "runs" / self.run / job.notebook.name / job.name

    @property
    def environment(self) -> dict[str, str]:
        """What a kernel is told: where the project is and which version of the data to read."""
        told = {ROOT_VARIABLE: str(self.project.root), STATE_VARIABLE: str(self.project.state)}
        if self.surroundings.version:
            told[VERSION_VARIABLE] = self.surroundings.version
        return told


class Steps:
    """Times the steps of one report, and ends it between two steps when the batch is interrupted."""

    def __init__(self, stop: threading.Event) -> None:
        self.now = ""
        self.timings: dict[str, float] = {}
        self._stop = stop

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Run the block as a step of this name."""
        self.now = name
        if self._stop.is_set():
            raise InterruptionError(
                Problem(name, "was not begun: the batch was interrupted", cure="run it again")
            )
        began = time.perf_counter()
        try:
            yield
        finally:
            self.timings[name] = round(time.perf_counter() - began, 3)


def blank_entry(setting: Setting, decision: Decision) -> Entry:
    """Return what the history says of a report before it has begun."""
    job = decision.job
    return Entry(setting.run, job.notebook.name, job.name, State.WAITING, now(), parameters=job.settings)


def live(setting: Setting, decision: Decision) -> Entry:
    """Take one report through its life; whatever happens to it is in the entry that comes back."""
    steps, began = Steps(setting.stop), time.perf_counter()
    blank = blank_entry(setting, decision)
    try:
        entry = _publish(setting, decision, blank, steps)
    except UserError as error:
        state = State.INTERRUPTED if setting.stop.is_set() else _STATES.get(type(error), State.FAILED)
        entry = replace(blank, state=state, exit_code=error.exit_code, step=steps.now, error=str(error))
    except Exception as error:
        entry = _note_bug(setting, decision, replace(blank, step=steps.now), error)
    if entry.state is State.INTERRUPTED:
        entry = replace(entry, exit_code=130)
    return replace(entry, seconds=round(time.perf_counter() - began, 3), timings=steps.timings)


def _publish(setting: Setting, decision: Decision, blank: Entry, steps: Steps) -> Entry:
    # late: these bring nbformat and pandoc along, which the command line does not need to start
    from helpers.runner.document import make_document
    from helpers.runner.gate import check_document, check_files
    from helpers.runner.render import render
    from helpers.theme import read_theme

    project, job = setting.project, decision.job
    with steps.step("execute"):
        folder = private_folder(setting.folder(job))
        executed = _execute(setting, job, folder)
    with steps.step("document"):
        document = make_document(_read(executed.path), provenance=_provenance(setting, job))
    with steps.step("gate"):
        check_document(document, job, project)
    with steps.step("render"):
        scratch = private_folder(folder / "rendered")
        files = render(document, decision.formats, theme=read_theme(project.quarto_yml), folder=scratch)
    with steps.step("inspect"):
        check_files(files, document, project.text_checks)
    with steps.step("publish"):
        place = project.place(document.facts, job.notebook.name, job.name)
        outputs = publish(files, project.reports, place)
    reads = tuple(sorted({each for bundle in document.bundles for each in bundle.reads}))
    return replace(
        blank,
        state=State.PUBLISHED,
        title=document.facts.title,
        organisation=document.facts.organisation_name,
        period=document.facts.period_folder,
        synthetic=document.facts.synthetic,
        peak=round(executed.peak, 1),
        reads=reads,
        key={**decision.key, "data": setting.surroundings.data_key(reads)},
        outputs=outputs,
        warnings=executed.warnings,
    )


def _execute(setting: Setting, job: Job, folder: Path) -> Executed:
    return execute(job, folder, environment=setting.environment, limits=setting.limits, stop=setting.stop)


def _read(path: Path) -> Any:
    import nbformat

    return nbformat.read(path, as_version=4)


def _provenance(setting: Setting, job: Job) -> Provenance:
    from helpers.runner.document import Provenance

    return Provenance(
        run_id=setting.run,
        notebook=job.notebook.path.name,
        code_version=f"boardpack {__version__} ({setting.surroundings.code[:12]})",
        parameters=job.settings,
        suppression=setting.project.suppression,
    )


def _note_bug(setting: Setting, decision: Decision, entry: Entry, error: Exception) -> Entry:
    """Turn what nobody foresaw into an entry; its traceback is kept beside the executed notebook."""
    if isinstance(error, OSError):  # a full disk, a missing right: the user's to mend, not a bug
        failed = ReportError(
            Problem(f"{decision.job.title}, {entry.step}", str(error), cure="run it again")
        )
        return replace(entry, state=State.FAILED, exit_code=failed.exit_code, error=str(failed))
    text = "".join(traceback.format_exception(error))
    log = private_folder(setting.folder(decision.job)) / BUG_LOG
    log.write_text(text, "utf-8")
    return replace(entry, state=State.FAILED, exit_code=ExitCode.BUG, error=text)
