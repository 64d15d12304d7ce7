"""How a board's pages are arranged: the perspectives of the scorecard, the pathways of the performance report."""

from __future__ import annotations

from typing import Final

from pydantic import Field

from helpers.register.entry import Identifier, RegisterEntry, Text


class Perspective(RegisterEntry):
    """One side from which a scorecard looks at the organisation; the file's order is the page's."""

    id: Identifier
    name: Text
    question: Text  # what it asks, in a line
    known_as: str = ""  # what Kaplan and Norton call it, where it is one of theirs
    share: float | None = Field(default=None, gt=0, le=100)  # of the weights, in %, that is aimed at


#: Kaplan and Norton's four (Harvard Business Review, January 1992), in the words of a hospital
KAPLAN_NORTON: Final = tuple(
    Perspective(id=key, name=name, question=asks, known_as=known_as, share=25)
    for key, name, asks, known_as in (
        ("patients", "Patients", "How do patients see us?", "customer"),
        ("money", "Money", "Do we use public money well?", "financial"),
        ("processes", "Processes", "What must we do well every day?", "internal business process"),
        ("people", "Staff", "Can we go on improving?", "learning and growth"),
    )
)


class Pathway(RegisterEntry):
    """What a board looks after as one: a row of page one; its domain heads it on page two."""

    id: Identifier
    name: Text
    domain: Text


#: the pathways of a hospital, in the order of page two; `pathways.yml` goes before them
BOARD_PATHWAYS: Final = tuple(
    Pathway(id=key, name=name, domain=domain)
    for key, name, domain in (
        ("quality", "Quality and safety", "Quality"),
        ("emergency_care", "Emergency care", "Access"),
        ("cancer", "Cancer", "Access"),
        ("planned_care", "Planned care", "Access"),
        ("flow", "Beds and discharge", "Access"),
        ("people", "Staff", "People"),
        ("money", "Money", "Money"),
    )
)
