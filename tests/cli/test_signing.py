"""Signing drafts on the command line, and seeing what was changed."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from helpers.errors import ExitCode
from helpers.runner.batch.signing import current_account

Call = Callable[..., tuple[int, str, str]]
GOOD = 'trust: SYN07\nperiod: "2026-03"\n'


@pytest.fixture
def root(lay_out: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("BOARDPACK_ROOT", raising=False)
    monkeypatch.delenv("BOARDPACK_STATE", raising=False)
    made = lay_out({"good": {"SYN07.yml": GOOD}})
    (made / "params" / "_publisher.yml").write_text(
        "sign_off:\n  - notebooks: good\n    by: lead, director\n"
        f"roles:\n  lead: {current_account()}\n  director: account-b\n"
    )
    return made


@pytest.mark.usefixtures("root")
def test_a_draft_is_signed_returned_and_shown(call: Call) -> None:
    assert call("run", "--to", "html", "--renderer", "embedded")[0] == 0
    assert call("approve", "SYN07", "--note", "Agreed.") == (
        0,
        "good/SYN07: is reviewed by lead and waits for director\n",
        "",
    )
    code, _, told = call("approve", "SYN07")
    assert code == ExitCode.USAGE
    assert f"{current_account()} is lead and cannot sign here; allowed: director" in told
    assert call("return", "SYN07", "--note", "Why so few beds?")[0] == 0
    shown = call("sign-off", "status")[1]
    assert "good/SYN07, 2026-03: was returned by lead and waits for lead" in shown
    assert f"reviewed by lead ({current_account()}): Agreed." in shown
    assert "Why so few beds?" in shown
    (told_json,) = json.loads(call("sign-off", "status", "--json")[1])
    assert (told_json["stage"], told_json["next"]) == ("returned", "lead")
    code, said, _ = call("history", "--verify")
    assert (code, said.splitlines()[-1]) == (0, "nothing was changed since it was entered")
    noted = said.splitlines()[0].split()[-1]
    assert call("history", "--verify", "--noted", noted[:12])[0] == 0
    assert call("history", "--verify", "--noted", "0" * 12)[0] == ExitCode.GATE


def test_what_was_changed_is_named(root: Path, call: Call) -> None:
    (root / "params" / "_publisher.yml").unlink()
    assert call("run", "--to", "html", "--renderer", "embedded")[0] == 0
    page = root / "reports/2026-03/good/SYN07.html"
    page.write_text(page.read_text("utf-8").replace("4.2", "3.2"), "utf-8")
    database = sqlite3.connect(root / ".boardpack/history.sqlite")
    with database:
        database.execute("UPDATE reports SET note = 'approved by all'")
    database.close()
    code, _, told = call("history", "--verify")
    assert code == ExitCode.GATE
    assert "reports/2026-03/good/SYN07.html: was altered since it was published" in told
    assert "good/SYN07: was altered since it was entered" in told
