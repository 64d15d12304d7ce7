"""What an open report does with an analyst's own content, up to the document."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import nbformat
import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell
from reports_made import APRIL, USUAL, fill_mart

from helpers.bundle import MIME
from helpers.data.mart import Mart
from helpers.data.organisations.directory import find_organisation
from helpers.report.own.frames import show_as_tables
from helpers.report.report import Report
from helpers.runner.document.making import Document, Provenance, find_problems, make_document

BEDS = "SELECT org_code, value FROM measure_values WHERE measure = 'beds' AND org_code = $trust"


@pytest.fixture
def report(tmp_path: Path) -> Report:
    """Return a report whose mart holds published beds and records of spells."""
    fill_mart(tmp_path, USUAL)
    mart = Mart(tmp_path / "mart")
    row = {
        "measure": "beds", "org_code": "T1", "period": "2026-04-01", "period_type": "month", "basis": "provider",
        "value": 120.0, "status": "actual", "origin": "published", "suppressed": False,
    }  # fmt: skip
    with mart.load(source="kh03", name="Beds (KH03)", layout="l", policy="published") as load:
        load.write("measure_values", pd.DataFrame([row]))
    mart = mart.at(mart.version)
    return Report("Beds", tmp_path, mart, find_organisation(mart, "T1"), APRIL)


def executed(report: Report, *cells: tuple[str, Any]) -> nbformat.NotebookNode:
    """Return the notebook that shows the report and then some objects, each below its cell's source."""
    made = []
    for count, (source, shown) in enumerate((("report", report), *cells), start=1):
        data = shown._repr_mimebundle_()
        output = nbformat.v4.new_output("display_data", data=data)
        made.append(nbformat.v4.new_code_cell(source, execution_count=count, outputs=[output]))
    return nbformat.v4.new_notebook(cells=made)


def document(*given: Any) -> Document:
    provenance = Provenance(run_id="r", notebook="beds", code_version="v")
    return make_document(executed(*given), provenance=provenance)


def chart() -> Any:
    _, axes = plt.subplots(figsize=(6, 2))
    axes.plot([1, 2])
    return axes


def test_what_was_asked_is_the_source_of_what_is_shown(report: Report) -> None:
    assert report.query(BEDS, trust="T1")["value"].tolist() == [120.0]
    bundle = report.say("{n} beds", n=120)._repr_mimebundle_()[MIME]
    assert [source["name"] for source in bundle["sources"]] == ["Beds (KH03)"]
    assert bundle["origin"] == "published"
    assert "measure_values" in bundle["reads"]


def test_a_figure_a_table_and_a_sentence_in_code_stand_in_the_document(report: Report) -> None:
    beds = report.query(BEDS, trust="T1")
    made = document(
        report,
        ("x", report.figure(chart(), caption="Beds of *T1*", alt="A line.", label="fig-beds", data=beds)),
        ("x", report.table(beds, caption="Beds", columns={"org_code": "Trust", "value": "Beds"})),
        ("x", report.say("**{name}** has {n} beds.", name="A*", n=120)),
    )
    assert '![Beds of *T1*](figures/fig-beds.svg){#fig-beds fig-alt="A line\\."}' in made.markdown
    assert '::: {.data-behind figure="fig-beds"' in made.markdown
    assert '::: {.html-table label="tbl-beds" aligned="lr"' in made.markdown
    assert "<tr><td>T1</td><td>120</td></tr>" in made.markdown
    assert "**A\\*** has 120 beds." in made.markdown
    assert "Beds \\(KH03\\)" in made.markdown.partition("About this report")[2]


def test_captions_and_labels_may_stand_in_the_cell_too(report: Report) -> None:
    options = "#| label: fig-x\n#| fig-cap: Beds\n#| fig-alt: A line.\nx"
    made = document(report, (options, report.figure(chart())), ("#| tbl-cap: T\nx", report.table(beds())))
    assert '![Beds](figures/fig-x.svg){#fig-x fig-alt="A line\\."}' in made.markdown
    assert 'label="tbl-t"' in made.markdown


def test_a_figure_whose_data_are_all_hidden_gives_way_to_a_sentence(report: Report) -> None:
    hidden = pd.DataFrame({"age": ["0-17", "85+"], "stay": [None, None]})
    made = document(report, ("x", report.figure(chart(), caption="Stays", alt="A grid.", data=hidden)))
    assert "Nothing can be drawn" in made.markdown
    assert made.figures == {}


def beds() -> pd.DataFrame:
    return pd.DataFrame({"beds": [12]})


