"""What holds for every text of a report: no leftovers of code, right number words, plain words, short sentences.

For all reports: `from plain_english import text_problems, jargon_in, reading_problems`.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable

import textstat

#: words of statisticians and of management that a board paper does not need; none is explained anywhere
JARGON = (
    "ARIMA", "autocorrelat", "baseline", "common cause", "denominator", "deep dive", "distribution",
    "going forward", "heterosced", "homosced", "KPI", "lag-1", "LCL", "UCL", "leverage", "logit", "low-hanging",
    "mitigat", "null hypothesis", "numerator", "outlier", "overdispers", "p-value", "process capability",
    "quantile", "RAG", "regression to", "residual", "SARIMAX", "sigma", "SPC", "stakeholder", "standard deviation",
    "standard error", "statistically significant", "stochastic", "synerg", "touch base", "utilis", "variance",
    "winsor", "z-score",
)  # fmt: skip
#: median words of a sentence, and Flesch reading ease from which text is "plain English"
MEDIAN_WORDS, EASE = 20, 50.0

_LEFTOVERS = {
    "nan": r"\bnan\b|\bNaN\b|\binf\b",
    "None": r"\bNone\b(?! of)|\bNaT\b|\bTrue\b|\bFalse\b",
    "minus nought": r"[-−]0(\.0+)?(?![\d.])",
    "a plain minus sign before a number": r"(?<![\w–])-\d",
    "double space": r"(?<=\S)  +(?=\S)",
    "space before a stop": r" [.,;:!?](\s|$)",
    "double stop": r"[.,;:]{2,}|\.\s*\.",
    "empty brackets": r"\(\s*\)",
    "a placeholder": r"[{}]|<[a-z]+>",
    "exponent": r"\d[eE][+-]?\d",
    "false precision": r"\d\.\d{4,}",
    "a chance with decimals": r"chance[^.]{0,80}\d\.\d+%",
    "an unexplained star": r"(?<!\*)\*(?!\*)(?=\d)",
}
_ONE = r"(?<![\d.,])\b(?:one|1)\s+(?:{many})\b"
_MANY = r"(?<![\d.,])\b(?:two|three|four|five|six|seven|eight|nine|\d{{2,}}|[02-9])\s+(?:{one})\b"
_NOUNS = {
    "measure": "measures", "month": "months", "point": "points", "trust": "trusts", "patient": "patients",
    "day": "days", "figure": "figures", "admission": "admissions", "operation": "operations", "week": "weeks",
}  # fmt: skip
_VERBS = (
    r"\b(?:one|none)(?: of [\w,]+ \w+)? (?:need|are|have) ",
    r"\b(?:two|three|four|five|six|seven|eight|nine) (?:of [\w,]+ measures )?(?:needs|is|has) ",
    r"\b\d\d+ of [\w,]+ measures (?:needs|is|has) ",
)


def text_problems(text: str) -> list[str]:
    """Return what is wrong with the wording of one text, whatever it says."""
    found = [
        f"{name}: {_near(text, pattern)}"
        for name, pattern in _LEFTOVERS.items()
        if re.search(pattern, text)
    ]
    found += [
        f"number and noun: {_near(text, pattern)}"
        for one, many in _NOUNS.items()
        for pattern in (_ONE.format(many=many), _MANY.format(one=one))
        if re.search(pattern, text)
    ]
    found += [
        f"number and verb: {_near(text, verb)}" for verb in _VERBS if re.search(verb, text, re.IGNORECASE)
    ]
    found += [f"small first letter: {s}" for s in sentences_of(text) if s[:1].islower()]
    return found


def _near(text: str, pattern: str) -> str:
    match = re.search(pattern, text, re.IGNORECASE)
    return "" if match is None else text[max(0, match.start() - 25) : match.end() + 25]


def jargon_in(text: str) -> list[str]:
    """Return the jargon of a text; abbreviations only where they stand as such."""
    return [
        word
        for word in JARGON
        if re.search(rf"\b{re.escape(word)}", text, 0 if word.isupper() else re.IGNORECASE)
    ]


def sentences_of(text: str) -> list[str]:
    """Return the sentences of some Markdown; a line, a bullet or a cell is one of its own."""
    plain = re.sub(r"^\s*- |\*\*|(?<!\w)\*|\*(?!\w)", "", text, flags=re.MULTILINE)
    return [
        part.strip()
        for line in plain.splitlines()
        for part in re.split(r"(?<=[.!?])\s+(?=[A-Z“£0-9])", line)
        if part.strip()
    ]


def reading_problems(texts: Iterable[str]) -> list[str]:
    """Return whether sentences are too long at the median, or the whole is too hard to read."""
    everything = [s for text in texts for s in sentences_of(text) if len(s.split()) > 2]
    median = statistics.median(len(s.split()) for s in everything)
    ease = textstat.flesch_reading_ease(" ".join(s.rstrip(".") + "." for s in everything))
    found = [] if median < MEDIAN_WORDS else [f"the median sentence has {median} words"]
    return found if ease >= EASE else [*found, f"the reading ease is {ease:.0f}, below {EASE:.0f}"]
