"""The accessibility statement that public bodies must publish beside what they publish.

Structure, and the sentences that the law fixes: the model accessibility statement under the Public Sector
Bodies (Websites and Mobile Applications) (No. 2) Accessibility Regulations 2018. What it claims is what the
tests of this package check (tests/browser, tests/runner/render); change both together.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from html import escape
from typing import Final

from helpers.runner.portal.listing import show_day
from helpers.runner.portal.page import PAGES, Page
from helpers.runner.publisher import FILE as SETTING
from helpers.runner.publisher import Publisher

FILE: Final = "accessibility.html"
REGULATIONS: Final = (
    "Public Sector Bodies (Websites and Mobile Applications) (No. 2) Accessibility Regulations 2018"
)
STANDARD: Final = "Web Content Accessibility Guidelines version 2.2 AA standard"
_SERVICE: Final = "https://www.equalityadvisoryservice.com/"
_NOBODY: Final = "the organisation that publishes these reports"

_ABLE: Final = (
    "enlarge the page to 400 per cent, or read it on a telephone, without scrolling the page sideways",
    "reach and use everything with a keyboard alone, and see where you are",
    "widen the spacing of the text",
    "have it read aloud: headings are in order, tables say what their columns are, and every chart has a "
    "description in words",
    "read the figures behind each chart as a table",
    "read reports with scripts switched off; only searching and comparing need them",
    "tell marks apart without seeing colours: shape and words say the same",
)
_LIMITS: Final = (
    "Wide tables and charts scroll sideways in boxes of their own on narrow screens.",
    "Long tables of figures take long to hear; the headline of each report says first what matters.",
    "On the page that compares two periods, two reports stand in frames; each can be opened by itself.",
    "Word files are made from the same text and have not been tested with assistive software.",
)
_UNTESTED: Final = (
    "No screen reader, speech recognition or screen magnifier has been used on the pages by a person "
    "(success criteria 1.3.1, 1.3.2, 2.4.6 and 4.1.2 are tested by program only).",
    "The PDF files are made to the standard PDF/UA-1 and checked by program, not by a person.",
    "Whether descriptions of charts and the words of analysts are clear (1.1.1, 3.1) has not been asked of "
    "readers with disabilities.",
    "Word files have not been tested at all.",
)


def statement_page(publisher: Publisher) -> Page:
    """Return the statement, in the name of whoever publishes the reports."""
    parts = (
        _scope(publisher),
        _section(
            "How accessible these reports are", "<p>What we know to be less easy:</p>", _list(_LIMITS)
        ),
        _section("Feedback and contact", *_contact(publisher)),
        _section("Enforcement procedure", _enforcement()),
        _section("Technical information", _commitment(publisher), "<h3>Compliance status</h3>", _status()),
        _section(
            "What has not been shown to comply",
            "<p>The tests found no breach of the standard. These points are not tested, or not by people, "
            "so that we do not claim them:</p>",
            _list(_UNTESTED),
        ),
        _section("How this was tested", _testing()),
        _section("Preparation of this statement", _preparation(publisher)),
    )
    return Page(FILE, PAGES[FILE], "\n".join(parts))


def _scope(publisher: Publisher) -> str:
    who = escape(publisher.name or _NOBODY)
    return (
        "<p>This accessibility statement applies to the board reports published here, as web pages and as "
        f"PDF files, and to the pages that lead to them.</p>\n<p>They are published by {who}, so that as many "
        f"people as possible can use them. You should be able to:</p>\n{_list(_ABLE)}"
    )


def _contact(publisher: Publisher) -> list[str]:
    if not publisher.can_be_reached:
        return [
            "<p><strong>No contact has been entered yet.</strong> Ask whoever sent you the report. "
            f"(For the publisher: the contact belongs in params/{SETTING}.)</p>"
        ]
    ways = {
        "E-mail": _mail(publisher.email) if publisher.email else "",
        "Telephone": escape(publisher.telephone),
        "Address": escape(publisher.address),
    }
    lines = "".join(f"<dt>{way}</dt><dd>{words}</dd>" for way, words in ways.items() if words)
    answer = f" We answer within {escape(publisher.answers_within)}." if publisher.answers_within else ""
    return [
        "<p>If you need a report in another form, such as large print, easy read, audio or braille, or if "
        f"you find that something here cannot be used, tell us.{answer}</p>",
        f"<dl>{lines}</dl>",
    ]


def _mail(address: str) -> str:
    shown = escape(address)
    return f'<a href="mailto:{shown}">{shown}</a>'


def _enforcement() -> str:
    return (
        "<p>The Equality and Human Rights Commission (EHRC) is responsible for enforcing the "
        f"{REGULATIONS} (the “accessibility regulations”). If you are not happy with how we respond to your "
        f'complaint, contact the <a href="{_SERVICE}">Equality Advisory and Support Service (EASS)</a>.</p>'
    )


def _commitment(publisher: Publisher) -> str:
    who = escape(publisher.name) or _NOBODY.capitalize()
    return f"<p>{who} is committed to making these reports accessible, in accordance with the {REGULATIONS}.</p>"


def _status() -> str:
    return (
        f"<p>This website is partially compliant with the {STANDARD}, due to what has not been shown to "
        "comply, listed below.</p>"
    )


def _testing() -> str:
    return (
        "<p>The programs that make the reports are tested whenever they change: reports made from invented "
        "data, and these pages, are opened in Chromium at widths of 1280, 390 and 320 pixels; axe-core checks "
        "the rules of WCAG 2.0, 2.1 and 2.2, levels A and AA; further tests go through the pages by keyboard, "
        "enlarge them to 400 per cent, widen the spacing of the text, and look for skipped headings, charts "
        "without description and tables that cannot be scrolled. PDF files are compiled under PDF/UA-1, which "
        "refuses what has no tag or description.</p>\n"
        "<p>Such tests find a part of all barriers only. What an analyst adds to a report is not tested by "
        "anybody but the organisation that publishes it.</p>"
    )


def _preparation(publisher: Publisher) -> str:
    if not publisher.prepared:
        return (
            "<p><strong>This statement has not been confirmed by the publisher yet.</strong> (For the "
            f"publisher: the day on which it was prepared belongs in params/{SETTING}.)</p>"
        )
    lines = [f"This statement was prepared on {_day(publisher.prepared)}."]
    if publisher.reviewed:
        lines.append(f"It was last reviewed on {_day(publisher.reviewed)}.")
    return f"<p>{' '.join(lines)}</p>"


def _day(iso: str) -> str:
    return show_day(date.fromisoformat(iso))


def _section(title: str, *parts: str) -> str:
    return "\n".join((f"<h2>{title}</h2>", *parts))


def _list(items: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{each}</li>' for each in items)}</ul>"
