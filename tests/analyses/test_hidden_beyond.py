"""The reports on records that are shipped, at a tenth of the demo: none is refused, and little is hidden needlessly."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from helpers import analyses
from helpers.data.disclosure.deciding import Asked, Decision
from helpers.data.disclosure.people import People
from helpers.data.disclosure.queries import Told
from helpers.data.ledger import releasing
from helpers.data.mart import Mart
from helpers.data.organisations.directory import find_organisation
from helpers.data.policy import HES_RECORD_LEVEL
from helpers.report.period import Period
from helpers.report.report import Report

PARAMS = Path(__file__).parents[2] / "params"
LATEST = date(2026, 9, 1)
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "los_deviation": analyses.length_of_stay,
    "dna_impact": analyses.did_not_attend,
}
FILES = sorted(
    path
    for folder in FUNCTIONS
    for path in (PARAMS / folder).glob("SYN*.yml")
    # does not record missed appointments: nothing to hide
    if path.stem != "SYN41"
)


@pytest.fixture(scope="module")
def mart(tmp_path_factory: pytest.TempPathFactory, demo_in: Callable[..., Mart]) -> Mart:
    return demo_in(tmp_path_factory.mktemp("tenth") / "mart", 0.1)


@pytest.fixture
def hidden(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each figure of more people than the rule hides is hidden all the same."""
    found: list[bool] = []
    decide = releasing.decide

    def counted(people: People, known: Sequence[Told], asked: Sequence[Asked], **more: Any) -> Decision:
        decision = decide(people, known, asked, **more)
        for told in decision.told:
            if int(people.count[people.mask(told.query)].sum()) > HES_RECORD_LEVEL.suppress_up_to:
                found.append(told.star)
        return decision

    monkeypatch.setattr(releasing, "decide", counted)
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_shipped_report_is_made_of_a_tenth_of_the_demo(
    path: Path, mart: Mart, hidden: list[bool], tmp_path: Path
) -> None:
    parameters = yaml.safe_load(path.read_text("utf-8"))
    about = find_organisation(mart, parameters.pop("trust"))
    period = Period.ending(LATEST, parameters.pop("months", 12))
    report = Report("Trial", tmp_path, mart, about, period, parameters.pop("specialty", None))
    function = FUNCTIONS[path.parent.name]
    options = {
        name: parameters[name] for name in inspect.signature(function).parameters if name in parameters
    }
    _ = function(report, **options).headline
    assert sum(hidden) <= max(2, len(hidden) / 10)
