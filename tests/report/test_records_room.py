"""From a notebook: attempts to get at records or at a small count. None succeeds, and each says what to do."""

from __future__ import annotations

import contextlib
import json
import os
import re
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from nbformat import v4
from room_attempts import ASKED, FILES, HIDDEN, NOTHING, TOOLS

from helpers.data.disclosure import disclosure_problems
from helpers.data.mart import Mart
from helpers.data.mart.files import DERIVED, ROOM, SPILL
from helpers.data.room.door import MODULE, ROOM_VARIABLE
from helpers.landlock import can_wall_off
from helpers.places import ROOT_VARIABLE, STATE_VARIABLE, VERSION_VARIABLE
from helpers.runner.document.making import Provenance, find_problems, make_document
from helpers.runner.kernel.execute import Ground, execute
from helpers.runner.kernel.failures import in_full
from helpers.runner.kernel.manager import kernel_environment
from helpers.runner.kernel.prewarmed import IS_SUPPORTED, ForkServer
from helpers.runner.kernel.watch import KernelLimits
from helpers.runner.plan.jobs import Job
from helpers.runner.plan.parameters import read_notebook
from helpers.runner.walls import RoomProcess

#: what a stay of one patient costs: nothing that leaves the room may hold it. Eight digits and a point, as a clock, an
#: address in memory or the number of a process holds any four digits by chance.
SECRET = 7321.9846
#: as Python and pandas write it
TOLD = "7321.98"
DAY = date(2026, 4, 15)


def spells() -> pd.DataFrame:
    usual = {
        "org_code": "T1", "specialty_code": "100", "admitted": date(2026, 4, 1), "discharged": DAY, "los_days": 4.0,
        "admission_method": "elective", "patient_class": "ordinary", "age_band": "45-64", "sex": "female",
        "imd_decile": 5, "casemix_group": "A", "readmitted_30d": False, "died": False, "cost": 100.0,
    }  # fmt: skip
    few = usual | {
        "specialty_code": "300",
        "los_days": 30.0,
        "cost": SECRET,
        "casemix_group": "Z",
        "died": True,
    }
    others = [usual | {"org_code": "T2"}] * 100
    rows = [*others, *[usual] * 40, *[usual | {"sex": "male", "cost": 300.0}] * 40, few]
    return pd.DataFrame(rows)


def make_project(root: Path) -> Mart:
    for folder in ("notebooks", "params", "reports", ".boardpack"):
        (root / folder).mkdir(parents=True)
    mart = Mart(root / ".boardpack" / "mart")
    trusts = [{"org_code": code, "name": f"Trust {code}", "kind": "trust"} for code in ("T1", "T2")]
    with mart.load(source="codes", layout="l", policy="published", synthetic=True) as load:
        load.write("organisations", pd.DataFrame(trusts))
    with mart.load(source="pas", layout="l", policy="hes_record_level", synthetic=True) as load:
        load.write("spells", spells())
    for folder in (DERIVED, SPILL, f"{ROOM}/{DERIVED}"):
        (mart.path / folder).mkdir(parents=True)
    return mart.at(mart.version)


OPEN = """
import glob, io, json, os, pickle, subprocess, sys
from pathlib import Path
from helpers import open_report
from helpers.analyses import length_of_stay
report = open_report("Trial", trust=trust, period="2026-04", months=1)
mart = str(report.mart.path)
files = sorted(glob.glob(f"{mart}/data/*/spells/*/*.parquet"))
ROOM = "import sys; from helpers.data.mart import Mart; print(Mart(sys.argv[1]).fetch('FROM spells'))"
told = {}
def attempt(name, what):
    try:
        told[name] = ["got", str(what())]
    except BaseException as error:
        told[name] = [type(error).__name__, str(error)]
"""

#: how a kernel finds the processes beside it
SIBLINGS = """
keeper = os.getppid()
length_of_stay(report)  # the room is there from now on, and has worked something out
siblings = [p for p in Path(f"/proc/{keeper}/task/{keeper}/children").read_text().split() if int(p) != os.getpid()]
assert siblings
"""


def notebook_of(folder: Path, *cells: str) -> Path:
    given = v4.new_code_cell('trust: "org" = "T1"  # code', metadata={"tags": ["parameters"]})
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = v4.new_notebook(
        cells=[given, *map(v4.new_code_cell, cells)], metadata={"kernelspec": kernel}
    )
    path = folder / "tries.ipynb"
    nbformat.write(notebook, path)
    return path


#: how each attempt ended ("got", or the kind of error), and what came back, by its name
Told = dict[str, list[str]]


def try_all(
    root: Path, mart: Mart, attempts: dict[str, str], before: str, server: ForkServer | None
) -> Told:
    cells = [
        OPEN + TOOLS + before,
        *(f"attempt({name!r}, lambda: {what})" for name, what in attempts.items()),
    ]
    executed = execute_cells(root, mart, [*cells, "print(json.dumps(told))"], server)
    told: Told = json.loads(executed.cells[-1].outputs[0]["text"])
    return told


