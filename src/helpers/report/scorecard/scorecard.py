"""The balanced scorecard: each method is one section's table or text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from helpers.bundle import Cell, Column
from helpers.data.units import find_unit, units_of
from helpers.report.measures.gathering import Asked, Results, measure_results
from helpers.report.scorecard import rows, words
from helpers.report.scorecard.balance import Finding, find_imbalance
from helpers.report.scorecard.card import MOST_MEASURES, TOO_MANY, Card, build_card, choose_measures
from helpers.report.scorecard.cascade import Cascade, build_cascade
from helpers.report.scorecard.inequality import Inequality, missed_by_deprivation
from helpers.report.sections import Sections
from helpers.report.shown import Shown
from helpers.report.words import count, listed, number, sentence
from helpers.stats.trajectory.result import ON_TRACK, UNLIKELY
from helpers.theme.markdown import escape_markdown

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
        self.register, self.mart = report.register, report.mart
        self.units = units_of(self.mart, report.organisation.code)
        self.unit = find_unit(self.units, report.organisation.code, unit) if unit else None
        self.chosen = choose_measures(self.register, measures)
        self.code = self.unit.code if self.unit else ""
        used = self.of_units if self.unit else self._results(report, "organisation")
        self.card: Card = build_card(self.register, used, unit=self.code)
        super().__init__(report, {source.dataset for source in used.sources} or {"organisations"})

    # --- what it is made from -----------------------------------------------------------------------
