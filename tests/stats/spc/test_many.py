"""Many series in one call give the same as one at a time, whatever the order of rows."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.errors import ArgumentError
from helpers.stats.spc import xmr, xmr_many

MONTHS = pd.date_range("2023-01-01", periods=60, freq="MS")


def frame_of(**series):
    """Return a tidy frame with the columns trust, date, value."""
    parts = [
        pd.DataFrame({"trust": name, "date": MONTHS[: len(v)], "value": v}) for name, v in series.items()
    ]
    return pd.concat(parts, ignore_index=True)


TWO = frame_of(A=[1.0, 2, 1, 2, 10, 1, 2], B=[5.0, 5, 5, None])


def same(one, other):
    """Compare two charts, NaN equal to NaN."""
    pd.testing.assert_frame_equal(one.to_frame(), other.to_frame())
    names = ("segments", "variation", "assurance", "assurance_note", "stability", "provisional", "latest")
    for name in (*names, "distance_to_target", "change", "improvement"):
        assert repr(getattr(one, name)) == repr(getattr(other, name)), name


def test_each_chart_is_that_of_its_series_alone():
    charts = xmr_many(TWO, group="trust", target=3, improvement="decrease")
    assert (len(charts), list(charts)) == (2, ["A", "B"])
    for name in charts:
        own = TWO[TWO["trust"] == name]
        same(charts[name], xmr(own["value"], own["date"], target=3, improvement="decrease"))


series = st.lists(
    st.one_of(st.none(), st.sampled_from([1.0, 2.0, 3.0]), st.floats(-50, 50)), min_size=1, max_size=24
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(series, min_size=1, max_size=5),
    st.sampled_from([None, "nhsrplotthedots"]),
    st.sampled_from([None, 12]),
    st.booleans(),
    st.randoms(use_true_random=False),
)
def test_many_equal_one_by_one_in_any_order_of_rows(lists, compatible, fix_after, screen, random):
    frame = frame_of(**{f"T{place}": pd.Series(values, dtype=float) for place, values in enumerate(lists)})
    rebase = {f"T{place}": [MONTHS[len(v) // 2]] for place, v in enumerate(lists) if place % 2}
    options = {"compatible": compatible, "fix_after": fix_after, "screen": screen, "target": 2.0}
    rows = list(range(len(frame)))
    random.shuffle(rows)
    charts = xmr_many(frame.iloc[rows], group="trust", rebase=rebase, **options)
    for name in charts:
        own = frame[frame["trust"] == name]
        same(charts[name], xmr(own["value"], own["date"], rebase=rebase.get(name, ()), **options))


def test_points_and_summary_say_what_the_charts_say():
    charts = xmr_many(TWO, group="trust", target={"A": 3.0})
    for name in charts:
        points = charts.points[charts.points["trust"] == name].drop(columns="trust").reset_index(drop=True)
        pd.testing.assert_frame_equal(
            points.astype({"reason": str, "point_type": str}),
            charts[name].to_frame().astype({"reason": str, "point_type": str}),
        )
        row = charts.summary.set_index("trust").loc[name]
        chart = charts[name]
        assert (row["variation"], row["assurance_note"]) == (chart.variation, chart.assurance_note)
        assert row["latest_date"] == chart.latest_date
        assert row["latest_value"] == chart.latest_value
        assert row["points"] == chart.limits.points
        assert (row["centre"], row["upper"]) == (chart.limits.centre, chart.limits.upper)
        assert (row["stable"], row["provisional"]) == (chart.stability.stable, chart.provisional)
        assert row["special_share"] == chart.stability.special_share
        np.testing.assert_equal(row["target"], chart.target_in_force)
        np.testing.assert_equal(row["distance_to_target"], chart.distance_to_target)
        np.testing.assert_equal(row["change"], chart.change)
        np.testing.assert_equal(row["lag1"], chart.stability.lag1)


def test_the_summary_shows_icons_and_gaps():
    steady = [10, 11, 10.5, 10, 10.5, 11, 10, 10.5, 10.5, 11, 10.5, 10, 11]
    charts = xmr_many(frame_of(A=steady, B=[None, None]), group="trust", target=5)
    summary = charts.summary
    assert summary["assurance"].tolist()[0] == "consistent_pass"
    assert summary["assurance"].isna().tolist() == [False, True]
    assert summary["latest_date"].isna().tolist() == [False, True]
    assert summary["variation"].tolist() == ["common_cause", "none"]


def test_series_may_be_named_by_several_columns():
    frame = TWO.assign(measure="m")
    charts = xmr_many(frame, group=["measure", "trust"])
    assert list(charts) == [("m", "A"), ("m", "B")]
    assert list(charts.summary.columns[:2]) == ["measure", "trust"]
    assert charts[("m", "A")].limits.centre == pytest.approx(19 / 7)
    assert charts.points.shape[0] == len(TWO)


def test_a_categorical_name_gives_no_empty_series():
    frame = TWO.assign(trust=pd.Categorical(TWO["trust"], categories=["A", "B", "C"]))
    assert list(xmr_many(frame, group="trust")) == ["A", "B"]


def test_a_group_without_target_gets_no_icon_but_the_published_tool_gives_one():
    frame = frame_of(A=[10, 11] * 5, B=[10, 11] * 5)
    ours = xmr_many(frame, group="trust", target={"A": 5.0})
    assert (ours["A"].assurance, ours["B"].assurance) == ("consistent_pass", None)
    theirs = xmr_many(frame, group="trust", target={"A": 5.0}, compatible="nhsrplotthedots")
    assert (theirs["A"].assurance, theirs["B"].assurance) == ("consistent_pass", "inconsistent")
    none = xmr_many(frame, group="trust", compatible="nhsrplotthedots")
    assert (none["A"].assurance, none["A"].assurance_note) == (None, "no target")
    neutral = xmr_many(
        frame, group="trust", target=5.0, improvement="neutral", compatible="nhsrplotthedots"
    )
    assert (neutral["A"].assurance, neutral["A"].assurance_note) == (None, "neutral measure")


def test_targets_and_directions_may_differ_by_series():
    frame = frame_of(A=[10, 11] * 5, B=[10, 11] * 5, C=[10, 11] * 5)
    target = {"A": 5.0, "B": {"2023-01-01": 20.0, "2023-06-01": 10.5}, "C": None}
    improvement = {"A": "increase", "B": "decrease", "C": "neutral"}
    charts = xmr_many(frame, group="trust", target=target, improvement=improvement)
    assert charts["B"].target.tolist() == [20.0] * 5 + [10.5] * 5
    assert [charts[name].improvement for name in charts] == ["increase", "decrease", "neutral"]
    assert [charts[name].assurance for name in charts] == ["consistent_pass", "inconsistent", None]


def test_a_column_may_hold_the_target_in_force():
    frame = frame_of(A=[1, 2, 3]).assign(goal=[None, 5.0, 6.0]).iloc[[2, 0, 1]]
    assert xmr_many(frame, group="trust", target_column="goal")["A"].target.tolist()[1:] == [5.0, 6.0]
    with pytest.raises(ArgumentError, match=r"^target_column: both .* came; allowed: one of the two"):
        xmr_many(frame, group="trust", target_column="goal", target=3)


def test_rebase_dates_for_all_series():
    charts = xmr_many(frame_of(A=[1, 2, 3, 4], B=[5, 6, 7]), group="trust", rebase=["2023-03-01"])
    assert [len(charts[name].segments) for name in charts] == [2, 2]
    assert charts.points["segment"].tolist() == [0, 0, 1, 1, 0, 0, 1]
    with pytest.raises(
        ArgumentError, match=r"2023-04-01, which is no date of series 'B', came.*2023-03-01"
    ):
        xmr_many(frame_of(A=[1, 2, 3, 4], B=[5, 6, 7]), group="trust", rebase=["2023-04-01"])
    ignored = xmr_many(
        frame_of(A=[1, 2, 3, 4], B=[5, 6, 7]),
        group="trust",
        rebase=["2023-04-01"],
        compatible="nhsrplotthedots",
    )
    assert [len(ignored[name].segments) for name in ignored] == [2, 1]


def test_an_unknown_series_has_no_chart():
    with pytest.raises(KeyError):
        xmr_many(TWO, group="trust")["C"]


@pytest.mark.parametrize(
    ("frame", "options", "words"),
    [
        (TWO, {"group": "turst"}, r"frame: the columns trust, date, value came.*did you mean trust\?"),
        (TWO, {"value": "x"}, "frame: .*a frame with 'x'"),
        (TWO.iloc[:0], {}, "frame: no row came; allowed: one row or more"),
        (TWO.assign(value="*"), {}, r"value: the text '\*' came"),
        (TWO.assign(date="soon"), {}, r"date: .*allowed: dates"),
        (
            TWO.assign(date=MONTHS[0]),
            {},
            "date: 2023-01-01 came twice in series 'A'; allowed: each date once",
        ),
        (
            TWO.assign(trust=None),
            {},
            "group: a missing name .* came in row 0; allowed: a name in every row",
        ),
        (TWO, {"target": {"C": 1}}, "target: the series 'C' came; allowed: series that are in the frame"),
        (TWO, {"target": "high"}, "target: 'high' came"),
        (TWO, {"rebase": {"C": []}}, "rebase: the series 'C' came"),
        (TWO, {"rebase": {"A": ["2023-01-15"]}}, "rebase: 2023-01-15, which is no date of the data"),
        (TWO, {"improvement": {"C": "increase"}}, "improvement: the series 'C' came"),
        (
            TWO,
            {"improvement": {"A": "increase"}},
            "improvement: nothing .* 'B'; allowed: a direction for each series",
        ),
        (TWO, {"improvement": {"A": "up", "B": "increase"}}, "improvement: 'up' came"),
        (TWO, {"improvement": "up"}, "improvement: 'up' came"),
    ],
)
def test_bad_input_is_refused(frame, options, words):
    with pytest.raises(ArgumentError, match=f"^{words}"):
        xmr_many(frame, **{"group": "trust", **options})


def test_the_frame_is_not_changed():
    before = TWO.copy()
    xmr_many(TWO.iloc[::-1], group="trust", target=1)
    pd.testing.assert_frame_equal(TWO, before)
