"""The record sheet: what it answers, what it leaves open, and the form that `check` reads."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from helpers.errors import UsageError
from helpers.measures.examples import example_measure
from helpers.register import DeclaredQuality, Objective, Register, Target, read_register
from helpers.register.sheet import SHEET, answers, blank_form, gaps_of, is_at_board

DAY = date(2026, 9, 30)
CARE = Objective(id="care", name="Care in time", description="D", owner="Medical director")
REGISTER = Register(objectives={"care": CARE})


def told(**keys: object) -> dict[str, str]:
    measure = example_measure(**keys)
    return {each.question.key: each.text for each in answers(measure, REGISTER, DAY)}


def test_an_objective_is_named_with_who_answers_for_it() -> None:
    assert told(objective="care")["objective"] == "Care in time (Medical director)"
    assert told(objective=None)["objective"] == ""


def test_the_formula_says_what_is_divided_by_what_in_which_unit() -> None:
    share = told(kind="proportion", numerator="Missed", denominator="Booked", unit="%")
    assert share["numerator"] == "Missed; divided by: Booked; in %"
    count = told(kind="count", numerator="Missed", denominator=None, unit="visits")
    assert count["numerator"] == "Missed, in visits"


@pytest.mark.parametrize(
    ("targets", "said"),
    [
        ([], "None"),
        ([{"kind": "constitutional"}], "92% (NHS constitution)"),
        (
            [{"start": "2026-04-01", "end": "2027-03-31", "meaning": "march_value"}],
            "92% (set locally), to be reached by its end, until March 2027",
        ),
        ([{"start": "2027-04-01"}], "92% (set locally), from April 2027"),
        ([{"end": "2026-03-31"}], "None in force; the last was 92% (set locally), until March 2026"),
    ],
)
def test_targets_in_force_and_to_come_are_said(targets: list[dict[str, object]], said: str) -> None:
    built = [
        Target.model_validate({"value": 92, "kind": "local", "source": "B", **each}) for each in targets
    ]
    assert told(targets=tuple(built))["targets"] == said


def test_what_people_declare_of_the_data_is_said() -> None:
    declared = DeclaredQuality(
        signed_off_by="Head of information", signed_off_on=date(2026, 4, 1), accuracy="sufficient"
    )
    assert (
        told(quality=declared)["quality"]
        == "signed off by Head of information on 01 April 2026; accuracy: sufficient"
    )


def test_a_full_sheet_leaves_nothing_open_and_a_bare_one_names_the_gravest_first() -> None:
    full = example_measure(
        owner="A", read_by=("Board",), objective="care", action="B", requested_by="C", collected_by="D",
        perverse_effects="E", quality=DeclaredQuality(signed_off_by="F"),
    )  # fmt: skip
    assert gaps_of(full, REGISTER, DAY) == ()
    assert is_at_board(full)
    unread = full.model_copy(
        update={"read_by": (), "action": "", "targets": (Target(value=1, kind="local", source="S"),)}
    )
    assert [(gap.key, gap.drop) for gap in gaps_of(unread, REGISTER, DAY)] == [
        ("read_by", True), ("action", False), ("target_basis", False),
    ]  # fmt: skip


def written(folder: Path, form: str) -> Path:
    (folder / "measures.yml").write_text(form, "utf-8")
    (folder / "objectives.yml").write_text("care: {name: N, description: D, owner: O}\n", "utf-8")
    return folder


def test_an_empty_form_is_read_and_its_needed_answers_are_asked_for(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        read_register(written(tmp_path, blank_form("corridor_waits")))
    asked = {str(each.where).rpartition(".")[2] for each in raised.value.problems}
    assert asked == {"name", "description", "kind", "numerator", "unit", "direction"}
    assert {each.came for each in raised.value.problems} == {"missing"}


def test_a_filled_form_is_a_measure_and_every_question_of_the_sheet_is_in_it(tmp_path: Path) -> None:
    form = blank_form("corridor_waits")
    assert {question.key for question in SHEET} < set(yaml.safe_load(form)["corridor_waits"])
    given = {"name": "Waits in corridors", "kind": "count", "unit": "patients", "numerator": "Patients",
             "direction": "decrease", "objective": "care", "read_by": "[board]"}  # fmt: skip
    lines = [f"  {key}: {given[key]}" if (key := line.strip().partition(":")[0]) in given else line
             for line in form.splitlines()]  # fmt: skip
    found = read_register(written(tmp_path, "\n".join(lines))).measures["corridor_waits"]
    assert (found.description, found.objective, found.frequency) == ("Waits in corridors", "care", "month")
    assert [gap.key for gap in gaps_of(found, REGISTER, DAY) if gap.drop] == ["owner"]
