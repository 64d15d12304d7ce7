from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from helpers.errors import UsageError
from helpers.runner.plan.jobs import Job, make_plan
from helpers.runner.project import Project

GOOD = "trust: SYN07\n"


def names(jobs: tuple[Job, ...]) -> list[str]:
    return [job.title for job in jobs]


def problems_of(project: Project, *words: str) -> str:
    with pytest.raises(UsageError) as caught:
        make_plan(project, words)
    return str(caught.value)


def test_each_file_is_a_report_and_underscored_names_are_none(lay_out: Callable[..., Path]) -> None:
    root = lay_out({"good": {"SYN07.yml": GOOD, "SYN08.yml": "", "_draft.yml": "x: y", ".hidden.yml": "x"}})
    (root / "params" / "_register").mkdir()
    (root / "params" / "_register" / "measures.yml").write_text("anything: else")
    assert names(make_plan(Project(root))) == ["good/SYN07", "good/SYN08"]


def test_a_job_knows_what_its_notebook_runs_with(lay_out: Callable[..., Path]) -> None:
    (job,) = make_plan(Project(lay_out({"good": {"SYN07.yml": GOOD}})))
    assert job.settings == {"trust": "SYN07", "period": "latest"}
    assert job.organisations == ("SYN07",)


@pytest.mark.parametrize(
    ("word", "chosen"),
    [
        ("good/SYN07", ["good/SYN07"]),
        ("good", ["good/SYN07", "good/SYN08"]),
        ("SYN07", ["good/SYN07", "prints/SYN07"]),
        ("params/good/SYN08.yml", ["good/SYN08"]),
        ("params/prints", ["prints/SYN07"]),
        ("notebooks/prints.ipynb", ["prints/SYN07"]),
    ],
)
def test_reports_are_chosen_by_name_or_file(
    lay_out: Callable[..., Path], word: str, chosen: list[str]
) -> None:
    root = lay_out({"good": {"SYN07.yml": GOOD, "SYN08.yml": ""}, "prints": {"SYN07.yml": GOOD}})
    assert names(make_plan(Project(root), [word])) == chosen


