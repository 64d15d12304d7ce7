"""What a notebook hands over: captions, alt texts, prose, column names and cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from helpers.bundle import Bundle, Cell
from helpers.data.audit.alarms import alarm
from helpers.data.audit.identifiers import is_nhs_number, plain_text, words_of
from helpers.data.audit.tables import shape_problems
from helpers.data.audit.text import audit_text
from helpers.data.disclosure.checks import effective_origin
from helpers.data.policy import HES_RECORD_LEVEL, DisclosurePolicy
from helpers.errors import Problem

#: ten-digit whole numbers in a column of figures are identifiers when at least so many all pass the check
#: digit: by chance that happens once in 11 ** 3 columns
ALL_PASS = 3
_SMALL = ("one", "two", "three", "four", "five", "six", "seven")
_PEOPLE = (
    "patients?|people|persons?|spells?|admissions?|discharges|deaths?|died|stays?|attendances|attenders|"
    "children|babies|women|men|boys|girls|cases|appointments|DNAs|readmissions"
)
#: nouns whose number is a name: type 1 attendances, ward 4 patients, pathway 2 discharges
_NUMBERED = words_of("""
    band block category class clinic cluster day figure floor grade group level month part pathway
    phase priority quarter section site stage step table tier type unit ward week year
""")
#: what a number is the length of, not the number: a 3 day stay, two week appointments
_LONG = re.compile(
    r"\w+ (?:hour|day|night|week|month|year) (?:stays?|admissions|appointments|readmissions)", re.IGNORECASE
)
#: shares in words: one patient in six
_SHARE = re.compile(
    rf" (?:in|out of) (?:every )?(?:\d|{'|'.join((*_SMALL, 'eight', 'nine', 'ten'))}\b)", re.IGNORECASE
)


@cache
def _small_count(up_to: int) -> re.Pattern[str]:
    """Return what finds counts of people from one to this in words."""
    return re.compile(
        rf"(?<![\w.,/£-])(?<!in )(?<!every )(?<!per )(?<!top )(?<!last )(?<!first )"
        rf"(?:[1-{up_to}]|{'|'.join(_SMALL[:up_to])}) "
        rf"(?:of the |of these )?(?:[a-z]+ )?(?:{_PEOPLE})\b",
        re.IGNORECASE,
    )


def audit_bundles(bundles: Sequence[Bundle], policy: DisclosurePolicy = HES_RECORD_LEVEL) -> list[Problem]:
    """Return the identifiers and small counts of patients found in what a notebook hands over.

    Figures in columns of kind count, rate and model are identifiers only where at least `ALL_PASS`
    ten-digit ones all have a right check digit. Small counts are looked for in the words about records.
    """
    problems: list[Problem] = []
    for bundle in bundles:
        words = "\n".join((bundle.caption, bundle.alt, bundle.prose, *_facts(bundle)))
        problems += audit_text(words, bundle.id)
        if effective_origin(bundle) == "records" and policy.controls:
            problems += small_counts(words, bundle.id, policy)
        problems += _columns(bundle)
    return problems


def small_counts(text: str, where: str, policy: DisclosurePolicy = HES_RECORD_LEVEL) -> list[Problem]:
    """Return the small counts of people that a text about records tells.

    >>> [problem.came for problem in small_counts("Only 3 patients stayed, 1 in 5 patients went home.", "text")]
    ['1 small count of people: *** (line 1)']
    """
    clean = plain_text(text)
    found = {
        match.group(0): f"line {clean.count(chr(10), 0, match.start()) + 1}"
        for match in _small_count(policy.suppress_up_to).finditer(clean)
        if not _counts_nobody(match)
    }
    return [alarm("small_count", where, found)] if found else []


def _counts_nobody(match: re.Match[str]) -> bool:
    """Tell whether what looks like a count of people names a kind of them, a length of time, or a share."""
    before = match.string[: match.start()].split("\n")[-1].split()
    named = bool(before) and before[-1].lower().strip("(*_") in _NUMBERED
    return named or bool(_LONG.fullmatch(match[0])) or bool(_SHARE.match(match.string, match.end()))


def _facts(bundle: Bundle) -> Iterator[str]:
    """Yield the words of a bundle that are neither prose nor cells."""
    yield bundle.id
    yield from (word for panel in bundle.panels for word in (panel.title, panel.icon))
    yield from (word for source in bundle.sources for word in (source.name, source.dataset))
    yield from (column.unit for column in bundle.columns)
    if bundle.report is not None:
        yield from (str(value) for value in bundle.report.model_dump().values())


def _columns(bundle: Bundle) -> Iterator[Problem]:
    labels = [column.label for column in bundle.columns]
    is_aggregate = any(column.kind == "count" for column in bundle.columns)
    yield from shape_problems([labels], bundle.rows, bundle.id, of_groups=is_aggregate)
    for place, column in enumerate(bundle.columns):
        cells = [row[place] for row in bundle.rows]
        yield from _cell_problems(cells, f"{bundle.id}, column {column.label}", kind=column.kind)


def _cell_problems(cells: Sequence[Cell], where: str, *, kind: str) -> Iterator[Problem]:
    """Yield identifiers in a column: any in words and labels, and figures that all pass the check digit."""
    yield from audit_text("\n".join(cell for cell in cells if isinstance(cell, str)), where)
    long = {
        f"{cell:.0f}": f"row {number}"
        for number, cell in enumerate(cells, start=1)
        if isinstance(cell, int | float) and float(cell).is_integer() and 10**9 <= cell < 10**10
    }
    passing = {digits: row for digits, row in long.items() if is_nhs_number(digits)}
    figures = kind in ("count", "rate", "model")
    if passing and (not figures or (len(passing) == len(long) >= ALL_PASS)):
        yield alarm("nhs_number", where, passing)
