"""What schedulers need that call `boardpack schedule once`: that alone decides what is due."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

#: of a project's folder, the command and the minutes between two calls: the files by name
Export = Callable[[Path, Path, int], dict[str, str]]


def for_cron(root: Path, command: Path, minutes: int) -> dict[str, str]:
    """Return a line for `crontab -e`; cron mails what is printed, which is nothing where all is well.

    >>> for_cron(Path("/srv/board reports"), Path("/opt/bin/boardpack"), 15)["boardpack.cron"]
    "*/15 * * * * /opt/bin/boardpack --project '/srv/board reports' schedule once --quiet\\n"
    """
    words = shlex.join([str(command), "--project", str(root), "schedule", "once", "--quiet"])
    # cron takes a per cent sign for the end of the line
    return {"boardpack.cron": f"*/{minutes} * * * * {words}\n".replace("%", "\\%")}


def for_systemd(root: Path, command: Path, minutes: int) -> dict[str, str]:
    """Return a service and its timer, for `~/.config/systemd/user` or `/etc/systemd/system`."""
    service = f"""\
[Unit]
Description=Make the board reports that are due

[Service]
Type=oneshot
ExecStart={_unit_words(command)} --project {_unit_words(root)} schedule once --quiet
"""
    timer = f"""\
[Unit]
Description=Look every few minutes which board reports are due

[Timer]
OnCalendar=*:0/{minutes}
Persistent=true

[Install]
WantedBy=timers.target
"""
    return {"boardpack.service": service, "boardpack.timer": timer}


def _unit_words(path: Path) -> str:
    """Return a path as a unit file takes it: quoted, with its signs of expansion doubled."""
    text = str(path).replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{text}"'


def for_windows(root: Path, command: Path, minutes: int) -> dict[str, str]:
    """Return a command file that makes a task of the Task Scheduler."""
    inner = f'\\"{command}\\" --project \\"{root}\\" schedule once --quiet'.replace("%", "%%")
    line = f'schtasks /Create /F /TN boardpack /SC MINUTE /MO {minutes} /TR "{inner}"'
    return {"boardpack-task.cmd": f"{line}\r\n"}


EXPORTS: Final[Mapping[str, Export]] = {"cron": for_cron, "systemd": for_systemd, "windows": for_windows}
