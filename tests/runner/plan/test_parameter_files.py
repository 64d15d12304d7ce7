from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from helpers.errors import ExitCode, Problem, UsageError, raise_all
from helpers.runner.plan.parameter_files import read_mapping, read_values
from helpers.runner.plan.parameter_types import read_type
from helpers.runner.plan.parameters import Notebook, Parameter

NOTEBOOK = Notebook(
    "stay",
    Path("stay.ipynb"),
    (
        Parameter("trust", read_type("org"), required=True, comment="code"),
        Parameter("period", read_type("month"), required=False, default="latest"),
        Parameter("day", read_type("date?"), required=False),
        Parameter("months", read_type("int"), required=False, default=12),
        Parameter("share", read_type("float"), required=False, default=0.5),
        Parameter("peers", read_type("bool"), required=False, default=True),
        Parameter("benchmark", read_type("choice[mean, median]"), required=False, default="mean"),
        Parameter("codes", read_type("list[str]"), required=False, default=["100"]),
    ),
)


def values_of(notebook: Notebook, path: Path) -> dict[str, object]:
    problems: list[Problem] = []
    values = read_values(notebook, read_mapping(path, path.name, problems), path.name, problems)
    raise_all(problems)
    return dict(values)


def read(folder: Path, text: str) -> dict[str, object]:
    path = folder / "SYN07.yml"
    path.write_text(text, "utf-8")
    return values_of(NOTEBOOK, path)


def problems_of(folder: Path, text: str) -> tuple[str, ...]:
    with pytest.raises(UsageError) as caught:
        read(folder, text)
    assert caught.value.exit_code is ExitCode.USAGE
    return tuple(str(problem) for problem in caught.value.problems)


def test_values_are_those_that_papermill_reads_from_the_same_file(tmp_path: Path) -> None:
    text = (
        'trust: SYN07\nperiod: "2026-03"\nday: null\nmonths: 24\nshare: 1.5\npeers: no\ncodes: ["100", b]\n'
    )
    assert read(tmp_path, text) == yaml.safe_load(text)


def test_a_typo_is_told_with_what_was_meant(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, "trust: SYN07\nperod: latest\n")
    assert "line 2" in problem
    assert "`perod` is no parameter" in problem
    assert "did you mean period or peers?" in problem


def test_a_duplicate_key_is_told_with_both_lines(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, "trust: SYN07\nperiod: latest\ntrust: SYN08\n")
    assert "line 3, trust: written twice, first in line 1" in problem


def test_an_unquoted_date_is_told_to_take_quotes(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, "trust: SYN07\nday: 2026-03-01\n")
    assert "line 2, `day`: 2026-03-01 is read as a date" in problem
    assert 'put quotes round it: "2026-03-01"' in problem


@pytest.mark.parametrize("code", ["100", "007", "1_0", "0x1A", "1:30", "no", "On", "2026-03-01", "1.5"])
def test_a_code_that_yaml_takes_for_something_else_is_told_to_take_quotes(
    tmp_path: Path, code: str
) -> None:
    (problem,) = problems_of(tmp_path, f"trust: {code}\n")
    assert f'put quotes round it: "{code}"' in problem


def test_a_number_for_a_word_of_a_list_is_told_with_its_entry(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, 'trust: SYN07\ncodes: ["100", 110]\n')
    assert "entry 2" in problem
    assert '"110"' in problem


