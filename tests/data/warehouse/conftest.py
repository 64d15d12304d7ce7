"""A PostgreSQL server of the tests' own, started from Debian's package, with a password and invented stays."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy

PASSWORD = "Sekret+of/the@tests"


@pytest.fixture(scope="session")
def server() -> Iterator[sqlalchemy.URL]:
    """Return the address of a running server, with its password; skip where none is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    tools = found[-1].parent
    folder = Path(tempfile.mkdtemp(prefix="boardpack-postgres-"))
    is_root = os.geteuid() == 0  # as whom the server does not run
    if is_root:
        shutil.chown(folder, "postgres", "postgres")
    user = {"user": "postgres", "group": "postgres", "extra_groups": []} if is_root else {}

    def call(*words: str) -> None:
        done = subprocess.run(
            words, cwd=folder, **user, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
        assert done.returncode == 0, done.stdout

    secret = folder / "password"
    secret.write_text(PASSWORD)
    secret.chmod(0o644)
    data, port = str(folder / "data"), _free_port()
    call(
        str(tools / "initdb"), "-D", data, "-U", "reader", "-A", "scram-sha-256", f"--pwfile={secret}", "-N"
    )
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    control = (str(tools / "pg_ctl"), "-D", data)
    call(*control, "-w", "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield sqlalchemy.URL.create("postgresql+psycopg", "reader", PASSWORD, "127.0.0.1", port, "postgres")
    finally:
        call(*control, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def password() -> str:
    """Return the password of the server's only user."""
    return PASSWORD


@pytest.fixture
def address(server: sqlalchemy.URL, password: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the server's address without its password, which stands in the environment."""
    monkeypatch.setenv("BOARDPACK_WAREHOUSE_PASSWORD", password)
    return f"postgresql://reader@127.0.0.1:{server.port}/postgres"