def test_a_file_is_found_from_another_folder(
    lay_out: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = lay_out({"good": {"SYN07.yml": GOOD, "SYN08.yml": ""}})
    monkeypatch.chdir(root / "params" / "good")
    assert names(make_plan(Project(root), ["SYN08.yml"])) == ["good/SYN08"]


def test_an_unknown_name_is_told_with_near_misses(lay_out: Callable[..., Path]) -> None:
    root = lay_out({"good": {"SYN07.yml": GOOD}})
    assert "did you mean good?" in problems_of(Project(root), "godo")


def test_all_problems_of_all_files_are_told_at_once(lay_out: Callable[..., Path]) -> None:
    root = lay_out(
        {"good": {"A.yml": "perod: x", "B.yml": "trust: 5", "C.yml": GOOD}, "no_kernelspec": {"D.yml": ""}}
    )
    told = problems_of(Project(root))
    assert all(file in told for file in ("good/A.yml", "good/B.yml", "no_kernelspec.ipynb"))


def test_a_broken_file_elsewhere_does_not_stop_what_was_asked_for(lay_out: Callable[..., Path]) -> None:
    root = lay_out(
        {"good": {"SYN07.yml": GOOD}, "prints": {"SYN08.yml": "nonsense: 1", "_matrix.yml": "5"}}
    )
    assert names(make_plan(Project(root), ["good/SYN07"])) == ["good/SYN07"]


def test_an_unknown_trust_is_told_with_near_misses(lay_out: Callable[..., Path]) -> None:
    project = Project(
        lay_out({"good": {"x.yml": "trust: SYN70"}}), organisations=lambda: {"SYN07": "", "SYN01": ""}
    )
    told = problems_of(project)
    assert 'params/good/x.yml, line 1, `trust`: no organisation has the code "SYN70"' in told
    assert "SYN07" in told


def test_an_unknown_trust_is_told_with_what_else_is_wrong_in_its_file(lay_out: Callable[..., Path]) -> None:
    root = lay_out({"good": {"x.yml": "trust: SYN70\nperod: latest\ntrust: SYN01\n"}})
    told = problems_of(Project(root, organisations=lambda: {"SYN07": "", "SYN01": ""}))
    assert len(told.splitlines()) == 3
    assert all(words in told for words in ("SYN70", "did you mean period?", "written twice"))


def test_while_no_organisation_is_known_every_code_is_taken(lay_out: Callable[..., Path]) -> None:
    assert make_plan(Project(lay_out({"good": {"x.yml": "trust: ANY"}})))


@pytest.mark.parametrize("month", ["2031-03", "2019-12"])
def test_a_month_of_which_the_data_have_nothing_is_told_with_those_they_have(
    lay_out: Callable[..., Path], month: str
) -> None:
    root = lay_out({"good": {"x.yml": f'period: "{month}"'}})
    told = problems_of(Project(root, months=lambda: ("2020-01", "2026-09")))
    assert f'x.yml, line 1, `period`: the data have nothing for "{month}"' in told
    assert "2020-01 to 2026-09" in told


@pytest.mark.parametrize("month", ["latest", "2020-01", "2026-09"])
def test_a_month_within_the_data_or_the_latest_is_taken(lay_out: Callable[..., Path], month: str) -> None:
    root = lay_out({"good": {"x.yml": f'period: "{month}"'}})
    assert make_plan(Project(root, months=lambda: ("2020-01", "2026-09")))


def test_while_nothing_is_loaded_every_month_is_taken(lay_out: Callable[..., Path]) -> None:
    root = lay_out({"good": {"x.yml": 'period: "2031-03"'}})
    assert make_plan(Project(root))


def test_a_folder_without_notebook_is_told(lay_out: Callable[..., Path]) -> None:
    root = lay_out({"good": {"x.yml": GOOD}})
    (root / "params" / "good").rename(root / "params" / "goof")
    told = problems_of(Project(root))
    assert "there is no notebook notebooks/goof.ipynb; did you mean good?" in told


def test_a_yaml_ending_is_told_to_be_renamed(lay_out: Callable[..., Path]) -> None:
    assert "rename it to x.yml" in problems_of(Project(lay_out({"good": {"x.yaml": GOOD}})))


@pytest.mark.parametrize("name", ["a..b", "a b", "-a", "ünlaut", "con", "nul.x", "a.", "x" * 81])
def test_a_name_that_could_harm_a_file_system_is_refused(lay_out: Callable[..., Path], name: str) -> None:
    told = problems_of(Project(lay_out({"good": {f"{name}.yml": GOOD}})))
    assert "cannot be a report's name" in told


@pytest.mark.parametrize("folder", ["my report", "a..b", "ünlaut", "con"])
def test_a_notebook_whose_name_no_address_can_hold_is_refused(
    lay_out: Callable[..., Path], folder: str
) -> None:
    root = lay_out({"good": {"a.yml": GOOD}})
    (root / "params" / "good").rename(root / "params" / folder)
    (root / "notebooks" / "good.ipynb").rename(root / "notebooks" / f"{folder}.ipynb")
    assert f"`{folder}` cannot be a notebook's name" in problems_of(Project(root))


MATRIX = """
- name: "{trust}-{specialty}"
  for:
    trust: {select: trusts}
    specialty: ["100", "110"]
  with:
    period: latest
"""


def matrix_project(lay_out: Callable[..., Path], text: str, **files: str) -> Project:
    root = lay_out({"by_specialty": {"_matrix.yml": text, **files}})
    return Project(root, expand={"trusts": ("SYN01", "SYN02")}.__getitem__, selectors=("trusts",))


def test_a_matrix_is_every_pair_with_what_they_share(lay_out: Callable[..., Path]) -> None:
    jobs = make_plan(matrix_project(lay_out, MATRIX))
    assert [job.name for job in jobs] == ["SYN01-100", "SYN01-110", "SYN02-100", "SYN02-110"]
    assert jobs[1].parameters == {"trust": "SYN01", "specialty": "110", "period": "latest"}


def test_a_name_of_the_matrix_is_chosen_like_any_other(lay_out: Callable[..., Path]) -> None:
    assert names(make_plan(matrix_project(lay_out, MATRIX), ["SYN02-100"])) == ["by_specialty/SYN02-100"]


def test_a_file_and_a_matrix_must_not_ask_for_one_name(lay_out: Callable[..., Path]) -> None:
    project = matrix_project(lay_out, MATRIX, **{"syn01-100.yml": 'trust: SYN01\nspecialty: "100"'})
    assert "is also asked for by params/by_specialty/syn01-100.yml" in problems_of(project)


def test_a_slip_in_a_matrix_is_told_once(lay_out: Callable[..., Path]) -> None:
    told = problems_of(matrix_project(lay_out, MATRIX.replace("period:", "perod:")))
    assert len(told.splitlines()) == 1


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("trusts", "trust", "did you mean trusts?"),
        ("-{specialty}", "", "each of {trust}, {specialty}"),
        ("{trust}-", "{trust!r}-", "each of {trust}, {specialty}"),
        ("{trust}-", "{-", "placeholders in braces"),
        ('"100", "110"', "100", "put quotes round it"),
        ('["100", "110"]', "[]", "a list, or {select: …}"),
        ('["100", "110"]', '["a/b"]', "cannot be a report's name"),
        ('["100", "110"]', '["100", "100"]', "is also asked for by"),
        ("with:", "wiht:", "did you mean with?"),
        ("period: latest", "trust: SYN01", "under both `for` and `with`"),
        ("\n- name", "\n  name", "is not a list"),
    ],
)
def test_each_mistake_in_a_matrix_is_told(
    lay_out: Callable[..., Path], old: str, new: str, told: str
) -> None:
    assert told in problems_of(matrix_project(lay_out, MATRIX.replace(old, new)))


