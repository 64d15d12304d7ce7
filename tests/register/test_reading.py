"""The register is read whole or refused with every problem."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from helpers.errors import UsageError
from helpers.register import Measure, Register, find_measure
from helpers.register import read_register as read_over_shipped

ROOT = Path(__file__).parents[2]


def read_register(folder: Path) -> Register:
    """Return what stands in a folder alone."""
    return read_over_shipped(folder, base=None)


OBJECTIVES = "o:\n  name: N\n  description: D\n  owner: Board\n"
MEASURE = """\
{id}:
  name: N
  description: D
  purpose: P
  objective: o
  perspective: patients
  kind: proportion
  numerator: a
  denominator: b
  exclusions: None
  unit: "%"
  direction: increase
  benchmark: peer_median
  source: S
  frequency: month
  stale_after_days: 60
  owner: Board
  action: A
"""


def write(folder: Path, *, measures: str = MEASURE.format(id="one"), **files: str) -> Path:
    texts = {"measures": measures, "objectives": OBJECTIVES} | files
    for name, text in texts.items():
        (folder / f"{name}.yml").write_text(text, "utf-8")
    return folder


def problems(folder: Path) -> str:
    with pytest.raises(UsageError) as raised:
        read_register(folder)
    return str(raised.value)


def test_the_projects_own_register_is_complete() -> None:
    register = read_over_shipped(ROOT / "params" / "_register")
    assert {measure.perspective for measure in register.measures.values()} == {
        "patients",
        "processes",
        "people",
        "money",
    }
    assert set(register.objectives) == {m.objective for m in register.measures.values()}


def test_an_own_entry_goes_over_the_shipped_one_key_by_key(tmp_path: Path) -> None:
    shipped = read_over_shipped(tmp_path / "nowhere").measures
    own = "ae_four_hours: {owner: Director of flow, people: null}\nae_attendances: null\n" + MEASURE.format(
        id="one"
    )
    measures = read_over_shipped(write(tmp_path, measures=own)).measures
    assert measures["ae_four_hours"].owner == "Director of flow"
    assert measures["ae_four_hours"].targets == shipped["ae_four_hours"].targets
    assert shipped["ae_four_hours"].people
    assert not measures["ae_four_hours"].people
    assert set(shipped) - set(measures) == {"ae_attendances"}
    assert set(measures) - set(shipped) == {"one"}


def test_a_mistake_in_an_own_key_of_a_shipped_entry_has_its_line(tmp_path: Path) -> None:
    write(tmp_path, measures="\nae_four_hours:\n  ownr: Director of flow\n")
    with pytest.raises(UsageError, match=r"measures.yml, line 3, ae_four_hours.ownr: unknown key.* owner"):
        read_over_shipped(tmp_path)


def test_a_measure_is_read_with_its_targets_dated(tmp_path: Path) -> None:
    targets = (
        "  targets:\n"
        "    - {value: 92, kind: constitutional, source: S, start: 2012-04-01}\n"
        "    - {value: 65, kind: planning_milestone, source: S, start: 2025-04-01, end: 2026-03-31}\n"
    )
    measure = read_register(write(tmp_path, measures=MEASURE.format(id="one") + targets)).measures["one"]
    assert [measure.target_on(day).value for day in (date(2025, 3, 31), date(2026, 3, 31))] == [92, 65]
    assert measure.target_on(date(2012, 3, 31)) is None


def test_unknown_key_names_its_line_and_the_near_miss(tmp_path: Path) -> None:
    text = problems(write(tmp_path, measures=MEASURE.format(id="one").replace("  name:", "  nane:")))
    assert "one.nane: unknown key" in text
    assert "did you mean name?" in text
    assert "one.name: missing" in text


def test_unknown_key_of_a_target_names_the_near_miss(tmp_path: Path) -> None:
    targets = "  targets:\n    - {value: 92, kind: local, source: S, begin: 2012-04-01, star: 1}\n"
    text = problems(write(tmp_path, measures=MEASURE.format(id="one") + targets))
    assert "one.targets.0.star: unknown key; allowed: value, kind, source, start" in text
    assert "did you mean start?" in text


def test_duplicate_key_names_both_lines(tmp_path: Path) -> None:
    text = problems(write(tmp_path, measures=MEASURE.format(id="one") + "  name: Again\n"))
    assert "line 19, one.name: written twice, first in line 2; keep one of them" in text


def test_duplicate_measure_is_refused(tmp_path: Path) -> None:
    assert "written twice" in problems(write(tmp_path, measures=MEASURE.format(id="one") * 2))


def test_problems_of_all_files_come_at_once(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        measures=MEASURE.format(id="one").replace("objective: o", "objective: oo"),
        events="e:\n  name: N\n  day: 2024-13-01\n  kind: merger\n",
        comments="- {measure: tow, organisation: X, month: 2024-01, author: A, why: W}\n",
    )
    text = problems(folder)
    assert "measures.yml, line 5, one.objective: objective 'oo' is not in the register" in text
    assert "events.yml, line 3, e.day" in text
    assert "comments.yml, line 1, 0.measure: measure 'tow'" in text


def test_what_is_not_known_is_told_with_what_is(tmp_path: Path) -> None:
    text = problems(
        write(tmp_path, measures=MEASURE.format(id="one").replace("objective: o", "objective: zz"))
    )
    assert "measures.yml, line 5, one.objective: objective 'zz' is not in the register; allowed: o." in text
    many = "".join(MEASURE.format(id=f"measure_{number}") for number in range(13))
    comment = "- {measure: zz, organisation: X, month: 2024-01, author: A, why: W}\n"
    text = problems(write(tmp_path, measures=many, comments=comment))
    assert "measure 'zz' is not in the register; see measures.yml for those that it knows." in text


def test_a_number_for_words_is_told_to_be_quoted(tmp_path: Path) -> None:
    text = problems(write(tmp_path, measures=MEASURE.format(id="one").replace('unit: "%"', "unit: 5")))
    assert f"{tmp_path.name}/measures.yml, line 11, one.unit: 5; allowed: words; put it in quotes." in text


def test_words_that_yaml_would_turn_into_something_else_stay_words(tmp_path: Path) -> None:
    folder = write(tmp_path, measures=MEASURE.format(id="one").replace("name: N", "name: no"))
    assert read_register(folder).measures["one"].name == "no"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- one\n", "a list or a word"),
        ("one: [", "is not YAML"),
        ("one: &a\n  name: *a\n", "contains itself"),
        ("One:\n  name: N\n", "One.id"),
        ("one: 3\n", "one"),
    ],
)
def test_files_of_another_shape_are_refused(tmp_path: Path, text: str, message: str) -> None:
    assert message in problems(write(tmp_path, measures=text))


def test_a_register_needs_measures(tmp_path: Path) -> None:
    assert "measures.yml: missing" in problems(tmp_path)


def test_bytes_that_are_not_text_are_refused(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "events.yml").write_bytes(b"\xff\xfe\x00")
    assert "events.yml: cannot be read" in problems(tmp_path)


def test_a_proportion_needs_a_denominator(tmp_path: Path) -> None:
    folder = write(tmp_path, measures=MEASURE.format(id="one").replace("denominator: b", "denominator:"))
    assert "denominator" in problems(folder)


def test_events_of_a_measure_are_those_that_name_it_or_none(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        events=(
            "b:\n  {name: N, day: 2024-02-01, kind: external}\n"
            "a:\n  {name: N, day: 2024-01-01, kind: merger, organisation: RGT, measures: [one]}\n"
        ),
    )
    register = read_register(folder)
    assert [event.id for event in register.events_of("one", "RGT")] == ["a", "b"]
    assert [event.id for event in register.events_of("one", "RWF")] == ["b"]


def test_an_unknown_measure_is_refused_with_its_near_miss(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="did you mean one"):
        find_measure(read_register(write(tmp_path)), "oen")


@pytest.mark.parametrize(
    ("unit", "scale"), [("%", 100), ("per 1,000 bed days", 1000), ("days", 1), ("per spell", 1)]
)
def test_the_unit_says_the_scale(tmp_path: Path, unit: str, scale: float) -> None:
    measure: Measure = read_register(write(tmp_path)).measures["one"]
    assert measure.model_copy(update={"unit": unit}).scale == scale


# --- perspectives -----------------------------------------------------------------------------------

TWO = """\
patients:
  name: Patients
  question: How do patients see us?
  share: {one}
