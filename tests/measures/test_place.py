"""Where a trust lies among others: quartiles, all together and peers, worked by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from made_results import quiet

from helpers.measures import words
from helpers.measures.examples import example_measure
from helpers.measures.place import Place, place_among
from helpers.measures.places.groups import PeerGroup
from helpers.measures.places.spread import places_at
from helpers.measures.places.values import series_of
from helpers.register.models import Measure

MAY = date(2026, 5, 1)
CODES = [f"T{number}" for number in range(13)]
NATION = PeerGroup("national", "acute trusts", frozenset(CODES))
PEERS = PeerGroup("type", "large acute trusts", frozenset(CODES[:5]))


def rows(shares: list[float], origin: str = "published", of: float = 1000.0) -> pd.DataFrame:
    """Return May's rows of trusts T0, T1 … with these per cent of a thousand appointments each."""
    part = np.round(np.array(shares) / 100 * of)
    return pd.DataFrame(
        {
            "org_code": CODES[: len(shares)], "period": pd.Timestamp(MAY), "period_type": "month",
            "numerator": part, "denominator": of, "value": part / of, "suppressed": False, "members": 1,
            "origin": origin, "source": "made",
        }
    )  # fmt: skip


def placed(
    found: pd.DataFrame, measure: Measure, day: date, own: str, groups: tuple[PeerGroup, PeerGroup]
) -> Place | None:
    """Return the place of a trust among those of the first group."""
    of_kind = found[found["org_code"].isin(groups[0].codes)].reset_index(drop=True)
    return place_among(places_at(series_of(of_kind, measure), day), own, groups)


#: T0 2 %, T1 3 % … T12 14 %: quartiles 5, 8 and 11, all together 8, the first five's median 4
SHARES = [float(share) for share in range(2, 15)]


def test_quartiles_all_together_and_the_median_of_peers() -> None:
    place = placed(rows(SHARES), example_measure(), MAY, "T0", (NATION, PEERS))
    assert place is not None
    assert (place.trusts, place.low, place.median, place.high) == (13, 5.0, 8.0, 11.0)
    assert place.national == pytest.approx(8.0)
    assert (place.group_trusts, place.group_median) == (5, 4.0)


@pytest.mark.parametrize(
    ("own", "direction", "side"),
    [
        ("T0", "decrease", "better"),
        ("T0", "increase", "worse"),
        ("T12", "neutral", "higher"),
        ("T0", "neutral", "lower"),
        ("T3", "decrease", "typical"),  # on the quartile is inside
    ],
)
def test_the_side_follows_the_good_direction(own: str, direction: str, side: str) -> None:
    place = placed(rows(SHARES), example_measure(direction=direction), MAY, own, (NATION, PEERS))
    assert place is not None
    assert place.side == side


def test_fewer_than_ten_trusts_or_no_own_value_give_no_place() -> None:
    assert placed(rows(SHARES[:9]), example_measure(), MAY, "T0", (NATION, PEERS)) is None
    assert placed(rows(SHARES[:12]), example_measure(), MAY, "T12", (NATION, PEERS)) is None


def test_fewer_than_five_peers_have_no_median() -> None:
    few = PeerGroup("type", "large acute trusts", frozenset(CODES[:4]))
    place = placed(rows(SHARES), example_measure(), MAY, "T0", (NATION, few))
    assert place is not None
    assert place.group == ""
    assert np.isnan(place.group_median)


def test_trusts_of_another_kind_are_left_out() -> None:
    acute = PeerGroup("national", "acute trusts", frozenset(CODES[:11]))
    place = placed(rows(SHARES), example_measure(), MAY, "T0", (acute, PEERS))
    assert place is not None
    assert place.trusts == 11


def test_values_from_records_that_rest_on_few_are_left_out() -> None:
    # of 100 appointments 2 to 7 missed must not be told: six trusts, and seven are too few to compare
    assert placed(rows(SHARES, "records", of=100.0), example_measure(), MAY, "T12", (NATION, PEERS)) is None


def said_of(measure: Measure, place_rows: pd.DataFrame, own: str) -> str:
    place = placed(place_rows, measure, MAY, own, (NATION, PEERS))
    result = quiet(measure=measure)
    return words.national_sentence(type(result)(**{**vars(result), "national": place}))


def test_the_sentence_names_the_trusts_and_the_peers() -> None:
    assert said_of(example_measure(), rows(SHARES), "T0") == (
        "It was better than the middle half of 13 acute trusts (5.0% to 11.0%) in the same period. "
        "All of them together had 8.0%. The median of 5 large acute trusts was 4.0%."
    )


def test_a_count_is_compared_per_hundred_of_its_base() -> None:
    delayed = example_measure(id="delayed_patients", kind="count", unit="patients", digits=0)
    assert said_of(delayed, rows(SHARES), "T12") == (
        "14.0 per 100 occupied beds was worse than the middle half of 13 acute trusts (5.0 to 11.0 per 100 occupied "
        "beds) in the same period. All of them together had 8.0 per 100 occupied beds. The median of 5 large acute "
        "trusts was 4.0 per 100 occupied beds."
    )
