"""Models and own functions of records: what comes out is of many people, and everything else is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from helpers.data.mart import Mart
from helpers.data.policy import DisclosurePolicy
from helpers.data.room import selection
from helpers.data.room.memory import remember
from helpers.data.room.records import Records, open_records
from helpers.errors import UsageError

from .test_records import spells

#: 40 women who stay 2 or 4 days, 40 men who stay 6 or 8, of every age alike; one of the men has a case mix of his own
ROWS = [
    row | {"cost": 100.0 + place, "died": place % 4 == 0}
    for place, row in enumerate(
        [
            *(spells(20, los_days=2.0) + spells(20, los_days=4.0)),
            *(spells(19, los_days=6.0, sex="male") + spells(20, los_days=8.0, sex="male")),
            *spells(1, los_days=6.0, sex="male", casemix_group="Z"),
        ]
    )
]


@pytest.fixture(scope="module")
def mart(tmp_path_factory: pytest.TempPathFactory) -> Mart:
    mart = Mart(tmp_path_factory.mktemp("models") / "mart")
    with mart.load(source="codes", layout="l", policy="published") as load:
        load.write("organisations", pd.DataFrame([{"org_code": "T1", "name": "T1", "kind": "trust"}]))
    with mart.load(source="pas", layout="l", policy="hes_record_level") as load:
        load.write("spells", pd.DataFrame(ROWS))
    return mart.at(mart.version)


@pytest.fixture
def stays(mart: Mart) -> Callable[..., Records]:
    remember.cache_clear()

    def open_stays(by: Any = ()) -> Records:
        return open_records(
            mart, "T1", "spells", where=None, by=by, whose="own", span=("2026-04-01", "2026-05-01")
        )

    return open_stays


Stays = Callable[..., Records]


def test_coefficients_are_differences_of_means_or_ratios(stays: Stays) -> None:
    fit = stays().fit("los_days ~ sex")
    assert (fit.count, fit.scale) == (80, "difference")
    assert fit.coefficients["term"].tolist() == ["Intercept", "sex[T.male]"]
    assert fit.coefficients["estimate"].tolist() == [3.0, 4.0]
    ratio = stays().fit("los_days ~ sex", family="poisson").coefficients["estimate"]
    assert ratio.tolist() == [3.0, 2.33]  # 7 over 3


def test_an_interval_holds_its_estimate(stays: Stays) -> None:
    table = stays().fit("los_days ~ sex").coefficients
    # the standard error of a difference of two means of 40, each with a standard deviation of 1
    assert table["high"][1] - table["low"][1] == pytest.approx(2 * 1.96 * np.sqrt(2 / 40), abs=0.01)


def test_fitted_values_are_those_of_groups(stays: Stays) -> None:
    fitted = stays(by="sex").fit("los_days ~ sex").fitted
    assert fitted.to_dict("list") == {
        "sex": ["female", "male"], "count": [40, 40], "fitted": [3.0, 7.0], "hidden": [False, False],
    }  # fmt: skip


def test_groups_of_few_have_no_fitted_value(stays: Stays) -> None:
    fitted = stays(by="casemix_group").fit("los_days ~ sex").fitted
    assert fitted["fitted"].isna().tolist()[-1]
    assert fitted["hidden"].tolist()[-1]


@pytest.mark.parametrize("name", ["resid", "resid_pearson", "get_influence", "model", "fittedvalues"])
def test_residuals_and_leverage_stay_in_the_room(stays: Stays, name: str) -> None:
    with pytest.raises(AttributeError, match="no residuals, no leverage"):
        getattr(stays().fit("los_days ~ sex"), name)


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("los_days ~ casemix_group", "rests on a few people"),
        ("los_days ~ I(cost == 117)", "rests on a few people"),  # a dummy for one patient
        ("los_days ~ sex:C(casemix_group)", "rests on a few people"),
        ("los_days ~ C(cost)", "too few records"),
        ("los_days ~ I((cost > 178) * 1000 + los_days)", "one record decides"),
        ("los_days ~ discharged", "cannot be read"),
        ("los_days ~ C(admitted)", "month and weekday"),
        ("los_days ~ __import__('os').getcwd()", "cannot be read"),
        ("los_days ~", "cannot be read"),
        ("nhs_number ~ sex", "cannot be read"),
    ],
)
def test_a_model_that_tells_of_a_few_people_is_refused(stays: Stays, formula: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        stays().fit(formula)
    assert words in str(caught.value)


def test_the_odds_of_a_rare_outcome_are_refused(stays: Stays) -> None:
    with pytest.raises(UsageError, match="rests on a few people"):
        stays().fit("I(cost > 175.0) ~ sex", family="binomial")  # 4 of 80


def test_an_unknown_family_is_named(stays: Stays) -> None:
    with pytest.raises(UsageError, match="gaussian, binomial"):
        stays().fit("los_days ~ sex", family="normal")


def test_a_function_gives_numbers_of_groups_with_their_counts(stays: Stays) -> None:
    frame = stays(by="sex").apply(lambda group: {"spread": group["los_days"].std(ddof=0) * 1.5})
    assert frame.to_dict("list") == {
        "sex": ["female", "male"], "count": [40, 40], "spread": [1.5, 1.5], "hidden": [False, False],
    }  # fmt: skip


def test_a_function_may_refer_to_what_the_notebook_has(stays: Stays) -> None:
    limit = 5.5
    frame = stays().apply(lambda group: (group["los_days"] > limit).mean())
    assert frame["value"].tolist() == [0.5]


@pytest.mark.parametrize(
    "function",
    [
        lambda group: group,
        lambda group: group["los_days"],
        lambda group: group["los_days"].tolist(),
        lambda group: group.iloc[0],
        lambda group: group.iloc[0].to_dict(),
        lambda group: group["cost"].to_dict(),
        lambda group: dict(enumerate(group["cost"].head(5))),
        lambda group: group["sex"].value_counts().to_dict(),
        lambda group: group["sex"].iloc[0],
        lambda group: str(group.shape),
        lambda group: group["died"].any(),
        lambda group: complex(len(group), 2),
        lambda group: group.info,
    ],
)
def test_a_function_that_returns_rows_or_words_is_refused(stays: Stays, function: Any) -> None:
    with pytest.raises(UsageError, match="return a number"):
        stays().apply(function)


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda _: None, "it gives nothing (is `return` missing?)"),
        (lambda _: {f"{n}": 0.5 for n in range(3000)}, "it gives a dictionary"),
        (lambda group: group, "it gives a DataFrame"),
    ],
)
def test_what_a_function_gives_is_said_in_words(stays: Stays, function: Any, words: str) -> None:
    with pytest.raises(UsageError, match=re.escape(words)):
        stays().apply(function)


@pytest.mark.parametrize("seconds", [0, -3, float("nan"), "60"])
def test_seconds_that_are_none_are_refused(stays: Stays, seconds: Any) -> None:
    with pytest.raises(UsageError, match=r"apply, seconds.*a number above 0"):
        stays().apply(lambda _: 0.5, seconds=seconds)


@pytest.mark.parametrize(
    "function",
    [
        lambda group: group["cost"].max(),  # somebody's
        lambda group: group["cost"].iloc[3],
        lambda group: (group["casemix_group"] == "Z").sum(),  # one person
        lambda group: len(group) - (group["casemix_group"] == "Z").sum(),  # all but one
        lambda group: (group["casemix_group"] == "Z").mean(),
        lambda group: 100 * (group["casemix_group"] == "Z").mean(),
        lambda group: group.loc[group["casemix_group"] == "Z", "cost"].sum(),
        lambda group: group.nlargest(3, "cost")["cost"].mean() + 0.25,  # picked in the function
        lambda group: (
            group[group["cost"].between(103, 106)]["los_days"].std() + group["cost"].nlargest(5).median()
        ),
    ],
)
def test_a_number_that_tells_of_few_people_is_hidden(stays: Stays, function: Any) -> None:
    frame = stays().apply(function)
    assert frame["value"].isna().all()
    assert frame["hidden"].all()


@pytest.mark.parametrize(
    "function",
    [
        lambda group: group["cost"].mean() + 0.25,
        lambda group: group["cost"].std() / group["cost"].mean(),
        lambda group: (group["sex"] == "male").mean(),
        lambda group: group.loc[group["sex"] == "male", "cost"].mean() + 0.25,  # 40 of them
        lambda group: len(group) * 0 + 0.125,  # of nobody
    ],
)
def test_a_number_of_many_is_shown(stays: Stays, function: Any) -> None:
    assert not stays().apply(function)["hidden"].any()


@pytest.mark.parametrize(("hide_up_to", "shown"), [(0, True), (7, False), (12, False)])
def test_quantiles_models_and_functions_follow_the_audience(
    stays: Stays, monkeypatch: pytest.MonkeyPatch, hide_up_to: int, shown: bool
) -> None:
    policy = DisclosurePolicy("ward", "ward", hide_up_to, 1)
    monkeypatch.setattr(selection, "policy_of_records", lambda: policy)
    assert stays().quantile("cost", [0.05])["q5"].notna().all() == shown
    assert (
        stays().apply(lambda group: group["cost"].nlargest(3).mean() + 0.25)["value"].notna().all() == shown
    )
    if shown:
        assert stays().fit("cost ~ I(cost > 176)").count == 80
    else:
        with pytest.raises(UsageError, match=f"{hide_up_to + 1} or more"):
            stays().fit("cost ~ I(cost > 176)")


def test_a_group_of_few_is_not_given_to_a_function(stays: Stays) -> None:
    frame = stays(by="casemix_group").apply(lambda group: group["los_days"].mean() + 0.25)
    assert frame["hidden"].tolist()[-1]
    assert frame["value"].isna().tolist()[-1]


@pytest.mark.parametrize("name", ["discharged", "admitted"])
def test_a_function_sees_no_date(stays: Stays, name: str) -> None:
    with pytest.raises(UsageError, match="KeyError"):
        stays().apply(lambda group: group[name].astype("int64").max())


def test_a_function_that_cannot_travel_says_so(stays: Stays) -> None:
    import threading

    lock = threading.Lock()
    with pytest.raises(UsageError, match="cannot be sent"):
        stays().apply(lambda group: len(group) + lock.locked())


def test_rows_are_for_those_who_sit_before_it(stays: Stays) -> None:
    with pytest.raises(UsageError, match="interactive session"):
        stays().rows(3)
