"""Bring a destination to what is published now: what has passed the gate and stands, and nothing else.

The destination holds a list of what was put there. It is written before the first file and after the last, so what a
sudden end cuts short is done again, and nothing that was put there is ever forgotten. Files that the list does not
name are nobody's business here. What was withdrawn goes first, the pages that lead to reports come last.
"""

from __future__ import annotations

import contextlib
import json
import mimetypes
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from helpers.errors import Problem, ReportError, UsageError
from helpers.hashes import hash_bytes
from helpers.runner.history.entries import Entry, State
from helpers.runner.history.store import History
from helpers.runner.portal.page import HOME, PAGES
from helpers.runner.project import Project
from helpers.runner.publish.switching import MANIFEST, public_folder, with_manifest, write_whole

LIST: Final = ".boardpack-published.json"
_BUCKET: Final = "s3"


@dataclass(frozen=True)
class Sent:
    """What was done to a destination."""

    #: written, removed, kept: paths of files that were put there and taken away, and how many were as they
    #: should be
    written: tuple[str, ...]
    removed: tuple[str, ...]
    kept: int
    problems: tuple[Problem, ...]  # files that were not taken there, and why


@dataclass(frozen=True)
class _File:
    """A file that is to be there, and in which turn it comes."""

    path: str
    sha256: str
    turn: int


def send_onward(
    project: Project,
    history: History,
    destination: Destination,
    *,
    everything: bool = False,
    dry_run: bool = False,
) -> Sent:
    """Bring a destination to what is published now.

    `everything`: write also what the list there says is there already. Raises `UsageError` if the destination holds
    another audience's reports, or pages that were not put there by boardpack; `ReportError` if the destination cannot
    be used.
    """
    there = _read_list(destination, project.audience.name)
    files, problems = _wanted(project, history)
    spared = {problem.where for problem in problems}
    gone = tuple(path for path in there if path not in {each.path for each in files} | spared)
    changed = [each for each in files if everything or there.get(each.path) != each.sha256]
    written = tuple(each.path for each in sorted(changed, key=lambda each: (each.turn, each.path)))
    sent = Sent(written, gone, len(files) - len(changed), tuple(problems))
    if dry_run or not (changed or gone):
        return sent
    _write_list(destination, project, {**there, **dict.fromkeys(written, "")})
    for path in gone:
        destination.remove(path)
    listed = {path: sha256 for path, sha256 in there.items() if path not in gone}
    for each in sorted(changed, key=lambda each: (each.turn, each.path)):
        content = (project.reports / each.path).read_bytes()
        listed[each.path] = ""
        if (
            hash_bytes(content) == each.sha256
        ):  # or a run has just replaced it: the next time brings the new one
            destination.write(each.path, content)
            listed[each.path] = each.sha256
    _write_list(destination, project, listed)
    return sent


def _wanted(project: Project, history: History) -> tuple[list[_File], list[Problem]]:
    """Return the files of all reports that stand and the pages that list them, and what is wrong with some."""
    files: list[_File] = []
    problems: list[Problem] = []
    for entry in history.places():
        for name, output in with_manifest(entry.outputs).items():
            turn = 0 if entry.state is State.WITHDRAWN else 2 if name == "html" else 1
            found = _hash(project, output.path)
            if _is_of(project, output.path, entry) if name == MANIFEST else found == output.sha256:
                files.append(_File(output.path, found, turn))
            else:
                came = "is not as it was published, and is left out"
                problems.append(Problem(output.path, came, cure="see `boardpack status`"))
    for name in PAGES:
        if found := _hash(project, name):
            wrong = project.wrong_in(project.reports / name)
            problems += [Problem(name, each.came, each.allowed, each.cure) for each in wrong]
            if not wrong:
                files.append(_File(name, found, 4 if name == HOME else 3))
    return files, problems


def _hash(project: Project, path: str) -> str:
    file = project.reports / path
    return hash_bytes(file.read_bytes()) if file.is_file() else ""


