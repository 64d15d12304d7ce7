from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest

from helpers.runner.history.store import Entry, History, Run, State
from helpers.runner.portal.listing import Listed, Status
from helpers.runner.portal.page import HOME, PAGES, Page, write_page
from helpers.runner.portal.runs import MOST_NAMED, runs_page
from helpers.runner.portal.search import AT_ONCE, compare_page, plain_page, search_page
from helpers.runner.portal.update import listing_pages, statement_page, write_portal
from helpers.runner.project import Project
from helpers.runner.publisher import Publisher
from helpers.runner.render.offline import find_remote
from helpers.theme import Theme

MakeListed = Callable[..., Listed]
MakeEntry = Callable[..., Entry]
THEME = Theme()


class Outline(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def data_of(page: str) -> dict[str, list[list[object]]]:
    (held,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    return json.loads(held)


def body_of(page: Page) -> str:
    """Return what stands below the heading of a page."""
    return write_page(page, THEME).partition("</h1>")[2].partition("</main>")[0]


def write_row(each: Listed) -> str:
    """Return a report as the plain list shows it."""
    return body_of(plain_page([each])).partition("<ul")[2]


def all_pages(listed: list[Listed]) -> dict[str, str]:
    run = run_of({State.PUBLISHED: 1})
    pages = [*listing_pages(listed), runs_page([run], {}, set()), statement_page(Publisher(name="Trust"))]
    return {page.file: write_page(page, THEME) for page in pages}


def test_a_report_is_shown_with_what_a_reader_needs(listed: MakeListed) -> None:
    row = write_row(
        listed(
            organisation="Trust <7> & Co", previous="2026-02", synthetic=True, headline="Stays < 5 days."
        )
    )
    for words in (
        "Length of stay",
        "Trust &lt;7&gt; &amp; Co",
        "(synthetic)",
        "Stays &lt; 5 days.",
        "March 2026",
        "published 1 April 2026",
    ):
        assert words in row
    assert 'href="2026-03/stay/SYN07.html"' in row
    assert 'href="2026-03/stay/SYN07.pdf"' in row
    assert 'href="compare.html#report=stay/SYN07&amp;left=2026-02&amp;right=2026-03"' in row


def test_a_withdrawn_report_has_its_reason_and_no_link(listed: MakeListed) -> None:
    row = write_row(listed(status=Status.WITHDRAWN, note="on 2 May 2026: wrong figures", outputs={}))
    assert "Withdrawn</span> on 2 May 2026: wrong figures" in row
    assert "<a" not in row


def test_what_links_say_is_not_said_twice(listed: MakeListed) -> None:
    page = write_page(search_page([listed("A", previous="2026-02"), listed("B")]), THEME)
    links = re.findall(r"<a href[^>]*>(.*?)</a>", page.partition("<main")[2].partition('id="without"')[0])
    assert len(links) == 5
    assert len(set(links)) == len(links)


@pytest.mark.parametrize("file", PAGES)
def test_every_page_loads_nothing_and_can_be_used_without_seeing_it(file: str, listed: MakeListed) -> None:
    page = all_pages([listed(), listed(period="2026-02")])[file]
    # the frames of the compared reports get their addresses from the script
    assert [found for found in find_remote(page) if found != "<iframe>" or file != "compare.html"] == []
    tags = Outline(page).tags
    assert ("html", {"lang": "en-GB"}) in tags
    levels = [int(tag[1]) for tag, _ in tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(attrs.get("scope") in {"col", "row"} for tag, attrs in tags if tag == "th")
    labels = {attrs["for"] for tag, attrs in tags if tag == "label"}
    assert {attrs["id"] for tag, attrs in tags if tag in {"input", "select"}} == labels
    assert 'href="accessibility.html"' in page


@pytest.mark.parametrize("file", PAGES)
def test_a_policy_lets_nothing_run_but_the_page_s_own_script(file: str, listed: MakeListed) -> None:
    page = all_pages([listed(), listed(period="2026-02")])[file]
    (policy,) = (
        attrs["content"] for tag, attrs in Outline(page).tags if tag == "meta" and "http-equiv" in attrs
    )
    assert policy is not None
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'")
    assert ("script-src" in policy) == (file in {HOME, "compare.html"})


def test_words_from_data_cannot_end_the_data(listed: MakeListed) -> None:
    name = "</script><script>alert(1)</script>"
    page = write_page(search_page([listed(organisation=name)]), THEME)
    assert "<script>alert" not in page
    assert name in data_of(page)["words"]


def test_the_first_reports_stand_in_the_page_and_all_in_its_data(listed: MakeListed) -> None:
    many = [listed(f"SYN{number:03d}") for number in range(AT_ONCE + 10)]
    page = write_page(search_page(many), THEME)
    assert page.count("<li><p class=") == AT_ONCE
    assert len(data_of(page)["rows"]) == AT_ONCE + 10
    assert 'href="all.html"' in page
    assert write_page(plain_page(many), THEME).count("<li><p class=") == AT_ONCE + 10


def test_the_plain_list_goes_by_period(listed: MakeListed) -> None:
    page = body_of(plain_page([listed(period=period) for period in ("2026-03", "2025-12", "undated")]))
    assert re.findall("<h2>(.*?)</h2>", page) == ["March 2026", "December 2025", "Undated"]


def test_reports_can_be_chosen_by_every_kind_of_group(listed: MakeListed) -> None:
    page = write_page(
        search_page(
            [listed("A", groups=(("ICB", "North & Co"),)), listed("B", groups=(("Region", "South"),))]
        ),
        THEME,
    )
    assert '<label for="group-0">ICB</label>' in page
    assert '<label for="group-1">Region</label>' in page
    assert '<option value="North &amp; Co">' in page
    words, rows = data_of(page)["words"], data_of(page)["rows"]
    assert [row[-2:] for row in rows] == [[words.index("North & Co"), -1], [-1, words.index("South")]]


def test_an_empty_portal_says_so(tmp_path: Path) -> None:
    path = write_portal(History(tmp_path / ".boardpack"), Project(tmp_path))
    assert "Nothing is published yet" in path.read_text("utf-8")
    assert {each.name for each in path.parent.iterdir()} == set(PAGES)


def test_two_periods_of_a_report_can_be_compared_if_both_have_a_page(listed: MakeListed) -> None:
    march, february = listed(period="2026-03"), listed(period="2026-02")
    page = write_page(compare_page([march, february, listed("B")]), THEME)
    assert list(data_of(page)) == ["stay/SYN07"]
    assert "frame-src 'self' file:" in unescape(page)
    assert not compare_page([march, replace(february, outputs={"pdf": "x.pdf"})]).script


def run_of(states: dict[State, int], finished: str = "2026-04-01T07:02:05+00:00") -> Run:
    return Run("run1", "run", "2026-04-01T06:00:00+00:00", finished, "", states=states)


def test_a_run_shows_when_it_began_how_long_it_took_and_what_came_of_it() -> None:
    page = runs_page(
        [run_of({State.PUBLISHED: 1200, State.UNCHANGED: 3, State.TIMED_OUT: 2, State.FAILED: 1})], {}, ()
    )
    cells = re.findall(r"<t[dh][^>]*>([^<]*)</t[dh]>", body_of(page).partition("<tbody>")[2])
    assert cells == ["1 April 2026, 06:00", "Run", "1 h 2 min", "1,200", "3", "0", "3"]
    assert "still running" in body_of(runs_page([run_of({}, finished="")], {}, ()))


def test_a_run_s_failures_are_told_without_what_is_private(entry: MakeEntry) -> None:
    failed = entry(
        state=State.FAILED, step="execute", error="/home/x secret", seconds=61.0, parameters={"a": "b"}
    )
    unknown = entry("Q4", state=State.FAILED, facts=None, error="secret")
    body = body_of(runs_page([run_of({State.FAILED: 2})], {"run1": [failed, unknown]}, {"stay/SYN07"}))
    assert (
        "Length of stay, Synthetic Trust (stay/SYN07): failed at the step execute, after 1 min 1 s" in body
    )
    assert "1 report more" in body
    assert "secret" not in body
    assert "Q4" not in body


def test_of_many_failures_the_first_are_named_and_the_others_counted(entry: MakeEntry) -> None:
    failed = [entry(f"N{number}", state=State.FAILED) for number in range(MOST_NAMED + 7)]
    body = body_of(
        runs_page([run_of({State.FAILED: len(failed)})], {"run1": failed}, {each.report for each in failed})
    )
    assert body.count("<li>") == MOST_NAMED + 1
    assert "7 reports more" in body


def test_the_statement_has_what_the_law_asks_for() -> None:
    publisher = Publisher(
        name="Northmoor & Co",
        email="reports@example.org",
        answers_within="five days",
        prepared="2026-11-02",
        reviewed="2026-11-25",
    )
    body = body_of(statement_page(publisher))
    for words in (
        "Northmoor &amp; Co is committed to making these reports accessible, in accordance with the Public Sector "
        "Bodies (Websites and Mobile Applications) (No. 2) Accessibility Regulations 2018",
        "is partially compliant with the Web Content Accessibility Guidelines version 2.2 AA standard",
        'href="mailto:reports@example.org"',
        "We answer within five days.",
        "Equality and Human Rights Commission (EHRC) is responsible for enforcing",
        "Equality Advisory and Support Service (EASS)",
        "This statement was prepared on 2 November 2026. It was last reviewed on 25 November 2026.",
    ):
        assert words in body
    assert "yet" not in body


def test_a_statement_without_publisher_says_what_is_missing() -> None:
    body = body_of(statement_page(Publisher()))
    assert "No contact has been entered yet." in body
    assert "has not been confirmed by the publisher yet" in body
    assert "params/_publisher.yml" in body


def test_a_written_portal_can_be_read_by_others_and_lists_what_is_there(
    tmp_path: Path, entry: MakeEntry
) -> None:
    history, project = (
        History(tmp_path / ".boardpack"),
        Project(tmp_path, publisher=Publisher(name="Trust")),
    )
    published = entry()
    history.begin(published.run, "", [published])
    history.end(published.run)
    for output in published.outputs.values():
        (project.reports / output.path).parent.mkdir(parents=True, exist_ok=True)
        (project.reports / output.path).touch()
    home = write_portal(history, project, today=date(2026, 4, 2))
    assert "New</span> published 1 April 2026" in home.read_text("utf-8")
    assert all((home.parent / file).stat().st_mode & 0o777 == 0o644 for file in PAGES)


def test_a_page_that_is_not_the_first_names_itself_in_its_title() -> None:
    assert "<title>Runs · Board reports</title>" in write_page(runs_page([], {}, ()), THEME)
