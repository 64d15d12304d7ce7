"""A trust's own project: made, filled with a report of its own measures, run, and kept free of private files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import jsonschema
import nbformat
import openpyxl
import pytest
import yaml

from helpers.cli import main
from helpers.cli.own.making import _shipped
from helpers.data.mart import Mart
from helpers.errors import ExitCode
from helpers.register.reading import KINDS, SHIPPED


def call(root: Path, *words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["--project", str(root), *words])
    return int(ended.value.code or 0)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("BOARDPACK_STATE", raising=False)
    root = tmp_path / "Ünser reports"
    with pytest.raises(SystemExit):
        main(["init", str(root)])
    return root


def fill(root: Path) -> Path:
    """Write an Excel file with two years of a measure of one's own."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["measure", "org_code", "period", "numerator"])
    for number in range(24):
        sheet.append(
            ["bed_moves", "RGT", f"{2024 + number // 12}-{number % 12 + 1:02}", 40 + number * 7 % 11]
        )
    (root / "data").mkdir(exist_ok=True)
    book.save(root / "data" / "moves.xlsx")
    return root / "data" / "moves.xlsx"


def schema(root: Path, name: str) -> dict[str, object]:
    found: dict[str, object] = json.loads((root / "schemas" / f"{name}.json").read_text("utf-8"))
    return found


