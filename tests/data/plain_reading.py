"""The open NHS data by provider as plain pandas reads them: written apart from the package, to be held against it.

Each reader yields frames of org_code, period (its first day), numerator (of a figure without counts its value)
and denominator (NaN for a count, and where nothing was returned or the publisher hid it), for one source, measure
and kind of period.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import xlrd
import yaml

from helpers.register.reading import SHIPPED

Reading = Iterator[tuple[str, str, str, pd.DataFrame]]
KEY = ["source", "measure", "org_code", "period_type", "period"]


def successors() -> dict[str, str]:
    """Return the last successor of each organisation that became part of another."""
    mergers = yaml.safe_load((SHIPPED / "mergers.yml").read_text("utf-8"))
    steps = {code: merger["successor"] for code, merger in mergers.items()}
    last = dict(steps)
    for code in steps:
        while last[code] in steps:
            last[code] = steps[last[code]]
    return last


def read_all(folder: Path) -> pd.DataFrame:
    """Return every figure by source, measure, successor organisation and period; merged histories added up."""
    readers = (
        _rtt, _rtt_extract, _cancer, _ae_files, _ae_months, _ae_archive, _beds, _criteria, _reasons, _hes, _hes_england,
        _activity, _activity_files, _panel, _shmi, _sickness, _ready,
    )  # fmt: skip
    frames = [
        frame.assign(source=source, measure=measure, period_type=kind)
        for reader in readers
        for source, measure, kind, frame in reader(folder)
    ]
    table = pd.concat([frame[[*KEY, "numerator", "denominator"]] for frame in frames], ignore_index=True)
    table["org_code"] = table["org_code"].replace(successors())
    # a figure of one of those merged that is not known leaves their sum unknown
    sums = table.groupby(KEY)[["numerator", "denominator"]].agg(["sum", "count", "size"])
    whole = pd.DataFrame(
        {
            name: sums[name, "sum"].where(sums[name, "count"] == sums[name, "size"])
            for name in ("numerator", "denominator")
        }
    )
    members = sums["numerator", "size"].rename("members")
    pooled = whole.join(members).reset_index()
    return pd.concat([pooled, *_remaining(pooled)], ignore_index=True)


def _frame(
    code: pd.Series, period: pd.Series, numerator: pd.Series, denominator: object = np.nan
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "org_code": code.str.strip().str.upper(), "period": pd.to_datetime(period), "numerator": numerator,
            "denominator": denominator,
        }
    )  # fmt: skip


def _rtt(folder: Path) -> Reading:
    raw = pd.read_csv(folder / "rtt-monthly-by-org" / "rtt_monthly_by_org_2022-04_2026-04.csv")
    raw = raw[raw["level"] == "provider"]
    of = (raw["org_code"], raw["month"] + "-01")
    yield "rtt_months", "rtt_list_size", "month", _frame(*of, raw["incomplete_total"])
    yield (
        "rtt_months",
        "rtt_18_weeks",
        "month",
        _frame(*of, raw["within_18_weeks"], raw["incomplete_total"]),
    )
    for weeks in (52, 65, 78, 104):
        frame = _frame(*of, raw[f"over_{weeks}_weeks"], raw["incomplete_total"])
        yield "rtt_months", f"rtt_over_{weeks}_weeks", "month", frame


def _rtt_extract(folder: Path) -> Reading:
    raw = pd.read_csv(folder / "rtt-full-extract" / "20260430-RTT-April-2026-full-extract.csv.gz")
    raw = raw[(raw["Treatment Function Code"] == "C_999") & (raw["Commissioner Org Code"] != "NONC")]
    bands = [name for name in raw.columns if name.startswith("Gt ")]
    sums = raw.groupby(["RTT Part Type", "Provider Org Code"])[[*bands, "Total All"]].sum()

    def count(part: str, columns: list[str]) -> pd.Series:
        return sums.loc[part][columns].sum(axis=1)

    def frame(numerator: pd.Series, denominator: object = np.nan) -> pd.DataFrame:
        code = numerator.index.to_series()
        return _frame(code, pd.Series("2026-04-01", code.index), numerator, denominator)

    total = count("Part_2", ["Total All"])
    for part, measure in (
        ("Part_1A", "rtt_completed_admitted"), ("Part_1B", "rtt_completed_non_admitted"), ("Part_2", "rtt_list_size"),
        ("Part_2A", "rtt_list_with_decision_to_admit"), ("Part_3", "rtt_new_periods"),
    ):  # fmt: skip
        yield "rtt_full_extract", measure, "month", frame(count(part, ["Total All"]))
    yield "rtt_full_extract", "rtt_18_weeks", "month", frame(count("Part_2", bands[:18]), total)
    for weeks in (52, 65, 78, 104):
        yield (
            "rtt_full_extract",
            f"rtt_over_{weeks}_weeks",
            "month",
            frame(count("Part_2", bands[weeks:]), total),
        )
    waited = (sums.loc["Part_2"][bands] * [week + 0.5 for week in range(len(bands))]).sum(axis=1)
    yield "rtt_full_extract", "rtt_mean_wait", "month", frame(waited, total)
    for measure, share in (("rtt_median_wait", 0.5), ("rtt_92nd_percentile_wait", 0.92)):
        waits = sums.loc["Part_2"][bands].apply(_wait, axis=1, share=share)
        yield "rtt_full_extract", measure, "month", frame(waits)


def _wait(weeks: pd.Series, share: float) -> float:
    """Return the week, with its part, by which a share has waited; nobody knows how long the last band is."""
    wanted, before = share * weeks.sum(), 0.0
    for week, patients in enumerate(weeks):
        if patients and before + patients >= wanted - 1e-9:
            return week + (wanted - before) / patients if week < len(weeks) - 1 else float("nan")
        before += patients
    return float("nan")


def _cancer(folder: Path) -> Reading:
    raw = pd.read_csv(
        folder / "cancer-waits-monthly-by-org" / "cancer_waits_monthly_by_org_2022-04_2026-04.csv"
    )
    raw = raw[raw["level"].isin(["provider", "national"])]
    for standard, measure in (
        ("FDS28", "cancer_28_day_fds"), ("CMB31", "cancer_31_day"), ("CMB62", "cancer_62_day"),
    ):  # fmt: skip
        of = raw[raw["standard"] == standard]
        yield (
            "cancer_waits",
            measure,
            "month",
            _frame(of["org_code"], of["month"] + "-01", of["within_target"], of["total"]),
        )


def _ae_files(folder: Path) -> Reading:
    raw = pd.concat([pd.read_csv(path) for path in sorted((folder / "ae-monthly").glob("*.csv"))])
    raw = raw[raw["Org Code"].str.strip().str.upper() != "TOTAL"]
    period = pd.to_datetime(raw["Period"].str.removeprefix("MSitAE-"), format="%B-%Y")

    def total(*starts: str) -> pd.Series:
        return raw[[name for name in raw.columns if name.startswith(starts)]].sum(axis=1)

    attended, late = total("A&E attendances"), total("Attendances over 4hrs")
    twelve = raw["Patients who have waited 12+ hrs from DTA to admission"]
    four = raw["Patients who have waited 4-12 hs from DTA to admission"]
    of = (raw["Org Code"], period)
    yield "ae_monthly", "ae_attendances", "month", _frame(*of, attended)
    yield "ae_monthly", "ae_four_hours", "month", _frame(*of, attended - late, attended)
    yield "ae_monthly", "ae_12_hours_from_decision", "month", _frame(*of, twelve)
    yield "ae_monthly", "ae_4_hours_from_decision", "month", _frame(*of, four + twelve)
    admitted = total("Emergency admissions via A&E", "Other emergency admissions")
    yield "ae_monthly", "emergency_admissions", "month", _frame(*of, admitted)


def _ae_months(folder: Path) -> Reading:
    raw = pd.read_csv(folder / "healthyr-ae" / "england_trust_accidents_emergency.csv")
    of = (raw["nhs_trust22_code"], pd.to_datetime(raw["date"], format="%B %Y"))
    seen, late = raw["total_attendances"], raw["attendances_over_4hours"]
    yield "ae_months", "ae_attendances", "month", _frame(*of, seen)
    yield "ae_months", "ae_four_hours", "month", _frame(*of, seen - late, seen)
    yield "ae_months", "emergency_admissions", "month", _frame(*of, raw["total_emergency_admissions"])
    yield (
        "ae_months",
        "ae_4_hours_from_decision",
        "month",
        _frame(*of, raw["emergency_admissions_over_4hours"]),
    )


def _ae_archive(folder: Path) -> Reading:
    raw = pd.read_csv(folder / "ae-attendances-2016-2019" / "ae_attendances.csv")
    raw = raw.groupby(["org_code", "period"])[["attendances", "breaches", "admissions"]].sum().reset_index()
    of, seen = (raw["org_code"], raw["period"]), raw["attendances"]
    yield "ae_archive", "ae_attendances", "month", _frame(*of, seen)
    yield "ae_archive", "ae_four_hours", "month", _frame(*of, seen - raw["breaches"], seen)
    yield "ae_archive", "emergency_admissions_via_ae", "month", _frame(*of, raw["admissions"])


def _beds(folder: Path) -> Reading:
    raw = pd.read_csv(folder / "healthyr-beds-sitrep" / "england_critical_general_acute_beds.csv")
    of = (raw["nhs_trust22_code"], pd.to_datetime(raw["date"], format="%B %Y"))
    beds = (raw["general_acute_beds_occupied"], raw["general_acute_beds_available"])
    yield "beds_sitrep", "bed_occupancy", "month", _frame(*of, *beds)


def _criteria(folder: Path) -> Reading:
    for file, column, source, measure in (
        ("criteria_to_reside", "do_not_meet_criteria_to_reside", "criteria_to_reside", "no_criteria_patients"),
        ("discharged_patients", "discharged_total", "discharged_patients", "no_criteria_discharged"),
    ):  # fmt: skip
        raw = pd.read_csv(folder / "healthyr-discharge" / f"england_trust_{file}.csv")
        raw = raw[raw["nhs_trust22_code"].notna()]
        yield source, measure, "day", _frame(raw["nhs_trust22_code"], raw["date"], raw[column])
        months = (
            raw[raw[column] > 0]
            .groupby(["nhs_trust22_code", raw["date"].str[:7]])[column]
            .median()
            .reset_index()
        )
        yield (
            source,
            measure,
            "month",
            _frame(months["nhs_trust22_code"], months["date"] + "-01", months[column]),
        )
    early = raw[raw["discharged_by_1700"].notna()]
    both = early["discharged_by_1700"] + early["discharged_between_1701_2359"]
    days = _frame(early["nhs_trust22_code"], early["date"], early["discharged_by_1700"], both)
    yield "discharged_patients", "discharged_by_17", "day", days
    days["period"] = days["period"].dt.to_period("M").dt.to_timestamp()
    sums = days.groupby(["org_code", "period"])[["numerator", "denominator"]].sum().reset_index()
    yield "discharged_patients", "discharged_by_17", "month", sums


def _remaining(pooled: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield those who stay, and their share of the beds: days on which all of a merged trust returned both counts."""
    days = pooled[pooled["period_type"] == "day"]
    counted = days[days["measure"] == "no_criteria_patients"]
    left = days[days["measure"] == "no_criteria_discharged"]
    both = counted.merge(left, on=["org_code", "period"], suffixes=("", "_left"))
    both = both[
        (both["numerator"] > 0)
        & (both["numerator_left"] <= both["numerator"])
        & (both["members"] == both["members_left"])
    ]
    both["month"] = both["period"].dt.to_period("M").dt.to_timestamp()
    both = both[both["members"] == both.groupby(["org_code", "month"])["members"].transform("max")]
    each = (both["numerator"] - both["numerator_left"]).groupby([both["org_code"], both["month"]]).median()
    stay = each.rename("numerator").rename_axis(["org_code", "period"]).reset_index()
    source = "criteria_to_reside, discharged_patients"
    yield stay.assign(
        source=source, measure="no_criteria_remaining", period_type="month", denominator=np.nan
    )
    beds = pooled[(pooled["source"] == "beds_sitrep") & (pooled["numerator"] > 0)]
    beds = beds[["org_code", "period", "numerator"]].rename(columns={"numerator": "denominator"})
    yield stay.merge(beds, on=["org_code", "period"]).assign(
        source=f"{source}, beds_sitrep", measure="no_criteria_to_reside", period_type="month"
    )


