"""Every measure that the data feed is described, and described in full."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.data.sources import all_layouts
from helpers.register import Register, read_register

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def register() -> Register:
    return read_register(ROOT / "params" / "_register")


def test_every_measure_that_a_layout_feeds_is_in_the_register(register: Register) -> None:
    fed = {feed.measure for layout in all_layouts() for feed in layout.feeds}
    assert not fed - set(register.measures)
    assert len(fed) >= 35


def test_every_measure_says_what_why_and_who(register: Register) -> None:
    for measure in register.measures.values():
        words = (measure.description, measure.purpose, measure.numerator, measure.owner)
        assert all(len(text.split()) >= 2 for text in words), measure.id
        assert measure.objective in register.objectives


def test_measures_with_a_promise_carry_it_with_its_source(register: Register) -> None:
    promised = {
        "rtt_18_weeks": {92, 65, 70},
        "ae_four_hours": {95, 76, 78, 82},
        "cancer_28_day_fds": {75, 77, 80},
        "cancer_31_day": {96, 94},
        "cancer_62_day": {85, 70, 75, 80},
        "rtt_over_52_weeks": {1},
    }
    for name, values in promised.items():
        targets = register.measures[name].targets
        assert {target.value for target in targets} == values
        assert all(target.source for target in targets)
        assert all(target.start for target in targets)


def test_nothing_local_in_the_shipped_register_reaches_a_real_organisation(register: Register) -> None:
    for measure in register.measures.values():
        assert not measure.action, measure.id
        assert not [target for target in measure.targets if target.kind == "local"], measure.id
    shown = register.measures["sickness_absence"].with_examples()
    assert [target.value for target in shown.targets] == [4.5]
    assert shown.action


def test_no_code_is_merged_into_itself_or_in_a_circle(register: Register) -> None:
    for code in register.mergers:
        seen = {code}
        while code in register.mergers:
            code = register.mergers[code].successor
            assert code not in seen
            seen.add(code)
