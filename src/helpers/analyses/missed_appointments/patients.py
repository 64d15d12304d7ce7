"""The sections of the DNA report on whose appointments are missed: specialties, drivers, deprivation."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.analyses.missed_appointments import words as dna_words
from helpers.analyses.missed_appointments.findings import PER_CENT
from helpers.analyses.missed_appointments.rates import DnaRates
from helpers.bundle import SUPPRESSED, Cell, Column
from helpers.data.appointments import LEAD_BANDS, LONGEST_LEAD
from helpers.report import controlled
from helpers.report.charts import rates as charts_rates
from helpers.report.charts.rates import Odds
from helpers.report.shown import Shown
from helpers.report.words import count, number

#: specialties in the table, largest first
MOST_SPECIALTIES = 15
_DRIVER_WORDS = {
    "age_band": "Age",
    "sex": "Sex",
    "deprivation": "Deprivation",
    "lead": "Time since booking",
    "kind": "Kind",
    "mode": "Way of meeting",
    "weekday": "Weekday",
}
_LEVELS = (
    *(name for _, name in LEAD_BANDS),
    LONGEST_LEAD,
    *("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
)
_NO_RECORDS = (
    "Published statistics give no figures by patient or clinic for a trust, so who misses appointments, and "
    "whether deprived patients miss more, cannot be told from them. It needs the trust's outpatient records."
)


class DnaPatients(DnaRates):
    """Whose appointments are missed."""

    # --- specialties ------------------------------------------------------------------------------

    def specialties(self) -> Shown:
        """Table: the trust's rate by specialty from records, or England's where there are none."""
        if self.found.basis == "records":
            return self._own_specialties()
        table = self.found.england_specialties
        if table.empty:
            return self.text(
                "tbl-specialties", "No figures by specialty are loaded, for the trust or for England."
            )
        names = table["name"].fillna("All specialties").where(table["specialty"].notna(), "All specialties")
        head = table.assign(name=names).head(MOST_SPECIALTIES + 1)
        rows = [_england_row(*values) for values in head[["name", "dnas", "attended"]].to_numpy()]
        before = self.report.period.before.label
        return self.table("tbl-specialties", f"England by specialty, {before}.", _SPECIALTY_COLUMNS, rows)

    def _own_specialties(self) -> Shown:
        table = self.found.own_specialties
        pairs = [self.found.told.cells(self.found.of_specialty(code)) for code in table.index]
        booked, missed = ([pair[side] for pair in pairs] for side in (0, 1))
        if all(cell == SUPPRESSED for cell in missed):
            return self.text("tbl-specialties", _TOO_FEW_BY_SPECIALTY)
        shares = controlled.percentages(table["dnas"], table["booked"], self.origin)
        rates = controlled.derived(shares, missed, booked)
        rows = list(zip(table["name"], booked, missed, rates, strict=True))[:MOST_SPECIALTIES]
        caption = f"Missed appointments by specialty, {self.report.period.label}."
        return self.table("tbl-specialties", caption, _SPECIALTY_COLUMNS, rows)

    def say_specialties(self) -> Shown:
        """What the table by specialty can and cannot say."""
        if self.found.basis == "records":
            return self.text(
                "say-specialties", "The largest specialties first. Small numbers vary by chance."
            )
        words = (
            "The statistics give missed appointments by trust or by specialty, never both. England's rates show "
            "which specialties have most to gain; they are of the year before, since the pandemic year is not typical."
        )
        return self.text("say-specialties", words)

    # --- who misses -------------------------------------------------------------------------------

    def drivers(self) -> Shown:
        """Figure: odds ratios of missing an appointment, each adjusted for the others."""
        if self.found.basis == "published":
            return self.text("fig-drivers", _NO_RECORDS)
        if self.found.drivers.empty:
            return self.text("fig-drivers", _TOO_FEW_APPOINTMENTS)
        table = _in_order(self.found.drivers)
        drawn = list(_odds_rows(table))
        rows = [
            (_DRIVER_WORDS[str(row["driver"])], _level_words(str(row["level"])), *_finite(row))
            for _, row in table.iterrows()
        ]
        columns = (
            Column(label="Characteristic"), Column(label="Group"),
            Column(label="Odds ratio", kind="model", digits=2),
            Column(label="95% from", kind="model", digits=2), Column(label="to", kind="model", digits=2),
        )  # fmt: skip
        return self.figure(
            "fig-drivers",
            lambda: charts_rates.odds_chart(drawn, words=("missed less", "missed more")),
            caption="Odds of missing an appointment, each allowing for the others and for specialty; all trusts.",
            alt=f"Odds ratios for {count(len(rows), 'group')} with 95% intervals. {self._driver_words()}",
            data=(columns, rows),
        )

    def say_drivers(self) -> Shown:
        """Which groups miss most, in words."""
        words = self._driver_words() if self.found.basis == "records" else _NOTHING_TO_ADD
        return self.text("say-drivers", words)

    def _driver_words(self) -> str:
        table = self.found.drivers
        if table.empty:
            return _TOO_FEW_APPOINTMENTS
        beyond = table[(table["low"] > 1) | (table["high"] < 1)].sort_values("odds_ratio")
        names = [_group_words(str(row["driver"]), str(row["level"])) for _, row in beyond.iterrows()]
        ups, downs = (beyond["odds_ratio"] > 1).sum(), (beyond["odds_ratio"] < 1).sum()
        return dna_words.drivers_sentence(names[::-1][: min(3, ups)], names[: min(3, downs)])

    def equity(self) -> Shown:
        """Table: the trust's rate by fifth of deprivation."""
        if self.found.basis == "published" or self.found.inequality is None:
            return self.text("tbl-equity", self._no_equity())
        # an index is there only where no count of a fifth is hidden, so nothing is told by subtraction
        table, by_group = self.found.by_deprivation, self.found.inequality.by_group
        booked, missed = ([pair[side] for pair in self.found.fifths_as_shown] for side in (0, 1))
        rates = controlled.percentages(table["dnas"], table["appointments"], self.origin)
        fewer = controlled.derived(by_group["avoided"], rates)
        columns = (*_SPECIALTY_COLUMNS, Column(label="Fewer at the least deprived rate", kind="rate"))
        names = [name.partition(" ")[2].capitalize() for name in table.index]
        rows = list(zip(names, booked, missed, rates, fewer, strict=True))
        columns = (Column(label="Deprivation of the patient's area"), *columns[1:])
        return self.table("tbl-equity", "Missed appointments by deprivation.", columns, rows)

    def say_equity(self) -> Shown:
        """Whether deprived patients miss more, in words."""
        found = self.found.inequality if self.found.basis == "records" else None
        if found is None:
            published = self.found.basis == "published"
            words = (
                "They come with the same records."
                if published
                else "So nothing is said of deprivation here."
            )
            return self.text("say-equity", words)
        ends = (PER_CENT * found.slope_low, PER_CENT * found.slope_high)
        words = dna_words.equity_sentence(PER_CENT * found.slope, ends, found.avoided)
        if np.isfinite(found.relative_low):
            words += (
                f" Relative index: {number(found.relative, 2)} (95% interval {number(found.relative_low, 2)} "
                f"to {number(found.relative_high, 2)}); 1 would be equal."
            )
        return self.text("say-equity", words)

    def _no_equity(self) -> str:
        if self.found.basis == "published":
            return "Neither are there figures by deprivation."
        return "A fifth of deprivation has too few appointments here for its figures to be shown, so none is given."


