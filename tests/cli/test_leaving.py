"""What leaves the portal: reports that nothing asks for any more, and editions beyond those that are kept."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from helpers.cli.assembly import open_project
from helpers.data.disclosure.queries import Condition, Query
from helpers.data.ledger.releases import Releases
from helpers.data.mart import Mart
from helpers.errors import ExitCode
from helpers.runner.batch import approval
from helpers.runner.batch.approval import remove_editions
from helpers.runner.history.entries import State
from helpers.runner.history.store import History

GOOD = 'trust: {}\nperiod: "{}"\n'
RUN = ("run", "--to", "html", "--renderer", "embedded")
Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def root(lay_out: Callable[..., Path]) -> Path:
    """A project with two reports of one notebook, and something loaded."""
    root = lay_out({"good": {f"{name}.yml": GOOD.format(name, "2026-03") for name in ("SYN07", "SYN08")}})
    mart = Mart(root / ".boardpack" / "mart")
    with mart.load(source="codes", layout="l", policy="published", synthetic=True) as load:
        load.count(read=0)
    return root


def page(root: Path, name: str, period: str = "2026-03") -> Path:
    return root / "reports" / period / "good" / f"{name}.html"


def edition(root: Path, call: Call, period: str) -> None:
    """Publish a report for a period."""
    notebook = root / "notebooks" / "good.ipynb"
    text = notebook.read_text("utf-8")
    notebook.write_text(text.replace('\\"2026-03\\"', f'\\"{period}\\"'), "utf-8")
    assert call(*RUN)[0] == 0
    notebook.write_text(text, "utf-8")


def test_reports_that_nothing_asks_for_leave_with_a_reason(root: Path, call: Call) -> None:
    assert call(*RUN)[0] == 0
    assert call("retire", "--yes")[1] == "every published report is still asked for\n"
    (root / "params" / "good" / "SYN08.yml").unlink()
    (root / "params" / "good" / "SYN07.yml").write_text("trust: 5\n", "utf-8")  # a mistake asks still
    said = call("retire", "--dry-run")[1]
    assert said == "good/SYN08: 1 edition\n"
    assert "withdrawn" not in page(root, "SYN08").read_text("utf-8")
    assert call("retire")[0] != 0  # nobody has answered
    assert call("retire", "--yes", "--why", "The service has closed.")[0] == 0
    note = page(root, "SYN08").read_text("utf-8")
    assert "The service has closed." in note
    assert "will stand here" not in note
    assert "Withdrawn" in (root / "reports" / "all.html").read_text("utf-8")
    assert "were as long as expected" in page(root, "SYN07").read_text("utf-8")
    assert call("retire", "--yes")[1] == "every published report is still asked for\n"


def test_a_notebook_that_is_gone_takes_its_reports_along(root: Path, call: Call) -> None:
    assert call(*RUN)[0] == 0
    (root / "notebooks" / "good.ipynb").unlink()
    assert call("retire", "--yes")[0] == 0
    states = {each.state for each in History(root / ".boardpack").places()}
    assert states == {State.WITHDRAWN}


def test_nothing_is_retired_where_what_is_asked_for_cannot_be_told(root: Path, call: Call) -> None:
    assert call(*RUN)[0] == 0
    (root / "params" / "good" / "_matrix.yml").write_text("select: [\n", "utf-8")
    (root / "params" / "good" / "SYN08.yml").unlink()
    code, _, told = call("retire", "--yes")
    assert code == ExitCode.USAGE
    assert "_matrix.yml" in told
    (root / ".boardpack" / "mart" / "CURRENT").unlink()
    assert "nothing is loaded" in call("retire", "--yes")[2]
    assert {each.state for each in History(root / ".boardpack").places()} == {State.PUBLISHED}


def test_a_withdrawal_that_cannot_write_leaves_what_stood(
    root: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert call(*RUN)[0] == 0
    before = {path: path.read_bytes() for path in page(root, "SYN07").parent.iterdir()}
    real = Path.replace

    def full(path: Path, target: Path) -> Path:
        if Path(target).name == "SYN07.html":
            raise OSError(28, "No space left on device", str(target))
        return real(path, target)

    monkeypatch.setattr(Path, "replace", full)
    code, _, told = call("withdraw", "good/SYN07", "--why", "A mistake.")
    assert (code, "No space left on device" in told) == (ExitCode.REPORT, True)
    monkeypatch.undo()
    assert {
        path: path.read_bytes() for path in page(root, "SYN07").parent.iterdir() if path in before
    } == before
    history = History(root / ".boardpack")
    assert history.standing()["good", "SYN07"].state is State.PUBLISHED
    assert history.latest()["good", "SYN07"].state is State.PUBLISHED
    assert "Withdrawn" not in (root / "reports" / "all.html").read_text("utf-8")
    assert call("withdraw", "good/SYN07", "--why", "A mistake.")[0] == 0


def test_a_full_disk_keeps_the_draft_and_names_the_folder(
    root: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert call(*RUN, "good/SYN07", "--hold")[0] == 0

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", full)
        code, _, told = call("approve", "good/SYN07")
    folder = page(root, "SYN07").parent
    assert code == ExitCode.REPORT
    assert told.startswith(f"{folder}: No space left on device; free some space")
    assert list(folder.iterdir()) == []
    assert call("approve", "good/SYN07")[0] == 0
    assert page(root, "SYN07").exists()


def test_editions_beyond_those_that_are_kept_leave_the_portal_first(root: Path, call: Call) -> None:
    for period in ("2026-01", "2026-02", "2026-03"):
        edition(root, call, period)
    (root / "params" / "_publisher.yml").write_text("keep: {editions: 2}\n", "utf-8")
    said = call("state", "prune", "--dry-run")[1]
    assert "would remove edition 2026-01/good/SYN07" in said
    assert "2 editions would be removed" in said
    assert page(root, "SYN07", "2026-01").exists()
    assert "2 editions are removed" in call("state", "prune")[1]
    assert not (root / "reports" / "2026-01").exists()
    linked = (root / "reports" / "all.html").read_text("utf-8")
    assert "2026-01/" not in linked
    assert "2026-02/good/SYN07.html" in linked
    assert call("state", "prune", "--quiet")[1] == ""
    _, out, err = call("status")
    assert "missing" not in out + err
    assert "2 published" in out
    edition(root, call, "2026-01")  # made up for later on, it is there again
    assert page(root, "SYN07", "2026-01").exists()


def test_what_a_sudden_end_leaves_is_linked_by_nothing_and_goes_the_next_time(
    root: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    for period in ("2026-02", "2026-03"):
        edition(root, call, period)
    project = open_project(root)
    old = [each for each in History(project.state).published() if each.period == "2026-02"]

    def end(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(approval, "_take_away", end)
    with pytest.raises(KeyboardInterrupt):
        remove_editions(project, old)
    monkeypatch.undo()
    assert page(root, "SYN07", "2026-02").exists()
    assert "2026-02/" not in (root / "reports" / "all.html").read_text("utf-8")
    assert page(root, "SYN07", "2026-02") in remove_editions(project, [])
    assert not (root / "reports" / "2026-02").exists()


def test_the_record_of_what_was_told_can_be_made_anew_without_the_edition(root: Path, call: Call) -> None:
    edition(root, call, "2026-02")
    manifest = page(root, "SYN07", "2026-02").with_name("SYN07.manifest.json")
    told = json.loads(manifest.read_text("utf-8"))
    query = Query("spells", "SYN07", (Condition("month", ("2026-02",)),)).entry
    told["released"] = [{"query": query, "shown": 12, "mean": None}]
    manifest.write_text(json.dumps(told), "utf-8")
    ledger = Releases(root / ".boardpack", root / "reports")
    before = ledger.rebuild()
    edition(root, call, "2026-03")
    (root / "params" / "_publisher.yml").write_text("keep: {editions: 1}\n", "utf-8")
    assert call("state", "prune")[0] == 0
    assert not manifest.exists()
    assert before == (1, 1)
    assert ledger.rebuild() == (
        2,
        2,
    )  # that of the removed edition, and of the next one, which tells it too


def test_a_run_whose_draft_waits_stays_whatever_its_age(root: Path, call: Call) -> None:
    assert call(*RUN, "--hold")[0] == 0
    runs = root / ".boardpack" / "runs"
    (run,) = [each for each in runs.iterdir() if each.is_dir()]
    old = runs / "20200101T000000Z-aaaaaa"
    old.mkdir()
    (root / "params" / "_publisher.yml").write_text("keep: {runs: 0 days}\n", "utf-8")
    assert call("state", "prune")[0] == 0
    assert (run.exists(), old.exists()) == (True, False)
    assert call("approve", "good/SYN07")[0] == 0


def test_what_is_wrong_with_keep_is_told_at_once(root: Path, call: Call) -> None:
    text = "keep: {runs: soon, editions: 0, pages: 3}\n"
    (root / "params" / "_publisher.yml").write_text(text, "utf-8")
    code, _, told = call("check")
    assert code == ExitCode.USAGE
    assert all(word in told for word in ("keep.runs", "keep.editions", "pages"))
