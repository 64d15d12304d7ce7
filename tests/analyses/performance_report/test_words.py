"""Page one, the rule, the parts of a section and what has changed: case by case."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from made_results import QUIET, example_result, target

from helpers.analyses.performance_report import changes, measure_parts, page_one, tables
from helpers.analyses.performance_report.method_words import glossary_words
from helpers.analyses.performance_report.ranking import (
    faded,
    in_order,
    off_course,
    pathway_rows,
    relative_distance,
)
from helpers.analyses.performance_report.tables import matrix_rows, quality, summary
from helpers.data.keeping.last_published import LastPublished
from helpers.measures.examples import example_measure
from helpers.measures.place import Place, Side
from helpers.measures.result import ChartEvent, MeasureResult
from helpers.register.arrangement import BOARD_PATHWAYS
from helpers.register.models import Action, Comment, Target
from helpers.report.columns import fields

PERIOD = "2027-03"
PATHWAYS = {pathway.id: pathway for pathway in BOARD_PATHWAYS}


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
WAITS = named("Waits", QUIET, 5.0)
WAITS = replace(
    WAITS,
    measure=WAITS.measure.model_copy(update={"pathway": "planned_care", "people": "had waited too long"}),
)
CANCER = named("Cancer", QUIET, 9.0)
CANCER = replace(CANCER, measure=CANCER.measure.model_copy(update={"pathway": "cancer"}))
HIDDEN = named("Hidden", QUIET, hidden=range(36))
FEW = named("Few", QUIET[:5], 12.0)
WORSE_AND_SHORT = [*QUIET[:-1], 15.0]
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


def headline(*results: MeasureResult) -> dict[str, str]:
    return page_one.headline_words(results, PATHWAYS)


def test_the_headline_begins_with_what_is_wrong_and_says_since_when() -> None:
    said = headline(WORSE, FAILING, STEADY)
    assert said == {
        "first": "In March 2027 the share of failing was 10.5%, and it missed the local target of 5% in all 36 months "
        "shown."
    }  # both are of one pathway, and the farther from its target leads


def test_the_headline_speaks_of_people_where_the_register_has_words_for_them() -> None:
    waits = WAITS.measure.model_copy(update={"digits": 2})
    assert headline(WAITS)["first"].startswith(
        "10 people had waited too long in March 2027: the share of waits was 10.5%, and it missed the local target"
    )
    assert headline(replace(WAITS, measure=waits))["first"].startswith(
        "10 people had waited too long in March 2027: this missed the local target of 5%"
    )


def test_records_are_never_told_as_people() -> None:
    series = replace(WAITS.series, origin="records")
    assert "people" not in headline(replace(WAITS, series=series))["first"]


def test_the_gravest_pathway_leads_whatever_the_distance_to_target() -> None:
    grave = CANCER.measure.model_copy(update={"consequence": 5})
    rows = pathway_rows([FAILING, WAITS, replace(CANCER, measure=grave)], PATHWAYS)
    assert [row.pathway.name for row in rows] == ["Cancer", "Planned care", "Other measures"]


def test_page_one_has_five_rows_at_most_and_names_the_rest() -> None:
    many = [
        replace(FAILING, measure=FAILING.measure.model_copy(update={"pathway": name, "name": f"In {name}"}))
        for name in PATHWAYS
    ]
    rows = pathway_rows(many, PATHWAYS)
    assert len(page_one.rows_of(rows, PERIOD)) == 5
    assert page_one.more_words(rows) == "Also needing attention: In people; In money."


def test_a_row_says_value_target_since_when_and_that_nobody_explained_it() -> None:
    (row,) = page_one.rows_of(pathway_rows([WAITS], PATHWAYS), PERIOD)
    assert row[0] == "Planned care"
    assert row[1] == ("Waits: 10.5% (10 people) against 5%; missed in all 36 months shown.")
    assert str(row[2]).endswith("10.5 | 5.0")
    assert row[3] == "Nobody has explained this.\nOwner: Chief operating officer."


def test_a_row_carries_why_what_next_owner_and_date() -> None:
    comment = COMMENT.model_copy(update={"measure": "waits"})
    (row,) = page_one.rows_of(pathway_rows([replace(WAITS, comment=comment)], PATHWAYS), PERIOD)
    assert row[3] == (
        "Two wards closed. (Head of performance)\nNext: They reopen in May. Chief operating officer, by 30 June 2027."
    )


def test_words_of_another_month_say_which() -> None:
    old = COMMENT.model_copy(update={"measure": "waits", "month": "2027-01"})
    (row,) = page_one.rows_of(pathway_rows([replace(WAITS, comment=old)], PATHWAYS), PERIOD)
    assert str(row[3]).startswith("Two wards closed. (Head of performance, January 2027) (written before")


def test_a_row_says_the_month_of_a_figure_only_where_it_is_not_the_reports() -> None:
    (row,) = page_one.rows_of(pathway_rows([WAITS], PATHWAYS), "2027-04")
    assert str(row[1]).startswith("Waits: 10.5% in Mar 2027 (10 people)")


@pytest.mark.parametrize(
    ("side", "chance", "said"),
    [
        ("typical", 0.2, "; in the middle half of 130 acute trusts."),
        ("worse", 0.2, "; worse than the middle half of 130 acute trusts."),
        ("worse", 0.95, "; very likely in the worst quarter of 130 acute trusts."),
    ],
)
def test_the_first_figure_of_a_row_says_its_place_among_trusts(
    side: Side, chance: float, said: str
) -> None:
    place = Place(
        date(2027, 3, 1), WAITS.measure, 10.5, 130, "acute trusts", 8.0, 7.0, 8.0, 9.0, "", 0, 8.0, side, chance
    )  # fmt: skip
    other = replace(
        FAILING, measure=WAITS.measure.model_copy(update={"id": "other", "name": "Other"}), national=place
    )
    rows = pathway_rows([replace(WAITS, national=place), other], PATHWAYS)
    first, second = str(page_one.rows_of(rows, PERIOD)[0][1]).split("\n")
    assert first.endswith(said)
    assert "130" not in second


def test_an_old_figure_never_leads_the_headline_and_keeps_its_standing() -> None:
    said = headline(OLD, WORSE)
    assert said["first"].startswith("In March 2027 the share of worse")
    assert page_one.out_of_date_words([OLD, WORSE]) == (
        "- **Old**: 10.5% in Mar 2027; it missed the local target of 5% in all 36 months shown"
    )


def test_what_is_out_of_date_and_stood_well_is_named_with_its_day() -> None:
    fine = replace(STEADY, judged_on=date(2027, 9, 30))
    assert page_one.out_of_date_words([fine]) == "- Did not need attention then: Steady (Mar 2027)"


def test_chance_is_said_where_flags_are_counted() -> None:
    """Of three steady measures 1 - 0.992 ** 3 = 2.4 % of reports hold a false signal."""
    said = page_one.chance_sentence([STEADY, STRADDLING, FAILING, DRIFTING])
    assert "2% of reports with three measures that have limits show one or more" in said


def test_where_nothing_is_wrong_the_headline_says_so() -> None:
    assert headline(STEADY)["calm"] == (
        "Nothing in the one measure with a recent figure needs attention, and none is worse than ordinary variation "
        "explains."
    )


def test_where_nothing_may_be_shown_the_headline_says_so() -> None:
    assert headline(HIDDEN) == {"nothing": "No figure of any measure may be shown, so nothing can be said."}


def test_a_measure_without_a_stable_period_is_not_silenced() -> None:
    assert headline(DRIFTING, STEADY)["first"] == (
        "In March 2027 the share of drifting was 55.0%, and it missed the local target of 10% in all 36 months shown."
    )


def test_advise_and_assure_hold_each_measure_once_and_miss_no_exception() -> None:
    early = named("Early", [9.7, 9.0, 10.9, 10.8, 10.3, 9.2, 9.4, 30.0], 40.0)
    results = [STEADY, FAILING, WORSE, BETTER, DRIFTING, early]
    advise, assure = page_one.advise_words(results), page_one.assure_words(results)
    assert "Early" in advise
    assert assure == "- **Steady and meeting target**: Steady\n- **Better**: Better"
    assert not [name for name in ("Failing", "Worse", "Drifting") if name in advise + assure]


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
    names = [name for row in matrix_rows(results) for name in str(row[2]).split("; ")]
    assert sorted(names) == sorted(r.measure.name for r in results if r is not HIDDEN)


def test_the_matrix_has_only_cells_that_are_used_and_says_what_to_do_in_each() -> None:
    columns = fields(tables.__file__, "matrix")
    assert [field.name for field in columns] == ["variation", "standing", "measures", "do"]
    assert matrix_rows([STEADY, FAILING]) == [
        ("Ordinary variation", "Meets target", "Steady", "Leave it alone."),
        (
            "Ordinary variation",
            "Misses target",
            "Failing",
            "Redesign the process: effort alone will not meet the target.",
        ),
    ]


def test_the_table_shows_stars_for_what_is_suppressed_and_words_for_what_has_no_icon() -> None:
    told = summary([HIDDEN, DRIFTING, WORSE], PATHWAYS)
    names = [field.name for field in told["fields"]]
    hidden, drifting, worse = (dict(zip(names, row, strict=True)) for row in told["rows"])
    assert (hidden["latest"], hidden["icons"], hidden["trend"]) == ("*", None, None)
    assert drifting["icons"] == "concern_high\nmissed 12 of 12"
    assert worse["icons"] == "concern_high\nconsistent_pass"
    assert worse["usual"] == "10.1\n8.1 to 12.2"


def test_the_table_is_by_domain_in_the_registers_order() -> None:
    rows = summary([FAILING, WAITS, CANCER], PATHWAYS)["rows"]
    assert [row[:2] for row in rows] == [("Access", "Cancer"), ("Access", "Waits"), ("Other", "Failing")]


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
    assert "Nobody has given an explanation" in measure_parts.why_words(WORSE, PERIOD)
    assert "Nobody has given a plan" in measure_parts.next_words(WORSE)
    assert "needs attention" not in measure_parts.why_words(STEADY, PERIOD)


def test_older_words_are_dated_as_such_and_a_passed_recovery_is_said() -> None:
    old = COMMENT.model_copy(update={"month": "2026-11", "recovery": date(2027, 1, 31)})
    result = replace(WORSE, comment=old)
    assert measure_parts.why_words(result, PERIOD).endswith("(written before the latest figure)")
    assert "which has passed" in measure_parts.next_words(result)
    assert not measure_parts.has_words(result, PERIOD)


def test_a_signal_is_said_once_in_a_section() -> None:
    """The sentence of the chart tells it; the reasons name what is further wrong."""
    alone, more = (
        measure_parts.what_words(WORSE),
        measure_parts.what_words(named("Both", WORSE_AND_SHORT, 5.0)),
    )
    for said in (alone, more):
        assert said.count("above the upper limit") == 1
    assert alone.endswith("worse than ordinary variation explains. It needs attention for this signal.")
    assert "It needs attention for this signal, and further: " in more
    assert "it missed the local target of 5%" in more
    assert "It needs attention: " in measure_parts.what_words(FAILING)


def test_that_is_ordinary_variation_follows_the_figure_that_is_meant() -> None:
    """Not the number of people, which has no limits."""
    people = WAITS.measure.model_copy(update={"kind": "proportion", "unit": "%"})
    said = measure_parts.what_words(replace(WAITS, measure=people))
    assert said.index("That is within its ordinary variation") < said.index("people had waited too long")


def test_the_board_s_list_says_nothing_of_a_target_where_there_is_none() -> None:
    assert "Target" not in measure_parts.short_notes_words(named("Free", QUIET))
    assert "Target" in measure_parts.short_notes_words(FAILING)


def test_a_measure_without_a_section_of_its_own_has_all_its_reasons_in_a_line() -> None:
    line = page_one.short_line(FAILING)
    assert " against 5%; its limits all lie on the wrong side of the local target of 5%; it missed " in line


def test_what_the_kite_mark_says_of_every_measure_alike_is_no_column() -> None:
    signed = WORSE.measure.quality.model_copy(update={"signed_off_on": date(2027, 1, 5)})
    other = replace(WORSE, measure=WORSE.measure.model_copy(update={"quality": signed}))
    told = quality([STEADY, other])
    assert [each.name for each in told["fields"] if each.usual] == ["measure", "signed_off"]
    assert "audited never" in told["words"]["alike"]
    assert "signed off" not in told["words"]["alike"]
    assert [row[0] for row in told["rows"]] == ["Steady", "Worse"]


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
    assert page_one.advise_words([turned]).startswith("- **Turned**: 25.0%; ")


def test_an_early_sign_is_named_and_nothing_is_called_calm_beside_it() -> None:
    early = named("Early", [9.7, 9.0, 10.9, 10.8, 10.3, 9.2, 9.4, 30.0], 40.0)
    assert (early.variation, early.standing) == ("concern", "too_few")
    said = headline(early, STEADY)
    assert said["early"] == "Worse on few points, so an early sign: Early."
    assert said["calm"] == "Nothing in the two measures with a recent figure needs attention."


def test_old_figures_are_counted_with_the_oldest_period() -> None:
    old, older = (replace(STEADY, judged_on=date(2027, 12, 31)), named("Older", QUIET[:30]))
    older = replace(older, judged_on=date(2027, 12, 31))
    assert page_one.stale_count_sentence([old, older, FEW]) == (
        "Two measures are out of date, the oldest with a figure of September 2026."
    )
    assert page_one.stale_count_sentence([old]) == (
        "Steady is out of date: its latest figure is of March 2027."
    )


def test_a_target_of_nobody_is_told_in_people() -> None:
    waits = example_measure(id="long", name="Long waits", people="had waited too long", digits=2)
    result = example_result([5.0] * 35 + [3.0], measure=waits, targets=[target(0.0)])
    (row,) = page_one.rows_of(pathway_rows([result], PATHWAYS), "2027-03")
    assert row[1] == "Long waits: 3 people against zero; missed in all 36 months shown."
    (cells,) = summary([result], PATHWAYS)["rows"]
    assert cells[2:4] == ("3 people (3.00%)\nMar 2027", "zero")
    assert "3 people had waited too long in March 2027" in headline(result)["first"]


def test_short_of_target_without_a_reason_is_advised_of_and_never_assured() -> None:
    short = named("Short", [9.0, 11.5] * 17 + [9.0, 10.5], 10.0)
    assert short.category == "watched"
    assert page_one.advise_words([short]).startswith("- **Short**: 10.5% against 10%; ")
    better = replace(
        named("Better yet", [*QUIET[:-7], *[9.5] * 7]),
        targets=(Target(value=9.0, kind="local", source="the board", start=date(2027, 3, 1)),),
    )
    assert (better.variation, better.met) == ("improvement", False)
    assert page_one.assure_words([better]) == "- **Better, still short of target**: Better yet"


def test_what_was_wrong_by_old_figures_stands_in_the_headline() -> None:
    old = replace(FAILING, judged_on=date(2027, 12, 31))
    said = page_one.stale_count_sentence([old, replace(STEADY, judged_on=date(2027, 12, 31))])
    assert said.startswith("Two measures are out of date, the oldest with a figure of March 2027. ")
    assert "Needing attention by their last figures: Failing, " in said
