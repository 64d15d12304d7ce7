"""The editions that a pack asks for: published for its readers, of its own organisation and unaltered, or none."""

from __future__ import annotations

from collections.abc import Mapping

from helpers.errors import GateError, Problem, raise_all
from helpers.reads import ABSENT
from helpers.runner.document.making import Document
from helpers.runner.document.packing import KEPT, Edition, asked_for, put_in, read_kept
from helpers.runner.history.editions import digest_of, find_editions, question
from helpers.runner.history.entries import Entry, State
from helpers.runner.history.store import History
from helpers.runner.key.due import look_at
from helpers.runner.portal.listing import read_day, show_day
from helpers.runner.project import Project


def with_editions(
    project: Project, history: History, document: Document
) -> tuple[Document, Mapping[str, str]]:
    """Return a document with the published reports that it asks for, and what it asked with the digests of the answers.

    Raises `GateError` with each report that is not published for these readers about its organisation, that can be
    meant in two ways, or whose edition is not whole any more.
    """
    facts, places = document.facts, history.places()
    editions: dict[str, Edition] = {}
    answers: dict[str, str] = {}
    problems: list[Problem] = []
    for word in asked_for(document):
        asked = question(facts.period_folder, facts.organisation_code, word)
        found = find_editions(places, asked)
        answers[asked] = digest_of(found[0]) if len(found) == 1 else ABSENT
        made = _edition(project, word, found, document)
        if isinstance(made, Edition):
            editions[word] = made
        else:
            problems.append(made)
    raise_all(problems, GateError)
    return (put_in(document, editions) if editions else document), answers


def _edition(project: Project, word: str, found: list[Entry], document: Document) -> Edition | Problem:
    if len(found) != 1:
        whom = f"{document.facts.organisation_name} by {document.facts.period_label}, for {project.audience.name}"
        came = f"is not published about {whom}" if not found else "can be meant in more ways than one"
        allowed = " or ".join(each.report for each in found)
        return Problem(word, came, allowed, "" if found else f"make it first: boardpack run {word}")
    (entry,) = found
    kept = read_kept(entry.folder(project.state) / KEPT, entry.key.get("document", ""))
    files = (look_at(project.reports, each, verify=True) for each in entry.outputs.values())
    if entry.state is State.WITHDRAWN:
        kept = None
    elif kept is None or not all(files):
        came = "its published files, or the document they were made of, are gone or were altered"
        return Problem(word, came, cure=f"make it anew: boardpack run {entry.report} --force")
    assert entry.facts is not None, "what is published knows what it is about"
    return Edition(
        title=entry.title,
        period=entry.facts.period_label,
        report=entry.report,
        headline=entry.facts.headline,
        published=show_day(read_day(entry.started)),
        digest=digest_of(entry),
        withdrawn=entry.note if entry.state is State.WITHDRAWN else "",
        kept=kept,
    )
