"""Where published files are taken: a folder or share, or a bucket; each file appears there whole or not at all."""

from __future__ import annotations

import contextlib
import mimetypes
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from helpers.errors import Problem, ReportError, UsageError
from helpers.runner.project import Project
from helpers.runner.publish.switching import public_folder, write_whole

_BUCKET: Final = "s3"


class Destination(Protocol):
    """A place that files are written to, by their paths below the folder of reports."""

    def read(self, path: str) -> bytes | None:
        """Return a file's content; None where there is no such file."""

    def write(self, path: str, content: bytes) -> None:
        """Put a file in place of what is there."""

    def remove(self, path: str) -> None:
        """Take a file away, if it is there."""


class Folder:
    """A folder, or a share that is mounted.

    `root`: the folder; it must be there, for a share that is not mounted would be filled on the machine's own disk.
    """

    def __init__(self, root: Path) -> None:
        if not root.is_dir():
            raise UsageError(
                Problem(str(root), "there is no such folder", cure="make it, or mount the share")
            )
        self._root = root

    def read(self, path: str) -> bytes | None:
        """Return a file's content."""
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
            raise UsageError(Problem(address, "needs boto3, which is not installed", cure=cure)) from None
        place = urlsplit(address)
        if not place.netloc:
            raise UsageError(Problem(address, "names no bucket", "s3://bucket or s3://bucket/prefix"))
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


@contextlib.contextmanager
def _told(where: str, *errors: type[Exception]) -> Iterator[None]:
    """Tell what goes wrong with a place in words."""
    try:
        yield
    except errors as error:
        cure = "mend that and run it again: it goes on where it ended"
        raise ReportError(Problem(where, f"cannot be used ({error})", cure=cure)) from error


def open_destination(project: Project, address: str) -> Destination:
    """Return the place at an address, which must not be one of the project's own.

    `address`: a folder, or ``s3://bucket/prefix``. Raises `UsageError` if it is not there, or private, or another
    audience's.
    """
    if urlsplit(address).scheme == _BUCKET:
        return Bucket(address)
    there = (project.root / Path(address).expanduser()).resolve()
    for own in _own_folders(project):
        if there.is_relative_to(own) or own.is_relative_to(there):
            came = f"lies in {project.show(own)}, or holds it"
            raise UsageError(Problem(address, came, cure="choose a folder that nothing else is kept in"))
    return Folder(there)


def _own_folders(project: Project) -> Iterator[Path]:
    yield project.home.resolve()
    yield from (each.resolve() for each in (project.notebooks, project.params))
    yield from (each.reports(project.root).resolve() for each in project.publisher.audiences.values())
