"""Finding the files that were asked for: folders, wildcards and addresses become files on this machine."""

from __future__ import annotations

import glob
import http.client
import re
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from helpers.errors import DataError, Problem, near_misses

#: what may be data in a folder; everything else in it is left alone
SUFFIXES = (".csv", ".tsv", ".txt", ".gz", ".zip", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".parquet")
#: seconds of silence, and bytes, after which a download is given up
DOWNLOAD_TIMEOUT, DOWNLOAD_LIMIT = 60, 1_000_000_000
_CHUNK = 1 << 20


#: how far a revised file stands above the numbered ones before it
REVISED = 100
_REVISED = re.compile(r"(?<![a-z])(revis(ed|ion)|corrected)(?![a-z])")
_PROVISIONAL = re.compile(r"(?<![a-z])(prov|provisional|preliminary)(?![a-z])")
_NUMBERED = re.compile(r"(?<![a-z])(?:v|version[ _-]?|revised[ _-]|revision[ _-])(\d{1,2})(?![0-9a-z])")


@dataclass(frozen=True)
class Found:
    """A file to load: where it is now, and what it is called in messages and in the mart."""

    path: Path
    shown: str
    problem: Problem | None = None

    @property
    def edition(self) -> int:
        """Which edition its publisher names it; 0 where the name says nothing."""
        return edition_of(self.shown)


def edition_of(name: str) -> int:
    """Return which edition of the same figures a file's name says that it is; later ones are higher.

    >>> [edition_of(name) for name in ("AE-May-2025.csv", "AE-May-2025-revised.csv", "AE-May-v2.csv")]
    [0, 100, 2]
    >>> edition_of("provisional/AE-May-2025-provisional.csv"), edition_of("AE-May-revised-2.csv")
    (-1, 102)
    """
    words = Path(name).stem.lower()
    number = _NUMBERED.search(words)
    nth = int(number[1]) if number else 0
    if _REVISED.search(words):
        return REVISED + nth
    return -1 if nth == 0 and _PROVISIONAL.search(words) else nth


@contextmanager
def find_files(paths: Iterable[str | Path]) -> Iterator[list[Found]]:
    """Yield the files that paths, wildcards and addresses stand for; downloads last as long as the block.

    Later editions come after the others, so that they are the ones that count.
    """
    with tempfile.TemporaryDirectory(prefix="boardpack-") as folder:
        found: dict[str, Found] = {}
        for number, path in enumerate(paths):
            for file in _resolve(str(path), Path(folder) / str(number)):
                found.setdefault(file.shown, file)
        yield sorted(found.values(), key=lambda file: file.edition)


def _resolve(asked: str, folder: Path) -> list[Found]:
    if asked.startswith(("http://", "https://")):
        return [_download(asked, folder)]
    path = Path(asked)
    if path.is_dir():
        inside = sorted(file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES)
        visible = [file for file in inside if file.is_file() and not _hidden(file.relative_to(path))]
        return [Found(file, str(file)) for file in visible] or [_empty(asked)]
    if path.exists():
        return [Found(path, asked)]
    matched = sorted(glob.glob(asked, recursive=True))  # noqa: PTH207  a pattern may be absolute
    if matched:
        return [file for match in matched for file in _resolve(match, folder)]
    return [_missing(asked)]


def _hidden(path: Path) -> bool:
    # "~$" is what Excel leaves beside a workbook that is open
    return any(part.startswith((".", "~$")) for part in path.parts)


def _empty(folder: str) -> Found:
    problem = Problem(
        folder, "holds no data file", ", ".join(SUFFIXES), "put the files there, or name them"
    )
    return Found(Path(folder), folder, problem)


def _missing(asked: str) -> Found:
    folder = Path(asked).parent
    beside = [file.name for file in folder.iterdir()] if folder.is_dir() else []
    cure = near_misses(Path(asked).name, beside) or "check the path"
    came = "no file fits it" if set(asked) & set("*?[") else "there is no such file"
    return Found(Path(asked), asked, Problem(asked, came, cure=cure))


def _download(address: str, folder: Path) -> Found:
    name = Path(unquote(urlsplit(address).path)).name or "download"
    folder.mkdir(exist_ok=True)
    path = folder / name
    try:
        _fetch(address, path)
    except DataError as error:
        return Found(path, address, error.problems[0])
    except urllib.error.HTTPError as error:
        return Found(
            path, address, Problem(address, f"answered {error.code} {error.reason}", cure="check it")
        )
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "reason", error)
        return Found(
            path, address, Problem(address, f"could not be fetched: {reason}", cure=_by_hand(address))
        )
    return Found(path, address)


def _by_hand(address: str) -> str:
    """Return what to do where the network does not let a file through: name the proxy, or fetch it oneself."""
    scheme = urlsplit(address).scheme
    proxy = urlsplit(urllib.request.getproxies().get(scheme, ""))
    named = (
        f"is the proxy {proxy.hostname}:{proxy.port} right ({scheme}_proxy)"
        if proxy.hostname
        else (f"does this network ask for a proxy ({scheme}_proxy=http://HOST:PORT in the environment)")
    )
    return f"{named}? Else fetch the file with a browser, then boardpack data load FILE"


def _fetch(address: str, path: Path) -> None:
    request = urllib.request.Request(address, headers={"User-Agent": "boardpack"})
    with urllib.request.urlopen(request, timeout=DOWNLOAD_TIMEOUT) as answer, path.open("wb") as file:
        size = 0
        while chunk := answer.read(_CHUNK):
            size += len(chunk)
            if size > DOWNLOAD_LIMIT:
                raise DataError(address, f"more than {DOWNLOAD_LIMIT / 1e6:,.0f} MB")
            file.write(chunk)
        expected = answer.headers.get("Content-Length")
        if expected and expected.isdigit() and int(expected) != size:
            raise DataError(address, f"broke off after {size} of {expected} bytes", cure="try again")
