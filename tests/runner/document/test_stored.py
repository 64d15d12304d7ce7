"""Notebooks as they are stored: what can be seen without running them, and mended."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbformat import v4

from helpers.runner.document.stored import find_offers, find_shadows, find_stored, find_unfit, mend

FIXTURES = sorted((Path(__file__).parents[2] / "fixtures" / "notebooks").glob("*.ipynb"))
SHIPPED = sorted((Path(__file__).parents[3] / "notebooks").glob("*.ipynb"))


def parameters_cell(source: str) -> nbformat.NotebookNode:
    return v4.new_code_cell(source, metadata={"tags": ["parameters"]})


def write(folder: Path, *cells: nbformat.NotebookNode) -> Path:
    path = folder / "stay.ipynb"
    nbformat.write(v4.new_notebook(cells=list(cells)), path)
    return path


def told(problems: object) -> str:
    return "\n".join(map(str, problems))


def run_cell(source: str = "x") -> nbformat.NotebookNode:
    cell = v4.new_code_cell(source, execution_count=2, outputs=[v4.new_output("stream", text="x")])
    cell.metadata.update(scrolled=True, execution={"iopub.status.busy": "2026"}, tags=["mine"])
    return cell


def test_stored_outputs_are_told_with_their_cells(tmp_path: Path) -> None:
    path = write(tmp_path, v4.new_code_cell("a"), run_cell())
    text = told(find_stored(path, "notebooks/stay.ipynb"))
    assert "notebooks/stay.ipynb: outputs or numbers of a run are stored (cell 2)" in text
    assert "boardpack check --fix" in text


def test_mending_takes_out_what_a_run_left_and_nothing_else(tmp_path: Path) -> None:
    injected = v4.new_code_cell("trust = 'X'", metadata={"tags": ["injected-parameters"]})
    path = write(tmp_path, parameters_cell("trust = 'A'"), injected, run_cell("y"))
    assert mend(path)
    assert list(find_stored(path, "stay.ipynb")) == []
    first, last = nbformat.read(path, as_version=4).cells
    assert (first.source, last.source) == ("trust = 'A'", "y")
    assert last.metadata == {"tags": ["mine"]}
    assert not mend(path)
    assert [each.name for each in tmp_path.iterdir()] == ["stay.ipynb"]


def test_what_is_in_order_is_not_written_anew(tmp_path: Path) -> None:
    path = write(tmp_path, v4.new_code_cell("a"))
    path.write_text(path.read_text("utf-8") + "\n\n", "utf-8")
    before = path.read_bytes()
    assert not mend(path)
    assert path.read_bytes() == before


def test_what_cannot_be_read_is_told_and_left(tmp_path: Path) -> None:
    path = tmp_path / "stay.ipynb"
    path.write_text("<<<<<<< HEAD\n{}\n", "utf-8")
    assert "marks of a merge" in told(find_stored(path, "stay.ipynb"))
    assert not mend(path)
    assert path.read_text("utf-8").startswith("<<<<<<<")


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (v4.new_markdown_cell("a <b>b</b>"), "cell 1: raw HTML"),
        (v4.new_markdown_cell("{{< include x >}}"), "cell 1: a Quarto short code"),
        (v4.new_markdown_cell("![x](y.png)"), "cell 1: a picture"),
        (v4.new_raw_cell("---\ntoc-depth: two\n---"), "cell 1, front matter, line 2, toc-depth: 'two'"),
    ],
)
def test_what_a_report_cannot_hold_is_told_before_it_runs(
    tmp_path: Path, cell: nbformat.NotebookNode, words: str
) -> None:
    assert words in told(find_unfit(write(tmp_path, cell), "stay.ipynb"))


def test_a_second_title_is_told(tmp_path: Path) -> None:
    path = write(tmp_path, *map(v4.new_markdown_cell, ("# T", "## A", "# B")))
    assert told(find_unfit(path, "n")).startswith("n, cell 3: a further heading of level 1")


def test_optional_types_that_papermill_does_not_know_are_offered_and_written(tmp_path: Path) -> None:
    path = write(
        tmp_path, parameters_cell('a: "float?" = None  # what?\nb: \'str?\' = None\nc: "str" = "?"')
    )
    assert len(list(find_offers(path, "n"))) == 2
    assert mend(path)
    source = nbformat.read(path, as_version=4).cells[0].source
    assert source == 'a: "float or None" = None  # what?\nb: \'str or None\' = None\nc: "str" = "?"'
    assert list(find_offers(path, "n")) == []


@pytest.mark.parametrize("name", ["helpers.py", "helpers/__init__.py", "calendar.py", "pandas.py"])
def test_a_module_that_python_would_take_for_another_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).touch()
    assert "rename it" in told(find_shadows(tmp_path, "notebooks/"))


def test_own_modules_and_folders_of_data_shadow_nothing(tmp_path: Path) -> None:
    for name in ("beds.py", "calendar.csv"):
        (tmp_path / name).touch()
    (tmp_path / "json").mkdir()
    assert list(find_shadows(tmp_path, "notebooks/")) == []


@pytest.mark.parametrize("path", SHIPPED + FIXTURES, ids=lambda path: path.stem)
def test_the_notebooks_here_are_in_order(path: Path) -> None:
    assert [*find_stored(path, "n"), *find_unfit(path, "n"), *find_offers(path, "n")] == []
