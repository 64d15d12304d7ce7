"""How many appointments are missed: the rate by kind of appointment, here and elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from helpers.analyses.missed_appointments import words as dna_words
from helpers.analyses.missed_appointments.basis import AppointmentBasis
from helpers.analyses.missed_appointments.findings import PER_CENT, Counts, DnaFindings
from helpers.bundle import SUPPRESSED, Cell
from helpers.data.series.appointments import ALL, FIRST, FOLLOW_UP, MOST_HIDDEN
from helpers.phrases import phrase
from helpers.report import controlled
from helpers.report.columns import fields
from helpers.report.parts import Part
from helpers.report.words import count, interval, sentence
from helpers.stats.rates import proportion

_KINDS: Final = {ALL: "All appointments", FIRST: "First appointments", FOLLOW_UP: "Follow-ups"}


def rates(basis: AppointmentBasis) -> Part:
    """Return appointments, missed ones and the rate, by kind, here and elsewhere."""
    found, covered = basis.found, _covered(basis.found)
    own, of_months = found.shown(), f": {count(covered[0], 'month')} of {covered[1]}" if covered else ""
    return basis.part(
        "rates",
        fields=fields(__file__, "rates"),
        rows=[*_kind_rows(basis), *_rows_of_others(basis)],
        caption=f"Appointments missed without notice, {found.period.label}{of_months}.",
        note=_bounds_note(found),
        words=_words(found, own),
        values={
            "basis": found.basis,
            **{
                name: round(getattr(own, name), 2) if own else None for name in ("missed", "booked", "rate")
            },
        },
    )


def rate_words(found: DnaFindings) -> str:
    """Say how many were missed, beside a common rate: what a board should know."""
    own, trust = found.shown(), found.organisation.name
    if not found.recorded:
        return dna_words.not_recorded_sentence(trust, SUPPRESSED if own is None else own.rate)
    if own is None:
        return phrase("reasons.missed.hidden")
    beside = ""
    if found.comparable:
        other = found.england or found.all_trusts
        name = "England's" if found.england else "the trusts' common rate of"
        beside = dna_words.beside_words(own.rate, other.rate, name)
    return dna_words.rate_sentence(
        trust, own.missed, own.booked, own.rate, beside, hidden=bool(own.hidden), covered=_covered(found)
    )


def _words(found: DnaFindings, own: Counts | None) -> dict[str, str]:
    if own is None or not found.recorded:
        return {"rate": rate_words(found)}
    ends = interval(*_wilson(own.missed, own.booked), unit="%")
    words = {"interval": f"The 95% interval of the rate is {ends}."}
    if own.hidden:
        months = count(own.hidden, "month")
        words["hidden"] = phrase("statements.missed.hidden_months", months=months, most=MOST_HIDDEN)
    if found.comparable:
        best = found.peers.spread.lower_quartile
        words["best_quarter"] = dna_words.best_sentence(best, own.missed - own.booked * best / PER_CENT)
    return words


def _covered(found: DnaFindings) -> tuple[int, int] | None:
    """Return how many months have published figures, of how many; None where all have."""
    own, whole = found.counts().months, found.period.months
    return (own, whole) if found.basis == "published" and own < whole else None


def _bounds_note(found: DnaFindings) -> str:
    """Say which sums are bounds, and how many trusts lack months."""
    table, words = found.compared, []
    if bounded := int((table["hidden"] > 0).sum()):
        trusts = count(bounded, "trust")
        words.append(phrase("statements.missed.hidden_trusts", most=MOST_HIDDEN, trusts=trusts))
    lacking = int((table["months"] < found.period.months).sum())
    if lacking and found.basis == "published":
        lack = count(lacking, "trust lacks", "trusts lack")
        words.append(sentence(f"{lack} months and count with those they have"))
    return " ".join(words)


def _kind_rows(basis: AppointmentBasis) -> Iterator[tuple[Cell, ...]]:
    """Yield all appointments, then their parts, so that no star can be told from the sum."""
    for kind, words in _KINDS.items():
        counts = basis.found.counts(kind)
        if kind == ALL or counts.booked:
            yield _row(basis, words, counts, basis.found.cells(kind))


def _rows_of_others(basis: AppointmentBasis) -> Iterator[tuple[Cell, ...]]:
    found = basis.found
    if found.england:
        yield _row(basis, "England, all providers", found.england)
    if found.comparable:
        cells = found.cells_of_all_trusts
        yield _row(basis, "All trusts that record missed appointments", found.all_trusts, cells)


def _row(
    basis: AppointmentBasis, label: str, counts: Counts, cells: tuple[Cell, Cell] | None = None
) -> tuple[Cell, ...]:
    """Return a row of the table; without cells the counts are shown as they are."""
    label = f"{label}, at least" if counts.hidden else label
    booked, missed = cells or (counts.booked, counts.missed)
    if not counts.booked:
        return (label, 0, 0, None, None, None)
    shares = controlled.percentages([counts.missed], [counts.booked], basis.origin)
    rate = controlled.derived(shares, [booked], [missed])[0]
    if not isinstance(rate, int | float):
        return (label, booked, missed, rate, rate, rate)
    return (label, booked, missed, rate, *_wilson(float(missed or 0), float(booked or 0)))


def _wilson(missed: float, booked: float) -> tuple[float, float]:
    found = proportion(missed, booked, multiplier=PER_CENT)
    return float(found.lower95[0]), float(found.upper95[0])
