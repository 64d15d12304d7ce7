"""The words of the command line, what it prints and what it returns."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from helpers import __version__
from helpers.cli import commands, main
from helpers.errors import ExitCode

GOOD = 'trust: SYN07\nperiod: "2026-03"\n'


@pytest.fixture(autouse=True)
def _no_project_around(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BOARDPACK_ROOT", raising=False)


@pytest.fixture
def call(capfd: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Return what runs the command and returns its exit code, its output and its messages."""

    def run(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(words)
        said = capfd.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, said.out, said.err

    return run


Call = Callable[..., tuple[int, str, str]]


def test_the_version_is_told_anywhere(call: Call) -> None:
    assert call("--version") == (0, f"boardpack {__version__}\n", "")


def test_check_counts_what_is_well_formed(
    call: Call, lay_out: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(lay_out({"good": {"SYN07.yml": GOOD}}) / "params" / "good")  # found from below
    assert call("check") == (0, "1 report of 1 notebook is well formed\n", "")


def test_check_tells_every_problem_without_traceback(call: Call, lay_out: Callable[..., Path]) -> None:
    root = lay_out(
        {"good": {"a.yml": "perod: x", "b.yml": "trust: 5"}, "no_parameters_cell": {"c.yml": ""}}
    )
    code, _, told = call("--project", str(root), "check")
    assert code == ExitCode.USAGE
    assert len(told.splitlines()) == 3
    assert "Traceback" not in told


@pytest.mark.parametrize("command", ["check", "run"])
def test_a_mistake_in_the_register_is_told_with_all_others_before_anything_runs(
    call: Call, lay_out: Callable[..., Path], command: str
) -> None:
    root = lay_out({"good": {"a.yml": "perod: x"}})
    register = root / "params" / "_register"
    register.mkdir()
    (register / "measures.yml").write_text("one:\n  name: One\n  benchmark: peer_medain\n", "utf-8")
    code, _, told = call("--project", str(root), command)
    assert code == ExitCode.USAGE
    assert "did you mean period?" in told
    assert "measures.yml, line 3, one.benchmark: 'peer_medain'" in told
    assert "did you mean peer_median?" in told
    assert "measures.yml, line 1, one.kind: missing" in told
    assert not list((root / ".boardpack").glob("runs/*"))


WRONG_SETTINGS = {
    "_quarto.yml": ["project:\n\toutput-dir: x\n", "- a\n", "toc-depth: two\n", "toc: true\ntoc: false\n"],
    "params/_theme.yml": ["name: A\nname: B\n", "colours: blue\n", "name: [\n"],
    "params/_publisher.yml": ["email: 5\n", "prepared: soon\n", "just words\n"],
}


@pytest.mark.parametrize("command", ["check", "run"])
@pytest.mark.parametrize(
    ("file", "text"), [(file, text) for file, texts in WRONG_SETTINGS.items() for text in texts]
)
def test_broken_or_mistyped_settings_are_told_before_anything_runs(
    call: Call, lay_out: Callable[..., Path], file: str, text: str, command: str
) -> None:
    root = lay_out({"good": {"a.yml": "perod: x"}})
    (root / file).write_text(text, "utf-8")
    code, _, told = call("--project", str(root), command)
    assert code == ExitCode.USAGE
    assert Path(file).name in told
    assert "did you mean period?" in told  # with what is wrong elsewhere
    assert "Traceback" not in told
    assert not (root / "reports").exists()


@pytest.mark.parametrize(
    "text", ["- name: x\n", "name: x\n", "- name: a\n  name: b\n  for: {trust: [A]}\n"]
)
@pytest.mark.parametrize("words", [("check",), ("run", "--strict")])
def test_a_broken_matrix_is_told_before_anything_runs_where_that_is_asked(
    call: Call, lay_out: Callable[..., Path], words: tuple[str, ...], text: str
) -> None:
    root = lay_out({"good": {"a.yml": "perod: x", "_matrix.yml": text}})
    code, _, told = call("--project", str(root), *words)
    assert code == ExitCode.USAGE
    assert "_matrix.yml" in told
    assert "did you mean period?" in told
    assert not (root / "reports").exists()


def test_check_tells_what_a_notebook_holds_and_mends_what_a_run_has_left(
    call: Call, lay_out: Callable[..., Path]
) -> None:
    root = lay_out({"good": {"a.yml": GOOD}})
    path = root / "notebooks" / "good.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(
        nbformat.v4.new_code_cell(
            "1", execution_count=3, outputs=[nbformat.v4.new_output("stream", text="1")]
        )
    )
    nbformat.write(notebook, path)
    (root / "notebooks" / "helpers.py").write_text("")
    code, _, told = call("--project", str(root), "check")
    assert code == ExitCode.USAGE
    assert "notebooks/good.ipynb: outputs or numbers of a run are stored" in told
    assert "notebooks/helpers.py: it would be imported instead" in told
    (root / "notebooks" / "helpers.py").unlink()
    code, said, told = call("--project", str(root), "check", "--fix")
    assert (code, told) == (0, "")
    assert said.splitlines() == ["good.ipynb: mended", "1 report of 1 notebook is well formed"]
    assert call("--project", str(root), "check", "--fix")[1].count("mended") == 0


def test_a_draft_without_parameters_may_hold_anything_but_outputs(
    call: Call, lay_out: Callable[..., Path]
) -> None:
    root = lay_out({"good": {"a.yml": GOOD}})
    draft = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("<b>not yet</b>")])
    nbformat.write(draft, root / "notebooks" / "draft.ipynb")
    assert call("--project", str(root), "check")[0] == 0
    (root / "params" / "draft").mkdir()
    code, _, told = call("--project", str(root), "check")
    assert code == ExitCode.USAGE
    assert "notebooks/draft.ipynb, cell 1: raw HTML" in told


