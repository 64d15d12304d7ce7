"""Figures that a careful person would ask about beside those of other months: told at load and by `data check`.

Source: methods, section 11. Each series is looked at within one source, so that a change of source is no
step. Where people are counted, a jump needs `FLOOR` of them on its larger side: small counts jump by
themselves.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import yaml

from helpers.data.mart.query_errors import explained
from helpers.data.mart.views import literal, no_glob
from helpers.register import Measure, Register

if TYPE_CHECKING:
    import pandas as pd
    from duckdb import DuckDBPyConnection

    from helpers.data.mart import Mart
    from helpers.data.mart.manifest import FileRecord

#: a value so many times, or such a part, of both values beside it is out of place
APART = 20
#: a value so many times, or such a part, of the one before it is a change of scale; per cent to fraction is 100
STEP = 50
#: people counted, from which a jump is told
FLOOR = 100
#: percentages that all lie below this may be fractions (methods section 11)
FRACTION = 1.5
#: share of the organisations of the periods beside it that a period has at least, and how many there must be
COMPLETE, MANY = 0.9, 20
#: records: months with so many admissions are looked at, and fewer discharges than this share of them told
FEWEST_ADMISSIONS, FEWEST_DISCHARGES = 30, 0.5
#: periods within which the end of an own series is news
RECENT = 12
#: a load beside which this runs may hold half a gigabyte
MEMORY = "256MB"
#: how many lines of a kind are shown for one file
SHOWN = 3

Kind = Literal[
    "step",
    "apart",
    "fraction",
    "off target",
    "no denominator",
    "gap",
    "absent",
    "incomplete",
    "few discharges",
]


@dataclass(frozen=True)
class Oddity:
    """Something out of place: of which measure, organisations and load, in words."""

    kind: Kind
    measure: str
    message: str
    organisation: str = ""
    load: str = ""


_QUERIES: dict[str, str] = yaml.safe_load(Path(__file__).with_name("oddities.yml").read_text("utf-8"))


def _query(name: str, **more: str) -> str:
    """Return a query of oddities.yml with the constants of this module."""
    return _QUERIES[name].format(
        APART=APART,
        STEP=STEP,
        FLOOR=FLOOR,
        COMPLETE=COMPLETE,
        MANY=MANY,
        RECENT=RECENT,
        SHOWN=SHOWN,
        FEWEST_ADMISSIONS=FEWEST_ADMISSIONS,
        FEWEST_DISCHARGES=FEWEST_DISCHARGES,
        **more,
    )


def find_oddities(mart: Mart, register: Register, loads: Collection[str] | None = None) -> list[Oddity]:
    """Return what is out of place among the latest figures of each source, or of some loads held against all others."""
    files = mart.manifest.table_files("measure_values")
    stays = mart.manifest.table_files("spells")
    if loads is not None:
        sources = {file.source for file in (*files, *stays) if file.load in loads}
        files = tuple(file for file in files if file.source in sources)
        stays = tuple(file for file in stays if file.source in sources)
    found: list[Oddity] = []
    with explained(mart), mart.connect(memory=MEMORY, series=False) as connection:
        if files:
            found += _of_values(connection, mart, files, register)
        if stays:
            newest = {file.source: file.load for file in stays}
            rows = connection.execute(_query("stays")).fetchall()
            found += [
                Oddity("few discharges", "", words, code, newest[of])
                for of, code, words in rows
                if of in newest
            ]
    return [oddity for oddity in found if loads is None or oddity.load in loads]


def _of_values(
    connection: DuckDBPyConnection, mart: Mart, files: Collection[FileRecord], register: Register
) -> list[Oddity]:
    paths = ", ".join(literal(no_glob(str(mart.path / file.path))) for file in files)
    connection.execute(_query("said"))
    connection.execute(_query("held", files=paths))
    rated = [name for name, measure in register.measures.items() if measure.kind != "count"]
    return [
        *_steps(_rows(connection.execute(_query("steps")).df()), register),
        *_levels(_rows(connection.execute(_query("levels"), [rated]).df()), register),
        *(
            Oddity(*row)
            for told in (_query("gaps"), _query("absent"), _query("returns"))
            for row in connection.execute(told).fetchall()
        ),
    ]


def _rows(frame: pd.DataFrame) -> list[Any]:
    """Return rows whose cells are had by the names of their columns."""
    return list(frame.itertuples(index=False))


def _steps(rows: list[Any], register: Register) -> list[Oddity]:
    found = []
    for row in rows:
        measure = register.measures.get(row.measure)
        kind: Kind = "apart" if row.apart else "step"
        other, beside = (row.before, "beside it") if row.apart else (row.one_before, "before it")
        is_alone = row.denominator != row.denominator and measure is not None and measure.unit == "%"
        ratio = row.value / other
        is_hundred = STEP <= max(ratio, 1 / ratio) <= 2 * 100
        doubt = ": a fraction beside per cent?" if is_alone and is_hundred else ""
        words = (
            f"{_amount(row.value, measure)} {_said(row.period)}, {_amount(other, measure)} {beside}{doubt}"
        )
        found.append(Oddity(kind, row.measure, words, _place(row), row.load))
    return found


def _levels(rows: list[Any], register: Register) -> list[Oddity]:
    """Compare the level of a whole series with what per cent and a target look like, and its rows' parts."""
    found = []
    for row in rows:
        measure = register.measures[row.measure]
        highest, place, load = row.highest * measure.scale, _place(row), row.load
        # an example's target is nobody's, but it says of what size the measure is
        registered = measure.with_examples().target_on(row.period.date())
        small = registered is not None and registered.value < FRACTION
        own = row.target * measure.scale
        target = own if own > 0 else registered.value if registered else None
        if row.alone and measure.unit == "%" and 0 < highest < FRACTION and not small:
            words = f"all {row.n} values lie below {FRACTION:g} %: fractions given as per cent?"
            found.append(Oddity("fraction", row.measure, words, place, load))
        elif target and highest > 0 and not 1 / STEP < highest / target < STEP:
            words = f"no value is above {highest:,.3g} where the target is {target:,.3g}: of one scale?"
            found.append(Oddity("off target", row.measure, words, place, load))
        if row.without and row.with_denominator:
            words = f"{row.without} rows have no denominator, {row.with_denominator} have one"
            found.append(Oddity("no denominator", row.measure, words, place, row.load_without))
    return found