def _reasons(folder: Path) -> Reading:
    raw = pd.read_csv(folder / "healthyr-discharge" / "england_delayed_discharge_reasons.csv.gz")
    sums = raw.groupby(["nhs_trust22_code", "date"])["delay_count"].sum(min_count=37).reset_index()
    frame = _frame(sums["nhs_trust22_code"], sums["date"], sums["delay_count"])
    yield "delay_reasons", "delayed_patients", "month", frame


def _hes(folder: Path) -> Reading:
    raw = pd.read_csv(folder / "hes-monthly-open-data" / "HES_MAR_2020-21_M13.csv", dtype=str)
    raw = raw[raw["Organisation breakdown"].isin(["Provider", "Region of Provider", "National"])]
    level = raw["Organisation breakdown"]
    code = (
        raw["Org Code"]
        .mask(level == "National", "ENG")
        .mask(level == "Region of Provider", raw["Region Code"])
    )
    of = (code, pd.to_datetime(raw["Activity Month"], format="%b %Y"))

    def number(*names: str) -> pd.Series:
        """Add columns up; a star in one leaves the sum unknown."""
        columns = [raw[f"All specialties: {name}"].replace("*", None).astype(float) for name in names]
        return pd.concat(columns, axis=1).sum(axis=1, min_count=len(names))

    first = ("First attendances seen total", "First attendances DNA")
    later = ("Subsequent attendances seen", "Subsequent attendances DNA")
    for measure, parts, whole in (
        ("dna_rate", (first[1], later[1]), (*first, *later)),
        ("dna_rate_first", first[1:], first),
        ("dna_rate_follow_up", later[1:], later),
        ("day_case_rate", ("Daycase Elective",), ("Daycase Elective", "Ordinary Elective")),
    ):
        denominator = number(*whole)
        numerator = number(*parts).where(denominator.notna())
        yield "hes_provider", measure, "month", _frame(*of, numerator, denominator)
    for measure, column in (
        ("elective_ordinary_admissions", "Ordinary Elective"), ("elective_admissions", "Elective total"),
        ("non_elective_admissions", "Non-Elective"), ("first_outpatient_attendances", first[0]),
    ):  # fmt: skip
        yield "hes_provider", measure, "month", _frame(*of, number(column))


