"""A declaration of a published table that is wrong is refused with its place; the ones that are shipped are whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.data.sources.cells import parts_of
from helpers.data.sources.published_forms import PublishedTable
from helpers.data.sources.published_tables import FOLDER, LAYOUTS, declared_in
from helpers.errors import UsageError

SOUND = """
beds:
  title: Beds by trust
  organisation: {column: Code}
  period: {column: Month}
  feeds:
    - {measure: bed_occupancy, numerator: Occupied, denominator: Available}
"""


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (("period: {", "when: {"), "beds.yml, line 5, beds.when: unknown key"),
        (("numerator:", "numerater:"), "beds.yml, line 7, beds.feeds.0.numerater"),
        (("column: Month}", "column: Month, kind: week}"), "beds.period.kind"),
    ],
)
def test_a_misspelt_declaration_is_refused_with_its_line(
    tmp_path: Path, wrong: tuple[str, str], told: str
) -> None:
    path = tmp_path / "beds.yml"
    path.write_text(SOUND.replace(*wrong), "utf-8")
    with pytest.raises(UsageError) as error:
        list(declared_in(path))
    assert told in str(error.value)


def test_a_declaration_names_the_columns_by_which_its_files_are_known(tmp_path: Path) -> None:
    path = tmp_path / "beds.yml"
    path.write_text(SOUND, "utf-8")
    ((name, table),) = declared_in(path)
    assert (name, table.columns) == ("beds", ("Month", "Code", "Occupied", "Available"))


def test_every_figure_of_a_breakdown_is_a_column_of_the_table() -> None:
    tables: list[PublishedTable] = [
        table for path in FOLDER.glob("*.yml") for _, table in declared_in(path)
    ]
    assert len(tables) == len(LAYOUTS) > 20
    for table in tables:
        for feed in table.feeds:
            of_rows = table.one_row_each is not None
            assert of_rows or {*parts_of(feed)} <= {*table.figures, *table.sums}, feed
