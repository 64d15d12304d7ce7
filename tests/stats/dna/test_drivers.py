"""The logistic regression of DNAs, held against records, closed forms and what was simulated."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf

from helpers.errors import ArgumentError
from helpers.stats import dna


@pytest.fixture(scope="module")
def records() -> pd.DataFrame:
    rng = np.random.default_rng(8)
    n = 6000
    table = pd.DataFrame(
        {
            "provider": rng.integers(0, 25, n),
            "imd": rng.choice(["1 most", "2", "3 least"], n, p=[0.25, 0.3, 0.45]),
            "kind": rng.choice(["first", "follow-up"], n, p=[0.3, 0.7]),
            "lead_weeks": rng.integers(1, 20, n),
        }
    )
    logit = (
        -2.5 + 0.7 * (table["imd"] == "1 most") + 0.05 * table["lead_weeks"] + 0.1 * (table["provider"] % 3)
    )
    missed = (rng.random(n) < 1 / (1 + np.exp(-logit))).astype(int)
    return table.assign(dnas=missed, appointments=1)


def test_a_single_two_way_driver_has_the_odds_ratio_of_its_table() -> None:
    table = pd.DataFrame({"kind": ["first", "follow-up"], "dnas": [60, 80], "appointments": [600, 1000]})
    found = dna.dna_drivers(table, ["kind"]).set_index("level")
    odds = (60 / 540) / (80 / 920)
    error = np.sqrt(1 / 60 + 1 / 540 + 1 / 80 + 1 / 920)  # Woolf
    assert found.loc["first", "odds_ratio"] == pytest.approx(odds)
    assert found.loc["first", "upper"] == pytest.approx(odds * np.exp(1.959964 * error), rel=1e-6)
    assert found.loc["follow-up", "odds_ratio"] == 1  # most appointments: the reference
    assert np.isnan(found.loc["follow-up", "lower"])
    assert found["appointments"].tolist() == [600, 1000]


def test_clustered_errors_equal_those_of_statsmodels_on_records(records: pd.DataFrame) -> None:
    ours = dna.dna_drivers(records, ["imd", "kind"], numeric=["lead_weeks"], cluster="provider")
    formula = "dnas ~ C(imd, Treatment('3 least')) + C(kind, Treatment('follow-up')) + lead_weeks"
    theirs = smf.logit(formula, records).fit(
        disp=0,
        tol=1e-12,
        cov_type="cluster",
        cov_kwds={"groups": records["provider"], "df_correction": True},
    )
    lead = ours[ours["driver"] == "lead_weeks"].iloc[0]
    assert lead["odds_ratio"] == pytest.approx(np.exp(theirs.params["lead_weeks"]), rel=1e-7)
    reach = np.log(lead["upper"] / lead["odds_ratio"]) / 2.063898561628021  # t(24), 97.5 %
    assert reach == pytest.approx(theirs.bse["lead_weeks"], rel=1e-6)
    assert lead["lower"] < np.exp(0.05) < lead["upper"]
    most = ours[ours["level"] == "1 most"].iloc[0]
    assert most["lower"] < np.exp(0.7) < most["upper"]


def test_grouped_appointments_give_the_same_as_records(records: pd.DataFrame) -> None:
    keys = ["provider", "imd", "kind", "lead_weeks"]
    grouped = records.groupby(keys)[["dnas", "appointments"]].sum().reset_index()
    arguments = {"categories": ["imd", "kind"], "numeric": ["lead_weeks"], "cluster": "provider"}
    first, second = dna.dna_drivers(records, **arguments), dna.dna_drivers(grouped, **arguments)
    pd.testing.assert_frame_equal(first, second, rtol=1e-7)


def test_providers_may_come_some_at_a_time(records: pd.DataFrame) -> None:
    keys = ["imd", "kind", "lead_weeks"]
    whole = records.groupby(keys)[["dnas", "appointments"]].sum().reset_index()
    arguments = {"categories": ["imd", "kind"], "numeric": ["lead_weeks"], "cluster": "provider"}
    more = records.iloc[:1].assign(imd="unheard of")  # left out: the sums do not have it
    parts = (
        pd.concat([part, more.assign(provider=part["provider"].iloc[0])])
        for _, part in records.groupby(records["provider"] // 10)
    )
    found = dna.dna_drivers(whole, **arguments, parts=parts)
    pd.testing.assert_frame_equal(found, dna.dna_drivers(records, **arguments), rtol=1e-7)


def test_counts_of_patterns_give_what_statsmodels_finds_on_single_records(records: pd.DataFrame) -> None:
    formula = "dnas ~ C(imd, Treatment('3 least')) + C(kind, Treatment('follow-up')) + lead_weeks"
    theirs = smf.glm(formula, records, family=sm.families.Binomial()).fit(
        tol=1e-14,
        tol_criterion="params",
        cov_type="cluster",
        cov_kwds={"groups": records["provider"], "df_correction": True},
        use_t=True,
    )
    keys = ["imd", "kind", "lead_weeks"]
    whole = records.groupby(keys)[["dnas", "appointments"]].sum().reset_index()
    by_provider = records.groupby(["provider", *keys])[["dnas", "appointments"]].sum().reset_index()
    parts = (part for _, part in by_provider.groupby(by_provider["provider"] // 7))
    ours = dna.dna_drivers(whole, ["imd", "kind"], numeric=["lead_weeks"], cluster="provider", parts=parts)
    named = {"1 most": "[T.1 most]", "2": "[T.2]", "first": "[T.first]", "": "lead_weeks"}
    compared = ours[ours["lower"].notna()]
    assert set(compared["level"]) == set(named)
    ends = theirs.conf_int()
    for _, row in compared.iterrows():
        (term,) = (name for name in theirs.params.index if name.endswith(named[row["level"]]))
        assert np.log(row["odds_ratio"]) == pytest.approx(theirs.params[term], rel=1e-10)
        assert [np.log(row["lower"]), np.log(row["upper"])] == pytest.approx([*ends.loc[term]], rel=1e-10)


def test_unusable_tables_are_refused(records: pd.DataFrame) -> None:
    with pytest.raises(ArgumentError, match="a frame with 'mode'"):
        dna.dna_drivers(records, ["mode"])
    with pytest.raises(ArgumentError, match=r"table\.dnas"):
        dna.dna_drivers(records.assign(dnas=2), ["kind"])
    with pytest.raises(ArgumentError, match="1 provider"):
        dna.dna_drivers(records.assign(provider=1), ["kind"], cluster="provider")
    never = records.assign(dnas=records["dnas"].where(records["kind"] == "first", 0))
    with pytest.raises(ArgumentError, match="follow-up"):
        dna.dna_drivers(never, ["kind"])
    with pytest.raises(ArgumentError, match="missing values"):
        dna.dna_drivers(records.assign(kind=records["kind"].where(records["kind"] == "first")), ["kind"])
    with pytest.raises(ArgumentError, match="say the same"):
        dna.dna_drivers(records.assign(copy=records["kind"]), ["kind", "copy"])
