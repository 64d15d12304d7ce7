"""Windows and macOS, as far as Linux can tell: without POSIX's modules and fork, odd paths, lines that end in CRLF."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

#: as `boardpack`, in a process in which helpers finds no module of POSIX and no fork; other libraries are imported
#: first, as they look at the system to find files of their own
ELSEWHERE = """
import builtins, os, sys
import duckdb, ipykernel, jupyter_client.provisioning, matplotlib.pyplot, nbconvert, pandas, papermill, pikepdf
import psutil, pyarrow.dataset, pypandoc, pypdfium2, rich, scipy.special, tornado.ioloop, typer, typst

find = builtins.__import__


def hide(name, scope=None, *rest, **named):
    asked_by = str((scope or {}).get("__name__"))
    if name in {"fcntl", "grp", "pwd", "resource", "termios"} and asked_by.startswith("helpers"):
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    return find(name, scope, *rest, **named)


builtins.__import__ = hide
del os.fork
sys.platform = "darwin"
from helpers.cli import main
main(sys.argv[1:])
"""


def test_a_report_is_made_without_fork_and_modules_of_posix_in_a_path_and_files_of_windows(
    tmp_path: Path,
) -> None:
    (tmp_path / "elsewhere.py").write_text(ELSEWHERE, "utf-8")
    root = tmp_path / "Ünser Bericht"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BOARDPACK_")}

    def call(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, str(tmp_path / "elsewhere.py"), "--project", str(root), *words],
            capture_output=True,
            text=True,
            env=environment,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    call("init", str(root))
    call("new", "ward_moves", "--trust", "RGT", "--measures", "bed_moves")
    rows = [
        "measure,org_code,period,numerator",
        *(f"bed_moves,RGT,2025-{n:02},{40 + n}" for n in range(1, 13)),
    ]
    (root / "data" / "Zähl ung.csv").write_bytes("\r\n".join(rows).encode())
    for path in [*root.glob("params/**/*.yml"), *root.glob("notebooks/*.ipynb"), root / "_quarto.yml"]:
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    call("data", "load", str(root / "data" / "Zähl ung.csv"))
    assert "1 published" in call("run", "ward_moves", "--to", "html")
    assert list(root.glob("reports/*/ward_moves/RGT.html"))
