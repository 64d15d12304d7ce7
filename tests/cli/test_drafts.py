"""`boardpack preview`: its loop, and what it answers to whom."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import cast

import pytest

from helpers.cli import main
from helpers.cli.drafts import Board, handler_of, keep_fresh
from helpers.errors import Problem, ReportError
from helpers.runner.batch.drafting import Desk, Proof

TOKEN = "secret"


@pytest.fixture
def board() -> Board:
    return Board()


@pytest.fixture
def port(board: Board) -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler_of(board, TOKEN)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def ask(port: int, path: str, host: str = "") -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Host": host} if host else {})
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, content


def test_a_page_is_there_for_who_knows_the_token_on_this_machine(board: Board, port: int) -> None:
    board.show(b"<h1>Beds</h1>", "12:00:00, only rendered", ["a warning"])
    assert ask(port, f"/{TOKEN}/page?1") == (200, b"<h1>Beds</h1>")
    assert b"Draft, not published" in ask(port, f"/{TOKEN}/")[1]
    assert ask(port, "/page")[0] == 404
    assert ask(port, "/other/page")[0] == 404
    assert ask(port, f"/{TOKEN}/../secret")[0] == 404
    assert ask(port, f"/{TOKEN}/page", host=f"evil.example:{port}")[0] == 404  # another site's name for us


def test_news_come_as_soon_as_there_are_any(board: Board, port: int) -> None:
    board.show(b"one", "first", [])
    first = json.loads(ask(port, f"/{TOKEN}/news?after=-1")[1])
    assert (first["edition"], first["words"], first["busy"]) == (1, "first", False)
    found: list[bytes] = []
    waiting = threading.Thread(
        target=lambda: found.append(ask(port, f"/{TOKEN}/news?after={first['number']}")[1])
    )
    waiting.start()
    board.refuse("second", ["cell 5: a mistake."])
    waiting.join()
    second = json.loads(found[0])
    assert (second["edition"], second["problems"]) == (1, ["cell 5: a mistake."])
    assert board.page == b"one"  # what could be made last stays


class FakeDesk:
    """A desk whose files change as the test says."""

    def __init__(self, *outcomes: Proof | Exception) -> None:
        self.outcomes, self.ended, self.changes = list(outcomes), threading.Event(), 0

    def look(self) -> dict[Path, tuple[int, int]]:
        return {Path("notebook"): (self.changes, 0)}

    def make(self) -> Proof:
        outcome = self.outcomes.pop(0)
        self.changes += 1  # somebody saves meanwhile
        if not self.outcomes:
            self.ended.set()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


def test_each_save_gives_a_page_and_a_mistake_a_sentence(
    board: Board, capsys: pytest.CaptureFixture[str]
) -> None:
    mistake = ReportError(Problem("cell 5", "a name that is not known", cure="define it"))
    desk = FakeDesk(mistake, Proof(b"page", 1.25, True, ("a warning",)), KeyError("ours"))
    told: list[str] = []
    keep_fresh(cast(Desk, desk), board, tell=told.append, ended=desk.ended)
    assert [words.partition("  ")[2] or words.partition(", ")[2] for words in told[:1]] == [
        "cell 5: a name that is not known; define it."
    ]
    assert "ran and rendered in 1.2 s\n  a warning" in told[1]
    assert board.page == b"page"
    assert board.after(-1, 0).problems == (
        "This is a bug in boardpack; the terminal shows where. Please report it.",
    )
    assert "KeyError" in capsys.readouterr().err


def test_an_unknown_notebook_is_told_with_what_was_meant(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("notebooks", "params"):
        (tmp_path / name).mkdir()
    (tmp_path / "notebooks" / "waits.ipynb").touch()
    with pytest.raises(SystemExit) as ended:
        main(["--project", str(tmp_path), "preview", "wait"])
    assert ended.value.code == 2
    assert "did you mean waits?" in capsys.readouterr().err
