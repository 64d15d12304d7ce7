"""From an executed notebook to one Markdown document, and what is refused on the way."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml
from nbformat import v4

from helpers.bundle import MIME, Bundle, Column, Panel
from helpers.errors import ExitCode, GateError
from helpers.runner.document.making import MOST_OF_HEADLINE, find_problems, make_document
from helpers.theme.markdown import escape_markdown


def front_matter(document):
    return yaml.safe_load(document.markdown.split("---\n")[1])


def only_problem(notebook):
    problems = find_problems(notebook.build())
    assert len(problems) == 1, [str(problem) for problem in problems]
    return problems[0]


# ---- the document


def test_front_matter_says_what_the_report_is_about(notebook, document_of):
    settings = front_matter(document_of(notebook))
    assert settings["title"] == "Length of stay"
    assert settings["subtitle"] == r"Synthetic Northmoor \(SYN07\) · April 2025 to March 2026"
    assert not {"lang", "toc", "number-sections"} & settings.keys()  # the project's, or the notebook's


def test_front_matter_of_the_notebook_goes_before_the_defaults(notebook, document_of):
    notebook.raw("---\ntitle: The notebook's own\ntoc: false\ntoc-depth: 3\n---")
    settings = front_matter(document_of(notebook))
    assert settings["toc"] is False
    assert settings["toc-depth"] == 3
    assert settings["title"] == "Length of stay"


def test_pieces_keep_their_order_and_code_is_left_out(notebook, document_of):
    notebook.text("Worse than expected.", "headline").markdown("# Own title\n\nPurpose.\n\n## First")
    notebook.figure().text("It fell.").table().markdown("## Last")
    text = document_of(notebook).markdown
    order = [
        "::: {.headline}",
        "Worse than",
        "Purpose.",
        "## First",
        "![Mean",
        "It fell.",
        "| Specialty",
        "## Last",
    ]
    places = [text.index(word) for word in order]
    assert places == sorted(places)
    assert "report.show" not in text
    assert "Own title" not in text


def test_a_figure_has_caption_label_and_alt_text_and_its_picture(notebook, document_of):
    document = document_of(notebook.figure("fig-rtt_18_weeks"))
    assert (
        "![Mean stay by month](figures/fig-rtt_18_weeks.svg){#fig-rtt_18_weeks fig-alt="
        in document.markdown
    )
    assert document.figures.keys() == {"fig-rtt_18_weeks"}
    assert document.figures["fig-rtt_18_weeks"].startswith(b"<svg")


def test_the_time_of_drawing_does_not_reach_the_document(notebook, document_of):
    assert b"2026-10-14" not in document_of(notebook.figure()).figures["fig-stay"]


def test_the_same_notebook_gives_the_same_document(notebook, document_of):
    notebook.figure().table()
    assert document_of(notebook) == document_of(notebook)


def test_the_data_behind_a_figure_follow_it(notebook, document_of):
    columns = (Column(label="Month"), Column(label="Mean", kind="rate", unit="days", digits=1))
    text = document_of(notebook.figure(columns=columns, rows=(("April 2025", 4.25),))).markdown
    behind = text[text.index('::: {.data-behind figure="fig-stay" csv="') :]
    assert "| Month | Mean \\(days\\) |" in behind
    assert "| April 2025 | 4.2 |" in behind


@pytest.mark.parametrize(
    ("measures", "newest_first"), [(("Beds", "Beds"), True), (("Beds", "Stay"), False)]
)
def test_a_chart_of_one_thing_by_date_shows_its_newest_end_on_a_narrow_screen(
    notebook, document_of, measures, newest_first
):
    columns = (
        Column(label="Measure"),
        Column(label="From", kind="date"),
        Column(label="Value", kind="rate"),
    )
    rows = tuple((name, "1 April 2026", 1) for name in measures)
    markdown = document_of(notebook.figure(columns=columns, rows=rows)).markdown
    assert (".over-time" in markdown) is newest_first


def test_the_last_section_says_how_the_report_was_made(notebook, document_of, source):
    text = document_of(notebook.table(sources=(source,), suppressed=2)).markdown
    about = text[text.index("## About this report") :]
    for words in (
        "14 October 2026",
        "Admitted care",
        "Patient records",
        "boardpack 0.1.0",
        "20261014-0915-ab12",
    ):
        assert words in about
    assert "trust \\= SYN07, period \\= 2026-03\n" in about
    assert "Values hidden\n:   2" in about
    assert r"\* not shown" in text


@pytest.mark.parametrize("synthetic", [True, False])
def test_synthetic_data_are_said_to_be_so_on_the_first_page(facts, notebook, document_of, synthetic):
    notebook.cells.clear()
    notebook.facts = facts.model_copy(update={"synthetic": synthetic})
    text = document_of(notebook.opened().markdown("## First")).markdown
    assert ("Synthetic data." in text[: text.index("## First")]) is synthetic


def test_problems_stop_the_document_all_at_once(notebook, provenance):
    notebook.figure(alt="").markdown("See @fig-nothing and {{< x >}}.")
    with pytest.raises(GateError) as caught:
        make_document(notebook.build(), provenance=provenance)
    assert len(caught.value.problems) == 3
    assert caught.value.exit_code is ExitCode.GATE


def test_a_rule_of_dashes_is_not_read_as_front_matter(notebook, document_of):
    text = document_of(notebook.markdown("Before\n\n---\n\ntitle: Another\n\n---\n\nAfter")).markdown
    assert text.count("\n---") == 1
    assert text.count("* * *") == 2


def test_remarks_for_analysts_stay_in_the_notebook(notebook, document_of):
    assert "secret" not in document_of(notebook.markdown("Seen <!-- secret\nplan --> and said")).markdown


# ---- what is refused


def test_a_clean_notebook_has_no_problems(notebook):
    notebook.markdown("## A {#sec-a}\n\nSee @sec-a, @fig-stay and [-@tbl-stay]. Costs \\$5 and £6, `$x$`.")
    assert find_problems(notebook.figure().table().build()) == []


def test_a_failed_cell_is_named_with_its_error(notebook):
    notebook.code(v4.new_output("error", ename="KeyError", evalue="'los'", traceback=[]))
    problem = only_problem(notebook)
    assert problem.where == "cell 2 (In [2])"
    assert problem.came == "failed with KeyError: 'los'"


@pytest.mark.parametrize(("stream", "told"), [("stdout", "printed text"), ("stderr", "standard error")])
def test_printed_text_is_refused(notebook, stream, told):
    problem = only_problem(notebook.code(v4.new_output("stream", name=stream, text="rows: 12\n")))
    assert told in problem.came
    assert "rows: 12" in problem.came


@pytest.mark.parametrize("mime", ["text/plain", "image/jpeg", "application/vnd.jupyter.widget-view+json"])
def test_an_output_that_a_report_cannot_show_is_refused(notebook, mime):
    problem = only_problem(notebook.shows({mime: "x"}))
    assert mime in problem.came
    assert problem.cure
    assert problem.where == "cell 2 (In [2])"


def test_a_cell_that_was_not_run_is_refused(notebook):
    notebook.cells.append(v4.new_code_cell("report.spc('x')"))
    assert only_problem(notebook).came == "a cell that was not run"


def test_cells_are_counted_without_those_that_papermill_added(notebook):
    notebook.code(tags=("injected-parameters",)).markdown("{{< x >}}")
    assert only_problem(notebook).where == "cell 2"


def test_a_notebook_without_a_report_is_refused(empty_notebook):
    assert only_problem(empty_notebook.markdown("Hello")).came == "no report is opened"


def test_two_reports_in_one_notebook_are_refused(notebook):
    assert only_problem(notebook.opened()).came == "2 reports are opened"


@pytest.mark.parametrize(
    "entry", [{"version": 1}, "{not json", {"kind": "figure", "id": "fig-a", "new": 1}, 5]
)
def test_an_unreadable_hand_over_is_refused(notebook, entry):
    assert "unreadable hand-over" in only_problem(notebook.shows({MIME: entry})).came


def test_a_hand_over_given_as_json_text_is_read(notebook, document_of):
    notebook.shows({MIME: Bundle(kind="text", id="t", markdown="As text.").model_dump_json()})
    assert "As text." in document_of(notebook).markdown


@pytest.mark.parametrize("second", ["fig-stay", "fig-Stay"])
def test_an_id_may_stand_once_only(notebook, second):
    problem = only_problem(notebook.figure().figure(second))
    assert "fig-stay 2 times" in problem.came
    assert problem.where == "cell 2 (In [2]), cell 3 (In [3])"


def test_a_section_label_may_stand_once_only(notebook):
    assert (
        "sec-a 2 times" in only_problem(notebook.markdown("## A {#sec-a}").markdown("## B {#sec-a}")).came
    )


@pytest.mark.parametrize(
    "bad", ["stay", "tbl-stay", "fig-", "fig-a b", "fig-é", "fig-a/../b", "fig-a\n", 'fig-"']
)
def test_a_figure_id_that_cannot_be_a_file_name_is_refused(notebook, bad):
    assert "the id" in only_problem(notebook.figure(bad)).came


@pytest.mark.parametrize(
    ("fields", "missing"),
    [({"alt": " "}, "an alt text"), ({"caption": ""}, "a caption"), ({"svg": None}, "a picture")],
)
def test_a_figure_needs_all_its_parts(notebook, fields, missing):
    problem = only_problem(notebook.figure(**fields))
    assert missing in problem.came
    assert problem.where == "cell 2 (In [2]), fig-stay"


def test_a_table_needs_columns(notebook):
    assert "without columns" in only_problem(notebook.table(columns=(), rows=())).came


def test_a_row_that_does_not_fit_its_columns_is_refused(notebook):
    assert only_problem(notebook.table(rows=(("a", 1), ("b",)))).where.endswith("tbl-stay, row 2")


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_that_is_none_is_refused(notebook, number):
    cell = Bundle(
        kind="table", id="tbl-a", caption="c", columns=(Column(label="a", kind="rate"),), rows=((number,),)
    )
    # the JSON mode of pydantic writes null for these; a kernel may still hand them over
    assert "nan or infinity" in only_problem(notebook.shows({MIME: cell.model_dump()})).came


@pytest.mark.parametrize(
    "svg",
    [
        "<html></html>",
        '<svg xmlns="x"><script>alert(1)</script></svg>',
        '<svg xmlns="x" onload="alert(1)"></svg>',
        '<svg xmlns="x"><image href="https://example.org/x.png"/></svg>',
        '<svg xmlns="x"><image xlink:href="file:///etc/passwd"/></svg>',
        '<svg xmlns="x"><style>@import "x";</style></svg>',
        '<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="x"></svg>',
        '<svg xmlns="x"><foreignObject/></svg>',
    ],
)
def test_a_picture_that_runs_or_loads_something_is_refused(notebook, svg):
    assert "a picture that" in only_problem(notebook.figure(svg=svg)).came


def test_an_unknown_reference_is_named_with_the_nearest_known(notebook):
    problem = only_problem(notebook.figure().markdown("As @fig-stya shows."))
    assert problem.came == "unknown cross-reference @fig-stya"
    assert "did you mean fig-stay?" in problem.cure
    assert problem.where == "cell 3"


def test_text_that_a_helper_wrote_is_checked_too(notebook):
    assert only_problem(notebook.text("See @tbl-none.")).where == "cell 2 (In [2])"


@pytest.mark.parametrize("text", ["mail a.b@nhs.uk", "`@fig-x`", r"\@fig-x", "```\n@fig-x\n```"])
def test_what_is_no_reference_is_left_alone(notebook, text):
    assert find_problems(notebook.markdown(text).build()) == []


@pytest.mark.parametrize("key", ["filters", "include-in-header", "engine"])
def test_front_matter_that_reports_do_not_use_is_refused(notebook, key):
    problem = only_problem(notebook.raw(f"---\ntitle: x\n{key}: y\n---"))
    assert problem.where == f"cell 1, front matter, line 3, {key}"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("toc-depth: two", "'two'; allowed: a whole number"),
        ("toc: perhaps", "'perhaps'; allowed: true or false"),
        ("toc-depth: 9", "less than or equal to 6"),
        ("lang: English, please", "line 2, lang"),
        ("toc-dept: 2", "did you mean toc-depth"),
        ("toc: true\ntoc: false", "line 3, toc: written twice, first in line 2"),
    ],
)
def test_mistyped_front_matter_is_told_with_its_line(notebook, line, told):
    assert told in str(only_problem(notebook.raw(f"---\n{line}\n---")))


@pytest.mark.parametrize("raw", ["---\ntitle: [\n---", "---\n- a\n---", "just text"])
def test_front_matter_that_cannot_be_read_is_refused(notebook, raw):
    assert only_problem(notebook.raw(raw)).where.startswith("cell 1")


def test_a_second_title_is_refused(notebook):
    problem = only_problem(notebook.markdown("# T\n\n## A").markdown("# B"))
    assert problem.where == "cell 3"
    assert "level 1" in problem.came


@pytest.mark.parametrize("origin", ["records", "published"])
def test_the_rule_for_small_numbers_is_named_where_figures_come_from_records(notebook, document_of, origin):
    text = document_of(notebook.table(origin=origin)).markdown
    assert ("Small numbers" in text) == (origin == "records")


def test_provenance_without_suppression_says_nothing_of_it(notebook, provenance):
    text = make_document(notebook.table().build(), provenance=replace(provenance, suppression="")).markdown
    assert "Small numbers" not in text


def test_a_heading_from_data_is_a_section_that_can_be_referred_to(notebook, document_of):
    maker = notebook.bundle(Bundle(kind="heading", id="sec-a", caption="A&E *within* four hours", level=2))
    document = document_of(maker.markdown("See @sec-a."))
    assert "## A\\&E \\*within\\* four hours {#sec-a}" in document.markdown


def test_a_heading_and_prose_may_not_share_a_label(notebook):
    maker = notebook.bundle(Bundle(kind="heading", id="sec-a", caption="A")).markdown("## B {#sec-a}")
    assert "the id sec-a 2 times" in str(find_problems(maker.build()))


def test_panels_stand_side_by_side_with_titles_icons_and_words(notebook, document_of):
    panels = (Panel(title="Why", markdown="Beds *closed*."), Panel(icon="concern_high"))
    text = document_of(notebook.bundle(Bundle(kind="panels", id="p", panels=panels))).markdown
    assert ":::: {.panels}" in text
    assert "[Why]{.panel-title}\n\nBeds *closed*." in text
    assert "[worsening, higher]{.icon .icon-concern-high}" in text


def test_a_word_that_is_no_icon_stays_a_word(notebook, document_of):
    panels = (Panel(icon="x} <b>"),)
    text = document_of(notebook.bundle(Bundle(kind="panels", id="p", panels=panels))).markdown
    assert "[x\\} \\<b\\>]{.icon}" in text


def test_cells_hold_icons_and_lines(notebook, document_of):
    columns = (Column(label="Measure", kind="text"), Column(label="Variation", kind="icon"))
    rows = (("Stay\nBeds", "improvement_low"), ("Waits", "*"))
    text = document_of(notebook.table(columns=columns, rows=rows)).markdown
    assert "| Stay[]{.break}Beds | [improving, lower]{.icon .icon-improvement-low} |" in text
    assert "| Waits | \\* |" in text


def test_what_panels_say_is_checked_like_prose(notebook):
    maker = notebook.bundle(Bundle(kind="panels", id="p", panels=(Panel(markdown="See @fig-none."),)))
    assert "fig-none" in str(find_problems(maker.build()))


def test_what_a_report_says_first_stands_for_it_in_words_without_marks(notebook, document_of) -> None:
    first = f"**Two of 22 measures ({escape_markdown('A&E*')}) need attention.**"
    assert document_of(notebook).facts.headline == ""
    notebook.text(f"{first}\n\nThe second paragraph.", "headline")
    assert document_of(notebook).facts.headline == "Two of 22 measures (A&E*) need attention."


def test_a_headline_in_words_of_ones_own_is_a_headline_too(notebook, document_of) -> None:
    notebook.bundle(
        Bundle(kind="headline", id="headline", own=True, origin="published", markdown="**Two.**")
    )
    assert "::: {.headline}\n**Two.**\n:::" in document_of(notebook).markdown


def test_a_long_headline_is_cut_between_words(notebook, document_of) -> None:
    notebook.text("word " * 100, "headline")
    said = document_of(notebook).facts.headline
    assert len(said) <= MOST_OF_HEADLINE
    assert said.endswith("word…")
