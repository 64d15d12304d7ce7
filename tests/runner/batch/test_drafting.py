"""A draft is the finished page, made anew with each change, of which nothing is published, recorded or entered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest

from helpers.cli.drafts import find_report
from helpers.errors import ReportError, UsageError
from helpers.runner.batch.drafting import Desk
from helpers.runner.history.store import History

FIGURES = 'trust: SYN07\nperiod: "2026-03"\n'
MODULE = "def words():\n    return 'Stays were {}.'\n"


@pytest.fixture(scope="module")
def root(lay_out_once: Callable[..., Path]) -> Path:
    """A project with a report whose headline comes from a module beside its notebook."""
    root = lay_out_once({"good": {"SYN07.yml": FIGURES}})
    (root / "notebooks" / "ours.py").write_text(MODULE.format("long"), "utf-8")
    change(root, lambda cells: cells[4].update(source=cells[4].source.replace(
        '"Stays were as long as expected."', '__import__("ours").words()'
    )))  # fmt: skip
    return root


@pytest.fixture(scope="module")
def desk(root: Path) -> Iterator[Desk]:
    notebook = root / "notebooks" / "good.ipynb"
    with Desk(lambda: find_report(root, notebook, "SYN07.yml"), root, notebook) as desk:
        yield desk


def change(root: Path, edit: Callable[[list[nbformat.NotebookNode]], object]) -> None:
    path = root / "notebooks" / "good.ipynb"
    notebook = nbformat.read(path, as_version=4)
    edit(notebook.cells)
    nbformat.write(notebook, path)


def test_words_are_only_rendered_and_all_else_is_run_again(desk: Desk, root: Path) -> None:
    first = desk.make()
    assert first.ran
    assert b"Stays were long." in first.page
    assert b"SYN07" in first.page
    change(root, lambda cells: cells[5].update(source="## Stay\n\nA sentence of today."))
    second = desk.make()
    assert not second.ran
    assert b"A sentence of today." in second.page
    assert b"Stays were long." in second.page
    for edit in (
        lambda: change(root, lambda cells: cells[6].update(source=cells[6].source + "\n# a remark")),
        lambda: (root / "params" / "good" / "SYN07.yml").write_text(FIGURES.replace("07", "11"), "utf-8"),
        lambda: (root / "notebooks" / "ours.py").write_text(MODULE.format("short again"), "utf-8"),
    ):
        edit()
        third = desk.make()
        assert third.ran
        assert not desk.make().ran
    assert b"SYN11" in third.page
    assert b"Stays were short again." in third.page


def test_a_mistake_is_one_sentence_and_mending_it_gives_the_page(desk: Desk, root: Path) -> None:
    assert desk.make().page
    change(root, lambda cells: cells.insert(5, nbformat.v4.new_code_cell("1 / 0")))
    with pytest.raises(ReportError, match=r"cell 6 \(`1 / 0`\): ZeroDivisionError"):
        desk.make()
    change(root, lambda cells: cells.pop(5))
    assert desk.make().ran  # of the run that failed nothing is taken
    text = (root / "params" / "good" / "SYN07.yml").read_text("utf-8")
    (root / "params" / "good" / "SYN07.yml").write_text("perod: x\n", "utf-8")
    with pytest.raises(UsageError, match="did you mean period"):
        desk.make()
    (root / "params" / "good" / "SYN07.yml").write_text(text, "utf-8")
    assert desk.make().page


def test_nothing_of_it_is_published_recorded_or_left(lay_out: Callable[..., Path]) -> None:
    root = lay_out({"good": {"SYN07.yml": FIGURES}})
    notebook = root / "notebooks" / "good.ipynb"
    before = notebook.read_bytes()
    with Desk(lambda: find_report(root, notebook, ""), root, notebook) as desk:
        assert desk.make().page
        (run,) = (root / ".boardpack" / "runs").iterdir()
        assert run.name.endswith("-preview")
    assert not (root / "reports").exists()
    assert not [path for path in (root / ".boardpack" / "released").rglob("*") if path.is_file()]
    assert History(root / ".boardpack").runs() == []
    assert not [path for path in (root / ".boardpack" / "runs").rglob("*") if path.is_file()]
    assert notebook.read_bytes() == before


def test_a_notebook_without_parameter_files_is_shown_with_its_own_values(
    lay_out: Callable[..., Path],
) -> None:
    root = lay_out({"good": {}})
    (root / "params" / "good").rmdir()
    project, job = find_report(root, root / "notebooks" / "good.ipynb", "")
    assert (project.root, job.settings["trust"]) == (root, "SYN01")
