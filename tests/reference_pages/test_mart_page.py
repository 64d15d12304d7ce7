"""The page on the mart's tables is made from the schema and the views, and up to date."""

from __future__ import annotations

from pathlib import Path

import pytest
from reference_pages.mart import COLUMN_WORDS, TABLE_WORDS, VIEW_WORDS, words, write_mart_page

from helpers.data.mart import Mart
from helpers.data.schema import TABLES

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "mart.md"


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == write_mart_page(), "run `make dictionary`"


def test_every_table_and_column_has_its_words_and_no_word_is_left_over() -> None:
    assert TABLE_WORDS.keys() == TABLES.keys()
    columns = {column.name for table in TABLES.values() for column in table.columns}
    assert {name.rpartition(".")[2] for name in COLUMN_WORDS} == columns
    assert all(words(table, column) for table in TABLES.values() for column in table.columns)


@pytest.mark.parametrize("view", VIEW_WORDS)
def test_every_view_on_the_page_is_there(view: str, tmp_path: Path) -> None:
    assert Mart(tmp_path / "mart").query(f"SELECT * FROM {view}").empty
