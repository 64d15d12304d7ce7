"""What is known of a system: its sums as results, its own people's figures, who holds its beds and why."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Final

import pandas as pd

from helpers.analyses.systems.findings import Pressure, WayOut, pressure_of, way_out_of
from helpers.data.organisations.systems import System, system_of
from helpers.data.series.measure_series import names_in, read_reasons, read_series
from helpers.measures.gathering import WantedMeasures, results_of_rows
from helpers.measures.result import MeasureResult
from helpers.measures.sums import SystemSum, system_sum
from helpers.register.models import Measure
from helpers.report.report import Report

MONTHS: Final = 36
#: who could leave and stays over beds in use; beds in use over beds available
WAITING, BEDS, ADMISSIONS, REASONS = (
    "no_criteria_to_reside", "bed_occupancy", "emergency_admissions", "delayed_patients",
)  # fmt: skip
#: what is looked at, from the door to the way out
STEPS: Final = {
    "Demand": ("ae_attendances", ADMISSIONS, "rtt_new_periods", "gp_referrals"),
    "Flow": ("ae_four_hours", "ae_12_hours_from_decision", BEDS),
    "Way out": (WAITING, REASONS),
    "Planned care": ("rtt_18_weeks", "rtt_over_52_weeks", "rtt_list_size"),
    "Cancer": ("cancer_28_day_fds", "cancer_31_day", "cancer_62_day"),
    "Staff": ("sickness_absence",),
}
#: what only those can lack by mistake who return another measure of the same publication
SAME_TRUSTS: Final = {"rtt_new_periods": "rtt_list_size"}
#: of which a commissioner has figures of its own, for the people it is responsible for
COMMISSIONED: Final = (*STEPS["Planned care"], *STEPS["Cancer"])


class KnownSystem:
    """A system's figures; see `SystemView` for its parameters."""

    def __init__(self, report: Report, months: int) -> None:
        self.report, self.months = report, months
        self.system: System = system_of(report.mart, report.organisation)
        self.measures: dict[str, Measure] = {
            name: report.register.measures[name]
            for names in STEPS.values()
            for name in names
            if name in report.register.measures
        }
        self._rows = self._read("provider", list(self.system.trusts), tuple(self.measures))

    def _read(self, basis: str, codes: Sequence[str], names: Sequence[str]) -> pd.DataFrame:
        frequencies = {name: self.measures[name].frequency for name in names if name in self.measures}
        until = self.report.period.last
        return read_series(
            self.report.mart, frequencies, organisations=codes, until=until, basis=basis, origin="published"
        ).data

    @cached_property
    def sums(self) -> dict[str, SystemSum]:
        """Every measure of which the trusts have figures, summed."""
        found: dict[str, SystemSum] = {}
        for name in sorted(self.measures, key=lambda name: name in SAME_TRUSTS):
            rows = self._rows[self._rows["measure"] == name]
            beside = found.get(SAME_TRUSTS.get(name, ""))
            expected = beside.trusts if beside else ()
            if len(rows):
                found[name] = system_sum(rows, self.measures[name], months=self.months, expected=expected)
        return {name: found[name] for name in self.measures if name in found}

    @cached_property
    def results(self) -> dict[str, MeasureResult]:
        """The sums as results: chart, target, what needs attention."""
        return self._results([each.rows.assign(measure=name) for name, each in self.sums.items()])

    @cached_property
    def commissioned(self) -> dict[str, MeasureResult]:
        """What is published for the people whom the board is responsible for, wherever they are treated."""
        rows = self._commissioned_rows
        known = rows[~rows["suppressed"].astype(bool) & rows["value"].notna()]
        return self._results([known])

    @cached_property
    def _commissioned_rows(self) -> pd.DataFrame:
        # what is published under a region's code is what the nation commissions there, not its people
        codes = [] if self.report.organisation.kind == "region" else [self.report.organisation.code]
        return self._read("commissioner", codes, COMMISSIONED)

    def _results(self, frames: Sequence[pd.DataFrame]) -> dict[str, MeasureResult]:
        frames = [each for each in frames if len(each)]
        if not frames:
            return {}
        about, last = self.report.organisation, self.report.period.last
        asked = WantedMeasures(about, last, tuple(self.measures), self.months)
        rows = pd.concat(frames, ignore_index=True)
        found = results_of_rows(self.report.mart, self.report.register, asked, rows)
        return {each.measure.id: each for each in found}

    @cached_property
    def pressure(self) -> Pressure | None:
        """Beds and days of the trusts that return beds, patients who could leave and admissions."""
        needed = (WAITING, BEDS, ADMISSIONS)
        having = [set(self.sums[name].trusts) if name in self.sums else set() for name in needed]
        alike = set.intersection(*having)
        if not alike:
            return None
        rows = self._rows[self._rows["org_code"].isin(alike)]
        of = {name: rows[rows["measure"] == name] for name in needed}
        return pressure_of(
            *(system_sum(of[name], self.measures[name], months=self.months) for name in needed)
        )

    @cached_property
    def held(self) -> WayOut | None:
        """What patients who could leave wait for."""
        waiting = self._rows[self._rows["measure"] == WAITING]
        return way_out_of(self._reasons, waiting, self.report.period.last)

    @cached_property
    def _reasons(self) -> pd.DataFrame:
        reasons = read_reasons(self.report.mart)
        own = reasons["org_code"].isin(list(self.system.trusts)) & (reasons["measure"] == REASONS)
        return reasons[own]

    @cached_property
    def datasets(self) -> tuple[str, ...]:
        """Data sets that gave a figure: beside them the same table may hold figures from records, of which none did."""
        frames = (self._rows, self._commissioned_rows, self._reasons)
        return tuple(
            sorted({f"measure_values/{name}" for each in frames for name in names_in(each["source"])})
        )
