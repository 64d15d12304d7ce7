"""Frames of an analyst as whole tables, and as the data behind a figure."""

from __future__ import annotations

import pandas as pd
import pytest
from great_tables import GT

from helpers.errors import UsageError
from helpers.report.own.frames import data_behind, has_nothing_to_draw, table_html
from helpers.runner.document.outputs.tables import read_table

WARDS = pd.DataFrame(
    {
        "ward": ["Ash", "Elm"],
        "beds": [1240, 22],
        "share": [0.958, None],
        "from": pd.to_datetime("2026-04-01"),
    }
)


def read(*given: object, **more: object) -> tuple[list[str], list[tuple[object, ...]]]:
    table, wrong = read_table(table_html(*given, **more), is_whole=True)  # type: ignore[arg-type]
    assert not wrong
    return [column.label for column in table.columns], list(table.rows)


def test_a_frame_is_written_as_people_write() -> None:
    heads, rows = read(WARDS)
    assert heads == ["ward", "beds", "share", "from"]
    assert rows == [("Ash", "1,240", "0.958", "1 April 2026"), ("Elm", "22", "–", "1 April 2026")]


def test_columns_choose_order_and_head_them() -> None:
    heads, rows = read(
        WARDS, columns={"share": "Occupied", "ward": "Ward"}, formats={"share": ".1%", "beds": ","}
    )
    assert heads == ["Occupied", "Ward"]
    assert rows[0] == ("95.8%", "Ash")
    assert read(WARDS, columns=["beds"])[0] == ["beds"]


def test_what_the_records_room_hides_is_a_star_and_what_is_not_there_a_dash() -> None:
    ages = pd.DataFrame(
        {"age": ["0-17", "18-44", "85+"], "mean": [None, 8.84, None], "hidden": [True, False, False]}
    )
    assert read(ages) == (["age", "mean"], [("0-17", "*"), ("18-44", "8.84"), ("85+", "–")])
    heads, rows = read(ages, columns={"mean": "Days"}, formats={"mean": ".1f"})
    assert (heads, rows) == (["Days"], [("*",), ("8.8",), ("–",)])
    heads, rows = read(ages, columns=["hidden", "mean"])  # asked for by name
    assert (heads, rows[0]) == (["hidden", "mean"], ("yes", "*"))


def test_an_index_that_says_something_is_a_column_that_can_be_chosen() -> None:
    by_ward = WARDS.set_index("ward")
    assert read(by_ward)[0][0] == "ward"
    assert read(by_ward, columns={"ward": "Ward"})[1] == [("Ash",), ("Elm",)]
    assert read(WARDS.set_index(["ward", "beds"]))[0] == ["ward", "beds", "share", "from"]


def test_an_index_without_a_name_keeps_its_words() -> None:
    assert read(pd.Series({"Ash": 3, "Elm": 4}, name="beds")) == (
        ["", "beds"],
        [("Ash", "3"), ("Elm", "4")],
    )
    assert read(pd.Series([1.5]))[0] == ["value"]


def test_columns_of_several_levels_stay_spanners() -> None:
    wide = pd.DataFrame(
        [["A", 1, 2]], columns=pd.MultiIndex.from_tuples([("", "ward"), ("beds", "May"), ("beds", "June")])
    )
    assert read(wide)[0] == ["ward", "beds – May", "beds – June"]


def test_a_frame_is_never_cut_short() -> None:
    long = pd.DataFrame(
        {"n": range(500), "words": "so it goes on and on and on and on and on and on and ..."}
    )
    assert len(read(long)[1]) == 500


def test_words_that_look_like_markup_stay_words() -> None:
    assert read(pd.DataFrame({"x": ["<b>a</b> & *b*"]}))[1] == [("<b>a</b> & *b*",)]


def test_columns_that_are_not_there_are_told_all_at_once() -> None:
    with pytest.raises(UsageError) as caught:
        table_html(WARDS, columns={"bed": "Beds", "wards": "Ward"})
    assert str(caught.value).splitlines() == [
        "report.table, columns, bed: no such column; allowed: ward, beds, share, from; did you mean beds?",
        "report.table, columns, wards: no such column; allowed: ward, beds, share, from; did you mean ward?",
    ]
    with pytest.raises(UsageError, match="formats, shares: no such column"):
        table_html(WARDS, formats={"shares": ".1%"})


def test_tables_that_are_made_already_stay_as_they_are() -> None:
    assert read(WARDS.style.format({"share": "{:.0%}"}))[1][0][:3] == ("Ash", "1240", "96%")
    assert read(GT(WARDS).fmt_percent("share"))[1][0][2] == "95.80%"
    with pytest.raises(
        UsageError, match=r"report.table, formats: given beside a GT; choose and format in the table"
    ):
        table_html(GT(WARDS), formats={"share": ".1%"})


def test_what_is_no_table_is_told() -> None:
    with pytest.raises(
        UsageError, match="dict is no table; allowed: a DataFrame, Series, Styler or Great Table"
    ):
        table_html({"beds": 1})


def test_the_data_behind_a_figure_keep_their_numbers() -> None:
    columns, rows = data_behind(WARDS)
    assert [(column.label, column.kind, column.digits) for column in columns] == [
        ("ward", "text", 0), ("beds", "rate", 0), ("share", "rate", 3), ("from", "date", 0),
    ]  # fmt: skip
    assert rows == (("Ash", 1240, 0.958, "1 April 2026"), ("Elm", 22, None, "1 April 2026"))


def test_an_index_without_a_name_has_a_heading_in_the_data_behind_and_a_part_hidden_is_drawn_all_the_same() -> (
    None
):
    columns, rows = data_behind(pd.DataFrame({"beds": [1, None]}, index=["A", "B"]))
    assert [column.label for column in columns] == ["row", "beds"]
    assert not has_nothing_to_draw(columns, rows)
    assert has_nothing_to_draw(*data_behind(pd.DataFrame({"beds": [None, None]}, index=["A", "B"])))
