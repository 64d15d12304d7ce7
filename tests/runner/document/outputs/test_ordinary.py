"""Ordinary outputs of a notebook as the document's figures, tables and prose."""

from __future__ import annotations

import tomllib
from importlib import import_module
from pathlib import Path

import nbformat
import pytest
from nbconvert.exporters import get_exporter
from nbformat import v4

from helpers.bundle import Source
from helpers.errors import GateError
from helpers.runner.document.making import find_problems

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="400pt" height="200pt" viewBox="0 0 400 200"></svg>'
HTML = (
    '<table class="dataframe"><thead><tr><th>trust</th><th>beds</th></tr></thead>'
    "<tbody><tr><td>A</td><td>12</td></tr></tbody></table>"
)
FIGURE = '#| fig-cap: Beds by *trust*\n#| fig-alt: "Bars: A has 12."\n'


@pytest.fixture
def cell(notebook):
    """Adds a cell with a source and outputs to the notebook."""

    def add(source, *outputs):
        notebook.code(*outputs)
        notebook.cells[-1].source = source
        return notebook

    return add


def display(**data):
    return v4.new_output("display_data", data={key.replace("_", "/"): value for key, value in data.items()})


def svg():
    return v4.new_output(
        "display_data", data={"image/svg+xml": SVG, "image/png": "x", "text/plain": "<Figure>"}
    )


def result(text):
    return v4.new_output("execute_result", data={"text/plain": text}, execution_count=1)


def told(maker):
    return "\n".join(map(str, find_problems(maker.build())))


def test_a_star_in_a_table_is_explained_and_counted(cell, document_of):
    plain = document_of(cell("#| tbl-cap: Beds", display(text_html=HTML))).markdown
    starred = document_of(cell("#| tbl-cap: More", display(text_html=HTML.replace("12", "*")))).markdown
    for words in ("not shown, so that nobody can be identified", "Values hidden"):
        assert words not in plain
        assert words in starred


def test_what_is_wrong_alike_in_several_cells_is_told_once(cell):
    for _ in range(2):
        cell("plot()", svg())
    first, second = told(cell("beds", display(text_html=HTML)).markdown("x @y")).splitlines()[:2]
    assert first.startswith("cells 2 (In [2]), 3 (In [3]): a figure without a caption and an alt text. Put")
    assert second.startswith("cell 4 (In [4]): a table without a caption")


def test_a_cure_is_given_once(cell):
    for said in ("one", "two"):
        cell("print()", v4.new_output("stream", name="stdout", text=said))
    first, second = told(cell("x").markdown("x")).splitlines()[:2]
    assert first.startswith("cell 2 (In [2]): printed text: one. Say it with `report.say(…)`")
    assert second == "cell 3 (In [3]): printed text: two. As in cell 2."


def test_a_figure_without_axes_is_nothing(cell, document_of):
    empty = display(text_plain="<Figure size 1200x600 with 0 Axes>")
    assert list(document_of(cell(f"{FIGURE}plot()", empty, svg())).figures) == ["fig-beds-by-trust"]


def test_a_figure_takes_caption_alt_and_label_from_the_options(cell, document_of):
    document = document_of(cell(f"#| label: fig-beds\n{FIGURE}plot()", svg()).markdown("See @fig-beds."))
    assert (
        '![Beds by *trust*](figures/fig-beds.svg){#fig-beds fig-alt="Bars\\: A has 12\\."}'
        in document.markdown
    )
    assert document.figures["fig-beds"] == SVG.encode()
    assert document.bundles[-1].caption == "Beds by trust"


def test_a_label_is_made_of_the_caption_where_none_is_given(cell, document_of):
    cell(f"{FIGURE}plot()", svg())
    document = document_of(cell(f"{FIGURE}plot()", svg()))
    assert list(document.figures) == ["fig-beds-by-trust", "fig-beds-by-trust-2"]


