"""How values and changes among peers are written."""

from __future__ import annotations

from datetime import date

import pytest

from helpers.analyses.peers import words
from helpers.analyses.peers.pictures import _drawn_at

from .conftest import Figure, MakePeers, make_measure

FIVE = [Figure(f"T{n}", 10.0 * n, 100) for n in range(1, 6)]


def test_changes_carry_their_sign_and_percentages_are_points(peers: MakePeers) -> None:
    share = peers(*FIVE).found()
    assert [words.change_words(share, change) for change in (1.94, -0.5, 0.01)] == ["+1.9", "−0.5", "0.0"]
    money = peers(*FIVE, measures=[make_measure(kind="mean", unit="£", digits=0)]).found()
    assert [words.change_words(money, change) for change in (12, -3)] == ["+£12", "−£3"]


@pytest.mark.parametrize(
    ("day", "kind", "full", "short"),
    [
        (date(2025, 1, 1), "month", "January 2025", "Jan 2025"),
        (date(2025, 1, 1), "quarter", "January to March 2025", "Jan to Mar 2025"),
        (date(2012, 10, 1), "rolling12", "the year to September 2013", "the year to Sep 2013"),
    ],
)
def test_periods_by_their_first_day(peers: MakePeers, day: date, kind: str, full: str, short: str) -> None:
    measure = make_measure(frequency=kind)
    figures = [Figure(f"T{n}", 10.0 * n, 100, day, period_type=kind) for n in range(1, 6)]
    found = peers(*figures, measures=[measure]).found()
    assert (words.when(found), words.short_when(found)) == (full, short)
    # on the axis of time a period stands at the month that it is named by
    assert f"{_drawn_at(found, day):%B %Y}" in full


def test_one_trust_is_in_the_singular(peers: MakePeers) -> None:
    assert words.members_words(peers(FIVE[0]).found()) == "one acute trust"
    assert words.members_words(peers(*FIVE).found()) == "five acute trusts"