def test_problems_are_told_as_json_where_json_is_asked_for(
    call: Call, lay_out: Callable[..., Path]
) -> None:
    root = lay_out({"good": {"a.yml": "trust: 5"}})
    code, printed, _ = call("--project", str(root), "check", "--json")
    assert code == json.loads(printed)["exit_code"] == ExitCode.USAGE
    assert json.loads(printed)["problems"][0]["where"] == "params/good/a.yml, line 1, `trust`"


def test_outside_a_project_the_cure_is_told(call: Call) -> None:
    code, _, told = call("status")
    assert code == ExitCode.USAGE
    assert "--project" in told


@pytest.mark.parametrize("words", [("nonsense",), ("run", "--jobs", "0"), ("run", "--nonsense")])
def test_wrong_words_are_wrong_usage(call: Call, words: tuple[str, ...]) -> None:
    assert call(*words)[0] == ExitCode.USAGE


def test_an_unknown_format_is_refused_before_anything_runs(
    call: Call, lay_out: Callable[..., Path]
) -> None:
    root = lay_out({"good": {"SYN07.yml": GOOD}})
    code, _, told = call("--project", str(root), "run", "--to", "html,word")
    assert code == ExitCode.USAGE
    assert "--to: word; allowed: html, pdf, docx" in told
    assert not (root / ".boardpack").exists()


def test_a_bug_keeps_its_traceback(
    call: Call, lay_out: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("helpers.cli.checking.plan", lambda *_: {}["ours"])
    code, _, told = call("--project", str(lay_out({})), "check")
    assert code == ExitCode.BUG
    assert "Traceback" in told


def test_a_folder_that_may_not_be_written_is_no_bug(
    call: Call, lay_out: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), "/data/.boardpack")

    monkeypatch.setattr("helpers.cli.checking.plan", refuse)
    code, _, told = call("--project", str(lay_out({})), "check")
    assert code == ExitCode.REPORT
    assert told.startswith("/data/.boardpack: Permission denied; give yourself the right, or close it")
    assert "Traceback" not in told


def test_a_file_of_ours_that_is_gone_is_a_bug(
    call: Call, lay_out: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(*_: object) -> None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), "board.css")

    monkeypatch.setattr("helpers.cli.checking.plan", lose)
    code, _, told = call("--project", str(lay_out({})), "check")
    assert code == ExitCode.BUG
    assert "Traceback" in told


