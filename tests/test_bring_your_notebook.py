"""The page on bringing a notebook is followed to the letter, through check, run and both engines."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from helpers.data.mart import Mart
from helpers.errors import ExitCode
from helpers.runner.engines import choose_engine

from .following import blocks, call, dictated

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "how-to" / "bring-your-notebook.md"
KINDS = {"markdown": "markdown", "python": "code"}
FILES = {
    "csv": "notebooks/wards.csv",
    "module": "notebooks/ward_sums.py",
    "yaml": "params/wards/SYN07.yml",
    "origin": "params/_register/files.yml",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, demo_in: Callable[..., Mart]) -> Path:
    root = tmp_path_factory.mktemp("bring") / "project"
    for folder in ("notebooks", "params/wards"):
        (root / folder).mkdir(parents=True)
    shutil.copytree(ROOT / "params" / "_register", root / "params" / "_register")
    shutil.copy(ROOT / "_quarto.yml", root)
    found = blocks(PAGE)
    for language, source in found:
        if language in FILES:
            (root / FILES[language]).write_text(source + "\n", "utf-8")
    cells = [each for each in found if each[0] in KINDS]
    nbformat.write(dictated(cells, KINDS), root / "notebooks" / "wards.ipynb")
    demo_in(root / ".boardpack" / "mart", 0.02)
    return root


def published(project: Path, name: str) -> Path:
    return next((project / "reports").rglob(name))


def captions(page: str) -> list[str]:
    found = re.findall(r"<(?:figcaption|caption)\b[^>]*>(.*?)</(?:figcaption|caption)>", page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", "", each).split()) for each in found]


EXPECTED = [
    "Table 1: Beds and patients at midnight",
    "Table 2: Beds by division",
    "Table 3: Occupied beds by ward",
    "Table 4: Occupied beds by division",
    "Figure 1: Share of beds that are occupied, by ward",
    "Figure 2: Patients by beds",
    "Figure 3: Patients who wait less than 18 weeks, 12 months",
    "Table 5: The last three months",
]


def test_it_comes_through_as_the_page_says(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(project, "check", "wards") == ExitCode.OK
    assert call(project, "run", "wards", "--renderer", "embedded") == ExitCode.OK, capsys.readouterr().out
    page = published(project, "SYN07.html").read_text("utf-8")
    assert Counter(captions(page)) == Counter(EXPECTED)
    assert "Elm is full; Cedar has the lowest share, 85%." in page
    assert re.search(r"<strong>2 of 4 wards</strong> are fuller", page)
    assert "occupancy is patients over beds" in page
    assert "95.8%" in page
    assert published(project, "SYN07.pdf").read_bytes().startswith(b"%PDF")


def test_what_was_asked_of_the_mart_is_among_the_sources(project: Path) -> None:
    about = published(project, "SYN07.html").read_text("utf-8").partition("About this report")[2]
    assert "Synthetic national statistics" in about


@pytest.mark.skipif(choose_engine() is None, reason="needs Quarto")
def test_quarto_makes_the_same_of_it(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(project, "run", "wards", "--renderer", "quarto", "--force") == ExitCode.OK, (
        capsys.readouterr()
    )
    assert Counter(captions(published(project, "SYN07.html").read_text("utf-8"))) == Counter(EXPECTED)


def test_without_what_was_added_it_is_refused_cell_by_cell(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = project / "notebooks" / "wards.ipynb"
    good = path.read_text("utf-8")
    path.write_text(re.sub(r'"#\|[^\n]*\n', "", good), "utf-8")
    assert call(project, "run", "wards") == ExitCode.GATE
    heard = capsys.readouterr()
    told = heard.out + heard.err
    path.write_text(good, "utf-8")
    cell = r"\d+ \(In \[\d+\]\)"
    assert re.search(rf"cells {cell}, {cell}, {cell}: a table without a caption. Put `#\| tbl-cap", told)
    assert re.search(rf"cells {cell}, {cell}: a figure without a caption and an alt text. Put", told)
