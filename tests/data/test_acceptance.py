"""Numbers that a correct import of the open NHS data gives, worked out elsewhere, through the mart."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from helpers.data.loading.load import LoadResult
from helpers.data.mart import Mart

pytestmark = pytest.mark.real_data


def sums(what: str, source: str, measure: str, more: str = "true") -> str:
    """Return the SQL of a figure of one data set, the whole organisation, without sums over the country.

    Of the latest editions: an excerpt of a file lies beside the whole of it, and neither is added to the other.
    """
    return (
        f"SELECT {what} FROM measure_values_editions WHERE source = '{source}' AND measure = '{measure}' "
        f"AND org_code <> 'ENG' AND specialty_code IS NULL AND breakdown IS NULL AND ({more})"
    )


RGT_STAY = """
WITH admissions AS (
    SELECT org_code, sum(numerator) AS admitted FROM measure_values_editions
    WHERE source = 'hes_provider' AND basis = 'provider' AND category = 'specific acute'
        AND measure IN ('elective_ordinary_admissions', 'non_elective_admissions')
        AND period BETWEEN '2020-07-01' AND '2020-09-01'
    GROUP BY org_code HAVING admitted > 3000
), beds AS (
    SELECT org_code, numerator AS occupied FROM measure_values_editions
    WHERE source = 'kh03' AND measure = 'bed_occupancy' AND breakdown IS NULL AND period = '2020-07-01'
        AND org_code <> 'ENG'
), stays AS (SELECT org_code, occupied * 92 / admitted AS days FROM admissions JOIN beds USING (org_code))
"""
RTT = "rtt_full_extract"
PANEL_RGT = "org_code = 'RGT' AND period = '2024-04-01'"
DNA_2019 = (
    "SELECT 100 * sum(numerator) / sum(denominator) FROM measure_values_editions "
    "WHERE source = 'hes_england_specialties' AND measure = 'dna_rate' "
    "AND period BETWEEN '2019-04-01' AND '2020-03-01' AND "
)

QUERIES = {
    "A03": sums("sum(numerator)", RTT, "rtt_list_size", "basis = 'commissioner' AND org_code <> 'NONC'"),
    # of all commissioners: those in England and, as a breakdown, those outside
    "A05": "SELECT sum(numerator) FROM measure_values_editions WHERE source = 'rtt_full_extract' "
    "AND measure = 'rtt_list_size' AND basis = 'provider' AND org_code = 'RGT' AND specialty_code IS NULL "
    "AND (breakdown IS NULL OR breakdown = 'commissioners')",
    "A07": sums("sum(numerator)", RTT, "rtt_completed_admitted", "basis = 'commissioner'"),
    "A09": sums("sum(numerator)", RTT, "rtt_new_periods", "basis = 'commissioner'"),
    "A11": sums(
        "sum(numerator)", "rtt_months", "rtt_list_size", "basis = 'provider' AND period = '2026-04-01'"
    ),
    "A13": sums("count(DISTINCT org_code)", "rtt_months", "rtt_list_size", "basis = 'commissioner'"),
    "A15": "SELECT numerator FROM measure_values_rolled_up WHERE measure = 'rtt_list_size' "
    "AND org_code = 'RBN' AND period = '2023-06-01' AND basis = 'provider' AND specialty_code IS NULL",
    "A17": sums(
        "sum(denominator)",
        "cancer_waits",
        "cancer_28_day_fds",
        "basis = 'provider' AND period = '2025-09-01'",
    ),
    "A19": "SELECT count(DISTINCT v.org_code) FROM measure_values_editions v JOIN organisations o USING (org_code) "
    "WHERE v.source = 'cancer_waits' AND v.basis = 'commissioner' AND o.kind <> 'icb'",
    "A21": sums("sum(numerator)", "ae_monthly", "ae_attendances", "period = '2025-03-01'"),
    "A23": sums("sum(numerator)", "ae_monthly", "ae_12_hours_from_decision", "period = '2025-03-01'"),
    "A25": sums("sum(numerator)", "ae_months", "ae_attendances", "period = '2024-07-01'"),
    "A27": sums("count(*)", "ae_months", "ae_four_hours", "numerator IS NULL AND denominator IS NOT NULL"),
    "A29": sums(
        "100 * sum(numerator) / sum(denominator)", "ae_archive", "ae_four_hours", "period = '2019-03-01'"
    ),
    "A31": sums(
        "100 * sum(numerator) / sum(denominator)", "beds_sitrep", "bed_occupancy", "period = '2025-01-01'"
    ),
    "A33": "SELECT avg(patients) FROM (SELECT period, sum(numerator) AS patients FROM measure_values_editions "
    "WHERE measure = 'no_criteria_patients' AND period_type = 'day' "
    "AND period BETWEEN '2025-01-01' AND '2025-01-31' GROUP BY period)",
    "A35": sums(
        "max(numerator)",
        "criteria_to_reside",
        "no_criteria_patients",
        "period_type = 'month' AND org_code = 'RFR' AND period = '2024-05-01'",
    ),
    "A37": sums(
        "strftime(max(period), '%Y-%m-%d')",
        "discharged_patients",
        "discharged_by_17",
        "period_type = 'day' AND numerator IS NOT NULL",
    ),
    "A39": "SELECT max(n) FROM (SELECT period, count(DISTINCT category) AS n FROM measure_values_editions "
    "WHERE measure = 'delayed_patients' AND breakdown = 'reason' GROUP BY period) "
    "HAVING min(n) = max(n)",
    "A41": "SELECT 100 * sum(numerator) / sum(denominator) FROM measure_values_editions "
    "WHERE source = 'hes_provider' AND measure = 'dna_rate' AND breakdown IS NULL AND org_code = 'ENG'",
    "A43": sums("sum(numerator)", "hes_provider", "dna_rate", "org_code = 'RGT'"),
    "A45": "SELECT count(*) FROM (SELECT org_code, sum(numerator) AS missed, sum(denominator) AS due "
    "FROM measure_values_editions WHERE source = 'hes_provider' AND measure IN ('dna_rate_first', "
    "'dna_rate_follow_up') AND breakdown IS NULL AND org_code LIKE 'R__' GROUP BY org_code "
    "HAVING due > 0 AND missed / due < 0.01)",
    "A47": DNA_2019 + "specialty_code IS NULL",
    "A49": DNA_2019 + "specialty_code = '130'",
    "A51": sums("count(DISTINCT org_code)", "kh03", "bed_occupancy", "period = '2020-07-01'"),
    "A53": sums("max(numerator)", "kh03", "bed_occupancy", "org_code = 'RGT' AND period = '2020-07-01'"),
    "A55": RGT_STAY + "SELECT count(*) FROM stays",
    "A57": RGT_STAY + "SELECT quantile_cont(days, 0.25) FROM stays",
    "A59": RGT_STAY + "SELECT days FROM stays WHERE org_code = 'RGT'",
    "A61": sums("100 * max(value)", "quarterly_panel", "cancelled_not_treated_28_days", PANEL_RGT),
    "A63": sums("sum(numerator)", "quarterly_panel", "cancelled_operations_count", "period = '2019-07-01'"),
    "A65": "SELECT 100 * sum(numerator) / sum(denominator) FROM measure_values_editions v "
    "JOIN organisations o USING (org_code) WHERE v.source = 'sickness_absence' "
    "AND period = '2025-01-01' AND o.org_type = 'Acute'",
    "A67": sums(
        "100 * sum(numerator) / sum(denominator)",
        "sickness_absence",
        "sickness_absence",
        "period = '2025-01-01'",
    ),
    "A75": sums(
        "sum(numerator)", "activity_return_table", "non_elective_admissions", "period = '2017-03-01'"
    ),
    "A77": "SELECT value FROM measure_values WHERE measure = 'mean_los' AND category = 'A00-A09'",
    "A79": "SELECT count(*) FROM spells WHERE source = 'hes_admitted_care'",
    "A81": "SELECT count(*) FROM organisations WHERE source = 'ods_trusts' AND valid_to IS NOT NULL",
    "A83": "SELECT avg(los_days) FROM spells WHERE source = 'los_model'",
    "A85": "SELECT denominator FROM measure_values_rolled_up WHERE measure = 'bed_occupancy' "
    "AND org_code = 'RBN' AND period = '2023-07-01' AND period_type = 'month' AND breakdown IS NULL",
    "A87": "SELECT sum(numerator) FROM measure_values_editions WHERE source = 'hes_provider' "
    "AND measure IN ('dna_rate_first', 'dna_rate_follow_up') AND breakdown IS NULL",
}
#: worked out from what the mart holds of the publication of April 2014
SHMI = ("A69", "A71", "A73")


def shmi(mart: Mart) -> dict[str, float]:
    """Return the SHMI numbers: methods.md section 2, written out here on its own."""
    rows = mart.query(
        "SELECT org_code, breakdown, category, numerator AS o, denominator AS e, value "
        "FROM measure_values_editions WHERE source = 'shmi' AND period = '2012-10-01'"
    )
    units = rows[rows["breakdown"].isna()].set_index("org_code").sort_index()
    limits = rows[rows["breakdown"] == "published"].pivot(
        index="org_code", columns="category", values="value"
    )
    z = np.log(units["o"] / units["e"]) * np.sqrt(units["e"])
    place = np.floor(stats.rankdata(z) * 10 / (len(z) + 1))
    kept = (place >= 1) & (place <= 8)
    n, phi, w = kept.sum(), np.mean(np.square(z[kept])), units["e"][kept]
    tau2 = max(0.0, (n * phi - (n - 1)) / (w.sum() - np.square(w).sum() / w.sum()))
    e = units["e"]
    lower = stats.chi2.ppf(0.001, 2 * e) / (2 * e)
    upper = stats.chi2.ppf(0.999, 2 * e + 2) / (2 * e)
    published = limits.loc[units.index]
    apart = max(
        np.abs(lower - published["poisson lower 99.8"]).max(),
        np.abs(upper - published["poisson upper 99.8"]).max(),
    )
    return {"A69": float(n), "A71": float(tau2), "A73": float(apart)}


def test_every_accepted_number_comes_out(
    real_data: Path, real_load: tuple[Mart, tuple[LoadResult, ...]]
) -> None:
    mart, results = real_load
    found: dict[str, object] = dict(shmi(mart))
    found["A01"] = next(result.rows_read for result in results if result.path.endswith(".csv.gz") and
                        result.layout == RTT)  # fmt: skip
    with mart.connect() as connection:
        for number, sql in QUERIES.items():
            found[number] = connection.execute(sql).fetchall()[0][0]
    with (real_data / "acceptance.csv").open(encoding="utf-8", newline="") as file:
        expected = list(csv.DictReader(file))
    wrong = [row for row in expected if not agrees(found.get(row["id"]), row["expected"], row["tolerance"])]
    assert not [(row["id"], row["quantity"], row["expected"], found.get(row["id"])) for row in wrong]
    assert len(expected) == 44


def agrees(came: object, expected: str, tolerance: str) -> bool:
    if came is None or isinstance(came, str):
        return came == expected
    return abs(float(came) - float(expected)) <= float(tolerance)


def test_only_what_no_report_can_use_is_refused(real_load: tuple[Mart, tuple[LoadResult, ...]]) -> None:
    refused = {Path(result.path).name for result in real_load[1] if result.outcome == "refused"}
    assert refused == {
        "acceptance.csv",
        "stranded_data.csv",
        "trust_codes.csv",
    }


OUTPATIENTS = "SELECT numerator FROM measure_values WHERE measure = 'outpatient_attendances' AND "
#: read off the publications' own sheets, or out of the extract by another way
PUBLISHED = {
    OUTPATIENTS + "category = 'Most deprived 10%'": 10_929_927,
    OUTPATIENTS + "category = 'Irish (White)'": 700_078,
    OUTPATIENTS + "specialty_code = '101'": 3_014_107,
    "SELECT 100 * value FROM measure_values WHERE measure = 'discharged_late' AND org_code = 'RCF' "
    "AND period = '2024-04-01'": 17.28,
}


@pytest.mark.parametrize(("sql", "expected"), PUBLISHED.items())
def test_smaller_publications_come_out(real_mart: Mart, sql: str, expected: float) -> None:
    assert real_mart.fetch(sql)[0][0] == pytest.approx(expected)


def test_waits_in_weeks_are_those_of_the_extract(real_data: Path, real_mart: Mart) -> None:
    """The percentiles of one trust by plain steps through its bands."""
    with (real_data / "rtt-full-extract" / "sample-3-trusts.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if (row["RTT Part Type"], row["Provider Org Code"]) == ("Part_2", "RGT")
            and row["Treatment Function Code"] == "C_999"
            and row["Commissioner Org Code"] != "NONC"
        ]
    weeks = [float(sum(int(row[name] or 0) for row in rows)) for name in rows[0] if name.startswith("Gt ")]
    for measure, share in (("rtt_median_wait", 0.5), ("rtt_92nd_percentile_wait", 0.92)):
        left, week = share * sum(weeks), 0
        while weeks[week] < left:
            left -= weeks[week]
            week += 1
        sql = (
            f"SELECT value FROM measure_values WHERE measure = '{measure}' AND org_code = 'RGT' "
            "AND specialty_code IS NULL AND source = 'rtt_full_extract'"
        )
        assert real_mart.fetch(sql)[0][0] == pytest.approx(week + left / weeks[week])


def test_england_waits_are_those_that_nhs_england_published(real_mart: Mart) -> None:
    """April 2026, without commissioners outside England: 92 in 100 within 38.7 weeks, by steps within week bands."""
    sql = (
        "SELECT round(value, 2) FROM measure_values WHERE org_code = 'ENG' AND specialty_code IS NULL "
        "AND period = '2026-04-01' AND measure = '{}'"
    )
    assert real_mart.fetch(sql.format("rtt_92nd_percentile_wait"))[0][0] == pytest.approx(38.7, abs=0.1)
    assert real_mart.fetch(sql.format("rtt_mean_wait"))[0][0] == pytest.approx(15.76, abs=0.01)
