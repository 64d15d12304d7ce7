"""A frame of many records is worked out in parts by all who wait for it, and is what one query gives."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.data.mart import Mart, lots
from helpers.data.mart.derived import derived_frame
from helpers.data.series.appointments import appointment_fifths, appointment_months
from helpers.data.series.stays import StayRule, stay_cells, stay_tails

ORGANISATIONS = ("R0", "R1", "R2", "R3", "R4")
FIRST, END = date(2026, 4, 1), date(2026, 6, 1)
ASKED: dict[str, Callable[[Mart], pd.DataFrame]] = {
    "cells": lambda mart: stay_cells(mart, StayRule(FIRST, END, trim="fixed", trim_days=7.3)),
    "trimmed cells": lambda mart: stay_cells(mart, StayRule(FIRST, END, trim="upper_quartile")),
    "cells of one": lambda mart: stay_cells(mart, StayRule(FIRST, END), "R3"),
    "tails": lambda mart: stay_tails(mart, StayRule(FIRST, END)),
    "months": lambda mart: appointment_months(mart, FIRST, END),
    "fifths": lambda mart: appointment_fifths(mart, FIRST, END),
}


@pytest.fixture(scope="module")
def mart(tmp_path_factory: pytest.TempPathFactory) -> Mart:
    """Records of five trusts, of which the first has become part of the last but one."""
    random, number = np.random.default_rng(23), 600
    day = pd.Timestamp(FIRST) + pd.to_timedelta(random.integers(0, 61, number), "D")
    codes = random.choice(ORGANISATIONS, number, p=[0.1, 0.4, 0.2, 0.2, 0.1])
    people = pd.DataFrame(
        {
            "org_code": codes, "specialty_code": random.choice(["100", "300"], number),
            "age_band": random.choice(["0-17", "85+"], number), "sex": random.choice(["female", "male"], number),
            "imd_decile": random.integers(1, 11, number),
        }
    )  # fmt: skip
    days = random.integers(0, 40, number)
    spells = people.assign(
        admitted=day - pd.to_timedelta(days, "D"), discharged=day, los_days=days, admission_method="elective",
        patient_class="ordinary", casemix_group=random.choice(["A", None], number), cost=1.0,
        unit_code=np.where(codes == "R2", "W1", None),  # the others have no teams
    )  # fmt: skip
    appointments = people.assign(
        appointment_date=day, outcome=random.choice(["attended", "dna"], number), kind="first", mode="video",
        lead_days=days,
    )  # fmt: skip
    names = {"org_code": ["R0", "R3"], "name": "n", "kind": "trust", "successor": ["R3", None]}
    mart = Mart(tmp_path_factory.mktemp("mart"))
    with mart.load(source="codes", layout="l", policy="published") as load:
        load.write("organisations", pd.DataFrame(names))
    with mart.load(source="records", layout="l", policy="hes_record_level") as load:
        load.write("spells", spells)
        load.write("appointments", appointments)
    return mart.at(mart.version)


@pytest.fixture
def worked_out_anew(mart: Mart, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Mart:
    """The mart with nothing kept beside it."""
    again = Mart(mart.path).at(mart.version)
    monkeypatch.setattr(again, "_derived_folder", lambda *_: tmp_path / "derived")
    return again


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
@pytest.mark.parametrize("lot", [1, 150])
def test_parts_together_are_what_one_query_gives(
    mart: Mart,
    worked_out_anew: Mart,
    monkeypatch: pytest.MonkeyPatch,
    asked: Callable[[Mart], pd.DataFrame],
    lot: int,
) -> None:
    single = mart.apart()
    whole = asked(single)
    monkeypatch.setattr(lots, "LOT", lot)
    found = lots.lots(worked_out_anew, "spells")
    assert len(found) > 1
    assert ["R0", "R3"] in [sorted(set(each) & {"R0", "R3"}) for each in found]
    parts = asked(worked_out_anew)
    assert len(whole) > 1
    pd.testing.assert_frame_equal(parts, whole, rtol=1e-12, check_exact=False)
    counts = whole.select_dtypes("integer")
    assert parts[list(counts)].equals(counts)
    assert single.asked <= worked_out_anew.asked
    assert single.asked >= {note for note in worked_out_anew.asked if "organisations" not in note}
    assert len(list(worked_out_anew._derived_folder().glob("*.parquet"))) <= 2  # and the trim points


def part(number: int, before: Callable[[], object] = lambda: None) -> tuple[pd.DataFrame, set[str]]:
    before()
    return pd.DataFrame({"part": [number], "words": [None if number else "a"]}), {f"read {number}"}


def test_those_who_wait_for_a_frame_take_parts_of_it(tmp_path: Path) -> None:
    """Each of the two parts begins only when the other has: nobody does both, one after the other."""
    together = threading.Barrier(2, timeout=60)
    builds = [partial(part, number, together.wait) for number in range(2)]

    def ask(_: int) -> tuple[pd.DataFrame, list[str]]:
        return derived_frame(tmp_path, "a frame", lambda: builds)

    with ThreadPoolExecutor(2) as both:
        first, second = both.map(ask, range(2))
    assert first[0].equals(second[0])
    assert first[0]["part"].tolist() == [0, 1]
    assert first[1] == ["read 0", "read 1"]
    assert len(list(tmp_path.glob("*.parquet"))) == 1


HELD = """
import sys, time
from pathlib import Path
from helpers.data.mart.derived import derived_frame

def hold():
    print("began", flush=True)
    time.sleep(600)

derived_frame(Path(sys.argv[1]), "a frame", lambda: [hold, hold, hold])
"""


def test_the_part_of_one_that_was_killed_is_done_by_another(tmp_path: Path) -> None:
    builds: Sequence[Callable[[], tuple[pd.DataFrame, set[str]]]]
    with subprocess.Popen([sys.executable, "-c", HELD, str(tmp_path)], stdout=subprocess.PIPE) as killed:
        assert killed.stdout is not None
        killed.stdout.readline()
        builds = [partial(part, 0), partial(part, 1), partial(part, 2, killed.kill)]
        found, _ = derived_frame(tmp_path, "a frame", lambda: builds)
    assert found["part"].tolist() == [0, 1, 2]


@pytest.mark.long  # four processes that import pandas
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_workers_of_dask_that_share_the_mart_get_what_one_query_gives(mart: Mart, tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    rule = StayRule(FIRST, END, trim="fixed", trim_days=7.3)
    shutil.copytree(mart.path, tmp_path / "mart", ignore=shutil.ignore_patterns("derived", "room"))
    shared = Mart(tmp_path / "mart").at(mart.version)
    with (
        distributed.LocalCluster(n_workers=3, threads_per_worker=1, dashboard_address=":0") as cluster,
        distributed.Client(cluster, set_as_default=False) as client,
    ):
        client.run(setattr, lots, "LOT", 40)
        addresses = list(client.nthreads())
        asked = [client.submit(stay_cells, shared, rule, workers=[each], pure=False) for each in addresses]
        months = [
            client.submit(appointment_months, shared, FIRST, END, workers=[each], pure=False)
            for each in addresses
        ]
        stays, missed = client.gather(asked), client.gather(months)
    assert len(addresses) == 3
    for frame in stays:
        pd.testing.assert_frame_equal(frame, stay_cells(mart, rule), rtol=1e-12, check_exact=False)
    for frame in missed:
        pd.testing.assert_frame_equal(frame, appointment_months(mart, FIRST, END))
