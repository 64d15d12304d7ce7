"""One shown object: its look in JupyterLab and the bundle for the runner."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pytest

from helpers.bundle import MIME, Bundle, Column, Panel
from helpers.report.shown import Shown, draw, picture_of


def test_a_text_is_markdown() -> None:
    shown = Shown(Bundle(kind="text", id="say", markdown="The mean fell."))._repr_mimebundle_()
    assert shown["text/markdown"] == shown["text/plain"] == "The mean fell."
    assert shown[MIME]["id"] == "say"


def test_a_table_is_a_markdown_table_with_units_signs_and_its_note() -> None:
    columns = (Column(label="A|B"), Column(label="Stay", kind="rate", unit="days", digits=1, signed=True))
    rows = (("x|y", -1.25), ("z", None), ("w", "*"))
    bundle = Bundle(
        kind="table", id="tbl-a", caption="Stays.", columns=columns, rows=rows, markdown="A note."
    )
    assert Shown(bundle)._repr_mimebundle_()["text/markdown"].splitlines() == [
        "**Stays.**", "", "| A\\|B | Stay (days) |", "| :--- | ---: |", "| x\\|y | −1.2 |", "| z | – |",
        "| w | * |", "", "A note.",
    ]  # fmt: skip


def test_a_figure_is_its_picture_with_the_alt_text_as_plain_text() -> None:
    bundle = Bundle(kind="figure", id="fig-a", alt="A line.", columns=(Column(label="x"),), rows=((1,),))
    shown = Shown(bundle, "<svg/>")._repr_mimebundle_()
    assert shown["image/svg+xml"] == "<svg/>"
    assert shown["text/plain"] == "A line."
    assert "text/markdown" not in shown


def test_a_kernel_that_quarto_started_shows_what_quarto_captions_and_numbers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("QUARTO_DOCUMENT_PATH", "/somewhere/notebooks")
    figure = Bundle(kind="figure", id="fig-a", caption="Stays *", alt='A "line" rises')
    shown = Shown(figure, "<svg/>")._repr_mimebundle_()
    assert shown["text/markdown"] == (
        '![Stays \\*](data:image/svg+xml;base64,PHN2Zy8+){#fig-a fig-alt="A \\"line\\" rises"}'
    )
    assert "image/svg+xml" not in shown
    table = Bundle(kind="table", id="tbl-a", caption="Stays", columns=(Column(label="x"),), rows=(("y",),))
    assert Shown(table)._repr_mimebundle_()["text/markdown"].splitlines() == [
        "| x |", "| :--- |", "| y |", "", ": Stays {#tbl-a}",
    ]  # fmt: skip
    words = Bundle(kind="text", id="say", markdown="The mean fell.")
    assert Shown(words)._repr_mimebundle_()["text/markdown"] == "The mean fell."


def test_a_drawing_is_the_same_bytes_each_time_and_leaves_no_figure_open() -> None:
    def chart() -> plt.Figure:
        figure, axes = plt.subplots()
        axes.plot([1, 2])
        return figure

    before = plt.get_fignums()
    first, second = picture_of(draw(chart)), picture_of(draw(chart))
    assert first == second
    assert "<svg" in first
    assert plt.get_fignums() == before


@pytest.mark.parametrize("kind", ["text", "headline"])
def test_nothing_to_say_is_an_empty_text(kind: str) -> None:
    bundle = Bundle(kind=kind, id="say")  # type: ignore[arg-type]
    assert Shown(bundle)._repr_mimebundle_()["text/plain"] == "say"


def test_the_list_of_a_panel_stands_apart_from_its_title_in_jupyterlab() -> None:
    panels = (Panel(title="Alert", markdown="- one\n- two"), Panel(icon="concern_high"))
    shown = Shown(Bundle(kind="panels", id="alerts", panels=panels))
    assert shown._repr_mimebundle_()["text/markdown"] == "**Alert**\n\n- one\n- two\n\nworsening, higher"


def test_icons_stand_to_the_left_in_jupyterlab() -> None:
    columns = (Column(label="Variation", kind="icon"),)
    bundle = Bundle(kind="table", id="tbl-a", caption="A", columns=columns, rows=(("common",),))
    assert "| :--- |" in Shown(bundle)._repr_mimebundle_()["text/markdown"]
