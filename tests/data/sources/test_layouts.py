"""Each trap that the publications set, on a fixture of our own; organisations and figures are invented."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from helpers.data.loading.load import LoadError, load_paths
from helpers.data.mart import Mart
from helpers.data.sources import all_layouts, rtt_full_extract
from helpers.data.sources.records import ADMITTED_COLUMNS
from helpers.register import Register

Loader = Callable[..., Mart]
COLUMNS = {layout.name: layout.columns for layout in all_layouts()}


def values(mart: Mart, measure: str, more: str = "true") -> list[tuple[object, ...]]:
    """Return (organisation, numerator, denominator) of the whole organisation, in order."""
    return mart.fetch(
        "SELECT org_code, numerator, denominator FROM measure_values "
        f"WHERE measure = '{measure}' AND breakdown IS NULL AND specialty_code IS NULL AND {more} ORDER BY ALL"
    )


def lines(*rows: str) -> str:
    return "".join(f"{row}\n" for row in rows)


# --- RTT ------------------------------------------------------------------------------------------


def rtt_file(*rows: tuple[str, str, str, str, dict[int, int]], longest: int = 104) -> str:
    """Return an extract; a row is provider, commissioner, part, specialty and pathways by week."""
    bands = [f"Gt {week:02} To {week + 1:02} Weeks SUM 1" for week in range(longest)]
    header = [*rtt_full_extract.KEYS, *bands, f"Gt {longest} Weeks SUM 1", "Total", "Total All"]
    written = [",".join(header)]
    for provider, commissioner, part, specialty, weeks in rows:
        keys = ["RTT-April-2026", "QZZ", provider, "Fictional", "QZZ", "Board", commissioner, "Place"]
        cells = [str(weeks.get(week, "")) for week in range(longest + 1)]
        # new periods have no bands at all
        total = sum(weeks.values())
        shown = [""] * len(cells) if part == "Part_3" else cells
        written.append(",".join([*keys, part, specialty, "Name", *shown, "", str(total)]))
    return lines(*written)


TWO_COMMISSIONERS = (
    ("ZX1", "Z01", "Part_2", "C_100", {0: 5, 17: 1, 18: 2, 53: 1}),
    ("ZX1", "Z01", "Part_2", "C_110", {3: 1}),
    ("ZX1", "Z01", "Part_2", "C_999", {0: 5, 3: 1, 17: 1, 18: 2, 53: 1}),
    ("ZX1", "NONC", "Part_2", "C_100", {104: 10}),
    ("ZX1", "NONC", "Part_2", "C_999", {104: 10}),
    ("ZX1", "Z01", "Part_2A", "C_100", {0: 3}),
    ("ZX1", "Z01", "Part_2A", "C_999", {0: 3}),
    ("ZX1", "Z01", "Part_3", "C_100", {0: 7}),
    ("ZX1", "Z01", "Part_3", "C_999", {0: 7}),
)


def test_rtt_sums_over_commissioners_and_counts_specialties_once(load: Loader) -> None:
    mart = load("x.csv", rtt_file(*TWO_COMMISSIONERS))
    # the ten from outside England stand apart, as the register has it
    assert values(mart, "rtt_list_size") == [("ZX1", 10, None)]
    assert mart.fetch(
        "SELECT category, numerator FROM measure_values WHERE measure = 'rtt_list_size' "
        "AND breakdown = 'commissioners'"
    ) == [("outside England", 10)]
    # weeks 0 to 17 are 18 weeks or less: 5 + 1 + 1
    assert values(mart, "rtt_18_weeks") == [("ZX1", 7, 10)]
    # half of the ten wait within week 0, of whom the fifth ends it; the 9.2th is a fifth into week 53
    waits = (
        "SELECT round(value, 6) FROM measure_values WHERE scheme IS NULL "
        "AND measure IN ('rtt_median_wait', 'rtt_92nd_percentile_wait')"
    )
    assert sorted(mart.fetch(waits)) == [(1.0,), (53.2,)]
    assert values(mart, "rtt_over_52_weeks") == [("ZX1", 1, 10)]
    assert values(mart, "rtt_over_104_weeks") == [("ZX1", 0, 10)]
    assert values(mart, "rtt_list_with_decision_to_admit") == [("ZX1", 3, None)]
    assert values(mart, "rtt_new_periods") == [("ZX1", 7, None)]
    by_specialty = mart.fetch(
        "SELECT scheme, specialty_code, numerator FROM measure_values "
        "WHERE measure = 'rtt_list_size' AND breakdown IS NULL AND specialty_code IS NOT NULL ORDER BY ALL"
    )
    assert by_specialty == [("rtt", "C_100", 9), ("rtt", "C_110", 1)]


def test_rtt_excerpt_gives_no_sums_by_commissioner(load: Loader) -> None:
    assert (
        values(load("x.csv", rtt_file(*TWO_COMMISSIONERS)), "rtt_list_size", "basis = 'commissioner'") == []
    )


def test_rtt_national_extract_keeps_commissioners_apart(load: Loader) -> None:
    rows = [
        (f"Z{number:03}", "NONC" if number == 0 else "Z01", "Part_2", specialty, {0: 1})
        for number in range(rtt_full_extract.NATIONAL_PROVIDERS)
        for specialty in ("C_100", "C_999")
    ]
    mart = load("x.csv", rtt_file(*rows))
    assert values(mart, "rtt_list_size", "basis = 'commissioner'") == [("NONC", 1, None), ("Z01", 99, None)]


def test_rtt_older_files_stop_at_52_weeks_and_have_title_lines(load: Loader) -> None:
    old = rtt_file(
        ("ZX1", "Z01", "Part_2", "C_100", {0: 4, 52: 2}), ("ZX1", "Z01", "Part_2", "C_999", {0: 4, 52: 2}),
        longest=52,
    )  # fmt: skip
    mart = load("x.csv", "Title\n\n" + old)
    assert values(mart, "rtt_over_52_weeks") == [("ZX1", 2, 6)]
    assert values(mart, "rtt_over_65_weeks") == []


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("ZX1", "Z01", "Part_2", "C_110", {0: 1}), "do not add up to C_999"),
        (("ZX1", "Z01", "Part_9", "C_110", {0: 1}), "column RTT Part Type: 'Part_9'"),
    ],
)
def test_rtt_rows_that_do_not_add_up_are_refused(load: Loader, row: tuple[str, ...], message: str) -> None:
    with pytest.raises(LoadError, match=message):
        load("x.csv", rtt_file(*TWO_COMMISSIONERS, row))


def test_rtt_bands_that_miss_their_total_are_refused(load: Loader) -> None:
    text = rtt_file(*TWO_COMMISSIONERS).replace(",,9\n", ",,90\n", 1)
    with pytest.raises(LoadError, match="the sum of the row's bands"):
        load("x.csv", text)


def test_rtt_months_keep_levels_apart_and_gaps_open(load: Loader) -> None:
    header = (
        "org_code,org_name,level,region,month,incomplete_total,within_18_weeks,over_52_weeks,over_65_weeks,"
        "over_78_weeks,over_104_weeks,data_status,target"
    )
    mart = load(
        "x.csv",
        lines(
            header,
            "QZZ,NHS FICTION INTEGRATED CARE BOARD,icb,England,2026-03,100,60,1,0,0,0,final,0.92",
            "ZX1,FICTIONAL NHS TRUST,provider,England,2026-01,50,30,1,0,0,0,final,0.92",
            "ZX1,FICTIONAL NHS TRUST,provider,England,2026-03,70,30,1,0,0,0,provisional,0.92",
        ),
    )
    assert values(mart, "rtt_list_size", "basis = 'provider'") == [("ZX1", 50, None), ("ZX1", 70, None)]
    assert values(mart, "rtt_list_size", "basis = 'commissioner'") == [("QZZ", 100, None)]
    statuses = mart.fetch(
        "SELECT status FROM measure_values WHERE measure = 'rtt_18_weeks' AND org_code = 'ZX1' ORDER BY period"
    )
    assert statuses == [("actual",), ("provisional",)]


# --- A&E ------------------------------------------------------------------------------------------


def ae_file(*rows: tuple[str, str], numbers: dict[str, int], extra: str = "") -> str:
    """Return a month; a row is code and name, and every row has the same numbers."""
    columns = COLUMNS["ae_monthly"][3:]
    written = ["Period,Org Code,Parent Org,Org name," + ",".join(columns) + extra]
    for code, name in rows:
        period = code if code.strip().upper() == "TOTAL" else "MSitAE-SEPTEMBER-2024"
        cells = [str(numbers.get(column, 0)) for column in columns]
        written.append(",".join([period, code, "X", name, *cells]) + extra)
    return lines(*written)


NUMBERS = {
    "A&E attendances Type 1": 100,
    "A&E attendances Booked Appointments Type 1": 10,
    "A&E attendances Other A&E Department": 50,
    "Attendances over 4hrs Type 1": 40,
    "Attendances over 4hrs Booked Appointments Type 1": 2,
    "Patients who have waited 12+ hrs from DTA to admission": 3,
}


@pytest.mark.parametrize("total", ["TOTAL", "Total", "Total "])
def test_ae_leaves_the_total_row_out_and_counts_booked_appointments(load: Loader, total: str) -> None:
    text = ae_file(("ZX1", "A"), (total, total), numbers=NUMBERS, extra=",,,,,,")
    mart = load("x.csv", text)
    assert values(mart, "ae_four_hours") == [("ZX1", 118, 160)]
    assert values(mart, "ae_12_hours_from_decision") == [("ZX1", 3, None)]
    assert mart.loads()[0].rejected == {"total row": 1}
    split = mart.fetch(
        "SELECT category, numerator, denominator FROM measure_values WHERE breakdown = 'department' ORDER BY ALL"
    )
    assert split == [("other", 50, 50), ("type 1", 68, 110)]


def test_ae_total_that_is_not_the_sum_is_remarked(mart: Mart, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(ae_file(("ZX1", "A"), ("ZX2", "B"), ("TOTAL", "TOTAL"), numbers=NUMBERS), "utf-8")
    (result,) = load_paths(mart, [path], Register())
    assert "not the sum of its rows" in result.remarks[0]


def test_a_revised_month_wins_and_the_first_edition_stays(mart: Mart, tmp_path: Path) -> None:
    for name, attended in (("Monthly-revised.csv", 200), ("Monthly.csv", 100)):
        numbers = NUMBERS | {"A&E attendances Type 1": attended}
        (tmp_path / name).write_text(ae_file(("ZX1", "A"), numbers=numbers), "utf-8")
    load_paths(mart, [tmp_path], Register())
    assert values(mart, "ae_attendances") == [("ZX1", 260, None)]
    editions = mart.fetch(
        "SELECT numerator FROM measure_values_all WHERE measure = 'ae_attendances' ORDER BY vintage"
    )
    assert editions == [(160,), (260,)]


def test_a_figure_that_was_not_returned_is_missing_and_not_0(load: Loader) -> None:
    header = (
        "nhs_trust22_code,total_attendances,attendances_over_4hours,total_emergency_admissions,"
        "emergency_admissions_over_4hours,pct_attendance_over_4hours,pct_emergency_admissions_over_4hours,date"
    )
    mart = load(
        "x.csv",
        lines(
            header,
            "ZX1,100.0,,40.0,0.0,,0.0,April 2021",
            "ZX2,0.0,0.0,0.0,0.0,,,April 2021",
            "ZX3,100.0,25.0,40.0,1.0,0.25,0.03,April 2021",
        ),
    )
    shown = mart.fetch("SELECT org_code, numerator, value FROM measure_values WHERE measure = 'ae_four_hours' "
                       "ORDER BY ALL")  # fmt: skip
    assert shown == [("ZX1", None, None), ("ZX2", 0, None), ("ZX3", 75, 0.75)]


def test_older_ae_types_are_summed(load: Loader) -> None:
    mart = load(
        "x.csv",
        lines(
            "period,org_code,type,attendances,breaches,admissions",
            "2019-03-01,ZX1,1,100.0,20.0,30.0",
            "2019-03-01,ZX1,other,50.0,0.0,0.0",
        ),
    )
    assert values(mart, "ae_four_hours") == [("ZX1", 130, 150)]


# --- cancer, discharge, beds, sickness -----------------------------------------------------------


def test_cancer_hubs_are_no_boards_and_england_stands_by_itself(load: Loader) -> None:
    header = "org_code,org_name,level,region,standard,standard_label,month,within_target,total,data_status,target"
    mart = load(
        "x.csv",
        lines(
            header,
            "13Z,FICTIONAL COMMISSIONING HUB,icb,England,CMB62,x,2025-10,0,0,provisional,0.85",
            "QZZ,NHS FICTION INTEGRATED CARE BOARD,icb,England,CMB62,x,2025-10,7,10,provisional,0.85",
            "ENG,England,national,England,CMB62,x,2025-10,90,120,provisional,0.85",
            "ZX1,FICTIONAL NHS TRUST,provider,England,CMB62,x,2025-10,8,11,provisional,0.85",
            "ZX1,FICTIONAL NHS TRUST,provider,England,FDS28,x,2025-10,80,110,final,0.75",
        ),
    )
    assert values(mart, "cancer_62_day", "basis = 'provider'") == [("ENG", 90, 120), ("ZX1", 8, 11)]
    kinds = dict(mart.fetch("SELECT org_code, kind FROM organisations"))
    assert kinds == {"13Z": "hub", "QZZ": "icb", "ENG": "country", "ZX1": "trust"}
    assert mart.fetch("SELECT value FROM measure_values WHERE org_code = '13Z'") == [(None,)]


def test_criteria_to_reside_takes_the_median_of_returned_days(load: Loader) -> None:
    days = [("01", "10.0"), ("02", "0.0"), ("03", "12.0"), ("04", "900.0"), ("05", "")]
    rows = [f"ZX1,2024-05-{day},{count}" for day, count in days]
    mart = load(
        "x.csv", lines("nhs_trust22_code,date,do_not_meet_criteria_to_reside", *rows, ",2024-05-01,5.0")
    )
    assert values(mart, "no_criteria_patients", "period_type = 'month'") == [("ZX1", 12, None)]
    assert len(values(mart, "no_criteria_patients", "period_type = 'day'")) == 4
    assert mart.loads()[0].rejected == {"no organisation code": 1}


def test_discharges_without_the_split_count_in_the_total_alone(load: Loader) -> None:
    header = "nhs_trust22_code,date,discharged_by_1700,discharged_between_1701_2359,discharged_total"
    rows = ("ZX1,2023-05-30,6.0,4.0,10.0", "ZX1,2023-05-31,,,20.0")
    mart = load("x.csv", lines(header, *rows))
    assert values(mart, "discharged_by_17", "period_type = 'month'") == [("ZX1", 6, 10)]
    assert values(mart, "no_criteria_discharged", "period_type = 'month'") == [("ZX1", 15, None)]


def test_a_rate_that_is_not_days_lost_of_days_available_is_remarked(mart: Mart, tmp_path: Path) -> None:
    header = "DATE,NHSE_REGION_CODE,ICS_CODE,ORG_CODE,ORG_NAME,ORG_TYPE,FTE_DAYS_LOST,FTE_DAYS_AVAILABLE,"
    path = tmp_path / "x.csv"
    row = "31/01/2025,Y61,QZZ,ZX1,FICTIONAL NHS TRUST,Acute,50,1000,9.99"
    path.write_text(lines(f"{header}SICKNESS_ABSENCE_RATE_PERCENT", row), "utf-8")
    (result,) = load_paths(mart, [path], Register())
    assert "1 rows whose SICKNESS_ABSENCE_RATE_PERCENT is not" in result.remarks[0]


def test_a_department_told_twice_is_refused(load: Loader) -> None:
    row = "2018-01-01,ZX1,1,100,10,5"
    with pytest.raises(LoadError, match="department"):
        load("x.csv", lines("period,org_code,type,attendances,breaches,admissions", row, row))


def test_those_who_stay_are_counted_less_those_who_left_that_day(load: Loader) -> None:
    counted = [("01", 10), ("02", 0), ("03", 12), ("04", 20), ("05", 30)]
    left = [("01", 4), ("02", 0), ("03", 2), ("04", 25), ("05", 9)]
    header = "nhs_trust22_code,date,do_not_meet_criteria_to_reside"
    load("a.csv", lines(header, *(f"ZX1,2024-05-{day},{n}.0" for day, n in counted)))
    header = "nhs_trust22_code,date,discharged_by_1700,discharged_between_1701_2359,discharged_total"
    mart = load("b.csv", lines(header, *(f"ZX1,2024-05-{day},,,{n}.0" for day, n in left)))
    found = mart.fetch(
        "SELECT numerator, source FROM measure_values_rolled_up WHERE measure = 'no_criteria_remaining'"
    )
    # 6, 10 and 21: nothing was returned for the 2nd, and on the 4th more left than there were
    assert found == [(10, "criteria_to_reside, discharged_patients")]


def test_spellings_of_a_reason_are_one(load: Loader) -> None:
    reason = "Interface{space}process{dash} End of life care still underway{mark}(Pathway 1 or 3)"
    first = reason.format(space="\xa0", dash=" –", mark="?")
    second = reason.format(space=" ", dash="–", mark=" ")
    rows = [f"FICTIONAL,ZX1,2024-06-01,{text},{count}" for text, count in ((first, "2.0"), (second, "3.0"))]
    mart = load("x.csv", lines("nhs_trust22_name,nhs_trust22_code,date,delay_reason,delay_count", *rows))
    shown = mart.fetch("SELECT category, numerator FROM measure_values WHERE breakdown = 'reason'")
    assert shown == [("Interface process – End of life care still underway (Pathway 1 or 3)", 5)]


def test_sickness_is_days_lost_of_days_available_and_not_a_mean_of_rates(load: Loader) -> None:
    header = (
        "DATE,NHSE_REGION_CODE,NHSE_REGION_NAME,ICS_CODE,ICS_NAME,ORG_CODE,ORG_NAME,ORG_TYPE,FTE_DAYS_LOST,"
        "FTE_DAYS_AVAILABLE,SICKNESS_ABSENCE_RATE_PERCENT"
    )
    mart = load(
        "x.csv",
        lines(
            header,
            "31/01/2025,Y61,East,QZZ,Board,ZX1,FICTIONAL NHS TRUST,Acute,60.5,1000,6.05",
            "31/01/2025,Y61,East,QZZ,Board,QZZ,NHS FICTION INTEGRATED CARE BOARD,Integrated Care Board,1,100,1",
        ),
    )
    assert values(mart, "sickness_absence", "org_code = 'ZX1'") == [("ZX1", 60.5, 1000)]
    assert dict(mart.fetch("SELECT org_code, kind FROM organisations")) == {"ZX1": "trust", "QZZ": "icb"}


# --- HES, KH03, panel, SHMI, activity -------------------------------------------------------------


def test_hes_levels_stay_apart_and_stars_are_hidden_and_never_0(load: Loader) -> None:
    start = "Activity Month,Organisation breakdown,Org Code,Org Name,Region Code,Region Name"
    columns = [name for name in COLUMNS["hes_provider"] if name not in start.split(",")]
    header = ",".join([start, *columns])

    def row(level: str, code: str, region: str, first_dna: str, later_dna: str) -> str:
        numbers = {"First attendances seen total": "90", "First attendances DNA": first_dna}
        numbers |= {"Subsequent attendances seen": "100", "Subsequent attendances DNA": later_dna}
        cells = [numbers.get(name.partition(": ")[2], "5") for name in columns]
        return f"Apr 2020,{level},{code},Fictional,{region},Region," + ",".join(cells)

    mart = load(
        "x.csv",
        lines(
            header,
            row("National", "All", "-", "40", "40"),
            row("Region of Provider", "-", "Y61", "20", "20"),
            row("CCG", "00Z", "Y61", "20", "20"),
            row("Provider", "ZX1", "Y61", "10", "*"),
            row("Provider", "ZX2", "Y61", "10", "10"),
        ),
    )
    assert values(mart, "dna_rate", "basis = 'provider'") == [
        ("ENG", 80, 270), ("Y61", 40, 230), ("ZX1", None, None), ("ZX2", 20, 210)
    ]  # fmt: skip
    assert values(mart, "dna_rate", "basis = 'commissioner'") == [("00Z", 40, 230)]
    starred = mart.fetch("SELECT measure, numerator, suppressed FROM measure_values WHERE org_code = 'ZX1' "
                         "AND breakdown IS NULL AND measure LIKE 'dna%' ORDER BY ALL")  # fmt: skip
    assert starred == [
        ("dna_rate", None, True), ("dna_rate_first", 10, False), ("dna_rate_follow_up", None, True)
    ]  # fmt: skip


def test_hes_by_specialty_leaves_cancelled_appointments_out_of_the_rate(load: Loader) -> None:
    header = (
        "PARTYEAR,Month_Ending,TRETSPEF,TRETSPEF_DESCRIPTION,FCE,Ordinary_Admission_Episodes,FCE_DAY_CASES,"
        "EMERGENCY,Total_Appointments,Attended_Appointments,DNA_Appointments,First_Attendance"
    )
    mart = load(
        "x.csv",
        lines(header, "x,31MAR21,&,Not Known,1,1,0,1,200,92,8,30", "x,31MAR21,145,Oral,,,,,100,46,4,10"),
    )
    assert values(mart, "dna_rate") == [("ENG", 12, 150)]
    codes = mart.fetch("SELECT scheme, specialty_code, denominator FROM measure_values "
                       "WHERE measure = 'dna_rate' AND specialty_code IS NOT NULL ORDER BY ALL")  # fmt: skip
    assert codes == [("treatment", "&", 100), ("treatment", "145", 50)]


def kh03_book(path: Path) -> None:
    book = openpyxl.Workbook()
    sector = book.worksheets[0]
    sector.title = "NHS Trust by Sector"
    names = ["Total ", "General & Acute", "Learning Disabilities", "Maternity", "Mental Illness"]
    sector.append([None, "Published:", "19th November 2020"])
    sector.append([None] * 6 + ["Available"] + [None] * 5 + ["Occupied"] + [None] * 5 + ["% Occupied"])
    keys = ["Year", "Period End", "Region Code", "Org Code", "Org Name"]
    sector.append([None, *keys, *names, None, *names, None, *names])
    when = [None, "2020-21", "September"]
    sector.append([*when, None, None, "England", 30, 20, 0, 5, 5, 0.0, 15, 10, 0, 2, 3, None, 0.5])
    sector.append([])
    # the empty column between the blocks holds 0.0 in some quarters
    trust = [
        "Y61",
        "ZX1",
        "FICTIONAL NHS TRUST",
        30.5,
        20.5,
        0,
        5,
        5,
        0.0,
        15,
        10.25,
        0,
        2,
        3,
        None,
        "-",
        "-",
    ]
    sector.append([*when, *trust])
    specialty = book.create_sheet("Occupied by Specialty")
    specialty.append([None, *keys, "100 General Surgery", "501 Obstetrics"])
    specialty.append([*when, "Y61", "ZX1", "FICTIONAL NHS TRUST", 7.5, 0])
    book.save(path)


def test_kh03_blocks_are_found_by_their_heading(mart: Mart, tmp_path: Path) -> None:
    kh03_book(tmp_path / "x.xlsx")
    load_paths(mart, [tmp_path / "x.xlsx"], Register())
    assert values(mart, "bed_occupancy") == [("ENG", 10, 20), ("ZX1", 10.25, 20.5)]
    kinds = mart.fetch("SELECT period, period_type, vintage FROM measure_values WHERE measure = 'bed_occupancy' "
                       "AND org_code = 'ZX1' AND breakdown IS NULL")  # fmt: skip
    assert [str(cell) for cell in kinds[0]] == ["2020-07-01", "quarter", "2020-11-19 00:00:00"]
    main = mart.fetch(
        "SELECT scheme, specialty_code, numerator FROM measure_values WHERE scheme IS NOT NULL"
    )
    assert main == [("main", "100", 7.5)]


PANEL = (
    "org_code,org_name,period,kh03_avail_ga_avg_beds,kh03_occ_ga_avg_beds,canc_cancelled_ops,"
    "canc_breaches_28d,canc_pct_not_treated_28_days"
)


def test_the_panels_doubled_quarters_are_halved_and_others_left(load: Loader) -> None:
    mart = load(
        "x.csv",
        lines(
            PANEL,
            "NAN,England,2024-25 Q1,300,200,200,60,0.6",
            "ZX1,A,2024-25 Q1,100,90,40,10,0.5",
            "ZX2,B,2024-25 Q1,100,90,60,20,0.666667",
            "ZX1,A,2019-20 Q4,100,90,40,10,0.25",
            "ZX2,B,2023-24 Q3,100,90,,,",
        ),
    )
    assert values(mart, "cancelled_not_treated_28_days", "period = '2024-04-01'") == [
        ("ENG", 30, 100), ("ZX1", 5, 20), ("ZX2", 10, 30)
    ]  # fmt: skip
    assert values(mart, "cancelled_not_treated_28_days", "period = '2020-01-01'") == [("ZX1", 10, 40)]
    assert values(mart, "cancelled_operations_count", "period = '2023-10-01'") == []


def test_shmi_in_windows_text_with_a_footer(load: Loader) -> None:
    header = (
        "INDICATOR_CODE,PROVIDER,PROVIDER NAME,DENOMINATOR,OBSERVED,EXPECTED,VALUE,PO_LL,PO_UL,OD_LL,OD_UL,"
        "OD_BANDING"
    )
    row = "I00699,ZX1,FICTIONAL NHS TRUST,1000,55,50.5,1.089,0.9,1.1,0.85,1.15,2"
    notes = ',,,,,,,,,,,\r\n"Copyright \xa9 2013. All Rights Reserved",,,,,,,,,,,\r\n'
    mart = load("shmi-2013-april.csv", f"{header}\r\n{row}\r\n{notes}".encode("cp1252"))
    assert values(mart, "shmi") == [("ZX1", 55, 50.5)]
    period = mart.fetch("SELECT DISTINCT period, period_type FROM measure_values")
    assert [str(cell) for cell in period[0]] == ["2011-10-01", "rolling12"]
    assert mart.loads()[0].rejected == {"notes below the table": 2}
    with pytest.raises(LoadError, match="an organisation code"):  # figures of nobody are no note
        load("shmi-2014-april.csv", f"{header}\r\nI00699,,,500,,,,,,,,\r\n")
    with pytest.raises(LoadError, match="rename it"):
        load("mortality.csv", f"{header}\r\n{row.replace('55', '56')}\r\n")


def test_the_activity_return_is_read_from_an_old_workbook(mart: Mart) -> None:
    # activity_return.xls holds two invented providers; it was written with xlwt in the publication's shape
    load_paths(mart, [Path(__file__).parent / "activity_return.xls"], Register())
    assert values(mart, "non_elective_admissions") == [
        ("ENG", 50, None),
        ("ZX1", 20, None),
        ("ZX2", 30, None),
    ]
    assert values(mart, "day_case_rate", "org_code = 'ZX1'") == [("ZX1", 40, 50)]
    assert [str(row[0]) for row in mart.fetch("SELECT DISTINCT period FROM measure_values")] == [
        "2017-03-01"
    ]
    assert mart.loads()[0].rejected == {"note or empty row": 2}


def test_stay_by_diagnosis_needs_the_year_in_the_name(mart: Mart, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(
        [
            "Primary diagnosis: summary code and description",
            None,
            "Finished consultant episodes",
            "Mean length of stay \n(Days)",
            "Median length of stay \n(Days)",
        ]
    )
    sheet.append(["A00-A09", "Infections", 100, 3.5, 1])
    sheet.append(["Total", None, 100, 3.5, 1])
    book.save(tmp_path / "diag-2023-24.xlsx")
    book.save(tmp_path / "diag.xlsx")
    load_paths(mart, [tmp_path / "diag-2023-24.xlsx"], Register())
    shown = mart.fetch("SELECT category, value, period_type FROM measure_values WHERE measure = 'mean_los'")
    assert shown == [("A00-A09", 3.5, "year")]
    (tmp_path / "other.xlsx").write_bytes((tmp_path / "diag.xlsx").read_bytes() + b"\0")
    with pytest.raises(LoadError, match="of which year"):
        load_paths(mart, [tmp_path / "other.xlsx"], Register())


# --- reference and records ------------------------------------------------------------------------


def ods_row(code: str, board: str, opened: str, closed: str = "") -> str:
    cells = [code, f"{code} NHS TRUST", "Y61", board, *[""] * 5, "ZZ1 1ZZ", opened, closed, *[""] * 15]
    return ",".join(f'"{cell}"' for cell in cells)


def test_trusts_have_spans_and_the_later_file_moves_their_board(load: Loader) -> None:
    load(
        "etr_a.csv", lines(ods_row("ZX1", "QZZ", "20010401"), ods_row("ZX2", "QZZ", "20020401", "20241231"))
    )
    mart = load(
        "etr_b.csv", lines(ods_row("ZX1", "Z9Z9Z", "20010401"), ods_row("ZX3", "Z9Z9Z", "20260401"))
    )
    shown = mart.fetch(
        "SELECT org_code, icb_code, strftime(valid_to, '%Y-%m-%d') FROM organisations ORDER BY 1"
    )
    assert shown == [("ZX1", "Z9Z9Z", None), ("ZX2", "QZZ", "2024-12-31"), ("ZX3", "Z9Z9Z", None)]


def test_other_sources_fill_what_the_trust_file_leaves_empty(load: Loader) -> None:
    load("etr.csv", lines(ods_row("ZX1", "QZZ", "20010401")))
    header = "organisation_code,organisation_name,commissioning_region,organisation_type"
    mart = load("eric.csv", lines(header, "ZX1,OLD NAME,X,ACUTE - SMALL"))
    shown = mart.fetch("SELECT name, peer_group, kind FROM organisations")
    assert shown == [("ZX1 NHS TRUST", "Acute - small", "trust")]


def test_two_spellings_of_a_code_are_one(load: Loader) -> None:
    mart = load(
        "x.csv", lines("treatment_specialty_code,description", "145,Oral", "145,Oral and Jaw", "9,")
    )
    assert mart.fetch("SELECT scheme, specialty_code, name FROM specialties") == [
        ("treatment", "145", "Oral")
    ]


def episode(**cells: str) -> str:
    usual = {
        "ADMIDATE": "2001-09-01", "DISDATE": "2001-09-06", "ADMIMETH": "21", "CLASSPAT": "1", "DISMETH": "1",
        "EPIORDER": "1", "SPELEND": "Y", "SPELDUR_CALC": "77", "PROCODE3": "ZX1", "TRETSPEF": "300",
        "STARTAGE": "7003", "SEX": "2", "SUSHRG": "",
    }  # fmt: skip
    return ",".join((usual | cells)[name] for name in ADMITTED_COLUMNS)


def test_spells_are_the_episodes_that_end_one_and_days_follow_the_dates(load: Loader) -> None:
    mart = load(
        "artificial.csv",
        lines(
            ",".join(ADMITTED_COLUMNS),
            episode(),
            episode(SPELEND="N"),
            episode(ADMIDATE="1801-01-01", SPELDUR_CALC="4"),
            episode(DISDATE="2001-08-01", DISMETH="4", STARTAGE="42"),
        ),
    )
    shown = mart.fetch("SELECT los_days, admission_method, age_band, died FROM spells ORDER BY los_days")
    assert shown == [
        (4, "emergency", "0-17", False), (5, "emergency", "0-17", False), (77, "emergency", "40-49", True)
    ]  # fmt: skip
    assert mart.loads()[0].rejected == {"episode that does not end a spell": 1}
    (source,) = mart.sources()
    assert (source.origin, source.synthetic) == ("records", True)


def test_spells_carry_the_team_and_without_one_the_site(load: Loader) -> None:
    with_team = lines(",".join([*ADMITTED_COLUMNS, "SITETRET", "PCONSULT"]), f"{episode()},ZX101,A1")
    with_site = lines(",".join([*ADMITTED_COLUMNS, "SITETRET"]), f"{episode()},ZX101", f"{episode()},")
    for text, units in ((with_team, [("A1",)]), (with_site, [("ZX101",), (None,)])):
        mart = load("artificial.csv", text)
        assert mart.fetch("SELECT unit_code FROM spells ORDER BY ALL") == units


def test_outpatient_records_follow_the_dictionary(load: Loader) -> None:
    header = "ATTENDED,FIRSTATT,APPTDATE,TRETSPEF,PROCODET,SEX,APPTAGE,IMD04_DECILE,REQDATE"
    mart = load(
        "outpatients.csv",
        lines(
            header,
            "5,1,2025-05-10,130,ZX100,1,64,Most deprived 10%,2025-05-01",
            "7,4,2025-05-10,130,ZX1,2,30,Least deprived 10%,1801-01-01",
            "2,2,2025-05-10,130,ZX1,9,,,",
            "0,1,2025-05-10,130,ZX1,1,64,3,",
            "3,1,1801-01-01,130,ZX1,1,64,3,",
        ),
    )
    shown = mart.fetch("SELECT org_code, outcome, kind, mode, age_band, imd_decile, lead_days "
                       "FROM appointments ORDER BY outcome")  # fmt: skip
    assert shown == [
        ("ZX1", "attended", "first", "face to face", "60-69", 1, 9.0),
        ("ZX1", "cancelled_patient", "follow_up", "face to face", None, None, None),
        ("ZX1", "dna", "follow_up", "remote", "30-39", 10, None),
    ]
    assert mart.loads()[0].rejected == {"outcome not known or still to come": 1, "no valid date": 1}


def test_rtt_keeps_a_list_by_bands_of_weeks_with_its_mean_wait(load: Loader) -> None:
    mart = load("x.csv", rtt_file(*TWO_COMMISSIONERS))
    bands = "SELECT category, numerator FROM measure_values WHERE breakdown = 'weeks waited' AND {} ORDER BY ALL"
    # week 17 ends within 18 weeks, week 18 beyond them; those from outside England are not among them
    assert mart.fetch(bands.format("specialty_code IS NULL")) == [
        ("0 to 6", 6), ("12 to 18", 1), ("18 to 26", 2), ("52 to 65", 1),
    ]  # fmt: skip
    assert mart.fetch(bands.format("specialty_code = 'C_110'")) == [("0 to 6", 1)]
    # (5 × 0.5 + 3.5 + 17.5 + 2 × 18.5 + 53.5) weeks of ten people
    assert values(mart, "rtt_mean_wait") == [("ZX1", 114, 10)]


def test_rtt_bands_of_older_files_end_where_the_file_does(load: Loader) -> None:
    old = rtt_file(
        ("ZX1", "Z01", "Part_2", "C_100", {0: 4, 52: 2}), ("ZX1", "Z01", "Part_2", "C_999", {0: 4, 52: 2}),
        longest=52,
    )  # fmt: skip
    bands = "SELECT DISTINCT category FROM measure_values WHERE breakdown = 'weeks waited' ORDER BY 1"
    assert load("x.csv", old).fetch(bands) == [("0 to 6",), ("over 52",)]


# --- friends and family ---------------------------------------------------------------------------

FFT_HEADS = (
    *("ICB Code", "Trust Code", "Trust Name", "Total Responses", "Total Eligible", "Percentage Positive"),
    *("Percentage Negative", "Breakdown of Responses", None, None, None, None, None, "Mode SMS"),
)
FFT_ANSWERS = ("Very Good", "Good", "Neither Good nor Poor", "Poor", "Very Poor", "Don't Know")


def fft_workbook(path: Path, *trusts: tuple[object, ...]) -> Path:
    """Write a workbook as NHS England's pipeline does: sums first, the filter's as formulas without a result."""
    book = openpyxl.Workbook()
    book.active.title = "Notes"  # type: ignore[union-attr]
    sheet = book.create_sheet("Trusts")
    sheet.append(["Show data for:"])
    sheet.append(FFT_HEADS)
    sheet.append([None] * 7 + [*FFT_ANSWERS])
    sheet.append([None, None, "England", 999, 9999, 0.9, 0.1, 500, 399, 50, 25, 20, 5])
    sheet.append([None, None, "Selection (excluding suppressed data)", "=SUBTOTAL(9,D6:D999)"])
    for code, *answers in trusts:
        number = sum(x for x in answers if isinstance(x, int)) or 4
        sheet.append(["QZZ", code, f"Trust {code}", number, 1000, 0.9, 0.02, *answers, 3])
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("name", "measure"),
    [
        ("FFT-inpatient-data-Jul-25.xlsx", "friends_and_family"),
        ("FFT-ae-data-July-2025.xlsx", "friends_and_family_ae"),
    ],
)
def test_friends_and_family_counts_the_answers(mart: Mart, tmp_path: Path, name: str, measure: str) -> None:
    path = fft_workbook(tmp_path / name, ("ZX1", 60, 30, 4, 3, 2, 1), ("ZX2", "*", "*", "*", "*", "*", "*"))
    load_paths(mart, [path], Register())
    assert values(mart, measure, "period = DATE '2025-07-01' AND NOT suppressed") == [("ZX1", 90, 100)]
    assert values(mart, measure, "suppressed") == [("ZX2", None, 4)]


@pytest.mark.parametrize(
    "name", ["FFT-inpatient-data.xlsx", "Jul-25.xlsx", "FFT-maternity-data-Jul-25.xlsx"]
)
def test_friends_and_family_needs_a_name_that_says_whose_answers_and_when(
    mart: Mart, tmp_path: Path, name: str
) -> None:
    path = fft_workbook(tmp_path / name, ("ZX1", 60, 30, 4, 3, 2, 1))
    with pytest.raises(LoadError, match="does not say whose answers of which month"):
        load_paths(mart, [path], Register())


def test_friends_and_family_refuses_answers_that_do_not_add_up(mart: Mart, tmp_path: Path) -> None:
    path = fft_workbook(tmp_path / "FFT-ae-data-Jul-25.xlsx", ("ZX1", 60, 30, 4, 3, 2, 1))
    book = openpyxl.load_workbook(path)
    book["Trusts"]["D6"] = 99
    book.save(path)
    with pytest.raises(LoadError, match="the sum of the answers"):
        load_paths(mart, [path], Register())
