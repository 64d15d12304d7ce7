"""What a report read is seen, and makes it due when it changes: files, modules, folders, the register, settings."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from nbformat import v4

from helpers.cli.assembly import open_mart, open_project
from helpers.runner.batch.run import Order, preview, run_batch
from helpers.runner.history.entries import Entry, State
from helpers.runner.history.store import History
from helpers.runner.kernel.seccomp import can_watch
from helpers.runner.key.due import RunDecision, explain
from helpers.runner.key.surroundings import survey
from helpers.runner.plan.jobs import make_plan
from helpers.runner.publish.placing import draft_folder

ORDER = Order(formats=("html",), renderer="embedded", jobs=1)
MEASURES = """
beds:
  name: Beds
  kind: count
  unit: beds
  direction: neutral
  about: other
"""
COMMENTS = """
- measure: beds
  organisation: SYN07
  month: 2026-03
  author: Analyst
  why: "{}"
"""
FILES = """
notebooks/targets.csv: {origin: published, source: Planning guidance, as_at: 2026-04-01}
"data/*.txt": {origin: other, source: Estates, as_at: 2026-03-01}
"""
CELLS = (
    'trust: "org" = "SYN07"  # code',
    """from pathlib import Path

import pandas as pd
import waits

from helpers import open_report
from helpers.report.sections import Sections

report = open_report("Beds", trust=trust, period="2026-03")
report""",
    """targets = pd.read_csv("targets.csv")
sites = [path.read_text() for path in Path("../data").glob("*.txt")]
beds = report.mart.query("FROM measure_values WHERE measure = 'beds'")
words = report.register.comments_of("beds", trust, "2026-03")
try:
    own = Path("override.csv").read_text()
except FileNotFoundError:
    own = ""
Path("written.csv").write_text("x")
Path("written.csv").read_text()
Sections(report).text("words", f"{waits.NAME}: {len(beds)} rows, {len(words)} comments.")""",
)


#: what Python's own audit hook does not see: read by DuckDB, and by a program that the notebook starts
UNSEEN = """import subprocess, sys
import duckdb
duckdb.sql("FROM '../data/own.parquet'").fetchall()
done = subprocess.run([sys.executable, "helper.py"], check=True)"""


def write_project(root: Path) -> None:
    """Write a notebook with its files, two reports of it and a register, and load a figure of each trust."""
    for folder in ("notebooks", "params/beds", "params/_register", "data"):
        (root / folder).mkdir(parents=True)
    cells = [v4.new_markdown_cell("# Beds"), *map(v4.new_code_cell, CELLS)]
    cells[1].metadata.tags = ["parameters"]
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(
        v4.new_notebook(cells=cells, metadata={"kernelspec": spec}), root / "notebooks" / "beds.ipynb"
    )
    for trust in ("SYN07", "SYN08"):
        (root / "params" / "beds" / f"{trust}.yml").write_text(f"trust: {trust}\n", "utf-8")
    texts = {
        "notebooks/targets.csv": "beds\n500\n",
        "notebooks/waits.py": "NAME = 'Beds'\n",
        "data/site.txt": "North\n",
        "_quarto.yml": "lang: en-GB\n",
        "params/_register/measures.yml": MEASURES,
        "params/_register/files.yml": FILES,
    }
    for name, text in texts.items():
        (root / name).write_text(text, "utf-8")
    with open_mart(root).load(source="returns", layout="l", policy="published", synthetic=True) as load:
        codes = ["SYN07", "SYN08"]
        load.write("organisations", pd.DataFrame({"org_code": codes, "name": codes, "kind": "trust"}))
        rows = [figure(code, measure) for code in codes for measure in ("beds", "cots")]
        load.write("measure_values", pd.DataFrame(rows))


def figure(trust: str, measure: str) -> dict[str, object]:
    """Return one figure of a trust."""
    return {
        "measure": measure,
        "org_code": trust,
        "period": pd.Timestamp("2026-03-01"),
        "period_type": "month",
        "basis": "provider",
        "numerator": 500.0,
        "denominator": None,
        "value": 500.0,
        "status": "actual",
        "origin": "published",
        "suppressed": False,
    }


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two published reports, whose notebook reads files, a module, a folder, the mart and the register."""
    root = tmp_path_factory.mktemp("reads") / "project"
    write_project(root)
    project = open_project(root)
    batch = run_batch(project, make_plan(project), ORDER)
    assert [str(entry.state) for entry in batch.entries] == ["published"] * 2, batch.entries
    return root


