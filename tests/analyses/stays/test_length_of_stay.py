"""The sections of the report: what is shown, in figures, tables, alt texts and sentences alike."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from datetime import date

import pytest
from reports_made import USUAL, Analyse, Analysis, Stays

from helpers.analyses.stays.analysis import LengthOfStay
from helpers.analyses.stays.options import BENCHMARKS, StayOptions
from helpers.bundle import SUPPRESSED, Bundle, Cell
from helpers.data.disclosure import Query, Told, disclosure_problems
from helpers.data.disclosure.deciding import Asked
from helpers.errors import UsageError
from helpers.report.period import Period
from helpers.report.process_words import UNTOLD
from helpers.report.report import Report

PARTS = (
    "headline", "crude", "split", "adjusted", "model", "worth", "groups", "tails", "trend", "peers", "method",
    "quality",
)  # fmt: skip
FAULTS = re.compile(r"nan|None|\binf\b|  |-\d+\.\d|[−+]0(\.0)?(?![.\d])|\.\.| \.")


def bundles(report: LengthOfStay) -> dict[str, Bundle]:
    """Return everything that parts show: the picture and the table of each, and its words."""
    found: dict[str, Bundle] = {}
    for name in PARTS:
        each = getattr(report, name)
        if each.chart is not None:
            found[f"{name} figure"] = each.as_figure().bundle
        if each.rows:
            found[f"{name} table"] = each.table().bundle
        if each.words:
            found[f"{name} words"] = each.say().bundle
    return found


def words(bundle: Bundle) -> str:
    """Return everything that a reader may read of a bundle, its data included."""
    cells = [
        column.show(cell) for row in bundle.rows for column, cell in zip(bundle.columns, row, strict=True)
    ]
    texts = [bundle.caption, bundle.alt, bundle.markdown.replace("\n\n", " "), *cells]
    return " ; ".join(text for text in texts if text)


def numbers(bundle: Bundle) -> Iterator[tuple[str, float]]:
    for row in bundle.rows:
        for column, cell in zip(bundle.columns, row, strict=True):
            if isinstance(cell, int | float):
                yield column.kind, float(cell)


# --- every section, whatever is asked -----------------------------------------------------------------

YEAR_BEFORE = tuple(
    Stays(org, 20, days, date(2025, 4, 15)) for org in ("T1", "T2", "T3") for days in (2, 5)
)


@pytest.mark.parametrize(
    ("benchmark", "zero_day"), [*((name, True) for name in BENCHMARKS), ("own_past", False)]
)
def test_every_section_reads_well_with_every_benchmark(
    analyse: Analyse, benchmark: str, zero_day: bool
) -> None:
    stays = (*USUAL, *YEAR_BEFORE, Stays("T1", 9, 0), Stays("T4", 9, 0))
    report = analyse(*stays).report(
        benchmark=benchmark, target_days=5, zero_day_stays=zero_day, bed_day_cost=300
    )
    shown = bundles(report)
    for bundle in shown.values():
        assert not FAULTS.search(words(bundle)), words(bundle)
        assert bundle.origin == "records"
    assert not disclosure_problems(list(shown.values()))


def test_figures_have_alt_text_and_the_data_behind_them(usual: Analysis) -> None:
    shown = bundles(usual.report())
    for name in ("split figure", "groups figure", "trend figure"):
        assert shown[name].id.startswith("fig-")
        assert shown[name].alt
        assert shown[name].rows


def test_the_split_figure_adds_up_on_the_page(usual: Analysis) -> None:
    first, *steps, last = (float(str(row[1])) for row in usual.report().split.rows)
    assert first + sum(steps) == pytest.approx(last)


def test_cost_is_shown_only_where_it_is_given(usual: Analysis) -> None:
    without, with_cost = (
        usual.report().worth.table().bundle,
        usual.report(bed_day_cost=10).worth.table().bundle,
    )
    assert "Cost" not in [column.label for column in without.columns]
    net = with_cost.rows[-1]
    assert net[1] == pytest.approx(-16)  # 80 days where 96 were expected
    assert net[3] == pytest.approx(-160)
    # fewer days than expected: rows of noughts above the net would say nothing, and nothing is an upper bound
    assert len(without.rows) == 1
    assert without.caption.startswith("Bed-days above the expected")


def test_the_alt_text_names_the_group_furthest_from_the_expected(analyse: Analyse) -> None:
    own = (Stays("T1", 20, 3), Stays("T1", 20, 1, specialty="300"))
    other = (Stays("T2", 50, 4), Stays("T2", 50, 9, specialty="300"))
    alt = analyse(*own, *other).report().groups.alt
    assert "Furthest from the expected: General Internal Medicine, −160" in alt


def test_too_few_trusts_and_no_regression_are_said(analyse: Analyse) -> None:
    report = analyse(Stays("T1", 30, 0), Stays("T2", 50, 0), Stays("T2", 1, 1)).report()
    assert report.peers.chart is None
    assert report.peers.words.no_funnel == "No funnel is drawn for so few trusts."
    assert report.peers.words.place.startswith("Too few trusts")
    assert "does not settle" in report.adjusted.note
    assert "does not settle" in report.model.words.agreement
    assert len(report.adjusted.rows) == 1


def test_months_without_patients_are_named_in_the_headline_and_beside_the_quality(analyse: Analyse) -> None:
    report = analyse().but(period=Period(date(2026, 4, 1), date(2026, 5, 1))).report()
    for part in (report.headline, report.quality):
        assert "No patients are recorded as discharged in May 2026" in part.words.gaps


def test_merged_trusts_are_named(usual: Analysis) -> None:
    assert "Includes the history of T0" in usual.report().quality.words.history


def test_spells_without_their_like_are_said_to_be_left_out(analyse: Analyse) -> None:
    report = analyse(*USUAL, Stays("T1", 12, 5, specialty="300")).report()
    assert "no like at any other trust" in report.split.words.unmatched


# --- what must not be told ----------------------------------------------------------------------------


def one_small_group() -> tuple[Stays, ...]:
    """T1 has 40 spells of 5 days, 15 of 5, and 3 of 31; elsewhere all stays are 4 days, of 60 each."""
    own = (Stays("T1", 40, 5), Stays("T1", 15, 5, specialty="300"), Stays("T1", 3, 31, specialty="400"))
    return (*own, *(Stays("T2", 60, 4, specialty=code) for code in ("100", "300", "400")))


def test_a_small_group_cannot_be_told_by_subtracting_the_shown_ones(analyse: Analyse) -> None:
    report = analyse(*one_small_group()).report()
    worth = {row[0]: row[1] for row in report.worth.table().bundle.rows}
    assert report.worth.table().bundle.caption.startswith("Upper bounds: bed-days above the expected")
    net = float(str(worth["Net: all groups, shorter ones set off"]))
    for section in (report.groups.table(), report.groups.as_figure()):
        excess = [row[7] for row in section.bundle.rows]
        for many in range(1, len(excess) + 1):
            for some in itertools.combinations(excess, many):
                assert net - sum(float(str(value)) for value in some) != pytest.approx(3 * 27)
        assert sum(float(str(value)) for value in excess) == pytest.approx(
            net, abs=1
        )  # bars are whole days
    assert "400" not in words(report.groups.table().bundle)


def test_no_small_count_is_shown_anywhere(analyse: Analyse) -> None:
    stays = (*one_small_group(), Stays("T1", 2, 0), Stays("T1", 1, 22))
    for bundle in bundles(analyse(*stays).report()).values():
        for kind, value in numbers(bundle):
            assert kind != "count" or value == 0 or (value >= 10 and value % 5 == 0)


def test_a_whole_that_would_tell_a_star_is_hidden_and_the_rest_is_shown(
    analyse: Analyse, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = Report.ask

    def hide_wholes(report: Report, asked: Sequence[Asked]) -> dict[Query, Told]:
        return {
            query: Told(query, 1, None, star=True) if len(codes_of(query)) in (0, 3) else told
            for query, told in ask(report, asked).items()
        }

    def codes_of(query: Query) -> tuple[str, ...]:
        return next((c.among for c in query.conditions if c.dimension == "specialty_code"), ())

    monkeypatch.setattr(Report, "ask", hide_wholes)
    report = analyse(*one_small_group()).report()
    assert set(report.crude.rows[0][1:]) == {SUPPRESSED}
    for said in (report.crude.words.difference, report.split.words.split):
        assert said.startswith("The mean stay is not shown")
    assert not report.split.rows
    assert report.adjusted.words.bed_days == ""
    assert "bed_days" not in report.adjusted.values
    assert report.adjusted.words.ratio.startswith("Allowing for case mix")
    assert report.groups.rows[0][:2] == ("General Surgery", 40)
    assert report.tails.note.startswith("An undisclosed number of patients here")


def test_a_hidden_whole_is_asked_for_once_more_as_all_groups_together(
    analyse: Analyse, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = Report.ask

    def hide_first(report: Report, asked: Sequence[Asked]) -> dict[Query, Told]:
        told = ask(report, asked)
        return told if len(asked) == 1 else {query: Told(query, 1, None, star=True) for query in told}

    monkeypatch.setattr(Report, "ask", hide_first)
    report = analyse(*one_small_group()).report()
    assert report.crude.rows[0][1] == 60  # 58 patients


def test_groups_of_which_none_may_be_shown_have_no_picture(
    analyse: Analyse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hide_all(_: Report, asked: Sequence[Asked]) -> dict[Query, Told]:
        return {each.query: Told(each.query, 1, None, star=True) for each in asked}

    monkeypatch.setattr(Report, "ask", hide_all)
    report = analyse(*one_small_group()).report()
    assert report.groups.chart is None
    assert [row[1] for row in report.groups.rows] == [SUPPRESSED]
    for name in PARTS:
        assert getattr(report, name).shown


@pytest.mark.parametrize("zero_day", [True, False])
def test_few_zero_day_stays_cannot_be_told_from_the_two_plain_comparisons(
    analyse: Analyse, zero_day: bool
) -> None:
    rows = analyse(*USUAL, Stays("T1", 5, 0)).report(zero_day_stays=zero_day).crude.rows
    counted, hidden = rows if zero_day else rows[::-1]
    assert SUPPRESSED not in counted
    assert set(hidden[2:]) == {SUPPRESSED}  # the means; rounded counts alone do not tell them


def test_enough_zero_day_stays_show_both(analyse: Analyse) -> None:
    rows = analyse(*USUAL, Stays("T1", 8, 0)).report().crude.rows
    assert all(SUPPRESSED not in row for row in rows)


def test_few_long_stays_are_hidden_in_table_and_sentence(analyse: Analyse) -> None:
    report = analyse(*USUAL, Stays("T1", 7, 22)).report()
    last = report.tails.rows[-1]
    assert (last[1], last[3]) == (SUPPRESSED, SUPPRESSED)
    assert report.tails.words.long_stays == "Stays of 21 days or more are too few to be shown."


def test_enough_long_stays_are_shown_and_said(analyse: Analyse) -> None:
    report = analyse(*USUAL, Stays("T1", 20, 22), Stays("T2", 30, 22)).report()
    last = report.tails.rows[-1]
    assert last[1] == pytest.approx(50)  # 20 of 40 patients
    assert last[3] == pytest.approx(84.6)  # 440 of 520 days, as they are listed
    assert "use 85% of the bed-days here" in report.tails.words.long_stays


def test_bed_days_and_means_give_no_more_than_rounded_numbers_of_patients(analyse: Analyse) -> None:
    """13 patients in surgery and 16 in medicine: the page knows them as 15 each, whatever is divided."""
    own = (Stays("T1", 13, 10), Stays("T1", 16, 4, specialty="300"))
    report = analyse(*own, Stays("T2", 60, 6), Stays("T2", 60, 5, specialty="300")).report(bed_day_cost=100)
    for row in report.groups.rows:
        people, mean, expected, excess = (float(str(row[place])) for place in (1, 2, 3, 7))
        assert people == 15
        assert excess / (mean - expected) == pytest.approx(15)
    used = re.search(r"About ([\d,]+) bed-days were used", report.adjusted.note)
    assert used is not None
    assert used[1] == "210"  # 15 x 10 + 15 x 4, not 194
    net = report.worth.table().bundle.rows[-1]
    assert net[1] == pytest.approx(45)  # 15 x 4 - 15 x 1, not 36
    assert net[3] == pytest.approx(4_500)
    assert "patients as are shown" in report.method.words.shrunken


def months_with(small: int) -> tuple[Stays, ...]:
    days = (3, 5, 4, 6, 5, 4)
    own = [Stays("T1", 10, days[m - 1], date(2026, m, 9)) for m in range(1, 7) if m != 4]
    return (*own, Stays("T1", small, 77, date(2026, 4, 9)), Stays("T2", 60, 4, date(2026, 3, 9)))


@pytest.mark.parametrize(("small", "cell"), [(7, SUPPRESSED), (8, 77.0)])
def test_a_month_of_few_patients_is_neither_listed_nor_drawn_nor_said(
    analyse: Analyse, small: int, cell: Cell
) -> None:
    period = Period(date(2026, 1, 1), date(2026, 6, 1))
    report = analyse(*months_with(small)).but(period=period).report()
    figure = report.trend.as_figure()
    april = next(row for row in figure.bundle.rows if row[0] == "2026-04")
    assert april[1] == cell
    assert (april[4] == SUPPRESSED) == (cell == SUPPRESSED)
    assert ("77" in words(figure.bundle)) == (cell != SUPPRESSED)


def test_no_limits_are_drawn_where_most_months_are_hidden(analyse: Analyse) -> None:
    stays = [Stays("T1", 4, n, date(2026, n, 9)) for n in range(1, 7)]
    asked = analyse(*stays, Stays("T2", 60, 4, date(2026, 3, 9)))
    report = asked.but(period=Period(date(2026, 1, 1), date(2026, 6, 1))).report()
    assert report.trend.chart is None
    assert report.trend.rows == ()
    assert report.trend.say().bundle.markdown == UNTOLD


@pytest.mark.parametrize(("number", "marked"), [(8, False), (20, True)])
def test_hidden_months_are_not_marked_where_the_number_of_patients_tells_them(
    analyse: Analyse, number: int, marked: bool
) -> None:
    """Ten months of 8 and two of 1 are 82, shown as 80, so at most 82: each of the two can only be 1."""
    own = [Stays("T1", 1 if place > 10 else number, 5, date(2025, place, 9)) for place in range(1, 13)]
    year = Period(date(2025, 1, 1), date(2025, 12, 1))
    report = analyse(*own, Stays("T2", 60, 4, date(2025, 3, 9))).but(period=year).report()
    assert bool(report.trend.rows) == marked
    assert ("months to be told apart" in report.trend.say().bundle.markdown) != marked
    assert ("In October 2025" in report.headline.say().bundle.markdown) == marked


def test_hidden_months_at_the_end_are_not_said(analyse: Analyse) -> None:
    period = Period(date(2026, 1, 1), date(2026, 4, 1))
    report = analyse(*months_with(7)).but(period=period).report()
    assert "In March 2026 the mean stay was 4.0 days" in report.headline.say().bundle.markdown
    assert "77" not in words(report.headline.say().bundle)


def test_the_policy_gate_finds_nothing_in_a_tiny_trust(analyse: Analyse) -> None:
    stays = (
        Stays("T1", 5, 3), Stays("T1", 4, 9, age="85+"), Stays("T2", 40, 3), Stays("T2", 40, 9, age="85+"),
    )  # fmt: skip
    shown = bundles(analyse(*stays).report(specialty="100"))
    assert not disclosure_problems(list(shown.values()))
    assert [row[0] for row in shown["groups table"].rows] == ["Other ages together"]


# --- what an analyst asks for -------------------------------------------------------------------------


def test_other_conditions_choose_other_stays_here_and_elsewhere(analyse: Analyse) -> None:
    urgent = [Stays("T1", 20, 3, method="emergency"), Stays("T2", 30, 6, method="emergency")]
    report = analyse(*USUAL, *urgent).report(
        where={"patient_class": "ordinary", "admission_method": "emergency"}
    )
    assert (report.crude.values.mean, report.crude.values.benchmark) == (3.0, 6.0)
    assert "way of admission is emergency" in report.method.words.counted


def test_a_long_stay_is_as_long_as_is_said_in_table_frame_and_words(analyse: Analyse) -> None:
    stays = (*USUAL, Stays("T1", 20, 15), Stays("T2", 30, 15))
    tails = analyse(*stays).report(long_stay_days=10).tails
    assert tails.frame["stays_of"].tolist() == ["Zero days", "7 days or more", "10 days or more"]
    assert tails.words.long_stays.startswith("Stays of 10 days or more use 79% of the bed-days here")
    assert tails.values.days_here == pytest.approx(78.9)  # 300 of 380 days


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"where": {"patient_clas": "ordinary"}}, "patient_class"),
        ({"where": {"specialty_code": "100"}}, "specialty="),
        ({"long_stay_days": 0}, "2 or more"),
    ],
)
def test_options_that_cannot_be_say_what_can(options: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        StayOptions(**options)  # type: ignore[arg-type]


def test_figures_of_records_leave_as_they_are_listed(usual: Analysis) -> None:
    report = usual.report()
    assert report.crude.values.low == pytest.approx(round(report.crude.values.low, 1))
    assert report.groups.frame["expected"].round(1).equals(report.groups.frame["expected"])


def test_the_model_says_its_formula_and_hides_what_rests_on_few(analyse: Analyse) -> None:
    few = [Stays("T1", 3, 7, age="85+"), Stays("T2", 3, 9, age="85+")]
    model = analyse(*USUAL, Stays("T2", 30, 4, age="65-74"), *few).report().model
    assert model.values.formula == "days ~ own + age_band"
    rows = {row[1]: row for row in model.rows}
    assert SUPPRESSED not in rows["65-74"]
    assert rows["85+"][3:] == (SUPPRESSED,) * 3
