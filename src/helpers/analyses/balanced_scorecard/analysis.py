"""`scorecard`: the balanced scorecard of an organisation or of a part of it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, partial

from helpers.analyses.balanced_scorecard import rows, words
from helpers.analyses.balanced_scorecard.card import (
    Card,
    Imbalance,
    build_card,
    choose_measures,
    find_imbalance,
)
from helpers.analyses.balanced_scorecard.inequality import MissedByDeprivation, missed_by_deprivation
from helpers.analyses.performance_report.page_one import headline_words
from helpers.data.organisations.units import find_unit, units_of
from helpers.measures.gathering import Results, results_for
from helpers.phrases import bulleted, phrase
from helpers.register.models import Measure
from helpers.report.analyses_in_room import analyse_in_room
from helpers.report.arguments import names_near_misses
from helpers.report.charts.positions import Percent, percents_chart
from helpers.report.columns import laid_out
from helpers.report.parts import Headline, part
from helpers.report.parts import Part as PartOfReport
from helpers.report.report import Report
from helpers.report.sections import Sections
from helpers.stats.trajectory import ON_TRACK, UNLIKELY
from helpers.theme.markdown import escape_markdown

#: problems that the headline tells in full
WORST = 2
#: months of the charts behind the icons
MONTHS = 36


@names_near_misses
def scorecard(
    report: Report, *, measures: Sequence[str] | None = None, unit: str | None = None
) -> Scorecard:
    """Return the balanced scorecard.

    Parameters
    ----------
    report
        The open report.
    measures
        Ids of the measures, in the order of the page; None takes those that the register marks.
    unit
        Code of a division, site or specialty; None for the whole organisation.
    """
    return analyse_in_room(Scorecard, report.apart(), measures, unit)


class Scorecard(Sections):
    """The whole report; without `measures` those that the register marks, without `unit` of the whole organisation."""

    def __init__(self, report: Report, measures: Sequence[str] | None, unit: str | None) -> None:
        self.report, self.register, self.mart = report, report.register, report.mart
        self.units = units_of(self.mart, report.organisation.code)
        self.unit = find_unit(self.units, report.organisation.code, unit) if unit else None
        self.chosen = choose_measures(self.register, measures)
        self.code = self.unit.code if self.unit else ""
        used = results_for(report, self.chosen, MONTHS, "unit" if self.unit else "organisation")
        self.card: Card = build_card(self.register, used, unit=self.code)
        super().__init__(report, self._traced(used))

    # --- what it is made from -----------------------------------------------------------------------

    def _traced(self, used: Results) -> list[str]:
        """Return the data sets that the rows name."""
        tables = sorted({source.dataset for source in used.sources})
        if self.inequality is not None and self.inequality.gap != "no_records":
            tables.append("appointments")
        return tables

    @cached_property
    def inequality(self) -> MissedByDeprivation | None:
        """Missed appointments by deprivation; None for a unit."""
        if self.unit:
            return None
        return missed_by_deprivation(self.mart, self.report.organisation, self.report.period)

    @cached_property
    def imbalance(self) -> tuple[Imbalance, ...]:
        """What is unbalanced about the card."""
        return find_imbalance(self.card)

    @property
    def whole(self) -> str:
        """Name of what the card is about."""
        return self.unit.name if self.unit else self.report.organisation.name

    # --- page one -----------------------------------------------------------------------------------

    @part
    def headline(self) -> Headline:
        """What a board should know first: the worst problems in the words of every report, then the counts."""
        results = [row.result for row in self.card.rows if row.result is not None]
        news = headline_words(results, self.register.pathways)
        counted = {
            "counts": words.lead_sentence(self.card),
            "too_many": words.too_many_sentence(self.card),
            "outlook": words.outlook_summary(self.card),
        }
        worst = dict(list(news.items())[:WORST])  # the card below shows the rest: both stand on one page
        said = {name: escape_markdown(line) for name, line in worst.items()} | counted
        first, *_ = said
        return self.headline_of({**said, first: f"**{said[first]}**"})

    @part
    def measures(self) -> PartOfReport:
        """The measures by perspective, the line on inequality, and below them the check of balance."""
        sections = {
            f"{each.name}: {each.question}": [*map(rows.measure_line, self.card.of(each.id))]
            or [rows.bare_line("No measure", "–")]
            for each in self.card.perspectives
        }
        sections["Inequality: who misses out?"] = [rows.inequality_line(self.inequality)]
        lines: list[rows.CardLine] = []
        groups: list[int] = []
        for heading, below in sections.items():
            groups.append(len(lines))
            lines += [rows.bare_line(heading), *below]
        return self.part(
            "card",
            **laid_out(rows.CARD, lines),
            caption=f"The scorecard of {self.whole}, {self.report.period.label}.",
            note=self._balance(),
            groups=tuple(groups),
        )

    def _balance(self) -> str:
        """Say what is unbalanced, what is self-assessed, and that there is no single score."""
        said = [
            *words.balance_sentences(self.card, self.imbalance),
            phrase("statements.scorecard.no_score"),
        ]
        return f"**Balance.** {' '.join(said)}"

    # --- after page one -----------------------------------------------------------------------------

    @part
    def trajectories(self) -> PartOfReport:
        """Whether each target will be met: the unlikely first, and why some have no forecast."""
        said = bulleted(words.outlook_lines(self.card))
        judged = words.judged_rows(self.card)
        drawn = tuple(Percent(row.measure.name, 100 * (row.outlook.chance or 0)) for row in judged)
        ends = zip(reversed(words.JUDGED), (UNLIKELY, ON_TRACK, 1.0), strict=True)
        zones = [(words.verdict_words(verdict), 100 * end) for verdict, end in ends]
        return self.part(
            "trajectories",
            **(laid_out(rows.CHANCES, map(rows.measure_line, judged)) if judged else {}),
            caption="The chance that each target will be met, if the past is a guide.",
            words={"trajectories": said or words.outlook_summary(self.card)},
            alt=words.chances_alt(judged),
            chart=partial(percents_chart, drawn, unit="chance of meeting the target, %", zones=zones)
            if drawn
            else None,
        )

    @part
    def inequality_words(self) -> PartOfReport:
        """Whether the deprived miss more appointments, in words."""
        return self.part("inequality", words={"inequality": words.inequality_sentence(self.inequality)})

    @part
    def gaps(self) -> PartOfReport:
        """What is missing, suppressed, out of date or self-assessed."""
        said = bulleted(words.gap_sentences(self.card, self._left_out))
        return self.part("gaps", words={"gaps": said or "Every measure has a fresh figure."})

    @property
    def _left_out(self) -> list[Measure]:
        """What the register marks for scorecards and this one does without."""
        return [
            measure
            for measure in self.register.measures.values()
            if measure.scorecard and measure.id not in self.chosen
        ]

    @part
    def method(self) -> PartOfReport:
        """How the card is made and how to read it."""
        return self.part("method", words={"method": bulleted(words.method_sentences(self.card))})
