"""The sentences of the DNA report, each made from findings and tested by case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from helpers.bundle import Cell
from helpers.data.appointments import MOST_HIDDEN
from helpers.report.controlled_charts import WITHOUT_LIMITS
from helpers.report.words import count, days, interval, listed, month, number, sentence
from helpers.stats.dna.uncertainty import Spread

NO_MONTHS = "No chart is drawn: too few patients miss their appointment in a month for months to be shown."
NO_TREND = "Nothing is said of single months."
HIDDEN = "Too few patients came or missed their appointment for the figures to be shown."
#: what each parameter of the scenario is called
NAMES = {
    "missed": "Missed appointments",
    "reduction": "Share of missed appointments that is avoided",
    "filled": "Share of missed slots that are filled anyway, by overbooking",
    "rebooked": "Share of missed appointments that are booked again",
    "ramp_weeks": "Weeks until the whole reduction is reached",
    "additions": "Additions to the waiting list",
    "waiting_list": "Patients on the waiting list",
    "removals": "Removals from the waiting list",
    "first_minutes": "Length of a first appointment",
    "follow_up_minutes": "Length of a follow-up",
    "price": "Income for an attendance",
}
SHORT_NAMES = {
    "reduction": "Share avoided",
    "filled": "Share of slots filled anyway",
    "rebooked": "Share booked again",
    "ramp_weeks": "Weeks until it works fully",
}
#: smaller effects in days are shown as none
SMALLEST_DAYS = 0.05


def rate_sentence(
    trust: str,
    missed: Cell,
    booked: Cell,
    rate: Cell,
    ends: tuple[float, float],
    *,
    hidden: int = 0,
    covered: tuple[int, int] | None = None,
) -> str:
    """Say how many appointments were missed, from figures as they may be shown.

    Parameters
    ----------
    trust
        Its name.
    missed, booked, rate, ends
        The counts, the rate in per cent and its 95% interval.
    hidden
        Months in which the publisher has hidden a number, which the counts leave out.
    covered
        Months with figures, and months of the period, where they are not the same.

    >>> rate_sentence("Northmoor", 80, 1000, 8.0, (6.5, 9.8))
    "Patients missed 80 of Northmoor's 1,000 appointments without notice: 8.0% (95% interval 6.5% to 9.8%)."
    >>> rate_sentence("Northmoor", 80, 1000, 8.0, (6.5, 9.8), hidden=2)[:76]
    "Patients missed at least 80 of Northmoor's at least 1,000 appointments witho"
    """
    if not all(isinstance(cell, int | float) for cell in (missed, booked, rate)):
        return HIDDEN
    shown = [float(cell) for cell in (missed, booked, rate) if cell is not None]
    least = "at least " if hidden else ""
    within = f"in the {count(covered[0], 'month')} of {covered[1]} with figures " if covered else ""
    said = sentence(
        f"{within}patients missed {least}{number(shown[0])} of {possessive(trust)} {least}{number(shown[1])} "
        f"appointments without notice: {number(shown[2], 1)}% (95% interval {interval(*ends, unit='%')})"
    )
    return f"{said} {hidden_sentence(hidden)}" if hidden else said


def hidden_sentence(months: int) -> str:
    """Say that counts are bounds.

    >>> hidden_sentence(7)
    'In seven months the publisher has hidden a number from 1 to 7, which is left out here.'
    """
    return sentence(
        f"in {count(months, 'month')} the publisher has hidden a number from 1 to {MOST_HIDDEN}, which is left "
        "out here"
    )


def not_recorded_sentence(trust: str, rate: Cell) -> str:
    """Say that the trust's rate is a recording fault and no achievement.

    >>> not_recorded_sentence("Northmoor", 0.4)
    'Only 0.4% of appointments are recorded as missed: Northmoor does not record them, so it is not compared.'
    """
    shown = f"{number(float(rate), 1)}%" if isinstance(rate, int | float) else "under 1%"
    return (
        f"Only {shown} of appointments are recorded as missed: {trust} does not record them, so it is not "
        "compared."
    )


def compared_sentence(rate: float, other: float, name: str, best: float, excess: float) -> str:
    """Say how the rate lies to a common rate and to that of the best quarter of trusts.

    >>> compared_sentence(8.0, 6.7, "England's", 5.2, 1234)
    "That is above England's 6.7%. At the 5.2% of the best quarter of trusts it would have been 1,234 fewer."
    """
    if round(rate, 1) == round(other, 1):  # as they are read
        first = f"that is the same as {name} {number(other, 1)}%"
    else:
        first = f"that is {'above' if rate > other else 'below'} {name} {number(other, 1)}%"
    if excess <= 0:
        return f"{sentence(first)} It is among the best quarter of trusts ({number(best, 1)}% or less)."
    return (
        f"{sentence(first)} At the {number(best, 1)}% of the best quarter of trusts it would have been "
        f"{number(excess)} fewer."
    )


def spread_sentence(trusts: int, lowest: float, quartiles: tuple[float, float], highest: float) -> str:
    """Say how far the trusts lie apart.

    >>> spread_sentence(120, 2.1, (5.2, 8.1), 12.4)
    'Among 120 trusts the rate runs from 2.1% to 12.4%; half of them lie between 5.2% and 8.1%.'
    """
    return sentence(
        f"among {count(trusts, 'trust')} the rate runs from {number(lowest, 1)}% to {number(highest, 1)}%; "
        f"half of them lie between {number(quartiles[0], 1)}% and {number(quartiles[1], 1)}%"
    )


def place_sentence(place: str, *, caterpillar: bool, phi: float) -> str:
    """Say where the trust lies and what chance has to do with it.

    >>> place_sentence("high", caterpillar=False, phi=3.0)
    'This trust lies above the 99.8% limit: neither chance nor the ordinary variety between trusts explains it.'
    >>> place_sentence("upper quarter", caterpillar=True, phi=1739.6)[:38]
    'This trust lies in the highest quarter'
    """
    if caterpillar:
        where = {
            "lower quarter": "in the lowest quarter",
            "middle": "in the middle half",
            "upper quarter": "in the highest quarter",
        }[place]
        return sentence(
            f"this trust lies {where}. The trusts vary {number(phi)} times as much as chance alone would have "
            "it, so no limits are drawn: whom a trust serves and how it books explain more than luck"
        )
    if place == "within":
        return sentence("this trust lies within the range that chance and the ordinary variety explain")
    side = "above" if place == "high" else "below"
    return sentence(
        f"this trust lies {side} the 99.8% limit: neither chance nor the ordinary variety between trusts "
        "explains it"
    )


def left_out_sentence(not_recorded: int) -> str:
    """Say how many trusts are not compared because they do not record missed appointments.

    >>> left_out_sentence(7)
    'Seven trusts with a rate under 1% do not record missed appointments and are not compared.'
    """
    if not not_recorded:
        return ""
    does = "does" if not_recorded == 1 else "do"
    are = "is" if not_recorded == 1 else "are"
    with_rate = count(not_recorded, "trust")
    return sentence(
        f"{with_rate} with a rate under 1% {does} not record missed appointments and {are} not compared"
    )


def trend_sentence(when: date, rate: Cell, outside: int, *, shifted: bool, points: int) -> str:
    """Say what the latest month shows, and whether the months hold together.

    >>> trend_sentence(date(2026, 9, 1), 8.1, 0, shifted=False, points=24)
    'In September 2026 the rate was 8.1%, within the ordinary variation of this process.'
    """
    if not isinstance(rate, int | float):
        return f"The figures of {month(when)} are too small to be shown."
    found = f"in {month(when)} the rate was {number(float(rate), 1)}%"
    why = {
        1: "above the upper limit: a cause for concern",
        -1: "below the lower limit: an improvement",
        0: "within the ordinary variation of this process",
    }[outside]
    notes = [sentence(f"{found}, {why}")]
    if shifted:
        notes.append("The months run too long on one side of the mean for chance: the rate has shifted.")
    if points < 13:
        notes.append(f"The limits rest on {count(points, 'month')} and are provisional.")
    return " ".join(notes)


def rate_without_limits(when: date, rate: Cell) -> str:
    """Say what the latest month shows where limits would tell a month that must be hidden.

    >>> rate_without_limits(date(2026, 9, 1), 8.1)[:40]
    'In September 2026 the rate was 8.1%. No '
    """
    return f"In {month(when)} the rate was {number(float(rate or 0), 1)}%. {WITHOUT_LIMITS}"


def apart_sentence(months: int, list_month: date, period: str) -> str:
    """Say that list and missed appointments are of different times.

    >>> apart_sentence(61, date(2026, 4, 1), "April 2020 to March 2021")[:54]
    'The waiting list is of April 2026, the missed appointm'
    """
    gap = f"{months // 12} years" if months >= 24 else count(months, "month")
    return sentence(
        f"the waiting list is of {month(list_month)}, the missed appointments of {period}: about {gap} apart, "
        "so the days below mix two different times"
    )


def scenario_sentence(horizon: date, bounds: Sequence[Spread], *, certain: bool) -> str:
    """Say by how many days of additions the list is shorter at the horizon: one bound, or two.

    >>> worked = Spread(11.0003, 11.0003, 11.0003, 11.0003, 11.0003)
    >>> scenario_sentence(date(2027, 3, 31), [worked], certain=True)
    'By 31 March 2027 the list is shorter by 11.0 days of additions.'
    """
    when = f"by {horizon.day} {month(horizon)}"
    middles = sorted(bound.median for bound in bounds)
    if max(abs(middle) for middle in middles) < SMALLEST_DAYS:
        return sentence(f"{when} the list is no shorter")
    low, high = min(bound.low95 for bound in bounds), max(bound.high95 for bound in bounds)
    chance = "" if certain else f" (95% interval {interval(low, high)})"
    if middles[0] < 0 < middles[-1]:
        said = f"between {days(-middles[0])} of additions longer and {days(middles[-1])} shorter"
        return sentence(f"{when} the list is {said}{chance}")
    side = "longer" if middles[0] < 0 else "shorter"
    if middles[0] < 0:
        chance = "" if certain else f" (95% interval {interval(-high, -low)})"
    ends = sorted(number(abs(middle), 1) for middle in middles)
    ends = sorted(dict.fromkeys(ends), key=float)
    shown = f"{ends[0]} to {ends[1]} days" if len(ends) == 2 else f"{ends[0]} days"
    return sentence(f"{when} the list is {side} by {shown} of additions{chance}")


def attendances_sentence(spread: Spread, *, certain: bool) -> str:
    """Say how many attendances are gained.

    >>> attendances_sentence(Spread(315, 315, 315, 315, 315), certain=True)
    'The scenario fills 315 more slots that would have stood empty.'
    """
    chance = "" if certain else f" (95% interval {interval(spread.low95, spread.high95, 0)})"
    shown = number(spread.median)
    return f"The scenario fills {shown} more {'slot' if shown == '1' else 'slots'}{chance} that would have stood empty."


def chance_sentence(relief: float, wait: float | None, target: float | None) -> str:
    """Say how likely it is that the list gets shorter, and that a stated wait is reached.

    >>> chance_sentence(0.93, None, None)
    'In 93% of the draws the list gets shorter.'
    """
    words = f"in {number(100 * relief)}% of the draws the list gets shorter"
    if wait is not None and target is not None:
        words += f", and in {number(100 * wait)}% a newcomer's wait is {number(target)} days or less"
    return sentence(words)


def sensitivity_sentence(names: Sequence[str]) -> str:
    """Say on which assumptions the result depends most.

    >>> sensitivity_sentence(["reduction", "filled", "rebooked"])
    'The result depends most on the share avoided, then on the share of slots filled anyway.'
    """
    if not names:
        return "Every assumption is one number, so there is nothing to vary."
    words = [SHORT_NAMES[name] for name in names[:2]]
    words = [f"{'the ' if word.startswith('Share') else ''}{word[:1].lower()}{word[1:]}" for word in words]
    return sentence("the result depends most on " + ", then on ".join(words))


def value_sentence(hours: float, income: float | None) -> str:
    """Say what the recovered attendances are worth.

    >>> value_sentence(84.0, 37800.0)
    'They fill 84 hours of clinics, worth £37,800 at the price given.'
    """
    worth = "" if income is None else f", worth £{number(income)} at the price given"
    return sentence(f"they fill {number(hours)} hours of clinics{worth}")


def drivers_sentence(higher: Sequence[str], lower: Sequence[str]) -> str:
    """Name the groups with the highest and lowest odds, all else being equal.

    >>> drivers_sentence(["age 16 to 29"], ["age 65 to 79"])
    'All else being equal, appointments are missed most by: age 16 to 29; least by: age 65 to 79.'
    """
    if not higher and not lower:
        return "No characteristic shifts the odds by more than chance explains."
    parts = [f"most by: {listed(higher)}"] if higher else []
    parts += [f"least by: {listed(lower)}"] if lower else []
    return f"All else being equal, appointments are missed {'; '.join(parts)}."


def equity_sentence(slope: float, ends: tuple[float, float], avoided: Cell) -> str:
    """Say whether deprived patients miss more appointments here, and what ending that would bring.

    Parameters
    ----------
    slope, ends
        Slope index in percentage points, most to least deprived, and its 95 % interval.
    avoided
        Missed appointments that would not happen, as they may be shown.

    >>> equity_sentence(-6.0, (-9.0, -3.0), 120.0)[:63]
    'The most deprived patients miss 6.0 percentage points more than'
    """
    if ends[0] <= 0 <= ends[1]:
        return sentence(
            "the difference between the most and the least deprived patients of this trust is within what "
            f"chance explains ({number(-slope, 1, signed=True)} percentage points, 95% interval "
            f"{interval(-ends[1], -ends[0])})"
        )
    who, whom = ("most", "least") if slope < 0 else ("least", "most")
    low, high = sorted(abs(end) for end in ends)
    words = sentence(
        f"the {who} deprived patients miss {number(abs(slope), 1)} percentage points more than the {whom} "
        f"deprived (95% interval {interval(low, high)})"
    )
    if slope < 0 and isinstance(avoided, int | float) and avoided > 0:
        words += f" At the rate of the least deprived fifth {number(float(avoided))} fewer would be missed."
    return words


def possessive(name: str) -> str:
    """Return the possessive of a name.

    >>> possessive("Guy's"), possessive("Northmoor")
    ("Guy's'", "Northmoor's")
    """
    return f"{name}'" if name.endswith("s") else f"{name}'s"
