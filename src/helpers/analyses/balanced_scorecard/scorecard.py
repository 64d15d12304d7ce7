"""The balanced scorecard: each method is one section's table or text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from helpers.analyses.balanced_scorecard import balance_words, below_words, outlook_words, rows, words
from helpers.analyses.balanced_scorecard.balance import Finding, find_imbalance
from helpers.analyses.balanced_scorecard.card import Card, build_card, choose_measures
from helpers.analyses.balanced_scorecard.cascade import Cascade, build_cascade
from helpers.analyses.balanced_scorecard.inequality import Inequality, missed_by_deprivation
from helpers.analyses.balanced_scorecard.method import method_sentences
from helpers.bundle import Cell
from helpers.data.measure_series import Part
from helpers.data.units import find_unit, units_of
from helpers.measures.gathering import Asked, Results, measure_results
from helpers.phrases import phrase
from helpers.register.models import Measure
from helpers.report.sections import Sections
from helpers.report.shown import Shown

if TYPE_CHECKING:
    from helpers.report.opening import Report

#: months of the charts behind the icons
MONTHS = 36


class Scorecard(Sections):
    """The whole report.

    Parameters
    ----------
    report
        The open report.
    measures
        Ids of the measures, in the order of the page; None takes those that the register marks.
    unit
        Code of a division, site or specialty; None for the whole organisation.
    """

    def __init__(self, report: Report, measures: Sequence[str] | None, unit: str | None) -> None:
        self.report, self.register, self.mart = report, report.register, report.mart
        self.units = units_of(self.mart, report.organisation.code)
        self.unit = find_unit(self.units, report.organisation.code, unit) if unit else None
        self.chosen = choose_measures(self.register, measures)
        self.code = self.unit.code if self.unit else ""
        used = self.of_units if self.unit else self._results("organisation")
        self.card: Card = build_card(self.register, used, unit=self.code)
        super().__init__(report, self._traced(used))

    # --- what it is made from -----------------------------------------------------------------------

    def _results(self, part: Part) -> Results:
        """Return the results of the chosen measures."""
        asked = Asked(self.report.organisation, self.report.period.last, self.chosen, MONTHS, part)
        return measure_results(self.mart, self.register, asked)

    def _traced(self, used: Results) -> list[str]:
        """Return the data sets that the rows name."""
        tables = sorted({source.dataset for source in used.sources})
        if self.inequality is not None and self.inequality.gap != "no_records":
            tables.append("appointments")
        return tables

    @cached_property
    def of_units(self) -> Results:
        """The results of all units."""
        return self._results("unit")

    @cached_property
    def cascade(self) -> Cascade:
        """Who carries the measures below."""
        return build_cascade(self.register, self.card, self.of_units, self.units, unit=self.code)

    @cached_property
    def inequality(self) -> Inequality | None:
        """Missed appointments by deprivation; None for a unit."""
        if self.unit:
            return None
        return missed_by_deprivation(self.mart, self.report.organisation, self.report.period)

    @cached_property
    def imbalance(self) -> tuple[Finding, ...]:
        """What is unbalanced about the card."""
        return find_imbalance(self.card)

    @property
    def whole(self) -> str:
        """Name of what the card is about."""
        return self.unit.name if self.unit else self.report.organisation.name

    # --- page one -----------------------------------------------------------------------------------

    def headline(self) -> Shown:
        """What a board should know first."""
        lines = [
            f"**{words.lead_sentence(self.card)}**",
            words.too_many_sentence(self.card),
            words.attention_sentence(self.card),
            outlook_words.outlook_summary(self.card),
        ]
        return self.text("headline", "\n\n".join(line for line in lines if line), kind="headline")

    def table_of_measures(self) -> Shown:
        """Table: the measures by perspective, the line on inequality, and below it the check of balance."""
        lines: list[tuple[Cell, ...]] = []
        groups: list[int] = []
        for perspective in self.card.perspectives:
            groups.append(len(lines))
            own = [rows.measure_row(self.card, row) for row in self.card.of(perspective.id)]
            lines += [rows.group_row(self.card, perspective), *(own or [rows.empty_row()])]
        groups.append(len(lines))
        lines += [rows.heading_row("Inequality: who misses out?"), rows.inequality_row(self.inequality)]
        caption = f"The scorecard of {self.whole}, {self.report.period.label}."
        return self.table(
            "tbl-card", caption, rows.CARD_COLUMNS, lines, note=self._balance(), groups=groups
        )

    def _balance(self) -> str:
        """Say what is unbalanced, what is self-assessed, and that there is no single score."""
        said = [
            *balance_words.balance_sentences(self.card, self.imbalance),
            phrase("statements.scorecard.no_score"),
        ]
        return f"**Balance.** {' '.join(said)}"

    # --- after page one -----------------------------------------------------------------------------

    def trajectories(self) -> Shown:
        """Whether each target will be met: the unlikely first, and why some have no forecast."""
        lines = outlook_words.outlook_lines(self.card)
        said = "\n".join(f"* {line}" for line in lines)
        return self.text("trajectories", said or outlook_words.outlook_summary(self.card))

    def say_inequality(self) -> Shown:
        """Whether the deprived miss more appointments, in words."""
        return self.text("say-inequality", below_words.inequality_sentence(self.inequality))

    def lines_of_sight(self) -> Shown:
        """Table: the measures by objective, and who carries them below."""
        said = " ".join(below_words.cascade_sentences(self.cascade, self.whole))
        if not self.cascade.units or len(self.cascade.without) == len(self.cascade.carried):
            return self.text("cascade", said)
        lines: list[tuple[Cell, ...]] = []
        groups: list[int] = []
        for objective, measures in self.cascade.lines:
            groups.append(len(lines))
            lines.append((f"{objective.name} (answers: {objective.owner})", "", "", ""))
            lines += [rows.cascade_row(carried) for carried in measures]
        caption = f"Who carries the measures of {self.whole}."
        return self.table("tbl-cascade", caption, rows.CASCADE_COLUMNS, lines, note=said, groups=groups)

    def gaps(self) -> Shown:
        """What is missing, suppressed, out of date or self-assessed."""
        said = [
            words.missing_sentence(self.card),
            words.left_out_sentence(self._left_out),
            words.suppressed_sentence(self.card),
            words.stale_sentence(self.card),
            words.self_assessed_sentence(self.card),
        ]
        kept = [text for text in said if text]
        return self.text(
            "gaps", "\n".join(f"* {text}" for text in kept) or "Every measure has a fresh figure."
        )

    @property
    def _left_out(self) -> list[Measure]:
        """What the register marks for scorecards and this one does without."""
        return [
            measure
            for measure in self.register.measures.values()
            if measure.scorecard and measure.id not in self.chosen
        ]

    def method(self) -> Shown:
        """How the card is made and how to read it."""
        return self.text("method", "\n".join(f"* {text}" for text in method_sentences(self.card)))