def _hes_england(folder: Path) -> Reading:
    raw = pd.read_csv(folder / "hes-monthly-open-data" / "HES_M13_2021_OPEN_DATA_TREATMENT_FUNCTION.csv")
    ends = pd.to_datetime(raw["Month_Ending"].str.title(), format="mixed")
    sums = raw.select_dtypes("number").groupby(ends.dt.to_period("M").dt.to_timestamp()).sum()
    of = (pd.Series("ENG", sums.index), sums.index.to_series())
    missed, seen = sums["DNA_Appointments"], sums["Attended_Appointments"]
    day_cases = sums["FCE_DAY_CASES"]
    for measure, counts in {
        "dna_rate": (missed, missed + seen),
        "day_case_rate": (day_cases, day_cases + sums["Ordinary_Admission_Episodes"]),
        "finished_consultant_episodes": (sums["FCE"],),
        "emergency_admissions": (sums["EMERGENCY"],),
        "first_outpatient_attendances": (sums["First_Attendance"],),
    }.items():
        yield "hes_england_specialties", measure, "month", _frame(*of, *counts)


def _activity(folder: Path) -> Reading:
    raw = pd.read_csv(folder / "mar-provider" / "hospital_activity_2012-04_2017-03.csv")
    of, source = (raw["provider_org_code"], raw["period_date"]), "activity_return_table"
    elective = raw["elective_ga_total_admissions_ffces"]
    for measure, column in (
        ("elective_ordinary_admissions", "elective_ga_ordinary_admissions_ffces"),
        ("elective_admissions", "elective_ga_total_admissions_ffces"),
        ("non_elective_admissions", "total_nonelective_ga_admissions_ffces"),
        ("gp_referrals", "gp_referrals_made_all_specialties"),
        ("first_outpatient_attendances", "all_1st_outpatient_attendances_ga"),
    ):
        yield source, measure, "month", _frame(*of, raw[column])
    yield (
        source,
        "day_case_rate",
        "month",
        _frame(*of, raw["elective_ga_daycase_admissions_ffces"], elective),
    )


