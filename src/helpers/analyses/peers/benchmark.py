"""The sections of the peer benchmark: one measure for all trusts, or one trust over all measures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from helpers.analyses.peers import (
    headline_words,
    method_words,
    movement_tables,
    pictures,
    tables,
    trust_tables,
)
from helpers.analyses.peers.findings import PeerFindings, PeerOptions, datasets_of
from helpers.analyses.peers.movement_words import gain_sentence, movement_sentence
from helpers.analyses.peers.result import PeerComparison
from helpers.report.sections import Sections
from helpers.report.shown import Shown, ShownParts
from helpers.report.words import count
from helpers.theme.markdown import escape_markdown

if TYPE_CHECKING:
    from helpers.report.opening import Report

#: measures that are shown with a chart of their own in a report on all of them
FEATURED = 6
NOTHING_KNOWN = (
    "What matching others would bring cannot be said: that needs a good direction, and the counts behind the "
    "figures."
)


class PeerBenchmark:
    """The sections of one report; `report` is the open report, named after its measure where it has one.

    Parameters
    ----------
    report
        The open report; the last month of its period is the newest that may be used.
    options
        Which measures, with whom and how.

    Raises
    ------
    DataError
        Where the organisation is no trust, has no such peer group, or nothing can be compared.
    UsageError
        For unknown measures or peers.
    """

    def __init__(self, report: Report, options: PeerOptions) -> None:
        self.found = PeerFindings(report.mart, report.organisation, report.period, report.register, options)
        if self.found.single:
            report = replace(report, title=f"{report.title}: {self.found.asked[0].name}")
        self.report, self.options = report, options
        self._all = self._sections(self.found.comparisons)

    def _sections(self, comparisons: Sequence[PeerComparison]) -> Sections:
        """Return what makes objects that name the data sets of these comparisons alone."""
        return Sections(self.report, datasets_of(comparisons))

    # --- the first page -----------------------------------------------------------------------------

    def headline(self) -> Shown:
        """What a board should know first."""
        found = self.found
        if found.single:
            lines = headline_words.single_lines(found.comparisons[0], found)
        else:
            lines = headline_words.all_lines(found)
        first, *rest = (escape_markdown(line) for line in lines)
        return self._all.text("headline", "\n\n".join([f"**{first}**", *rest]), kind="headline")

    def overview(self) -> ShownParts:
        """Where the trust stands: one measure in its group, or all measures side by side."""
        if self.found.single:
            return ShownParts(self._measure_parts(self.found.comparisons[0]))
        parts = []
        placed = [each for each in self.found.compared if each.own and each.own.percentile]
        fresh = [each for each in placed if not self.found.stale(each)]
        if placed:
            words = (
                "To the right is better. The line shows where the true place may lie: the longer it is, the less "
                "the place means. A filled mark says that all of the line lies in one outer quarter."
            )
            if fresh and len(fresh) < len(placed):
                words += " Old figures stand in the table alone."
            parts += [self._all.text("say-positions", words), self._positions(fresh or placed)]
        parts.append(tables.overview(self._all, self.found))
        return ShownParts(tuple(parts))

    def _positions(self, placed: Sequence[PeerComparison]) -> Shown:
        columns, rows = tables.position_rows(placed)
        return self._all.figure(
            "fig-positions",
            lambda: pictures.positions(placed),
            caption=(
                f"Where the trust stands among the others by {count(len(placed), 'measure')}, with 95% intervals; "
                "each measure at its own period."
            ),
            alt=pictures.positions_alt(placed),
            data=(columns, rows),
        )

    # --- measure by measure ---------------------------------------------------------------------------

    def measures(self) -> ShownParts:
        """The one measure by every peer group and trust, or the measures by which the trust stands apart."""
        if self.found.single:
            comparison = self.found.comparisons[0]
            sections = self._sections([comparison])
            groups = self.found.groups_of(comparison)
            said = headline_words.groups_sentence(groups)
            told = [_said(sections, "say-groups", said)] if said else []
            return ShownParts((*told, tables.groups(sections, groups)))
        chosen = headline_words.standing_apart(self.found)[:FEATURED]
        if not chosen:
            words = "By none of the measures does the trust clearly stand apart from the others."
            return ShownParts((self._all.text("none-apart", words),))
        return ShownParts(
            tuple(part for each in chosen for part in self._measure_parts(each, heading=True))
        )

    def _measure_parts(self, comparison: PeerComparison, *, heading: bool = False) -> tuple[Shown, ...]:
        """Return heading, meaning, chart and words of one measure."""
        sections, measure = self._sections([comparison]), comparison.measure
        name = measure.id.replace("_", "-")
        parts = [sections.heading(name, measure.name, level=3)] if heading else []
        parts.append(_said(sections, f"meaning-{name}", measure.description))
        if len(comparison.members) > 1:
            parts.append(self._picture(sections, comparison, name))
        parts.append(_said(sections, f"say-{name}", headline_words.measure_words(comparison, self.found)))
        return tuple(parts)

    def _picture(self, sections: Sections, comparison: PeerComparison, name: str) -> Shown:
        columns, rows = trust_tables.member_rows(comparison)
        return sections.figure(
            f"fig-{name}",
            lambda: pictures.members(comparison),
            caption=pictures.members_caption(comparison),
            alt=pictures.members_alt(comparison),
            data=(columns, rows),
        )

    # --- over time, worth ------------------------------------------------------------------------------

    def movement(self) -> ShownParts:
        """How the trust and its peers moved."""
        if not self.found.single:
            return ShownParts((movement_tables.movements(self._all, self.found),))
        comparison = self.found.comparisons[0]
        sections = self._sections([comparison])
        moved = self.found.movement(comparison)
        words = _said(sections, "say-movement", movement_sentence(comparison, moved))
        if moved is None or len(moved.moments) < 3:
            return ShownParts((words,))
        columns, rows = movement_tables.moment_rows(comparison, moved)
        figure = sections.figure(
            "fig-movement",
            lambda: pictures.movement(comparison, moved),
            caption=pictures.movement_caption(comparison, moved),
            alt=f"{pictures.movement_caption(comparison, moved)} {movement_sentence(comparison, moved)}",
            data=(columns, rows),
        )
        return ShownParts((figure, words))

    def opportunity(self) -> ShownParts:
        """What reaching a benchmark would bring: raw, shrunken, certain."""
        known = [each for each in self.found.compared if each.gain]
        short = [each for each in known if each.gain and round(each.gain.raw)]
        tabled = [movement_tables.opportunity(self._sections(short), short)] if short else []
        if self.found.single:
            said = gain_sentence(self.found.comparisons[0]) or NOTHING_KNOWN
        else:
            said = "" if short else headline_words.nothing_short(known)
        words = [_said(self._all, "say-opportunity", said)] if said else []
        return ShownParts((*tabled, *words))

    # --- method and quality ----------------------------------------------------------------------------

    def left_out(self) -> ShownParts:
        """Who and what is not compared, and why."""
        return ShownParts(tuple(tables.left_out(self._all, self.found)))

    def every_trust(self) -> ShownParts:
        """Every trust that one measure was compared with; nothing in a report on all measures."""
        if not self.found.single:
            return ShownParts(())
        comparison = self.found.comparisons[0]
        sections = self._sections([comparison])
        heading = sections.heading("every-trust", "Every trust that is compared")
        return ShownParts((heading, trust_tables.all_trusts(sections, comparison)))

    def method(self) -> Shown:
        """How positions, limits and gains are worked out, and what is assumed."""
        points = method_words.method_points(self.found)
        return self._all.text("method", "\n".join(f"- {escape_markdown(point)}" for point in points))


def _said(sections: Sections, name: str, words: str) -> Shown:
    """Return plain words as a paragraph."""
    return sections.text(name, escape_markdown(words))
