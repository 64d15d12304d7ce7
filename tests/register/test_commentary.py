"""The commentary round: forms are checked as a whole, and what they say goes into the register unharmed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from helpers.errors import UsageError
from helpers.forms import Answer, ReturnedForm
from helpers.measures.examples import example_measure
from helpers.register import Register
from helpers.register.commentary import Words
from helpers.register.reading import read_register
from helpers.register.rounds import MOST_WORDS, Request, read_round, waiting_words, write_round

TODAY = date(2026, 10, 12)
MEASURES = """missed: {name: Missed, kind: count, numerator: A, unit: visits, direction: decrease}
late: {name: Late, kind: count, numerator: A, unit: letters, direction: decrease}
"""
COMMENTS = """# Words of the head of performance.
- month: 2026-08   # an order of its own
  measure: missed
  organisation: T1
  author: Head of clinics
  why: Reminders stopped.   # they did
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "params" / "_register"
    place.mkdir(parents=True)
    (place / "measures.yml").write_text(MEASURES, "utf-8")
    (place / "comments.yml").write_text(COMMENTS, "utf-8")
    return place


def form(
    due: str = "2026-10-14", author: str = "Head of clinics", **measures: dict[str, str]
) -> ReturnedForm:
    about = {"kind": "comments", "organisation": "T1", "month": "2026-09", "due": due, "author": author}
    answers = {
        measure: {name: Answer(text, f"{measure} {name}") for name, text in told.items()}
        for measure, told in measures.items()
    }
    return ReturnedForm("clinics.xlsx", about, answers)


def taken(folder: Path, *forms: ReturnedForm) -> Words:
    words = Words(read_register(folder), TODAY)
    for each in forms:
        words.take(each)
    return words


GOOD = {
    "why": "Nobody rang: two were away.",
    "next": "One stays in.",
    "owner": "Head of clinics",
    "recovery": "2026-12-31",
    "action_1": "Change the rota",
    "owner_1": "Ward manager",
    "due_1": "1/11/2026",
    "trajectory": "2026-10: 60; 2026-11: 55.5",
}


def test_words_are_taken_with_role_and_date_and_the_file_keeps_its_remarks(folder: Path) -> None:
    words = taken(folder, form(missed=GOOD))
    assert words.notes == []
    assert words.put(folder).startswith("1 taken")
    assert (folder / "comments.yml").read_text("utf-8").startswith(COMMENTS)
    register = read_register(folder)
    found = register.comments_of("missed", "T1")[0]
    assert (found.month, found.author, found.why) == ("2026-09", "Head of clinics", GOOD["why"])
    assert (found.written, found.recovery) == (TODAY, date(2026, 12, 31))
    assert [(each.action, each.due) for each in found.actions] == [("Change the rota", date(2026, 11, 1))]
    assert register.trajectory_of("missed", "T1") == {"2026-10": 60.0, "2026-11": 55.5}


def test_a_form_that_is_read_twice_is_taken_once(folder: Path) -> None:
    taken(folder, form(missed=GOOD)).put(folder)
    before = [(folder / name).read_text("utf-8") for name in ("comments.yml", "trajectories.yml")]
    assert taken(folder, form(missed=GOOD)).put(folder).startswith("0 taken")
    assert [(folder / name).read_text("utf-8") for name in ("comments.yml", "trajectories.yml")] == before


def test_other_words_on_the_same_month_are_refused_with_their_place(folder: Path) -> None:
    taken(folder, form(missed=GOOD)).put(folder)
    with pytest.raises(UsageError, match=r"comments\.yml, line 7"):
        taken(folder, form(missed={**GOOD, "why": "Something else."})).put(folder)


def test_all_that_is_wrong_is_told_at_once_and_nothing_is_taken(folder: Path) -> None:
    bad = {
        "why": "word " * (MOST_WORDS + 1),
        "recovery": "2026-01-01",
        "action_1": "Change the rota",
        "trajectory": "2026-13: 4, next year 5",
    }
    words = taken(
        folder, form(author="", missed=bad, late=GOOD, misse={"why": "x"}), form(late={"next": "More."})
    )
    with pytest.raises(UsageError) as refused:
        words.put(folder)
    told = [each.came for each in refused.value.problems]
    assert told == [
        "nobody is named as its author",
        "action 1 has no owner",
        "action 1 has no due",
        "2026-01-01 has passed",
        f"{MOST_WORDS + 1} words",
        "2026-13: 4",
        "next year 5",
        "measure 'misse' is not in the register",
        "why it is so is not said",
    ]
    assert (folder / "comments.yml").read_text("utf-8") == COMMENTS
    assert not (folder / "trajectories.yml").exists()


def test_late_and_jargon_and_what_lacks_are_told_and_taken(folder: Path) -> None:
    told = {"why": "Reminders stopped.", "next": "We leverage synergies for the KPI."}
    words = taken(folder, form(due="2026-10-01", missed=told, late={"owner": "Head of clinics", "why": ""}))
    assert [each.partition(": ")[2] for each in words.notes] == [
        "late, it was asked for by 2026-10-01",
        "“KPI” is jargon; better: measure",
        "“leverage” is jargon; better: use",
        "“synerg” is jargon; better: say what is shared",
        "no day of recovery",
        "the same words as in 2026-08",
        "no words on Late",
    ]
    assert words.put(folder).startswith("1 taken")


def test_a_register_that_would_be_wrong_with_them_stays_as_it_is(folder: Path) -> None:
    words = taken(folder, form(missed=GOOD))
    words.entries["comments.yml"][0]["measure"] = "gone"
    with pytest.raises(UsageError, match="gone"):
        words.put(folder)
    assert (folder / "comments.yml").read_text("utf-8") == COMMENTS


def test_an_indented_list_goes_on_in_its_indent_and_one_in_a_line_is_refused(folder: Path) -> None:
    (folder / "comments.yml").write_text("".join(f"  {line}\n" for line in COMMENTS.splitlines()), "utf-8")
    taken(folder, form(missed=GOOD)).put(folder)
    assert len(read_register(folder).comments) == 2
    (folder / "comments.yml").write_text("[]\n", "utf-8")
    with pytest.raises(UsageError, match="not a list in lines"):
        taken(folder, form(missed=GOOD)).put(folder)


def test_who_has_not_answered_is_said_by_role_for_the_newest_month(tmp_path: Path) -> None:
    def asked(measure: str, owner: str, month: str = "2026-09", due: date = TODAY) -> Request:
        told = {"organisation": "T1", "month": month, "measure": measure, "name": measure.capitalize()}
        return Request.model_validate({**told, "owner": owner, "due": due, "asked": TODAY})

    path = tmp_path / "comments" / "asked.json"
    assert read_round(path) == ()
    write_round(path, [asked("missed", "Head of clinics", "2026-08"), asked("late", "")])
    write_round(path, [asked("missed", "Head of clinics"), asked("late", "", due=date(2026, 10, 20))])
    register = Register(measures={name: example_measure(id=name) for name in ("missed", "late")})
    assert waiting_words(read_round(path), register, Words) == [
        "Head of clinics, T1, 2026-09: Missed (asked for by 2026-10-12)",
        "Nobody named as owner, T1, 2026-09: Late (asked for by 2026-10-20)",
    ]
    assert len(waiting_words(read_round(path), register, Words, due_by=TODAY)) == 1
