"""Figures, tables and the last section as Markdown."""

from __future__ import annotations

from helpers.bundle import Bundle, Column, Source
from helpers.runner.document.writing import pipe_table, show_date, show_value, write_about, write_table

COLUMNS = (Column(label="Trust"), Column(label="Stay", kind="rate", unit="days", digits=1))


def test_numbers_stand_to_the_right_and_units_in_the_header():
    head, rule, row = pipe_table(COLUMNS, [("Northmoor", 4.25)]).splitlines()
    assert head == r"| Trust | Stay \(days\) |"
    left, right = rule.strip("|").split("|")
    assert left.startswith(":-")
    assert right.endswith("-:")
    assert row == "| Northmoor | 4.2 |"


def test_columns_share_the_width_by_what_they_hold():
    columns = (Column(label="A"), Column(label="B", kind="text"))
    rule = pipe_table(columns, [("ab", "a sentence of many words that goes on")]).splitlines()[1]
    narrow, wide = (len(part) for part in rule.strip("|").split("|"))
    assert wide > 3 * narrow


def test_the_rule_is_longer_than_a_line_of_pandoc_so_that_the_shares_hold():
    assert all(len(pipe_table(COLUMNS[:n], []).splitlines()[1]) > 72 for n in (1, 2))


def test_a_table_without_rows_says_so():
    assert pipe_table(COLUMNS, []).splitlines()[-1] == "| No rows |  |"


def test_missing_and_hidden_values_are_told_apart():
    rows = pipe_table(COLUMNS, [("a", None), ("b", "*")]).splitlines()[2:]
    assert rows == ["| a | – |", r"| b | \* |"]


def test_notes_stand_below_the_table():
    bundle = Bundle(
        kind="table", id="tbl-a", caption="C", columns=COLUMNS, markdown="Ordered by stay.", suppressed=1
    )
    text = write_table(bundle)
    assert text.index(": C {#tbl-a}") < text.index("Ordered by stay.") < text.index("not shown")


def test_a_dash_in_a_table_is_explained_and_only_there():
    """In the numbers behind a figure it stands for a gap that the figure shows."""
    told = {"id": "tbl-a", "caption": "C", "columns": COLUMNS}
    whole, gap = (Bundle(kind="table", rows=rows, **told) for rows in ([("a", 1)], [("a", None)]))
    assert "– none." in write_table(gap)
    assert "– none." not in write_table(whole)


def test_a_source_that_many_figures_use_is_listed_once():
    source = Source(name="KH03", dataset="beds/kh03", as_at="2026-06-30", origin="published")
    bundles = tuple(Bundle(kind="text", id="t", sources=(source,)) for _ in range(3))
    text = write_about(bundles, {"Run": "r1", "Empty": ""}, {})
    assert text.count("KH03") == 1
    assert r"Published statistics\: KH03 \(30 June 2026\)" in text
    assert "Empty" not in text
    assert "Parameters" not in text


def test_data_of_different_age_give_both_ends():
    sources = tuple(
        Source(name=d, dataset=d, as_at=d, origin="records") for d in ("2026-02-01", "2026-01-31")
    )
    text = write_about((Bundle(kind="text", id="t", sources=sources),), {}, {})
    assert "31 January 2026 to 1 February 2026, by source" in text


def test_values_and_dates_are_shown_in_words():
    assert show_value(True) == "yes"
    assert show_value([]) == "none"
    assert show_value(0.5) == "0.5"
    assert show_date("latest") == "latest"


def test_a_row_that_heads_others_is_marked_and_has_no_cells_of_its_own() -> None:
    table = pipe_table(COLUMNS, [("The *north*", ""), ("Northmoor", 4.25)], groups=[0]).splitlines()
    assert table[2] == r"| [The \*north\*]{.group} |  |"
    assert table[3] == "| Northmoor | 4.2 |"


def test_such_a_row_does_not_widen_the_first_column() -> None:
    rows = [("a heading of many words across the table", ""), ("ab", 4.25)]
    with_group, without = (pipe_table(COLUMNS, rows, groups=groups).splitlines()[1] for groups in ([0], []))
    assert len(with_group.split("|")[1]) < len(without.split("|")[1])