def test_of_a_table_without_rows_is_said_that_there_are_none(report: Report) -> None:
    shown = report.table(beds().head(0), caption="Beds", none="No ward has a bed.")
    assert (shown.bundle.kind, shown.bundle.markdown) == ("text", "No ward has a bed.")
    assert report.table(beds(), caption="Beds", none="No ward has a bed.").bundle.kind == "table"
    of_a_cell = "#| label: tbl-beds\n#| tbl-cap: Beds\nx"
    made = document(report, (of_a_cell, report.table(beds().head(0).style, none="No ward has a bed.")))
    assert "No ward has a bed." in made.markdown


def test_what_is_lacking_is_refused_by_name_with_the_option(report: Report) -> None:
    book = executed(report, ("x", report.table(beds())), ("x", report.figure(chart(), caption="Beds")))
    first, second = map(str, find_problems(book))
    assert first.startswith("cell 2 (In [2]): a table without a caption. Put `#| tbl-cap:")
    assert second.startswith("cell 3 (In [3]): a figure without an alt text. Put `#| fig-alt:")


def test_going_round_the_query_to_figures_counted_from_patients_is_refused(report: Report) -> None:
    mart = Mart(report.mart.path)
    row = {
        "measure": "falls", "org_code": "T1", "period": "2026-04-01", "period_type": "month", "basis": "provider",
        "value": 3.0, "status": "actual", "origin": "records", "suppressed": False,
    }  # fmt: skip
    with mart.load(source="own", name="Falls", layout="l", policy="hes_record_level") as load:
        load.write("measure_values", pd.DataFrame([row]))
    own = replace(report, mart=mart.at(mart.version))
    assert own.query("SELECT value FROM measure_values WHERE measure = 'falls'").empty
    assert not find_problems(executed(own, ("x", own.say("none")), ("x", own.deliver(beds(), "beds.csv"))))
    own.mart.query("SELECT value FROM measure_values WHERE measure = 'falls'")
    (problem,) = find_problems(executed(own, ("x", own.say("3 falls"))))
    assert "own content where patient records have been read" in str(problem)
    (problem,) = find_problems(executed(own, ("x", own.deliver(beds(), "beds.csv"))))
    assert "own content where patient records have been read" in str(problem)


def test_a_series_is_shown_as_a_table_is() -> None:
    shell = InteractiveShell.instance()
    try:
        show_as_tables()
        data, _ = shell.display_formatter.format(pd.Series([3], index=pd.Index(["Ash"], name="ward")))
        assert "<th>Ash</th>" in data["text/html"]
        room = pd.DataFrame({"age": ["0-17", "85+"], "mean": [None, 8.8], "hidden": [True, False]})
        (html,) = (shell.display_formatter.format(room)[0]["text/html"],)
        assert "<td>*</td>" in html
        assert "<td>8.8</td>" in html
        assert "hidden" not in html
        words = room.assign(hidden=["a", "b"])  # a column of somebody's own
        assert "<th>hidden</th>" in shell.display_formatter.format(words)[0]["text/html"]
    finally:
        InteractiveShell.clear_instance()


def test_quarto_captions_a_figure_of_ones_own_in_a_preview(
    report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUARTO_DOCUMENT_PATH", ".")
    unlabelled = report.figure(chart(), caption="*Beds*", alt="A line.")._repr_mimebundle_()
    assert unlabelled["text/markdown"].startswith("![*Beds*](data:image/svg+xml;base64,")
    assert unlabelled["text/markdown"].endswith('{fig-alt="A line\\."}')
    labelled = report.figure(chart(), label="fig-x", caption="Beds", alt="A line.")._repr_mimebundle_()
    assert labelled["text/markdown"].endswith('{#fig-x fig-alt="A line\\."}')


@pytest.mark.parametrize(
    ("label", "caption", "begins", "ends"),
    [
        (
            "",
            "Beds *by ward*",
            "::: {#tbl-beds-by-ward}\n\n``````{=html}\n<table",
            "</table>\n``````\n\nBeds *by ward*\n\n:::\n\nA note.",
        ),
        (
            "tbl-x",
            "Beds",
            "::: {#tbl-x}\n\n``````{=html}\n<table",
            "</table>\n``````\n\nBeds\n\n:::\n\nA note.",
        ),
        ("tbl-x", "", "``````{=html}\n<table", "</table>\n``````\n\nA note."),
    ],
)
def test_a_table_of_ones_own_makes_no_preview_load_a_script(
    report: Report, monkeypatch: pytest.MonkeyPatch, label: str, caption: str, begins: str, ends: str
) -> None:
    shown = report.table(beds(), caption=caption, label=label, note="A note.")
    assert "text/html" in shown._repr_mimebundle_()
    monkeypatch.setenv("QUARTO_DOCUMENT_PATH", ".")
    look = shown._repr_mimebundle_()
    assert "text/html" not in look  # for which Quarto adds require.js and jQuery
    assert look["text/markdown"].startswith(begins)
    assert look["text/markdown"].endswith(ends)
