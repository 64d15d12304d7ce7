"""Notebooks in git: hooks keep outputs out, and a merge that failed is mended with the command that `check` names."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import v4

from helpers.runner.document.stored import find_stored

HOOKS = Path(__file__).parents[1] / ".pre-commit-config.yaml"


@pytest.fixture
def git(
    lay_out: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return what runs a command in a project under git."""
    root = lay_out({"good": {"SYN07.yml": 'trust: SYN07\nperiod: "2026-03"\n'}})
    shutil.copy(HOOKS, root)
    monkeypatch.chdir(root)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Analyst")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "analyst@example.org")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("PRE_COMMIT_HOME", str(root.parent / "hooks"))

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(words, capture_output=True, text=True, cwd=root)

    assert run("git", "init", "-q", "-b", "main").returncode == 0
    run("git", "add", "-A")
    assert run("git", "commit", "-q", "-m", "base").returncode == 0
    return run


Git = Callable[..., subprocess.CompletedProcess[str]]
NOTEBOOK = Path("notebooks/good.ipynb")


def reword(words: str) -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    next(
        cell for cell in notebook.cells if cell.source.startswith("## Stay")
    ).source = f"## Stay\n\n{words}"
    nbformat.write(notebook, NOTEBOOK)


def test_the_hooks_take_outputs_out_and_refuse_what_check_refuses(git: Git) -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    notebook.cells[2].outputs = [v4.new_output("stream", text="3 patients")]
    nbformat.write(notebook, NOTEBOOK)
    git("git", "add", "-A")
    first = git("pre-commit", "run")
    assert first.returncode == 1
    assert "outputs taken out of notebooks" in first.stdout
    assert "3 patients" not in NOTEBOOK.read_text("utf-8")
    git("git", "add", "-A")
    assert git("pre-commit", "run").returncode == 0
    Path("params/good/SYN07.yml").write_text("perod: x\n", "utf-8")
    git("git", "add", "-A")
    refused = git("pre-commit", "run")
    assert refused.returncode == 1
    assert "did you mean period?" in refused.stdout


def test_a_failed_merge_is_mended_by_the_command_that_is_named(git: Git) -> None:
    for branch, words in (("theirs", "Stays grew."), ("main", "Stays fell.")):
        git("git", "checkout", "-q", *(["-b"] if branch == "theirs" else []), branch)
        reword(words)
        assert git("git", "commit", "-qam", words).returncode == 0
    assert git("git", "merge", "theirs").returncode != 0
    (problem,) = find_stored(NOTEBOOK.resolve(), "notebooks/good.ipynb")
    command = re.search(r"`(nbdime[^`]+)`", str(problem))
    assert command is not None
    for each in command[1].split(" && "):
        assert git(*each.split()).returncode == 0
    (left,) = find_stored(NOTEBOOK, "notebooks/good.ipynb")  # a notebook again, its marks in one cell
    assert re.match(r"notebooks/good.ipynb, cell \d+: a merge has left its marks", str(left))
    text = NOTEBOOK.read_text("utf-8")
    assert "Stays grew." in text
    assert "Stays fell." in text
    reword("Stays fell, then grew.")
    assert list(find_stored(NOTEBOOK, "notebooks/good.ipynb")) == []