def _activity_files(folder: Path) -> Reading:
    for path in sorted((folder / "mar-provider").glob("*.xls")):
        sheet = xlrd.open_workbook(path).sheet_by_name("Provider")
        raw = pd.DataFrame([sheet.row_values(row) for row in range(sheet.nrows)])
        head = int(raw.eq("Org Code").any(axis=1).to_numpy().argmax())
        names = [" ".join(str(name).split()) for name in raw.iloc[head]]
        raw = raw.iloc[head + 1 :].set_axis(names, axis=1)
        raw = raw[(raw["Year"] != "") & (raw["Period"] != "")]
        code = raw["Org Code"].mask(raw["Org Name"] == "England", "ENG")
        period = pd.to_datetime(raw["Period"] + " " + raw["Year"].str[:4], format="%B %Y")
        period = period.mask(period.dt.month < 4, period + pd.DateOffset(years=1))
        referrals = raw["GP Referrals Made (All specialties)"].astype(float)
        yield "activity_return", "gp_referrals", "month", _frame(code, period, referrals)


def _ready(folder: Path) -> Reading:
    path = folder / "delayed-discharge-hf" / "Final_Publication_DD_Flourish_Data.xlsx"
    sheets = pd.read_excel(
        path, sheet_name=["Figure 1", "National Delay length", "Most Improved Consistency"]
    )
    england, delay, trusts = sheets.values()
    trusts = trusts[trusts["org_code"].notna() & (trusts["patients_discharged_volume"] > 0)]
    of, seen = (
        (trusts["org_code"], pd.to_datetime(trusts["month"].ffill())),
        trusts["patients_discharged_volume"],
    )
    late = trusts["total_delay_volume"]
    yield "discharge_ready", "discharged_late", "month", _frame(*of, late, seen)
    yield "discharge_ready", "days_discharged_late", "month", _frame(*of, trusts["dd_bed_days"], late)
    for sheet in (england, delay):
        sheet["code"], sheet["first"] = (
            "ENG",
            pd.to_datetime(sheet["month"], format="%b-%y", errors="coerce"),
        )
    england, delay = england[england["first"].notna()], delay[delay["first"].notna()]
    seen = england["patients_discharged_volume"]
    late = (england["perc_patients_delayed"] / 100 * seen).round()
    yield (
        "discharge_ready",
        "discharged_late",
        "month",
        _frame(england["code"], england["first"], late, seen),
    )
    days = delay["average_delay_los_minus_0_day_delay"]
    yield "discharge_ready", "days_discharged_late", "month", _frame(delay["code"], delay["first"], days)


