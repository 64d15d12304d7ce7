"""A message as it is sent: by mail over an encrypted connection, or as JSON to a webhook of a chat."""

from __future__ import annotations

import http.client
import json
import mimetypes
import re
import smtplib
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import format_datetime
from functools import partial
from html import escape
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from helpers.errors import UserError
from helpers.hashes import hash_bytes
from helpers.runner.portal.page import fill
from helpers.runner.telling.message import Message, Section, sections

SERVER: Final = "BOARDPACK_SMTP"
SENDER: Final = "BOARDPACK_MAIL_FROM"
USER: Final = "BOARDPACK_SMTP_USER"
PASSWORD: Final = "BOARDPACK_SMTP_PASSWORD"
_SECONDS: Final = 30
#: bytes that a mail brings along; many servers refuse more than 25 MB, and base64 makes a third more of them
MOST_ATTACHED: Final = 15_000_000
_HERE: Final = ("localhost", "127.0.0.1", "::1")
#: names that fit into a message of a chat
_NAMED: Final = 20


def as_mail(message: Message, reports: Path, sender: str) -> EmailMessage:
    """Return a message as it is sent.

    `reports`: the folder of published reports, for what is attached: files that were replaced since are not.
    """
    told = [*sections(message)]
    attached, notes = _attachments(message, reports)
    if message.tries:
        notes.append(f"This should have come on {message.made:%d/%m/%Y, %H:%M} UTC: it could not be sent.")
    if notes:
        told.append(Section("Please note", tuple((note, "") for note in notes)))
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = message.subject, sender, ", ".join(message.row.mail)
    mail["Date"] = format_datetime(message.made)
    mail["Message-ID"] = f"<{message.id}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    paragraphs = [message.mark] if message.mark else []
    for section in told:
        lines = [f"- {words}" + (f"\n  {address}" if address else "") for words, address in section.lines]
        paragraphs.append("\n".join((section.heading, *lines)))
    mail.set_content("\n\n".join(paragraphs) + "\n")
    mail.add_alternative(fill("mail.html", message=message, sections=told), subtype="html")
    for name, content in attached.items():
        kind, _, subkind = (mimetypes.guess_type(name)[0] or "application/octet-stream").partition("/")
        mail.add_attachment(content, maintype=kind, subtype=subkind, filename=name)
    return mail


def _attachments(message: Message, reports: Path) -> tuple[dict[str, bytes], list[str]]:
    """Return the files that come along, and words on those that do not."""
    found: dict[str, bytes] = {}
    altered, size = 0, 0
    wanted = [
        each.files[name] for each in message.ready for name in message.row.attach if name in each.files
    ]
    for path, sha256 in wanted:
        file = reports / path
        content = file.read_bytes() if file.is_file() else b""
        if hash_bytes(content) != sha256:
            altered += 1
            continue
        size += len(content)
        found["-".join(Path(path).parts[1:] or (path,))] = content
    notes = [f"{altered} files were replaced or withdrawn since, and are not attached."] if altered else []
    if size > MOST_ATTACHED:
        notes.append(f"The files ({size / 1e6:.0f} MB) are too large for a mail and are not attached.")
        found = {}
    return found, notes


def send_mail(message: Message, reports: Path, environment: Mapping[str, str]) -> str:
    """Send a message by mail.

    Returns whom of several readers the server refused; the others have it. Raises `UserError` if it could not be sent
    to anybody.
    """
    server, sender = _setting(environment, SERVER), _setting(environment, SENDER)
    mail = as_mail(message, reports, sender)
    try:
        with _connect(server) as connection:
            if user := environment.get(USER):
                connection.login(user, environment.get(PASSWORD, ""))
            refused = connection.send_message(mail)
    except (OSError, smtplib.SMTPException) as error:  # neither holds the password
        raise UserError(
            f"mail by {SERVER}", f"was not sent ({_words(error)})", cure="it is tried again"
        ) from error
    return f"refused: {', '.join(refused)}" if refused else ""


