"""What the mart holds of the open data, beside the published files read by plain pandas alone."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from helpers.data.appointments import published_months
from helpers.data.mart import Mart

pytestmark = pytest.mark.real_data

YEAR = (date(2020, 4, 1), date(2021, 4, 1))
SEEN, MISSED = ("First attendances seen total", "Subsequent attendances seen"), (
    "First attendances DNA", "Subsequent attendances DNA",
)  # fmt: skip


def test_no_part_of_a_year_exceeds_its_whole_and_no_hidden_number_makes_it_smaller(
    real_mart: Mart, real_data: Path
) -> None:
    """Of every trust: sums over the months that are known, and bounds where a number is hidden."""
    found = published_months(real_mart, ("RQ3",), *YEAR)
    sums = found.groupby(["org_code", "kind"])[["dnas", "attended"]].sum().unstack("kind")
    for figure in ("dnas", "attended"):
        parts = sums[figure][["first", "follow_up"]].sum(axis=1)
        assert (sums[figure]["all"] - parts).abs().max() == 0
    raw = pd.read_csv(real_data / "hes-monthly-open-data" / "HES_MAR_2020-21_M13.csv", dtype=str)
    raw = raw[(raw["Organisation breakdown"] == "Provider") & raw["Org Code"].str.fullmatch("R[A-Z0-9]{2}")]
    raw = raw.set_index("Org Code")
    cells = raw[[f"All specialties: {name}" for name in (*SEEN, *MISSED)]]
    cells = cells.set_axis(["seen_first", "seen_later", "missed_first", "missed_later"], axis=1)
    counts = cells.replace({"*": "0"}).astype(float)
    starred = cells.eq("*")
    # months of which more is hidden than who missed a first appointment, or too few came, are told as missing
    close = ~starred.drop(columns="missed_first").any(axis=1)
    close &= ~starred["missed_first"] | (counts.sum(axis=1) > 14_000)
    expected = counts[close].groupby(level=0).sum()
    missed = expected["missed_first"] + expected["missed_later"]
    trusts = sums.index.intersection(expected.index)
    assert len(trusts) > 180
    assert (sums["dnas"]["all"][trusts] - missed[trusts]).abs().max() == 0
    assert (
        sums["attended"]["all"][trusts] - (expected["seen_first"] + expected["seen_later"])[trusts]
    ).abs().max() == 0
    assert missed["RQ3"] == 12_865
    assert sums["dnas"]["all"]["RR8"] == 71_785
