"""Notebooks as a kernel would leave them, made by hand; and a family of processes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import nbformat
import pytest
from nbformat import v4

from helpers.bundle import MIME, Bundle, Column, ReportFacts, Source
from helpers.runner.document.making import Document, Provenance, make_document
from helpers.runner.processes import end_group

SVG = (
    '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x.dtd">\n'
    '<svg xmlns="http://www.w3.org/2000/svg" width="468pt" height="200pt" viewBox="0 0 468 200">'
    "<metadata><date>2026-10-14T09:15:00</date></metadata>"
    '<path d="M10 190 L230 20 L450 120" fill="none" stroke="#005EB8"/></svg>'
)


@dataclass
class NotebookMaker:
    """Makes an executed notebook cell by cell; a report is opened in its second cell."""

    facts: ReportFacts
    cells: list[nbformat.NotebookNode] = field(default_factory=list)
    count: int = 0

    def raw(self, source: str) -> NotebookMaker:
        self.cells.insert(0, v4.new_raw_cell(source))
        return self

    def markdown(self, source: str) -> NotebookMaker:
        self.cells.append(v4.new_markdown_cell(source))
        return self

    def code(self, *outputs: nbformat.NotebookNode, tags: tuple[str, ...] = ()) -> NotebookMaker:
        self.count += 1
        cell = v4.new_code_cell("report.show()", execution_count=self.count, outputs=list(outputs))
        cell.metadata.tags = list(tags)
        self.cells.append(cell)
        return self

    def shows(self, data: dict[str, Any]) -> NotebookMaker:
        return self.code(v4.new_output("display_data", data=data))

    def bundle(self, bundle: Bundle, svg: str | None = None) -> NotebookMaker:
        data: dict[str, Any] = {
            MIME: bundle.model_dump(mode="json"),
            "text/plain": "x",
            "text/html": "<b>x</b>",
        }
        return self.shows(data if svg is None else {**data, "image/svg+xml": svg})

    def opened(self) -> NotebookMaker:
        return self.bundle(Bundle(kind="report", id="report", report=self.facts))

    def figure(self, figure_id: str = "fig-stay", *, svg: str | None = SVG, **fields: Any) -> NotebookMaker:
        told = {
            "caption": "Mean stay by month",
            "alt": "Line chart. The mean falls from 5 to 4 days.",
            **fields,
        }
        return self.bundle(Bundle(kind="figure", id=figure_id, **told), svg)

    def table(self, table_id: str = "tbl-stay", **fields: Any) -> NotebookMaker:
        told = {
            "caption": "Stay by specialty",
            "columns": (Column(label="Specialty"), Column(label="Beds", kind="count", unit="beds")),
            "rows": (("Cardiology", 1250),),
            **fields,
        }
        return self.bundle(Bundle(kind="table", id=table_id, **told))

    def text(self, markdown: str, kind: Any = "text") -> NotebookMaker:
        return self.bundle(Bundle(kind=kind, id=kind, markdown=markdown))

    def build(self) -> nbformat.NotebookNode:
        return v4.new_notebook(cells=self.cells)


@pytest.fixture
def facts() -> ReportFacts:
    return ReportFacts(
        title="Length of stay",
        organisation_code="SYN07",
        organisation_name="Synthetic Northmoor",
        period_label="April 2025 to March 2026",
        period_folder="2026-03",
        synthetic=False,
    )


@pytest.fixture
def notebook(facts: ReportFacts) -> NotebookMaker:
    """A notebook in which a report is opened and nothing more."""
    return NotebookMaker(facts).opened()


@pytest.fixture
def empty_notebook(facts: ReportFacts) -> NotebookMaker:
    return NotebookMaker(facts)


@pytest.fixture
def source() -> Source:
    return Source(name="Admitted care", dataset="spells/demo", as_at="2026-10-14", origin="records")


@pytest.fixture
def provenance() -> Provenance:
    return Provenance(
        run_id="20261014-0915-ab12",
        notebook="los_deviation",
        code_version="boardpack 0.1.0",
        parameters={"trust": "SYN07", "period": "2026-03", "specialties": None},
        suppression="Counts of 1 to 7 people are shown as *.",
    )


@pytest.fixture
def document_of(provenance: Provenance) -> Callable[[NotebookMaker], Document]:
    return lambda maker: make_document(maker.build(), provenance=provenance)


# A process that leads a group and starts another one, which ignores a polite request to end.
FAMILY = """
import signal, subprocess, sys, time
child = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
subprocess.Popen([sys.executable, "-c", child])
print("ready", flush=True)
time.sleep(600)
"""


@pytest.fixture
def family() -> Iterator[subprocess.Popen[str]]:
    code = [sys.executable, "-c", FAMILY]
    with subprocess.Popen(code, stdout=subprocess.PIPE, text=True, start_new_session=True) as leader:
        assert leader.stdout is not None
        assert leader.stdout.readline() == "ready\n"
        yield leader
        end_group(leader.pid)
