"""Every text that the peer benchmark makes of the demo's trusts is clean, plain and short."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from plain_english import jargon_in, reading_problems, text_problems

from helpers.analyses.peers import pictures, report_words
from helpers.analyses.peers.comparison import PeerFindings, PeerOptions
from helpers.analyses.peers.movement import gain_sentence, movement_sentence
from helpers.analyses.peers.report_words import method_points
from helpers.analyses.peers.words import left_out_sentence, peer_sentences
from helpers.data.mart import Mart
from helpers.data.organisations.directory import find_organisation
from helpers.phrases import phrase
from helpers.register import read_register
from helpers.report.period import Period

ROOT = Path(__file__).parents[3]
LAST = date(2026, 9, 1)
#: alone: a proportion, a standardised ratio, a mean from records
SINGLE = ("cancer_62_day", "mortality", "mean_los")


def asked(mart: Mart, trust: str, *measures: str) -> PeerFindings:
    register = read_register(ROOT / "params" / "_register")
    about = find_organisation(mart, trust)
    return PeerFindings(mart, about, Period(LAST, LAST), register, PeerOptions(measures))


def texts_of(found: PeerFindings) -> Iterator[str]:
    yield from method_points(found)
    for each in found.comparisons:
        yield report_words.measure_words(each, found)
        yield peer_sentences(each)
        yield left_out_sentence(each)
        yield gain_sentence(each)
        yield pictures.members_alt(each)
        yield pictures.members_caption(each)
        if each.own:
            yield movement_sentence(each, found.movements[each.measure.id])
    if found.single:
        (comparison,) = found.comparisons
        yield from report_words.single_lines(comparison, found).values()
        yield report_words.groups_sentence(found.groups_of(comparison))
    else:
        yield from report_words.all_lines(found).values()
        yield report_words.nothing_short(known=True)


@pytest.fixture(scope="module", params=["SYN07", "SYN58", "SYN63", "SYN120"])
def texts(request: pytest.FixtureRequest, demo_measures: Mart) -> list[str]:
    reports = [asked(demo_measures, request.param)]
    reports += [asked(demo_measures, request.param, measure) for measure in SINGLE]
    return [text for found in reports for text in texts_of(found) if text] + [
        phrase("reasons.peers.gain_unknown_here")
    ]


def test_no_text_has_leftovers_wrong_numbers_or_false_precision(texts: list[str]) -> None:
    assert not [problem for text in texts for problem in text_problems(text)]


def test_no_text_has_jargon(texts: list[str]) -> None:
    assert not {word for text in texts for word in jargon_in(text)}


def test_sentences_are_short_and_read_easily(texts: list[str]) -> None:
    assert not reading_problems(texts)
