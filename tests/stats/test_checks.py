"""Arguments are refused with their name, what came and what is allowed."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from helpers.errors import ArgumentError
from helpers.stats import checks


@pytest.mark.parametrize(
    "values", [[1, 2], (1.0, 2.0), np.array([1, 2]), pd.Series([1, 2]), pd.array([1, 2])]
)
def test_numbers_are_taken_from_any_column(values):
    assert checks.check_numbers("x", values).tolist() == [1.0, 2.0]


def test_one_number_is_a_column_of_one():
    assert checks.check_numbers("x", 3).tolist() == [3.0]


def test_missing_values_pass_only_where_they_may():
    for missing in ([1, None], [1, float("nan")], pd.array([1, pd.NA]), pd.Series([1, None])):
        assert np.isnan(checks.check_numbers("x", missing, missing=True)[1])
        with pytest.raises(ArgumentError, match="x: nan came at position 1; allowed: finite numbers"):
            checks.check_numbers("x", missing)


def test_infinite_numbers_never_pass():
    with pytest.raises(
        ArgumentError, match="inf came at position 0; allowed: finite numbers or missing values"
    ):
        checks.check_numbers("x", [np.inf], missing=True)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (["1", "*"], r"x: the text '1' came; allowed: one column of numbers"),
        ([[1, 2], [3, 4]], "x: 2 dimensions came"),
        (pd.to_datetime(["2026-01-01"]), "x: a DatetimeIndex came"),
        (pd.to_timedelta([1], unit="D"), "x: a TimedeltaIndex came"),
        ([{}], "x: a list came"),
    ],
)
def test_what_is_no_column_of_numbers_is_named(values, words):
    with pytest.raises(ArgumentError, match=words):
        checks.check_numbers("x", values)


def test_an_empty_column_passes():
    assert checks.check_numbers("x", []).tolist() == []


def test_bounds_are_named():
    assert checks.check_numbers("x", [0], minimum=0).tolist() == [0]
    with pytest.raises(ArgumentError, match="-1 came at position 1; allowed: finite numbers of 0 or more"):
        checks.check_numbers("x", [0, -1], minimum=0)
    with pytest.raises(ArgumentError, match="0 came at position 0; allowed: finite numbers above 0"):
        checks.check_numbers("x", [0, 1], above=0)


def test_whole_numbers():
    checks.check_whole("x", np.array([1.0, 2.0]))
    with pytest.raises(ArgumentError, match=r"1\.5 came at position 0; allowed: whole numbers"):
        checks.check_whole("x", np.array([1.5]))


def test_lengths_must_agree():
    checks.check_lengths(a=[1], b=[2], c=[3])
    with pytest.raises(ArgumentError, match=r"c: 2 values came; allowed: as many as in a \(1\)"):
        checks.check_lengths(a=[1], b=[2], c=[3, 4])


def test_a_part_is_at_most_the_whole():
    checks.check_at_most("n", np.array([2.0, np.nan]), "d", np.array([2.0, 1.0]))
    with pytest.raises(ArgumentError, match="n: 3 came at position 1, where d is 2; allowed: at most d"):
        checks.check_at_most("n", np.array([1.0, 3.0]), "d", np.array([2.0, 2.0]))


def test_near_misses_of_a_choice_are_named():
    checks.check_choice("c", "high", ("high", "low"))
    checks.check_choice("c", None, (None, "low"))
    with pytest.raises(ArgumentError, match=r"'hihg' came; allowed: 'high', 'low' \(did you mean high\?\)"):
        checks.check_choice("c", "hihg", ("high", "low"))
    for wrong in ("zzz", 3, ["high"], {"high": 1}, {"high"}, np.array(["high"])):
        with pytest.raises(ArgumentError, match=r"allowed: 'high', 'low'\.|did you mean"):
            checks.check_choice("c", wrong, ("high", "low"))


@pytest.mark.parametrize("wrong", [1, True, 2.5, float("nan"), float("inf"), "3", None, [3]])
def test_what_is_no_whole_number_is_refused(wrong):
    with pytest.raises(ArgumentError, match="a whole number of 2 or more"):
        checks.check_integer("i", wrong, 2)


@pytest.mark.parametrize("value", [2, np.int64(2), 2.0])
def test_a_whole_number_of_any_type_comes_back_as_one(value):
    found = checks.check_integer("i", value, 2)
    assert (found, type(found)) == (2, int)


def test_every_bound_is_told_in_one_sentence():
    with pytest.raises(ArgumentError) as caught:
        checks.check_array("spells", [3, -1], minimum=0, maximum=10, missing=True)
    assert str(caught.value) == (
        "spells: -1 came at position 1; allowed: finite numbers of 0 or more and at most 10 or missing values."
    )


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (["a"], "the text 'a' came; allowed: numbers"),
        ([[1], [2, 3]], "rows of different lengths came"),
        (float("nan"), "nan came; allowed: finite numbers"),
        ([[1.0, 2.0], [3.0, np.inf]], "inf came at position 1, 1"),
    ],
)
def test_an_array_of_any_shape_holds_finite_numbers(values, words):
    assert checks.check_array("days", [[1, 2], [3, 4]]).shape == (2, 2)
    with pytest.raises(ArgumentError, match=f"^days: {words}"):
        checks.check_array("days", values)


@pytest.mark.parametrize(
    ("values", "words"), [([], "an empty one came"), (3.0, "3.0 came"), ([[1.0, 2.0]], "2 dimensions came")]
)
def test_a_series_is_a_column_with_something_in_it(values, words):
    assert checks.check_series("values", [1, None], missing=True).tolist()[0] == 1
    with pytest.raises(ArgumentError, match=f"^values: {words}; allowed: (a|one) column of"):
        checks.check_series("values", values)


@pytest.mark.parametrize("level", [0, 1, 95, "0.95", None])
def test_a_confidence_level_lies_between_0_and_1(level):
    assert checks.check_confidence(0.95) == 0.95
    with pytest.raises(ArgumentError, match=r"confidence: .* above 0 and below 1"):
        checks.check_confidence(level)


def test_shapes_must_make_one():
    checks.check_shapes(a=np.zeros(3), b=np.array(1.0), c=np.zeros((2, 3)))
    with pytest.raises(
        ArgumentError, match=r"b: the shape \(2,\) came; allowed: one number, or the shape \(3,\) of a"
    ):
        checks.check_shapes(a=np.zeros(3), b=np.zeros(2))


def test_one_part_is_at_most_its_whole():
    checks.check_at_most("dnas", 2.0, "appointments", 2.0)
    with pytest.raises(ArgumentError, match="dnas: 3 came, where appointments is 2; allowed: at most"):
        checks.check_at_most("dnas", 3.0, "appointments", 2.0)


def test_one_number_within_bounds():
    assert checks.check_number("x", np.float64(0.5), above=0, below=1) == 0.5
    assert checks.check_number("x", -3) == -3.0
    for wrong in (0, 1, float("nan"), float("inf"), "0.5", None, True, [0.5]):
        with pytest.raises(ArgumentError, match="allowed: one finite number above 0 and below 1"):
            checks.check_number("x", wrong, above=0, below=1)
    with pytest.raises(ArgumentError, match=r"allowed: one finite number\."):
        checks.check_number("x", "a")


@pytest.mark.parametrize(
    "dates",
    [
        ["2026-01-01", "2026-02-01"],
        ["2026-01", "2026-02"],
        [dt.date(2026, 1, 1), dt.date(2026, 2, 1)],
        np.array(["2026-01", "2026-02"], dtype="datetime64[M]"),
        pd.period_range("2026-01", periods=2, freq="M"),
        pd.Series(pd.period_range("2026-01", periods=2, freq="M")),
        pd.Series(pd.to_datetime(["2026-01-01", "2026-02-01"])),
    ],
)
def test_dates_come_in_many_forms(dates):
    assert checks.check_dates("dates", dates).tolist() == [
        pd.Timestamp("2026-01-01"),
        pd.Timestamp("2026-02-01"),
    ]


@pytest.mark.parametrize(
    ("dates", "words"),
    [
        (["yesterday"], "allowed: dates, or words like 2026-03-01"),
        (["01/02/2026"], "allowed: dates, or words like 2026-03-01"),
        ([20260101], "plain numbers are no dates"),
        ([[1], [2]], "allowed: dates"),
        (["2026-01-01", None], "a missing date came at position 1"),
        (
            pd.to_datetime(["2026-01-01"]).tz_localize("Europe/London"),
            "dates of the time zone Europe/London",
        ),
    ],
)
def test_what_is_no_date_is_refused(dates, words):
    with pytest.raises(ArgumentError, match=words):
        checks.check_dates("dates", dates)


def test_no_dates_are_no_dates():
    assert len(checks.check_dates("dates", [])) == 0


def test_missing_columns_are_named_with_near_misses():
    frame = pd.DataFrame({"vaule": [1], "date": [2]})
    checks.check_columns("frame", frame, ["date"])
    with pytest.raises(ArgumentError, match=r"columns vaule, date came.*'value' \(did you mean vaule\?\)"):
        checks.check_columns("frame", frame, ["date", "value"])
    with pytest.raises(ArgumentError, match="a frame with 'yyy', 'zzz'"):
        checks.check_columns("frame", frame, ["yyy", "date", "zzz"])


def test_a_locked_array_is_a_copy_that_cannot_be_written():
    array = np.array([1.0])
    copy = checks.locked(array)
    array[0] = 2.0
    assert copy[0] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        copy[0] = 3.0