def test_from_an_own_excel_file_to_a_published_report_and_nothing_private_in_git(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(project, "new", "ward_moves", "--trust", "RGT", "--measures", "bed_moves") == ExitCode.OK
    told = capsys.readouterr().out
    assert "bed_moves is new" in told
    assert "Next: boardpack data load FILE, then boardpack run ward_moves" in told
    register = project / "params" / "_register" / "measures.yml"
    register.write_text(register.read_text("utf-8").replace("about: patients", "about: other"), "utf-8")
    assert call(project, "data", "load", str(fill(project))) == ExitCode.OK
    assert call(project, "check") == ExitCode.OK
    assert call(project, "run", "ward_moves", "--to", "html") == ExitCode.OK
    (page,) = project.glob("reports/*/ward_moves/RGT.html")
    assert "Bed moves" in page.read_text("utf-8")
    assert (
        call(project, "new", "moves_again") == ExitCode.OK
    )  # for whom there are figures, not who merged long ago
    assert (project / "params" / "moves_again" / "RGT.yml").exists()
    (project / ".gitignore").write_text("reports/*\ndata/\n", "utf-8")  # even where nobody names it
    for words in (["init", "-q"], ["add", "-A"]):
        subprocess.run(["git", *words], cwd=project, check=True, capture_output=True)
    kept = subprocess.run(
        ["git", "-c", "core.quotePath=false", "ls-files"],
        cwd=project,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\n")
    assert "notebooks/ward_moves.ipynb" in kept
    assert not [each for each in kept if each.startswith((".boardpack", "data/", "reports/2"))]


def test_init_leaves_what_is_there(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "README.md").write_text("ours", "utf-8")
    with pytest.raises(SystemExit):
        main(["init", str(project)])
    assert "left as they were: " in capsys.readouterr().out
    assert (project / "README.md").read_text("utf-8") == "ours"


def test_quarto_leaves_the_notebook_as_it_was(project: Path) -> None:
    assert call(project, "new", "waits", "--trust", "RGT") == ExitCode.OK
    settings = yaml.safe_load((project / "_quarto.yml").read_text("utf-8"))["project"]
    notebook = project / "notebooks" / "waits.ipynb"
    before = notebook.read_text("utf-8")
    told = {**os.environ, "QUARTO_PROJECT_INPUT_FILES": str(notebook)}
    for step in ("pre-render", "post-render"):
        python, *words = settings[step].split()
        assert python == "python"
        subprocess.run([sys.executable, *words], cwd=project, env=told, check=True)
        if step == "pre-render":  # then Quarto executes it in place
            ran = nbformat.read(notebook, 4)
            ran.cells[2].outputs = [nbformat.v4.new_output("stream", text="1")]
            nbformat.write(ran, notebook)
            assert notebook.read_text("utf-8") != before
    assert notebook.read_text("utf-8") == before


def test_one_of_ours_is_copied_and_its_parameters_have_a_schema(project: Path) -> None:
    assert call(project, "new", "our_stays", "--like", "los_deviation", "--trust", "RGT") == ExitCode.OK
    ours = _shipped()["los_deviation"].read_text("utf-8")
    assert json.loads((project / "notebooks" / "our_stays.ipynb").read_text("utf-8")) == json.loads(ours)
    wanted = schema(project, "params-our_stays")
    jsonschema.validate({"trust": "RGT", "trim": "fixed", "months": 6, "specialty": None}, wanted)
    for wrong in ({"trim": "some"}, {"mnths": 6}, {"months": "6"}, {"period": "May"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, wanted)
    places = json.loads((project / ".vscode" / "settings.json").read_text("utf-8"))["yaml.schemas"]
    assert places["./schemas/params-our_stays.json"] == "params/our_stays/[!_]*.yml"


def test_each_of_ours_can_be_copied_for_an_organisation_of_its_kind(project: Path) -> None:
    for name in _shipped():
        code = "QWO" if name == "system_view" else "RGT"
        assert call(project, "new", f"our_{name}", "--like", name, "--trust", code) == ExitCode.OK
    assert call(project, "check") == ExitCode.OK
    folder = project / "params" / "our_system_view"
    assert yaml.safe_load((folder / "QWO.yml").read_text("utf-8")) == {"system": "QWO"}
    matrix = (folder / "_matrix.yml").read_text("utf-8").replace("# -", "-").replace("#   ", "  ")
    assert yaml.safe_load(matrix) == [
        {"name": "{system}", "for": {"system": {"select": "boards_with_published_beds"}}}
    ]


def test_a_report_on_a_system_is_offered_systems_alone(
    project: Path, demo_in: Callable[..., Mart], capsys: pytest.CaptureFixture[str]
) -> None:
    demo_in(project / ".boardpack" / "mart", 0.02)
    told = "new", "ours", "--like", "system_view"
    assert call(project, *told, "--trust", "SYN07") == ExitCode.USAGE
    assert "SYN07 is no system that the data know" in capsys.readouterr().err
    assert call(project, *told) == ExitCode.OK
    assert (project / "params" / "ours" / "SYI01.yml").exists()


def test_the_shipped_register_keeps_to_its_schemas(project: Path) -> None:
    for kind in KINDS:
        jsonschema.Draft7Validator.check_schema(schema(project, f"register-{kind}"))
        file = SHIPPED / f"{kind}.yml"
        if file.exists():
            entries = yaml.load(file.read_text("utf-8"), yaml.BaseLoader)
            keys = {key for entry in entries.values() for key in entry}
            inner = schema(project, f"register-{kind}")["additionalProperties"]
            assert keys <= set(inner["properties"])  # type: ignore[index]


def test_an_existing_notebook_is_taken_in_and_told_what_it_lacks(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    brought = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("x = 1", outputs=[nbformat.v4.new_output("stream", text="1")])],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )
    nbformat.write(brought, tmp_path / "old.ipynb")
    assert (
        call(project, "new", "old", "--trust", "RGT", "--from", str(tmp_path / "old.ipynb")) == ExitCode.OK
    )
    told = capsys.readouterr().out
    assert 'tag the cell with its settings "parameters"' in told
    assert "from helpers import open_report" in told
    assert not nbformat.read(project / "notebooks" / "old.ipynb", 4).cells[0].outputs


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["Ward moves"], "small letters, digits and _"),
        (["x", "--like", "los_deviatoin"], "did you mean los_deviation?"),
        (["x", "--from", "nowhere.ipynb"], "nowhere.ipynb is not there"),
        (["x"], "no data are loaded yet"),
    ],
)
def test_what_cannot_be_made_is_refused_in_a_sentence(
    project: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert call(project, "new", *words) == ExitCode.USAGE
    assert said in capsys.readouterr().err
    assert not list((project / "notebooks").glob("*.ipynb"))
