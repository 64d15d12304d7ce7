"""The Quarto engine: one call for a batch of documents, with the embedded engine's filter and templates.

Quarto brings its own pandoc and Typst. Its exit status proves nothing, so a document counts as rendered
when its file is there and loads nothing; the first one that is not is rendered alone, to hear why, and the
others go on.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import IO, Final

import yaml

from helpers.errors import ReportError
from helpers.runner.document.making import Document, front, parted
from helpers.runner.engines import Quarto
from helpers.runner.render.embedded import LOOK, READER, write_sources
from helpers.runner.render.office import draw_figures, finish, prepare, reference_of
from helpers.runner.render.offline import check_offline
from helpers.theme import Theme, font_folder
from helpers.theme.look import write_look

#: seconds without a word from Quarto, which names each document as it begins it
_PATIENCE: Final = 60
#: no theme of Quarto's and none of its scripts: our template and style sheet are the whole page
_HTML: Final = {
    "minimal": True,
    "theme": "none",
    "template": "theme/embedded.html",
    "template-partials": ["theme/masthead.html", "theme/imprint.html"],
    "include-in-header": "theme/look.css",
    "embed-resources": True,
    "html-math-method": "mathml",
    "html-table-processing": "none",  # those that the filter writes are as they are to be
}
#: settings that only our filter reads
_OWN: Final = ("toc", "toc-depth", "number-sections", "data-annex")
_COLOURS: Final = re.compile(r"\x1b\[[0-9;]*m")
_LOOK: Final = 0.1  # seconds between two looks
#: Starts a command and waits for it. Its input ends with whoever holds the other end, however that ended; then it
#: kills its own group: a command is often a script, and what the script started would go on without it.
_KEEPER: Final = """
import os, signal, subprocess, sys, threading

def end_all():
    sys.stdin.buffer.read()
    os.killpg(0, signal.SIGKILL)

