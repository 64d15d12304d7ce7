"""What the history tells on the command line, and what people decide there."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from helpers.cli import main
from helpers.cli.records import follow
from helpers.errors import ExitCode
from helpers.runner.batch.folders import Traces

GOOD = 'trust: SYN07\nperiod: "2026-03"\n'
Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Call:
    """Return what runs the command in the project and returns its exit code, its output and its messages."""
    monkeypatch.delenv("BOARDPACK_ROOT", raising=False)
    monkeypatch.delenv("BOARDPACK_STATE", raising=False)

    def run(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["--project", str(tmp_path / "project"), *words])
        said = capfd.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, said.out, said.err

    return run


RUN = ("run", "--to", "html", "--renderer", "embedded")


def test_from_a_draft_to_a_withdrawal(
    call: Call, lay_out: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = lay_out({"good": {"SYN07.yml": GOOD}, "raises": {"SYN08.yml": "trust: SYN08"}})
    assert call(*RUN, "--hold")[0] == ExitCode.REPORT
    shown = call("show", "good/SYN07")[1]
    assert "state        held" in shown
    assert 'parameters   {"trust": "SYN07", "period": "2026-03"}' in shown
    assert "/good/SYN07/marked/2026-03/good/SYN07.html" in shown
    told = json.loads(call("show", "raises/SYN08", "--json")[1])
    assert "ZeroDivisionError" in told["error"]
    assert Path(told["places"]["notebook"]).name == "executed.ipynb"
    log = Path(told["places"]["log"]).read_text("utf-8")
    assert "execute begins" in log
    assert log.rstrip().endswith("failed")

    assert call("approve", "SYN07", "--draft", "000")[0] == ExitCode.USAGE
    code, said, _ = call("approve", "SYN07")
    assert (code, said) == (0, "published: reports/2026-03/good/SYN07.html\n")
    assert call("why", "good/SYN07", "--renderer", "embedded")[1].startswith(
        "good/SYN07\n  up to date: nothing"
    )

    opened: list[str] = []
    monkeypatch.setattr(typer, "launch", opened.append)
    assert call("show", "SYN07", "--open", "html")[0] == 0
    assert opened == [str(root / "reports" / "2026-03" / "good" / "SYN07.html")]
    assert call("show", "SYN07", "--open", "docx")[0] == ExitCode.USAGE

    code, said, _ = call("withdraw", "good/SYN07", "--why", "Beds were counted twice.")
    assert (code, said) == (0, "withdrawn: reports/2026-03/good/SYN07.html\n")
    kinds = [run["kind"] for run in json.loads(call("history", "--json")[1])]
    assert kinds == [
        "withdraw",
        "approve",
        "run",
    ]  # not the approval of another draft: it was refused before
    assert "Beds were counted twice." in call("history", "good/SYN07")[1]
    assert "1 failed" in call("history")[1]
    assert call(*RUN, "--only-failed", "--dry-run")[1] == "raises/SYN08: never published\n"
    assert call(*RUN, "--resume")[1] == "nothing is left to run\n"


@pytest.mark.parametrize("words", [("show",), ("approve",), ("withdraw", "--why", "x"), ("history",)])
def test_a_report_that_is_not_on_record_is_told(
    call: Call, lay_out: Callable[..., Path], words: tuple[str, ...]
) -> None:
    lay_out({"good": {"SYN07.yml": GOOD}})
    code, _, told = call(words[0], "SYN99", *words[1:])
    assert code == ExitCode.USAGE
    assert "no run of such a report is on record" in told


def test_logs_are_followed_until_the_report_has_ended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "run.log"
    words = iter(["execute begins\n", "execute took 1.00 s\n", "published\n"])

    def is_over() -> bool:
        with log.open("a", encoding="utf-8") as file:
            file.write(next(words))
        return "published" in log.read_text("utf-8")

    follow(Traces(tmp_path, {}), is_over=is_over, pause=0)
    assert capsys.readouterr().out == "execute begins\nexecute took 1.00 s\npublished\n"


def test_a_foreign_and_an_altered_file_are_told_and_left_alone(
    call: Call, lay_out: Callable[..., Path]
) -> None:
    root = lay_out({"good": {"SYN07.yml": GOOD, "SYN08.yml": GOOD.replace("SYN07", "SYN08")}})
    assert call(*RUN)[0] == 0
    assert call("status")[2] == ""
    folder = root / "reports" / "2026-03" / "good"
    (folder / "SYN07.html").write_text("altered")
    (folder / "draft.html").write_text("mine")
    (folder / "SYN08.html").unlink()
    (root / "reports" / ".htaccess").write_text("")  # nothing that a reader meets
    assert call("status")[2].splitlines() == [
        "reports/2026-03/good/SYN07.html: was altered since it was published",
        "reports/2026-03/good/SYN08.html: is missing",
        "reports/2026-03/good/draft.html: was not published by any run on record",
    ]
    said = call(*RUN, "--verify")[2]
    assert "draft.html: was not published by any run on record" in said
    assert "SYN07.html: was altered" not in said  # it was made anew
    assert (folder / "draft.html").read_text() == "mine"
