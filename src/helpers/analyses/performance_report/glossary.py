"""The terms of the report in plain words; only those that occur are listed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

TERMS: Final[dict[str, tuple[str, str]]] = {
    "Ordinary variation": (
        r"ordinary variation",
        "The ups and downs that the way of working brings by itself. They have no single cause worth looking for.",
    ),
    "Special cause": (
        r"special causes?|(above|below) the (upper|lower) limit|in a row|within three points",
        "A value or a pattern that ordinary variation hardly ever brings. Something has changed.",
    ),
    "Limits": (
        r"limits?\b",
        "The range of nearly all values as long as nothing changes. They come from the data, not from a target.",
    ),
    "Provisional limits": (
        r"are provisional|provisional limits",
        "Limits that rest on fewer than 13 points. They may still move.",
    ),
    "Provisional figure": (
        r"a provisional figure",
        "A figure that its publisher may still correct.",
    ),
    "Stable period": (
        r"stable period|, suggested:",
        "A stretch in which values vary about one level. A list that grows or shrinks all the time has none. A "
        "suggested one was found by a rule, and nobody has given a reason for it.",
    ),
    "Our line": (
        r"our line",
        "A straight line from where a measure stood to a milestone. It is ours where no trajectory was registered.",
    ),
    "In maintenance": (
        r"in maintenance|In maintenance",
        "The measure is steady and its limits meet the target. The board need not look at it each month.",
    ),
    "Constitutional standard": (
        r"constitutional standard",
        "A standard that the NHS Constitution or its handbook promises to patients.",
    ),
    "Planning milestone": (
        r"planning milestone",
        "A step towards a standard that national planning guidance sets for a year.",
    ),
    "Local target": (r"local target", "A target that the organisation has set itself."),
    "Forecast": (
        r"[Ff]orecast|If the past is a guide",
        "What the past of the measure alone would lead one to expect. It knows nothing of plans.",
    ),
    "80% interval": (
        r"80% interval",
        "The range in which the value would fall eight times in ten if the past is a guide.",
    ),
    "Middle half": (
        r"middle half",
        "Of all trusts put in order, those that are neither in the lowest nor in the highest quarter.",
    ),
    "Median": (r"\bmedian\b", "The middle value: half of the trusts lie above it, half below."),
    "Suppressed": (
        r"suppressed",
        "Not shown, because it rests on so few patients that one of them might be recognised.",
    ),
    "Points": (
        r"\d points?\b",
        "Of percentages: the difference between two of them. From 70% to 72% are two points.",
    ),
    "SHMI": (r"SHMI", "Summary hospital-level mortality indicator: deaths divided by the number expected."),
    "Out of date": (
        r"[Oo]ut of date",
        "The latest figure is older than the register allows for the measure.",
    ),
}


def glossary_words(texts: Iterable[str]) -> str:
    """Return the terms that occur in some texts, in the alphabet's order, each with its meaning.

    >>> glossary_words(["It is within its ordinary variation."]).splitlines()[0][:24]
    '- **Ordinary variation**'
    """
    everything = "\n".join(texts)
    found = [
        f"- **{term}**: {meaning}"
        for term, (pattern, meaning) in sorted(TERMS.items())
        if re.search(pattern, everything)
    ]
    return "\n".join(found)
