from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from helpers.hashes import hash_files
from helpers.runner.history.entries import Entry, Output, State
from helpers.runner.key.due import RunDecision, Wish, decide
from helpers.runner.key.surroundings import Surroundings, keys_of
from helpers.runner.plan.jobs import Job, make_plan
from helpers.runner.project import DataSet, Project

SETS = {"spells/records": DataSet("s1"), "measure_values/own": DataSet("m1")}
AROUND = Surroundings("code", "environment", "v1", SETS)
HTML = b"<html>"


@pytest.fixture
def project(lay_out: Callable[..., Path]) -> Project:
    project = Project(lay_out({"good": {"SYN07.yml": "trust: SYN07"}}))
    path = project.reports / "2026-03" / "good" / "SYN07.html"
    path.parent.mkdir(parents=True)
    path.write_bytes(HTML)
    return project


def decide_one(
    project: Project, previous: Entry | None, around: Surroundings = AROUND, **options: object
) -> RunDecision:
    standing = {("good", "SYN07"): previous} if previous else {}
    wish = Wish(**{"formats": ("html",), **options})
    (decision,) = decide(project, make_plan(project), around, standing=standing, wish=wish)
    return decision


def published_entry(project: Project) -> Entry:
    """Return the entry that a run in these surroundings, which read the spells, would have left."""
    key = decide_one(project, None).key
    reads = ("spells/records",)
    output = Output("2026-03/good/SYN07.html", hashlib.sha256(HTML).hexdigest())
    entry = Entry("run1", "good", "SYN07", State.PUBLISHED, reads=reads, outputs={"html": output})
    return replace(entry, key={**key, **AROUND.read_by(entry)})


def test_a_report_that_was_never_published_is_due(project: Project) -> None:
    assert decide_one(project, None).reason == "never published"


def test_a_report_of_which_nothing_changed_is_not_due(project: Project) -> None:
    assert decide_one(project, published_entry(project)).reason == ""


def test_force_makes_it_due(project: Project) -> None:
    assert decide_one(project, published_entry(project), force=True).reason == "forced"


@pytest.mark.parametrize(
    ("around", "reason"),
    [
        (replace(AROUND, code="other"), "changed: code"),
        (replace(AROUND, environment="other"), "changed: environment"),
        (replace(AROUND, datasets={**SETS, "spells/records": DataSet("s2")}), "changed: data"),
        (replace(AROUND, datasets={}), "changed: data"),
        (replace(AROUND, datasets={**SETS, "measure_values/own": DataSet("m2")}), ""),
        (replace(AROUND, version="v2"), ""),
    ],
)
def test_only_what_the_report_depends_on_makes_it_due(
    project: Project, around: Surroundings, reason: str
) -> None:
    assert decide_one(project, published_entry(project), around).reason == reason


def test_a_changed_notebook_and_changed_parameters_make_it_due(project: Project) -> None:
    entry = published_entry(project)
    (project.params / "good" / "SYN07.yml").write_text("trust: SYN08")
    notebook = project.notebooks / "good.ipynb"
    notebook.write_text(notebook.read_text("utf-8") + "\n", "utf-8")
    assert decide_one(project, entry).reason == "changed: notebook, parameters"


def test_a_format_that_is_not_yet_published_makes_it_due(project: Project) -> None:
    decision = decide_one(project, published_entry(project), formats=("pdf",))
    assert decision.reason == "not yet published as pdf"
    assert decision.formats == ("pdf", "html")  # both will come from one run


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_bytes(b"altered")])
def test_a_published_file_that_is_gone_or_altered_makes_it_due(
    project: Project, spoil: Callable[[Path], object]
) -> None:
    entry = published_entry(project)
    spoil(project.reports / "2026-03" / "good" / "SYN07.html")
    assert decide_one(project, entry).reason == "the published file is missing or was altered"


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_bytes(b"%PDF altered")])
def test_a_pdf_that_is_gone_or_altered_makes_it_due_beside_a_whole_page(
    project: Project, spoil: Callable[[Path], object]
) -> None:
    entry, path = published_entry(project), project.reports / "2026-03" / "good" / "SYN07.pdf"
    path.write_bytes(b"%PDF")
    pdf = Output("2026-03/good/SYN07.pdf", hashlib.sha256(b"%PDF").hexdigest())
    entry = replace(entry, outputs={**entry.outputs, "pdf": pdf})
    assert decide_one(project, entry).reason == ""
    spoil(path)
    assert decide_one(project, entry).reason == "the published file is missing or was altered"


def test_what_it_read_and_asked_is_compared_for_each_report(project: Project) -> None:
    """Reports with the same answers and files are looked at once: another one's change is seen all the same."""
    now = {"beds.csv": "one", "measures beds": "yes"}
    around = replace(AROUND, look=lambda name: now[name], answer=lambda asked: now[asked])
    read = replace(published_entry(project), files={"beds.csv": "one"}, answers={"measures beds": "yes"})
    entry = replace(read, key={**read.key, **around.read_by(read)})
    assert decide_one(project, entry, around).reason == ""
    other = replace(read, files={"beds.csv": "two"})
    other = replace(
        other, key={**read.key, **keys_of(around.meant_by(read.reads), other.files, other.answers)}
    )
    assert decide_one(project, other, around).reason == "changed: files"
    now["measures beds"] = "no"
    again = replace(around, look=around.look)  # the surroundings of a later run
    assert decide_one(project, entry, again).reason == "changed: register"
    bare = replace(entry, key={part: value for part, value in entry.key.items() if part != "files"})
    assert decide_one(project, bare, again).reason == "changed: files, register"


def test_a_tree_is_told_by_names_and_contents(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x")
    before = hash_files([tmp_path])
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_text("compiled")
    assert hash_files([tmp_path]) == before
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert hash_files([tmp_path]) != before


def test_jobs_of_one_notebook_differ_by_their_parameters_alone(project: Project) -> None:
    (project.params / "good" / "SYN08.yml").write_text("trust: SYN08")
    jobs: tuple[Job, ...] = make_plan(project)
    first, second = (each.key for each in decide(project, jobs, AROUND, standing={}))
    assert [part for part in first if first[part] != second[part]] == ["parameters"]
