"""Many documents; and the same words, numbers, tags and alt texts from both engines, where there is Quarto."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import nbformat
import pikepdf
import pytest
from nbformat import v4

from helpers.bundle import Bundle, Column, Panel
from helpers.errors import ReportError
from helpers.runner.engines import FORMATS
from helpers.runner.render.quarto import render_batch
from helpers.theme import Theme

from .reading import (
    office_words,
    pdf_pages,
    pdf_pictures,
    render_each,
    said_by,
    share_that_differs,
    structure,
)
from .test_alike import MOST
from .test_words import HOSTILE


def broken(made):
    return replace(made, markdown=made.markdown + "\n\nSee @fig-none.\n")


def test_one_failing_document_leaves_the_others_alone(full, document_of, tmp_path):
    made = document_of(full)
    documents = {"a": made, "bad": broken(made), "c": made}
    results = render_each(documents, ["html"], theme=Theme(), folder=tmp_path)
    assert list(results) == ["a", "bad", "c"]
    assert "@fig-none" in str(results["bad"])
    assert results["a"]["html"].is_file()
    assert results["c"]["html"].is_file()


def pdf_words(path):
    """The words of each page, however its lines are broken."""
    return [re.sub(r"[\s-]", "", page) for page in pdf_pages(path)]


def tables(maker):
    """A table over several pages, one with headings across and icons, and blocks side by side."""
    long = tuple((f"Specialty {n} with a name", n) for n in range(90))
    columns = (Column(label="Measure"), *(Column(label=f"Value {n}", kind="rate") for n in range(7)))
    icon = Column(label="Variation", kind="icon")
    rows = (("Patients", *[None] * 8), ("Stay", "concern_high", *[1.5] * 7))
    card = Bundle(
        kind="table",
        id="tbl-card",
        caption="Card",
        columns=(columns[0], icon, *columns[1:]),
        rows=rows,
        groups=(0,),
    )
    panels = (Panel(icon="improvement_low"), Panel(icon="hit_or_miss"))
    maker.table("tbl-long", rows=long).table("tbl-wide", columns=columns, rows=(("Stay", *[1.5] * 7),))
    return maker.bundle(card).bundle(Bundle(kind="panels", id="icons", panels=panels))


@pytest.mark.long
def test_both_engines_say_the_same(facts, full, document_of, tmp_path, real_quarto):
    maker_of = type(full)
    made = {"full": document_of(full)}
    for number, name in enumerate(HOSTILE):
        maker = maker_of(facts.model_copy(update={"title": name, "organisation_name": name})).opened()
        maker.figure(caption=name, alt=name).table(caption=name, rows=((name, 1),))
        made[f"hostile-{number}"] = document_of(maker)
    made["tables"] = document_of(tables(maker_of(facts).opened()))
    made["bad"] = broken(made["full"])
    folders = {name: tmp_path / name for name in ("embedded", "quarto")}
    for folder in folders.values():
        folder.mkdir()
    ours = render_each(made, FORMATS, theme=Theme(), folder=folders["embedded"])
    theirs = render_batch(made, FORMATS, theme=Theme(), folder=folders["quarto"], quarto=real_quarto)
    assert "@fig-none" in str(ours.pop("bad"))
    assert "@fig-none" in str(theirs.pop("bad"))
    for stem, files in ours.items():
        assert not isinstance(theirs[stem], ReportError), theirs[stem]
        assert said_by(theirs[stem]["html"]) == said_by(files["html"]), stem
        assert pdf_words(theirs[stem]["pdf"]) == pdf_words(files["pdf"]), stem
        pages = zip(pdf_pictures(files["pdf"]), pdf_pictures(theirs[stem]["pdf"]), strict=True)
        assert max(share_that_differs(*pair) for pair in pages) <= MOST, stem
        for name in ("docx", "pptx"):
            assert office_words(theirs[stem][name]) == office_words(files[name]), (stem, name)
        with pikepdf.open(files["pdf"]) as mine, pikepdf.open(theirs[stem]["pdf"]) as other:
            assert structure(other) == structure(mine), stem
            assert str(other.Root.Lang) == str(mine.Root.Lang)
            assert str(other.docinfo.Title) == str(mine.docinfo.Title)


@pytest.fixture
def bare(tmp_path):
    """A project with two small notebooks, one of them without a place in it."""
    root = Path(__file__).parents[3]
    ignored = shutil.ignore_patterns("__pycache__")
    for name in ("src/helpers/theme", "src/helpers/cli"):
        shutil.copytree(root / name, tmp_path / name, ignore=ignored)
    for name in ("_quarto.yml", ".gitignore"):
        shutil.copy(root / name, tmp_path)
    parameters = v4.new_code_cell("specialty = 100", metadata={"tags": ["parameters"]})
    shown = v4.new_code_cell("6 * 7 / (specialty != 0), specialty")
    cells = [v4.new_raw_cell("---\ntitle: T\n---"), v4.new_markdown_cell("## A"), parameters, shown]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    for name in ("notebooks/a.ipynb", "params/x/b.ipynb"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(v4.new_notebook(cells=cells, metadata=kernel), tmp_path / name)
    return tmp_path


def call_quarto(quarto, folder, *words):
    environ = {**os.environ, "QUARTO_PYTHON": sys.executable}
    environ.pop("BOARDPACK_STATE", None)
    return subprocess.run(
        [quarto.path, "render", *words, "--to", "html"],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        timeout=300,
    )


def tracked(folder):
    """What a repository would hold."""
    return {
        name: (folder / name).read_bytes() for name in ("notebooks/a.ipynb", ".gitignore", "_quarto.yml")
    }


def test_a_bare_quarto_render_stays_away_from_the_reports_and_leaves_files_as_they_were(bare, real_quarto):
    before = tracked(bare)
    done = call_quarto(real_quarto, bare)
    assert done.returncode == 0, done.stderr
    assert tracked(bare) == before
    pages = [path.relative_to(bare) for path in bare.rglob("*.html")]
    pages = [path for path in pages if path.parts[0] != "src"]
    assert pages == [Path(".boardpack/quarto/notebooks/a.html")]
    text = (bare / pages[0]).read_text(encoding="utf-8")
    assert "(42.0, 100)" in text  # it was run
    assert not re.search(r'<(?:script|img|link)[^>]+(?:src|href)="https?:', text)


def test_a_preview_with_parameters_leaves_files_as_they_were_also_when_the_notebook_fails(
    bare, real_quarto
):
    before = tracked(bare)
    failed = call_quarto(real_quarto, bare, "notebooks/a.ipynb", "-P", "specialty:0")
    assert failed.returncode != 0
    done = call_quarto(real_quarto, bare, "notebooks/a.ipynb", "-P", "specialty:110")
    assert done.returncode == 0, done.stderr
    assert "(42.0, 110)" in (bare / ".boardpack/quarto/notebooks/a.html").read_text(encoding="utf-8")
    assert tracked(bare) == before
    assert not (bare / ".boardpack/previewed").exists()
