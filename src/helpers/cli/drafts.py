"""`boardpack preview`: the finished page while its author works on it, made anew with each save."""

from __future__ import annotations

import contextlib
import json
import secrets
import sys
import threading
import time
import traceback
import webbrowser
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import parse_qs, urlsplit

import typer

from helpers.cli.assembly import by_audience, open_and_plan
from helpers.cli.options import project_root
from helpers.errors import UsageError, UserError, near_misses, place_problem
from helpers.runner.plan.jobs import Job
from helpers.runner.plan.parameters import read_notebook
from helpers.runner.project import Project

if TYPE_CHECKING:
    from helpers.runner.batch.drafting import Desk

#: seconds between two looks at the files; what has not changed since the look before is whole
_LOOK: Final = 0.15
_HERE: Final = "127.0.0.1"  # never reachable from another machine
#: seconds that a browser's question for news is kept open
_PATIENCE: Final = 20.0
_HOSTS: Final = ("127.0.0.1", "localhost")


def preview(
    notebook: Annotated[
        str, typer.Argument(metavar="NOTEBOOK", help="Its name or its file; or notebook/name.")
    ],
    file: Annotated[
        str,
        typer.Option("--file", "-f", help="A parameter file or a report's name; the first unless given."),
    ] = "",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Of 127.0.0.1; a free one unless given.")] = 0,
    browser: Annotated[bool, typer.Option(help="Open the page in the browser.")] = True,
) -> None:
    """Show a report as it would be, and again with each save of its notebook, modules, parameters or register."""
    from helpers.runner.batch.drafting import Desk  # late: it brings the renderers along

    root = project_root()
    if not notebook.endswith(".ipynb") and "/" in notebook:  # a report, as other commands call it
        notebook, _, file = notebook.partition("/")
    path = _notebook(root, notebook)
    board, token = Board(), secrets.token_urlsafe(12)
    try:
        server = ThreadingHTTPServer((_HERE, port), handler_of(board, token))
    except OSError as error:
        cure = "choose another, or leave --port out"
        raise UsageError(f"--port {port}", str(error.strerror), cure=cure) from None
    address = f"http://{_HERE}:{server.server_address[1]}/{token}/"
    threading.Thread(target=server.serve_forever, name="preview", daemon=True).start()
    print(f"{address}\nCtrl-C ends it. Nothing of it is published.", flush=True)
    if browser:
        webbrowser.open(address)
    try:
        with Desk(lambda: find_report(root, path, file), root, path) as desk:
            keep_fresh(desk, board, tell=lambda words: print(words, flush=True))
    except KeyboardInterrupt:
        return
    finally:
        server.shutdown()
        server.server_close()


def find_report(root: Path, notebook: Path, file: str) -> tuple[Project, Job]:
    """Return the project and the report that is meant; of a notebook without parameter files, that of its defaults.

    Raises `UsageError` with all that is wrong with register, settings, notebook or parameter file.
    """
    name = notebook.stem
    if not file and not (root / "params" / name).is_dir():
        project, _ = open_and_plan(root, (), strict=False)
        return project, Job(read_notebook(notebook), "draft", {}, notebook)
    word = file if Path(file).is_file() else f"{name}/{Path(file).stem}" if file else name
    public, asked = open_and_plan(root, [word], strict=bool(file))
    mine = [
        (project, job)
        for project, some in by_audience(public, asked)
        for job in some.jobs
        if job.notebook.name == name
    ]
    if not mine:
        known = [each.stem for each in (root / "params" / name).glob("[!_]*.yml")]
        cure = near_misses(Path(file).stem, known) or f"name one of params/{name}/"
        raise UsageError(f"-f {file}", f"no report of {name} can be made of it", cure=cure)
    return mine[0]


def keep_fresh(
    desk: Desk, board: Board, *, tell: Callable[[str], None], ended: threading.Event | None = None
) -> None:
    """Make the page, and anew with each save, until it is ended."""
    ended = ended or threading.Event()
    seen = None
    while not ended.is_set():
        if (now := desk.look()) != seen and now == (ended.wait(_LOOK) or desk.look()):
            board.begin()
            tell(_make(desk, board))
            # what a page has read is only known once it is made; what was saved meanwhile counts as new
            seen = {path: stamp for path, stamp in desk.look().items() if now.get(path, stamp) == stamp}
            continue
        ended.wait(_LOOK)


