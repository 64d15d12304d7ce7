"""Finding Quarto, and what is made of what it says; a stand-in for the command answers here."""

from __future__ import annotations

import sys

import pytest

from helpers.errors import ReportError, UsageError
from helpers.runner.engines import Quarto, choose_engine, find_quarto
from helpers.runner.render.quarto import render_batch
from helpers.theme import Theme, font_folder

STAND_IN = """#!{python}
import os, pathlib, sys, yaml
if "--version" in sys.argv:
    print("{version}"); sys.exit(0)
with open("calls", "a") as calls:
    calls.write("x")
pathlib.Path("fonts").write_text(os.environ["TYPST_FONT_PATHS"] + " " + os.environ["TYPST_IGNORE_SYSTEM_FONTS"])
settings = yaml.safe_load(open("_quarto.yml"))
for source in settings["project"]["render"]:
    text = pathlib.Path(source).read_text()
    if "BREAK" in text:
        sys.stderr.write("\\x1b[31mERROR: it broke\\x1b[39m\\n"); sys.exit({status})
    for kind in settings["format"]:
        out = pathlib.Path("_out", source).with_suffix({{"typst": ".pdf"}}.get(kind, "." + kind))
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text('<img src="https://example.org/x.png">' if "REMOTE" in text else "<p>done</p>")
"""


@pytest.fixture
def stand_in(tmp_path):
    def make(version="1.9.38", status=1):
        path = tmp_path / "quarto"
        path.write_text(STAND_IN.format(python=sys.executable, version=version, status=status))
        path.chmod(0o755)
        return path

    return make


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def test_without_a_command_there_is_no_quarto(tmp_path):
    assert find_quarto({"PATH": str(tmp_path)}) is None


@pytest.mark.parametrize("as_folder", [True, False])
def test_quarto_path_names_the_command_or_its_folder(stand_in, as_folder):
    path = stand_in()
    named = path.parent if as_folder else path
    assert find_quarto({"QUARTO_PATH": str(named), "PATH": ""}) == Quarto(path, (1, 9, 38))


def test_the_command_is_found_on_the_path(stand_in):
    path = stand_in("1.10.18")
    assert find_quarto({"PATH": str(path.parent)}) == Quarto(path, (1, 10, 18))


@pytest.mark.parametrize(
    ("version", "said"), [("1.8.27", "version 1.8.27; allowed: 1.9"), ("what", "no version")]
)
def test_a_version_that_cannot_be_used_is_refused(stand_in, version, said):
    with pytest.raises(ReportError, match=said):
        find_quarto({"QUARTO_PATH": str(stand_in(version)), "PATH": ""})


def test_a_path_that_names_nothing_is_refused(tmp_path):
    with pytest.raises(ReportError, match="QUARTO_PATH"):
        find_quarto({"QUARTO_PATH": str(tmp_path / "nothing"), "PATH": ""})


def test_one_too_old_on_the_path_is_passed_over_unless_it_is_asked_for(stand_in, monkeypatch):
    folder = str(stand_in("1.8.27").parent)
    monkeypatch.setenv("PATH", folder)
    monkeypatch.delenv("QUARTO_PATH", raising=False)
    assert choose_engine("auto") is None
    with pytest.raises(ReportError, match=r"version 1\.8\.27"):
        choose_engine("quarto")
    monkeypatch.setenv("QUARTO_PATH", folder)
    with pytest.raises(ReportError, match=r"version 1\.8\.27"):
        choose_engine("auto")


def test_asking_for_quarto_where_there_is_none_is_wrong_usage(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("QUARTO_PATH", raising=False)
    assert choose_engine("auto") is None
    assert choose_engine("embedded") is None
    with pytest.raises(UsageError, match="no such command"):
        choose_engine("quarto")


def test_a_batch_is_one_call(stand_in, project, notebook, document_of):
    made = document_of(notebook)
    engine = Quarto(stand_in(), (1, 9))
    results = render_batch(
        {"a": made, "b": made}, ["html", "pdf"], theme=Theme(), folder=project, quarto=engine
    )
    assert (project / "calls").read_text() == "x"
    assert results["b"]["pdf"].read_text() == "<p>done</p>"
    assert (
        project / "fonts"
    ).read_text() == f"{font_folder()} true"  # those of the embedded engine, no others


@pytest.mark.parametrize("status", [0, 1])
def test_a_failing_document_is_named_whatever_the_exit_status(
    stand_in, project, notebook, document_of, status
):
    made, bad = document_of(notebook), document_of(notebook.markdown("BREAK"))
    engine = Quarto(stand_in(status=status), (1, 9))
    documents = {"a": made, "bad": bad, "c": made}
    results = render_batch(documents, ["html"], theme=Theme(), folder=project, quarto=engine)
    assert str(results["bad"]) == "bad (Quarto): ERROR: it broke. See the document in the run's folder."
    assert results["a"].keys() == results["c"].keys() == {"html"}


def test_a_page_that_would_load_something_is_refused(stand_in, project, notebook, document_of):
    bad = document_of(notebook.markdown("REMOTE"))
    engine = Quarto(stand_in(), (1, 9))
    results = render_batch({"bad": bad}, ["html"], theme=Theme(), folder=project, quarto=engine)
    assert "example.org" in str(results["bad"])


@pytest.mark.parametrize("stem", ["../a", "a b", "", ".a"])
def test_a_stem_that_is_no_file_name_is_refused(stand_in, project, notebook, document_of, stem):
    made, engine = document_of(notebook), Quarto(stand_in(), (1, 9))
    with pytest.raises(ReportError, match="not a stem"):
        render_batch({stem: made}, ["html"], theme=Theme(), folder=project, quarto=engine)
