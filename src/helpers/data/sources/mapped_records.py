"""Somebody's own table of patient records, read as a mapping says: see docs/reference/mappings.md."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import partial
from typing import Final

import numpy as np
import pandas as pd

from helpers.data.schema import STAMP, TABLES, TableColumn
from helpers.data.sources import records
from helpers.data.sources.cells import Cells, latest_day
from helpers.data.sources.layout import Context, Layout, Match, Reading
from helpers.register import RecordMapping

#: by which day a record counts
DAY: Final = {"spells": "discharged", "appointments": "appointment_date"}
#: what the codes of the NHS mean, where a mapping says nothing of a column
_CODES: Final[Mapping[str, Mapping[str, str]]] = {
    "admission_method": records.ADMISSION,
    "patient_class": records.CLASS,
    "sex": records.SEX,
    "outcome": records.ATTENDED,
    "kind": {code: kind for code, (kind, _) in records.FIRST.items()},
    "mode": {code: mode for code, (_, mode) in records.FIRST.items()},
}
_FLAGS: Final = {
    **dict.fromkeys(("true", "t", "yes", "y", "1"), True),
    **dict.fromkeys(("false", "f", "no", "n", "0"), False),
}


def layout_of(mapping: RecordMapping) -> Layout:
    """Return the layout by which a table of records is recognised and read."""
    return Layout.of_records(
        mapping.records,
        name=mapping.id,
        title=mapping.title,
        columns=tuple(dict.fromkeys(mapping.columns.values())),
        read=partial(_read, mapping),
        by_rows=True,
        ends_with_newline=False,
        settings=hashlib.sha256(mapping.model_dump_json().encode()).hexdigest(),
    )


def meanings_of(mapping: RecordMapping, column: TableColumn) -> dict[str, str]:
    """Return what the words of a column mean; nothing where they stand for themselves."""
    given = mapping.values.get(column.name) or _CODES.get(column.name, {})
    return {**{word: word for word in column.allowed}, **given}


def _read(mapping: RecordMapping, matches: list[Match], _: Context) -> Reading:
    cells = Cells(matches[0].table())
    words = {name: cells.text(heading) for name, heading in mapping.columns.items()}
    words |= {
        name: pd.Series(word, index=range(len(cells)), dtype="str") for name, word in mapping.always.items()
    }
    table = TABLES[mapping.records]
    frame = pd.DataFrame(index=range(len(cells)))
    remarks = []
    for column in table.columns:
        if column.name not in words:
            continue
        frame[column.name] = _typed(words[column.name], column, meanings_of(mapping, column))
        lost = int((frame[column.name].isna() & (words[column.name] != "")).sum())
        if lost:
            remarks.append(
                f"{column.name}: {lost:,} filled cells mean nothing that it may hold; read as empty"
            )
        if "unknown" in column.allowed:
            frame[column.name] = frame[column.name].fillna("unknown")
    if "age" in words:
        frame["age_band"] = records.age_bands(pd.to_numeric(words["age"], errors="coerce"))
    if table.name == "spells":
        frame = _with_needed_of_spells(frame)
    wanted, rejected = np.ones(len(frame), dtype=bool), {}
    for name in sorted(table.required - {column.name for column in STAMP}):
        missing = frame[name].isna().to_numpy() & wanted
        wanted &= ~missing
        rejected[f"no {name}"] = int(missing.sum())
    as_at = latest_day(frame[DAY[table.name]])
    return Reading({table.name: frame[wanted]}, len(cells), rejected, tuple(remarks), as_at=as_at)


def _with_needed_of_spells(frame: pd.DataFrame) -> pd.DataFrame:
    """Add what every spell has: its days, where no column counts them, and "unknown" for what nothing says."""
    days = (frame["discharged"] - frame["admitted"]).dt.days.astype(float)
    given = frame["los_days"] if "los_days" in frame else pd.Series(np.nan, index=frame.index)
    unsaid = {name: "unknown" for name in ("admission_method", "patient_class") if name not in frame}
    return frame.assign(los_days=given.fillna(days.where(days >= 0)), **unsaid)


def _typed(words: pd.Series[str], column: TableColumn, meanings: Mapping[str, str]) -> pd.Series:
    """Return words as the mart keeps them, missing where they mean nothing that the column may hold."""
    if column.type == "date":
        return pd.to_datetime(words.str[:10], format="%Y-%m-%d", errors="coerce").dt.as_unit("s")
    if column.type in ("number", "whole"):
        numbers = pd.to_numeric(words, errors="coerce").astype(float)
        sound = numbers.where((numbers >= (column.minimum or 0)) & np.isfinite(numbers))
        return sound.where(sound % 1 == 0).astype("Int32") if column.type == "whole" else sound
    if column.type == "flag":
        meant = {word.lower(): _FLAGS.get(meaning.lower()) for word, meaning in meanings.items()} or _FLAGS
        return words.str.lower().map(meant).astype("boolean")
    text = words.map(dict(meanings)) if meanings else words
    text = text.str.upper() if column.name == "org_code" else text
    return text.replace("", None)
