"""Put finished reports in their place, whole or not at all.

All formats of a report are staged beside their places and synced first, and the history notes what is about
to come. Then the other formats are taken away, the page is replaced, and the other formats are put in place,
each step one rename. So at every moment a reader finds whole files of one run only; what a sudden end leaves
undone is completed by whoever comes next (`settle`). See docs/decisions/0003-publishing.md.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import time
from collections.abc import Collection, Mapping
from pathlib import Path, PurePosixPath

from helpers.bundle import DELIVERED
from helpers.errors import GateError
from helpers.hashes import hash_bytes
from helpers.runner.engines import FORMATS
from helpers.runner.history.entries import Entry, Output

STAGED, ASIDE = ".part", ".old"
MANIFEST = "manifest.json"
#: reports may be read by others; everything else that a run writes may not
PUBLIC_FILE, PUBLIC_FOLDER = 0o644, 0o755
#: those for one audience lie in a folder that its group alone may open
READERS_FOLDER = 0o750
#: seconds after which a staged file belongs to no living run
ABANDONED = 24 * 3600
_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
#: nanoseconds by which a file's time stamp lies in the past, more than one tick of any file system's clock
_PAST, _SPREAD = 5_000_000_000, 1_000_000_000


def stage(files: Mapping[str, bytes], reports: Path, place: PurePosixPath, run: str) -> dict[str, Output]:
    """Write the files of one report beside their places, synced, and return them as they will lie there.

    `place`: where the report belongs in it, without the ending. Raises `GateError` if the place is not below the
    reports folder.
    """
    if not all(_PART.fullmatch(part) and ".." not in part for part in place.parts):
        came = f"the report asks for the place {place}"
        raise GateError(str(reports), came, "letters, digits and - _ . between them")
    public_folder(reports.joinpath(*place.parts[:-1]))
    outputs: dict[str, Output] = {}
    try:
        for name, content in files.items():
            outputs[name] = Output(f"{place}.{name}", hash_bytes(content))
            outputs[name] = _stage(reports, outputs[name], content, run)
    except BaseException:
        unstage(reports, outputs, run)
        raise
    return outputs


def _stage(reports: Path, output: Output, content: bytes, run: str) -> Output:
    staged = _beside(reports / output.path, run, STAGED)
    _write_synced(staged, content)
    # A stamp that no later change can get by itself: whatever rewrites the file, even within the same tick
    # of the clock, gives it the time of then.
    stamp = time.time_ns() - _PAST - secrets.randbelow(_SPREAD)
    os.utime(staged, ns=(stamp, stamp))
    found = staged.stat()
    return Output(output.path, output.sha256, found.st_size, found.st_mtime_ns, found.st_ino)


def switch(reports: Path, outputs: Mapping[str, Output], run: str) -> None:
    """Put the staged files of one report in place of what is there; doing it again completes it.

    Raises `OSError` if a file cannot be moved, for instance because a program holds it open; what was there before is
    back then, unless the page itself has been replaced.
    """
    first = "html" if "html" in outputs else next(iter(outputs))
    page = reports / outputs[first].path
    stem = page.name.removesuffix(first)
    # also what a forgotten run left in formats that are not asked for any more, and files delivered no more
    names = (*outputs, *FORMATS, *_delivered(page, stem), MANIFEST)
    others = [page.with_name(stem + name) for name in dict.fromkeys(names)]
    others.remove(page)
    wanted = {reports / output.path for output in outputs.values()}
    moved: list[Path] = []
    try:
        for target in others:
            is_coming = _beside(target, run, STAGED).exists()
            if target.exists() and (is_coming or target not in wanted):
                target.replace(_beside(target, run, ASIDE))
                moved.append(target)
        _put(page, run)
    except OSError:
        for target in moved:
            _beside(target, run, ASIDE).replace(target)
        raise
    for target in others:
        _put(target, run)
        _beside(target, run, ASIDE).unlink(missing_ok=True)
    _sync_folder(page.parent)


def _delivered(page: Path, stem: str) -> list[str]:
    """Return the names of the files beside a page that its notebook delivered."""
    names = (each.name.removeprefix(stem) for each in page.parent.iterdir() if each.name.startswith(stem))
    return sorted(name for name in names if DELIVERED.fullmatch(name))


def _put(target: Path, run: str) -> None:
    with contextlib.suppress(FileNotFoundError):  # done already, before a sudden end
        _beside(target, run, STAGED).replace(target)


def unstage(reports: Path, outputs: Mapping[str, Output], run: str) -> None:
    """Remove what was staged and is not to be put in place."""
    for output in outputs.values():
        _beside(reports / output.path, run, STAGED).unlink(missing_ok=True)


def settle(reports: Path, entry: Entry) -> bool:
    """Complete a publication that a sudden end cut short; return whether the report is in place now."""
    whole = with_manifest(entry.outputs)
    ready = all(_is_at_hand(reports, output, entry.run) for output in entry.outputs.values())
    if not entry.outputs or not ready:
        _bring_back(reports, whole, entry.run)
        unstage(reports, whole, entry.run)
        return False
    switch(reports, whole, entry.run)
    return True


def with_manifest(outputs: Mapping[str, Output]) -> dict[str, Output]:
    """Return the files of a report with its manifest, which lies beside them."""
    name, any_output = next(iter(outputs.items()), ("", Output("", "")))
    stem = any_output.path.removesuffix(name)
    return {**outputs, MANIFEST: Output(stem + MANIFEST, "")} if outputs else {}


def _is_at_hand(reports: Path, output: Output, run: str) -> bool:
    target = reports / output.path
    for path in (_beside(target, run, STAGED), target):
        with contextlib.suppress(OSError):
            if hash_bytes(path.read_bytes()) == output.sha256:
                return True
    return False


def _bring_back(reports: Path, outputs: Mapping[str, Output], run: str) -> None:
    for output in outputs.values():
        target = reports / output.path
        old = _beside(target, run, ASIDE)
        if old.exists() and not target.exists():
            old.replace(target)


def _beside(target: Path, run: str, ending: str) -> Path:
    return target.with_name(f".{target.name}.{run}{ending}")


def public_folder(path: Path) -> Path:
    """Make a folder, and those above it that are missing, which others may read."""
    missing = [each for each in (path, *path.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(exist_ok=True)
        each.chmod(PUBLIC_FOLDER)
    return path


def readers_folder(path: Path) -> None:
    """Make the folder of an audience's pages: its group may read it, others may not, and git leaves it out."""
    if not path.exists():
        public_folder(path.parent)
        path.mkdir(READERS_FOLDER)
        path.chmod(READERS_FOLDER)
    (path / ".gitignore").write_text("*\n", "utf-8")


def write_whole(target: Path, content: bytes, mode: int = PUBLIC_FILE) -> None:
    """Write a file such that readers see the old content or the new one, never a part."""
    staged = _beside(target, secrets.token_hex(4), STAGED)
    try:
        _write_synced(staged, content, mode)
        staged.replace(target)
    finally:
        staged.unlink(missing_ok=True)
    _sync_folder(target.parent)


def sweep(reports: Path, runs: Collection[str] = ()) -> None:
    """Remove hidden files that killed runs left behind.

    `runs`: runs that are known to be over; what others left goes when it is a day old.
    """
    oldest = time.time() - ABANDONED
    for ending in (STAGED, ASIDE):
        for path in reports.rglob(f".*{ending}"):
            run = path.name.removesuffix(ending).rpartition(".")[2]
            with contextlib.suppress(FileNotFoundError):
                if run in runs or path.stat().st_ctime < oldest:
                    path.unlink()


def _write_synced(path: Path, content: bytes, mode: int = PUBLIC_FILE) -> None:
    try:
        with path.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        path.chmod(mode)
    except OSError as error:  # of a full disk the system does not say which
        error.filename = error.filename or str(path.parent)
        raise


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":  # Windows cannot sync a folder
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
