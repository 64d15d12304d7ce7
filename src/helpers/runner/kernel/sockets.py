"""Where a kernel's sockets lie: a short private folder, which no other user of the machine can reach."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import time

#: bytes that the path of a Unix socket may have: sockaddr_un holds 108 on Linux and 104 on macOS
LONGEST_SOCKET_PATH = 103
#: seconds after which a socket folder belongs to no living run: no report may take so long
ABANDONED = 7 * 24 * 3600
_SOCKETS = "boardpack-"


@contextlib.contextmanager
def socket_folder() -> Iterator[Path]:
    """Yield a private folder for a kernel's sockets, which is removed afterwards."""
    base = tempfile.gettempdir()
    if not _fits(Path(base, f"{_SOCKETS}12345678")) and Path("/tmp").is_dir():
        base = "/tmp"
    _sweep(Path(base))
    folder = Path(tempfile.mkdtemp(prefix=_SOCKETS, dir=base))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(base: Path) -> None:
    """Remove the socket folders that killed runs of this user left behind."""
    for folder in base.glob(f"{_SOCKETS}*"):
        with contextlib.suppress(OSError):
            found = folder.stat()
            is_own = not hasattr(os, "getuid") or found.st_uid == os.getuid()
            if is_own and time() - found.st_mtime > ABANDONED:
                shutil.rmtree(folder, ignore_errors=True)


def _fits(folder: Path) -> bool:
    return len(os.fsencode(folder / "k-ipc-12345")) <= LONGEST_SOCKET_PATH


def transport_for(folder: Path) -> str:
    """Return `ipc` where sockets can lie in the folder, `tcp` elsewhere, as on Windows."""
    return "ipc" if os.name == "posix" and hasattr(socket, "AF_UNIX") and _fits(folder) else "tcp"
