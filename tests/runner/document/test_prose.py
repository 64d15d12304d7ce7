"""What Markdown may hold."""

from __future__ import annotations

import pytest

from helpers.runner.document.prose import (
    check_levels,
    check_prose,
    check_titles,
    clean,
    labels,
    without_title,
)


def came(text):
    return [problem.came for problem in check_prose("cell 1", text)]


@pytest.mark.parametrize(
    "text",
    [
        "$x^2$",
        "so $a < b$ is",
        "$$\n\\mathbf{hidden}\n$$",
        '$$x$$ {#eq-x alt="x, hidden"}',
        "$$\n\\begin{aligned} x \\end{aligned}\n$$",
    ],
)
def test_equations_pass(text):
    assert came(text) == []


def test_an_environment_outside_an_equation_is_refused():
    assert came(r"\begin{align} x \end{align}") == [r"\begin{align} outside an equation"]


#: what comes out in one engine alone, and what is said of it
ONLY_QUARTO = {
    "::: {.column-margin}\nx\n:::": "column-margin, which only Quarto knows",
    "::: aside\nx\n:::": "aside, which only Quarto knows",
    "[x]{.aside}": "aside, which only Quarto knows",
    "::: {.content-hidden when-format=html}\nx\n:::": "content-hidden, which only Quarto knows",
    '::: {.content-visible unless-format="pdf"}\nx\n:::': "content-visible, which only Quarto knows",
    "::: {.panel-tabset}\n## A\nx\n:::": "panel-tabset, which only Quarto knows",
    "::: {layout-ncol=2}\na\n\nb\n:::": "layout-ncol, which only Quarto knows",
    '::: {layout="[[1,1]]"}\na\n\nb\n:::': "layout, which only Quarto knows",
    "::: {#thm-x}\na\n:::": "a block labelled #thm-x, which only Quarto numbers",
    "::: {#tbl-x .plain}\na\n:::": "a block labelled #tbl-x, which only Quarto numbers",
    "about `{python} x` days": "code in Markdown that only Quarto runs: {python} x",
    "```{python}\nx\n```": "code in Markdown that only Quarto runs: {python}",
    "```{mermaid}\ngraph\n```": "code in Markdown that only Quarto runs: {mermaid}",
    "```{dot}\nx\n```": "code in Markdown that only Quarto runs: {dot}",
}


@pytest.mark.parametrize("text", ONLY_QUARTO)
def test_what_only_quarto_knows_is_refused_by_name(text):
    assert came(text) == [ONLY_QUARTO[text]]


@pytest.mark.parametrize(
    "text",
    [
        '::: {.callout-note title="What stays hidden=1 .aside"}\nx\n:::',
        "::: {.my-box}\nx\n:::",
        "`::: {.aside}`",
        "```python\nx = {1}\n```",
        "a set {hidden} in words",
    ],
)
def test_what_only_looks_like_it_passes(text):
    assert came(text) == []


@pytest.mark.parametrize(
    "text", ["costs $5 and $6", "$ 5", r"\$x\$", "`$x$`", "5$", "```\n$x$\n```", "a $5\n\nb $6x"]
)
def test_dollars_that_are_no_equation_pass(text):
    assert came(text) == []


@pytest.mark.parametrize(
    "text",
    ["<script>x</script>", "a <br> b", "<!DOCTYPE x>", "</div>", "`<b>`{=html}", "```{=html}\nx\n```"],
)
def test_raw_html_is_refused(text):
    assert came(text)


@pytest.mark.parametrize("text", ["a < b and c > d", "<https://www.england.nhs.uk>", "`<b>`", "1 <2"])
def test_what_only_looks_like_html_passes(text):
    assert came(text) == []


def test_pictures_are_refused():
    assert came("![x](attachment:y.png)")[0] == "a picture in Markdown"


@pytest.mark.parametrize(
    "text", ["{{< include /etc/passwd >}}", "`{{< meta title >}}`", "```\n{{< x >}}\n```"]
)
def test_short_codes_are_refused_also_within_code(text):
    assert came(text) == ["a Quarto short code ({{< … >}})"]


@pytest.mark.parametrize(
    "text", ["[x](javascript:alert)", "[x](JavaScript:alert)", "[x](file:///a)", "[x]: data:text/html"]
)
def test_links_that_run_or_read_something_are_refused(text):
    assert came(text)[0].startswith("a link to ")


@pytest.mark.parametrize("text", ["[x](https://a.uk)", "[x](mailto:a)", "[x](#sec-a)"])
def test_ordinary_links_pass(text):
    assert came(text) == []


@pytest.mark.parametrize(
    "text", ["::: {.callout-note}\nopen", ":::\n", "::: a\n::: b\n:::", ":::\n::: {.a}"]
)
def test_half_open_blocks_are_refused(text):
    assert came(text) == ["a ::: block that is half open"]


def test_whole_blocks_pass():
    assert came("::: {.callout-note}\n## T\n\n:::: b\nx\n::::\n:::") == []


def test_an_open_code_block_is_refused():
    assert came("```\nx")[-1] == "a code block (```) that is not closed"


def test_code_blocks_are_not_changed():
    code = "```\n# a\n<!-- b -->\n\n---\n```"
    assert clean(code) == code
    assert without_title(code) == code


def test_underlined_headings_keep_their_line():
    assert clean("Head\n---\n\ntext") == "Head\n---\n\ntext"


def test_labels_are_found_where_they_are_declared():
    assert labels("## A {#sec-a .unnumbered}\n\n`{#sec-b}`\n\n: c {#tbl-d}") == ("sec-a", "tbl-d")


def test_html_is_told_once_with_what_is_written_instead():
    text = "<b>Beds</b> and <b>wards</b><br> <center>x</center>\n\n<h2>Y</h2>"
    (problem,) = check_prose("cell 1", text)
    assert problem.came == "raw HTML: <b> <br> <center>"
    assert "Bold is **words**. An empty line begins a paragraph. The theme sets" in problem.cure
    assert problem.cure.endswith("A section begins with ##.")


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (["# T", "## A", "## B"], []),
        (["words", "# T", "words"], []),
        (["# T", "# A"], ["cell 2: a further heading of level 1"]),
        (["# T\n\n# A"], ["cell 1: 2 headings of level 1"]),
        (["## A", "# B"], ["cell 2: a further heading of level 1"]),
        (["```\n# a comment\n```", "# T"], []),
    ],
)
def test_no_heading_vanishes_but_the_notebook_s_own_title(cells, told):
    places = [(f"cell {number}", text) for number, text in enumerate(cells, start=1)]
    assert [f"{problem.where}: {problem.came}" for problem in check_titles(places)] == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("# T\n\n## A\n\n### B\n\n## C\n\n### D", []),
        ("words\n\n### A", ["a heading of level 3 (###) first"]),
        ("## A\n\n#### B\n\n## C", ["a heading of level 4 (####) below one of level 2"]),
        ("```\n### no heading\n```\n\n## A", []),
    ],
)
def test_no_level_of_headings_is_left_out(text, told):
    assert [problem.came for problem in check_levels([("cell 1", text)])] == told
