"""How many appointments are missed: the rate by kind of appointment, here and elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

from helpers.analyses.missed_appointments import words as dna_words
from helpers.analyses.missed_appointments.findings import PER_CENT, Counts, DnaFindings
from helpers.bundle import SUPPRESSED, Cell, Column
from helpers.data.series.appointments import ALL, FIRST, FOLLOW_UP, MOST_HIDDEN
from helpers.phrases import phrase
from helpers.report import controlled
from helpers.report.parts import Field, Part
from helpers.report.sections import Sections
from helpers.report.words import count, interval, sentence
from helpers.stats.rates import proportion

_PARTS: Final = {FIRST: "First appointments", FOLLOW_UP: "Follow-ups"}
ENDS: Final = (
    Field(
        "low", Column(label="95% from", kind="model", unit="%", digits=2), "95% interval of the rate, from"
    ),
    Field("high", Column(label="to", kind="model", unit="%", digits=2), "95% interval of the rate, to"),
)
COUNTS: Final = (
    Field("booked", Column(label="Attended or missed", kind="count")),
    Field("missed", Column(label="Missed", kind="count"), "missed without notice"),
    Field(
        "rate",
        Column(label="Rate", kind="rate", unit="%", digits=2),
        "missed per hundred attended or missed",
    ),
)
RATES: Final = (Field("appointments", Column(label="Appointments")), *COUNTS, *ENDS)


@dataclass
class RateSection:
    """A section on rates: what its part is made with, and the numbers."""

    made: Sections
    found: DnaFindings


class KindRates(RateSection):
    """The rate of all appointments and of each kind, here and elsewhere."""

    @cached_property
    def part(self) -> Part:
        """Table and sentences."""
        label = self.made.report.period.label
        covered = f": {count(self._covered[0], 'month')} of {self._covered[1]}" if self._covered else ""
        return self.made.part(
            "rates",
            fields=RATES,
            rows=[*self._kind_rows(), *self._rows_of_others()],
            caption=f"Appointments missed without notice, {label}{covered}.",
            note=self._bounds_note(),
            words=self._words(),
            values=self._values(),
        )

    def sentence(self) -> str:
        """How many were missed, beside a common rate: what a board should know."""
        own, trust = self.found.shown(), self.made.report.organisation.name
        if not self.found.recorded:
            return dna_words.not_recorded_sentence(trust, SUPPRESSED if own is None else own.rate)
        if own is None:
            return phrase("reasons.missed.hidden")
        counts, beside = (own.missed, own.booked, own.rate), self._beside(own)
        hidden, covered = bool(own.hidden), self._covered
        return dna_words.rate_sentence(trust, *counts, beside, hidden=hidden, covered=covered)

    def _beside(self, own: Counts) -> str:
        if not self.found.comparable:
            return ""
        other = self.found.england or self.found.all_trusts
        name = "England's" if self.found.england else "the trusts' common rate of"
        return dna_words.beside_words(own.rate, other.rate, name)

    def _words(self) -> dict[str, str]:
        own = self.found.shown()
        if own is None or not self.found.recorded:
            return {"rate": self.sentence()}
        ends = interval(*_wilson(own.missed, own.booked), unit="%")
        words = {"interval": f"The 95% interval of the rate is {ends}."}
        if own.hidden:
            months = count(own.hidden, "month")
            words["hidden"] = phrase("statements.missed.hidden_months", months=months, most=MOST_HIDDEN)
        if self.found.comparable:
            best = self.found.peers.spread.lower_quartile
            words["best_quarter"] = dna_words.best_sentence(best, own.missed - own.booked * best / PER_CENT)
        return words

    def _values(self) -> dict[str, float | str | None]:
        own = self.found.shown()
        names = ("missed", "booked", "rate")
        return {
            "basis": self.found.basis,
            **{name: round(getattr(own, name), 2) if own else None for name in names},
        }

    @property
    def _covered(self) -> tuple[int, int] | None:
        """How many months have published figures, of how many; None where all have."""
        own, whole = self.found.counts().months, self.made.report.period.months
        return (own, whole) if self.found.basis == "published" and own < whole else None

    def _bounds_note(self) -> str:
        """Say which sums are bounds, and how many trusts lack months."""
        table, words = self.found.compared, []
        if bounded := int((table["hidden"] > 0).sum()):
            trusts = count(bounded, "trust")
            words.append(phrase("statements.missed.hidden_trusts", most=MOST_HIDDEN, trusts=trusts))
        lacking = int((table["months"] < self.made.report.period.months).sum())
        if lacking and self.found.basis == "published":
            lack = count(lacking, "trust lacks", "trusts lack")
            words.append(sentence(f"{lack} months and count with those they have"))
        return " ".join(words)

    def _kind_rows(self) -> list[tuple[Cell, ...]]:
        """All appointments, then its parts, so that no star can be told from the sum."""
        kinds = {ALL: "All appointments", **_PARTS}
        counts = {kind: self.found.counts(kind) for kind in kinds}
        return [
            self._row(words, counts[kind], self.found.cells(kind))
            for kind, words in kinds.items()
            if kind == ALL or counts[kind].booked
        ]

    def _rows_of_others(self) -> list[tuple[Cell, ...]]:
        rows = []
        if self.found.england:
            rows.append(self._row("England, all providers", self.found.england))
        if self.found.comparable:
            every, cells = self.found.all_trusts, self.found.cells_of_all_trusts
            rows.append(self._row("All trusts that record missed appointments", every, cells))
        return rows

    def _row(self, label: str, counts: Counts, cells: tuple[Cell, Cell] | None = None) -> tuple[Cell, ...]:
        """Return a row of the table; without cells the counts are shown as they are."""
        label = f"{label}, at least" if counts.hidden else label
        booked, missed = cells or (counts.booked, counts.missed)
        if not counts.booked:
            return (label, 0, 0, None, None, None)
        shares = controlled.percentages([counts.missed], [counts.booked], self.made.origin)
        rate = controlled.derived(shares, [booked], [missed])[0]
        if not isinstance(rate, int | float):
            return (label, booked, missed, rate, rate, rate)
        return (label, booked, missed, rate, *_wilson(float(missed or 0), float(booked or 0)))


def _wilson(missed: float, booked: float) -> tuple[float, float]:
    found = proportion(missed, booked, multiplier=PER_CENT)
    return float(found.lower95[0]), float(found.upper95[0])
