"""What the fault suite looks at after each fault: processes, published files, the history."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import psutil
import pypdfium2
import pytest

from helpers.runner.history.entries import State
from helpers.runner.project import Project
from helpers.runner.publish.placing import open_history

WAIT = 180  # seconds, for a machine with much else to do
#: the command, without what every report of ours needs preloaded: the notebooks of these tests open none
COMMAND = [
    sys.executable,
    "-c",
    "from helpers.cli import assembly, main; assembly._ROOMS = assembly.LATE = (); main()",
]
_RUN = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{6}")


def start(root: Path, *words: str) -> subprocess.Popen[bytes]:
    """Start the command in a project, in a session of its own."""
    return subprocess.Popen(
        [*COMMAND, "--project", str(root), *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def call(root: Path, *words: str) -> tuple[int, str]:
    """Run the command in a project; return its exit code and all that it said."""
    with start(root, *words) as process:
        said, told = process.communicate(timeout=WAIT)
    return process.returncode, (said + told).decode()


def until(holds: Callable[[], bool]) -> None:
    """Wait for something to come true."""
    deadline = time.monotonic() + WAIT
    while not holds():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


def processes_of(root: Path) -> list[psutil.Process]:
    """Return the living processes that work in a project, or that were started for it."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.status() == psutil.STATUS_ZOMBIE or process.pid == os.getpid():
                continue
            told = process.environ().get("BOARDPACK_ROOT", "")
            if str(root) in {told, *process.cmdline()} or str(root / ".boardpack") in process.cwd():
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


class Shelf:
    """The published reports of a project, and what the history says of them.

    Parameters
    ----------
    root
        The project.
    """

    def __init__(self, root: Path) -> None:
        self.root, self.reports = root, root / "reports"

    @property
    def pages(self) -> list[Path]:
        """The published pages, but for those that list them."""
        return sorted(self.reports.glob("*/*/*.html"))

    def check_readers(self, expected: int) -> None:
        """Assert what must hold for readers at every moment: whole files, of one run each, none lost."""
        assert len(self.pages) == expected
        for page in self.pages:
            text = page.read_text("utf-8")
            assert text.rstrip().endswith("</html>"), page
            runs = set(_RUN.findall(text))
            assert len(runs) == 1, page
            pdf, manifest = page.with_suffix(".pdf"), page.with_suffix(".manifest.json")
            if pdf.exists():
                content = pdf.read_bytes()
                assert content.startswith(b"%PDF-"), pdf
                assert b"%%EOF" in content[-1024:], pdf
                assert set(_RUN.findall(pdf_text(pdf))) == runs, f"{pdf} is of another run than the page"
            if manifest.exists():
                told = json.loads(manifest.read_text("utf-8"))
                for each in told["files"].values():
                    path = page.with_name(each["file"])
                    assert hashlib.sha256(path.read_bytes()).hexdigest() == each["sha256"], path

    def check_history(self) -> None:
        """Assert that the history is sound, closed, and tells of exactly what lies there."""
        with sqlite3.connect(self.root / ".boardpack" / "history.sqlite") as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            doubled = "SELECT run FROM reports GROUP BY run, notebook, name HAVING count(*) > 1"
            assert database.execute(doubled).fetchall() == []
        database.close()
        project = Project(self.root)
        history = open_history(project)
        assert all(run.finished for run in history.runs())
        assert State.WAITING not in {entry.state for entry in history.latest().values()}
        for entry in history.published():
            for name, output in entry.outputs.items():
                content = (self.reports / output.path).read_bytes()
                assert hashlib.sha256(content).hexdigest() == output.sha256, (entry.report, name)
        assert not list(self.reports.rglob(".*")), "something staged is left"

    def content(self) -> dict[str, str]:
        """Return the words of every published file, without what names the run."""
        pages = {str(p.relative_to(self.reports)): p.read_text("utf-8") for p in self.pages}
        pdfs = {str(p.relative_to(self.reports)): pdf_text(p) for p in self.reports.glob("*/*/*.pdf")}
        return {name: _RUN.sub("RUN", text) for name, text in {**pages, **pdfs}.items()}


def pdf_text(path: Path) -> str:
    """Return the words of a PDF file, lines joined."""
    document = pypdfium2.PdfDocument(path)
    try:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()
    return re.sub(r"-?[\r\n￾]+", "", " ".join(pages))


def differences(found: Mapping[str, str], wanted: Mapping[str, str]) -> list[str]:
    """Return the names of what is not the same."""
    return sorted(name for name in {**found, **wanted} if found.get(name) != wanted.get(name))


@pytest.fixture
def leaves_nothing_running(lay_out: Callable[..., Path]) -> Iterator[Path]:
    """Yield the folder of a project, and see that nothing runs in it afterwards."""
    root = lay_out({})
    yield root
    until(lambda: processes_of(root) == [])
