"""Messages that are to be sent and those that were: a file each in the private folder, replaced whole.

A message is put there before its moment is noted as done, under a name that the same message always gets. So a kill
at any time neither loses one nor makes it twice. Between a server's yes and the note of it lies an instant: what is
killed then is sent again, with the same Message-ID.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from helpers.errors import UserError
from helpers.runner.project import private_folder
from helpers.runner.telling.message import Message

FOLDER: Final = "outbox"
#: what could not be sent is tried again after minutes, at first, and twice as long each time
_FIRST, _LONGEST = timedelta(minutes=1), timedelta(hours=6)
#: how old a message is when it is no longer tried
GIVEN_UP: Final = timedelta(days=14)


class Outbox:
    """The messages of a project.

    Parameters
    ----------
    home
        The private folder of the project.
    """

    def __init__(self, home: Path) -> None:
        self._folder = home / FOLDER

    def put(self, message: Message) -> None:
        """Put a message in, unless it is there, sent or not."""
        if not self._path(message).exists():
            self._write(message)

    def messages(self) -> list[Message]:
        """Return all messages, sent or not, oldest first."""
        files = sorted(self._folder.glob("*.json")) if self._folder.is_dir() else []
        found = [Message.model_validate_json(path.read_bytes()) for path in files]
        return sorted(found, key=lambda each: (each.made, each.id))

    def told(self, readers: str, schedule: str) -> set[tuple[str, str]]:
        """Return the publications (report and run) of which the readers of a row were told, or will be."""
        mine = (e for e in self.messages() if (e.row.readers, e.schedule) == (readers, schedule))
        return {(each.report, each.made_in) for message in mine for each in message.ready}

    def waiting(self, now: datetime) -> list[Message]:
        """Return what was not sent, oldest first; without what was tried in vain for too long."""
        return [each for each in self.messages() if each.sent is None and now - each.made <= GIVEN_UP]

    def send(
        self, deliver: Callable[[Message], str], now: datetime, *, at_once: bool = False
    ) -> Iterator[Message]:
        """Send what waits, and yield each message as it is then.

        Parameters
        ----------
        deliver
            Sends a message and returns whom it did not reach; raises UserError where that is everybody.
        now
            What time it is.
        at_once
            Try also what was tried a moment ago.
        """
        for message in self.waiting(now):
            if message.next_try and message.next_try > now and not at_once:
                continue
            try:
                changes: dict[str, object] = {"error": deliver(message), "sent": now}
            except UserError as error:
                wait = min(_FIRST * 2**message.tries, _LONGEST)
                changes = {"tries": message.tries + 1, "next_try": now + wait, "error": str(error)}
            self._write(message := message.model_copy(update=changes))
            yield message

    def _path(self, message: Message) -> Path:
        return self._folder / f"{message.id}.json"

    def _write(self, message: Message) -> None:
        path = private_folder(self._folder) / f"{message.id}.json"
        staged = path.with_suffix(".part")
        with staged.open("wb") as file:
            file.write(message.model_dump_json(indent=1).encode())
            file.flush()
            os.fsync(file.fileno())
        staged.replace(path)