@pytest.fixture
def root(published: Path) -> Iterator[Path]:
    """The published reports; what a test changes of their files is put back."""
    saved = published.parent / "saved"
    kept = ("notebooks", "params", "data", "_quarto.yml")
    for name in kept:
        copy = shutil.copytree if (published / name).is_dir() else shutil.copy2
        saved.mkdir(exist_ok=True)
        copy(published / name, saved / name)
    yield published
    for name in kept:
        remove = shutil.rmtree if (published / name).is_dir() else Path.unlink
        remove(published / name)
        (saved / name).rename(published / name)


def standing(root: Path) -> Entry:
    return History(root / ".boardpack").standing()["beds", "SYN07"]


def decide_all(root: Path) -> dict[str, RunDecision]:
    project = open_project(root)
    return {each.job.name: each for each in preview(project, make_plan(project), ORDER)}


def why(root: Path, trust: str = "SYN07") -> tuple[str, ...]:
    project, decision = open_project(root), decide_all(root)[trust]
    surroundings, history = survey(project), History(root / ".boardpack")
    history.keep(surroundings.contents)
    return explain(decision, surroundings, history)


def test_everything_that_was_read_is_in_the_history(root: Path) -> None:
    entry = standing(root)
    assert list(entry.files) == [
        "data",
        "data/site.txt",
        "notebooks/override.csv",
        "notebooks/targets.csv",
        "notebooks/waits.py",
    ]
    assert entry.files["notebooks/override.csv"] == "not there"
    assert entry.reads == ("measure_values:beds", "organisations")
    assert list(entry.answers) == [
        "comments beds SYN07 2026-03",
        "files data/site.txt",
        "files notebooks/targets.csv",
    ]
    assert entry.warnings == ()


def test_about_this_report_names_files_and_code(root: Path) -> None:
    page = (root / "reports" / "2026-03" / "beds" / "SYN07.html").read_text("utf-8")
    assert "notebooks/targets.csv (published statistics, Planning guidance, as at 1 April 2026)" in page
    assert "data/site.txt (Estates, as at 1 March 2026)" in page
    assert "notebooks/waits.py" in page


def test_nothing_changed_is_unchanged(root: Path) -> None:
    assert [each.reason for each in decide_all(root).values()] == ["", ""]


@pytest.mark.parametrize(
    ("file", "text", "reason", "words"),
    [
        ("notebooks/targets.csv", "beds\n501\n", "files", "file notebooks/targets.csv: changed"),
        ("notebooks/waits.py", "NAME = 'Bed'\n", "files", "file notebooks/waits.py: changed"),
        ("data/south.txt", "South\n", "files", "folder data: changed"),
        ("data/site.txt", None, "files", "folder data: changed; file data/site.txt: is gone"),
        (
            "notebooks/override.csv",
            "x\n",
            "files",
            "file notebooks/override.csv: has come; it was looked for and not there",
        ),
        ("_quarto.yml", "lang: en-GB\ntoc: true\n", "code", "code: _quarto.yml changed"),
        (
            "params/_register/files.yml",
            FILES.replace("2026-04-01", "2026-05-01"),
            "register",
            "register: files notebooks/targets.csv changed",
        ),
    ],
)
def test_each_change_makes_both_reports_due_and_why_says_it(
    root: Path, file: str, text: str | None, reason: str, words: str
) -> None:
    if text is None:
        (root / file).unlink()
    else:
        (root / file).write_text(text, "utf-8")
    assert [each.reason for each in decide_all(root).values()] == [f"changed: {reason}"] * 2
    assert "; ".join(why(root)) == words


