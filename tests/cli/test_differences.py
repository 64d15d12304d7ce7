"""`boardpack diff` compares editions that passed the gate, by month, run or settings."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from helpers.cli import main
from helpers.runner.batch import life
from helpers.runner.batch import run as batches

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def root(lay_out_once: Callable[..., Path]) -> Path:
    """A report that was published twice, its words changed between; and one of other settings."""
    values = {
        "SYN07.yml": 'trust: SYN07\nperiod: "2026-03"\n',
        "SYN08.yml": 'trust: SYN08\nperiod: "2026-03"\n',
    }
    root = lay_out_once({"good": values})
    path = root / "notebooks" / "good.ipynb"
    ids = iter(("20260401T000000Z-bbbbbb", "20260401T000000Z-aaaaaa"))
    with pytest.MonkeyPatch.context() as patch:  # both runs begin within one second
        patch.setattr(batches, "new_id", lambda: next(ids))
        patch.setattr(life, "now", lambda: "2026-04-01T00:00:00+00:00")
        for words in ("Stays grew.", "Stays fell & rose."):
            notebook = nbformat.read(path, as_version=4)
            notebook.cells[5].source = f"## Stay\n\nThe mean length of stay. {words}"
            nbformat.write(notebook, path)
            with pytest.raises(SystemExit):
                main(["--project", str(root), "run", "--to", "html", "--quiet", "--renderer", "embedded"])
    return root


@pytest.fixture
def call(root: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    def run(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["--project", str(root), "diff", *words])
        assert isinstance(ended.value.code, int)
        return ended.value.code, *capsys.readouterr()

    return run


def test_the_newest_edition_is_compared_with_the_one_before(call: Call, tmp_path: Path) -> None:
    page = tmp_path / "diff.html"
    code, out, _ = call("good/SYN07", "--page", str(page))
    assert code == 0
    assert "A Stays grew.\nB Stays fell & rose." in out
    written = page.read_text("utf-8")
    assert "<del>Stays grew.</del> <ins>Stays fell &amp; rose.</ins>" in written
    assert "default-src 'none'" in written


def test_two_settings_are_compared_and_one_edition_says_the_same_as_itself(call: Call) -> None:
    told = json.loads(call("good/SYN07", "good/SYN08", "--json")[1])
    assert told["a"].startswith("good/SYN07, ")
    assert told["b"].startswith("good/SYN08, ")
    same = call("good/SYN07@2026-03", "good/SYN07")
    assert "the same numbers and the same sentences" in same[1]


def test_what_is_not_there_is_told_with_what_is(call: Call, root: Path) -> None:
    code, _, told = call("good/SYN07@2020-01", "good/SYN08")
    assert code == 2
    assert "allowed: 2026-03" in told
    assert "did you mean good/SYN0" in call("good/SYN0")[2]
    runs = sorted((root / ".boardpack" / "runs").iterdir())
    shutil.rmtree(runs[0])
    code, _, told = call("good/SYN08")
    assert code == 2
    assert "its notebook was removed by its age" in told