def _amount(value: float, measure: Measure | None) -> str:
    if measure is None:
        return f"{value:,.4g}"
    shown = (
        f"{value * measure.scale:,.4g}"
        if abs(value * measure.scale) < 10_000
        else f"{value * measure.scale:,.0f}"
    )
    return f"{shown} %" if measure.unit == "%" else shown


def _said(period: pd.Timestamp) -> str:
    return f"on {period.day} {period:%B %Y}" if period.day > 1 else f"in {period:%B %Y}"


def _place(row: Any) -> str:
    return f"{row.org_code} {row.unit_code}".strip()


def remarks_of(oddities: Collection[Oddity]) -> tuple[str, ...]:
    """Return lines about one load's oddities, the first few of each kind and measure."""
    lines: list[str] = []
    groups: dict[tuple[str, str], list[Oddity]] = {}
    for oddity in oddities:
        # a file that is not whole lacks rows of all its measures
        measure = "" if oddity.kind == "incomplete" else oddity.measure
        groups.setdefault((oddity.kind, measure), []).append(oddity)
    for group in groups.values():
        lines += [f"{_of(oddity)}: {oddity.message}" for oddity in group[:SHOWN]]
        if len(group) > SHOWN:
            more = f"{len(group) - SHOWN} more like these; see `boardpack data check`"
            lines.append(f"{group[0].measure or group[0].kind}: {more}")
    return tuple(lines)


def _of(oddity: Oddity) -> str:
    return ", ".join(part for part in (oddity.measure, oddity.organisation) if part)
