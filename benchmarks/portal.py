"""What the portal costs with thousands of reports: its pages' size, and the browser's time to open and search.

Needs Chromium and Playwright. `python benchmarks/portal.py [REPORTS] [--keep FOLDER]` prints the medians of five
loads, and of searches from the last key to the rows that follow from it (with the frame that shows them).
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from helpers.runner.portal.listing import Listed, Status, sort_newest_first
from helpers.runner.portal.update import listing_pages, write_pages
from helpers.theme import Theme

TODAY = date(2026, 10, 14)
TITLES = ("Performance report", "Length of stay", "Missed appointments", "Peer benchmark", "Scorecard")
TRUSTS, BOARDS, REGIONS = 200, 42, 7
STATES = (Status.CURRENT,) * 14 + (Status.NEW, Status.CHANGED, Status.FAILED, Status.HELD, Status.WITHDRAWN)
SEARCHES = ("northmoor", "hospitals 117", "missed september 2026", "board 7 scorecard", "nothing like it")
# settles when the rows are there and a frame has been drawn
TYPE = """async (words) => {
  const field = document.getElementById('words');
  field.value = words;
  const began = performance.now();
  field.dispatchEvent(new Event('input', { bubbles: true }));
  document.body.getBoundingClientRect();
  const scripted = performance.now() - began;
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return [scripted, performance.now() - began];
}"""
LOADED = """() => {
  const [load] = performance.getEntriesByType('navigation');
  const paint = performance.getEntriesByName('first-contentful-paint')[0];
  return [load.loadEventEnd, paint ? paint.startTime : load.loadEventEnd];
}"""


def draw_reports(number: int) -> list[Listed]:
    """Return invented reports: five kinds, 200 trusts, as many months as they take."""
    return list(sort_newest_first(_draw(place) for place in range(number)))


def _draw(place: int) -> Listed:
    kind, trust = place % len(TITLES), place // len(TITLES) % TRUSTS
    months = place // (len(TITLES) * TRUSTS)
    year, month = divmod(2026 * 12 + 8 - months, 12)
    period = f"{year}-{month + 1:02d}"
    board = trust % BOARDS
    status = STATES[(place * 7) % len(STATES)]
    path = f"{period}/notebook_{kind}/SYN{trust:03d}"
    return Listed(
        report=f"notebook_{kind}/SYN{trust:03d}",
        title=TITLES[kind],
        organisation=f"{'Northmoor' if trust == 7 else 'Synthetic'} Hospitals {trust} NHS Trust (SYN{trust:03d})",
        period=period,
        status=status,
        note="the run of 2 October 2026 did not pass" if status is Status.FAILED else "",
        published=TODAY - timedelta(days=30 * months + place % 9),
        outputs={} if status is Status.WITHDRAWN else {"html": f"{path}.html", "pdf": f"{path}.pdf"},
        groups=(("Region", f"Region {board % REGIONS}"), ("ICB", f"NHS Board {board}")),
        previous=f"{year}-{month:02d}" if month else "",
        synthetic=True,
        headline=f"Of 25 measures of trust {place} four need attention, 12 are watched and eight stand apart.",
    )


def main() -> None:
    """Write the pages, open them and print what that took."""
    parser = argparse.ArgumentParser()
    parser.add_argument("reports", nargs="?", type=int, default=5000)
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    folder = given.keep or Path(tempfile.mkdtemp())
    listed = draw_reports(given.reports)
    began = time.perf_counter()
    write_pages(listing_pages(listed), folder, theme=Theme())
    print(f"{given.reports:,} reports; written in {time.perf_counter() - began:.2f} s")
    for path in sorted(folder.glob("*.html")):
        print(f"  {path.name}: {path.stat().st_size / 1e6:.2f} MB")
    _measure(folder)
    if not given.keep:
        shutil.rmtree(folder)


def _measure(folder: Path) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        for file in ("index.html", "all.html", "compare.html"):
            loads = []
            for _ in range(5):
                page = browser.new_page()
                page.goto((folder / file).as_uri())
                page.wait_for_timeout(100)
                loads.append(page.evaluate(LOADED))
                page.close()
            loaded, painted = (statistics.median(each) for each in zip(*loads, strict=True))
            print(f"  {file}: first paint {painted:.0f} ms, loaded {loaded:.0f} ms")
        page = browser.new_page()
        page.goto((folder / "index.html").as_uri())
        times = [page.evaluate(TYPE, words) for words in SEARCHES for _ in range(5)]
        scripted, drawn = (statistics.median(each) for each in zip(*times, strict=True))
        worst = max(each[0] for each in times)
        print(
            f"  a search: {scripted:.1f} ms (slowest {worst:.1f}), {drawn:.1f} ms to the frame that shows it"
        )
        browser.close()


if __name__ == "__main__":
    main()
