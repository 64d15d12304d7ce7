"""Divisions and specialties of a trust as units, with measures that divide among them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.data.synthetic import truth
from helpers.data.synthetic.drawing import Floats, chance, log_odds
from helpers.data.synthetic.organisations import DIVISIONS, Trusts
from helpers.data.synthetic.specialties import SPECIALTIES

#: measures that are also returned by division, and the log odds of each division
BY_DIVISION: dict[str, list[float]] = truth.INVENTED["divisions"]
#: shares of each division in them, and how far a division strays from month to month (log odds)
SHARES = np.array([0.45, 0.38, 0.17])
STRAY = 0.06
#: measures of the waiting list, which has its specialties already
BY_SPECIALTY = ("rtt_18_weeks", "rtt_over_52_weeks")
_GROUP = dict(zip(SPECIALTIES["code"], SPECIALTIES["group"], strict=True))


def division_code(org_code: str, place: int) -> str:
    """Return the code of a trust's division, counted from 0.

    >>> division_code("SYN07", 0)
    'SYN07-D1'
    """
    return f"{org_code}-D{place + 1}"


def specialty_units() -> pd.DataFrame:
    """Return `units` rows of the specialties below the divisions, for the trusts that cascade so far."""
    return pd.DataFrame(
        [
            {
                "org_code": code,
                "unit_code": f"{code}-{specialty.code}",
                "name": specialty.name,
                "parent_unit": division_code(code, DIVISIONS.index(specialty.group)),
            }
            for code in truth.CASCADES
            for specialty in SPECIALTIES.itertuples()
        ]
    )


def unit_values(rng: np.random.Generator, trusts: Trusts, values: pd.DataFrame) -> pd.DataFrame:
    """Return measure values of divisions, and of specialties as units where a trust cascades to them.

    What divisions return adds up to the organisation's own figures.
    """
    general = [
        code
        for code, group in zip(trusts.codes, trusts.peer_groups, strict=True)
        if group != "Acute specialist"
    ]
    whole = values[values["unit_code"].isna() & values["specialty_code"].isna() & ~values["suppressed"]]
    divided = [
        _divide(rng, whole[(whole["measure"] == measure) & whole["org_code"].isin(general)], np.array(odds))
        for measure, odds in BY_DIVISION.items()
    ]
    lists = values[values["measure"].isin(BY_SPECIALTY) & values["specialty_code"].notna()]
    lists = lists[lists["org_code"].isin(general)]
    return pd.concat([*divided, _lists_by_division(lists), _lists_by_unit(lists)], ignore_index=True)


def _divide(rng: np.random.Generator, rows: pd.DataFrame, offsets: Floats) -> pd.DataFrame:
    """Divide numerators and denominators among the divisions, each with odds of its own."""
    denominator = np.round(rows["denominator"].to_numpy(dtype=float)[:, None] * SHARES)
    denominator[:, 0] += rows["denominator"].to_numpy(dtype=float) - denominator.sum(axis=1)
    own = rows["numerator"].to_numpy(dtype=float) / rows["denominator"].to_numpy(dtype=float)
    odds = log_odds(np.clip(own, 1e-4, 1 - 1e-4))[:, None] + offsets
    expected = denominator * chance(odds + rng.normal(0, STRAY, odds.shape))
    share = expected / expected.sum(axis=1, keepdims=True)
    numerator = np.minimum(np.round(rows["numerator"].to_numpy(dtype=float)[:, None] * share), denominator)
    numerator[:, 0] += rows["numerator"].to_numpy(dtype=float) - numerator.sum(axis=1)
    parts = [
        rows.assign(
            unit_code=[division_code(code, place) for code in rows["org_code"]],
            numerator=numerator[:, place],
            denominator=denominator[:, place],
        )
        for place in range(len(DIVISIONS))
    ]
    return pd.concat(parts, ignore_index=True)


def _lists_by_division(lists: pd.DataFrame) -> pd.DataFrame:
    """Add the waiting lists of the specialties of each division up."""
    place = lists["specialty_code"].map(_GROUP).map(DIVISIONS.index)
    unit = lists["org_code"] + "-D" + (place + 1).astype(str)
    keys = ["measure", "org_code", "period", "unit_code"]
    summed = lists.assign(unit_code=unit).groupby(keys, as_index=False)[["numerator", "denominator"]].sum()
    return summed.assign(scheme=None, specialty_code=None, origin="published")


def _lists_by_unit(lists: pd.DataFrame) -> pd.DataFrame:
    """Return the specialties of the cascading trusts as units."""
    chosen = lists[lists["org_code"].isin(truth.CASCADES)]
    return chosen.assign(
        unit_code=chosen["org_code"] + "-" + chosen["specialty_code"], scheme=None, specialty_code=None
    )
