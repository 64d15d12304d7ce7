"""Put the invented data set together and load it into the mart."""

from __future__ import annotations

import tempfile
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.data.loading.record_files import RecordFile
from helpers.data.synthetic.appointments import draw_appointments
from helpers.data.synthetic.contract import contract_frame
from helpers.data.synthetic.divisions import specialty_units
from helpers.data.synthetic.drawing import months
from helpers.data.synthetic.measures import measure_values
from helpers.data.synthetic.organisations import draw_trusts, organisations_frame, units_frame
from helpers.data.synthetic.oversight import oversight_frame
from helpers.data.synthetic.parts import RECORDS, write_records
from helpers.data.synthetic.specialties import specialties_frame
from helpers.data.synthetic.spells import draw_spells
from helpers.errors import ArgumentError

if TYPE_CHECKING:
    from helpers.data.mart import Mart
    from helpers.data.mart.manifest import Policy
    from helpers.data.mart.writing import Load

DEFAULT_SEED = 20260930
LAST_DAY = months()[-1].end_time.date()


@dataclass(frozen=True)
class SyntheticData:
    """The invented data set: frames named and shaped like the mart's tables."""

    organisations: pd.DataFrame
    units: pd.DataFrame
    specialties: pd.DataFrame
    spells: pd.DataFrame
    appointments: pd.DataFrame
    measure_values: pd.DataFrame
    contract_lines: pd.DataFrame
    oversight: pd.DataFrame


def generate(scale: float = 1.0, seed: int = DEFAULT_SEED) -> SyntheticData:
    """Return the invented national data set.

    Raises `ArgumentError` if `scale` is not a positive number.

    `scale`: multiplies the number of spells and appointments (about 500,000 and 600,000 at 1); trusts, months and
    published measures stay. `seed`: the same seed and scale give the same data. Codes and dates of what is put in
    (`truth`) do not depend on it.

    Examples
    --------
    >>> small = generate(scale=0.002)
    >>> small.organisations["name"].str.startswith("Synthetic").all()
    np.True_
    """
    if not 0 < scale < np.inf:
        raise ArgumentError("scale", f"{scale} was passed", "a positive number")
    of_trusts, of_spells, of_appointments, of_measures = np.random.default_rng(seed).spawn(4)
    trusts = draw_trusts(of_trusts)
    spells = draw_spells(of_spells, trusts, scale=scale)
    appointments = draw_appointments(of_appointments, trusts, scale=scale)
    return SyntheticData(
        organisations=organisations_frame(),
        units=pd.concat([units_frame(), specialty_units()], ignore_index=True),
        specialties=specialties_frame(),
        spells=spells.frame,
        appointments=appointments,
        measure_values=measure_values(
            of_measures, trusts, spells=spells, appointments=appointments, scale=scale
        ),
        # of streams of their own, so that what is drawn for others stays as it was without them
        contract_lines=contract_frame(np.random.default_rng([seed, 22])),
        oversight=oversight_frame(np.random.default_rng([seed, 23]), trusts.codes),
    )


def write_demo(mart: Mart, *, scale: float = 1.0, seed: int = DEFAULT_SEED) -> None:
    """Load the invented data set into the mart, marked as synthetic.

    What is counted from the invented records is loaded under the rule for records, what stands for a
    publication (and the lists of codes) under its publisher's, as real data would be. Above scale 1 records are
    drawn and written a part at a time (`parts`), and stand for the same publications as those of scale 1.
    """
    data = generate(scale=min(scale, 1.0), seed=seed)
    published = data.measure_values["origin"] == "published"
    lists = {"organisations": data.organisations, "units": data.units, "specialties": data.specialties}
    records = {"contract_lines": data.contract_lines}
    counted = data.measure_values[~published]
    with _load(mart, "synthetic", "Synthetic national records", "hes_record_level") as load:
        if scale > 1:
            counted = pd.concat([_stage_parts(load, table, scale, seed) for table in RECORDS])
        else:
            records |= {"spells": data.spells, "appointments": data.appointments}
        for table, frame in {**records, "measure_values": counted}.items():
            load.write(table, frame)
    statistics = {**lists, "measure_values": data.measure_values[published], "oversight": data.oversight}
    with _load(mart, "synthetic_publications", "Synthetic national statistics", "published") as load:
        for table, frame in statistics.items():
            load.write(table, frame)


def _stage_parts(load: Load, table: str, scale: float, seed: int) -> pd.DataFrame:
    """Write records to a load that no memory holds, and return what they come to."""
    with tempfile.TemporaryDirectory(dir=load.staging.parent) as folder:
        path, counted = write_records(Path(folder), table, scale=scale, seed=seed)
        RecordFile(path, path.name).stage(load)
    return counted


def _load(mart: Mart, source: str, name: str, policy: Policy) -> AbstractContextManager[Load]:
    return mart.load(
        source=source, layout="synthetic", policy=policy, synthetic=True, name=name, as_at=LAST_DAY
    )
