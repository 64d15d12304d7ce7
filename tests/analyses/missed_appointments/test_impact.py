"""The DNA report as a whole: what it says of each kind of trust, and that nothing in it gives a patient away."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from helpers.analyses import did_not_attend
from helpers.analyses.missed_appointments.analysis import MissedAppointments
from helpers.bundle import SUPPRESSED, Bundle
from helpers.data.audit.bundles import audit_bundles
from helpers.data.disclosure import disclosure_problems
from helpers.data.mart import Mart
from helpers.data.organisations.directory import find_organisation
from helpers.errors import DataError, UsageError
from helpers.report.charts import rates as charts_rates
from helpers.report.controlled_charts import OPEN_MONTHS, WITHOUT_LIMITS
from helpers.report.period import Period, add_months
from helpers.report.report import Report
from helpers.report.words import count

PARTS = (
    "headline", "data", "rates", "peers", "trend", "specialties", "assumptions", "path", "outcomes", "days",
    "sensitivity", "drivers", "deprivation", "limitations", "method",
)  # fmt: skip
#: what lies before it is past
TODAY = date(2026, 10, 15)


def open_for(mart: Mart, code: str, last: date, today: date = TODAY, **options: Any) -> MissedAppointments:
    specialty = options.pop("specialty", None)
    organisation = find_organisation(mart, code)
    report = Report("T", Path("nowhere"), mart, organisation, Period.ending(last, 12), specialty, today)
    return did_not_attend(report, **options)


def bundles_of(found: MissedAppointments) -> list[Bundle]:
    return [shown.bundle for name in PARTS for shown in getattr(found, name).shown]


def tables_of_outcomes(found: MissedAppointments) -> list[Bundle]:
    return [found.outcomes.table().bundle, found.days.table().bundle]


def words_of(found: MissedAppointments) -> str:
    return " ".join(f"{b.caption} {b.alt} {b.markdown}" for b in bundles_of(found))


# --- from records -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, demo_in: Callable[..., Mart]) -> Mart:
    return demo_in(tmp_path_factory.mktemp("tenth") / "mart", 0.1)


@pytest.mark.parametrize(
    ("code", "options"), [("SYN31", {}), ("SYN41", {}), ("SYN87", {}), ("SYN31", {"specialty": "110"})]
)
def test_every_section_holds_the_rule_for_records(demo: Mart, code: str, options: dict[str, Any]) -> None:
    bundles = bundles_of(open_for(demo, code, date(2026, 9, 1), **options))
    assert all(bundle.origin == "records" for bundle in bundles)
    assert disclosure_problems(bundles) == []
    assert audit_bundles(bundles) == []


def test_a_trust_that_does_not_record_is_neither_compared_nor_worked_out(demo: Mart) -> None:
    found = open_for(demo, "SYN41", date(2026, 9, 1))
    headline = found.headline().bundle.markdown
    assert "does not record" in headline
    assert "To be decided first: that missed appointments are recorded." in headline
    assert "best quarter" not in headline
    assert "SYN41" not in [row[0] for row in found.peers.rows]
    of_noughts = (found.trend, found.specialties, found.deprivation)
    for part in (
        *of_noughts,
        found.path,
        found.sensitivity,
        found.limitations,
    ):  # each under a heading of its own
        assert "not recorded here" in part.say().bundle.markdown
    assert all(part.frame.empty for part in of_noughts)
    later = (found.outcomes, found.days, found.assumptions)
    assert all(part.shown == () for part in later)  # the section has said why


def test_a_small_specialty_with_none_missed_is_recorded_where_its_trust_records(demo: Mart) -> None:
    small = open_for(demo, "SYN31", date(2026, 9, 1), specialty="110")
    assert small.found.counts().missed == 0
    assert "does not record" not in small.headline().bundle.markdown
    assert small.found.recorded
    assert "SYN41" in small.found.not_recorded


def test_trusts_that_are_compared_and_not_drawn_are_counted(demo: Mart) -> None:
    peers = open_for(demo, "SYN31", date(2026, 9, 1)).peers
    said = peers.say().bundle.markdown
    compared = re.search(r"Among (\d+) trusts", said)
    assert compared
    hidden = int(compared[1]) - len(peers.rows)
    assert hidden > 0
    assert f"{count(hidden, 'trust').capitalize()} cannot be drawn" in said


def test_a_stated_number_of_missed_appointments_replaces_the_trusts_own(demo: Mart) -> None:
    worked: dict[str, Any] = {
        "missed": 630, "reduction": [0.5], "filled": [0], "rebooked": [1], "ramp_weeks": [0], "flows": [10_452],
        "horizon": "2027-03-31",
    }  # fmt: skip
    found = open_for(demo, "SYN07", date(2026, 3, 1), **worked)
    assert (
        "the waiting list would be 315 patients shorter by 31 March 2027"
        in found.headline().bundle.markdown
    )
    assert found.path.words.bounds == "That is 11.0 days of additions."
    assert tables_of_outcomes(found)[0].rows[0][1] == 315
    assert "not with the trust's own" in found.headline().bundle.markdown


def test_heavy_overbooking_lengthens_the_list_and_is_warned_of(demo: Mart) -> None:
    found = open_for(demo, "SYN31", date(2026, 9, 1), filled=[0.6], rebooked=[0.4], missed=630)
    headline = found.headline().bundle.markdown
    assert "patients longer by 31 March 2027" in headline
    assert "Overbook less" in headline


def test_patients_are_whole_and_days_have_a_decimal(demo: Mart) -> None:
    people, in_days = tables_of_outcomes(open_for(demo, "SYN31", date(2026, 9, 1)))
    assert [row[0] for row in people.rows if "Attendances" in str(row[0]) or "Patients" in str(row[0])]
    for table, shape in ((people, r"[−\d,]+"), (in_days, r"[−\d,]+\.\d")):
        for row in table.rows:
            shown = [column.show(cell) for column, cell in zip(table.columns[1:], row[1:], strict=True)]
            assert all(re.fullmatch(shape, cell) for cell in shown), row


def test_every_assumption_has_a_source_or_is_assumed(demo: Mart) -> None:
    rows = open_for(demo, "SYN31", date(2026, 9, 1), price=150).assumptions.rows
    assert len(rows) == 9
    assert all(str(row[2]).strip() for row in rows)


def test_a_trust_without_appointments_has_no_report(demo: Mart) -> None:
    with pytest.raises(DataError, match="no outpatient appointments"):
        open_for(demo, "SYN31", date(2020, 3, 1))


def test_which_appointments_count_is_the_analysts_choice(tmp_path: Path) -> None:
    """100 and 200 are told apart by their specialty here, first appointments and follow-ups by `where`."""
    counts = {(org, "100"): (missed, 400) for org, missed in (("S1", 40), ("S2", 20), ("S3", 30))}
    mart = mart_of_records(tmp_path, counts)
    every = open_for(mart, "S1", date(2026, 9, 1))
    first = open_for(mart, "S1", date(2026, 9, 1), where={"kind": "first"})
    none = {"kind": "follow_up"}
    assert every.rates.rows[0][1:3] == first.rates.rows[0][1:3] == (440, 40)
    assert first.data.words.where == "Only appointments count where the kind is first."
    with pytest.raises(DataError, match="where: kind of S1"):
        open_for(mart, "S1", date(2026, 9, 1), where=none)
    with pytest.raises(UsageError, match=r"(?s)where, outcome: is not chosen here.*reduction"):
        open_for(mart, "S1", date(2026, 9, 1), where={"outcome": "dna"}, reduction=[2])


def test_a_table_of_assumptions_can_be_changed_and_handed_back(demo: Mart) -> None:
    found = open_for(demo, "SYN31", date(2026, 9, 1))
    table = found.assumptions.frame
    changed = table[table["name"] == "reduction"].assign(low=0.5, likely=0.6, high=0.7, source="our pilot")
    again = open_for(demo, "SYN31", date(2026, 9, 1), assumptions=changed).assumptions.frame.set_index(
        "name"
    )
    assert again.loc["reduction", ["value", "source"]].tolist() == ["50% to 70% (likely 60%)", "our pilot"]
    assert again.loc["filled", "value"] == table.set_index("name").loc["filled", "value"]
    with pytest.raises(UsageError, match="did you mean reduction"):
        open_for(demo, "SYN31", date(2026, 9, 1), assumptions=changed.assign(name="reductions"))


# --- from published statistics ------------------------------------------------------------------------


def measure(
    name: str, org: str, month: str, numerator: float, denominator: float | None = None
) -> dict[str, Any]:
    value = numerator / denominator if denominator else numerator
    return {
        "measure": name, "org_code": org, "period": pd.Timestamp(month), "numerator": numerator,
        "denominator": denominator, "value": value,
    }  # fmt: skip


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Mart:
    mart = Mart(tmp_path_factory.mktemp("published"))
    months = pd.date_range("2020-04-01", periods=12, freq="MS").strftime("%Y-%m-%d")
    rates = {"RAA": 0.05, "RBB": 0.08, "RCC": 0.12, "RDD": 0.004}
    booked = {("RBB", months[4]): 0}  # a month in which nobody was booked
    rows = [
        measure(
            name,
            org,
            month,
            share * rate * booked.get((org, month), 20_000),
            share * booked.get((org, month), 20_000),
        )
        for org, rate in rates.items()
        for month in months
        for name, share in (("dna_rate", 1.0), ("dna_rate_first", 0.4), ("dna_rate_follow_up", 0.6))
    ]
    rows += [
        measure("rtt_list_size", "RAA", "2026-04-01", 50_000),
        measure("rtt_new_periods", "RAA", "2026-04-01", 10_000),
        measure("rtt_completed_admitted", "RAA", "2026-04-01", 2_000),
        measure("rtt_completed_non_admitted", "RAA", "2026-04-01", 7_500),
    ]
    values = pd.DataFrame(rows).assign(
        period_type="month", basis="provider", status="actual", origin="published", suppressed=False
    )
    organisations = pd.DataFrame({"org_code": list(rates), "name": "Some Trust", "kind": "trust"})
    with mart.load(source="mar", layout="l", policy="published", as_at=date(2021, 3, 31)) as load:
        load.write("organisations", organisations)
        load.write("measure_values", values)
    return mart.at(mart.version)


def test_a_month_without_appointments_has_no_rate_and_is_no_failure(published: Mart) -> None:
    rows = open_for(published, "RBB", date(2021, 3, 1)).trend.rows
    assert [row[1] is None for row in rows] == [False] * 4 + [True] + [False] * 7


def test_a_wide_spread_is_drawn_as_a_caterpillar(published: Mart) -> None:
    found = open_for(published, "RAA", date(2021, 3, 1))
    assert found.found.peers.dispersion.phi > 50
    assert "no limits are drawn" in found.peers.say().bundle.markdown
    assert "its 95% interval" in found.peers.caption


def test_published_figures_are_shown_as_published(published: Mart) -> None:
    found = open_for(published, "RAA", date(2021, 3, 1))
    assert found.origin == "published"
    assert found.rates.rows[0][1:3] == (240_000, 12_000)
    assert "first year of the pandemic" in found.headline().bundle.markdown
    assert "needs the trust's outpatient records" in found.drivers.say().bundle.markdown


def test_a_trust_under_one_per_cent_is_not_recorded_and_not_best(published: Mart) -> None:
    assert open_for(published, "RAA", date(2021, 3, 1)).found.not_recorded == ("RDD",)
    headline = open_for(published, "RDD", date(2021, 3, 1)).headline().bundle.markdown
    assert "does not record" in headline
    assert "best quarter" not in headline


def test_a_list_of_another_time_is_told_on_page_one(published: Mart) -> None:
    found = open_for(published, "RAA", date(2021, 3, 1), use_rtt=True)
    headline = found.headline().bundle.markdown
    assert (
        "The waiting list is of April 2026, the missed appointments of April 2020 to March 2021" in headline
    )
    assert "about 5 years apart" in headline
    assert found.scenario.clinic.additions == 120_000


def test_without_a_list_the_wish_for_one_is_refused(published: Mart) -> None:
    with pytest.raises(DataError, match="no month has the list"):
        open_for(published, "RBB", date(2021, 3, 1), use_rtt=True)


def test_a_specialty_cannot_come_from_published_figures(published: Mart) -> None:
    with pytest.raises(DataError, match="by trust and specialty"):
        open_for(published, "RAA", date(2021, 3, 1), specialty="110")


def test_sums_that_leave_out_a_hidden_number_read_at_least(published: Mart, tmp_path: Path) -> None:
    """As RQ3: in July the publisher hid how many missed a first appointment."""
    mart = Mart(tmp_path)
    rows = published.query(
        "SELECT * EXCLUDE (source, vintage) FROM measure_values_all WHERE measure LIKE 'dna%'"
    )
    came = rows[rows["measure"] == "dna_rate_first"]
    came = came.assign(
        measure="first_outpatient_attendances",
        numerator=came["denominator"] - came["numerator"],
        denominator=None,
    )
    starred = (rows["org_code"] == "RAA") & (rows["period"] == pd.Timestamp("2020-07-01"))
    starred &= rows["measure"] != "dna_rate_follow_up"
    rows.loc[starred, ["numerator", "denominator", "value"]] = None
    rows.loc[starred, "suppressed"] = True
    organisations = published.query("SELECT org_code, name, kind FROM organisations")
    with mart.load(source="mar", layout="l", policy="published", as_at=date(2021, 3, 31)) as load:
        load.write("organisations", organisations)
        load.write(
            "measure_values", pd.concat([rows, came.astype({"denominator": float})], ignore_index=True)
        )
    found = open_for(mart.at(mart.version), "RAA", date(2021, 3, 1))
    # 12,000 of 240,000, less the 400 who missed a first appointment in July
    said = f"{found.headline().bundle.markdown} {found.rates.say().bundle.markdown}"
    assert "Patients missed at least 11,600 of Some Trust's at least 239,600 appointments" in said
    assert "In one month the publisher has hidden a number from 1 to 7" in said
    whole, *parts = found.rates.rows[:3]
    assert whole[:3] == ("All appointments, at least", 239_600, 11_600)
    assert [row[0] for row in parts] == ["First appointments, at least", "Follow-ups"]
    assert [row[1:3] for row in parts] == [pytest.approx((95_600, 4_400)), pytest.approx((144_000, 7_200))]


def test_a_horizon_in_the_past_ends_the_report(published: Mart) -> None:
    with pytest.raises(UsageError, match="horizon"):
        open_for(published, "RAA", date(2021, 3, 1), horizon="2021-03-31")


@pytest.mark.parametrize("code", ["RAA", "RDD"])
def test_every_section_says_something(published: Mart, code: str) -> None:
    bundles = bundles_of(open_for(published, code, date(2021, 3, 1)))
    assert all(bundle.markdown.strip() or bundle.rows for bundle in bundles)
    assert not re.search(r"\bnan\b|None", words_of(open_for(published, code, date(2021, 3, 1))))


@pytest.mark.parametrize("options", [{}, {"specialty": "110"}, {"specialty": "330"}])
def test_months_that_are_mostly_hidden_are_not_drawn(demo: Mart, options: dict[str, Any]) -> None:
    found = open_for(demo, "SYN31", date(2026, 9, 1), **options)
    assert found.trend.rows == ()
    assert "No chart is drawn" in found.trend.say().bundle.markdown


@pytest.mark.parametrize("shown", [OPEN_MONTHS - 1, OPEN_MONTHS + 4])
def test_no_limit_is_drawn_at_a_hidden_month_nor_beside_one_among_few(tmp_path: Path, shown: int) -> None:
    """Three a month for two years, twenty more in the latest months."""
    mart = mart_of_records(tmp_path, {("S1", "100"): (3, 50)}, months=24)
    more = mart_of_records(tmp_path / "more", {("S1", "100"): (20, 0)}, months=shown)
    with mart.load(source="appointments", layout="l", policy="hes_record_level", mode="append") as load:
        load.write("appointments", more.query("FROM appointments"))
    found = open_for(Mart(tmp_path), "S1", date(2026, 9, 1))
    rows = found.trend.rows
    hidden = [row for row in rows if row[1] == SUPPRESSED]
    assert len(hidden) == 24 - shown
    assert all(row[2:] == (SUPPRESSED,) * 3 for row in hidden)
    told = [row for row in rows if isinstance(row[2], float) or row[4] not in ("", SUPPRESSED, None)]
    assert bool(told) == (shown >= OPEN_MONTHS)
    assert (WITHOUT_LIMITS in found.trend.say().bundle.markdown) != bool(told)


def test_small_counts_leave_no_scenario_from_which_they_could_be_told(demo: Mart) -> None:
    found = open_for(demo, "SYN120", date(2026, 9, 1), specialty="110")
    assert found.found.shown() is None
    assert "No scenario is worked out" in found.headline().bundle.markdown
    assert not re.search(r"\d missed|\d more patients", words_of(found))


# --- what must not be told ----------------------------------------------------------------------------


def mart_of_records(
    folder: Path, counts: dict[tuple[str, str], tuple[int, int]], *, months: int = 1
) -> Mart:
    """Return a mart in which these were missed and attended in each of the last months, by trust and specialty."""
    rows = [
        {
            "org_code": org, "specialty_code": specialty, "appointment_date": add_months(date(2026, 9, 1), -ago),
            "outcome": outcome, "kind": "first",
        }
        for (org, specialty), numbers in counts.items()
        for outcome, number in zip(("dna", "attended"), numbers, strict=True)
        for ago in range(months)
        for _ in range(number)
    ]  # fmt: skip
    orgs = sorted({org for org, _ in counts})
    mart = Mart(folder)
    with mart.load(source="codes", layout="l", policy="published", synthetic=True) as load:
        load.write(
            "organisations", pd.DataFrame({"org_code": orgs, "name": "Synthetic Trust", "kind": "trust"})
        )
    with mart.load(source="appointments", layout="l", policy="hes_record_level", synthetic=True) as load:
        load.write("appointments", pd.DataFrame(rows))
    return mart.at(mart.version)


def test_a_rate_does_not_give_back_the_count_that_protects_a_small_one(tmp_path: Path) -> None:
    """One booked in 300 is hidden, so 8 elsewhere are too, booked and missed alike: all of them were missed."""
    mart = mart_of_records(tmp_path, {("S1", "100"): (8, 0), ("S1", "200"): (8, 0), ("S1", "300"): (0, 1)})
    rows = sorted((row[1:] for row in open_for(mart, "S1", date(2026, 9, 1)).specialties.rows), key=str)
    assert rows == [(SUPPRESSED, SUPPRESSED, SUPPRESSED), (SUPPRESSED, 0, SUPPRESSED), (10, 10, 100.0)]


def test_specialties_of_which_only_noughts_may_be_shown_are_not_set_side_by_side(tmp_path: Path) -> None:
    counts = {
        ("S1", "100"): (3, 60),
        ("S1", "110"): (4, 60),
        ("S1", "120"): (0, 60),
        ("S1", "130"): (0, 60),
    }
    found = open_for(mart_of_records(tmp_path, counts), "S1", date(2026, 9, 1)).specialties
    assert found.rows == ()
    assert "Too few appointments were missed" in found.say().bundle.markdown


def test_a_sum_is_hidden_where_it_would_tell_its_parts(tmp_path: Path) -> None:
    """28 missed appointments in four specialties of which none may be shown: each could only be 7."""
    counts = {("S1", code): (7, 60) for code in ("100", "110", "120", "130")}
    found = open_for(mart_of_records(tmp_path, counts), "S1", date(2026, 9, 1))
    assert found.rates.rows[0][2] == SUPPRESSED
    assert found.specialties.rows == ()
    assert "Too few appointments were missed" in found.specialties.say().bundle.markdown


def test_a_quartile_that_is_one_trusts_own_rate_is_drawn_rounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of five trusts the second is the lower quartile: 1,234 of 9,999 missed, 12.341234 per cent."""
    missed = (500, 1_234, 3_000, 5_000, 8_000)
    counts = {(f"S{place}", "100"): (number, 9_999 - number) for place, number in enumerate(missed)}
    found = open_for(mart_of_records(tmp_path, counts), "S2", date(2026, 9, 1))
    drawn: dict[str, float] = {}

    def keep(*_: Any, lines: list[tuple[str, float]], **__: Any) -> Any:
        drawn.update(lines)
        return plt.figure()

    monkeypatch.setattr(charts_rates, "caterpillar_chart", keep)
    found.peers.figure()
    assert found.found.peers.advice == "caterpillar"
    assert drawn["best quarter"] == 12.34
    assert drawn["all trusts"] == 35.47  # 17,734 of 49,995