threading.Thread(target=end_all, daemon=True).start()
sys.stdout.flush()
os._exit(subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL).returncode & 255)
"""


def render_batch(
    documents: Mapping[str, Document],
    formats: Iterable[str],
    *,
    theme: Theme,
    folder: Path,
    quarto: Quarto,
    stop: threading.Event | None = None,
) -> dict[str, dict[str, Path] | ReportError]:
    """Render many documents with one call of Quarto.

    Returns per document its files by format, or why there are none.

    `documents`: documents by stem; a stem names files, so it is made of letters, digits, `-`, `_` and `.`. `folder`: an
    existing, empty folder: it becomes the Quarto project. `stop`: ends Quarto when set; what it has not made by then
    fails.
    """
    wanted = list(formats)
    _write_documents(documents, theme, folder)
    prepare(wanted, theme, folder / LOOK)
    if "docx" in wanted:
        for stem, document in documents.items():
            draw_figures(document, folder / stem)
    settings = _project(theme, wanted)
    results = _render_all(list(documents), _Calls(quarto, wanted, settings, folder, stop))
    for stem, result in results.items():
        if not isinstance(result, ReportError):
            for name, path in result.items():
                finish(name, path, documents[stem], theme=theme, look=folder / LOOK)
    return {stem: _checked(results[stem]) for stem in documents}


def _render_all(stems: list[str], calls: _Calls) -> dict[str, dict[str, Path] | ReportError]:
    """Render all documents; the first that Quarto ends at is tried alone, to hear why, and the others go on."""
    results: dict[str, dict[str, Path] | ReportError] = {}
    while pending := [stem for stem in stems if stem not in results]:
        results |= calls.render(pending)
        results |= calls.render([stem for stem in pending if stem not in results][:1])
    return results


@dataclass(frozen=True)
class _Calls:
    """What all calls of Quarto for a batch share."""

    quarto: Quarto
    formats: list[str]
    settings: Mapping[str, object]
    folder: Path
    stop: threading.Event | None

    def render(self, stems: list[str]) -> dict[str, dict[str, Path] | ReportError]:
        """Call Quarto for some documents; what is missing afterwards is left out, but for one tried alone."""
        if not stems:
            return {}
        try:
            cure = "See the document in the run's folder."
            why = ReportError(f"{stems[0]} (Quarto)", _reason(self._call(stems)), cure=cure)
            is_known = len(stems) == 1
        except ReportError as error:
            why = error
            is_known = len(stems) == 1 or isinstance(error, StoppedError)
        out = self.folder / "_out"
        asked = {stem: {name: out / stem / f"{stem}.{name}" for name in self.formats} for stem in stems}
        made = {stem: files for stem, files in asked.items() if all(map(Path.is_file, files.values()))}
        return {**(dict.fromkeys(stems, why) if is_known else {}), **made}

    def _call(self, stems: list[str]) -> str:
        project = {"output-dir": "_out", "render": [f"{stem}/{stem}.qmd" for stem in stems]}
        text = yaml.safe_dump({"project": project, **self.settings}, sort_keys=False)
        (self.folder / "_quarto.yml").write_text(text, encoding="utf-8")
        said = call(
            [str(self.quarto.path), "render"],
            folder=self.folder,
            # the machine's own fonts would fill in signs that ours lack, each machine's differently
            environment={"TYPST_FONT_PATHS": str(font_folder()), "TYPST_IGNORE_SYSTEM_FONTS": "true"},
            patience=_PATIENCE,
            stop=self.stop,
        )
        return _COLOURS.sub("", said)


def _write_documents(documents: Mapping[str, Document], theme: Theme, folder: Path) -> None:
    """Write each document with its figures into a folder of its own, and the look beside them."""
    write_look(theme, folder / LOOK)
    for stem, document in documents.items():
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", stem):
            raise ReportError(repr(stem), "not a stem", "letters, digits, - _ and .")
        own = folder / stem
        own.mkdir()
        write_sources(document, own)
        (own / "report.md").rename(own / f"{stem}.qmd")
        (own / f"{stem}.qmd").write_text(_source(document, theme), encoding="utf-8")


def _source(document: Document, theme: Theme) -> str:
    """Return the document with contents and numbering under `board:`, which only our filter reads."""
    settings, body = parted(document.markdown)
    page = {key: settings.pop(key) for key in _OWN if key in settings}
    settings.setdefault("lang", theme.page.lang)
    settings["board"] = {**theme.page.as_settings(), **page}
    return front(settings) + body


def _project(theme: Theme, formats: list[str]) -> dict[str, object]:
    kinds = {
        "html": ("html", _HTML),
        "pdf": ("typst", _typst(theme)),
        "docx": ("docx", {"toc": False, "reference-doc": f"{LOOK}/{reference_of('docx')}"}),
        "pptx": ("pptx", {"toc": False, "reference-doc": f"{LOOK}/{reference_of('pptx')}"}),
    }
    return {
        "execute": {"enabled": False},
        "from": READER,
        "toc": False,
        "number-sections": False,
        "code-annotations": False,
        "filters": [{"path": "theme/filter.lua", "at": "pre-ast"}],
        "format": dict(kinds[name] for name in formats),
    }


def _typst(theme: Theme) -> dict[str, object]:
    return {
        "template": "theme/embedded.typst",
        "template-partials": ["theme/look.typ", "theme/board.typ"],
        "shift-heading-level-by": 0,  # the filter has done it
        "papersize": theme.page.papersize,
        "keep-typ": True,
        "pdf-standard": "ua-1",
    }


def _checked(result: dict[str, Path] | ReportError) -> dict[str, Path] | ReportError:
    if isinstance(result, ReportError) or "html" not in result:
        return result
    try:
        check_offline(result["html"].read_text(encoding="utf-8"))
    except ReportError as error:
        return error
    return result


def _reason(said: str) -> str:
    """Return what our filter refused, else Quarto's own errors, else all it said."""
    refused = re.findall(r"REFUSED (.*)", said)
    errors = [line.strip() for line in said.splitlines() if re.match(r"\s*(ERROR|error)", line)]
    return "; ".join(dict.fromkeys(refused or errors or [said.strip()[-300:] or "no file came out"]))


class SilenceError(ReportError):
    """A program said nothing for too long."""


class StoppedError(ReportError):
    """A program was ended because the batch is."""


def call(
    command: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    patience: float,
    stop: threading.Event | None = None,
) -> str:
    """Run a program; return what it said on standard error and output, whatever its exit status.

    A `ReportError` says that it was silent for more than `patience` seconds, or `stop` was set: nothing of it is left
    then.
    `environment` are variables beside those of this process.
    """
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [sys.executable, "-ISc", _KEEPER, *command] if os.name == "posix" else list(command),
            cwd=folder,
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _wait(process, said, patience, stop)
        finally:
            _end(process)
        said.seek(0)
        return said.read().decode("utf-8", "replace")


def _wait(
    process: subprocess.Popen[bytes], said: IO[bytes], patience: float, stop: threading.Event | None
) -> None:
    length, heard = 0, monotonic()
    while process.poll() is None:
        try:
            process.wait(_LOOK)
        except subprocess.TimeoutExpired:
            if stop is not None and stop.is_set():
                raise StoppedError("render", "was ended: the batch was interrupted") from None
        if (now_long := os.fstat(said.fileno()).st_size) > length:
            length, heard = now_long, monotonic()
        if monotonic() - heard > patience:
            raise SilenceError("render", f"nothing was heard for {patience:g} seconds")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program and all that it started; most often there is nothing left to end."""
    if process.stdin:
        process.stdin.close()
    if os.name != "posix":
        process.kill()
    process.wait()
