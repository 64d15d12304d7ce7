"""What is wrong with the data is found, and only that."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest

from helpers.data.checking.quality import QualityRating, check_data, rate_series
from helpers.data.mart import Mart
from helpers.data.series.measure_series import edition_moves, read_series
from helpers.register import Measure, read_register

REGISTER = read_register(Path(__file__).parents[2] / "params" / "_register")
RTT: Measure = REGISTER.measures["rtt_18_weeks"]
#: 75 days after the end of June 2025 is 13 September
FRESH, LATE = date(2025, 9, 13), date(2025, 9, 14)


def months(code: str, measure: str, shares: dict[int, float], size: float = 100) -> pd.DataFrame:
    """Return months of 2025, each with its share."""
    return pd.DataFrame(
        {
            "measure": measure,
            "org_code": code,
            "period": pd.to_datetime([f"2025-{month:02}-01" for month in shares]),
            "period_type": "month",
            "basis": "provider",
            "numerator": [share * size for share in shares.values()],
            "denominator": size,
            "value": list(shares.values()),
            "status": "actual",
            "origin": "published",
            "suppressed": False,
        }
    )


def store(mart: Mart, *frames: pd.DataFrame, day: int = 1) -> None:
    with mart.load(
        source="s", layout="l", policy="published", mode="append", vintage=datetime(2025, 8, day)
    ) as load:
        load.write("measure_values", pd.concat(frames))


@pytest.fixture
def mart(tmp_path: Path) -> Mart:
    """Return a mart of four trusts, one of which became part of another."""
    mart = Mart(tmp_path)
    codes = ["ZX1", "ZX2", "ZX3", "OLD"]
    orgs = pd.DataFrame({"org_code": codes, "name": "N", "kind": "trust"})
    with mart.load(source="o", layout="l", policy="published") as load:
        load.write("organisations", orgs.assign(successor=[None, None, None, "ZX1"]))
    return mart


FULL = dict.fromkeys(range(1, 7), 0.6)


def messages(mart: Mart, aspect: str, today: date = FRESH) -> list[tuple[str, tuple[str, ...]]]:
    return [
        (found.measure, found.organisations)
        for found in check_data(mart, REGISTER, today=today)
        if found.aspect == aspect
    ]


def rate(mart: Mart, code: str, *, today: date = FRESH) -> QualityRating:
    frame = read_series(mart, {RTT.id: "month"}, organisations=[code], until=date(2025, 12, 1)).data
    moves = edition_moves(mart, code).get(RTT.id, (0, 0))
    return rate_series(frame, RTT, code, today=today, moves=moves)


def test_good_data_give_no_finding(mart: Mart) -> None:
    store(mart, months("ZX1", "rtt_18_weeks", FULL))
    assert check_data(mart, REGISTER, today=FRESH) == []


def test_an_empty_mart_is_a_finding(tmp_path: Path) -> None:
    assert [found.severity for found in check_data(Mart(tmp_path), REGISTER)] == ["high"]


def test_a_measure_is_stale_the_day_after_its_own_limit(mart: Mart) -> None:
    store(mart, months("ZX1", "rtt_18_weeks", FULL))
    assert messages(mart, "timeliness", FRESH) == []
    assert messages(mart, "timeliness", LATE) == [("rtt_18_weeks", ())]


def test_gaps_and_ends_are_named_by_trust(mart: Mart) -> None:
    gap = {month: 0.6 for month in FULL if month != 3}
    ended = {month: 0.6 for month in FULL if month < 5}
    frames = [months(c, "rtt_18_weeks", s) for c, s in (("ZX1", FULL), ("ZX2", gap), ("ZX3", ended))]
    store(mart, *frames)
    assert sorted(messages(mart, "completeness")) == [
        ("rtt_18_weeks", ("ZX2",)),
        ("rtt_18_weeks", ("ZX3",)),
    ]


def test_impossible_shares_and_unrecorded_dna_are_found(mart: Mart) -> None:
    store(
        mart,
        months("ZX1", "rtt_18_weeks", FULL | {6: 1.2}),
        months("ZX2", "dna_rate", dict.fromkeys(range(1, 7), 0.001)),
        months("ZX3", "dna_rate", dict.fromkeys(range(1, 7), 0.07)),
        months("QQQ", "made_up", FULL),
    )
    assert sorted(messages(mart, "validity")) == [
        ("dna_rate", ("ZX2",)), ("made_up", ("QQQ",)), ("rtt_18_weeks", ("ZX1",))
    ]  # fmt: skip
    assert messages(mart, "register") == [("made_up", ())]


def test_revisions_beyond_a_hundredth_are_found(mart: Mart) -> None:
    store(mart, months("ZX1", "rtt_18_weeks", FULL))
    store(mart, months("ZX1", "rtt_18_weeks", FULL | {1: 0.603, 2: 0.66}), day=2)
    (found,) = [f for f in check_data(mart, REGISTER, today=FRESH) if f.aspect == "consistency"]
    # 0.603 is within 1 % of 0.6; 0.66 is 10 % above; 1 of 6 is more than a tenth
    assert (found.severity, "1 of 6" in found.message, "10.0%" in found.message) == ("medium", True, True)
    rating = rate(mart, "ZX1", today=FRESH)
    assert (rating.consistency, rating.validity, rating.timeliness) == (
        "insufficient",
        "sufficient",
        "sufficient",
    )


def test_ratings_say_why(mart: Mart) -> None:
    store(mart, months("ZX1", "rtt_18_weeks", {1: 0.6, 2: 1.5, 6: 0.6}))
    rating = rate(mart, "ZX1", today=LATE)
    assert (rating.timeliness, rating.completeness, rating.validity, rating.consistency) == (
        "insufficient",
        "insufficient",
        "insufficient",
        "not_assessed",
    )
    assert rating.reasons == (
        "the latest figure is for a period that ended 30 June 2025",
        "3 of 6 periods have no figure",
        "1 figures are not possible",
    )
    assert rate(mart, "ZX2").reasons == ("no figures",)