def test_a_missing_parameter_is_told_with_what_it_takes(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, "period: latest\n")
    assert "`trust` is missing; allowed: an organisation's code in quotes (code)" in problem


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("months: '12'", "take the quotes away: 12"),
        ("months: 012", "write plain digits, such as 10"),
        ("months: 1.5", "a whole number"),
        ("months: true", "a whole number"),
        ("share: 1e3", "without an exponent: 1000.0"),
        ("share: .inf", "write plain digits"),
        ("peers: 1", "true or false"),
        ("peers: 'true'", "take the quotes away"),
        ("benchmark: medain", "did you mean median or mean?"),
        ("period: 2026-13", "a month in quotes"),
        ("period:", "nothing is given"),
        ("codes: a", "write [a]"),
        ("trust: [SYN08]", "a list is given"),
        ("day: !!python/name:os.system ''", "write one plain value"),
        ("day: !!binary aGk=", "write one plain value"),
        ("codes: &a [*a]", "contains itself"),
        ("1: x", "put quotes round it"),
        ("<<: {months: 3}", "the key `<<`"),
    ],
)
def test_each_mistyped_value_is_told_with_its_cure(tmp_path: Path, line: str, told: str) -> None:
    text = line if line.startswith("trust") else f"trust: SYN07\n{line}"
    (problem,) = problems_of(tmp_path, text)
    assert told in problem


OPEN = Notebook(
    "open",
    Path("open.ipynb"),
    (
        Parameter("anything", read_type("any or None"), required=False),
        Parameter("items", read_type("list"), required=False),
        Parameter("settings", read_type("dict"), required=False),
    ),
)


@pytest.mark.parametrize(
    "text",
    [
        "anything: 5",
        'anything: {a: [1, "no", true, null], b: 0.5}',
        "items: [1, b, 1.5]",
        "settings: {bins: 10, colour: blue}",
        "anything: 'no'\nitems: []",
    ],
)
def test_where_the_notebook_leaves_the_type_open_any_plain_value_is_taken(
    tmp_path: Path, text: str
) -> None:
    path = tmp_path / "a.yml"
    path.write_text(text, "utf-8")
    assert values_of(OPEN, path) == yaml.safe_load(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("anything: no", 'put quotes round it: "no"'),
        ("anything: 2026-03-01", "is read as a date"),
        ("anything: {code: 007}", 'put quotes round it: "007"'),
        ("items: [1e3]", 'put quotes round it: "1e3"'),
        ("items: 5", "a list such as"),
        ("settings: [a]", "keys and values"),
    ],
)
def test_what_papermill_would_misread_is_told_where_the_type_is_open(
    tmp_path: Path, text: str, told: str
) -> None:
    path = tmp_path / "a.yml"
    path.write_text(text, "utf-8")
    with pytest.raises(UsageError, match=re.escape(told)):
        values_of(OPEN, path)


def test_all_problems_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    problems = problems_of(tmp_path, "perod: latest\nmonths: twelve\nday: 2026-03-01\n")
    assert len(problems) == 4  # unknown, missing trust, a word for a number, an unquoted date


@pytest.mark.parametrize(
    "text", ["- a\n- b\n", "just words\n", "a: [1\n", "a: 1\n---\nb: 2\n", "\tx: 1\n", "a: *b\n"]
)
def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path, text: str) -> None:
    assert problems_of(tmp_path, text)


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.yml"
    path.write_bytes(b"trust: \xff\xfe")
    with pytest.raises(UsageError, match="cannot be read"):
        values_of(NOTEBOOK, path)


@given(
    text=st.text(alphabet=st.characters(codec="utf-8"), max_size=60),
    word=st.sampled_from(["org", "int", "date?", "list[str]", "any or None"]),
)
@example(text="A\t", word="org")
def test_whatever_stands_in_a_file_it_is_read_as_papermill_does_or_refused(
    tmp_path_factory: pytest.TempPathFactory, text: str, word: str
) -> None:
    path = tmp_path_factory.mktemp("any") / "x.yml"
    content = f"trust: {text}\n"
    path.write_bytes(content.encode())
    notebook = Notebook("n", Path("n.ipynb"), (Parameter("trust", read_type(word), required=True),))
    try:
        values = values_of(notebook, path)
    except UsageError:
        return
    assert values == yaml.safe_load(path.read_text("utf-8"))
    assert read_type(word).accepts(values["trust"])
