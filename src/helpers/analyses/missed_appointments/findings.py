"""What the DNA report finds out about missed appointments: numbers only, none of them shown here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from helpers.analyses.missed_appointments.options import DnaOptions
from helpers.analyses.missed_appointments.told import AppointmentsTold
from helpers.analyses.stays.told import Ask
from helpers.bundle import SUPPRESSED, Cell
from helpers.data.disclosure.queries import Condition
from helpers.data.ledger.releases import Releases
from helpers.data.ledger.releasing import decide_on
from helpers.data.mart import Mart
from helpers.data.organisations.directory import Organisation, specialty_names
from helpers.data.policy import policy_for
from helpers.data.series import appointments
from helpers.data.series.appointments import ALL, DEPRIVATION
from helpers.data.sources.names import ENGLAND
from helpers.errors import DataError
from helpers.register.models import Event
from helpers.report.period import Period
from helpers.report.trend_events import TrendEvents
from helpers.stats import dna
from helpers.stats.dna.impact import LEAST_BELIEVABLE_RATE
from helpers.stats.funnel import Funnel, funnel
from helpers.stats.spc.attribute import p_chart
from helpers.stats.spc.attribute_limits import AttributeChart

Basis = Literal["records", "published"]
TREND_MONTHS = 24
#: a trust with fewer appointments tells the comparison nothing
FEWEST_APPOINTMENTS = 50
#: fewer trusts have neither quarters nor a common spread
FEWEST_TRUSTS = 3
#: appointments of all trusts below which nothing is said of who misses them
FEWEST_GROUPED = 1_000
#: about so many appointments are grouped by trust at a time: memory holds their groups
GROUPED_AT_ONCE = 500_000
#: what the odds of a missed appointment are adjusted for; the specialty beside these
DRIVERS = ("age_band", "sex", "deprivation", "lead", "kind", "mode", "weekday")
#: percentages: rates are shown per hundred appointments
PER_CENT = 100.0


@dataclass(frozen=True)
class Counts:
    """Missed appointments and all that could have been kept."""

    #: missed, booked: their numbers; lower bounds where `hidden` is not nought
    missed: float
    booked: float
    months: int = 0  # how many months they are of
    hidden: int = 0  # in how many of these the publisher has hidden a small number, which is left out

    @property
    def rate(self) -> float:
        """Missed per hundred; NaN without appointments."""
        return PER_CENT * self.missed / self.booked if self.booked else float("nan")


class DnaFindings:
    """The analysis of one trust's missed appointments; every property is computed once.

    `ask` tells what may be shown of records beside everything that was told before; without it, beside nothing.
    Refused where neither records nor published figures of the trust are there for the period.
    """

    def __init__(
        self,
        mart: Mart,
        organisation: Organisation,
        period: Period,
        options: DnaOptions,
        *,
        events: Sequence[Event] = (),
        ask: Ask | None = None,
    ) -> None:
        self.mart, self.organisation, self.period, self.options = mart, organisation, period, options
        self.events = tuple(events)
        self._ask = ask or partial(decide_on, Releases(Path()), mart)
        self.codes = (organisation.code, *organisation.predecessors)
        self.span = Period.ending(period.last, max(TREND_MONTHS, period.months))
        recorded = self._from_records()
        self.basis: Basis = "records" if self._has_own(recorded) else "published"
        self.months = recorded if self.basis == "records" else self._from_publications()
        if not self._has_own(self.months):
            where = f"{organisation.code}, {period.label}"
            cure = "choose another period, or load the trust's records or the statistics of those months"
            raise DataError(where, "no outpatient appointments, attended or missed", cure=cure)

    @cached_property
    def _recorded(self) -> pd.DataFrame:
        """Counts from records of every trust by specialty, kind and month."""
        span, conditions = self.span, self.options.conditions
        frame = appointments.appointment_months(self.mart, span.first, span.end, conditions)
        return frame.assign(month=pd.to_datetime(frame["month"]).dt.date)

    def _from_records(self) -> pd.DataFrame:
        frame = self._recorded
        if self.options.specialty is not None:
            frame = frame[frame["specialty"] == self.options.specialty]
        keys = ["org_code", "kind", "month"]
        by_kind = frame.groupby(keys)[["dnas", "attended"]].sum().reset_index()
        total = frame.groupby(["org_code", "month"])[["dnas", "attended"]].sum().reset_index()
        return pd.concat([by_kind, total.assign(kind=ALL)], ignore_index=True).assign(hidden=False)

    def _from_publications(self) -> pd.DataFrame:
        if self.options.specialty is not None:
            came = f"{self.options.specialty} of {self.organisation.code}"
            allowed = "none: published statistics do not give missed appointments by trust and specialty"
            cure = "leave the specialty out, or load the trust's outpatient records"
            raise DataError("specialty", came, allowed, cure)
        if self.options.where:
            came = f"{', '.join(self.options.where)} of {self.organisation.code}"
            allowed = "none: published statistics tell appointments apart by kind alone"
            cure = "leave it out, or load the trust's outpatient records"
            raise DataError("where", came, allowed, cure)
        frame = appointments.published_months(self.mart, self.codes, self.span.first, self.span.end)
        return frame.assign(month=pd.to_datetime(frame["month"]).dt.date)

    def _has_own(self, frame: pd.DataFrame) -> bool:
        own = frame[(frame["org_code"] == self.organisation.code) & (frame["kind"] == ALL)]
        return bool((own["month"] >= self.period.first).any())

    @property
    def datasets(self) -> tuple[str, ...]:
        """What the figures come from: the table of records, or data sets of the published measures."""
        if self.basis == "records":
            return ("appointments",)
        sources = {*self.months["source"], *self.england_specialties["source"]}
        lists = {*self.list_months["source"]} if self.options.use_rtt else set()
        return tuple(sorted(f"measure_values/{source}" for source in sources | lists))

    @cached_property
    def totals(self) -> pd.DataFrame:
        """Sums of the period by organisation and kind: months, hidden, dnas, attended, booked, rate (per cent)."""
        within = self.months[self.months["month"] >= self.period.first]
        table = within.groupby(["kind", "org_code"]).agg(
            months=("month", "nunique"),
            hidden=("hidden", "sum"),
            dnas=("dnas", "sum"),
            attended=("attended", "sum"),
        )
        booked = table["dnas"] + table["attended"]
        return table[booked > 0].assign(
            booked=booked, rate=lambda t: PER_CENT * dna.dna_rate(t["dnas"], t["attended"])
        )

    @cached_property
    def told(self) -> AppointmentsTold:
        """What may be told of every count from records that the report shows, or that a rate of it rests on."""
        told = AppointmentsTold(
            self.organisation.code, self.period, self.options.specialty, self._ask, self.options.conditions
        )
        kinds = [kind for kind, code in self.totals.index if code == self.organisation.code and kind != ALL]
        parts = [told.of_specialty(code) for code in self.own_specialties.index]
        told.settle(
            [
                *told.pair(),
                *(query for kind in kinds for query in told.pair(kind=kind)),
                *(query for part in parts for query in told.pair(part)),
                *(query for day in self.own_months.index for query in told.pair(month=day)),
            ]
        )
        return told

    @cached_property
    def cells_of_all_trusts(self) -> tuple[Cell, Cell]:
        """Booked and missed appointments of all compared trusts as they may be shown."""
        every = self.all_trusts
        if self.basis == "published":
            return every.booked, every.missed
        return self.told.cells_of_several(map(str, self.compared.index), every.booked, every.missed)

    def cells_of_trusts(self, codes: Sequence[str]) -> list[tuple[Cell, Cell]]:
        """Return booked and missed appointments of each of some trusts as they may be shown."""
        if self.basis == "records":
            self.told.settle(query for code in codes for query in self.told.pair(organisation=code))
        return [self.cells(code=code) for code in codes]

    def cells(self, kind: str = ALL, code: str | None = None) -> tuple[Cell, Cell]:
        """Return booked and missed appointments of a trust in the period as they may be shown."""
        exact = self.counts(kind, code)
        if self.basis == "published":
            return exact.booked, exact.missed
        return self.told.cells(kind=kind, organisation=code) if exact.booked else (0, 0)

    def counts(self, kind: str = ALL, code: str | None = None) -> Counts:
        """Return the missed and booked appointments of a trust in the period, by default the own."""
        key = (kind, code or self.organisation.code)
        if key not in self.totals.index:
            return Counts(0, 0)
        row = self.totals.T[key]
        return Counts(float(row["dnas"]), float(row["booked"]), int(row["months"]), int(row["hidden"]))

    def shown(self, kind: str = ALL) -> Counts | None:
        """Return the trust's counts as they may be shown, None where they are hidden.

        What is worked out from a count with figures that readers know would give the count back, so the
        scenario and every comparison in words begin from these.
        """
        exact, policy = self.counts(kind), policy_for(self.basis)
        parts = exact.missed, exact.booked, exact.booked - exact.missed
        if not exact.booked or any(map(policy.hides, parts)):
            return None
        booked, missed = self.cells(kind)
        if isinstance(booked, str) or isinstance(missed, str):
            return None
        return Counts(float(missed or 0), float(booked or 0), exact.months, exact.hidden)

    @property
    def recorded(self) -> bool:
        """Whether the trust's rate is high enough to believe that missed appointments are written down."""
        return bool(self._recorded_by.get(self.organisation.code, False))

    @cached_property
    def _recorded_by(self) -> pd.Series:
        """Of each trust whether it writes them down, by all its specialties: in a small one none may be missed."""
        table = self.totals.loc[ALL]
        if self.options.specialty is not None:
            within = self._recorded[self._recorded["month"] >= self.period.first]
            table = within.groupby("org_code")[["dnas", "attended"]].sum()
        return table["dnas"] >= LEAST_BELIEVABLE_RATE * (table["dnas"] + table["attended"])

    @cached_property
    def trusts(self) -> pd.DataFrame:
        """Every trust of the same data, indexed by org_code, and whether its DNAs are recorded."""
        table = self.totals.loc[ALL].drop(index=ENGLAND, errors="ignore")
        return table.assign(recorded=self._recorded_by.reindex(table.index, fill_value=False))

    @property
    def not_recorded(self) -> tuple[str, ...]:
        """Trusts whose rate is so low that they do not record missed appointments."""
        return tuple(self.trusts.index[~self.trusts["recorded"]])

    @cached_property
    def compared(self) -> pd.DataFrame:
        """The trusts that can be compared."""
        table = self.trusts
        return table[table["recorded"] & (table["booked"] >= FEWEST_APPOINTMENTS)]

    @cached_property
    def england(self) -> Counts | None:
        """England as the publisher gives it; None where only trusts are known."""
        found = self.counts(ALL, ENGLAND)
        return found if found.booked else None

    @cached_property
    def all_trusts(self) -> Counts:
        """All trusts that record their DNAs, added up."""
        sums = self.compared[["dnas", "booked", "hidden"]].sum()
        return Counts(float(sums["dnas"]), float(sums["booked"]), self.period.months, int(sums["hidden"]))

    @cached_property
    def peers(self) -> Funnel:
        """Funnel, or caterpillar, of the trusts' rates in per cent."""
        table = self.compared
        return funnel(
            table["dnas"], table["booked"], list(table.index), kind="proportion", multiplier=PER_CENT
        )

    @property
    def comparable(self) -> bool:
        """Whether there are trusts enough to compare with."""
        return len(self.compared) >= FEWEST_TRUSTS

    @cached_property
    def own_months(self) -> pd.DataFrame:
        """The trust's months from the first with figures on: dnas, booked.

        A month that is missing, or in which nobody was booked, is empty: it has no rate.
        """
        own = self.months[
            (self.months["org_code"] == self.organisation.code) & (self.months["kind"] == ALL)
        ].set_index("month")
        whole = Period(min(own.index), self.period.last)
        index = pd.Index(whole.starts, name="month")
        frame = own[["dnas", "attended"]].astype(float).reindex(index)
        frame = frame.assign(booked=frame["dnas"] + frame["attended"])
        return frame.where(frame["booked"] > 0)

    @cached_property
    def events_in_trend(self) -> TrendEvents:
        """The registered events after the first month of the trend."""
        return TrendEvents.within(list(self.own_months.index), self.events)

    @cached_property
    def trend(self) -> AttributeChart:
        """Laney's p' chart of the monthly rate; the ordinary limits are far too narrow at these counts."""
        months = self.own_months
        dates = np.array(list(months.index), dtype="datetime64[D]")
        return p_chart(
            months["dnas"], months["booked"], dates, laney=True, rebase=self.events_in_trend.restarts
        )

    @cached_property
    def own_specialties(self) -> pd.DataFrame:
        """The trust's counts by specialty, from records: name, dnas, booked; most appointments first."""
        frame = self._recorded
        own = frame[(frame["org_code"] == self.organisation.code) & (frame["month"] >= self.period.first)]
        table = own.groupby("specialty")[["dnas", "attended"]].sum()
        names = specialty_names(self.mart)
        named = [names.get(str(code), str(code)) for code in table.index]
        table = table.assign(booked=table["dnas"] + table["attended"], name=named)
        return table.sort_values("booked", ascending=False)

    @cached_property
    def england_specialties(self) -> pd.DataFrame:
        """England's counts by treatment function in the year before the period; see `appointments`."""
        before = self.period.before
        return appointments.published_specialties(self.mart, before.first, before.end)

    @cached_property
    def fifths(self) -> pd.DataFrame:
        """Counts from records by fifth of deprivation, of every trust."""
        which = self.period.first, self.period.end, self.options.conditions
        frame = appointments.appointment_fifths(self.mart, *which)
        wanted = self.options.specialty
        return frame if wanted is None else frame[frame["specialty"] == wanted]

    @cached_property
    def drivers(self) -> pd.DataFrame:
        """Odds ratios over all trusts that record DNAs, errors clustered by trust; once per load.

        Empty where there are too few appointments.
        """
        if self.fifths["appointments"].sum() < FEWEST_GROUPED or not self.comparable:
            return pd.DataFrame(columns=["driver", "level", "appointments", "odds_ratio", "lower", "upper"])
        which = self.period.first, self.period.end, self.options.conditions
        name = f"{appointments.derived_name('dna_drivers', *which)}_{self.options.specialty}"
        frame = self.mart.derived(name, self._drivers, records=True)
        return frame[frame["driver"] != "specialty"]

    def _drivers(self) -> pd.DataFrame:
        sizes = self.fifths.groupby("org_code")["appointments"].sum()
        sizes = sizes[sizes.index.isin(self.trusts.index[self.trusts["recorded"]])]
        table = self._groups_of(sizes.index)
        wanted = [*DRIVERS, "specialty"] if self.options.specialty is None else list(DRIVERS)
        categories = [name for name in wanted if table[name].nunique() > 1]
        for name in categories:
            sums = table.groupby(name, observed=True)[["dnas", "appointments"]].transform("sum")
            table = table[(sums["dnas"] > 0) & (sums["dnas"] < sums["appointments"])]
        together = sizes.groupby(sizes.cumsum() // GROUPED_AT_ONCE)
        levels = {
            name: sorted(table[name].unique()) for name in ("specialty", "kind", "mode", "age_band", "sex")
        }
        parts = (self._groups_of(some.index, levels) for _, some in together)
        return dna.dna_drivers(table, categories, cluster="org_code", parts=parts)

    def _groups_of(self, codes: pd.Index, apart: dict[str, list[str]] | None = None) -> pd.DataFrame:
        where, wanted = self.options.conditions, self.options.specialty
        if wanted is not None:
            where = (*where, Condition("specialty_code", (wanted,)))
        span = self.period.first, self.period.end
        return appointments.appointment_groups(self.mart, *span, [*map(str, codes)], where, apart=apart)

    @cached_property
    def by_deprivation(self) -> pd.DataFrame:
        """The trust's dnas and appointments by fifth of deprivation, most deprived first."""
        own = self.fifths[self.fifths["org_code"] == self.organisation.code]
        table = own.groupby("deprivation")[["dnas", "appointments"]].sum()
        return table.reindex(list(DEPRIVATION), fill_value=0)

    @cached_property
    def fifths_as_shown(self) -> list[tuple[Cell, Cell]]:
        """Booked and missed appointments of each fifth of deprivation as they may be shown."""
        told = self.told
        fifths = [told.of_fifth(place + 1) for place in range(len(DEPRIVATION))]
        told.settle(query for fifth in fifths for query in told.pair(*fifth))
        return [told.cells(*fifth) for fifth in fifths]

    @cached_property
    def inequality(self) -> dna.DnaInequality | None:
        """Slope and relative index over the fifths; None where a count of them is hidden or nought."""
        table = self.by_deprivation
        if (table["appointments"] == 0).any():
            return None
        shown = pd.DataFrame(self.fifths_as_shown, columns=["appointments", "dnas"], index=table.index)
        if (shown == SUPPRESSED).any(axis=None):
            return None
        shown = shown.astype(float)
        return dna.dna_inequality(np.minimum(shown["dnas"], shown["appointments"]), shown["appointments"])

    @cached_property
    def list_months(self) -> pd.DataFrame:
        """The trust's waiting list with its flows, month by month."""
        frame = appointments.list_months(self.mart, self.codes)
        return frame.assign(month=pd.to_datetime(frame["month"]).dt.date)
