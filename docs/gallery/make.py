"""Makes the pictures of the gallery from the demo reports, and writes them into the page beside this file.

    make gallery

Needs Chromium and Playwright. Each picture shows what a reader sees first, in at most 200 KB.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pypdfium2
import yaml
from PIL import Image

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).parent
BEGIN, END = "<!-- gallery: made by `make gallery` -->\n", "<!-- end of gallery -->"
MOST_BYTES = 200_000
#: the trust that the demo is about, where a notebook has a report on it
TRUST = "SYN07"
#: notebooks that have more to show of another
SHOWN = {"early_warning": "SYN64"}
#: the report that is shown on a telephone and on paper too, and first
FIRST = "performance_report"
DESK, TELEPHONE = (1280, 960), (390, 844)
#: what a reader sees of a report before scrolling, in words
OPENING = """() => {
  const said = document.querySelector('.headline p')
    || [...document.querySelectorAll('main p')].find(each => !each.closest('.synthetic'));
  return [document.querySelector('h1').innerText, said ? said.innerText : ''];
}"""


@dataclass(frozen=True)
class Picture:
    """A picture: its name, the words for those who do not see it, its title, and its pixels."""

    name: str
    title: str
    alt: str
    image: Image.Image

    @property
    def path(self) -> Path:
        """Where it is kept."""
        return FOLDER / f"{self.name}.png"


def main() -> None:
    """Make all pictures anew, and the part of the page that shows them."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as scratch:
        reports = build_demo(Path(scratch) / "demo")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find_chromium())
            pictures = list(draw_pictures(reports, browser))
            browser.close()
    for old in FOLDER.glob("*.png"):
        old.unlink()
    for picture in pictures:
        save(picture)
        print(f"{picture.path.relative_to(ROOT)}: {picture.path.stat().st_size / 1000:.0f} KB")
    write_gallery(pictures)


def find_chromium() -> str:
    """Return the browser that the browser tests use too."""
    path = os.environ.get("BOARDPACK_CHROMIUM") or shutil.which("chromium")
    if path is None:
        sys.exit(
            "no Chromium here: install it (Debian: apt-get install chromium), or set BOARDPACK_CHROMIUM"
        )
    return path


def build_demo(root: Path) -> Path:
    """Run one demo report of each notebook in a project of its own, and return its folder of reports."""
    for part in ("notebooks", "params"):
        shutil.copytree(ROOT / part, root / part, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    shutil.copy(ROOT / "_quarto.yml", root)
    told = {**os.environ, "BOARDPACK_STATE": str(root / ".boardpack")}
    for words in (("demo", "build"), ("run", "--renderer", "embedded", *chosen_reports())):
        command = [sys.executable, "-m", "helpers.cli", "--project", str(root), *words]
        subprocess.run(command, env=told, check=True)
    return root / "reports"


def chosen_reports() -> list[str]:
    """Return for each notebook its report on the demo's trust, or else its first; and the editions that packs name."""
    chosen: dict[str, None] = {}
    for notebook in sorted((ROOT / "notebooks").glob("*.ipynb")):
        files = sorted((ROOT / "params" / notebook.stem).glob("[!_]*.yml"))
        own = [path for path in files if path.stem == SHOWN.get(notebook.stem, TRUST)]
        for path in (own or files)[:1]:
            chosen[f"{path.parent.name}/{path.stem}"] = None
            told = yaml.safe_load(path.read_text("utf-8"))
            named = (*(told.get("reports") or ()), *(told.get("appendices") or ()))
            chosen.update(dict.fromkeys(each for each in named if "/" in str(each)))
    return list(chosen)


def draw_pictures(reports: Path, browser: Browser) -> Iterator[Picture]:
    """Yield what a reader sees first of each notebook's report, then on paper, on a telephone, and of the portal."""
    found = sorted(
        reports.glob("*/*/*.html"), key=lambda each: each.stem != SHOWN.get(each.parent.name, TRUST)
    )
    one_each = {path.parent.name: path for path in reversed(found)}
    pages = sorted(one_each.values(), key=lambda each: (each.parent.name != FIRST, each.parent.name))
    for path in pages:
        title, said, image = open_page(browser, path, DESK)
        yield Picture(path.parent.name, title, f"{title}. {said}", image)
    path = max(pages, key=lambda each: (each.parent.name == FIRST, each.stem == TRUST))
    title, _, image = open_page(browser, path, TELEPHONE)
    yield Picture("telephone", "On a telephone", f"{title} on a telephone.", image)
    with pypdfium2.PdfDocument(path.with_suffix(".pdf")) as paper:
        image = paper[0].render(scale=0.9).to_pil()
    yield Picture("paper", "On paper", f"The first page of the report {title} as PDF.", image)
    _, _, image = open_page(browser, reports / "index.html", DESK)
    alt = "The list of reports, with fields to search by trust, report, period and state."
    yield Picture("portal", "The portal", alt, image)


def open_page(browser: Browser, path: Path, size: tuple[int, int]) -> tuple[str, str, Image.Image]:
    """Return a page's title, what it says first, and what is seen of it without scrolling."""
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.goto(path.as_uri())
    title, said = page.evaluate(OPENING)
    image = Image.open(BytesIO(page.screenshot()))
    page.close()
    return title, said, image


def save(picture: Picture) -> None:
    """Keep a picture in as many colours as fit."""
    for colours in (128, 64, 32, 16):
        picture.image.convert("RGB").quantize(colours, dither=Image.Dither.NONE).save(
            picture.path, optimize=True
        )
        if picture.path.stat().st_size <= MOST_BYTES:
            return
    sys.exit(f"{picture.path.name} is larger than {MOST_BYTES:,} bytes")


def write_gallery(pictures: list[Picture]) -> None:
    """Write the pictures, two in a row, between the gallery's marks in its page."""
    readme = FOLDER / "README.md"
    before, _, rest = readme.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    shown = "\n".join(figure(each) for each in pictures)
    readme.write_text(f"{before}{BEGIN}\n{shown}\n\n{END}{after}", "utf-8")


def figure(picture: Picture) -> str:
    """Return a picture as it stands in the page."""
    address, alt = picture.path.name, escape(picture.alt)
    width = 240 if picture.image.width < picture.image.height else 400
    return f'<a href="{address}"><img src="{address}" alt="{alt}" title="{escape(picture.title)}" width="{width}"></a>'


if __name__ == "__main__":
    main()