_TOO_FEW_BY_SPECIALTY = "Too few appointments were missed for figures by specialty to be shown."
_TOO_FEW_APPOINTMENTS = "There are too few appointments to tell who misses them."
_NOTHING_TO_ADD = "Outpatient records loaded into the mart fill this section."
_SPECIALTY_COLUMNS = (
    Column(label="Specialty"),
    Column(label="Attended or missed", kind="count"),
    Column(label="Missed", kind="count"),
    Column(label="Rate", kind="rate", unit="%", digits=2),
)


def _england_row(name: str, dnas: float, attended: float) -> tuple[Cell, ...]:
    booked = float(dnas) + float(attended)
    return (str(name), booked, float(dnas), PER_CENT * float(dnas) / booked)


def _odds_rows(table: pd.DataFrame) -> list[Odds]:
    rows: list[Odds] = []
    for driver, part in table.groupby("driver", sort=False):
        rows.append(Odds(_DRIVER_WORDS[str(driver)], 1, 1, 1, heading=True))
        rows += [
            Odds(_reference_words(row), row["odds_ratio"], row["low"], row["high"])
            for _, row in part.iterrows()
        ]
    return rows


def _in_order(table: pd.DataFrame) -> pd.DataFrame:
    """Return the drivers with the groups of each in their natural order."""
    places = {level: place for place, level in enumerate(_LEVELS)}
    drivers = list(_DRIVER_WORDS)
    by_level = table.assign(place=table["level"].map(places).fillna(0)).sort_values("place", kind="stable")
    return by_level.sort_values("driver", key=lambda names: names.map(drivers.index), kind="stable")


def _finite(row: pd.Series) -> tuple[Cell, ...]:
    return tuple(
        float(row[name]) if np.isfinite(row[name]) else None for name in ("odds_ratio", "low", "high")
    )


def _level_words(level: str) -> str:
    """Return a group as a reader says it.

    >>> _level_words("2 second fifth"), _level_words("follow_up")
    ('Second fifth', 'Follow up')
    """
    words = level.replace("_", " ")
    words = words[2:] if words[:2] in {f"{n} " for n in range(1, 6)} and "fifth" in words else words
    return words[:1].upper() + words[1:]


def _reference_words(row: pd.Series) -> str:
    """Return a group's name, and for the one that the others are compared with that it is."""
    words = _level_words(str(row["level"]))
    return words if np.isfinite(row["low"]) else f"{words} (compared with)"


def _group_words(driver: str, level: str) -> str:
    words = _level_words(level)
    small = f"{words[:1].lower()}{words[1:]}"
    return {
        "age_band": f"age {small}",
        "sex": f"{small} patients",
        "deprivation": f"the {small} by deprivation",
        "lead": f"those booked {small} before",
        "kind": f"{small} appointments".replace("follow up appointments", "follow-ups"),
        "mode": f"{small} appointments",
        "weekday": f"{words}s",
    }[driver]
