"""The tutorial is followed to the letter: the notebook that it dictates is written, checked, run and spoilt."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest

from helpers.errors import ExitCode

from .following import blocks, call, dictated

ROOT = Path(__file__).parents[1]
TUTORIAL = ROOT / "docs" / "tutorial" / "your-own-report.md"
KINDS = {"yaml": "raw", "markdown": "markdown", "python": "code"}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("tutorial") / "project"
    (root / "notebooks").mkdir(parents=True)
    (root / "params" / "waits").mkdir(parents=True)
    shutil.copytree(ROOT / "params" / "_register", root / "params" / "_register")
    shutil.copy(ROOT / "_quarto.yml", root)
    nbformat.write(dictated(blocks(TUTORIAL), KINDS), root / "notebooks" / "waits.ipynb")
    (root / "params" / "waits" / "SYN07.yml").write_text("trust: SYN07\n", "utf-8")
    assert call(root, "demo", "build", "--scale", "0.02") == ExitCode.OK
    return root


def published(project: Path) -> str:
    return next((project / "reports").rglob("SYN07.html")).read_text("utf-8")


def test_the_report_comes_out_as_the_tutorial_says(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(project, "check", "waits") == ExitCode.OK
    assert call(project, "run", "waits") == ExitCode.OK
    page = published(project)
    assert 'id="fig-rtt-18-weeks"' in page
    assert 'id="fig-ae-four-hours"' in page
    assert next((project / "reports").rglob("SYN07.pdf")).read_bytes().startswith(b"%PDF")
    capsys.readouterr()
    assert call(project, "run", "waits") == ExitCode.OK
    assert "1 unchanged" in capsys.readouterr().out


def test_a_mistyped_measure_fails_with_its_cell_and_keeps_what_was_published(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = project / "notebooks" / "waits.ipynb"
    before, good = published(project), path.read_text("utf-8")
    path.write_text(good.replace('waits.spc(\\"rtt_18_weeks\\")', 'waits.spc(\\"rtt_18_week\\")'), "utf-8")
    assert call(project, "run", "waits") == ExitCode.REPORT
    told = capsys.readouterr()
    assert "did you mean rtt_18_weeks?" in told.out + told.err
    assert published(project) == before
    path.write_text(good, "utf-8")


def test_a_mistyped_parameter_is_told_with_file_line_and_near_miss(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = project / "params" / "waits" / "SYN07.yml"
    file.write_text("trsut: SYN07\n", "utf-8")
    assert call(project, "check", "waits") == ExitCode.USAGE
    told = capsys.readouterr()
    assert "did you mean trust?" in told.out + told.err
    assert "SYN07.yml" in told.out + told.err
    file.write_text("trust: SYN07\n", "utf-8")
