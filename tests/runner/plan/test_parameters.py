from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from helpers.errors import ExitCode, UsageError
from helpers.runner.plan.parameters import read_notebook

FIXTURES = Path(__file__).parents[2] / "fixtures" / "notebooks"
KERNEL = {"kernelspec": {"name": "python3", "language": "python"}}


def write_notebook(folder: Path, source: str, **metadata: Any) -> Path:
    cell = {"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": source, "outputs": []}
    path = folder / "made.ipynb"
    path.write_text(json.dumps({"cells": [cell], "metadata": metadata or KERNEL, "nbformat": 4}), "utf-8")
    return path


def problems_of(path: Path) -> str:
    with pytest.raises(UsageError) as caught:
        read_notebook(path)
    assert caught.value.exit_code is ExitCode.USAGE
    return str(caught.value)


def test_declarations_are_read_in_order_with_type_default_and_comment() -> None:
    trust, period = read_notebook(FIXTURES / "good.ipynb").parameters
    assert (trust.name, str(trust.type), trust.default) == ("trust", "org", "SYN01")
    assert (period.name, str(period.type), period.comment) == ("period", "month", "YYYY-MM or latest")


def test_a_bare_annotation_must_be_given_by_each_file(tmp_path: Path) -> None:
    (trust,) = read_notebook(write_notebook(tmp_path, 'trust: "org"')).parameters
    assert trust.required


def test_a_default_of_none_says_that_none_is_a_value(tmp_path: Path) -> None:
    (codes,) = read_notebook(write_notebook(tmp_path, 'codes: "list[str]" = None')).parameters
    assert codes.type.optional


def test_a_negative_default_is_a_plain_value(tmp_path: Path) -> None:
    (shift,) = read_notebook(write_notebook(tmp_path, 'shift: "int" = -3')).parameters
    assert shift.default == -3


def test_nothing_in_the_cell_is_evaluated(tmp_path: Path) -> None:
    mark = tmp_path / "evaluated"
    source = f'a: "int" = __import__("pathlib").Path({str(mark)!r}).touch()'
    assert "expression" in problems_of(write_notebook(tmp_path, source))
    assert not mark.exists()


def test_a_notebook_without_parameters_cell_is_refused() -> None:
    assert "no code cell tagged `parameters`" in problems_of(FIXTURES / "no_parameters_cell.ipynb")


def test_a_notebook_without_kernel_is_refused() -> None:
    assert "no kernelspec" in problems_of(FIXTURES / "no_kernelspec.ipynb")


def test_a_notebook_of_another_language_is_refused(tmp_path: Path) -> None:
    path = write_notebook(tmp_path, "", kernelspec={"name": "ir", "language": "R"})
    assert "is written for R" in problems_of(path)


def test_a_file_that_is_no_notebook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "torn.ipynb"
    path.write_text('{"cells": [', "utf-8")
    assert "cannot be read" in problems_of(path)


def test_the_marks_of_a_merge_are_told_with_a_way_out_that_needs_no_jupyterlab(tmp_path: Path) -> None:
    path = write_notebook(tmp_path, "a = 1")
    text = path.read_text("utf-8")
    path.write_text(f"<<<<<<< HEAD\n{text}\n=======\n{text}\n>>>>>>> other\n", "utf-8")
    told = problems_of(path)
    assert "made.ipynb, line 1: git has left the marks of a merge" in told
    assert f"git checkout --merge {path}`" in told
    assert "`git checkout --ours`" in told
    assert "JupyterLab" not in told


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("import os", "lines of the form"),
        ("a = b = 1", "lines of the form"),
        ("a: month = 'latest'", '"month"'),
        ("a = {1, 2}", "a plain value"),
        ("a: int = 0.5", "not of its type int"),
        ('trust: "organisation" = "SYN01"', '"org"'),
        ('day: "date" = "1 March"', "not of its type date"),
        ('trust: "org" = "A"\ntrust: "org" = "B"', "declared twice"),
        ("trust: 'org' = (", "is not Python"),
    ],
)
def test_each_mistake_in_the_cell_is_told(tmp_path: Path, line: str, told: str) -> None:
    assert told in problems_of(write_notebook(tmp_path, line))


def test_all_mistakes_of_the_cell_are_told_at_once(tmp_path: Path) -> None:
    source = 'import os\na: date = 1\nb: "int" = "x"'
    with pytest.raises(UsageError) as caught:
        read_notebook(write_notebook(tmp_path, source))
    assert [problem.where.rsplit(" ", 1)[1] for problem in caught.value.problems] == ["1", "2", "3"]


PLAIN = """
# as papermill's documentation writes it
trust = "SYN07"
period = "latest"  # YYYY-MM
year: int = 2026
share: float | None = None
specialties = ["100", "110"]
bounds = (0.5, 1.0)
benchmark: Literal["mean", "median"] = "mean"
settings = {"bins": 10}
anything = None
label: str
"""


def test_a_plain_papermill_cell_is_read_with_the_types_that_it_tells(tmp_path: Path) -> None:
    notebook = read_notebook(write_notebook(tmp_path, PLAIN))
    assert {each.name: str(each.type) for each in notebook.parameters} == {
        "trust": "org",
        "period": "month",
        "year": "int",
        "share": "float or None",
        "specialties": "list[str]",
        "bounds": "list[float]",
        "benchmark": "choice[mean, median]",
        "settings": "dict",
        "anything": "any or None",
        "label": "str",
    }
    assert [each.name for each in notebook.parameters if each.required] == ["label"]
    assert notebook.organisation_parameters == ("trust",)


def test_words_that_are_no_month_stay_words_in_a_plain_cell(tmp_path: Path) -> None:
    trust, period = read_notebook(write_notebook(tmp_path, 'trust: "str" = "x"\nperiod = "Q3"')).parameters
    assert (str(trust.type), str(period.type)) == ("str", "str")


def test_a_type_that_the_default_told_is_explained_by_it(tmp_path: Path) -> None:
    (share,) = read_notebook(write_notebook(tmp_path, "share = 1")).parameters
    assert share.allowed == "a whole number, such as 12 (as its default, 1)"


LOST = """\
if few:
    report.headline("**Few.**")
report.say("One.")
report.table(frame)
"""
SEEN = """\
for each in parts:
    display(report.figure(each))
words = report.say("One.")
plt.figure()
report.say("Two.") if few else report.say("Three.")
"""


@pytest.mark.parametrize(
    ("source", "lines"), [(LOST, [2, 3]), (SEEN, []), ("%time report.say('One.')", [])]
)
def test_what_a_cell_makes_and_does_not_show_is_told_with_its_line(
    tmp_path: Path, source: str, lines: list[int]
) -> None:
    path = write_notebook(tmp_path, 'trust: "org" = "SYN01"')
    content = json.loads(path.read_text("utf-8"))
    for each in ('report = open_report("Title", trust=trust)\nreport', source):
        content["cells"].append(
            {"cell_type": "code", "metadata": {}, "source": each.splitlines(keepends=True)}
        )
    path.write_text(json.dumps(content), "utf-8")
    if not lines:
        assert read_notebook(path).parameters
        return
    said = problems_of(path)
    assert [number for number in range(1, 5) if f"cell 3, line {number}:" in said] == lines
    assert "write `display(report.headline(…))`" in said
