from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

from helpers.bundle import ReportFacts
from helpers.runner.entries import Entry, Output, State
from helpers.runner.history import History
from helpers.runner.index import find_published, make_index, write_index
from helpers.runner.render.offline import find_remote

FACTS = ReportFacts(
    title="Length of stay",
    organisation_code="SYN07",
    organisation_name="Synthetic Trust <7> & Co",
    period_label="April 2025 to March 2026",
    period_folder="2026-03",
    synthetic=False,
)
ENTRY = Entry(
    "run1",
    "stay",
    "SYN07",
    State.PUBLISHED,
    "2026-04-01T06:00:00+00:00",
    facts=FACTS,
    outputs={"html": Output("2026-03/stay/SYN07.html", ""), "pdf": Output("2026-03/stay/SYN07.pdf", "")},
)


def test_a_report_is_listed_with_what_a_reader_needs() -> None:
    page = make_index([ENTRY], {})
    for words in (
        "Length of stay",
        "Synthetic Trust &lt;7&gt; &amp; Co",
        "March 2026",
        "2026-04-01",
        "current",
    ):
        assert words in page
    assert 'href="2026-03/stay/SYN07.pdf"' in page


def test_newest_periods_come_first_and_undated_ones_last() -> None:
    entries = [
        replace(ENTRY, name=p, facts=FACTS.model_copy(update={"period_folder": p}))
        for p in ("undated", "2025-12", "2026-03")
    ]
    page = make_index(entries, {})
    order = [page.index(f"<h2>{words}</h2>") for words in ("March 2026", "December 2025", "Undated")]
    assert order == sorted(order)


def test_a_newer_run_that_did_not_pass_is_said_without_its_error() -> None:
    failed = replace(
        ENTRY, run="run2", state=State.BLOCKED, started="2026-05-02T06:00:00", error="secret words"
    )
    page = make_index([ENTRY], {("stay", "SYN07"): failed})
    assert "last good; the run of 2026-05-02 did not pass" in page
    assert "secret" not in page


def test_synthetic_reports_are_marked() -> None:
    assert "(synthetic)" in make_index(
        [replace(ENTRY, facts=FACTS.model_copy(update={"synthetic": True}))], {}
    )
    assert "ynthetic data" not in make_index([ENTRY], {})


def test_an_empty_index_says_so() -> None:
    assert "Nothing is published yet" in make_index([], {})


class _Outline(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_the_page_can_be_used_without_seeing_it() -> None:
    outline = _Outline()
    outline.feed(make_index([ENTRY], {}))
    by_name = dict(outline.tags)
    assert by_name["html"] == {"lang": "en-GB"}
    assert [name for name, _ in outline.tags if name in {"h1", "h2", "main"}] == ["main", "h1", "h2"]
    assert all(attrs.get("scope") in {"col", "row"} for name, attrs in outline.tags if name == "th")
    links = [attrs["aria-label"] for name, attrs in outline.tags if name == "a"]
    assert len(set(links)) == 2  # each link says what it leads to


def test_the_page_loads_nothing_from_elsewhere() -> None:
    assert find_remote(make_index([ENTRY], {})) == []


def test_a_report_whose_file_was_taken_away_is_not_listed(tmp_path: Path) -> None:
    history = History(tmp_path / "state")
    history.begin("run1", "", [ENTRY])
    assert find_published(history, tmp_path / "reports") == []
    for output in ENTRY.outputs.values():
        path = tmp_path / "reports" / output.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert find_published(history, tmp_path / "reports") == [ENTRY]
    assert "Length of stay" in write_index(history, tmp_path / "reports").read_text("utf-8")
