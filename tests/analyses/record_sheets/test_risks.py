"""The committee's version: risks with controls, assurance, gaps and the data behind each."""

from __future__ import annotations

import pytest
from made_results import quiet

from helpers.analyses.record_sheets.sheets import NONE, RecordSheet, of_committee, risk_rows
from helpers.errors import UsageError
from helpers.measures.examples import example_measure
from helpers.register import DeclaredQuality, ObservedRegister, Register, Risk

READ = example_measure(id="read", name="Read", read_by=("board", "Quality committee"))
OTHER = example_measure(
    id="other", name="Other", quality=DeclaredQuality(signed_off_by="Head of information")
)
REGISTER = Register(measures={each.id: each for each in (READ, OTHER)})


def risk(name: str, score: int, **keys: object) -> Risk:
    told = {
        "id": name.lower(),
        "name": name,
        "organisation": "T1",
        "owner": "Director",
        "score": score,
        **keys,
    }
    return Risk.model_validate(told)


FULL = risk(
    "Full",
    12,
    accepted=8,
    controls=("Review", "Plan"),
    assurance=("Audit",),
    gaps=("No test",),
    measures=("other",),
)
BARE = risk("Bare", 20)


def test_a_committee_has_what_it_reads_and_the_measures_of_its_risks() -> None:
    assert of_committee([READ, OTHER], [], " quality committee") == ["read"]
    assert of_committee([READ, OTHER], [FULL], "Quality Committee") == ["read", "other"]


def test_a_committee_that_nothing_names_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(UsageError, match="Quality committee"):
        of_committee([READ, OTHER], [], "Quality comitee")


def test_the_highest_risk_comes_first_and_what_lacks_is_said() -> None:
    bare, full = risk_rows([FULL, BARE], [], REGISTER)
    assert bare[:6] == ("Bare", "20", NONE, NONE, NONE, "no measure shows it")
    assert full[:6] == (
        "Full",
        "12, accepted 8",
        "Review\nPlan",
        "Audit",
        "No test",
        "Other: not in this report",
    )


def test_the_data_behind_a_risk_are_judged() -> None:
    sheets = [
        RecordSheet(OTHER, None, (), ()),
        RecordSheet(READ, quiet(measure=READ), (), ()),
    ]
    assert risk_rows([FULL], sheets, REGISTER)[0][5] == "Other: no figure"
    unsigned = risk("Unsigned", 1, measures=("read",))
    assert risk_rows([unsigned], sheets, REGISTER)[0][5] == "Read: is watched; data not signed off"


def test_a_score_is_of_likelihood_and_consequence() -> None:
    with pytest.raises(ValueError, match="less than or equal to 25"):
        risk("Too high", 26)


def test_an_organisation_is_asked_for_its_own_risks_alone() -> None:
    register = ObservedRegister.over(Register(risks={"bare": BARE}))
    assert register.risks_of("T1") == {"bare": BARE}
    assert register.risks_of("T2") == {}