def _is_of(project: Project, path: str, entry: Entry) -> bool:
    """Tell whether a manifest is that of the very publication, or withdrawal, that stands."""
    try:
        said = json.loads((project.reports / path).read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(said, dict) and said.get("run") == entry.run


def _read_list(destination: Destination, audience: str) -> dict[str, str]:
    content = destination.read(LIST)
    if content is None:
        if destination.read(HOME) is not None:
            came = "is there, and boardpack did not put it there"
            raise UsageError(HOME, came, cure="choose a folder or prefix that holds nothing else")
        return {}
    said = json.loads(content)
    if said["audience"] != audience:
        came = f"says that the reports there are for {said['audience']}, and not for {audience}"
        raise UsageError(LIST, came, cure="give each audience a place of its own")
    return dict(said["files"])


def _write_list(destination: Destination, project: Project, files: Mapping[str, str]) -> None:
    told = {"audience": project.audience.name, "files": dict(sorted(files.items()))}
    destination.write(LIST, json.dumps(told, indent=1).encode())


class Folder:
    """A folder, or a share that is mounted.

    `root`: the folder; it must be there, for a share that is not mounted would be filled on the machine's own disk.
    """

    def __init__(self, root: Path) -> None:
        if not root.is_dir():
            raise UsageError(str(root), "there is no such folder", cure="make it, or mount the share")
        self._root = root

    def read(self, path: str) -> bytes | None:
        """Return a file's content, by its path below the folder of reports; None where there is no such file."""
        with _told(str(self._root), OSError), contextlib.suppress(FileNotFoundError):
            return (self._root / path).read_bytes()
        return None

    def write(self, path: str, content: bytes) -> None:
        """Write a file beside its place, synced, and rename it."""
        with _told(str(self._root), OSError):
            public_folder((self._root / path).parent)
            write_whole(self._root / path, content)

    def remove(self, path: str) -> None:
        """Take a file away, and the folders that are empty then."""
        with _told(str(self._root), OSError):
            (self._root / path).unlink(missing_ok=True)
            for folder in (self._root / path).parents:
                if folder == self._root or any(folder.iterdir()):
                    return
                shutil.rmtree(folder)


class Bucket:
    """A bucket of an S3-compatible store; keys and address come as boto3 finds them (`AWS_…`, its files, a role).

    `address`: ``s3://bucket/prefix``.
    """

    def __init__(self, address: str) -> None:
        try:
            import boto3
            from botocore.exceptions import BotoCoreError, ClientError
        except ModuleNotFoundError:
            cure = "install it: pip install 'boardpack[s3]'"
            raise UsageError(address, "needs boto3, which is not installed", cure=cure) from None
        place = urlsplit(address)
        if not place.netloc:
            raise UsageError(address, "names no bucket", "s3://bucket or s3://bucket/prefix")
        self._name, self._prefix = place.netloc, place.path.strip("/")
        self._errors: tuple[type[Exception], ...] = (BotoCoreError, ClientError)
        self._address = address
        with _told(address, *self._errors):
            self._client: Any = boto3.client("s3")

    def _key(self, path: str) -> dict[str, str]:
        return {"Bucket": self._name, "Key": f"{self._prefix}/{path}".lstrip("/")}

    def read(self, path: str) -> bytes | None:
        """Return an object's content."""
        with _told(self._address, *self._errors):
            try:
                content = self._client.get_object(**self._key(path))["Body"].read()
            except self._client.exceptions.NoSuchKey:
                return None
            assert isinstance(content, bytes)
            return content

    def write(self, path: str, content: bytes) -> None:
        """Put an object, in one request."""
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        with _told(self._address, *self._errors):
            self._client.put_object(**self._key(path), Body=content, ContentType=kind)

    def remove(self, path: str) -> None:
        """Take an object away."""
        with _told(self._address, *self._errors):
            self._client.delete_object(**self._key(path))


#: a place that files are written to
Destination = Folder | Bucket


@contextlib.contextmanager
def _told(where: str, *errors: type[Exception]) -> Iterator[None]:
    """Tell what goes wrong with a place in words."""
    try:
        yield
    except errors as error:
        cure = "mend that and run it again: it goes on where it ended"
        raise ReportError(where, f"cannot be used ({error})", cure=cure) from error


def open_destination(project: Project, address: str) -> Destination:
    """Return the place at an address, which must not be one of the project's own.

    `address`: a folder, or ``s3://bucket/prefix``. Raises `UsageError` if it is not there, or private, or another
    audience's.
    """
    if urlsplit(address).scheme == _BUCKET:
        return Bucket(address)
    there = (project.root / Path(address).expanduser()).resolve()
    folders = [project.home, project.notebooks, project.params]
    folders += [each.reports(project.root) for each in project.publisher.audiences.values()]
    for own in (each.resolve() for each in folders):
        if there.is_relative_to(own) or own.is_relative_to(there):
            came = f"lies in {project.show(own)}, or holds it"
            raise UsageError(address, came, cure="choose a folder that nothing else is kept in")
    return Folder(there)