@pytest.mark.parametrize(
    "name", ["notebooks/other.py", "notebooks/other.csv", "params/_register/events.yml", "readme.txt"]
)
def test_what_was_not_read_makes_nothing_due(root: Path, name: str) -> None:
    (root / name).write_text("", "utf-8")
    assert [each.reason for each in decide_all(root).values()] == ["", ""]


def test_a_comment_on_one_trust_makes_its_report_due_and_no_other(root: Path) -> None:
    comments = root / "params" / "_register" / "comments.yml"
    comments.write_text(COMMENTS.format("A ward was closed."), "utf-8")
    assert {name: each.reason for name, each in decide_all(root).items()} == {
        "SYN07": "changed: register",
        "SYN08": "",
    }
    assert why(root) == ("register: comments beds SYN07 2026-03 changed",)
    comments.write_text(COMMENTS.format("x").replace("2026-03", "2026-04"), "utf-8")
    assert decide_all(root)["SYN07"].reason == "", "what is said of a later month is not in this report"


def test_a_report_that_read_a_file_of_unknown_origin_is_held_and_says_which(root: Path) -> None:
    (root / "params" / "_register" / "files.yml").write_text(FILES.splitlines()[2], "utf-8")
    project = open_project(root)
    jobs = make_plan(project, ["beds/SYN08"])
    (entry,) = run_batch(project, jobs, ORDER).entries
    assert entry.state is State.HELD
    (told,) = entry.warnings
    assert told.startswith("held: nothing says where notebooks/targets.csv comes from")
    page = draft_folder(project.state, entry) / entry.outputs["html"].path
    assert "notebooks/targets.csv (nothing says where it comes from)" in page.read_text("utf-8")


@pytest.mark.skipif(not can_watch(), reason="this system tells nobody what others open")
def test_what_duckdb_and_a_program_of_its_own_read_makes_a_report_due(tmp_path: Path) -> None:
    root = tmp_path / "project"
    write_project(root)
    notebook = nbformat.read(root / "notebooks" / "beds.ipynb", as_version=4)
    notebook.cells.insert(3, v4.new_code_cell(UNSEEN))
    nbformat.write(notebook, root / "notebooks" / "beds.ipynb")
    (root / "params" / "_register" / "files.yml").write_text(FILES.replace("*.txt", "*"), "utf-8")
    (root / "notebooks" / "helper.py").write_text("open('../data/child.csv').read()\n", "utf-8")
    (root / "data" / "child.csv").write_text("a\n1\n", "utf-8")
    pd.DataFrame({"a": [1]}).to_parquet(root / "data" / "own.parquet")
    project = open_project(root)
    batch = run_batch(project, make_plan(project, ["beds/SYN07"]), ORDER)
    assert [str(entry.state) for entry in batch.entries] == ["published"], batch.entries
    assert decide_all(root)["SYN07"].reason == ""
    for name in ("data/own.parquet", "data/child.csv", "notebooks/helper.py"):
        before = (root / name).read_bytes()
        (root / name).write_bytes(before + b"#")
        assert decide_all(root)["SYN07"].reason == "changed: files"
        assert why(root) == (f"file {name}: changed",)
        (root / name).write_bytes(before)
        assert decide_all(root)["SYN07"].reason == ""


def test_a_file_that_names_the_same_organisations_makes_nothing_due_and_one_more_organisation_does(
    tmp_path: Path,
) -> None:
    root = tmp_path / "project"
    write_project(root)

    def fingerprint(source: str, *codes: str) -> str:
        with open_mart(root).load(source=source, layout="l", policy="published") as load:
            names = pd.DataFrame({"org_code": codes, "name": codes, "kind": "trust"})
            load.write("organisations", names)
        return open_project(root).datasets(open_mart(root).version)["organisations"].fingerprint

    first = fingerprint("sickness", "SYN08")
    assert fingerprint("waits", "SYN08", "SYN07") == first
    assert fingerprint("waits", "SYN08", "SYN07", "SYN09") != first
