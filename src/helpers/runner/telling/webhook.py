"""A message as JSON to a webhook: a plain document, or as Teams and Slack show it."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from helpers.errors import Problem, UserError
from helpers.runner.telling.message import Message, sections

_SECONDS: Final = 30
_HERE: Final = ("localhost", "127.0.0.1", "::1")
#: names that fit into a message of a chat
_NAMED: Final = 20


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
        return {"type": "message", "attachments": [_card(blocks)]}
    kept = {"schedule", "due", "kind", "ready", "counts", "failed", "unanswered", "mark"}
    return {"subject": message.subject, "id": message.id, **message.model_dump(mode="json", include=kept)}


def _slack(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _teams(text: str) -> str:
    """Return words such that Markdown takes none of their signs for its own."""
    return "".join(f"\\{sign}" if sign in "\\[]*_" else sign for sign in text)


def _block(text: str, size: str = "Default") -> dict[str, Any]:
    return {"type": "TextBlock", "text": text, "wrap": True, "size": size}


def _card(blocks: list[dict[str, Any]]) -> dict[str, Any]:
    content = {"type": "AdaptiveCard", "version": "1.4", "body": blocks}
    content["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json"
    return {"contentType": "application/vnd.microsoft.card.adaptive", "content": content}


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
        raise UserError(Problem(variable, "holds no address that begins with https://", cure=cure))
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
    raise UserError(Problem(f"webhook {variable}", f"was not told: {said}", cure="it is tried again"))
