"""Contract monitoring in parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from helpers.analyses.contracts import duties, words
from helpers.analyses.contracts.columns import PAID, PARTS, ROWS, thousands
from helpers.analyses.contracts.lines import SMALL, Balance, Row, as_told, build_balance
from helpers.analyses.decided.analysis import meeting_day
from helpers.bundle import Cell, Column
from helpers.data.contract import contract_lines
from helpers.data.policy import policy_of_records
from helpers.errors import DataError, Problem
from helpers.measures.columns import DATED
from helpers.measures.gathering import WantedMeasures, measure_results
from helpers.measures.result import MeasureResult
from helpers.measures.words import CATEGORY_WORDS
from helpers.phrases import phrase, phrases
from helpers.register.contract import Contract, year_of
from helpers.report.columns import laid_out
from helpers.report.parts import Field, Headline, Part, part
from helpers.report.sections import Sections
from helpers.report.words import number
from helpers.theme.markdown import escape_markdown

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from helpers.register.cycle import BoardDecision
    from helpers.report.report import Report

Rows = Sequence[tuple[Cell, ...]]
_POINT: Final = (
    Field("kind", Column(label="Why"), "Overdue, New breach, Turned, Return or Open", usual=False),
    Field("point", Column(label="What is to be spoken of", kind="text")),
)


class ContractMonitoring(Sections):
    """The whole report.

    Parameters
    ----------
    report
        The open report; its period is one month.
    contract
        What the register says of the contract; None where it has none.
    """

    def __init__(self, report: Report, contract: Contract | None) -> None:
        self.contract, last = contract, report.period.last
        frame = contract_lines(report.mart, report.organisation.code)
        self.year = year_of(last)
        if frame.empty:
            cure = "load a file with the columns of docs/reference/contracts.md"
            came = "the mart holds no lines of its contract"
            raise DataError(Problem(report.organisation.code, came, cure=cure))
        known = report.register.payment
        self.scheme = known.get(self.year)
        self.balance: Balance = as_told(
            build_balance(frame, last, policy_of_records(), scheme=self.scheme, contract=contract), report
        )
        names = () if contract is None else contract.measures
        self.results: dict[str, MeasureResult] = {}
        if names:
            asked = WantedMeasures(report.organisation, last, names)
            self.results = measure_results(report.mart, report.register, asked).by_measure
        self.names = {name: report.register.measures[name].name for name in names}
        sets = {name for each in self.results.values() for name in each.series.datasets}
        super().__init__(report, sorted({"contract_lines", *sets}))
        self.day = meeting_day(last, report.today)

    @cached_property
    def _standards(self) -> list[duties.Standard]:
        return [] if self.contract is None else duties.standards(self.contract, self.results, self.names)

    @cached_property
    def _earned(self) -> list[duties.Earned]:
        return [] if self.contract is None else duties.earned(self.contract, self.results, self.names)

    @cached_property
    def _returns(self) -> list[duties.Returns]:
        items = () if self.contract is None else self.contract.information
        return duties.returns(items, self.report.period.last, self.day)

    @cached_property
    def _experience(self) -> list[MeasureResult]:
        wanted = () if self.contract is None else self.contract.experience
        return [self.results[name] for name in wanted if name in self.results]

    @property
    def _span(self) -> str:
        first, last = self.balance.months[0], self.balance.months[-1]
        return f"{first:%B} to {last:%B %Y}" if first != last else f"{last:%B %Y}"

    @part
    def headline(self) -> Headline:
        """What a contract team should know first: money, why, what is due, the year, quality, returns."""
        said = {
            "money": f"**{escape_markdown(words.money_sentence(self.balance))}**",
            "why": escape_markdown(words.why_sentence(self.balance)),
            "due": escape_markdown(words.due_sentence(self.balance, self.scheme, self.year)),
            "year": escape_markdown(words.year_sentence(self.balance, rules=self.scheme is not None)),
            "quality": escape_markdown(words.quality_sentence(self._standards)),
            "information": escape_markdown(words.information_sentence(self._returns)),
            "overdue": escape_markdown(words.overdue_sentence(self._decided, self.day)),
            "contract": escape_markdown(words.contract_sentence(self.contract, self.scheme)),
        }
        total = self.balance.total
        values = {
            "plan": thousands(total.planned_value),
            "value": thousands(total.value),
            "difference": thousands(total.split.against_plan),
            "due": thousands(self.balance.due),
        }
        return self.headline_of({name: text for name, text in said.items() if text}, values)

    @cached_property
    def _decided(self) -> tuple[BoardDecision, ...]:
        if self.contract is None:
            return ()
        held = self.report.register.meetings_of(self.contract.id)
        code = self.report.organisation.code
        return tuple(each for meeting in held if meeting.day <= self.day for each in meeting.actions(code))

    @part
    def one_page(self) -> Part:
        """Table: money, quality, patients' experience and returns beside each other."""
        total = self.balance.total
        rows: list[tuple[Cell, ...]] = [
            ("Money", f"Value delivered, {self._span}", words.money_sentence(self.balance)),
            *(
                ("Money", row.name, _row_words(row))
                for row in self.balance.rows[:3]
                if row.split.against_plan
            ),
            *(("Quality", each.name, duties.standard_words(each)) for each in self._standards),
            *(("Patients and governance", each.measure.name, _standing(each)) for each in self._experience),
            *(("Returns", each.asked.name, duties.returns_words(each)) for each in self._returns),
        ]
        fields = (
            Field("area", Column(label="Area"), usual=False),
            Field("what", Column(label="What")),
            Field("standing", Column(label="Where it stands", kind="text")),
        )
        caption = f"What is paid for, and what is got: {self._span}."
        return self.part(
            "one-page",
            fields=fields,
            rows=rows,
            by="area",
            caption=caption,
            on_slide=True,
            values={"rows": len(rows), "value": thousands(total.value)},
        )

    @part
    def bridge(self) -> Part:
        """Figure: from a twelfth of the year's plan a month to what was delivered."""
        total = self.balance.total
        steps = [
            (name.capitalize(), thousands(getattr(total.split, name)) / 1000) for name in reversed(PARTS)
        ]
        start = thousands(total.value - total.split.total) / 1000
        fields = (
            Field("step", Column(label="Step")),
            Field("amount", Column(label="Amount", kind="model", unit="£m", digits=2)),
        )
        ends = [
            ("Twelfths of the year's plan", start),
            *steps,
            ("Delivered", thousands(total.value) / 1000),
        ]
        return self.part(
            "bridge",
            fields=fields,
            rows=ends,
            caption=f"From equal twelfths of the year's plan to what was delivered, {self._span}, £m.",
            alt=f"{words.money_sentence(self.balance)} "
            + " ".join(f"{name}: £{number(amount, 2)}m." for name, amount in ends),
            chart=lambda: _draw(ends),
        )

    @part
    def specialties(self) -> Part:
        """Table: plan and activity by specialty, and why they differ; the furthest from plan first."""
        note = phrase("statements.contract.together") if self.balance.together else ""
        if any(row.name == SMALL for row in self.balance.rows):
            note = phrase("statements.contract.small")
        total = [self.balance.total] if len(self.balance.rows) > 1 else []
        return self.part(
            "specialties",
            **laid_out(ROWS, [*self.balance.rows, *total], drop_alike=True),
            caption=f"Plan and activity by specialty, {self._span}.",
            note=note,
        )

    @part
    def payment(self) -> Part:
        """Table: what is due under the rules of the year, element by element."""
        said = words.due_sentence(self.balance, self.scheme, self.year)
        note = f" {self.scheme.note}" if self.scheme and self.scheme.note else ""
        if self.scheme is None or self.balance.paid_together:
            few = (
                " Elements are not shown apart: one counts few patients."
                if self.balance.paid_together
                else ""
            )
            return self.part("payment", words={"due": escape_markdown(said + few)})
        return self.part(
            "payment",
            **laid_out(PAID, self.balance.paid),
            caption=f"What is due, {self._span}: {self.scheme.name}.",
            note=escape_markdown(f"Source of the rules: {self.scheme.source}.{note}"),
            words={"due": escape_markdown(said)},
        )

    def _listed(
        self, name: str, heads: Mapping[str, Column], rows: Rows, caption: str, **told: Any
    ) -> Part:
        """Return a table; sentences alone where it would have no row."""
        if not rows:
            return self.part(name, words=told["words"])
        fields = [Field(each, column) for each, column in heads.items()]
        return self.part(name, fields=fields, rows=rows, caption=caption, **told)

    @part
    def quality(self) -> Part:
        """Table: the quality schedule, the longest breach first, with what follows."""
        rows = [
            (each.name, duties.standard_words(each), each.asked.consequence) for each in self._standards
        ]
        heads = {
            "standard": Column(label="Standard"),
            "standing": _words_of("Where it stands"),
            "consequence": _words_of("Agreed consequence of a breach"),
        }
        none = "" if rows else "This contract has no quality schedule."
        return self._listed("quality", heads, rows, "The quality schedule.", words={"none": none})

    @part
    def incentives(self) -> Part:
        """Table: what incentives have earned by the latest values; a sentence where there is no scheme."""
        heads = {
            "indicator": Column(label="Indicator"),
            "slides": _words_of("Nothing at, all at"),
            "share": Column(label="Earned", kind="model", unit="%"),
            "earned": Column(label="Earned", kind="model", unit="£"),
            "rest": Column(label="Still to be earned", kind="model", unit="£"),
            "source": _words_of("Source"),
        }
        rows = [
            (
                each.name,
                f"{each.asked.low:g}, {each.asked.high:g}",
                None if each.share is None else round(100 * each.share),
                None if each.pounds is None else round(each.pounds, -3),
                None if each.pounds is None else round(each.asked.pounds - each.pounds, -3),
                each.asked.source,
            )
            for each in self._earned
        ]
        said = {"earned": escape_markdown(words.incentive_sentence(self._earned))}
        return self._listed("incentives", heads, rows, "Incentives, by the latest values.", words=said)

    @part
    def information(self) -> Part:
        """Table: what was to be sent, and what came; what has not come first."""
        rows = [(e.asked.name, e.asked.owner, e.due, duties.returns_words(e)) for e in self._returns]
        heads = {
            "item": Column(label="Return"),
            "owner": _words_of("Who sends it"),
            "due": Column(label="Due so far", kind="model"),
            "came": _words_of("What came"),
        }
        none = "" if rows else "This contract has no information schedule."
        return self._listed("information", heads, rows, "The information schedule.", words={"none": none})

    @part
    def agenda(self) -> Part:
        """Table: the next agenda: overdue actions, new breaches, what turned, returns, open actions."""
        if self.contract is None:
            return self.part("agenda", words={"none": "Without a contract there is no agenda."})
        held = self.report.register.meetings_of(self.contract.id)
        points = duties.agenda(
            self._standards, self._experience, self._returns, held, self._decided, self.day
        )
        said = {"meetings": escape_markdown(duties.meetings_words(held, self.day))}
        if not points:
            return self.part("agenda", words={"none": "Nothing is due to be spoken of.", **said})
        return self.part(
            "agenda", fields=_POINT, rows=points, by="kind", caption="The next agenda.", words=said
        )

    @part
    def left_out(self) -> Part:
        """What has not been returned, specialty by specialty."""
        found = words.left_out_sentences(self.balance) or ["Everything that was planned has been returned."]
        told = {f"left_{place}": escape_markdown(text) for place, text in enumerate(found)}
        return self.part("left-out", words=told, bulleted=True)

    @part
    def method(self) -> Part:
        """How the figures are worked out, point by point."""
        return self.part("method", words=phrases("method.contract"), bulleted=True)


def _words_of(label: str) -> Column:
    return Column(label=label, kind="text")


def _row_words(row: Row) -> str:
    gap = row.split.against_plan
    side = "over" if gap > 0 else "under"
    return f"{words.money(gap)} {side} plan, mainly {words.main_words(row)}"


def _standing(result: MeasureResult) -> str:
    dated = DATED.cell(result) or "no figure is shown"
    return f"{str(dated).replace(chr(10), ', ')}; {CATEGORY_WORDS[result.category]}"


def _draw(ends: list[tuple[str, float]]) -> Figure:
    from helpers.report.charts.bridge import bridge_chart

    return bridge_chart(ends, unit="£m")
