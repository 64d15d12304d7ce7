"""A batch never stops for one file: what cannot be run is refused by name, and all others run."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from helpers.cli import main
from helpers.cli.assembly import open_mart
from helpers.errors import ExitCode
from helpers.runner.history.store import History

GOOD = 'trust: SYN07\nperiod: "2026-03"\n'
Call = Callable[..., tuple[int, str, str]]
RUN = ("run", "--to", "html", "--renderer", "embedded")
MEASURE = """
beds:
  name: Beds
  definition: Beds that are occupied.
  kind: rate
  direction: lower
"""


@pytest.fixture
def call(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Call:
    """Return what runs the command in the project and returns its exit code, its output and its messages."""
    monkeypatch.delenv("BOARDPACK_ROOT", raising=False)

    def run(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["--project", str(tmp_path / "project"), *words])
        said = capfd.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, said.out, said.err

    return run


def know(root: Path, *codes: str) -> None:
    """Load the names of some trusts."""
    rows = [{"org_code": code, "name": f"Trust {code}", "kind": "trust"} for code in codes]
    with open_mart(root).load(source="codes", layout="l", policy="published", synthetic=True) as load:
        load.write("organisations", pd.DataFrame(rows))


WRONG = {
    "typo.yml": "trust: SYN07\nperod: latest\n",
    "conflict.yml": "<<<<<<< ours\ntrust: SYN07\n=======\ntrust: SYN08\n>>>>>>> theirs\n",
    "x.yaml": GOOD,
    "late.yml": "trust: SYN07\nperiod: soon\n",
}


def test_what_is_wrong_is_refused_by_name_and_the_others_run(
    call: Call, lay_out: Callable[..., Path]
) -> None:
    root = lay_out({"good": {"SYN07.yml": GOOD, **WRONG}, "no_kernelspec": {"a.yml": GOOD, "b.yml": GOOD}})
    code, said, told = call(*RUN)
    assert code == ExitCode.USAGE
    assert "1 published, 6 refused" in said
    assert "did you mean period?" in told
    assert "no_kernelspec/a and 1 more: refused" in told  # one notebook is told once
    states = {entry.report: str(entry.state) for entry in History(root / ".boardpack").latest().values()}
    assert states.pop("good/SYN07") == "published"
    assert set(states.values()) == {"refused"}
    assert len(states) == 6
    runs = (root / "reports" / "runs.html").read_text("utf-8")
    assert "6 reports" in runs  # counted, and not named: no reader knows them
    assert "good/typo: refused" in call(*RUN, "--dry-run")[1]


def test_a_report_that_was_published_stands_as_not_renewed_while_its_file_is_wrong(
    call: Call, lay_out: Callable[..., Path]
) -> None:
    root = lay_out({"good": {"SYN07.yml": GOOD, "SYN08.yml": GOOD.replace("SYN07", "SYN08")}})
    assert call(*RUN)[0] == 0
    (root / "params" / "good" / "SYN08.yml").write_text("trust: 8\n", "utf-8")
    assert call(*RUN)[0] == ExitCode.USAGE
    assert "Not renewed" in (root / "reports" / "all.html").read_text("utf-8")
    assert "good/SYN08: refused" in (root / "reports" / "runs.html").read_text("utf-8")
    (root / "params" / "good" / "SYN08.yml").write_text(GOOD.replace("SYN07", "SYN08"), "utf-8")
    assert call(*RUN)[0] == 0
    assert "Not renewed" not in (root / "reports" / "all.html").read_text("utf-8")


def test_strict_runs_nothing_where_something_is_wrong(call: Call, lay_out: Callable[..., Path]) -> None:
    root = lay_out({"good": {"SYN07.yml": GOOD, **WRONG}})
    assert call(*RUN, "--strict")[0] == ExitCode.USAGE
    assert not (root / "reports").exists()


def test_organisations_without_data_are_left_out_as_a_group_and_fail_nothing(
    call: Call, lay_out: Callable[..., Path]
) -> None:
    files = {f"SYN{number:02}.yml": GOOD.replace("SYN07", f"SYN{number:02}") for number in range(1, 6)}
    root = lay_out({"good": {**files, "RGT.yml": GOOD.replace("SYN07", "RGT")}})
    know(root, "RGT", "RX1")
    (root / "params" / "good" / "_matrix.yml").write_text(
        'name: "{trust}-m"\nfor: {trust: [RX1, RX2]}\n'.replace("name", "- name").replace(
            "\nfor", "\n  for"
        ),
        "utf-8",
    )
    code, said, told = call(*RUN)
    assert code == 0
    assert "no data of RX2 and 5 others: 6 reports are left out" in said
    assert "SYN" not in told
    assert len(History(root / ".boardpack").latest()) == 2
    assert "no data of RX2 and 5 others" in call("check")[1]
    told_to_machines = json.loads(call(*RUN, "--json")[1])
    assert len(told_to_machines["no_data"]) == 6
    assert told_to_machines["exit_code"] == 0


def test_a_code_that_is_a_letter_off_is_a_mistake(call: Call, lay_out: Callable[..., Path]) -> None:
    root = lay_out(
        {"good": {"RGT.yml": GOOD.replace("SYN07", "RGT"), "b.yml": GOOD.replace("SYN07", "RGX")}}
    )
    know(root, "RGT")
    code, _, told = call(*RUN)
    assert code == ExitCode.USAGE
    assert 'no organisation has the code "RGX"; did you mean RGT?' in told


def test_asked_for_by_name_an_unknown_organisation_is_an_error(
    call: Call, lay_out: Callable[..., Path]
) -> None:
    root = lay_out({"good": {"SYN07.yml": GOOD, "RGT.yml": GOOD.replace("SYN07", "RGT")}})
    know(root, "RGT")
    code, _, told = call(*RUN, "good/SYN07")
    assert code == ExitCode.USAGE
    assert 'no organisation has the code "SYN07"' in told


def test_a_wrong_comment_stops_the_reports_of_its_organisation_alone(
    call: Call, lay_out: Callable[..., Path]
) -> None:
    root = lay_out({"good": {f"{code}.yml": GOOD.replace("SYN07", code) for code in ("SYN07", "SYN08")}})
    register = root / "params" / "_register"
    register.mkdir()
    (register / "files.yml").write_text("", "utf-8")
    (register / "comments.yml").write_text(
        "- {measure: beds, organisation: SYN08, month: March, author: Chief Nurse, why: Flu.}\n", "utf-8"
    )
    code, said, told = call(*RUN)
    assert code == ExitCode.USAGE
    assert "1 published, 1 refused" in said
    assert "good/SYN08: refused" in told
    assert "comments.yml, line 1" in told