@pytest.mark.parametrize(
    ("selection", "told"),
    [
        ("{select: trusts, except: SYN01}", "'SYN01'; allowed: a list"),
        ("{select: trusts, excpt: [SYN01]}", "did you mean except?"),
        ("{select: trusts, except: [SYN11]}", "`except` names SYN11, which trusts does not stand for"),
        ("{selct: trusts}", "did you mean select?"),
        ("{select: [trusts]}", "a list; allowed: words"),
    ],
)
def test_each_mistake_in_a_selection_is_told_for_what_it_is(
    lay_out: Callable[..., Path], selection: str, told: str
) -> None:
    text = problems_of(matrix_project(lay_out, MATRIX.replace("{select: trusts}", selection)))
    assert told in text
    assert "None" not in text


def test_a_selection_may_leave_some_out(lay_out: Callable[..., Path]) -> None:
    text = MATRIX.replace("{select: trusts}", "{select: trusts, except: [SYN01]}")
    assert [job.name for job in make_plan(matrix_project(lay_out, text))] == ["SYN02-100", "SYN02-110"]


def test_a_selector_without_data_says_so(lay_out: Callable[..., Path]) -> None:
    root = lay_out({"by_specialty": {"_matrix.yml": MATRIX}})
    project = Project(root, expand=lambda _: (), selectors=("trusts",))
    assert "trusts stands for nothing yet" in problems_of(project)


def test_a_selector_that_may_be_empty_makes_no_report(lay_out: Callable[..., Path]) -> None:
    matrix = MATRIX.replace("{select: trusts}", "{select: trusts, may_be_empty: true}")
    assert matrix != MATRIX
    root = lay_out({"by_specialty": {"_matrix.yml": matrix}})
    assert make_plan(Project(root, expand=lambda _: (), selectors=("trusts",))) == ()


ALSO = (
    MATRIX
    + """  also:
    - for: {trust: SYN02}
      with: {period: "2026-03"}
    - for: {trust: [SYN02], specialty: ["110"]}
      with: {period: "2026-02"}
"""
)


def test_some_combinations_have_values_of_their_own_the_last_that_fits(
    lay_out: Callable[..., Path],
) -> None:
    jobs = make_plan(matrix_project(lay_out, ALSO))
    assert [job.parameters["period"] for job in jobs] == ["latest", "latest", "2026-03", "2026-02"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("{trust: SYN02}", "{trust: SYN03}", "SYN03 is not among the values of trust"),
        ("{trust: SYN02}", "{trsut: SYN02}", "did you mean trust?"),
        ('with: {period: "2026-03"}', "with: {trust: SYN01}", "which gives its value"),
        ('with: {period: "2026-03"}', "with: {perod: latest}", "did you mean period?"),
        ("with: {period", "wiht: {period", "did you mean with?"),
    ],
)
def test_each_mistake_in_values_of_their_own_is_told(
    lay_out: Callable[..., Path], old: str, new: str, told: str
) -> None:
    assert told in problems_of(matrix_project(lay_out, ALSO.replace(old, new)))


GROUPS: dict[str, dict[str, tuple[str, ...]]] = {
    "region": {"North": ("SYN01",), "South": ("SYN02", "SYN03")},
    "type": {"trust": ("SYN01", "SYN02")},
}


def grouped(lay_out: Callable[..., Path], where: str) -> Project:
    text = MATRIX.replace("{select: trusts}", f"{{select: trusts, where: {where}}}")
    return replace(matrix_project(lay_out, text), groups=lambda: GROUPS)


def test_a_selection_may_be_narrowed_to_groups(lay_out: Callable[..., Path]) -> None:
    assert [job.name for job in make_plan(grouped(lay_out, "{region: [South], type: [trust]}"))] == [
        "SYN02-100",
        "SYN02-110",
    ]


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ("{regoin: [South]}", "did you mean region?"),
        ("{region: [Suoth]}", "no region is called Suoth; did you mean South"),
        ("{region: [North], type: [trust, other]}", "no type is called other"),
        ("{region: South}", "'South'; allowed: a list"),
    ],
)
def test_each_mistake_in_a_group_is_told(lay_out: Callable[..., Path], where: str, told: str) -> None:
    assert told in problems_of(grouped(lay_out, where))


def test_too_many_reports_are_told_before_memory_is_spent(lay_out: Callable[..., Path]) -> None:
    trusts = tuple(f"SYN{number}" for number in range(20_000))
    root = lay_out({"by_specialty": {"_matrix.yml": MATRIX}})
    told = problems_of(Project(root, expand=lambda _: trusts, selectors=("trusts",)))
    assert "40,000 reports (20,000 of trust, 2 of specialty); allowed: at most 20,000" in told
    small = matrix_project(lay_out, MATRIX + "  limit: 3\n")
    assert "at most 3" in problems_of(small)
