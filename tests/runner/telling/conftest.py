"""A mail server and a web server of the test's own, and messages."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

from helpers.bundle import ReportFacts
from helpers.runner.history.entries import Entry, Output, State

NOW = datetime(2026, 5, 12, 6, tzinfo=UTC)
SECRET = "correct horse"


def free_port() -> int:
    """Return a port that nobody listened at a moment ago: the controller cannot be given 0."""
    with socket.socket() as found:
        found.bind(("localhost", 0))
        return int(found.getsockname()[1])


class MailServer:
    """Takes mail over TLS from those who know the password, and keeps it; or is down."""

    def __init__(self, folder: Path, *, implicit: bool) -> None:
        authority = trustme.CA()
        self.trust = folder / "authority.pem"
        authority.cert_pem.write_to_path(self.trust)
        self.mails: list[EmailMessage] = []
        self.to: list[list[str]] = []
        self.refuses = ""
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(server)
        self.port = free_port()
        tls: dict[str, Any] = {"ssl_context": server} if implicit else {"tls_context": server}
        self._controller = Controller(
            self, "localhost", self.port, authenticator=self._knows, auth_required=True,
            auth_require_tls=not implicit, require_starttls=not implicit, **tls,
        )  # fmt: skip
        self._controller.start()
        self.scheme = "smtps" if implicit else "smtp"

    def _knows(
        self, _server: object, _session: object, _envelope: object, _how: str, data: Any
    ) -> AuthResult:
        good = isinstance(data, LoginPassword) and data.password == SECRET.encode()
        return AuthResult(success=good, handled=good)

    async def handle_RCPT(  # noqa: N802, as aiosmtpd calls it
        self, _server: object, _session: object, envelope: Envelope, address: str, _options: object
    ) -> str:
        if address == self.refuses:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: object, _session: object, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        self.to.append(list(envelope.rcpt_tos))
        return "250 OK"

    @property
    def environment(self) -> dict[str, str]:
        return {
            "BOARDPACK_SMTP": f"{self.scheme}://localhost:{self.port}",
            "BOARDPACK_MAIL_FROM": "reports@example.org",
            "BOARDPACK_SMTP_USER": "reports",
            "BOARDPACK_SMTP_PASSWORD": SECRET,
        }

    def stop(self) -> None:
        self._controller.stop()


@pytest.fixture(params=[False, True], ids=["starttls", "implicit"])
def mail_server(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MailServer]:
    server = MailServer(tmp_path, implicit=request.param)
    monkeypatch.setenv("SSL_CERT_FILE", str(server.trust))
    yield server
    server.stop()


class WebServer(HTTPServer):
    """Answers as it is told, and keeps what was posted."""

    answer = 200
    posted: list[Any]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook?key={SECRET.replace(' ', '-')}"


class _Handler(BaseHTTPRequestHandler):
    server: WebServer

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posted.append(json.loads(content))
        self.send_response(self.server.answer)
        if self.server.answer == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()

    def do_GET(self) -> None:
        raise AssertionError("a message is not sent on as a question")

    def log_message(self, *_: Any) -> None:
        return


@pytest.fixture
def web_server() -> Iterator[WebServer]:
    with WebServer(("127.0.0.1", 0), _Handler) as server:
        server.posted = []
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


MakeEntry = Callable[..., Entry]


def make_entry(name: str = "SYN07", state: State = State.PUBLISHED, **changes: Any) -> Entry:
    """Return the entry of a report on waits."""
    facts = ReportFacts(
        title="Waits & stays", organisation_code=name, organisation_name=f"Trust {name}",
        period_label="April 2026", period_folder="2026-04", synthetic=True,
    )  # fmt: skip
    outputs = {each: Output(f"2026-04/waits/{name}.{each}", f"sha-{each}") for each in ("html", "pdf")}
    if state.is_failure:
        return Entry(
            "run-1", "waits", name, state, error="a secret", step="execute", exit_code=1, **changes
        )
    return Entry("run-1", "waits", name, state, facts=facts, outputs=outputs, **changes)