def execute_cells(
    root: Path, mart: Mart, cells: list[str], server: ForkServer | None
) -> nbformat.NotebookNode:
    """Return the executed notebook of some cells, with all that a batch puts around it."""
    notebook = notebook_of(root / "notebooks", *cells)
    folder = root / ".boardpack" / "runs" / "one"
    folder.mkdir(parents=True)
    caches = tuple(mart.path / name for name in (DERIVED, SPILL))
    room = RoomProcess(MODULE, ROOM_VARIABLE, sealed=mart.sealed, caches=(*caches, mart.path / ROOM))
    state = root / ".boardpack"
    return execute(
        Job(read_notebook(notebook), "T1", {"trust": "T1"}, notebook),
        folder,
        environment={
            ROOT_VARIABLE: str(root),
            STATE_VARIABLE: str(state),
            VERSION_VARIABLE: mart.version,
        },
        limits=KernelLimits(),
        stop=threading.Event(),
        server=server,
        ground=Ground(root, state, caches, (state / "runs",), room if server else None),
    ).notebook


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Told, Path]]:
    """Yield what a forked kernel was told, and its project."""
    if not IS_SUPPORTED or not can_wall_off():
        pytest.skip("this system has no Landlock, or an old one")
    root = tmp_path_factory.mktemp("batch") / "project"
    mart = make_project(root)
    attempts = {name: what for name, (what, _) in (*FILES.items(), *ASKED.items())} | HIDDEN | NOTHING
    attempts["end the room"] = "[os.kill(int(pid), 9) for pid in siblings]"
    attempts["after the room has ended"] = "report.records('spells').count()"
    preload = ("pandas", "helpers.report.opening", MODULE)
    with ForkServer(kernel_environment({}, tmp_path_factory.mktemp("home")), preload) as server:
        assert server.unfit == ()
        yield try_all(root, mart, attempts, SIBLINGS, server), root


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Return what a kernel without keeper was told, as in JupyterLab and plain papermill."""
    root = tmp_path_factory.mktemp("alone") / "project"
    mart = make_project(root)
    own = ("the mart's SQL", "a count by SQL", "a mart of one's own")
    attempts = (
        {name: what for name, (what, _) in ASKED.items()} | {name: FILES[name][0] for name in own} | HIDDEN
    )
    attempts |= {name: what for name, what in NOTHING.items() if not re.search("files|siblings", what)}
    return try_all(root, mart, attempts, "", None)


@pytest.mark.parametrize("name", [*FILES, *ASKED])
def test_a_kernel_of_a_batch_does_not_get_at_records(batch: tuple[Told, Path], name: str) -> None:
    kind, words = batch[0][name]
    cure = (FILES | ASKED)[name][1]
    if cure is None:  # a handle holds nothing
        assert TOLD not in words
        return
    assert kind != "got", words
    assert cure in in_full(kind, words)  # as the report's failure says it where the error ends the cell


@pytest.mark.parametrize("name", [*ASKED, "the mart's SQL", "a count by SQL", "a mart of one's own"])
def test_nor_does_one_that_nobody_keeps(alone: Told, name: str) -> None:
    kind, words = alone[name]
    cure = (FILES | ASKED)[name][1]
    if "past Python" in name and not can_wall_off():
        pytest.skip("this system has no Landlock, or an old one")
    if cure is not None:
        assert kind != "got", words
        assert cure in words


@pytest.mark.parametrize("name", list(HIDDEN))
def test_what_would_tell_of_one_patient_comes_back_hidden(
    batch: tuple[Told, Path], alone: Told, name: str
) -> None:
    for tried in (batch[0], alone):
        kind, words = tried[name]
        assert kind == "got", words
        assert "True" in words  # in the column `hidden`


@pytest.mark.parametrize("name", list(NOTHING))
def test_what_a_kernel_holds_tells_nothing_of_the_one_patient(
    batch: tuple[Told, Path], alone: Told, name: str
) -> None:
    for tried in (batch[0], alone):
        kind, words = tried.get(name, ["got", ""])
        assert kind == "got", words
        assert TOLD not in words


def test_nothing_of_the_one_patient_came_back(batch: tuple[Told, Path], alone: Told) -> None:
    for tried in (batch[0], alone):
        came = " ".join(words for _, words in tried.values())
        assert TOLD not in re.sub(f"cost ==? {SECRET}", "", came)  # but in what was typed


def test_a_room_that_has_ended_in_a_batch_is_said(batch: tuple[Told, Path]) -> None:
    kind, words = batch[0]["after the room has ended"]
    assert kind == "DataError"
    assert "run the notebook again" in words


def test_a_function_in_the_room_writes_nothing_of_the_project(batch: tuple[Told, Path]) -> None:
    root = batch[1]
    assert not list(root.rglob("stolen.csv"))
    assert os.listdir(root / "reports") == []  # noqa: PTH208


OWN = """
stays = report.records("spells", by="sex").mean("cost")
beds = report.query("SELECT count(*) AS trusts FROM organisations")
"""
PLOT = """
#| label: fig-cost
#| fig-cap: Mean cost of a stay, by sex.
#| fig-alt: Two bars.
import seaborn as sns
sns.barplot(stays, x="sex", y="mean");
"""
TABLE = """#| tbl-cap: Cost of a stay, by sex.
stays.merge(stays, on="sex", suffixes=("", "_again"))[["sex", "mean"]]"""
SAY = 'report.say("{count} stays cost {mean:,.0f} pounds.", **stays[["count", "mean"]].iloc[0])'


CUT_OFF = """
from helpers.data.room.door import find_room
stays = length_of_stay(report)
find_room()._leave()  # as an interruption does
attempt("analysis", lambda: stays.crude)
attempt("question", lambda: report.records("spells").count()["count"][0])
print(json.dumps(told))
"""


def test_a_question_that_was_interrupted_begins_a_new_room(tmp_path: Path) -> None:
    mart = make_project(tmp_path / "project")
    executed = execute_cells(tmp_path / "project", mart, [OPEN + CUT_OFF], None)
    told: Told = json.loads(executed.cells[-1].outputs[0]["text"])
    assert told["question"] == ["got", "80"]
    assert "run the cell again that makes it" in told["analysis"][1]


BESIDE = """
import beside, patsy
attempt("own", lambda: patsy.OWN)
attempt("fit", lambda: report.records("spells").fit("los_days ~ sex").count)
attempt("apply", lambda: report.records("spells").apply(lambda group: beside.quarter(group["los_days"]))["value"][0])
print(json.dumps(told))
"""


@pytest.mark.parametrize("is_kept", [False, True])
def test_what_lies_beside_a_notebook_is_for_it_alone(tmp_path: Path, *, is_kept: bool) -> None:
    if is_kept and not (IS_SUPPORTED and can_wall_off()):
        pytest.skip("this system has no Landlock, or an old one")
    mart = make_project(tmp_path / "project")
    folder = tmp_path / "project" / "notebooks"
    (folder / "patsy.py").write_text("OWN = 'the notebook has its own'")  # by which the room reads formulas
    (folder / "beside.py").write_text("def quarter(days): return len(days) / len(days) / 4")
    with contextlib.ExitStack() as stack:
        server = None
        if is_kept:
            environment = kernel_environment({}, tmp_path)
            server = stack.enter_context(ForkServer(environment, ("helpers.report.opening", MODULE)))
        executed = execute_cells(tmp_path / "project", mart, [OPEN + BESIDE], server)
    told: Told = json.loads(executed.cells[-1].outputs[0]["text"])
    assert told == {
        "own": ["got", "the notebook has its own"],
        "fit": ["got", "80"],
        "apply": ["got", "0.25"],
    }


READ = """
from helpers.reads import noted
length_of_stay(report).crude
print(json.dumps({kind: list(noted(kind)) for kind in ("data", "answer")}))
"""


def test_what_the_room_reads_is_noted_in_the_kernel(tmp_path: Path) -> None:
    mart = make_project(tmp_path / "project")
    executed = execute_cells(tmp_path / "project", mart, [OPEN, READ], None)
    told: Told = json.loads(executed.cells[-1].outputs[0]["text"])
    assert "spells" in told["data"]
    assert "events mean_los T1" in told["answer"]


def test_what_comes_from_the_room_may_be_shown_as_one_likes(tmp_path: Path) -> None:
    mart = make_project(tmp_path / "project")
    cells = [OPEN, "report", OWN, PLOT, TABLE, SAY, "length_of_stay(report).crude"]
    executed = execute_cells(tmp_path / "project", mart, cells, None)
    assert find_problems(executed) == []
    made = make_document(executed, provenance=Provenance(run_id="r", notebook="tries", code_version="v"))
    assert list(made.figures) == ["fig-cost"]
    assert "40 stays cost 276 pounds" in made.markdown
    assert "Sources" in made.markdown
    assert disclosure_problems(made.bundles) == []


def test_what_a_kernel_holds_itself_may_not(tmp_path: Path) -> None:
    mart = make_project(tmp_path / "project")
    falls = {
        "measure": "falls", "org_code": "T1", "period": "2026-04-01", "period_type": "month", "basis": "provider",
        "numerator": 3.0, "value": 3.0, "status": "actual", "origin": "records", "suppressed": False,
    }  # fmt: skip
    with mart.load(source="own", layout="l", policy="hes_record_level") as load:
        load.write("measure_values", pd.DataFrame([falls]))
    read = "falls = report.mart.query(\"SELECT numerator FROM measure_values WHERE measure = 'falls'\")"
    say = 'report.say("{falls:.0f} falls", falls=falls["numerator"][0])'
    executed = execute_cells(
        tmp_path / "project", mart.at(Mart(mart.path).version), [OPEN, "report", read, say], None
    )
    assert "own content where patient records have been read" in str(find_problems(executed)[0])
