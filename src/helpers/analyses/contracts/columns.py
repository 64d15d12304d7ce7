"""The columns of a contract's tables: specialties, what pays them, and what else the contract asks for."""

from __future__ import annotations

from typing import Final

from helpers.analyses.contracts.duties import Earned, Returns, Standard, returns_words, standard_words
from helpers.analyses.contracts.lines import Paid, Variance
from helpers.bundle import Column
from helpers.data.policy import policy_of_records
from helpers.report.columns import Filled
from helpers.report.words import number

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


def _words(label: str) -> Column:
    return Column(label=label, kind="text")


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
    OfPaid("terms", _words("Terms"), lambda each: terms_words(each)),
    OfPaid("source", _words("Source"), lambda e: e.element.source if e.element else None, usual=False),
)
STANDARDS: Final = (
    OfStandard("standard", Column(label="Standard"), lambda each: each.name),
    OfStandard("standing", _words("Where it stands"), standard_words),
    OfStandard("consequence", _words("Agreed consequence of a breach"), lambda e: e.asked.consequence),
)
INCENTIVES: Final = (
    OfIncentive("indicator", Column(label="Indicator"), lambda each: each.name),
    OfIncentive(
        "slides", _words("Nothing at, all at"), lambda each: f"{each.asked.low:g}, {each.asked.high:g}"
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
    OfIncentive("source", _words("Source"), lambda each: each.asked.source),
)
RETURNS: Final = (
    OfReturn("item", Column(label="Return"), lambda each: each.asked.name),
    OfReturn("owner", _words("Who sends it"), lambda each: each.asked.owner),
    OfReturn("due", Column(label="Due so far", kind="model"), lambda each: each.due),
    OfReturn("came", _words("What came"), returns_words),
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
