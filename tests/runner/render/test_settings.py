"""Settings of the project and of a notebook, in the embedded engine."""

from __future__ import annotations

import pikepdf

from helpers.bundle import Bundle
from helpers.runner.render import render
from helpers.theme import read_theme

from .reading import page_of


def test_page_settings_of_the_project_hold_in_the_embedded_engine(document_of, notebook, tmp_path):
    (tmp_path / "_quarto.yml").write_text(
        "toc-depth: 3\nformat:\n  typst:\n    papersize: a5\n", encoding="utf-8"
    )
    theme = read_theme(tmp_path / "_quarto.yml")
    made = document_of(notebook.markdown("## A\n\n### B"))
    files = render(made, ["html", "pdf"], theme=theme, folder=tmp_path)
    assert "1.1 B" in page_of(files["html"]).all("nav")[0]
    with pikepdf.open(files["pdf"]) as pdf:
        assert round(float(pdf.pages[0].MediaBox[2])) == 420


def test_front_matter_can_leave_the_contents_out(notebook, rendered):
    notebook.raw("---\ntoc: false\nnumber-sections: false\n---").markdown("## A")
    page = page_of(rendered(notebook, "html")["html"])
    assert page.tags["nav"] == 0
    assert page.all("h2")[0] == "A"


def test_text_from_a_helper_keeps_its_lists(notebook, rendered):
    notebook.bundle(Bundle(kind="text", id="t", markdown="Because:\n\n- one\n- two"))
    assert page_of(rendered(notebook, "html")["html"]).all("li") == ["one", "two", "About this report"]


def test_contents_numbers_and_language_of_the_project_hold_too(document_of, notebook, tmp_path):
    (tmp_path / "_quarto.yml").write_text("toc: false\nnumber-sections: false\nlang: cy\n", "utf-8")
    theme = read_theme(tmp_path / "_quarto.yml")
    files = render(document_of(notebook.markdown("## A")), ["html"], theme=theme, folder=tmp_path)
    page = page_of(files["html"])
    assert page.tags["nav"] == 0
    assert page.all("h2")[0] == "A"
    assert '<html lang="cy"' in files["html"].read_text("utf-8")