planet:
  name: Planet
  question: What do we leave behind?
  share: {two}
"""


def test_without_a_file_the_perspectives_are_kaplan_and_nortons(tmp_path: Path) -> None:
    register = read_register(write(tmp_path))
    assert [each.known_as for each in register.perspectives.values()] == [
        "customer", "financial", "internal business process", "learning and growth",
    ]  # fmt: skip
    assert register.share_of("patients") == 25


def test_perspectives_are_data_in_the_files_order(tmp_path: Path) -> None:
    register = read_register(write(tmp_path, perspectives=TWO.format(one=70, two=30)))
    assert list(register.perspectives) == ["patients", "planet"]
    assert register.share_of("planet") == 30


def test_shares_may_be_left_out_and_are_then_equal(tmp_path: Path) -> None:
    text = "\n".join(line for line in TWO.splitlines() if "share" not in line)
    register = read_register(write(tmp_path, perspectives=text))
    assert register.share_of("patients") == register.share_of("planet") == 50


def test_shares_that_do_not_make_a_hundred_are_refused(tmp_path: Path) -> None:
    said = problems(write(tmp_path, perspectives=TWO.format(one=70, two=40)))
    assert "shares of 110 in all, given for 2 of 2 perspectives" in said
    half = TWO.format(one=70, two=30).replace("  share: 30\n", "")
    assert "given for 1 of 2 perspectives" in problems(write(tmp_path, perspectives=half))


def test_a_measure_of_an_unknown_perspective_is_refused_with_near_misses(tmp_path: Path) -> None:
    said = problems(write(tmp_path, measures=MEASURE.format(id="one").replace("patients", "patient")))
    assert "perspective 'patient' is not in the register" in said
    assert "patients" in said


def test_weight_and_marks_of_a_measure_have_their_defaults_and_limits(tmp_path: Path) -> None:
    measure = read_register(write(tmp_path)).measures["one"]
    assert (measure.scorecard, measure.weight, measure.self_assessed) == (False, 1, False)
    assert "weight" in problems(write(tmp_path, measures=MEASURE.format(id="one") + "  weight: 0\n"))


def test_few_keys_are_needed_and_the_others_have_defaults(tmp_path: Path) -> None:
    entry = "few:\n  name: Spend\n  kind: count\n  unit: pounds\n  direction: decrease\n"
    measure = read_register(write(tmp_path, measures=entry)).measures["few"]
    assert (measure.description, measure.numerator, measure.stale_after_days) == ("Spend", "Spend", 60)
    assert (measure.about, measure.controlled, measure.perspective) == ("patients", True, None)


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ("  small_numbers: shown\n", "needs its reason in small_numbers_reason"),
        ("  scorecard: true\n", "needs a perspective"),
        ("  about: pounds\n", "'patients', 'staff', 'money' or 'other'"),
    ],
)
def test_keys_that_need_others_say_so(tmp_path: Path, extra: str, message: str) -> None:
    entry = "few:\n  name: Spend\n  kind: count\n  unit: pounds\n  direction: decrease\n"
    assert message in problems(write(tmp_path, measures=entry + extra))


def test_a_trajectory_is_read_by_month_and_its_measure_must_be_known(tmp_path: Path) -> None:
    plan = "- {measure: MEASURE, organisation: SYN07, source: Board plan, months: {2026-04: 58.0, 2026-05: 58.5}}\n"
    write(tmp_path, trajectories=plan.replace("MEASURE", "one"))
    register = read_register(tmp_path)
    assert register.trajectory_of("one", "SYN07") == {"2026-04": 58.0, "2026-05": 58.5}
    assert register.trajectory_of("one", "SYN08") == {}
    write(tmp_path, trajectories=plan.replace("MEASURE", "won"))
    with pytest.raises(UsageError, match="measure 'won' is not in the register"):
        read_register(tmp_path)


ROW = """\
shorter:
  organisation: RGT
  objective: {objective}
  team: {team}
  team_objective: Shorter stays
  measure: one
  change: A daily round
  start: 2026-01
  impact: {impact}
