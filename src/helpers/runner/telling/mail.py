"""A message as mail: plain text and HTML in one, over an encrypted connection."""

from __future__ import annotations

import mimetypes
import smtplib
import ssl
from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from helpers.errors import Problem, UserError
from helpers.runner.hashes import hash_bytes
from helpers.runner.portal.page import fill
from helpers.runner.telling.message import Message, Section, sections

SERVER: Final = "BOARDPACK_SMTP"
SENDER: Final = "BOARDPACK_MAIL_FROM"
USER: Final = "BOARDPACK_SMTP_USER"
PASSWORD: Final = "BOARDPACK_SMTP_PASSWORD"
_SECONDS: Final = 30
#: bytes that a mail brings along; many servers refuse more than 25 MB, and base64 makes a third more of them
MOST_ATTACHED: Final = 15_000_000


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
    mail.set_content(_plain(message, told))
    mail.add_alternative(fill("mail.html", message=message, sections=told), subtype="html")
    for name, content in attached.items():
        kind, _, subkind = (mimetypes.guess_type(name)[0] or "application/octet-stream").partition("/")
        mail.add_attachment(content, maintype=kind, subtype=subkind, filename=name)
    return mail


def _plain(message: Message, told: list[Section]) -> str:
    paragraphs = [message.mark] if message.mark else []
    for section in told:
        lines = [f"- {words}" + (f"\n  {address}" if address else "") for words, address in section.lines]
        paragraphs.append("\n".join((section.heading, *lines)))
    return "\n\n".join(paragraphs) + "\n"


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
            Problem(f"mail by {SERVER}", f"was not sent ({_words(error)})", cure="it is tried again")
        ) from error
    return f"refused: {', '.join(refused)}" if refused else ""


def _connect(server: str) -> smtplib.SMTP:
    place = urlsplit(server)
    if place.scheme not in {"smtp", "smtps"} or not place.hostname or place.username:
        allowed = "smtp://host:587 (STARTTLS) or smtps://host:465, without name and password"
        raise UserError(Problem(SERVER, "is no address of a mail server", allowed))
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
        raise UserError(Problem(name, "is not set", cure=cure))
    return environment[name]


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return f"{error.smtp_code} {said.decode(errors='replace') if isinstance(said, bytes) else said}"
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return f"refused: {', '.join(error.recipients)}"
    return str(error) or type(error).__name__
