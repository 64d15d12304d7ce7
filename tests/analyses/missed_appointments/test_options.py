"""Every value that cannot be is refused, with what would be right; all of them at once."""

from __future__ import annotations

from typing import Any

import pytest

from helpers.analyses.missed_appointments.options import ASSUMED, DnaOptions
from helpers.errors import UsageError
from helpers.stats.dna import Pert


@pytest.mark.parametrize(
    ("given", "where", "said"),
    [
        ({"reduction": [1.2]}, "reduction", "shares between 0 and 1"),
        ({"reduction": [-0.1]}, "reduction", "shares between 0 and 1"),
        ({"filled": [0.2, 0.4, 1.1]}, "filled", "shares between 0 and 1"),
        ({"rebooked": [-0.2, 0.4, 0.9]}, "rebooked", "shares between 0 and 1"),
        ({"reduction": [0.3, 0.2, 0.4]}, "reduction", "low, likely and high in that order"),
        ({"reduction": [0.3, 0.3, 0.3]}, "reduction", "low below high"),
        ({"filled": [0.1, 0.2]}, "filled", "one number, or three"),
        ({"rebooked": []}, "rebooked", "one number, or three"),
        ({"ramp_weeks": [-1]}, "ramp_weeks", "weeks, not below 0"),
        ({"missed": 0}, "missed", "above 0"),
        ({"flows": [0]}, "flows", "without additions a list has no length in days"),
        ({"flows": [100, 90]}, "waiting_list", "is not given"),
        ({"waiting_list": [50]}, "flows", "no removals"),
        ({"waiting_list": [-5], "flows": [100, 90]}, "waiting_list", "not below 0"),
        ({"use_rtt": True, "flows": [100]}, "use_rtt", "beside a stated list"),
        ({"minutes": [30]}, "minutes", "two numbers above 0"),
        ({"minutes": [0, 20]}, "minutes", "two numbers above 0"),
        ({"price": -1}, "price", "not below 0"),
        ({"sources": ["reducton: a pilot"]}, "sources", "did you mean reduction?"),
        ({"sources": ["reduction"]}, "sources", "a colon and words"),
    ],
)
def test_what_cannot_be_is_refused(given: dict[str, Any], where: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        DnaOptions(**given)
    assert [problem.where for problem in caught.value.problems] == [where]
    assert said in str(caught.value)


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(UsageError) as caught:
        DnaOptions(reduction=[2], missed=-1, price=-1)
    assert [problem.where for problem in caught.value.problems] == ["reduction", "missed", "price"]


def test_one_number_is_certain_and_three_are_a_distribution() -> None:
    options = DnaOptions(reduction=[0.5], filled=[0.0, 0.1, 0.3])
    assert options.input_of("reduction") == 0.5
    assert options.input_of("filled") == Pert(0.0, 0.1, 0.3)


def test_a_list_brings_its_flows_and_a_wait() -> None:
    options = DnaOptions(flows=[620, 610], waiting_list=[260, 150])
    assert (options.additions, options.removals) == (620, 610)
    assert (options.waiting, options.wait_target_days) == (260, 150)


def test_an_assumption_is_assumed_unless_its_source_is_stated() -> None:
    options = DnaOptions(filled=[0.2], rebooked=[0.4], sources=["rebooked: clinic audit: 2025"])
    assert options.source_of("filled") == ASSUMED
    assert options.source_of("rebooked") == "clinic audit: 2025"
    assert "BMJ Open" in options.source_of("reduction")  # the notebook's own value
    assert DnaOptions(reduction=[0.9]).source_of("reduction") == ASSUMED
