"""Tables as notebooks show them: by pandas, its Styler and Great Tables."""

from __future__ import annotations

import pandas as pd
import pytest
from great_tables import GT, loc, style

from helpers.runner.document.outputs.tables import read_table


@pytest.fixture
def beds():
    return pd.DataFrame(
        {
            "trust": ["Northmoor", "Eastvale", "Westford"],
            "region": ["North", "North", "South"],
            "beds": [1234, 567, None],
            "share": [0.123, 0.2, 0.31],
        }
    )


def table_of(shown):
    table, wrong = read_table(shown._repr_html_())
    assert not wrong
    return table


def labels(table):
    return [column.label for column in table.columns]


def test_a_frame_keeps_its_cells_without_the_count_of_its_rows(beds):
    table = table_of(beds)
    assert labels(table) == ["trust", "region", "beds", "share"]
    assert table.rows[0] == ("Northmoor", "North", "1234.0", "0.123")
    assert table.rows[2][2] == "–"
    assert table.aligned == "llrr"


def test_an_index_with_a_name_or_words_stays(beds):
    assert labels(table_of(beds.rename_axis("place")))[0] == "place"
    assert table_of(beds.set_index(pd.Index(["a", "b", "c"]))).rows[0][0] == "a"


def test_an_index_of_two_levels_spans_its_rows_and_heads_them(beds):
    table = table_of(beds.set_index(["region", "trust"]))
    assert len(table.head) == 1
    assert '<th rowspan="2">North</th><th>Northmoor</th>' in table.write()
    assert table.rows[1][:2] == ("North", "Eastvale")


def test_columns_of_two_levels_are_spanners(beds):
    table = table_of(beds.pivot_table(index="region", columns="trust", values=["beds", "share"]))
    assert labels(table)[:2] == ["region", "beds – Eastvale"]
    assert '<th colspan="2">beds</th>' in table.write()


def test_a_style_keeps_its_formats_and_caption_and_loses_its_colours(beds):
    styled = (
        beds.style.format({"share": "{:.1%}"}).set_caption("Beds").background_gradient(subset=["share"])
    )
    table = table_of(styled.bar("beds"))
    assert table.caption == "Beds"
    assert table.rows[0][3] == "12.3%"
    assert table.warnings == ("colours and bars of a table are left out",)
    assert "background" not in table.write()


def test_a_great_table_keeps_title_spanner_groups_notes_and_marks(beds):
    great = (
        GT(beds, rowname_col="trust", groupname_col="region")
        .tab_header(title="Beds by trust", subtitle="March")
        .tab_spanner(label="Size", columns=["beds", "share"])
        .fmt_integer("beds")
        .tab_footnote("Provisional", locations=loc.body(columns="beds", rows=[0]))
        .tab_source_note("Source: return")
    )
    table = table_of(great)
    assert table.caption == "Beds by trust. March"
    assert labels(table) == ["", "Size – beds", "Size – share"]
    assert table.rows[0] == ("North", "North", "North")
    assert '<td colspan="3"><span class="group">North</span></td>' in table.write()
    assert set(table.notes) == {"¹ Provisional", "Source\\: return"}
    assert not table.warnings


def test_the_mark_of_a_footnote_never_becomes_part_of_a_number(beds):
    great = GT(beds).fmt_integer("beds").tab_footnote("x", locations=loc.body(columns="beds", rows=[0]))
    table = table_of(great)
    assert "¹ 1,234" in table.write()
    assert table.rows[0][2] == "1,234"
    assert table.aligned == "llrr"


def test_colours_of_a_great_table_are_told(beds):
    great = GT(beds).tab_style(style.fill("red"), loc.body(columns="beds", rows=[1]))
    assert table_of(great).warnings


@pytest.mark.parametrize(
    "cell", ["1,250", "−3.5", "£2.9m", "12.3%", "(4)", "+1", "3 to 12", "1e-05", "*", "<5", "2 pp"]
)
def test_numbers_are_known_by_their_text(cell):
    source = f"<table><tr><th>a</th><th>b</th></tr><tr><td>x</td><td>{cell.replace('<', '&lt;')}</td></tr>"
    table, _ = read_table(f"{source}<tr><td>y</td><td>7</td></tr></table>")
    assert table.aligned == "lr"


@pytest.mark.parametrize("cell", ["2026-03", "SYN07", "A 12", "Q1", "12 beds and more"])
def test_words_stay_to_the_left(cell):
    table, _ = read_table(f"<table><tr><th>a</th></tr><tr><td>{cell}</td></tr></table>")
    assert table.aligned == "l"


def test_frames_that_pandas_cut_short_are_refused():
    long = pd.DataFrame({"a": range(100), "b": 1})
    wide = pd.DataFrame([range(40)])
    words = pd.DataFrame({"a": ["word " * 30], "b": 1})
    with pd.option_context("display.max_columns", 20, "display.max_rows", 60):
        for frame in (long, wide, words):
            assert "cut short" in read_table(frame._repr_html_())[1]
    assert not read_table(pd.DataFrame({"a": ["and so on..."], "b": "a longer one"})._repr_html_())[1]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("<p>x</p>", "without a table"),
        ("<table><tr><td>1</td></tr></table>" * 2, "2 tables"),
        ("<table><tr><th>a</th></tr><tr><td><img src='x'></td></tr></table>", "a picture in a cell"),
        ("<table><tr><th>a</th></tr></table>", "without rows"),
        ("", "without a table"),
    ],
)
def test_what_is_no_table_is_refused(source, said):
    assert said in read_table(source)[1]


def test_only_marks_that_every_format_has_are_kept():
    cell = (
        "<b onclick='x'>A&amp;E</b><script>y</script><br>10<sup>9</sup> "
        "<a href='javascript:z'>l</a> {{&lt; env X >}}"
    )
    table, _ = read_table(f"<table><tr><th>a</th></tr><tr><td>{cell}</td></tr></table>")
    written = table.write().splitlines()[5]
    assert written.startswith("<tr><td><strong>A&amp;E</strong><br>10<sup>9</sup> l {")
    assert "{{" not in written
    assert "script" not in written