def _panel(folder: Path) -> Reading:
    path = folder / "quarterly-trust-panel" / "master-quarterly-trust.csv"
    raw = pd.read_csv(path, keep_default_na=False, na_values=[""])
    year = raw["period"].str[:4].astype(int) + (raw["period"].str[-1] == "4")
    month = raw["period"].str[-1].map({"1": "04", "2": "07", "3": "10", "4": "01"})
    of, source = (
        (raw["org_code"].replace("NAN", "ENG"), year.astype(str) + "-" + month + "-01"),
        "quarterly_panel",
    )
    beds = (raw["kh03_occ_ga_avg_beds"], raw["kh03_avail_ga_avg_beds"])
    yield source, "bed_occupancy", "quarter", _frame(*of, *beds)
    # the file has these years doubled; a trust without operations has its row for its beds alone
    halved = raw["period"].str[:7].isin(["2021-22", "2022-23", "2024-25"])
    known = raw["canc_cancelled_ops"].notna()
    cancelled, late = (
        raw[name].mask(halved, raw[name] / 2)[known] for name in ("canc_cancelled_ops", "canc_breaches_28d")
    )
    of = (of[0][known], of[1][known])
    yield source, "cancelled_operations_count", "quarter", _frame(*of, cancelled)
    yield source, "cancelled_not_treated_28_days", "quarter", _frame(*of, late, cancelled)


def _shmi(folder: Path) -> Reading:
    for path in sorted((folder / "shmi" / "archive").glob("*.csv")):
        raw = pd.read_csv(path, encoding="latin-1")
        raw = raw[raw["PROVIDER"].notna() & raw["OBSERVED"].notna()]
        published = pd.to_datetime(path.stem.removeprefix("shmi-"), format="%Y-%B")
        first = pd.Series(published - pd.DateOffset(months=18), raw.index)
        yield "shmi", "shmi", "rolling12", _frame(raw["PROVIDER"], first, raw["OBSERVED"], raw["EXPECTED"])


def _sickness(folder: Path) -> Reading:
    for path in sorted((folder / "sickness-absence").glob("*.csv")):
        raw = pd.read_csv(path)
        first = pd.to_datetime(raw["DATE"], format="%d/%m/%Y").dt.to_period("M").dt.to_timestamp()
        lost, available = raw["FTE_DAYS_LOST"], raw["FTE_DAYS_AVAILABLE"]
        yield (
            "sickness_absence",
            "sickness_absence",
            "month",
            _frame(raw["ORG_CODE"], first, lost, available),
        )