def _connect(server: str) -> smtplib.SMTP:
    place = urlsplit(server)
    if place.scheme not in {"smtp", "smtps"} or not place.hostname or place.username:
        allowed = "smtp://host:587 (STARTTLS) or smtps://host:465, without name and password"
        raise UserError(SERVER, "is no address of a mail server", allowed)
    trust = ssl.create_default_context()
    if place.scheme == "smtps":
        return smtplib.SMTP_SSL(place.hostname, place.port or 465, timeout=_SECONDS, context=trust)
    connection = smtplib.SMTP(place.hostname, place.port or 587, timeout=_SECONDS)
    try:
        connection.starttls(context=trust)
    except BaseException:
        connection.close()
        raise
    return connection


def _setting(environment: Mapping[str, str], name: str) -> str:
    if not environment.get(name):
        cure = "set this environment variable where boardpack runs: docs/how-to/schedule.md"
        raise UserError(name, "is not set", cure=cure)
    return environment[name]


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return f"{error.smtp_code} {said.decode(errors='replace') if isinstance(said, bytes) else said}"
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return f"refused: {', '.join(error.recipients)}"
    return str(error) or type(error).__name__


def as_json(message: Message) -> dict[str, Any]:
    """Return a message in the shape that its row asks for."""
    told = [*sections(message, _NAMED)]
    if message.row.shape == "slack":
        lines = [f"*{_slack(message.subject)}*", _slack(message.mark)]
        for section in told:
            lines.append(f"*{_slack(section.heading)}*")
            lines += [
                f"• <{address}|{_slack(words)}>" if address else f"• {_slack(words)}"
                for words, address in section.lines
            ]
        return {"text": "\n".join(filter(None, lines))}
    if message.row.shape == "teams":
        blocks = [_block(message.subject, size="Large"), *([_block(message.mark)] if message.mark else [])]
        for section in told:
            lines = [
                f"- [{_teams(words)}]({address})" if address else f"- {_teams(words)}"
                for words, address in section.lines
            ]
            blocks += [_block(_teams(section.heading), size="Medium"), _block("\n".join(lines))]
        card = {"type": "AdaptiveCard", "version": "1.4", "body": blocks}
        card["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json"
        attached = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
        return {"type": "message", "attachments": [attached]}
    kept = {"schedule", "due", "kind", "ready", "counts", "failed", "unanswered", "mark"}
    return {"subject": message.subject, "id": message.id, **message.model_dump(mode="json", include=kept)}


_slack = partial(escape, quote=False)


def _teams(text: str) -> str:
    """Return words such that Markdown takes none of their signs for its own."""
    return re.sub(r"([\\\[\]*_])", r"\\\1", text)


def _block(text: str, size: str = "Default") -> dict[str, Any]:
    return {"type": "TextBlock", "text": text, "wrap": True, "size": size}


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows nobody elsewhere: a document that is sent on becomes a question, and nobody is told."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def post(message: Message, environment: Mapping[str, str]) -> str:
    """Send a message to the webhook of its row.

    Raises `UserError` if it could not be sent; without the address, which is a secret.
    """
    variable = message.row.webhook or ""
    address = environment.get(variable, "")
    place = urlsplit(address)
    if place.scheme != "https" and not (place.scheme == "http" and place.hostname in _HERE):
        cure = "set this environment variable where boardpack runs: docs/how-to/schedule.md"
        raise UserError(variable, "holds no address that begins with https://", cure=cure)
    content = json.dumps(as_json(message), ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "boardpack"}
    try:
        request = urllib.request.Request(address, content, headers)
        with urllib.request.build_opener(_Stay).open(request, timeout=_SECONDS):
            return ""
    except urllib.error.HTTPError as error:
        error.close()
        said = f"answered {error.code} {error.reason}"
    except (OSError, http.client.HTTPException, ValueError) as error:
        said = type(getattr(error, "reason", error)).__name__
    raise UserError(f"webhook {variable}", f"was not told: {said}", cure="it is tried again")
