"""One fork server for many batches: what their kernels need is imported once in each process of the tests.

That a batch starts one of its own and ends it is tested where the command runs as a process (`faults`, `browser`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from helpers.runner.batch import flow
from helpers.runner.kernel.manager import kernel_environment
from helpers.runner.kernel.prewarmed import IS_SUPPORTED, ForkServer, imported_by


@contextlib.contextmanager
def shared_fork_servers(home: Path) -> Iterator[None]:
    """Let the batches of this process fork their kernels from servers that stay, one for each thing preloaded.

    A kernel's environment, folder and walls come with each request, so nothing of one batch is left to the next.
    """
    with pytest.MonkeyPatch.context() as patch, contextlib.ExitStack() as stack:
        if IS_SUPPORTED:
            servers = _Servers(home)
            stack.callback(servers.end)
            patch.setattr(flow, "fork_server", servers.lend)
        yield


class _Servers:
    """Fork servers by what they have preloaded, each with all that notebooks have imported so far."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._there: dict[tuple[str, ...], tuple[ForkServer, dict[str, None]]] = {}

    @contextlib.contextmanager
    def lend(
        self, _: Mapping[str, str], __: Path, notebooks: Iterable[Path], preload: Sequence[str]
    ) -> Iterator[ForkServer]:
        """Yield a server, as `fork_server` does."""
        key, wanted = tuple(preload), dict.fromkeys(imported_by(notebooks))
        server, imported = self._there.pop(key, (None, {}))
        if server is None or not wanted.keys() <= imported.keys():
            if server is not None:
                server.__exit__()
            imported = imported | wanted
            server = ForkServer(kernel_environment({}, self._home), (*key, *imported)).__enter__()
        try:
            yield server
        finally:
            # one that these notebooks have made unfit would start others from nothing, too
            if server.unfit or key in self._there:
                server.__exit__()
            else:
                self._there[key] = server, imported

    def end(self) -> None:
        """End all of them."""
        for server, _ in self._there.values():
            server.__exit__()
