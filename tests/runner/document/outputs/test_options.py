"""Quarto's cell options."""

from __future__ import annotations

import pytest

from helpers.runner.document.outputs.options import CellOptions, read_options


def test_a_cell_without_options_is_shown_and_run():
    assert read_options("cell 2", "plot()") == (CellOptions(), [])


def test_options_are_read_as_quarto_reads_them():
    source = '#| label: fig-a\n#| fig-cap: "Beds: *all*"\n#| fig-alt: |\n#|   Two\n#|   lines.\nplot()\n#| echo: true'
    options, problems = read_options("cell 2", source)
    assert not problems
    assert options.label == "fig-a"
    assert options.figure_captions == ("Beds: *all*",)
    assert options.figure_alts == ("Two lines.",)


def test_a_list_gives_each_figure_its_own():
    options, _ = read_options("cell 2", "#| fig-cap: [One, Two]\nplot()")
    assert options.figure_captions == ("One", "Two")


@pytest.mark.parametrize(
    ("line", "shown", "as_is", "run"),
    [
        ("include: false", False, False, True),
        ("output: false", False, False, True),
        ("output: asis", True, True, True),
        ("eval: false", False, False, False),
        ("echo: false", True, False, True),
    ],
)
def test_what_is_shown_and_run(line, shown, as_is, run):
    options, problems = read_options("cell 2", f"#| {line}\nplot()")
    assert not problems
    assert (options.shown, options.as_is, options.run) == (shown, as_is, run)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("fig_cap: x", "did you mean fig-cap?"),
        ("echo: true", "line 1, echo: True; allowed: false"),
        ("output: hidden", "'hidden'; allowed: true, false or asis"),
        ("include: 'no'", "'no'; allowed: true or false"),
        ("fig-alt: ''", "''; allowed: words"),
        ("fig-cap: Beds: all", "not YAML"),
        ("just words", "allowed: #| key: value"),
    ],
)
def test_what_is_wrong_is_told_by_cell_and_key(line, told):
    _, (problem,) = read_options("cell 2", f"#| {line}\nplot()")
    assert str(problem).startswith("cell 2")
    assert told in str(problem)
