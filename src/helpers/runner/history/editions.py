"""Which published edition a pack means by a report's name: the newest one up to its own month."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from helpers.hashes import hash_json
from helpers.reads import ABSENT
from helpers.runner.history.entries import Entry, State
from helpers.runner.history.store import History

_QUESTION: Final = "edition "
UNDATED: Final = "undated"


def question(month: str, organisation: str, word: str) -> str:
    """Return what a pack asks, as its entry keeps it with the answer's digest.

    >>> question("2026-03", "SYN07", "scorecard")
    'edition 2026-03 SYN07 scorecard'
    """
    return f"{_QUESTION}{month} {organisation} {word}"


def is_question(words: str) -> bool:
    """Tell whether something that a report asked is about editions."""
    return words.startswith(_QUESTION)


def find_editions(places: Iterable[Entry], asked: str) -> list[Entry]:
    """Return for each report that a question can mean its newest edition, published or withdrawn.

    A notebook's name alone means its report of that organisation's code, or else the only one about it. A pack is in
    no pack.
    """
    month, organisation, word = asked.removeprefix(_QUESTION).split(" ", 2)
    notebook, _, name = word.partition("/")
    newest: dict[str, Entry] = {}
    for each in places:
        is_meant = (
            each.notebook == notebook
            and name in {"", each.name}
            and not any(map(is_question, each.answers))
        )
        if is_meant and each.facts and each.facts.organisation_code == organisation and _is_by(each, month):
            before = newest.get(each.name)
            if before is None or _age(each) >= _age(before):
                newest[each.name] = each
    return [newest[organisation]] if organisation in newest else list(newest.values())


def digest_of(entry: Entry) -> str:
    """Return the hash of an edition: what it is, how it stands, and its files."""
    files = {name: output.sha256 for name, output in entry.outputs.items()}
    return hash_json([entry.report, entry.period, str(entry.state), files])


def answer(history: History, asked: str) -> str:
    """Return the digest of the edition that a question means now; that there is none likewise."""
    found = find_editions(history.places(), asked)
    return digest_of(found[0]) if len(found) == 1 else ABSENT


def changed_since(history: History, pack: Entry) -> str:
    """Return in words what has become of the editions that a published pack holds; nothing where all are as then."""
    places, gone, newer = history.places(), 0, 0
    for asked, then in pack.answers.items():
        found = find_editions(places, asked) if is_question(asked) else []
        if found and digest_of(found[0]) != then:
            gone += found[0].state is State.WITHDRAWN
            newer += found[0].state is not State.WITHDRAWN
    said = [
        f"{n} of its reports {words}"
        for n, words in ((gone, "withdrawn since"), (newer, "newer by now"))
        if n
    ]
    return ", ".join(said)


def _is_by(entry: Entry, month: str) -> bool:
    stands = entry.state in {State.PUBLISHED, State.WITHDRAWN}
    return stands and (UNDATED in {month, entry.period} or entry.period <= month)


def _age(entry: Entry) -> tuple[bool, str]:
    return entry.period != UNDATED, entry.period
