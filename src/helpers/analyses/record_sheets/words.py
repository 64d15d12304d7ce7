"""Sentences about a set of record sheets: which measures to drop, what is left open, what the board reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from helpers.analyses.record_sheets.sheets import RecordSheet
from helpers.measures.result import MOST_MEASURES
from helpers.report.words import capital, count, in_words, listed, sentence, together

#: so many measures are named in a sentence; a table has the rest
MOST_NAMED: Final = 5


def names_of(sheets: Sequence[RecordSheet]) -> str:
    """Return the names of some sheets' measures, the first of them where there are many."""
    return listed((f"“{each.measure.name}”" for each in sheets), most=MOST_NAMED)


def drop_sentence(sheets: Sequence[RecordSheet]) -> str:
    """Say how many measures are candidates to drop, and which first."""
    wanting = [each for each in sheets if each.drop]
    if not sheets:
        return "The register has no measure of which this organisation has a figure."
    if not wanting:
        whole = "the one measure" if len(sheets) == 1 else f"each of the {count(len(sheets), 'measure')}"
        has = "has somebody who acts on it, a meeting that reads it and an objective that it serves"
        return sentence(f"{whole} {has}: none is one to drop")
    one = len(wanting) == 1
    verb, them, serves = (
        ("is a candidate", "it", "it serves") if one else ("are candidates", "them", "they serve")
    )
    said = f"{in_words(len(wanting))} of {count(len(sheets), 'measure')} {verb} to drop"
    why = f"nobody acts on {them}, nobody reads {them}, or {serves} no objective"
    return f"**{sentence(said)}** " + sentence(f"{why}: {names_of(wanting)}")


def urgent_sentence(sheets: Sequence[RecordSheet]) -> str:
    """Name the candidates that need attention: they lack somebody who looks, no reason to be kept; empty without."""
    urgent = [each for each in sheets if each.drop and each.needs_attention]
    if not urgent:
        return ""
    need, lack = ("needs", "it lacks") if len(urgent) == 1 else ("need", "they lack")
    rest = f"{need} attention now, so what {lack} is somebody who looks"
    return sentence(f"before any goes: {names_of(urgent)} {rest}")


def open_sentence(sheets: Sequence[RecordSheet]) -> str:
    """Say what the sheets leave open most often; empty where they leave nothing open."""
    often = Counter(gap.words for each in sheets for gap in each.gaps if not gap.drop).most_common(2)
    if not often:
        return ""
    said = "; ".join(f"{words} ({count(number, 'measure')})" for words, number in often)
    return sentence(f"left open most often: {said}")


def board_sentence(board: Sequence[RecordSheet], leaving: Sequence[RecordSheet]) -> str:
    """Say how many measures the board reads, and which could leave it first where that is too many."""
    if not board:
        return "No measure is registered as read by the board (`read_by`)."
    rest = (
        f"{MOST_MEASURES} are plenty, and the first that could leave for a committee: {names_of(leaving)}"
    )
    said = sentence(f"the board reads {count(len(board), 'measure')}")
    return together(said, sentence(rest) if leaving else "")


def gap_words(sheet: RecordSheet) -> str:
    """Return why a measure is a candidate to drop."""
    return capital("; ".join(gap.words for gap in sheet.gaps if gap.drop))
