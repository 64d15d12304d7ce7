"""A file that a notebook delivers goes where its report goes: draft, portal, manifest, onward, and away."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from helpers.bundle import FILE_MIME
from helpers.data.audit.files import audit_file
from helpers.runner.batch.approval import approve, remove_editions, withdraw
from helpers.runner.batch.run import Order, run_batch
from helpers.runner.history.entries import Entry, State
from helpers.runner.history.store import History
from helpers.runner.onward import open_destination, send_onward
from helpers.runner.plan.jobs import make_plan
from helpers.runner.project import Project

REPORT = ("good", "SYN07")
HTML = Order(formats=("html",), jobs=1)
BEDS = b"ward,beds\r\nAsh,24\r\n"
NAMES = ["SYN07.beds.csv", "SYN07.html", "SYN07.manifest.json"]


def put(root: Path, content: bytes | None) -> None:
    """Have the notebook deliver a file, or none."""
    path = root / "notebooks" / "good.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if FILE_MIME not in cell.source]
    if content is not None:
        bundle = 'Bundle(kind="file", id="beds.csv", origin="published", own=True).model_dump(mode="json")'
        encoded = base64.b64encode(content).decode()
        source = f'display({{MIME: {bundle}, "{FILE_MIME}": "{encoded}"}}, raw=True)'
        cell = nbformat.v4.new_code_cell(source, id="delivers")
        notebook.cells.append(cell)
    nbformat.write(notebook, path)


@pytest.fixture
def project(lay_out: Callable[..., Path]) -> Project:
    root = lay_out({"good": {"SYN07.yml": 'trust: SYN07\nperiod: "2026-03"\n'}})
    path = root / "notebooks" / "good.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:  # beside records that a kernel holds nothing of one's own may stand
        cell.source = cell.source.replace('origin="records"', 'origin="published"')
        cell.source = cell.source.replace('id="tbl-stay",', 'id="tbl-stay", origin="published",')
        cell.source = cell.source.replace('kind="headline",', 'kind="headline", origin="published",')
    nbformat.write(notebook, path)
    put(root, BEDS)
    return Project(root, file_checks=(audit_file,))


def run(project: Project, order: Order = HTML) -> Entry:
    (entry,) = run_batch(project, make_plan(project), order).entries
    return entry


def there(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "2026-03" / "good").glob("*"))


def test_it_is_published_with_the_report_and_leaves_with_it(project: Project, tmp_path: Path) -> None:
    entry = run(project)
    assert (entry.state, entry.error) == (State.PUBLISHED, "")
    assert there(project.reports) == NAMES
    place = project.reports / "2026-03" / "good"
    assert (place / "SYN07.beds.csv").read_bytes() == BEDS
    assert 'href="SYN07.beds.csv"' in (place / "SYN07.html").read_text("utf-8")
    files = json.loads((place / "SYN07.manifest.json").read_text("utf-8"))["files"]
    assert files["beds.csv"]["file"] == "SYN07.beds.csv"
    for page in ("index.html", "all.html"):
        assert 'href="2026-03/good/SYN07.beds.csv"' in (project.reports / page).read_text("utf-8")
    share = tmp_path / "share"
    share.mkdir()
    send_onward(project, History(project.state), open_destination(project, str(share)))
    assert there(share) == NAMES
    assert run(project).state is State.UNCHANGED

    (place / "SYN07.beds.csv").write_bytes(b"altered")
    assert run(project).state is State.PUBLISHED
    assert (place / "SYN07.beds.csv").read_bytes() == BEDS

    withdraw(project, REPORT, why="Beds were counted twice.")
    assert there(project.reports) == ["SYN07.html", "SYN07.manifest.json"]
    send_onward(project, History(project.state), open_destination(project, str(share)))
    assert there(share) == ["SYN07.html", "SYN07.manifest.json"]


def test_it_goes_when_it_is_delivered_no_more(project: Project) -> None:
    run(project)
    neighbour = project.reports / "2026-03" / "good" / "SYN07.other.beds.csv"
    neighbour.write_bytes(b"of a report called SYN07.other")
    put(project.root, None)
    assert run(project).state is State.PUBLISHED
    assert there(project.reports) == ["SYN07.html", "SYN07.manifest.json", neighbour.name]


def test_it_waits_in_the_draft_and_is_published_as_it_was_approved(project: Project) -> None:
    assert run(project, replace(HTML, hold=True)).state is State.HELD
    assert not (project.reports / "2026-03").exists()
    assert approve(project, REPORT).state is State.PUBLISHED
    assert there(project.reports) == NAMES


def test_it_is_removed_with_an_edition(project: Project) -> None:
    run(project)
    remove_editions(project, History(project.state).published())
    assert there(project.reports) == []


def test_an_identifier_in_it_blocks_the_report(project: Project) -> None:
    put(project.root, b"ward,who\r\nAsh,943 476 5919\r\n")
    entry = run(project)
    assert entry.state is State.BLOCKED
    assert "NHS number" in entry.error
    assert there(project.reports) == []
