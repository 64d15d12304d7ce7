"""A full report, rendered by the embedded engine; and the real Quarto where there is one."""

from __future__ import annotations

import pytest

from helpers.bundle import Bundle, Column, Panel
from helpers.runner.document.making import Document
from helpers.runner.engines import find_quarto
from helpers.runner.render import render
from helpers.theme import Theme


@pytest.fixture
def rendered(document_of, tmp_path):
    def run(maker, *formats):
        document = maker if isinstance(maker, Document) else document_of(maker)
        return render(document, formats, theme=Theme(), folder=tmp_path)

    return run


@pytest.fixture
def full(notebook):
    notebook.text("Patients stay longer.\n\nAbout 74 beds.", "headline")
    notebook.markdown(
        "## Where to look {#sec-look}\n\n"
        "@sec-stay, @sec-deep, @tbl-stay, [-@fig-two] and [@fig-stay; @fig-two]."
    )
    notebook.table().markdown("## Stay {#sec-stay}\n\nMeaning.")
    columns = (Column(label="Month"), Column(label="Mean", kind="rate", digits=1))
    notebook.figure(columns=columns, rows=(("April", 4.5),))
    panels = (Panel(title="What", markdown="Shorter."), Panel(icon="improvement_low", markdown="By *far*."))
    notebook.bundle(Bundle(kind="panels", id="what", panels=panels))
    notebook.markdown("### Deeper {#sec-deep}\n\n::: {.callout-note}\n## How to read\nText.\n:::")
    return notebook.figure("fig-two", alt='Second "chart" \\ with <marks>')


@pytest.fixture
def real_quarto():
    found = find_quarto()
    if found is None:
        pytest.skip("no quarto command on the path or in QUARTO_PATH")
    return found
