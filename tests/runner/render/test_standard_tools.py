"""papermill and `quarto render` on their own, without `boardpack run`; and the demo's reports by both engines."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import nbformat
import papermill
import pypdfium2
import pytest

from helpers.bundle import MIME
from helpers.cli import main
from helpers.runner.engines import FORMATS, find_quarto

from .reading import office_words, said_by

ROOT = Path(__file__).parents[3]
REMOTE = re.compile(r'<(?:script|img|link)\b[^>]+(?:src|href)="(?:https?:)?//')

DEMO: Final = ("los_published/SYN07", "dna_impact/SYN31", "scorecard/SYN62")

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def quarto() -> Path:
    found = find_quarto()
    if found is None:
        pytest.skip("no quarto command on the path or in QUARTO_PATH")
    return found.path


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of this project with the demo's data at a tenth, and nothing run."""
    root = tmp_path_factory.mktemp("own") / "project"
    for name in ("notebooks", "params"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns(".*"))
    for name in ("src/helpers/theme", "src/helpers/cli"):
        shutil.copytree(ROOT / name, root / name)
    for name in ("_quarto.yml", ".gitignore"):
        shutil.copy(ROOT / name, root)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("BOARDPACK_STATE", raising=False)
        with pytest.raises(SystemExit) as ended:
            main(["--project", str(root), "demo", "build", "--scale", "0.1"])
    assert not ended.value.code
    return root


def call_quarto(quarto: Path, folder: Path, *words: str) -> str:
    environ = {**os.environ, "QUARTO_PYTHON": sys.executable}
    environ.pop("BOARDPACK_STATE", None)
    done = subprocess.run(
        [quarto, "render", *words],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def kinds_handed_over(executed: Path) -> Iterator[str]:
    for cell in nbformat.read(executed, as_version=4).cells:
        yield from (
            out.data[MIME]["kind"] for out in cell.get("outputs", []) if MIME in out.get("data", {})
        )


def pdf_words(path: Path) -> str:
    with pypdfium2.PdfDocument(path) as pdf:
        return " ".join(page.get_textpage().get_text_range() for page in pdf)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of papermill's and the kernel's own parts
def test_one_executed_notebook_is_rendered_to_a_page_that_works_offline(
    quarto: Path, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BOARDPACK_STATE", raising=False)
    monkeypatch.chdir(project)
    executed = tmp_path / "out.ipynb"
    papermill.execute_notebook(
        project / "notebooks/dna_impact.ipynb",
        executed,
        {"trust": "SYN31"},
        cwd=project,
        progress_bar=False,
    )
    before = executed.read_bytes()
    call_quarto(quarto, tmp_path, "out.ipynb", "--to", "html", "--embed-resources")
    call_quarto(quarto, tmp_path, "out.ipynb", "--to", "typst")
    page = (tmp_path / "out.html").read_text("utf-8")
    assert executed.read_bytes() == before
    assert "Missed appointments and what fewer would bring</h1>" in page
    kinds = Counter(kinds_handed_over(executed))
    assert kinds["table"] >= 3
    assert page.count("<table") == kinds["table"]
    assert len(re.findall(r"<img [^>]*data:image/svg", page)) == kinds["figure"] >= 3
    assert not REMOTE.search(page)
    assert "SYN31" in pdf_words(tmp_path / "out.pdf")


def test_a_bare_render_of_the_project_makes_every_notebook_and_publishes_nothing(
    quarto: Path, project: Path
) -> None:
    tracked = [*project.glob("notebooks/*.ipynb"), project / ".gitignore"]
    before = {path: path.read_bytes() for path in tracked}
    said = call_quarto(quarto, project)
    assert {path: path.read_bytes() for path in tracked} == before
    names = {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")}
    made = project / ".boardpack/quarto/notebooks"
    assert (
        {path.stem for path in made.glob("*.html")} == {path.stem for path in made.glob("*.pdf")} == names
    )
    assert not (project / "reports").exists()
    assert "ERROR" not in said
    for path in made.glob("*.html"):
        page = path.read_text("utf-8")
        assert not REMOTE.search(page), path.name
        assert "open_report" not in page, path.name  # code is not shown
        assert "<table" in page, path.name
        pictures = re.findall(r"<img [^>]*data:image/svg[^>]*>", page)
        assert all(re.search(r'alt="[^"]', picture) for picture in pictures), path.name
        assert page.count("quarto-float-fig") >= len(pictures), path.name
        assert "Table\xa01: " in page, path.name


def test_reports_of_the_demo_are_the_same_from_both_engines(
    quarto: Path, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BOARDPACK_STATE", raising=False)
    monkeypatch.setenv("QUARTO_PATH", str(quarto))
    for renderer in ("embedded", "quarto"):
        words = ("run", *DEMO, "--force", "--to", ",".join(FORMATS), "--renderer", renderer)
        with pytest.raises(SystemExit) as ended:
            main(["--project", str(project), *words])
        assert not ended.value.code
        shutil.move(project / "reports", tmp_path / renderer)
    made = sorted(
        path.relative_to(tmp_path / "embedded") for path in (tmp_path / "embedded").rglob("*.pptx")
    )
    assert len(made) == len(DEMO)
    for place in made:
        ours, theirs = (
            {name: (tmp_path / each / place).with_suffix(f".{name}") for name in FORMATS}
            for each in ("embedded", "quarto")
        )
        assert without_run(said_by(theirs["html"])) == without_run(said_by(ours["html"])), place
        assert without_run(pdf_words(theirs["pdf"]).split()) == without_run(pdf_words(ours["pdf"]).split())
        for name in ("docx", "pptx"):
            assert without_run(office_words(theirs[name])) == without_run(office_words(ours[name])), place


def without_run(said: object) -> str:
    """What was said but for the id of the run, which is each run's own."""
    return re.sub(r"\d{8}T\d{6}Z-?[0-9a-f]{6}", "RUN", repr(said))
