"""`peer_benchmark`: a trust among its peers, by one measure for all trusts or by all measures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from helpers.analyses.peers import columns, pictures, report_words, words
from helpers.analyses.peers.comparison import MOVEMENT_MONTHS, PeerFindings, PeerOptions, datasets_of
from helpers.analyses.peers.movement import gain_sentence, movement_sentence
from helpers.analyses.peers.result import PeerComparison
from helpers.errors import UsageError, near_misses
from helpers.measures.places.groups import GroupKind
from helpers.phrases import bulleted, phrase, phrases
from helpers.register.models import Benchmark
from helpers.report.analyses_in_room import analyse_in_room
from helpers.report.arguments import names_near_misses
from helpers.report.columns import laid_out
from helpers.report.parts import Headline, Part, part
from helpers.report.report import Report
from helpers.report.sections import Sections, first_bold
from helpers.report.shown import Shown, ShownParts
from helpers.report.words import count
from helpers.theme.markdown import escape_markdown

#: measures that are shown with a chart of their own in a report on all of them
FEATURED: Final = 6
#: with fewer periods there is nothing to draw over time
FEWEST_MOMENTS: Final = 3


@names_near_misses
def peer_benchmark(
    report: Report,
    measure: str | None = None,
    *,
    measures: Sequence[str] | None = None,
    group: GroupKind = "national",
    peers: Sequence[str] | None = None,
    benchmark: Benchmark | None = None,
    months: int = MOVEMENT_MONTHS,
) -> PeerBenchmark:
    """Return the trust among its peers, by one measure in full or by several side by side.

    Parameters
    ----------
    report
        The open report.
    measure
        A measure of the register, shown in full.
    measures
        Side by side: these alone; by default every one that trusts can be compared by.
    group
        Whom to compare with.
    peers
        Codes of chosen peers.
    benchmark
        What gains are measured against; None takes each measure's own from the register.
    months
        How far back trust and peers are followed.

    Raises
    ------
    UsageError
        With every option that cannot be.
    """
    wanted = (measure,) if measure else tuple(measures or ())
    options = PeerOptions(wanted, group=group, peers=tuple(peers or ()), benchmark=benchmark, months=months)
    return analyse_in_room(PeerBenchmark, report.apart(), options)


class PeerBenchmark:
    """A trust among its peers; the last month of its report's period is the newest that may be used.

    Refused where the organisation is no trust, has no such peer group, or nothing can be compared.
    """

    def __init__(self, report: Report, options: PeerOptions) -> None:
        self.found = PeerFindings(report.mart, report.organisation, report.period, report.register, options)
        self.report, self.options = report, options

    def _sections(self, *comparisons: PeerComparison) -> Sections:
        """Return what makes objects that name the data sets of these comparisons alone; of all without any."""
        return Sections(self.report, datasets_of(comparisons or self.found.comparisons))

    def _one(self, measure: str | None) -> PeerComparison:
        """Return the comparison by a measure; by the one that was asked for where none is named."""
        known = {each.measure.id: each for each in self.found.comparisons}
        if measure is None and self.found.single:
            return self.found.comparisons[0]
        if measure not in known:
            cure = near_misses(measure or "", list(known)) or "name one of them"
            raise UsageError("measure", repr(measure), ", ".join(known), cure)
        return known[measure]

    # --- every measure ------------------------------------------------------------------------------

    @part
    def headline(self) -> Headline:
        """What a board should know first: the one measure, or where the trust is very likely worst and best."""
        found = self.found
        said = (
            report_words.single_lines(found.comparisons[0], found)
            if found.single
            else report_words.all_lines(found)
        )
        return self._sections().headline_of(first_bold(said))

    @part
    def standings(self) -> Part:
        """Where the trust stands by every measure, the worst place first and old figures last."""
        found = self.found
        placed = [each for each in found.ranked if each.own and each.own.percentile and not each.alike]
        drawn = [each for each in placed if not each.stale] or placed
        reading = phrase("method.reading.positions")
        if len(drawn) < len(placed):
            reading += " Old figures stand in the table alone."
        old = " Old: older by the end of the report's period than the register allows."
        label = found.comparisons[0].group.label
        plain = self._sections().part(
            "standings",
            **laid_out(columns.STANDINGS, found.ranked, drop_alike=True),
            caption=(
                f"Where the trust stands among the others by {count(len(drawn), 'measure')}, with 95% intervals; "
                "each measure at its own period."
            ),
            table_caption=(
                f"Every measure beside {label}, each at the newest period that the trust shares with them."
            ),
            alt=pictures.positions_alt(drawn) if drawn else "",
            note=phrase("method.reading.standings")
            + (old if any(each.stale for each in found.ranked) else ""),
            words={"reading": reading} if drawn else {},
            chart=partial(pictures.positions, drawn) if drawn else None,
        )
        return _figure_and_table(plain)

    @part
    def movements(self) -> Part:
        """How the trust and its peers moved by every measure."""
        rows = [(each, self.found.movements[each.measure.id]) for each in self.found.ranked if each.own]
        drawn = pictures.moved_places(rows)
        plain = self._sections().part(
            "movements",
            **laid_out(columns.MOVEMENTS, rows),
            caption="Where the trust stood among the others, then and now.",
            table_caption="How the trust and its peers moved.",
            alt=pictures.moves_alt(drawn) if drawn else "",
            note=phrase("method.reading.movements"),
            chart=partial(pictures.moves, drawn) if drawn else None,
        )
        return _figure_and_table(plain)

    @part
    def opportunity(self) -> Part:
        """What reaching a benchmark would bring where the trust falls short: raw, allowing for chance, certain."""
        known = [(each, each.gain) for each in self.found.ranked if each.gain]
        short = [(each, gain) for each, gain in known if gain is not None and round(gain.raw)]
        if self.found.single:
            said = gain_sentence(self.found.comparisons[0]) or phrase("reasons.peers.gain_unknown_here")
        else:
            said = "" if short else report_words.nothing_short(known=bool(known))
        return self._sections(*(each for each, _ in short)).part(
            "opportunity",
            **(laid_out(columns.OPPORTUNITY, short) if short else {}),
            caption="What reaching the benchmark would bring, where the trust falls short of it.",
            note=phrase("method.reading.opportunity"),
            words={"worth": escape_markdown(said)} if said else {},
        )

    @part
    def left_out(self) -> Part:
        """Who and what is not compared, and why."""
        short = [each for each in self.found.comparisons if each.left_out.codes]
        reasons = [
            name
            for name in phrases("names.not_compared")
            if any(getattr(each.left_out, name) for each in short)
        ]
        return self._sections().part(
            "left-out",
            **(laid_out(columns.left_out_columns(reasons), short) if short else {}),
            caption="Trusts that cannot be compared, by number and code.",
            note=report_words.notes(reasons),
            words=report_words.not_compared(self.found, everybody=not short),
        )

    @part
    def method(self) -> Part:
        """How positions, limits and gains are worked out, and what is assumed."""
        points = map(escape_markdown, report_words.method_points(self.found))
        return self._sections().part("method", words={"method": bulleted(points)})

    # --- one measure --------------------------------------------------------------------------------

    def sections(self, *, top: int = FEATURED) -> ShownParts:
        """Return a section for each of the measures by which the trust stands apart, in the order of the standings."""
        apart = [each.measure.id for each in self.found.ranked if report_words.stands_apart(each)]
        if not apart:
            said = "By none of the measures does the trust clearly stand apart from the others."
            return ShownParts((self._sections().text("none-apart", said),))
        return ShownParts(tuple(each for name in apart[:top] for each in self.section(name).parts))

    def section(self, measure: str) -> ShownParts:
        """Return heading, meaning, chart and words of a measure."""
        comparison = self._one(measure)
        heading = self._sections(comparison).heading(_slug(comparison), comparison.measure.name, level=3)
        return ShownParts((heading, *self.trusts(measure).shown))

    def trusts(self, measure: str | None = None) -> Part:
        """Return every trust by a measure, this one first, the others by name, so that order says nothing."""
        comparison, found = self._one(measure), self.found
        own = [comparison.own] if comparison.own else []
        others = sorted(comparison.others, key=lambda member: (member.name, member.code))
        rows = [*own, *others]
        drawn = comparison.reason != "too_few"
        said = {
            "meaning": comparison.measure.description,
            "place": report_words.measure_words(comparison, found),
        }
        return self._sections(comparison).part(
            _slug(comparison),
            **laid_out(columns.trust_columns(comparison), rows, drop_alike=True),
            caption=pictures.members_caption(comparison),
            alt=pictures.members_alt(comparison) if drawn else "",
            table_caption=(
                f"{comparison.measure.name}, {words.when(comparison)}: {words.members_words(comparison)}, by name."
            ),
            note=escape_markdown(words.left_out_sentence(comparison)),
            words={name: escape_markdown(text) for name, text in said.items()},
            chart=partial(pictures.members, comparison) if drawn else None,
        )

    def groups(self, measure: str | None = None) -> Part:
        """Return the trust by a measure in each of its peer groups."""
        comparison = self._one(measure)
        groups = self.found.groups_of(comparison)
        said = report_words.groups_sentence(groups)
        return self._sections(comparison).part(
            "groups",
            **laid_out(columns.GROUPS, groups),
            caption="The trust among different peers.",
            words={"peers": escape_markdown(said)} if said else {},
        )

    def movement(self, measure: str | None = None) -> Part:
        """Return how the trust and its peers moved by a measure, period by period."""
        comparison = self._one(measure)
        moved = self.found.movement(comparison)
        said = movement_sentence(comparison, moved)
        drawn = moved if moved is not None and len(moved.moments) >= FEWEST_MOMENTS else None
        caption = pictures.movement_caption(comparison, drawn) if drawn else ""
        return self._sections(comparison).part(
            "movement",
            **(laid_out(columns.moment_columns(comparison), drawn.moments) if drawn else {}),
            caption=caption,
            alt=f"{caption} {said}" if drawn else "",
            words={"movement": escape_markdown(said)},
            chart=partial(pictures.movement, comparison, drawn) if drawn else None,
        )


def _figure_and_table(plain: Part) -> Part:
    """Return a part that is shown bare as its figure, where it has one, its sentences and its table."""

    def content() -> Iterator[Shown]:
        yield from plain.shown
        if plain.chart is not None:  # without one, the table stands there already
            yield plain.table()

    return replace(plain, content=content)


def _slug(comparison: PeerComparison) -> str:
    return comparison.measure.id.replace("_", "-")
