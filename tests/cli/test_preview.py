"""What a preview by `quarto render` writes into a notebook does not stay there; Quarto is played here."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbformat import v4

from helpers.cli.preview import keep, put_back

NAME = "notebooks/a.ipynb"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("BOARDPACK_STATE", raising=False)
    (tmp_path / "notebooks").mkdir()
    cells = [v4.new_markdown_cell("## A"), v4.new_code_cell("6 * 7")]
    nbformat.write(v4.new_notebook(cells=cells), tmp_path / NAME)
    (tmp_path / "notebooks/about.qmd").write_text("words")
    return tmp_path


def execute(path: Path) -> None:
    """Leave in a notebook what Quarto does."""
    notebook = nbformat.read(path, as_version=4)
    injected = v4.new_code_cell("x = 1", metadata={"tags": ["injected-parameters"]})
    notebook.cells.insert(1, injected)
    for count, cell in enumerate(notebook.cells[1:], start=1):
        cell.execution_count = count
        cell.outputs = [v4.new_output("execute_result", data={"text/plain": "42"}, execution_count=count)]
    nbformat.write(notebook, path)


def test_a_notebook_has_its_contents_back_after_a_preview(root: Path) -> None:
    before = (root / NAME).read_bytes()
    keep(root, [NAME, "notebooks/about.qmd"])
    execute(root / NAME)
    assert (root / NAME).read_bytes() != before
    put_back(root)
    assert (root / NAME).read_bytes() == before
    assert {path.name for path in (root / "notebooks").iterdir()} == {"a.ipynb", "about.qmd"}
    assert not (root / ".boardpack/previewed").exists()


def test_after_a_failed_preview_the_next_one_puts_back_first(root: Path) -> None:
    before = (root / NAME).read_bytes()
    keep(root, [NAME])
    execute(root / NAME)
    keep(root, [NAME])  # nothing was put back in between
    execute(root / NAME)
    put_back(root)
    assert (root / NAME).read_bytes() == before


def test_an_edit_made_meanwhile_stays_and_what_the_run_left_goes(root: Path) -> None:
    keep(root, [NAME])
    execute(root / NAME)
    notebook = nbformat.read(root / NAME, as_version=4)
    notebook.cells[0].source = "## Edited"
    nbformat.write(notebook, root / NAME)
    put_back(root)
    after = nbformat.read(root / NAME, as_version=4)
    assert [cell.source for cell in after.cells] == ["## Edited", "6 * 7"]
    assert after.cells[1].outputs == []


def test_a_notebook_that_is_gone_is_not_made_again(root: Path) -> None:
    keep(root, [NAME])
    (root / NAME).unlink()
    put_back(root)
    assert not (root / NAME).exists()


def test_copies_are_private(root: Path) -> None:
    keep(root, [NAME])
    assert (root / ".boardpack/previewed").stat().st_mode & 0o077 == 0
