"""What two editions say differently: cells of tables, sentences, as they were shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from helpers.bundle import Column
from helpers.runner.document.comparing import NumberChange, SentenceChange, compare_notebooks

COLUMNS = (
    Column(label="Specialty"),
    Column(label="Beds", kind="count"),
    Column(label="Chance", kind="model", digits=1),
    Column(label="Chance", kind="label"),
)


def made(maker: Any, rows: tuple[tuple[object, ...], ...], words: str) -> Any:
    maker.table(columns=COLUMNS, rows=rows)
    maker.markdown(f"## Stay\n\nThe stay is long. {words}")
    return maker.build()


def test_cells_rows_and_sentences_that_differ_are_named(notebook: Any, empty_notebook: Any) -> None:
    before = made(
        notebook, (("Cardiology", 1250, 2.0, "low"), ("Urology", "*", 1.0, "low"), ("Old", 1, 1.0, "low")),
        "It fell by 3 days."
    )  # fmt: skip
    other = empty_notebook.opened()
    after = made(
        other, (("Cardiology", 1240, 2.0, "high"), ("Urology", 8, 1.0, "low"), ("New", 1, 1.0, "low")),
        "It rose by 2 days."
    )  # fmt: skip
    found = compare_notebooks(before, after)
    where = "Stay by specialty"
    assert found.numbers == (
        NumberChange(where, "Cardiology", "Beds", "1,250", "1,240", "−10"),
        NumberChange(where, "Cardiology", "Chance", "low", "high"),
        NumberChange(where, "Urology", "Beds", "*", "8"),  # of what is hidden no difference is told
        NumberChange(where, "New", "", "", "is new"),
        NumberChange(where, "Old", "", "is left out", ""),
    )
    assert found.sentences == (SentenceChange("It fell by 3 days.", "It rose by 2 days."),)
    assert not compare_notebooks(before, before)


def test_a_table_that_only_one_edition_has_is_named(notebook: Any, empty_notebook: Any) -> None:
    before = notebook.table("tbl-one", caption="One").build()
    after = empty_notebook.opened().table("tbl-two", caption="Two").build()
    told: Callable[[NumberChange], tuple[str, str, str]] = lambda c: (c.where, c.before, c.after)  # noqa: E731
    assert [told(each) for each in compare_notebooks(before, after).numbers] == [
        ("Two", "", "is new"),
        ("One", "is left out", ""),
    ]