def _make(desk: Desk, board: Board) -> str:
    """Make the page and put it on the board; return in words what became of it."""
    clock = time.strftime("%H:%M:%S")
    try:
        draft = desk.make()
    except (UserError, OSError) as error:
        told = error.problems if isinstance(error, UserError) else (place_problem(error),)
        problems = [str(each) for each in told if each] or [_bug()]
        board.refuse(clock, problems)
        return "\n".join(f"{clock}  {each}" for each in problems)
    except Exception:
        board.refuse(clock, [words := _bug()])
        return f"{clock}  {words}"
    how = "ran and rendered" if draft.ran else "only rendered"
    words = f"{clock}, {how} in {draft.seconds:.1f} s"
    board.show(draft.page, words, draft.warnings)
    return "\n".join((words, *(f"  {each}" for each in draft.warnings)))


def _bug() -> str:
    from helpers.data.audit.alarms import redact

    print(redact(traceback.format_exc()), file=sys.stderr)
    return "This is a bug in boardpack; the terminal shows where. Please report it."


def _notebook(root: Path, word: str) -> Path:
    name = Path(word).name.removesuffix(".ipynb")
    path = root / "notebooks" / f"{name}.ipynb"
    if path.is_file():
        return path
    known = [each.stem for each in path.parent.glob("*.ipynb")]
    cure = near_misses(name, known) or "see `ls notebooks`"
    raise UsageError(word, "there is no such notebook in notebooks/", cure=cure)


@dataclass(frozen=True)
class News:
    """What the frame tells around the page."""

    number: int = 0  # of the change
    edition: int = 0  # of the page
    busy: bool = True
    words: str = ""
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class Board:
    """The newest page, and what is to be told of it; safe for several threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._news = News()
        self.page = b""  # the newest page that could be made; empty before the first

    def begin(self) -> None:
        """Tell that a page is being made."""
        self._tell(replace(self._news, busy=True))

    def show(self, page: bytes, words: str, warnings: Iterable[str]) -> None:
        """Put up a page."""
        edition = self._news.edition + 1
        self._tell(News(edition=edition, busy=False, words=words, warnings=tuple(warnings)), page)

    def refuse(self, words: str, problems: Iterable[str]) -> None:
        """Tell why there is no newer page."""
        told = News(edition=self._news.edition, busy=False, words=words, problems=tuple(problems))
        self._tell(told)

    def after(self, number: int, seconds: float = _PATIENCE) -> News:
        """Return what is new after a change, as soon as anything is, or what stands after some seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._news.number != number, seconds)
            return self._news

    def _tell(self, news: News, page: bytes | None = None) -> None:
        with self._changed:
            self.page = self.page if page is None else page
            self._news = replace(news, number=self._news.number + 1)
            self._changed.notify_all()


def handler_of(board: Board, token: str) -> type[BaseHTTPRequestHandler]:
    """Return what answers a browser that knows the token: other users of the machine and other sites do not."""
    frame = (files("helpers.cli") / "preview.html").read_bytes()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host, _, _ = self.headers.get("Host", "").rpartition(":")
            asked = urlsplit(self.path)
            if host not in _HOSTS or not asked.path.startswith(f"/{token}/"):
                self.send_error(HTTPStatus.NOT_FOUND)
            elif (what := asked.path.removeprefix(f"/{token}/")) == "news":
                number = parse_qs(asked.query).get("after", [""])[0]
                news = board.after(int(number) if number.isdecimal() else -1)
                self._answer(json.dumps(news.__dict__).encode(), "application/json")
            elif what in {"", "page"}:
                self._answer(board.page if what else frame, "text/html; charset=utf-8")
            else:
                self.send_error(HTTPStatus.NOT_FOUND)

        def _answer(self, content: bytes, kind: str) -> None:
            self.send_response(HTTPStatus.OK)
            for name, value in (
                ("Content-Type", kind),
                ("Content-Length", str(len(content))),
                ("Cache-Control", "no-store"),
                ("Referrer-Policy", "no-referrer"),
                ("X-Content-Type-Options", "nosniff"),
            ):
                self.send_header(name, value)
            with contextlib.suppress(ConnectionError):  # its page was closed meanwhile
                self.end_headers()
                self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Keep quiet: the terminal tells of pages alone."""

    return Handler