"""
TEAMS = "wards:\n  name: Wards\n  owner: Matron\n"


def test_a_row_of_the_matrix_names_what_the_register_knows(tmp_path: Path) -> None:
    impact = "{model: length_of_stay, settings: {days_shorter: 1, patients: 9}}"
    row = ROW.format(objective="p", team="ward", impact=impact)
    effect = "{size: -1, row: short}"
    event = f"round:\n  name: N\n  day: 2026-01-05\n  kind: intervention\n  expected: {{one: {effect}}}\n"
    text = problems(write(tmp_path, matrix=row, teams=TEAMS, events=event))
    assert "objective 'p' is not in the register" in text
    assert "did you mean wards?" in text
    assert "row 'short' is not in the register" in text
    assert "events.yml, line 5, round.expected.one.row" in text


@pytest.mark.parametrize(
    ("impact", "said"),
    [
        ("{model: length_of_stay, value: 3, unit: beds, reason: R}", "either a model, or a value"),
        ("{}", "either a model, or a value"),
        ("{value: 3, unit: beds}", "needs its unit and its reason"),
        ("{value: 3, low: 4, high: 2, unit: beds, reason: R}", "low 4 is above high 2"),
        ("{model: length_of_sty}", "did you mean length_of_stay?"),
        ("{model: length_of_stay, settings: {days_shorter: 1}}", "patients is needed"),
        (
            "{model: length_of_stay, settings: {days_shorter: [3, 2, 4], patients: 9}}",
            "days_shorter: low, likely",
        ),
        (
            "{model: length_of_stay, settings: {days_shorter: 1, patients: 9, ocupancy: 1}}",
            "did you mean occupancy?",
        ),
    ],
)
def test_an_impact_is_worked_out_or_estimated(tmp_path: Path, impact: str, said: str) -> None:
    row = ROW.format(objective="o", team="wards", impact=impact)
    assert said in problems(write(tmp_path, matrix=row, teams=TEAMS))


def test_a_decision_is_not_done_before_it_was_taken(tmp_path: Path) -> None:
    decided = "- {organisation: RGT, day: 2026-02-01, decision: D, owner: Board, done: 2026-01-31}\n"
    assert "2026-01-31 is before 2026-02-01" in problems(write(tmp_path, decisions=decided))