def test_several_figures_of_a_cell_take_theirs_in_order(cell, document_of):
    source = "#| label: fig-a\n#| fig-cap: [One, Two]\n#| fig-alt: [First., Second.]\nplot()"
    text = document_of(cell(source, svg(), svg())).markdown
    assert text.index('{#fig-a-1 fig-alt="First') < text.index('{#fig-a-2 fig-alt="Second')


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("#| fig-cap: Beds\nplot()", 'without an alt text. Put `#| fig-alt: "…"`'),
        ("#| fig-alt: Beds\nplot()", 'without a caption. Put `#| fig-cap: "…"`'),
        (f"{FIGURE}#| label: tbl-a\nplot()", "#| label: tbl-a; allowed: fig-…"),
        ("#| fig-cap: [A, B]\n#| fig-alt: x\nplot()", "#| fig-cap: 2 for 1 figure of the cell"),
        (f"{FIGURE}#| tbl-cap: x\nplot()", "#| tbl-cap: 1 for 0 tables"),
        ("#| fig-cap: See @fig-none\n#| fig-alt: x\nplot()", "unknown cross-reference @fig-none"),
        ("#| fig-cap: <b>x</b>\n#| fig-alt: x\nplot()", "raw HTML"),
    ],
)
def test_a_figure_that_lacks_something_is_refused_with_its_cell_and_a_cure(cell, source, said):
    text = told(cell(source, svg()))
    assert text.startswith("cell 2 (In [2])")
    assert said in text


@pytest.mark.parametrize(
    "text",
    [
        "Text(0.5, 1.0, 'Beds')",
        "<Axes: xlabel='trust'>",
        "<seaborn.axisgrid.FacetGrid at 0x7f>",
        "[<matplotlib.lines.Line2D at 0x7f>]",
        "(array([1.]), array([0., 1.]), <BarContainer object of 1 artists>)",
        "(0.0, 1.5)",
    ],
)
def test_the_text_that_plotting_returns_is_dropped(cell, document_of, text):
    document = document_of(cell(f"{FIGURE}plot()", svg(), result(text)))
    assert "0x7f" not in document.markdown
    assert len(document.bundles) == 2


@pytest.mark.parametrize("text", ["12", "'words'", "(0.0, 1.5)", "0    1\ndtype: int64"])
def test_other_bare_results_are_refused_with_a_cure(cell, text):
    assert "an output that a report cannot show (text/plain)" in told(cell("x", result(text)))


def test_a_frame_becomes_a_table_with_its_caption(cell, document_of):
    document = document_of(cell("#| tbl-cap: Beds\nbeds", display(text_html=HTML, text_plain="x")))
    assert '::: {.html-table label="tbl-beds" aligned="lr"' in document.markdown
    assert "<tr><td>A</td><td>12</td></tr>" in document.markdown
    assert document.bundles[-1].rows == (("A", "12"),)


def test_a_frame_without_a_caption_is_refused_with_the_option(cell):
    assert "a table without a caption. Put `#| tbl-cap:" in told(cell("beds", display(text_html=HTML)))


def test_a_frame_that_was_cut_short_is_refused_with_the_call_that_shows_it(cell):
    cut = HTML.replace("12", "...").replace("</table>", "</table><p>100 rows × 2 columns</p>")
    assert "report.table(frame" in told(cell("#| tbl-cap: x\nbeds", display(text_html=cut)))


def test_what_is_left_out_of_a_table_is_a_warning(cell, document_of):
    coloured = HTML.replace("<td>12", '<td style="background-color: red">12')
    document = document_of(cell("#| tbl-cap: Beds\nx", display(text_html=coloured)))
    assert document.warnings == ("cell 2 (In [2]): colours and bars of a table are left out",)


def test_markdown_is_prose_and_checked_as_such(cell, document_of):
    assert "**12** beds" in document_of(cell("x", display(text_markdown="**12** beds"))).markdown
    assert "raw HTML" in told(cell("x", display(text_markdown="<b>12</b> beds")))


def test_printed_text_is_prose_where_the_cell_says_so(cell, document_of):
    printed = v4.new_output("stream", name="stdout", text="* one\n* two\n")
    assert "* one\n* two" in document_of(cell("#| output: asis\nprint()", printed)).markdown
    assert "`#| output: asis`" in told(cell("print()", printed))


