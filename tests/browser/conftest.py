"""A browser, and a small demo project whose reports it opens; without a browser these tests are skipped."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from filelock import FileLock

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

ROOT = Path(__file__).parents[2]
#: what Chromium is called; Debian's comes first, and no browser is downloaded
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
WIDE = 1280
#: the rules of axe-core that count: WCAG 2.2 A and AA, and what its makers hold to be good practice
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
#: seconds for what a browser does at once; a machine under load may take long
PATIENCE = 60_000

OpenPage = Callable[..., "Page"]


def find_chromium() -> str | None:
    """Return the path of the browser: `BOARDPACK_CHROMIUM`, or the first that is installed."""
    return os.environ.get("BOARDPACK_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a window, driven by Playwright."""
    path = find_chromium()
    if path is None:
        pytest.skip("no Chromium here (Debian: apt-get install chromium, or set BOARDPACK_CHROMIUM)")
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Return what opens a file in a window of its own; what its scripts complain of fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_file(path: Path, width: int = WIDE, *, anchor: str = "", **settings: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, **settings)
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None,
        )
        page.goto(path.as_uri() + anchor)
        return page

    yield open_file
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture(scope="session")
def axe_findings() -> Callable[..., list[str]]:
    """Return what runs axe-core over a page, and says in words what it found."""
    axe_api = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe-core is not installed"
    )
    axe = axe_api.Axe()

    def find(page: Page, *, without: tuple[str, ...] = ()) -> list[str]:
        options = {
            "runOnly": {"type": "tag", "values": list(RULES)},
            "rules": {rule: {"enabled": False} for rule in without},
            "resultTypes": ["violations"],
        }
        found = axe.run(page, options=options).response
        assert found["passes"], "axe-core looked at nothing"
        return [
            f"{page.url.rsplit('/', 1)[-1]}: {each['id']}, {each['help']}: {node['html'][:200]}"
            for each in found["violations"]
            for node in each["nodes"]
        ]

    return find


@dataclass(frozen=True)
class Demo:
    """The small demo project: its folder and what it published."""

    root: Path

    @property
    def reports(self) -> Path:
        """The folder of published reports."""
        return self.root / "reports"

    @property
    def pages(self) -> list[Path]:
        """The HTML reports."""
        return sorted(self.reports.glob("*/*/*.html"))


@pytest.fixture(scope="session")
def demo(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Demo:  # noqa: ARG001
    """The first demo report of each notebook, as HTML, from a tenth of the invented patients."""
    return _build_once(tmp_path_factory, "browser-demo", first_reports(), ("--to", "html"))


@pytest.fixture(scope="session")
def whole_demo(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Demo:  # noqa: ARG001
    """Every demo report, as HTML and PDF."""
    return _build_once(tmp_path_factory, "browser-whole-demo", [], ())


@dataclass(frozen=True)
class OpenReport:
    """A report of the small demo that stays open: its file, its page, and what the page looked for."""

    path: Path
    page: Page
    asked: list[str]


@pytest.fixture(scope="session")
def opened_once(browser: Browser, demo: Demo) -> Iterator[list[OpenReport]]:
    """Every report of the small demo, opened once for all tests that only look."""
    context = browser.new_context(viewport={"width": WIDE, "height": 900})
    context.set_default_timeout(PATIENCE)
    yield [_open_report(context.new_page(), path) for path in demo.pages]
    context.close()


@pytest.fixture
def reports(opened_once: list[OpenReport]) -> list[OpenReport]:
    """The open reports, as wide as on a desk and with nothing unfolded."""
    for each in opened_once:
        each.page.set_viewport_size({"width": WIDE, "height": 900})
        each.page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = false })")
    return opened_once


def _open_report(page: Page, path: Path) -> OpenReport:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: asked.append(f"error: {error}"))
    page.on("console", lambda said: asked.append(f"{said.type}: {said.text}"))
    page.goto(path.as_uri())
    return OpenReport(path, page, asked)


def first_reports() -> list[str]:
    """Return for each notebook its first parameter file; what the pack holds is not all made here."""
    notebooks = (path for path in sorted((ROOT / "notebooks").glob("*.ipynb")) if path.stem != "board_pack")
    folders = (ROOT / "params" / path.stem for path in notebooks)
    files = (sorted(each.glob("[!_]*.yml"))[:1] for each in folders)
    return [f"{path.parent.name}/{path.stem}" for found in files for path in found]


def _build_once(
    factory: pytest.TempPathFactory, name: str, reports: list[str], options: tuple[str, ...]
) -> Demo:
    """Build a demo project once, also where several processes share the tests."""
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    demo = Demo(shared / name)
    with FileLock(shared / f"{name}.lock"):
        if not (demo.reports / "index.html").exists():
            _build(demo.root, reports, options)
    return demo


def _build(root: Path, reports: list[str], options: tuple[str, ...]) -> None:
    for part in ("notebooks", "params"):
        shutil.copytree(ROOT / part, root / part, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    shutil.copy(ROOT / "_quarto.yml", root)
    for words in (
        ("demo", "build", "--scale", "0.1"),
        ("run", "--renderer", "embedded", *options, *reports),
    ):
        assert _run_command(root, *words) == 0


@pytest.fixture(scope="session")
def run_command() -> Callable[..., int]:
    """Return what runs boardpack in a project, in a process of its own, and returns its exit code."""
    return _run_command


def _run_command(root: Path, *words: str) -> int:
    told = {**os.environ, "BOARDPACK_STATE": str(root / ".boardpack")}
    told.pop("BOARDPACK_ROOT", None)
    command = [sys.executable, "-m", "helpers.cli", "--project", str(root), *words]
    done = subprocess.run(command, env=told, capture_output=True, text=True, timeout=900, check=False)
    print(done.stdout, done.stderr)  # shown where a test fails
    return done.returncode
