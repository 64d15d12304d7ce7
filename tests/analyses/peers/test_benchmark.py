"""The sections of the report: what is shown of one measure and of all, and what is said where little is known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from helpers.analyses.peers.analysis import PeerBenchmark
from helpers.bundle import Bundle
from helpers.data.disclosure import disclosure_problems
from helpers.errors import DataError, UsageError

from .conftest import Figure, MakePeers, Trust, every_month, make_measure

RATES = np.linspace(0.3, 0.8, 12)


def bundles(report: PeerBenchmark) -> list[Bundle]:
    """Return every object of a report in the order of the notebook."""
    if report.found.single:
        shown = [
            *report.trusts().shown, *report.groups().shown, *report.movement().shown, *report.opportunity.shown,
            *report.left_out.shown, report.trusts().table(label="tbl-trusts"),
        ]  # fmt: skip
    else:
        shown = [
            *report.standings.shown, *report.sections().parts,
            *report.movements.shown, *report.opportunity.shown, *report.left_out.shown,
        ]  # fmt: skip
    return [each.bundle for each in (report.headline(), *shown, *report.method.shown)]


def text(found: Iterable[Bundle]) -> str:
    return "\n".join(each.prose for each in found).replace("\\", "")


def table(found: Iterable[Bundle], name: str) -> Bundle:
    return next(each for each in found if each.id == name)


def figures(measure: str = "seen_soon", months: int = 14) -> list[Figure]:
    """Twelve trusts of 1,000 patients from 30 to 80 %, who do not move; T1 is the lowest."""
    return [
        figure
        for place, rate in enumerate(RATES)
        for figure in every_month(f"T{place + 1}", [float(rate)] * months, measure=measure)
    ]


def test_one_measure_in_full(peers: MakePeers) -> None:
    report = peers(*figures()).benchmark(measures=("seen_soon",))
    found = bundles(report)
    assert {"fig-seen-soon", "tbl-groups", "fig-movement", "tbl-opportunity", "tbl-trusts"} <= {
        each.id for each in found
    }
    rows = table(found, "tbl-trusts").rows
    assert rows[0][0] == "T1"  # its own first, the others by name: order says nothing
    assert [row[1] for row in rows[1:]] == sorted(str(row[1]) for row in rows[1:])
    assert len(rows) == 12
    assert "worst quarter" in text(found)
    assert disclosure_problems(found) == []


def test_every_place_comes_with_its_interval(peers: MakePeers) -> None:
    found = bundles(peers(*figures()).benchmark(measures=("seen_soon",)))
    for each in found:
        for column, place in ((c.label, n) for n, c in enumerate(each.columns)):
            if "interval" in column and "better than" in column:
                assert all(row[place] is None or " to " in str(row[place]) for row in each.rows)


def test_groups_have_their_numbers_and_a_warning_where_they_are_small(peers: MakePeers) -> None:
    trusts = [
        Trust(f"T{n}", icb_code="Q1" if n < 4 else "Q2", region=None if n == 1 else "Y1")
        for n in range(1, 13)
    ]
    report = peers(*figures(), trusts=trusts).benchmark(measures=("seen_soon",))
    rows = {row[0]: row for row in table(bundles(report), "tbl-groups").rows}
    assert (rows["All"][2], rows["All"][7]) == (12, "")
    assert (rows["Same integrated care board"][2], rows["Same integrated care board"][7]) == (
        3,
        "Few trusts",
    )
    assert rows["Same region"][7] == "Its region is not known."
    alone = [Trust(f"T{n}", icb_code=f"Q{n}") for n in range(1, 13)]
    again = bundles(peers(*figures(), trusts=alone).benchmark(measures=("seen_soon",)))
    (board,) = [row for row in table(again, "tbl-groups").rows if row[0] == "Same integrated care board"]
    assert board[2:] == (1, None, None, None, None, "No other trust")
    assert rows["Same size"][7] == "Its number of general and acute beds is not known."


def test_all_measures_side_by_side(peers: MakePeers) -> None:
    measures = [
        make_measure(),
        make_measure("seen_late", name="Seen late", direction="decrease"),
        make_measure("visits", name="Visits", kind="count", denominator=None, unit="visits"),
        make_measure("nowhere", name="Nowhere"),
    ]
    visits = [Figure(f"T{n}", 100.0 * n, measure="visits") for n in range(1, 5)]
    report = peers(*figures(), *figures("seen_late"), *visits, measures=measures).benchmark()
    found = bundles(report)
    assert [row[0] for row in table(found, "tbl-standings").rows] == ["Seen soon", "Seen late"]
    headline = text(found[:1])
    assert (
        "Of two measures, Synthetic T1 is very likely in the worst quarter of acute trusts by one and in the best by "
        "one." in headline
    )
    assert "Worst quarter: “Seen soon”." in headline
    assert "Best quarter: “Seen late”." in headline
    assert "One measure counts without a base and grows with the size of a trust" in text(found)
    assert "No trust of the group has a figure of Nowhere in the data." in text(found)
    # the worst stands first among those that are shown with a chart
    assert [each.id for each in found if each.id.startswith("sec-")] == ["sec-seen-soon", "sec-seen-late"]


def test_figures_that_ended_long_ago_are_named_and_not_shown(peers: MakePeers) -> None:
    """2024-04 is 25 months before May 2026, 2024-05 is 24."""
    old, older = (
        [replace(each, measure=name, period=day) for each in figures(months=1)]
        for name, day in (("old", date(2024, 5, 1)), ("older", date(2024, 4, 1)))
    )
    measures = [make_measure("older", name="Older"), make_measure("old", name="Old"), make_measure()]
    mart = peers(*figures(), *old, *older, measures=measures)
    found = bundles(mart.benchmark())
    rows = table(found, "tbl-standings").rows
    # the newest first, old ones marked
    assert [row[:2] for row in rows] == [("Seen soon", "May 2026"), ("Old", "May 2024 (old)")]
    assert "Where the trust stands among the others by one measure" in table(found, "fig-standings").caption
    assert "Old figures stand in the table alone." in text(found)
    assert "more than 24 months before May 2026 say nothing of today" in text(found)
    assert "Older (April 2024)" in text(found)
    asked = bundles(mart.benchmark(measures=("older", "seen_soon")))
    assert [row[0] for row in table(asked, "tbl-standings").rows] == ["Seen soon", "Older"]
    assert "say nothing of today, so they are not shown" not in text(asked)


def test_a_report_of_old_figures_alone_shows_them(peers: MakePeers) -> None:
    found = bundles(peers(*figures()).benchmark(last=date(2030, 1, 1)))
    assert table(found, "tbl-standings").rows


def test_a_trust_in_no_outer_quarter_is_told_so(peers: MakePeers) -> None:
    report = peers(*figures()).benchmark("T6")
    assert (
        "By the one measure with new figures Synthetic T6 is not very likely in the best or worst quarter of acute "
        "trusts." in text(bundles(report)[:1])
    )


def test_nothing_short_of_the_benchmark_makes_no_table(peers: MakePeers) -> None:
    for options, said in (
        ({}, "By no measure does the trust fall short of its benchmark."),
        ({"measures": ("seen_soon",)}, "nothing is to be gained by it"),
    ):
        found = bundles(peers(*figures()).benchmark("T12", **options))
        assert not [each for each in found if each.id == "tbl-opportunity"]
        assert said in text(found)


def test_the_place_in_each_group_is_read_out(peers: MakePeers) -> None:
    """T8 does better than 7 of 11 others, and than 3 of the 7 other trusts of its region, T5 to T12."""
    trusts = [Trust(f"T{n}", region="Y1" if n > 4 else "Y2", icb_code=None) for n in range(1, 13)]
    mart = peers(*figures(), trusts=trusts)

    def said(trust: str) -> str:
        found = bundles(mart.benchmark(trust, measures=("seen_soon",)))
        return text(each for each in found if each.id == "say-groups")

    assert said("T8") == (
        "The place depends on the peers: it does better than about 43% of the other acute trusts in the region North, "
        "but about 64% of the other acute trusts."
    )
    assert said("T12") == "Whichever of these groups it is compared with, it is in the better half."
    assert said("T1") == "Whichever of these groups it is compared with, it is in the worse half."


def test_what_is_short_of_the_benchmark_is_listed_and_the_rest_is_not(peers: MakePeers) -> None:
    measures = [make_measure(), make_measure("seen_late", name="Seen late", direction="decrease")]
    report = peers(*figures(), *figures("seen_late"), measures=measures).benchmark()
    rows = table(bundles(report), "tbl-opportunity").rows
    assert [row[0] for row in rows] == ["Seen soon"]
    assert "upper bounds" in table(bundles(report), "tbl-opportunity").markdown.lower()


def test_old_figures_are_marked_and_counted_apart(peers: MakePeers) -> None:
    report = peers(*figures()).benchmark(last=date(2026, 12, 1))
    found = bundles(report)
    assert "May 2026 (old)" in {row[1] for row in table(found, "tbl-standings").rows}
    assert "One more measure has figures older than the register allows" in text(found[:1])
    assert "By no measure with figures new enough can Synthetic T1 be placed" in text(found[:1])


def test_a_trust_without_its_own_figure(peers: MakePeers) -> None:
    mart = peers(*figures(), trusts=[*(Trust(f"T{n}") for n in range(1, 13)), Trust("T0")])
    found = bundles(mart.benchmark("T0", measures=("seen_soon",)))
    assert "Synthetic T0 has no figure of this measure for May 2026" in text(found)
    assert "does better" not in text(each for each in found if each.id != "say-method").replace(
        "A place is", ""
    )


def test_all_figures_suppressed_but_some_of_others(peers: MakePeers) -> None:
    hidden = [Figure(f"T{n}", 3, 60) for n in range(1, 6)]
    others = [Figure(f"A{n}", 30, 60 + n) for n in range(5)]
    report = peers(*hidden, *others, origin="records").benchmark(measures=("seen_soon",))
    found = bundles(report)
    assert "too small to be shown" in text(found)
    assert "5: T1, T2, T3, T4 and T5" in str(table(found, "tbl-left-out").rows)
    assert disclosure_problems(found) == []


def test_figures_from_records_hold_the_disclosure_rule(peers: MakePeers) -> None:
    rates = [figure for n in range(1, 10) for figure in every_month(f"T{n}", [0.2 + n / 50] * 14, 127)]
    report = peers(*rates, origin="records").benchmark(measures=("seen_soon",))
    found = bundles(report)
    assert all(each.origin == "records" for each in found if each.columns)
    assert disclosure_problems(found) == []
    assert "rounded counts" in text(found)


def test_one_month_of_data(peers: MakePeers) -> None:
    found = bundles(peers(*figures(months=1)).benchmark(measures=("seen_soon",)))
    assert "There are too few earlier figures" in text(found)
    assert "too few periods to tell, so they hold chance alone" in text(found)


def test_sixty_measures(peers: MakePeers) -> None:
    names = [f"measure_{n}" for n in range(60)]
    few = [Figure(f"T{n}", 40 + n, 100, measure=name) for name in names for n in range(1, 6)]
    report = peers(*few, measures=[make_measure(name, name=name) for name in names]).benchmark()
    found = bundles(report)
    assert len(table(found, "tbl-standings").rows) == 60
    assert "60 measures" in text(found[:1])


def test_chosen_peers_are_a_group_of_their_own(peers: MakePeers) -> None:
    report = peers(*figures()).benchmark(measures=("seen_soon",), peers=("T2", "T3"), group="chosen")
    assert len(report.found.comparisons[0].members) == 3
    assert "Chosen" in {row[0] for row in table(bundles(report), "tbl-groups").rows}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"group": "friends"}, "group"),
        ({"group": "chosen"}, "name the chosen peers"),
        ({"months": 0}, "months"),
        ({"measures": ("seen_soo",)}, "seen_soon"),
        ({"peers": ("T99",), "group": "chosen"}, "T99"),
    ],
)
def test_what_cannot_be_asked_is_refused(peers: MakePeers, options: dict[str, object], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        peers(*figures(months=1)).benchmark(**options)


def test_no_such_group_and_nothing_to_compare_are_said(peers: MakePeers) -> None:
    trusts = [Trust(f"T{n}", peer_group=None) for n in range(1, 13)]
    mart = peers(*figures(months=1), trusts=trusts, measures=[make_measure(), make_measure("other")])
    with pytest.raises(DataError, match="its type is not known"):
        mart.benchmark(group="type")
    with pytest.raises(DataError, match="no trust can be compared by other"):
        mart.benchmark(measures=("other",))


def test_a_board_is_no_trust(peers: MakePeers) -> None:
    with pytest.raises(DataError, match="is no NHS trust"):
        peers(*figures(months=1)).benchmark("Q1")


def test_where_nearly_all_have_none_no_place_is_claimed_or_counted(peers: MakePeers) -> None:
    """Nine of twelve trusts have nought: T1 with ten of them is no worse than a place could say."""
    few = [Figure(f"T{n}", 10 if n < 4 else 0, 1000, measure="waits") for n in range(1, 13)]
    measures = [make_measure(), make_measure("waits", name="Waits", direction="decrease")]
    report = peers(*figures(), *few, measures=measures).benchmark()
    frame = report.standings.frame.set_index("measure")
    assert frame["better_than"].notna().to_dict() == {"Seen soon": True, "Waits": False}
    assert "By the one measure" in text([report.headline().bundle]) or "Of one measure" in text(
        [report.headline().bundle]
    )
    assert "At least 75% of the trusts have none, so a place says nothing and is not counted" in text(
        [report.left_out.say().bundle]
    )


def test_a_column_that_says_the_same_in_every_row_is_in_the_frame_alone(peers: MakePeers) -> None:
    measures = [make_measure(), make_measure("seen_late", name="Seen late", direction="decrease")]
    report = peers(*figures(), *figures("seen_late"), measures=measures).benchmark("T6")
    assert "Allowing for chance" not in {each.label for each in report.standings.table().bundle.columns}
    assert report.standings.frame["against_limits"].isna().all()


def test_the_measures_of_the_table_and_their_sections_stand_in_one_order(peers: MakePeers) -> None:
    measures = [make_measure("seen_late", name="Seen late", direction="decrease"), make_measure()]
    report = peers(*figures(), *figures("seen_late"), measures=measures).benchmark()
    names = list(report.standings.frame["id"])
    assert names == ["seen_soon", "seen_late"]
    headings = [each.bundle.id for each in report.sections().parts if each.bundle.kind == "heading"]
    assert headings == [f"sec-{name.replace('_', '-')}" for name in names]


def test_a_measure_that_is_not_compared_names_its_near_miss(peers: MakePeers) -> None:
    with pytest.raises(UsageError, match="seen_soon"):
        peers(*figures()).benchmark().trusts("seen_sooon")


def test_a_quarter_has_an_organisation_in_it(peers: MakePeers) -> None:
    """The last of three or four is no quarter of them: of five it is one of four others or none."""
    for many in (3, 4, 5):
        worst = [Figure("T1", 100, 1000), *[Figure(f"T{n}", 900 + n, 1000) for n in range(2, many + 1)]]
        report = peers(*worst).benchmark()
        own = report.found.comparisons[0].own
        assert own is not None
        assert own.percentile is not None
        assert own.percentile.percent == pytest.approx(0, abs=0.1)
        assert ("in the worst quarter" in text(bundles(report))) == (many == 5)


def test_two_trusts_are_named_in_a_table_and_are_no_chart(peers: MakePeers) -> None:
    """A place among two says nothing; three have one."""
    for many in (2, 3):
        made = peers(*[Figure(f"T{n}", 5 + n, 10) for n in range(1, many + 1)]).benchmark()
        part = made.trusts("seen_soon")
        shown = [each.bundle for each in part.shown]
        assert ("figure" in [bundle.kind for bundle in shown]) == (many == 3)
        assert any("too few for a position" in bundle.prose for bundle in shown) == (many == 2)