@pytest.mark.parametrize(("missed", "marked"), [(1, False), (3, True), (7, False), (12, True)])
def test_months_that_only_their_total_could_tell_are_not_marked(
    tmp_path: Path, missed: int, marked: bool
) -> None:
    """Twelve hidden months: 12 in the year, shown as 10, is once in each; 84 is seven times, 36 may be anything."""
    mart = mart_of_records(tmp_path, {("S1", "100"): (missed, 50)}, months=12)
    found = open_for(mart, "S1", date(2026, 9, 1))
    assert bool(found.trend.rows) == (missed > 7)  # no chart of stars alone
    assert ("Nothing is said of single months" in found.trend.say().bundle.markdown) != marked


def test_months_of_an_earlier_report_are_not_marked_either(tmp_path: Path) -> None:
    """The report of a year ago has their total: two years of one a month, and 30 in the newest."""
    mart = mart_of_records(tmp_path, {("S1", "100"): (1, 50)}, months=24)
    with mart.load(source="appointments", layout="l", policy="hes_record_level", mode="append") as load:
        rows = {
            "org_code": "S1", "specialty_code": "100", "appointment_date": date(2026, 9, 2), "outcome": "dna",
            "kind": "first",
        }  # fmt: skip
        load.write("appointments", pd.DataFrame([rows] * 30))
    mart = Mart(tmp_path)
    found = open_for(mart.at(mart.version), "S1", date(2026, 9, 1))
    assert found.found.counts().missed == 42
    assert found.trend.rows == ()
