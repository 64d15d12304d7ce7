"""`early_warning`: what is about to get worse, over all measures of a trust or a board."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

from helpers.analyses.early import words
from helpers.analyses.early.signs import (
    CROSSES,
    EVERY,
    FALSE_SHARE,
    GROWS,
    OWN_WEIGHT,
    UNKNOWN,
    FoundSigns,
    Sign,
    find_signs,
)
from helpers.analyses.performance_report.ranking import faded
from helpers.analyses.performance_report.tables import annex_pages
from helpers.analyses.systems.known import MONTHS, KnownSystem
from helpers.audience import current_audience
from helpers.bundle import Column, Kept
from helpers.data.keeping.last_published import LastPublished, last_before
from helpers.data.organisations.systems import KINDS
from helpers.errors import raise_all
from helpers.measures.figures import chance_words
from helpers.measures.gathering import datasets_behind, results_for, wrongly_asked
from helpers.measures.result import MeasureResult
from helpers.phrases import phrases
from helpers.places import state_folder
from helpers.report.analyses_in_room import analyse_in_room
from helpers.report.arguments import names_near_misses
from helpers.report.columns import Filled, laid_out, text
from helpers.report.parts import Headline, Part, part
from helpers.report.report import Report
from helpers.report.sections import Sections
from helpers.report.words import in_words, month
from helpers.stats.early_turn import AHEAD, TOGETHER

OfSign = Filled[Sign]


def _fields(first: Callable[[Sign], str]) -> tuple[OfSign, ...]:
    """Return the columns of the warnings; `first` says when a sign showed first."""
    return (
        OfSign("measure", Column(label="Measure"), lambda each: each.result.measure.name),
        OfSign("sign", text("Sign"), words.sign_words),
        OfSign("first", text("First sign"), first, "the month that showed it first"),
        OfSign("certainty", text("Certainty"), lambda each: chance_words(each.certainty)),
        OfSign("record", text("Right here before"), lambda each: words.record_words(each.record)),
        OfSign("confirms", text("What would confirm it"), words.confirm_words),
        OfSign("owner", text("Who acts"), lambda each: each.result.measure.owner or "nobody"),
        OfSign("consequence", Column(label="Consequence", kind="count"),
               lambda each: each.result.measure.consequence, "1 to 5, the register's", usual=False),
        OfSign("kind", text("Kind"), lambda each: phrases("names.early_signs")[each.kind], usual=False),
    )  # fmt: skip


@names_near_misses
def early_warning(report: Report, *, measures: Sequence[str] | None = None) -> EarlyWarning:
    """Return the early warnings of the report's organisation, the weightiest first.

    Parameters
    ----------
    report
        The open report on a trust, or on an integrated care board or region; its period is one month.
    measures
        Ids of the measures; None takes every one that has figures.

    Raises
    ------
    UsageError
        For measures that the register does not have.
    """
    raise_all(wrongly_asked(report.register, measures or ()))
    return analyse_in_room(EarlyWarning, report.apart(), measures)


class EarlyWarning(Sections):
    """The whole report; see `early_warning`."""

    def __init__(self, report: Report, measures: Sequence[str] | None) -> None:
        self.results = [each for each in _results(report, tuple(measures or ())) if not faded(each)]
        self._key = "|".join((report.title, report.organisation.code, *(measures or ())))
        super().__init__(report, datasets_behind(self.results))

    @cached_property
    def found(self) -> FoundSigns:
        """The signs, the weightiest first, and how they were looked for."""
        return find_signs(self.results)

    @cached_property
    def _last(self) -> LastPublished | None:
        """What the last published report of an earlier month warned of."""
        state = state_folder(self.report.root)
        return last_before(current_audience().home(state), self._key, self.report.period.folder)

    @property
    def _known(self) -> dict[tuple[str, str], str]:
        return {(str(row[0]), str(row[1])): str(row[2]) for row in (self._last.rows if self._last else ())}

    def _is_new(self, sign: Sign) -> bool:
        return (sign.result.measure.id, sign.kind) not in self._known

    @part
    def headline(self) -> Headline:
        """What a board should know first; carries what the next report compares itself with."""
        signs = self.found.signs
        now = {(each.result.measure.id, each.kind) for each in signs}
        gone = [name for key, name in self._known.items() if key not in now]
        new = [each for each in signs if self._is_new(each)] if self._last else list(signs)
        rows = tuple((each.result.measure.id, each.kind, each.result.measure.name) for each in signs)
        return self.headline_of(
            words.headline_words(self.found, new, gone),
            {"warnings": len(signs), "tested": self.found.tested},
            kept=Kept(key=self._key, period=self.report.period.folder, rows=rows),
        )

    @part
    def warnings(self) -> Part:
        """Table: the signs, by consequence times certainty; its sentence alone where there is none."""
        said = words.false_words(self.found)
        return self.part(
            "warnings",
            **laid_out(_fields(self._first), self.found.signs),
            caption="Early warnings: what weighs most by consequence and certainty first.",
            note=said,
            on_slide=True,
            none=said,
        )

    def _first(self, sign: Sign) -> str:
        return f"{month(sign.first)}{', new' if self._last and self._is_new(sign) else ''}"

    @part
    def pictures(self) -> Part:
        """The measures that a sign is of as small charts; nothing where there is none."""
        some = list({each.result.measure.id: each.result for each in self.found.signs}.values())
        return self.composed("pictures", lambda: annex_pages(self, some))

    @part
    def record(self) -> Part:
        """Table: how often each kind of sign was right here, beside "as last month"."""
        rows = [
            (phrases("names.early_signs")[kind], words.record_words(each), words.against_words(kind, each))
            for kind, each in self.found.records.items()
            if each.signs or each.plain
        ]
        caption = "How often such signs were right here, month by month."
        none = "Too few months are known to try the signs on the past."
        return self.part("record", rows=rows, caption=caption, none=none)

    @part
    def gaps(self) -> Part:
        """Which measures could not be looked at; nothing where all could."""
        return self.part("gaps", words={"stale": words.left_words(self.results)})

    @part
    def method(self) -> Part:
        """How signs are found, weighed and tried, point by point."""
        said = phrases(
            "method.early",
            together=in_words(TOGETHER),
            ahead=in_words(AHEAD),
            every=in_words(EVERY),
            false_share=100 * FALSE_SHARE,
            crossing=100 * CROSSES,
            growing=100 * GROWS,
            unknown=100 * UNKNOWN,
            own_weight=OWN_WEIGHT,
        )
        return self.part("method", words=said, bulleted=True)


def _results(report: Report, measures: tuple[str, ...]) -> list[MeasureResult]:
    """Return the results of a trust, or the sums of a system's trusts."""
    if report.organisation.kind in KINDS:
        known = KnownSystem(report, MONTHS).results
        return [each for name, each in known.items() if not measures or name in measures]
    return list(results_for(report, measures, MONTHS))
