"""Cards made from bare numbers: what tests of balance, words and cells begin with."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

# the tests' own module: pytest's importlib mode puts no test folder on the path
sys.path.insert(0, str(Path(__file__).parent))

from made_cards import make_card, make_row

from helpers.analyses.balanced_scorecard.card import Card, CardRow, Outlook
from helpers.measures.targets import goal_after
from helpers.register.models import Target

MakeRow = Callable[..., CardRow]
MakeCard = Callable[..., Card]


@pytest.fixture
def row() -> MakeRow:
    """Return what makes a row."""
    return make_row


@pytest.fixture
def card() -> MakeCard:
    """Return what makes a card."""
    return make_card


@pytest.fixture
def judged() -> Callable[[str], Outlook]:
    """Return what makes an outlook of a verdict, with a chance that fits and a target of 12 in March 2028."""
    target = Target(value=12, kind="local", source="Plan")
    chances = {"on_track": 0.9, "at_risk": 0.5, "unlikely": 0.05}

    def make(verdict: str) -> Outlook:
        goal = goal_after((target,), date(2027, 4, 1))
        return Outlook(verdict, chances.get(verdict), goal, why="" if verdict in chances else "too short")

    return make
