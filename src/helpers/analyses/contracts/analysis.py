"""`contract_monitoring`: are we getting what we pay for, and what is next to be spoken of."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from helpers.analyses.contracts import duties, words
from helpers.analyses.contracts.duties import Earned, Returns, Standard, returns_words, standard_words
from helpers.analyses.contracts.lines import SMALL, Balance, Paid, Variance, as_told, build_balance
from helpers.analyses.decided.analysis import meeting_day
from helpers.bundle import Cell, Column
from helpers.data.policy import policy_of_records
from helpers.data.series.contract import contract_lines
from helpers.errors import DataError, UsageError, near_misses
from helpers.measures.columns import standing_words
from helpers.measures.gathering import datasets_behind, results_for
from helpers.measures.result import MeasureResult
from helpers.phrases import phrase, phrases
from helpers.register.contract import Contract, year_of
from helpers.report.analyses_in_room import analyse_in_room
from helpers.report.arguments import names_near_misses
from helpers.report.columns import Filled, laid_out, text
from helpers.report.parts import Headline, Part, part
from helpers.report.report import Report
from helpers.report.sections import Sections, first_bold
from helpers.report.words import number
from helpers.theme.markdown import escape_markdown

if TYPE_CHECKING:
    from matplotlib.figure import Figure

OfRow = Filled[Variance]
OfPaid = Filled[Paid]
OfStandard = Filled[Standard]
OfIncentive = Filled[Earned]
OfReturn = Filled[Returns]
#: pence in what tables show
_SHOWN: Final = 100_000
#: the parts of a difference from plan, in the order in which they are told
PARTS: Final = {
    "volume": "more or less of everything, at the plan's mean price",
    "mix": "dearer or cheaper lines than planned",
    "price": "another value for the same thing",
    "unplanned": "lines for which the plan has no price",
    "phasing": "what the plan expects in these months beyond a twelfth of the year each",
}


def thousands(pence: int) -> float:
    """Return money as tables show it: whole thousands, from which nobody tells a patient."""
    return float(round(pence / _SHOWN))


def _money(label: str, *, signed: bool = False, unit: str = "£000") -> Column:
    return Column(label=label, kind="model", unit=unit, signed=signed)


def _split(name: str) -> OfRow:
    head, usual = _money(name.capitalize(), signed=True), name != "phasing"
    return OfRow(name, head, lambda row: thousands(getattr(row.split, name)), PARTS[name], usual)


ROWS: Final = (
    OfRow("specialty", Column(label="Specialty"), lambda row: row.name),
    OfRow("planned", Column(label="Planned", kind="model"), lambda row: round(row.planned), usual=False),
    OfRow(
        "activity", Column(label="Activity", kind="count"), lambda row: policy_of_records().show(row.done)
    ),
    OfRow("plan", _money("Plan"), lambda row: thousands(row.planned_value)),
    OfRow("value", _money("Delivered"), lambda row: thousands(row.value)),
    OfRow(
        "difference",
        _money("Difference", signed=True),
        lambda row: thousands(row.split.against_plan),
        "volume, mix, price and unplanned together",
    ),
    *map(_split, PARTS),
)
PAID: Final = (
    OfPaid("element", Column(label="Paid as"), lambda e: e.element.name if e.element else "by no rule"),
    OfPaid("plan", _money("Plan"), lambda each: thousands(each.planned)),
    OfPaid("delivered", _money("Delivered"), lambda each: thousands(each.delivered)),
    OfPaid("due", _money("Due"), lambda each: thousands(each.due)),
    OfPaid("year", _money("Plan of the year"), lambda each: thousands(each.year), usual=False),
    OfPaid("terms", text("Terms"), lambda each: terms_words(each)),
    OfPaid("source", text("Source"), lambda e: e.element.source if e.element else None, usual=False),
)
STANDARDS: Final = (
    OfStandard("standard", Column(label="Standard"), lambda each: each.name),
    OfStandard("standing", text("Where it stands"), standard_words),
    OfStandard("consequence", text("Agreed consequence of a breach"), lambda e: e.asked.consequence),
)
INCENTIVES: Final = (
    OfIncentive("indicator", Column(label="Indicator"), lambda each: each.name),
    OfIncentive(
        "slides", text("Nothing at, all at"), lambda each: f"{each.asked.low:g}, {each.asked.high:g}"
    ),
    OfIncentive(
        "share",
        Column(label="Earned", kind="model", unit="%"),
        lambda each: None if each.share is None else round(100 * each.share),
    ),
    OfIncentive(
        "earned",
        _money("Earned", unit="£"),
        lambda each: None if each.pounds is None else round(each.pounds, -3),
    ),
    OfIncentive(
        "rest",
        _money("Still to be earned", unit="£"),
        lambda each: None if each.pounds is None else round(each.asked.pounds - each.pounds, -3),
    ),
    OfIncentive("source", text("Source"), lambda each: each.asked.source),
)
RETURNS: Final = (
    OfReturn("item", Column(label="Return"), lambda each: each.asked.name),
    OfReturn("owner", text("Who sends it"), lambda each: each.asked.owner),
    OfReturn("due", Column(label="Due so far", kind="model"), lambda each: each.due),
    OfReturn("came", text("What came"), returns_words),
)


def terms_words(paid: Paid) -> str:
    """Say how an element is paid: what whatever is done, and what of what is done."""
    if paid.element is None:
        return "no element of the payment scheme names these points of delivery"
    fixed, bands = paid.element.fixed, paid.element.bands
    said = [f"{number(100 * fixed)}% of the plan whatever is done"] if fixed else []
    for band in bands:
        end = "" if band.up_to is None else f" up to {number(100 * band.up_to)}% of the plan"
        said.append(f"{number(100 * band.rate)}% of what is done{end}")
    if bands and bands[-1].up_to is not None:
        said.append("nothing beyond")
    return ", then ".join(said)


@names_near_misses
def contract_monitoring(report: Report, *, contract: str | None = None) -> ContractMonitoring:
    """Return plan and activity of a contract from April to the report's month, and what else it asks for.

    Parameters
    ----------
    report
        The open report on a provider; its period is one month.
    contract
        Id in `contracts.yml`; None takes the only one of that financial year, or none where there is none.

    Raises
    ------
    UsageError
        Where there is no such contract, or several to choose from.
    DataError
        Where the mart holds no lines of the organisation's contract.
    """
    year = year_of(report.period.last)
    known = report.register.contracts_of(report.organisation.code, year)
    if contract is None and len(known) > 1:
        several = f"{len(known)} of {year}"
        raise UsageError("contract", several, ", ".join(known), "name one of them")
    if contract is not None and contract not in known:
        allowed = ", ".join(known) or f"none is registered for {report.organisation.code} in {year}"
        raise UsageError("contract", contract, allowed, near_misses(contract, known))
    chosen = contract or next(iter(known), None)
    return analyse_in_room(ContractMonitoring, report.apart(), None if chosen is None else known[chosen])


class ContractMonitoring(Sections):
    """The whole report; without a contract in the register it has plan and activity alone."""

    def __init__(self, report: Report, contract: Contract | None) -> None:
        code, last = report.organisation.code, report.period.last
        frame = contract_lines(report.mart, code)
        if frame.empty:
            cure = "load a file with the columns of docs/reference/contracts.md"
            raise DataError(code, "the mart holds no lines of its contract", cure=cure)
        self.contract, self.year, self.day = contract, year_of(last), meeting_day(last, report.today)
        self.scheme = report.register.payment.get(self.year)
        balance = build_balance(frame, last, policy_of_records(), scheme=self.scheme, contract=contract)
        self.balance: Balance = as_told(balance, report)
        asks = contract or Contract(
            id="none", organisation=code, name="none", commissioner="none", year=self.year
        )
        names = {name: report.register.measures[name].name for name in asks.measures}
        results: dict[str, MeasureResult] = {}
        if names:
            results = results_for(report, asks.measures).by_measure
        self._standards = duties.standards(asks, results, names)
        self._earned = duties.earned(asks, results, names)
        self._returns = duties.returns(asks.information, last, self.day)
        self._experience = [results[name] for name in asks.experience if name in results]
        self._meetings = report.register.meetings_of(asks.id)
        past = [each for each in self._meetings if each.day <= self.day]
        self._decided = tuple(action for meeting in past for action in meeting.actions(code))
        super().__init__(report, sorted({"contract_lines", *datasets_behind(results.values())}))

    @property
    def _span(self) -> str:
        first, last = self.balance.months[0], self.balance.months[-1]
        return f"{first:%B} to {last:%B %Y}" if first != last else f"{last:%B %Y}"

    @part
    def headline(self) -> Headline:
        """What a contract team should know first: money, why, what is due, the year, quality, returns."""
        said = {
            "money": words.money_sentence(self.balance),
            "why": words.why_sentence(self.balance),
            "due": words.due_sentence(self.balance, self.scheme, self.year),
            "year": words.year_sentence(self.balance, rules=self.scheme is not None),
            "quality": words.quality_sentence(self._standards),
            "information": words.information_sentence(self._returns),
            "overdue": words.overdue_sentence(self._decided, self.day),
            "contract": words.contract_sentence(self.contract, self.scheme),
        }
        total = self.balance.total
        values = {
            "plan": thousands(total.planned_value),
            "value": thousands(total.value),
            "difference": thousands(total.split.against_plan),
            "due": thousands(self.balance.due),
        }
        return self.headline_of(first_bold(said), values)

    @part
    def one_page(self) -> Part:
        """Table: money, quality, patients' experience and returns beside each other."""
        furthest = [row for row in self.balance.rows[:3] if row.split.against_plan]
        rows: list[tuple[Cell, ...]] = [
            ("Money", f"Value delivered, {self._span}", words.money_sentence(self.balance)),
            *(("Money", row.name, words.gap_words(row)) for row in furthest),
            *(("Quality", each.name, duties.standard_words(each)) for each in self._standards),
            *(("Patients and governance", e.measure.name, standing_words(e)) for e in self._experience),
            *(("Returns", each.asked.name, duties.returns_words(each)) for each in self._returns),
        ]
        return self.part(
            "one-page",
            rows=rows,
            by="area",
            caption=f"What is paid for, and what is got: {self._span}.",
            on_slide=True,
            values={"rows": len(rows), "value": thousands(self.balance.total.value)},
        )

    @part
    def bridge(self) -> Part:
        """Figure: from a twelfth of the year's plan a month to what was delivered."""
        total = self.balance.total
        steps = {name.capitalize(): getattr(total.split, name) for name in reversed(PARTS)}
        amounts = {
            "Twelfths of the year's plan": total.value - total.split.total,
            **steps,
            "Delivered": total.value,
        }
        ends = [(name, thousands(pence) / 1000) for name, pence in amounts.items()]
        told = " ".join(f"{name}: £{number(amount, 2)}m." for name, amount in ends)
        return self.part(
            "bridge",
            rows=ends,
            caption=f"From equal twelfths of the year's plan to what was delivered, {self._span}, £m.",
            alt=f"{words.money_sentence(self.balance)} {told}",
            chart=partial(_draw, ends),
        )

    @part
    def specialties(self) -> Part:
        """Table: plan and activity by specialty, and why they differ; the furthest from plan first."""
        rows = self.balance.rows
        note = phrase("statements.contract.together") if self.balance.together else ""
        if any(row.name == SMALL for row in rows):
            note = phrase("statements.contract.small")
        return self.part(
            "specialties",
            **laid_out(ROWS, [*rows, *([self.balance.total] if len(rows) > 1 else [])], drop_alike=True),
            caption=f"Plan and activity by specialty, {self._span}.",
            note=note,
        )

    @part
    def payment(self) -> Part:
        """Table: what is due under the rules of the year, element by element."""
        said = words.due_sentence(self.balance, self.scheme, self.year)
        if self.balance.paid_together:
            said += " Elements are not shown apart: one counts few patients."
        due = {"due": escape_markdown(said)}
        if self.scheme is None or self.balance.paid_together:
            return self.part("payment", words=due)
        source = f"Source of the rules: {self.scheme.source}. {self.scheme.note}".strip()
        return self.part(
            "payment",
            **laid_out(PAID, self.balance.paid),
            caption=f"What is due, {self._span}: {self.scheme.name}.",
            note=escape_markdown(source),
            words=due,
        )

    @part
    def quality(self) -> Part:
        """Table: the quality schedule, the longest breach first, with what follows."""
        caption, none = "The quality schedule.", self._lacking("quality schedule")
        return self.part("quality", **laid_out(STANDARDS, self._standards), caption=caption, none=none)

    @part
    def incentives(self) -> Part:
        """Table: what incentives have earned by the latest values; a sentence where there is no scheme."""
        earned = words.incentive_sentence(self._earned) or self._lacking("incentive scheme")
        said = {"earned": escape_markdown(earned)}
        caption, table = "Incentives, by the latest values.", laid_out(INCENTIVES, self._earned)
        return self.part("incentives", **table, caption=caption, words=said)

    @part
    def information(self) -> Part:
        """Table: what was to be sent, and what came; what has not come first."""
        caption, none = "The information schedule.", self._lacking("information schedule")
        return self.part("information", **laid_out(RETURNS, self._returns), caption=caption, none=none)

    def _lacking(self, what: str) -> str:
        return words.lacking_sentence(what, has_contract=self.contract is not None)

    @part
    def agenda(self) -> Part:
        """Table: the next agenda: overdue actions, new breaches, what turned, returns, open actions."""
        if self.contract is None:
            return self.part("agenda", none=self._lacking("agenda"))
        held = self._standards, self._experience, self._returns
        return self.part(
            "agenda",
            rows=duties.agenda(*held, self._meetings, self._decided, self.day),
            by="kind",
            caption="The next agenda.",
            words={"meetings": escape_markdown(duties.meetings_words(self._meetings, self.day))},
            none="Nothing is due to be spoken of.",
        )

    @part
    def left_out(self) -> Part:
        """What has not been returned, specialty by specialty."""
        none = "Everything that was planned has been returned."
        return self.points("left-out", words.left_out_sentences(self.balance), none=none)

    @part
    def method(self) -> Part:
        """How the figures are worked out, point by point."""
        return self.part("method", words=phrases("method.contract"), bulleted=True)


def _draw(ends: list[tuple[str, float]]) -> Figure:
    from helpers.report.charts.comparison import bridge_chart

    return bridge_chart(ends, unit="£m")
