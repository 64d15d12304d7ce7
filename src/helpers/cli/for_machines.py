"""What machines read of the runs: `boardpack metrics`, as text for Prometheus or JSON, and JUnit XML of a batch."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from helpers.cli import showing
from helpers.cli.assembly import open_audiences
from helpers.cli.options import project_root
from helpers.errors import ExitCode
from helpers.runner.batch.run import Batch
from helpers.runner.history.entries import State
from helpers.runner.history.store import BACK_FILL, History
from helpers.runner.project import Project
from helpers.runner.publish.switching import write_whole

#: what each figure says; all are gauges
_HELP: Final = {
    "reports": "Reports by how their newest run ended.",
    "published_editions": "Editions that readers can open.",
    "drafts_waiting": "Drafts that wait for approval.",
    "last_run_timestamp_seconds": "When the newest batch began.",
    "last_run_duration_seconds": "How long the newest batch took that has ended.",
    "last_run_reports": "Reports of the newest batch by how they ended.",
    "schedule_late": "Moments of the schedule that have passed unmade.",
}
_NOT_IN_XML: Final = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class RunFigure:
    """One figure of the runs: its name without `boardpack_`, its labels, its value."""

    name: str
    labels: dict[str, str]
    value: float


def metrics(
    to: Annotated[
        Path | None,
        typer.Option("--to", help="The file to write, whole or not at all; printed unless given."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of Prometheus text.")] = False,
) -> None:
    """Tell how the runs went: text for Prometheus (node_exporter's textfile collector), or JSON."""
    projects = open_audiences(project_root())
    figures = [each for project in projects for each in figures_of(project)]
    if as_json and to is None:
        showing.show_json([asdict(each) for each in figures])
        return
    text = json.dumps([asdict(each) for each in figures], indent=2) if as_json else as_prometheus(figures)
    if to is None:
        print(text, end="")
    else:
        write_whole(to, text.encode())


def figures_of(project: Project) -> Iterator[RunFigure]:
    """Yield the figures of one audience's runs."""
    history, whose = History(project.state), {"audience": project.audience.name}
    for state, number in sorted(Counter(str(each.state) for each in history.latest().values()).items()):
        yield RunFigure("reports", {**whose, "state": state}, number)
    yield RunFigure("published_editions", whose, len(history.published()))
    yield RunFigure("drafts_waiting", whose, len(history.drafts()))
    yield RunFigure("schedule_late", whose, len(project.late(datetime.now(UTC))))
    batches = [run for run in history.runs() if run.kind in {"run", BACK_FILL}]
    if batches:
        yield RunFigure("last_run_timestamp_seconds", whose, _seconds(batches[0].started))
        for state, number in sorted(batches[0].states.items()):
            yield RunFigure("last_run_reports", {**whose, "state": str(state)}, number)
    for run in [run for run in batches if run.finished][:1]:
        yield RunFigure("last_run_duration_seconds", whose, _seconds(run.finished) - _seconds(run.started))


def as_prometheus(figures: Sequence[RunFigure]) -> str:
    r"""Return figures in Prometheus' text format, each name once with its help.

    >>> print(as_prometheus([RunFigure("drafts_waiting", {"audience": "public"}, 2)]), end="")
    # HELP boardpack_drafts_waiting Drafts that wait for approval.
    # TYPE boardpack_drafts_waiting gauge
    boardpack_drafts_waiting{audience="public"} 2
    """
    lines: list[str] = []
    for name in dict.fromkeys(each.name for each in figures):
        lines += [f"# HELP boardpack_{name} {_HELP[name]}", f"# TYPE boardpack_{name} gauge"]
        for each in (each for each in figures if each.name == name):
            labels = ",".join(f'{label}="{value}"' for label, value in each.labels.items())
            lines.append(f"boardpack_{name}{{{labels}}} {each.value:.15g}")
    return "\n".join(lines) + "\n"


def as_junit(batch: Batch) -> bytes:
    """Return what became of a batch as JUnit XML: a case for each report, those left out without data skipped."""
    suite = ET.Element("testsuite", name="boardpack", id=batch.run)
    for entry in batch.entries:
        name = batch.name(entry).removeprefix(f"{entry.notebook}/")
        took = f"{entry.seconds:.3f}"
        case = ET.SubElement(suite, "testcase", classname=entry.notebook, name=name, time=took)
        if entry.state.is_failure or entry.state is State.INTERRUPTED:
            kind = "error" if entry.exit_code == ExitCode.BUG else "failure"
            said = _NOT_IN_XML.sub("?", entry.error)
            first = said.splitlines()[0] if said else str(entry.state)
            ET.SubElement(case, kind, type=str(entry.state), message=first).text = said
    for each in batch.no_data:
        case = ET.SubElement(suite, "testcase", classname=each.notebook, name=each.name, time="0.000")
        ET.SubElement(case, "skipped", message=f"no data of {each.no_data}")
    for number, problem in enumerate((*batch.mistakes, *batch.problems), start=1):
        told = {"classname": "boardpack", "name": f"problem {number}", "time": "0.000"}
        case = ET.SubElement(suite, "testcase", told)
        said = _NOT_IN_XML.sub("?", str(problem))
        ET.SubElement(case, "failure", type="problem", message=said).text = said
    counted = {"tests": "testcase", "failures": "failure", "errors": "error", "skipped": "skipped"}
    for name, tag in counted.items():
        suite.set(name, str(sum(1 for _ in suite.iter(tag))))
    suite.set("time", f"{sum(entry.seconds for entry in batch.entries):.3f}")
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _seconds(iso: str) -> float:
    return datetime.fromisoformat(iso).timestamp()
