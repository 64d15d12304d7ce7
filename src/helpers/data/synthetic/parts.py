"""Invented records of any number, drawn and written a part at a time, so that memory holds one part."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from helpers.data.schema import arrow_schema, find_table
from helpers.data.synthetic.appointments import APPOINTMENTS_AT_SCALE_1, draw_appointments
from helpers.data.synthetic.measures import dna_rate, mean_los
from helpers.data.synthetic.organisations import Trusts, draw_trusts
from helpers.data.synthetic.spells import SPELLS_AT_SCALE_1, draw_spells

#: records that are expected of a part at most; another number draws other records
PART: Final = 250_000
RECORDS: Final = ("spells", "appointments")
_KEYS, _SUMS = ["measure", "org_code", "period"], ["numerator", "denominator"]


def draw_parts(table: str, *, scale: float, seed: int) -> Iterator[pd.DataFrame]:
    """Yield the spells or the appointments of one trust after the other, each trust's in as many parts as it takes.

    Every part has a stream of its own, so that none depends on what was drawn before it.
    """
    trusts = draw_trusts(np.random.default_rng(seed).spawn(4)[0])
    total = scale * (SPELLS_AT_SCALE_1 if table == "spells" else APPOINTMENTS_AT_SCALE_1)
    for place, share in enumerate(trusts.size / trusts.size.sum()):
        parts = int(np.ceil(total * share / PART))
        for part in range(parts):
            yield _draw(
                table, trusts.alone(place), scale / parts, (seed, RECORDS.index(table), place), part
            )


def _draw(table: str, trusts: Trusts, scale: float, stream: tuple[int, ...], part: int) -> pd.DataFrame:
    options: dict[str, Any] = {"scale": scale, "months": np.random.default_rng(stream)}
    rng = np.random.default_rng((*stream, part + 1))
    if table == "spells":
        return draw_spells(rng, trusts, **options).frame
    return draw_appointments(rng, trusts, **options)


def write_records(folder: Path, table: str, *, scale: float, seed: int) -> tuple[Path, pd.DataFrame]:
    """Write one table's records as a Parquet file in the mart's columns (docs/reference/mart.md).

    Returns
    -------
    Path
        The file, whose name says that it is invented.
    DataFrame
        Rows of `measure_values` with what the records come to: mean stay, or share missed, by trust and month.
    """
    import pyarrow as pa
    import pyarrow.parquet as parquet

    path, counted = folder / f"synthetic_{table}.parquet", pd.DataFrame()
    frames = draw_parts(table, scale=scale, seed=seed)
    first = next(frames)
    schema = pa.schema([field for field in arrow_schema(find_table(table)) if field.name in first])
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        for frame in itertools.chain([first], frames):
            writer.write_table(pa.Table.from_pandas(frame, schema=schema, preserve_index=False))
            found = mean_los(frame) if table == "spells" else dna_rate(frame)
            counted = pd.concat([counted, found]).groupby(_KEYS, as_index=False)[_SUMS].sum()
    value = counted["numerator"] / counted["denominator"]
    return path, counted.assign(
        value=value,
        period_type="month",
        basis="provider",
        status="actual",
        origin="records",
        suppressed=False,
    )
