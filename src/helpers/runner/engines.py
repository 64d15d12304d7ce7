"""Which engine renders: Quarto where it is found, else the embedded one; light enough for a start.

Nothing here loads a renderer, so that an unchanged batch is recognised without one.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from helpers.errors import ReportError, UsageError

FORMATS: Final = ("html", "pdf", "docx", "pptx")
RENDERERS: Final = ("auto", "quarto", "embedded")
#: the first with Typst 0.14, whose tagged PDFs and words for equations our template asks for
OLDEST: Final = (1, 9)
_SECONDS: Final = 60


@dataclass(frozen=True)
class Quarto:
    """A `quarto` command that was found."""

    path: Path
    version: tuple[int, ...]  # its version as numbers


def engine_name(engine: Quarto | None) -> str:
    """Return what a report's key says of the engine; the embedded one is part of the environment.

    >>> engine_name(None)
    'embedded'
    """
    return f"quarto {'.'.join(map(str, engine.version))}" if engine else "embedded"


def choose_engine(renderer: str = "auto") -> Quarto | None:
    """Choose the engine for a run.

    `renderer`: one of `RENDERERS`: `auto` takes Quarto where it is found, else the embedded engine. None stands for
    the embedded engine. Raises `UsageError` for another word, or when `quarto` is asked for and not found;
    `ReportError` when Quarto is asked for, here or by `QUARTO_PATH`, and cannot be used.
    """
    if renderer not in RENDERERS:
        raise UsageError("--renderer", repr(renderer), ", ".join(RENDERERS))
    if renderer == "embedded":
        return None
    try:
        found = find_quarto()
    except ReportError:
        if renderer == "quarto" or os.environ.get("QUARTO_PATH"):
            raise
        return None  # what happens to lie on the path, too old perhaps, was not asked for
    if found is None and renderer == "quarto":
        cure = "Install Quarto or set QUARTO_PATH; --renderer embedded needs nothing."
        raise UsageError("--renderer", "quarto, but no such command is found", cure=cure)
    return found


def find_quarto(environ: Mapping[str, str] | None = None) -> Quarto | None:
    """Find Quarto in `QUARTO_PATH` or on the path.

    `environ`: environment variables; those of this process unless given. None where there is no such command. Raises
    `ReportError` when `QUARTO_PATH` names nothing that runs, or the version is too old or cannot be read.
    """
    environ = os.environ if environ is None else environ
    named = environ.get("QUARTO_PATH")
    if named:
        found = shutil.which(Path(named, "quarto") if Path(named).is_dir() else named)
    else:
        found = shutil.which("quarto", path=environ.get("PATH", ""))
    if found is None and named:
        raise ReportError("QUARTO_PATH", named, "the quarto command", "Correct or unset it.")
    if found is None:
        return None
    try:
        done = subprocess.run([found, "--version"], capture_output=True, text=True, timeout=_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ReportError(f"quarto at {found}", str(error), cure="Correct QUARTO_PATH.") from error
    numbers = re.match(r"\d+(?:\.\d+)+", done.stdout.strip())
    if done.returncode or numbers is None:
        raise ReportError(f"quarto at {found}", "no version", "a command that answers --version")
    quarto = Quarto(Path(found), tuple(int(number) for number in numbers[0].split(".")))
    if quarto.version < OLDEST:
        came = f"version {'.'.join(map(str, quarto.version))}"
        cure = "Install a newer one, or use --renderer embedded."
        raise ReportError(f"quarto at {found}", came, f"{OLDEST[0]}.{OLDEST[1]} or newer", cure)
    return quarto
