"""Which source a series comes from, and where others say something else: the SQL for both.

Source: methods, section 11. One series has one source; another fills it only where both agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from helpers.data.mart.derived import fill_derived
from helpers.data.mart.views import (
    PART,
    SERIES,
    literal,
    needs_choice,
    rolled_up_statements,
    series_statements,
)
from helpers.data.sql import sql_beside

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from helpers.data.mart.manifest import Manifest

_SQL = sql_beside(__file__)
#: numbers that are further apart are two figures: a whole number beside one with decimals is not, nor is a
#: small amount rounded to two figures
ROUNDED, ROUNDED_SHARE = 0.5, 0.05
#: values without numerator, as they are rounded in print
ROUNDED_VALUE = 0.005
#: two sources count the same where at least so many of four figures that both have are the same
AGREE_OF_FOUR = 3


def _apart(name: str, of: str = "") -> str:
    limit = f"least({ROUNDED}, {ROUNDED_SHARE} * greatest(abs({of}{name}), abs(lead.{name})))"
    return f"abs({of}{name} - lead.{name}) > {limit}"


#: measures of which several sources have figures
CONTESTED = "SELECT measure FROM measure_values_all GROUP BY 1 HAVING count(DISTINCT source) > 1 ORDER BY 1"


def compared(measures: Sequence[str]) -> str:
    """Return the start of a query whose table `compared` has each source beside the one that leads its series.

    Its rows are those of `measure_values_pooled`, with `place` (1 leads), `lead` (its figures), `shared`
    (both have the figure) and `apart` (they are two figures, not one).
    """
    return _SQL["compared"].format(
        series=SERIES,
        part=PART,
        numerators=_apart("numerator"),
        denominators=_apart("denominator"),
        value=ROUNDED_VALUE,
        measures=", ".join(map(literal, measures)) or "NULL",
    )


def disagreements_query(measure: str) -> str:
    """Return the SQL for every figure of a measure on which sources disagree, beside that which is shown."""
    return _SQL["disagreements"].format(
        measure=literal(measure),
        series=SERIES,
        part=PART,
        numerators=_apart("numerator", "other."),
        denominators=_apart("denominator", "other."),
        value=ROUNDED_VALUE,
    )


def choice_query(connection: duckdb.DuckDBPyConnection) -> str:
    """Return the SQL for the source of every period of the series that have several: rows of `series_sources`."""
    measures = [name for (name,) in connection.execute(CONTESTED).fetchall()]
    return compared(measures) + _SQL["choice"].format(series=SERIES, agree=AGREE_OF_FOUR)


def make_series(connection: duckdb.DuckDBPyConnection, manifest: Manifest, folder: Path) -> None:
    """Make the first views of measures, which follow one source each.

    `folder`: that of the mart's version, where the source of every period of the series that have several is kept.
    """
    for statement in series_statements():
        connection.execute(statement)
    if needs_choice(manifest):
        fill_derived(
            connection, "series_sources", lambda: choice_query(connection), folder, "series sources"
        )


def make_rolled_up(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the views of measures that are worked out of others, or what is left of them where it was interrupted."""
    for statement in rolled_up_statements():
        connection.execute(statement)