def test_a_dry_run_says_what_would_run_and_why(call: Call, lay_out: Callable[..., Path]) -> None:
    root = lay_out({"good": {"SYN07.yml": GOOD}})
    assert call("--project", str(root), "run", "--dry-run")[1] == "good/SYN07: never published\n"
    assert not (root / "reports").exists()


def test_a_run_tells_in_plain_lines_where_there_is_no_terminal(
    call: Call, lay_out: Callable[..., Path]
) -> None:
    root = lay_out({"good": {"SYN07.yml": GOOD}, "raises": {"SYN08.yml": "trust: SYN08"}})
    code, printed, told = call("--project", str(root), "run", "--to", "html")
    assert code == ExitCode.REPORT
    assert printed == "1 published, 1 failed; reports/index.html\n"
    progress, _, problems = told.partition("raises/SYN08: failed at execute\n")
    assert [line.split()[0] for line in told.splitlines()[:2]] == ["[1/2]", "[2/2]"]
    assert " s, about " in progress.splitlines()[0]
    assert "cell 5 (`1 / 0`): ZeroDivisionError" in problems
    code, printed, _ = call("--project", str(root), "status", "--json")
    states = {entry["report"]: entry["state"] for entry in json.loads(printed)}
    assert (code, states) == (0, {"good/SYN07": "published", "raises/SYN08": "failed"})
    code, printed, told = call("--project", str(root), "run", "good", "--to", "html", "--json")
    assert (code, told) == (0, "")
    assert json.loads(printed)["reports"][0]["state"] == "unchanged"


def test_nothing_loaded_says_how_to_begin(call: Call, lay_out: Callable[..., Path]) -> None:
    assert "boardpack data load" in call("--project", str(lay_out({})), "data", "list")[1]


def test_the_environment_may_name_the_project(
    call: Call, lay_out: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOARDPACK_ROOT", os.fspath(lay_out({"good": {"SYN07.yml": GOOD}})))
    assert call("check")[0] == 0


def test_a_refused_file_is_told_and_nothing_is_loaded(call: Call, lay_out: Callable[..., Path]) -> None:
    root = lay_out({})
    shutil.copytree(Path(__file__).parents[1] / "params" / "_register", root / "params" / "_register")
    (root / "own.csv").write_text(
        "measure,org_code,period,numerator\nunknown,SYN07,2026-03,many\n", "utf-8"
    )
    code, printed, told = call("--project", str(root), "data", "load", str(root / "own.csv"))
    assert code == ExitCode.DATA
    assert "own.csv: refused" in printed
    assert "row 2" in told
    assert json.loads(call("--project", str(root), "data", "list", "--json")[1]) == []


def test_the_known_layouts_are_listed_with_what_they_feed(call: Call, lay_out: Callable[..., Path]) -> None:
    code, printed, _ = call("--project", str(lay_out({})), "data", "sources")
    assert code == 0
    assert "hes_provider" in printed
    assert "dna_rate" in printed


def test_checking_and_pruning_an_empty_mart_say_so(call: Call, lay_out: Callable[..., Path]) -> None:
    root = lay_out({})
    register = root / "params" / "_register"
    register.mkdir(parents=True, exist_ok=True)
    (register / "measures.yml").write_text("{}\n", "utf-8")
    code, printed, _ = call("--project", str(root), "data", "check")
    assert code == 0
    assert "the mart is empty" in printed
    assert call("--project", str(root), "data", "prune")[:2] == (0, "nothing to remove\n")


def test_whatever_a_command_writes_is_its_owners_alone_and_the_mask_comes_back(
    call: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = os.umask(0o022)
    monkeypatch.setattr(commands, "app", lambda *_, **__: (tmp_path / "x").write_text("x"))
    assert call()[0] == 0
    assert os.umask(before) == 0o022
    assert (tmp_path / "x").stat().st_mode & 0o777 == 0o600