@pytest.mark.parametrize(
    ("heard", "said"),
    [
        (
            "/tmp/t/ipykernel_29/254.py:16: FutureWarning: use observed=True\n  df.groupby()\n",
            "line 16 warns: FutureWarning: use observed=True. Mend what warns.",
        ),
        (
            "/x/lib/python3.11/site-packages/seaborn/_base.py:9: UserWarning: old\n",
            "seaborn warns: UserWarning: old. Where that is no slip of the cell, put before it: "
            '`warnings.filterwarnings("ignore", category=UserWarning, module="seaborn")`.',
        ),
        (
            "/tmp/t/ipykernel_29/254.py:1: FutureWarning: \n\nPassing `palette` is deprecated.\n\n  sns.x()\n",
            "line 1 warns: FutureWarning: Passing `palette` is deprecated. Mend what warns.",
        ),
        ("10%|##  |", "text on standard error: 10%|## |; `#| output: false` keeps a cell"),
    ],
)
def test_a_warning_is_told_where_it_can_be_mended(cell, heard, said):
    assert said in told(cell("x", v4.new_output("stream", name="stderr", text=heard)))


def test_an_equation_that_a_library_shows_is_set(cell, document_of):
    assert "$$x^{2}$$" in document_of(cell("x", display(text_latex=r"$\displaystyle x^{2}$"))).markdown


@pytest.mark.parametrize("option", ["include: false", "output: false"])
def test_a_cell_that_is_not_shown_leaves_a_warning_at_most(cell, document_of, option):
    heard = v4.new_output("stream", name="stderr", text="half way\n")
    document = document_of(cell(f"#| {option}\nx", svg(), heard))
    assert not document.figures
    assert document.warnings == ("cell 2 (In [2]), not shown: half way",)


def test_a_cell_that_is_not_shown_may_open_the_report(empty_notebook, document_of):
    maker = empty_notebook.opened()
    maker.cells[-1].source = "#| include: false\nreport"
    assert document_of(maker).facts.title == "Length of stay"


def test_a_cell_that_is_not_shown_may_not_fail(cell):
    failed = v4.new_output("error", ename="KeyError", evalue="'x'", traceback=[])
    assert "failed with KeyError" in told(cell("#| include: false\nx", failed))


def test_a_cell_that_is_not_to_run_need_not_have(notebook, document_of):
    notebook.cells.append(v4.new_code_cell("#| eval: false\nx"))
    assert document_of(notebook)


def test_own_content_beside_what_the_records_room_has_let_out_is_shown(cell, document_of, source, notebook):
    notebook.table(sources=(source,), origin="records", in_room=True)
    document = document_of(cell(f"{FIGURE}plot()", svg()))
    assert document.figures
    assert "Small numbers" in document.markdown


def test_own_content_beside_records_that_the_kernel_holds_is_refused_by_name(cell, source, notebook):
    notebook.table(sources=(source,), origin="records")
    text = told(cell(f"{FIGURE}plot()", svg()))
    assert "cell 3 (In [3]), fig-beds-by-trust: own content where patient records have been read" in text


def test_own_content_beside_published_figures_is_shown(cell, document_of, notebook):
    published = Source(name="Beds", dataset="measure_values/kh03", as_at="2026-03-31", origin="published")
    notebook.table(sources=(published,), origin="published")
    assert document_of(cell(f"{FIGURE}plot()", svg())).figures


def exporter():
    return get_exporter("helpers.runner.document.exporter.BoardpackExporter")()


def test_nbconvert_gives_the_document_with_its_figures(cell):
    book = cell(f"{FIGURE}plot()", svg()).build()
    text, resources = exporter().from_notebook_node(book)
    assert "title: Length of stay" in text
    assert resources["outputs"] == {"figures/fig-beds-by-trust.svg": SVG.encode()}
    nbformat.validate(book)


def test_nbconvert_hears_what_is_wrong(cell):
    with pytest.raises(GateError, match="without an alt text"):
        exporter().from_notebook_node(cell("#| fig-cap: x\nplot()", svg()).build())


def test_the_exporter_is_known_by_its_name():
    project = tomllib.loads((Path(__file__).parents[4] / "pyproject.toml").read_text("utf-8"))
    module, _, name = project["project"]["entry-points"]["nbconvert.exporters"]["boardpack"].partition(":")
    assert issubclass(getattr(import_module(module), name), type(exporter()).__mro__[1])
