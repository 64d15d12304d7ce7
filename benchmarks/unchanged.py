"""Seconds in which an unchanged batch is recognised: python benchmarks/unchanged.py [REPORTS]

Lays out a project of so many reports (2,400 unless given) with the invented data, publishes a page and a PDF
of 200 kB for each as a run would leave them, without running a notebook, and measures the whole command
`boardpack run`: wall clock and processor time, the best of five.
"""

from __future__ import annotations

import json
import os
import resource
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from helpers.bundle import ReportFacts
from helpers.cli.assembly import open_mart, open_project
from helpers.data.synthetic import write_demo
from helpers.register.reading import read_register
from helpers.runner.history.entries import Entry, State, now
from helpers.runner.history.store import History
from helpers.runner.key.due import decide
from helpers.runner.key.surroundings import survey
from helpers.runner.plan.jobs import make_plan
from helpers.runner.project import Project
from helpers.runner.publish.placing import expected_outputs, make_manifest, put_in_place

RUN = "20260101T000000Z-000000"
BYTES = 200_000
TRUSTS = 80
REGISTER = Path(__file__).parents[1] / "params" / "_register"
CELLS = [
    {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# Length of stay"},
    {
        "cell_type": "code",
        "id": "b",
        "metadata": {"tags": ["parameters"]},
        "source": 'trust: "org" = "SYN01"\nperiod: "month" = "latest"',
        "outputs": [],
        "execution_count": None,
    },
]
NOTEBOOK = {
    "cells": CELLS,
    "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}


def lay_out(root: Path, reports: int) -> Project:
    """Make the project and fill its mart."""
    for folder in ("notebooks", "params/stay", "reports"):
        (root / folder).mkdir(parents=True)
    (root / "notebooks" / "stay.ipynb").write_text(json.dumps(NOTEBOOK), "utf-8")
    for number in range(reports):
        text = f'trust: SYN{number % TRUSTS + 1:02}\nperiod: "2026-03"\n'
        (root / "params" / "stay" / f"r{number:05}.yml").write_text(text, "utf-8")
    (root / "notebooks" / "targets.csv").write_text("beds\n500\n", "utf-8")
    shutil.copytree(REGISTER, root / "params" / "_register")
    write_demo(open_mart(root), scale=0.1)
    return open_project(root)


def publish_all(project: Project) -> None:
    """Leave what a run would leave that published every report."""
    surroundings, history = survey(project), History(project.state)
    reads = tuple(sorted(surroundings.datasets))[:3]
    history.keep(surroundings.contents)
    measures = read_register(REGISTER).measures
    decisions = decide(project, make_plan(project), surroundings, standing={})
    history.begin(RUN, surroundings.version, [])
    body = secrets.token_bytes(BYTES)
    os.fsync = lambda _: None  # type: ignore[assignment]  # laying out is not what is measured
    for each in decisions:
        job = each.job
        facts = ReportFacts(
            title="Length of stay",
            organisation_code=job.organisations[0],
            organisation_name=f"Synthetic {job.name}",
            period_label="March 2026",
            period_folder="2026-03",
            synthetic=True,
        )
        contents = {"html": body + job.name.encode(), "pdf": b"%PDF" + body + job.name.encode()}
        entry = Entry(
            RUN,
            "stay",
            job.name,
            State.PUBLISHED,
            now(),
            facts=facts,
            parameters=job.settings,
            reads=reads,
            data={name: surroundings.datasets[name] for name in reads},
            files={"notebooks/targets.csv": surroundings.look("notebooks/targets.csv")},
            answers={
                question: surroundings.answer(question)
                for question in asked(job.organisations[0], measures)
            },
            outputs=expected_outputs(contents, PurePosixPath("2026-03", "stay", job.name)),
        )
        entry = replace(entry, key={**each.key, **surroundings.read_by(entry)})
        history.record(put_in_place(project, history, entry, contents, make_manifest(entry)))
    history.end(RUN)


def asked(trust: str, measures: Iterable[str]) -> Iterator[str]:
    """Yield what a report on all measures of a trust asks the register."""
    for each in measures:
        yield from (f"measures {each}", f"events {each} {trust}", f"comments {each} {trust} 2026-03")


def measure(root: Path) -> tuple[float, float]:
    """Return the seconds of one command: on the clock, and of the processor."""
    command = [sys.executable, "-m", "helpers.cli", "--project", str(root), "run", "--renderer", "embedded"]
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    # an installed package has its modules compiled
    told = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(command, env=told, capture_output=True, text=True, check=True)
    seconds, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    assert " unchanged; " in done.stdout, done.stdout
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print what an unchanged batch costs."""
    reports = int(sys.argv[1]) if len(sys.argv) > 1 else 2400
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "project")
        publish_all(lay_out(root, reports))
        walls, cores = zip(*(measure(root) for _ in range(5)), strict=True)
    print(f"{reports} unchanged reports: {min(walls):.2f} s, of the processor {min(cores):.2f} s")


if __name__ == "__main__":
    main()
