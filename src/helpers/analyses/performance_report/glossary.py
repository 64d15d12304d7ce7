"""The terms of the report in plain words; only those that occur are listed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from helpers.phrases import phrases
from helpers.stats.spc.limits import FIRM_FROM

#: by which words of a report each term of the phrase book is recognised
PATTERNS: Final = {
    "ordinary_variation": r"ordinary variation",
    "special_cause": r"special causes?|(above|below) the (upper|lower) limit|in a row|within three points",
    "limits": r"limits?\b",
    "provisional_limits": r"are provisional|provisional limits",
    "provisional_figure": r"a provisional figure",
    "stable_period": r"stable period|, suggested:",
    "our_line": r"our line",
    "in_maintenance": r"in maintenance|In maintenance",
    "constitutional_standard": r"constitutional standard",
    "planning_milestone": r"planning milestone",
    "local_target": r"local target",
    "forecast": r"[Ff]orecast|If the past is a guide",
    "interval_80": r"80% interval",
    "middle_half": r"middle half",
    "median": r"\bmedian\b",
    "suppressed": r"suppressed",
    "points": r"\d points?\b",
    "shmi": r"SHMI",
    "out_of_date": r"[Oo]ut of date",
}


def glossary_words(texts: Iterable[str]) -> str:
    """Return the terms that occur in some texts, in the alphabet's order, each with its meaning.

    >>> glossary_words(["It is within its ordinary variation."]).splitlines()[0][:24]
    '- **Ordinary variation**'
    """
    everything, said = "\n".join(texts), phrases("glossary", firm_from=FIRM_FROM)
    found = (
        f"- **{said[f'{name}.term']}**: {said[f'{name}.meaning']}"
        for name, pattern in PATTERNS.items()
        if re.search(pattern, everything)
    )
    return "\n".join(sorted(found))
