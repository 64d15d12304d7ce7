"""`reports/index.html`: what is published, as one plain page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from html import escape
from itertools import groupby
from pathlib import Path

from helpers.runner.history import Entry, History, State
from helpers.runner.publish import public_folder, write_whole

_STYLE = """
:root { color-scheme: light; }
body { font: 1rem/1.5 "Source Sans 3", "Source Sans Pro", Arial, sans-serif; color: #212b32; margin: 0; }
main { max-width: 70rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.8rem; } h2 { font-size: 1.3rem; margin-top: 2.2rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .5rem .8rem .5rem 0;
  border-bottom: 1px solid #d8dde0; }
a { color: #005eb8; } a:focus { outline: 3px solid #ffb81c; outline-offset: 2px; }
.synthetic { border-left: .4rem solid #768692; padding: .2rem .8rem; background: #f0f4f5; }
"""
_HEADS = ("Report", "Organisation", "Read it as", "Published", "State")


def write_index(history: History, reports: Path) -> Path:
    """Write the page that lists what is published, and return its path."""
    public_folder(reports)
    target = reports / "index.html"
    write_whole(target, make_index(find_published(history, reports), history.latest()).encode())
    return target


def find_published(history: History, reports: Path) -> list[Entry]:
    """Return for each published place the entry that filled it, where its files are still there."""
    newest = {(entry.report, entry.period): entry for entry in history.published()}
    found = newest.values()
    return [e for e in found if all((reports / output.path).is_file() for output in e.outputs.values())]


def make_index(entries: Iterable[Entry], latest: Mapping[tuple[str, str], Entry]) -> str:
    """Return the page.

    Parameters
    ----------
    entries
        What is published.
    latest
        The newest entry of each report, which tells whether a newer run did not pass.
    """
    ordered = sorted(entries, key=lambda e: (e.period, e.title, e.organisation, e.report))
    # newest period first; what has no date comes last, as digits sort before letters
    periods = [(period, list(group)) for period, group in groupby(ordered, key=lambda e: e.period)]
    dated = [each for each in periods if each[0][:1].isdigit()][::-1]
    undated = [each for each in periods if not each[0][:1].isdigit()]
    sections = [_section(period, group, latest) for period, group in (*dated, *undated)]
    body = "\n".join(sections) or "<p>Nothing is published yet.</p>"
    note = (
        '<p class="synthetic"><strong>Synthetic data.</strong> Reports marked synthetic describe '
        "invented organisations and patients.</p>"
        if any(entry.synthetic for entry in ordered)
        else ""
    )
    return (
        '<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Board reports</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>Board reports</h1>\n{note}\n{body}\n</main>\n</body>\n</html>\n"
    )


def _section(period: str, entries: Iterable[Entry], latest: Mapping[tuple[str, str], Entry]) -> str:
    heads = "".join(f'<th scope="col">{head}</th>' for head in _HEADS)
    rows = "\n".join(_row(entry, latest.get((entry.notebook, entry.name), entry)) for entry in entries)
    shown = escape(period_name(period))
    label = f"Reports, {shown}"
    return (
        f"<section>\n<h2>{shown}</h2>\n"
        f'<div class="scroll" role="region" aria-label="{label}" tabindex="0">\n'
        f"<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>\n</div>\n</section>"
    )


def period_name(folder: str) -> str:
    """Return a period's folder in words.

    >>> period_name("2026-03"), period_name("undated")
    ('March 2026', 'Undated')
    """
    try:
        return datetime.strptime(folder, "%Y-%m").strftime("%B %Y")
    except ValueError:
        return folder.capitalize()


def _row(entry: Entry, newest: Entry) -> str:
    about = f"{entry.title}, {entry.organisation}, {period_name(entry.period)}"
    links = " ".join(
        f'<a href="{escape(output.path)}" aria-label="{escape(about)}: {name.upper()}">{name.upper()}</a>'
        for name, output in entry.outputs.items()
    )
    synthetic = " (synthetic)" if entry.synthetic else ""
    state = "current"
    if not newest.state.is_good and newest.state is not State.WAITING:
        state = f"last good; the run of {newest.started[:10]} did not pass"
    cells = (escape(entry.organisation) + synthetic, links, escape(entry.started[:10]), escape(state))
    data = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr><th scope="row">{escape(entry.title)}</th>{data}</tr>'
