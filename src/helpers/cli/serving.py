"""The page of a preview and its frame, for a browser on this machine alone."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from importlib.resources import files
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

#: seconds that a browser's question for news is kept open
_PATIENCE: Final = 20.0
_HOSTS: Final = ("127.0.0.1", "localhost")


@dataclass(frozen=True)
class News:
    """What the frame tells around the page."""

    number: int = 0  # of the change
    edition: int = 0  # of the page
    busy: bool = True
    words: str = ""
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class Board:
    """The newest page, and what is to be told of it; safe for several threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._news, self._page = News(), b""

    @property
    def page(self) -> bytes:
        """The newest page that could be made; empty before the first."""
        return self._page

    def begin(self) -> None:
        """Tell that a page is being made."""
        self._tell(replace(self._news, busy=True))

    def show(self, page: bytes, words: str, warnings: Iterable[str]) -> None:
        """Put up a page."""
        edition = self._news.edition + 1
        self._tell(News(edition=edition, busy=False, words=words, warnings=tuple(warnings)), page)

    def refuse(self, words: str, problems: Iterable[str]) -> None:
        """Tell why there is no newer page."""
        told = News(edition=self._news.edition, busy=False, words=words, problems=tuple(problems))
        self._tell(told)

    def after(self, number: int, seconds: float = _PATIENCE) -> News:
        """Return what is new after a change, as soon as anything is, or what stands after some seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._news.number != number, seconds)
            return self._news

    def _tell(self, news: News, page: bytes | None = None) -> None:
        with self._changed:
            self._page = self._page if page is None else page
            self._news = replace(news, number=self._news.number + 1)
            self._changed.notify_all()


def handler_of(board: Board, token: str) -> type[BaseHTTPRequestHandler]:
    """Return what answers a browser that knows the token: other users of the machine and other sites do not."""
    frame = (files("helpers.cli") / "preview.html").read_bytes()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host, _, _ = self.headers.get("Host", "").rpartition(":")
            asked = urlsplit(self.path)
            if host not in _HOSTS or not asked.path.startswith(f"/{token}/"):
                self.send_error(HTTPStatus.NOT_FOUND)
            elif (what := asked.path.removeprefix(f"/{token}/")) == "news":
                number = parse_qs(asked.query).get("after", [""])[0]
                news = board.after(int(number) if number.isdecimal() else -1)
                self._answer(json.dumps(news.__dict__).encode(), "application/json")
            elif what in {"", "page"}:
                self._answer(board.page if what else frame, "text/html; charset=utf-8")
            else:
                self.send_error(HTTPStatus.NOT_FOUND)

        def _answer(self, content: bytes, kind: str) -> None:
            self.send_response(HTTPStatus.OK)
            for name, value in (
                ("Content-Type", kind),
                ("Content-Length", str(len(content))),
                ("Cache-Control", "no-store"),
                ("Referrer-Policy", "no-referrer"),
                ("X-Content-Type-Options", "nosniff"),
            ):
                self.send_header(name, value)
            with contextlib.suppress(ConnectionError):  # its page was closed meanwhile
                self.end_headers()
                self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Keep quiet: the terminal tells of pages alone."""

    return Handler
