"""The notebooks that are shipped keep to the limits that CONTRIBUTING names: a cell is one idea, none has outputs.

An analyst's own, beside them, may hold whatever a notebook can.
"""

from __future__ import annotations

import ast
import io
import re
import statistics
import tokenize
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from papermill.cli import papermill

from helpers.runner.plan.parameters import read_notebook as read_declared

SHIPPED = (
    "board_pack", "change_review", "contract_monitoring", "dna_impact", "early_warning", "four_column_matrix",
    "line_of_sight", "los_deviation", "los_published", "measure_records", "outpatient_follow_up", "oversight", "peer_benchmark",
    "performance_report", "scorecard", "self_assessment", "system_view", "waiting_list",
)  # fmt: skip
#: written without any analysis of ours, so that its cells hold the method
PLAIN = ("outpatient_follow_up",)
FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = [FOLDER / f"{name}.ipynb" for name in SHIPPED]
MOST_LINES, MEDIAN_LINES = 16, 4
LOGIC = (ast.FunctionDef, ast.For, ast.While, ast.If, ast.Try, ast.With, ast.ClassDef)

pytestmark = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def code_cells(path: Path) -> list[nbformat.NotebookNode]:
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def is_parameters(cell: nbformat.NotebookNode) -> bool:
    return "parameters" in cell.metadata.get("tags", [])


def test_it_is_valid_names_its_kernel_and_stores_no_outputs(path: Path) -> None:
    notebook = read(path)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    for cell in code_cells(path):
        assert cell.outputs == []
        assert cell.execution_count is None


def test_it_begins_with_title_purpose_parameters_and_setup(path: Path) -> None:
    title, purpose, parameters, setup, *rest = read(path).cells
    assert title.cell_type == "raw"
    assert "title:" in title.source
    assert purpose.cell_type == "markdown"
    assert is_parameters(parameters)
    assert "open_report" in setup.source
    assert not any(is_parameters(cell) for cell in (title, purpose, setup, *rest))


def test_cells_are_short(path: Path) -> None:
    lines = [len(cell.source.splitlines()) for cell in code_cells(path)]
    assert max(lines) <= MOST_LINES
    assert path.stem in PLAIN or statistics.median(lines) <= MEDIAN_LINES


def test_no_logic_and_no_printing_stands_in_a_cell(path: Path) -> None:
    for cell in code_cells(path):
        nodes = list(ast.walk(ast.parse(cell.source)))
        found = [node for node in nodes if isinstance(node, LOGIC)]
        if path.stem in PLAIN:  # it shows in view what to do where a count is hidden
            found = [node for node in found if not isinstance(node, ast.If)]
        assert not found, cell.source
        assert not {node.id for node in nodes if isinstance(node, ast.Name)} & {"print", "display"}


def test_only_setup_imports_and_only_what_analysts_know(path: Path) -> None:
    imports = [
        (place, name.partition(".")[0])
        for place, cell in enumerate(code_cells(path))
        for node in ast.walk(ast.parse(cell.source))
        for name in imported(node)
    ]
    assert {name for _, name in imports} <= {
        "helpers",
        "matplotlib",
        "numpy",
        "pandas",
        "seaborn",
        "statsmodels",
    }
    assert {place for place, _ in imports} == {1}


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []


def test_parameters_are_annotated_literals_each_with_a_comment(path: Path) -> None:
    cell = next(filter(is_parameters, code_cells(path)))
    statements = ast.parse(cell.source).body
    comments = {
        token.start[0]
        for token in tokenize.generate_tokens(io.StringIO(cell.source).readline)
        if token.type == tokenize.COMMENT
    }
    for statement in statements:
        assert isinstance(statement, ast.AnnAssign)
        assert isinstance(statement.annotation, ast.Constant)
        assert statement.value is not None
        ast.literal_eval(statement.value)
        assert statement.lineno in comments, ast.unparse(statement)


def test_papermill_s_own_command_knows_every_parameter(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    done = CliRunner().invoke(papermill, ["--help-notebook", str(path)], prog_name="papermill")
    assert done.exit_code == 0, done.output
    listed = re.findall(r"^  (\w+): (.+) \(default (.+?)\)(?:  |$)", done.stdout, re.MULTILINE)
    declared = read_declared(path).parameters
    assert [(name, kind) for name, kind, _ in listed] == [(each.name, str(each.type)) for each in declared]
    assert "Unable to parse" not in caplog.text


def test_sections_are_labelled_and_prose_holds_no_figure(path: Path) -> None:
    prose = [cell.source for cell in read(path).cells if cell.cell_type == "markdown"]
    headings = [line for text in prose for line in text.splitlines() if line.startswith("#")]
    assert headings
    assert all(line.startswith("## ") and "{#sec-" in line for line in headings)
    words = " ".join(line for text in prose for line in text.splitlines() if not line.startswith("#"))
    assert not [word for word in words.split() if word.strip(".,%()").replace(".", "").isdigit()]


def test_every_code_cell_prepares_or_ends_in_what_it_shows(path: Path) -> None:
    for cell in code_cells(path):
        body = ast.parse(cell.source).body
        prepares = all(isinstance(each, ast.Assign | ast.AnnAssign) for each in body)
        assert prepares or isinstance(body[-1], ast.Expr), cell.source
