"""Messages that are to be sent and those that were: a file each in the private folder, replaced whole.

A message is put there before its moment is noted as done, under a name that the same message always gets. So a kill
at any time neither loses one nor makes it twice. Between a server's yes and the note of it lies an instant: what is
killed then is sent again, with the same Message-ID.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from helpers.errors import UserError
from helpers.runner.project import private_folder
from helpers.runner.publish.switching import write_whole
from helpers.runner.telling.message import Message

FOLDER: Final = "outbox"
#: what could not be sent is tried again after minutes, at first, and twice as long each time
_FIRST, _LONGEST = timedelta(minutes=1), timedelta(hours=6)
#: how old a message is when it is no longer tried
GIVEN_UP: Final = timedelta(days=14)


class Outbox:
    """The messages of a project."""

    def __init__(self, home: Path) -> None:
        self._folder, self._sent = home / FOLDER, home / FOLDER / "sent"

    def put(self, *messages: Message) -> None:
        """Put messages in, but for those that are there, sent or not."""
        for each in messages:
            if not any(_path(folder, each).exists() for folder in (self._folder, self._sent)):
                _write(self._folder, each)

    def messages(self) -> list[Message]:
        """Return all messages, sent or not, oldest first."""
        return _read(self._sent, self._folder)

    def told(self, readers: str, schedule: str) -> set[tuple[str, str]]:
        """Return the publications (report and run) of which the readers of a row were told, or will be."""
        mine = (e for e in self.messages() if (e.row.readers, e.schedule) == (readers, schedule))
        return {(each.report, each.made_in) for message in mine for each in message.ready}

    def waiting(self, now: datetime) -> list[Message]:
        """Return what was not sent, oldest first; without what was tried in vain for too long."""
        return [
            each
            for each in _read(self._folder)
            if now - each.made <= GIVEN_UP and not _path(self._sent, each).exists()
        ]

    def send(
        self, deliver: Callable[[Message], str], now: datetime, *, at_once: bool = False
    ) -> Iterator[Message]:
        """Send what waits, and yield each message as it is then.

        `deliver`: sends a message and returns whom it did not reach; raises UserError where that is everybody.
        `at_once`: try also what was tried a moment ago.
        """
        for message in self.waiting(now):
            if message.next_try and message.next_try > now and not at_once:
                continue
            try:
                changes: dict[str, object] = {"error": deliver(message), "sent": now}
            except UserError as error:
                wait = min(_FIRST * 2**message.tries, _LONGEST)
                changes = {"tries": message.tries + 1, "next_try": now + wait, "error": str(error)}
            message = message.model_copy(update=changes)
            _write(self._sent if message.sent else self._folder, message)
            if message.sent:
                _path(self._folder, message).unlink()
            yield message


def _path(folder: Path, message: Message) -> Path:
    return folder / f"{message.id}.json"


def _read(*folders: Path) -> list[Message]:
    files = [path for folder in folders for path in folder.glob("*.json")]
    found = {path.name: Message.model_validate_json(path.read_bytes()) for path in reversed(files)}
    return sorted(found.values(), key=lambda each: (each.made, each.id))


def _write(folder: Path, message: Message) -> None:
    write_whole(_path(private_folder(folder), message), message.model_dump_json(indent=1).encode(), 0o600)
