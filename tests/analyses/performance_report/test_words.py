"""Page one, the rule, the parts of a section and what has changed: case by case."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from made_results import QUIET

from helpers.analyses.performance_report import changes, measure_parts, page_one
from helpers.analyses.performance_report.glossary import glossary_words
from helpers.analyses.performance_report.ranking import faded, in_order, off_course, relative_distance
from helpers.analyses.performance_report.tables import look_table, matrix_table
from helpers.data.last_published import LastPublished
from helpers.measures.examples import example_measure, example_result
from helpers.measures.result import ChartEvent, MeasureResult
from helpers.register.models import Action, Comment, Target

PERIOD = "2027-03"


def named(
    name: str, values: list[float | None], goal: float | None = None, **keys: object
) -> MeasureResult:
    measure = example_measure(
        id=name.lower().replace(" ", "_"), name=name, subject=f"the share of {name.lower()}"
    )
    targets = [] if goal is None else [Target(value=goal, kind="local", source="the board")]
    return example_result(values, measure=measure, targets=targets, **keys)  # type: ignore[arg-type]


STEADY = named("Steady", QUIET, 15.0)
STRADDLING = named("Straddling", QUIET, 10.0)
FAILING = named("Failing", QUIET, 5.0)
WORSE = named("Worse", [*QUIET[:-1], 15.0], 30.0)
BETTER = named("Better", [*QUIET[:-1], 5.0], 30.0)
DRIFTING = named("Drifting", [float(n) for n in range(20, 56)], 10.0)
HIDDEN = named("Hidden", QUIET, hidden=range(36))
FEW = named("Few", QUIET[:5], 12.0)
OLD = replace(named("Old", QUIET, 5.0), judged_on=date(2027, 9, 30))


@pytest.mark.parametrize(
    ("results", "said"),
    [
        ([STEADY], "None of one measure needs attention, none is watched and one is in maintenance."),
        (
            [FAILING, WORSE, STRADDLING, STEADY],
            "Two of four measures need attention, one is watched and one is in maintenance.",
        ),
        (
            [FAILING, STRADDLING, DRIFTING],
            "Two of three measures need attention, one is watched and none is in maintenance.",
        ),
        (
            [OLD, STEADY],
            "One of two measures needs attention (one by figures out of date), none is watched and one is in "
            "maintenance.",
        ),
        ([], "No measure has a figure."),
    ],
)
def test_measures_are_counted_in_words(results: list[MeasureResult], said: str) -> None:
    assert page_one.count_sentence(results) == said


def test_the_headline_begins_with_what_is_wrong_and_says_why() -> None:
    said = page_one.headline_sentences([WORSE, FAILING, STEADY])
    assert said[:3] == [
        "The share of failing was 10.5% in March 2027: its limits all lie on the wrong side of the local target of 5%; "
        "it missed the local target of 5% in all 36 months shown.",
        "The share of worse was 15.0% in March 2027: above the upper limit.",
        "Two of three measures need attention, none is watched and one is in maintenance.",
    ]


def test_an_old_figure_never_leads_the_headline_and_keeps_its_standing() -> None:
    said = page_one.headline_sentences([OLD, WORSE])
    assert said[0].startswith("The share of worse")
    panels = {panel.title: panel.markdown for panel in page_one.assurance_panels([OLD, WORSE], PERIOD)}
    assert "Old" not in panels["Alert"]
    assert panels["Out of date, and where it stood"] == (
        "- **Old**: 10.5% in Mar 2027; its limits all lie on the wrong side of the local target of 5%"
    )


def test_the_rule_says_how_many_flags_chance_gives() -> None:
    """Of three steady measures 1 - 0.992 ** 3 = 2.4 % of reports hold a false signal."""
    said = page_one.rule_sentences([STEADY, STRADDLING, FAILING, DRIFTING])
    assert "2% of reports with three measures that have limits at least one" in said


def test_where_nothing_is_wrong_the_headline_says_so() -> None:
    assert "No measure is worse than ordinary variation explains." in page_one.headline_sentences([STEADY])


def test_where_nothing_may_be_shown_the_headline_says_so() -> None:
    assert page_one.headline_sentences([HIDDEN]) == [
        "No figure of any measure may be shown, so nothing can be said."
    ]


def test_a_measure_without_a_stable_period_is_not_silenced() -> None:
    said = page_one.headline_sentences([DRIFTING, STEADY])
    assert said[0] == (
        "The share of drifting was 55.0% in March 2027: the latest three months worse than a year before; it missed "
        "the local target of 10% in all 36 months shown."
    )
    assert said[1].startswith("One of two measures needs attention")


def test_many_names_are_cut_and_counted() -> None:
    many = [named(f"Number {n}", QUIET, 5.0) for n in range(8)]
    said = " ".join(page_one.headline_sentences(many))
    assert "Also needing attention: Number 3; Number 4; Number 5; Number 6; Number 7." in said


def test_alert_advise_assure_hold_each_measure_once_and_miss_no_exception() -> None:
    early = named("Early", [9.7, 9.0, 10.9, 10.8, 10.3, 9.2, 9.4, 30.0], 40.0)
    alert, advise, assure = page_one.assurance_panels(
        [STEADY, FAILING, WORSE, BETTER, DRIFTING, early], PERIOD
    )
    assert alert.markdown.count("- **") == 3
    assert "no explanation given" in alert.markdown
    assert "Early" in advise.markdown
    assert "Better" in assure.markdown
    assert "Steady" in assure.markdown


def test_the_most_urgent_measure_comes_first() -> None:
    ranked = in_order([STEADY, STRADDLING, OLD, DRIFTING, FAILING])
    assert [result.measure.name for result in ranked] == [
        "Drifting",
        "Failing",
        "Old",
        "Straddling",
        "Steady",
    ]


def test_each_measure_is_in_one_cell_of_the_matrix() -> None:
    results = [STEADY, STRADDLING, FAILING, WORSE, BETTER, DRIFTING, FEW, HIDDEN]
    _, rows = matrix_table(results)
    names = [name for row in rows for cell in row[1:] if cell for name in str(cell).split("\n")]
    assert sorted(names) == sorted(r.measure.name for r in results if r is not HIDDEN)


def test_the_matrix_has_only_rows_and_columns_that_are_used() -> None:
    columns, rows = matrix_table([STEADY, FAILING])
    assert [column.label for column in columns] == ["Variation", "Meets target", "Misses target"]
    assert rows == [("Ordinary variation", "Steady", "Failing")]


def test_the_table_shows_stars_for_what_is_suppressed_and_words_for_what_has_no_icon() -> None:
    _, rows = look_table([HIDDEN, DRIFTING, WORSE])
    assert rows[0][1] == "*"
    assert rows[1][4] == "no stable period yet"
    assert rows[2][4] == "consistent_pass"


# --- a section --------------------------------------------------------------------------------------

COMMENT = Comment(
    measure="worse", organisation="SYN01", month="2027-03", author="Head of performance", why="Two wards closed.",
    next="They reopen in May.", owner="Chief operating officer", recovery=date(2027, 6, 30),
    actions=(Action(action="Reopen", owner="Director of estates", due=date(2027, 5, 15)),),
)  # fmt: skip


def test_analysts_words_come_with_author_owner_and_recovery_date() -> None:
    result = replace(WORSE, comment=COMMENT)
    assert measure_parts.why_words(result, PERIOD) == "Two wards closed. *Head of performance, March 2027*"
    assert measure_parts.next_words(result) == (
        "They reopen in May. Reopen (Director of estates, by 15 May 2027). Owner: Chief operating officer. "
        "Recovery by 30 June 2027."
    )


def test_missing_words_for_an_exception_are_said() -> None:
    assert "No explanation has been given" in measure_parts.why_words(WORSE, PERIOD)
    assert "No plan has been given" in measure_parts.next_words(WORSE)
    assert "needs attention" not in measure_parts.why_words(STEADY, PERIOD)


def test_older_words_are_dated_as_such_and_a_passed_recovery_is_said() -> None:
    old = COMMENT.model_copy(update={"month": "2026-11", "recovery": date(2027, 1, 31)})
    result = replace(WORSE, comment=old)
    assert measure_parts.why_words(result, PERIOD).endswith("(written before the latest figure)")
    assert "which has passed" in measure_parts.next_words(result)
    assert not page_one.has_words(result, PERIOD)


def test_an_event_has_its_reason_and_author() -> None:
    event = ChartEvent(
        date(2025, 4, 1), "Wards moved", "intervention", "more room", "Director of estates", True
    )
    assert measure_parts.event_words(event) == (
        "Wards moved, April 2025; the limits restart there. More room. Registered by: Director of estates."
    )


def test_the_alt_text_says_what_the_sentences_say() -> None:
    alt = measure_parts.chart_alt(WORSE)
    assert "with 36 points" in alt
    assert "In March 2027 the share of worse was 15.0%." in alt
    assert "above the upper limit: worse than ordinary variation explains" in alt


# --- what has changed -------------------------------------------------------------------------------


def kept(*results: MeasureResult) -> LastPublished:
    summary = changes.summary_of(results, "key", "2027-02")
    return LastPublished("2027-02", summary.rows)


def earlier(name: str) -> MeasureResult:
    return named(name, QUIET[:-1], 15.0)


def test_nothing_said_differently_is_said() -> None:
    last = kept(earlier("Steady"))
    rows = changes.change_rows([STEADY], changes.read_summary(last))
    assert rows == []
    assert changes.change_sentence(last, rows) == (
        "Nothing is said differently of any measure than in the report for February 2027."
    )


def test_a_new_category_a_revision_and_comings_and_goings_are_rows() -> None:
    last = kept(earlier("Worse"), earlier("Gone"))
    before = changes.read_summary(last)
    revised = [*QUIET]
    revised[34], revised[35] = 9.1, 15.0
    rows = changes.change_rows([named("Worse", list(revised), 30.0), STEADY], before)
    by_name = {row[0]: row for row in rows}
    assert by_name["Worse"][1] == "9.8%\nFebruary 2027"
    assert "needs attention, was: is in maintenance" in str(by_name["Worse"][3])
    assert "February 2027 revised to 9.1%" in str(by_name["Worse"][3])
    assert by_name["Steady"][3] == "new in this report"
    assert by_name["Gone"][3] == "no longer in this report"
    assert changes.change_sentence(last, rows) == (
        "Three measures are different from the report for February 2027."
    )


def test_without_an_earlier_report_nothing_is_compared() -> None:
    assert "nothing can be compared" in changes.change_sentence(None, [])


def test_a_kept_summary_holds_nothing_that_was_not_shown() -> None:
    summary = changes.summary_of([HIDDEN], "key", "2027-02")
    assert summary.rows[0][-1] is None


def test_a_series_that_ended_long_ago_is_left_out() -> None:
    old = replace(STEADY, judged_on=date(2029, 5, 31))
    assert faded(old)
    assert not faded(STEADY)


def test_the_glossary_has_only_terms_that_occur() -> None:
    words = glossary_words(["It is within its ordinary variation."])
    assert "Ordinary variation" in words
    assert "Forecast" not in words


def test_two_patients_of_many_are_far_less_off_than_a_tenth() -> None:
    """0.003 of a hundred rounds to the target of none; 35 is the most that was ever shown."""
    fallen = [float(value) for value in range(20, 2, -1)] * 2
    nearly, high = named("Nearly", [*fallen, 0.003], 0.0), named("High", [float(n) for n in range(36)], 0.0)
    assert relative_distance(nearly) == pytest.approx(0.003 / 20)
    assert relative_distance(high) == 1.0
    assert [result.measure.name for result in in_order([nearly, high])] == ["High", "Nearly"]


def test_a_measure_that_moves_the_wrong_way_without_a_stable_period_is_off_course() -> None:
    turned = named("Turned", [float(n) for n in [*range(40, 10, -1), 11, 14, 17, 20, 23, 25]])
    assert (turned.standing, turned.category) == ("unstable", "watched")
    assert off_course(turned)
    _, advise, _ = page_one.assurance_panels([turned], PERIOD)
    assert advise.markdown.startswith("- **Turned**: 25.0%; ")


def test_an_early_sign_is_named_and_nothing_is_called_calm_beside_it() -> None:
    early = named("Early", [9.7, 9.0, 10.9, 10.8, 10.3, 9.2, 9.4, 30.0], 40.0)
    assert (early.variation, early.standing) == ("concern", "too_few")
    said = page_one.headline_sentences([early, STEADY])
    assert "Worse on few points, so an early sign: Early." in said
    assert not [text for text in said if text.startswith("No measure is worse")]


def test_old_figures_are_counted_with_the_oldest_period() -> None:
    old, older = (replace(STEADY, judged_on=date(2027, 12, 31)), named("Older", QUIET[:30]))
    older = replace(older, judged_on=date(2027, 12, 31))
    assert page_one.stale_count_sentence([old, older, FEW]) == (
        "Two measures are out of date, the oldest with a figure of September 2026."
    )
    assert page_one.stale_count_sentence([old]) == (
        "Steady is out of date: its latest figure is of March 2027."
    )
    assert page_one.as_at_list([old, older]) == (
        "Data are as at **31 Mar 2027** (out of date), but for:\n\n- **30 Sep 2026** (out of date): Older"
    )
