"""The sentences of the DNA report, each made from findings or from the scenario and tested by case."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from helpers.bundle import Cell
from helpers.phrases import phrase, phrases
from helpers.report.words import count, day_words, interval, listed, month, number, possessive, sentence
from helpers.stats.dna.uncertainty import DrawnSpread


def rate_sentence(
    trust: str,
    missed: Cell,
    booked: Cell,
    rate: Cell,
    beside: str = "",
    *,
    hidden: bool = False,
    covered: tuple[int, int] | None = None,
) -> str:
    """Say how many appointments were missed, from figures as they may be shown; `beside` says how that lies to others.

    `hidden`: the counts leave out what the publisher has hidden; `covered`: months with figures, of how many.

    >>> rate_sentence("Northmoor", 80, 1000, 8.0, "above England's 6.7%")
    "Patients missed 80 of Northmoor's 1,000 appointments without notice: 8.0%, above England's 6.7%."
    >>> rate_sentence("Northmoor", 80, 1000, 8.0, hidden=True)[:76]
    "Patients missed at least 80 of Northmoor's at least 1,000 appointments witho"
    """
    if not all(isinstance(cell, int | float) for cell in (missed, booked, rate)):
        return phrase("reasons.missed.hidden")
    shown = [float(cell) for cell in (missed, booked, rate) if cell is not None]
    least = "at least " if hidden else ""
    within = f"in the {count(covered[0], 'month')} of {covered[1]} with figures " if covered else ""
    return sentence(
        f"{within}patients missed {least}{number(shown[0])} of {possessive(trust)} {least}{number(shown[1])} "
        f"appointments without notice: {number(shown[2], 1)}%{', ' if beside else ''}{beside}"
    )


def beside_words(rate: float, other: float, name: str) -> str:
    """Say how the rate lies to a common rate, both as they are read.

    >>> beside_words(8.0, 6.7, "England's"), beside_words(6.71, 6.7, "England's")
    ("above England's 6.7%", "the same as England's 6.7%")
    """
    alike = round(rate, 1) == round(other, 1)
    return f"{'the same as' if alike else 'above' if rate > other else 'below'} {name} {number(other, 1)}%"


def not_recorded_sentence(trust: str, rate: Cell) -> str:
    """Say that the trust's rate is a recording fault and no achievement.

    >>> not_recorded_sentence("Northmoor", 0.4)
    'Only 0.4% of appointments are recorded as missed: Northmoor does not record them, so it is not compared.'
    >>> not_recorded_sentence("Northmoor", 0.0)[:46]
    'Under 0.1% of appointments are recorded as mis'
    """
    share = number(float(rate), 1) if isinstance(rate, int | float) else None
    shown = "Under 1%" if share is None else "Under 0.1%" if share == "0.0" else f"Only {share}%"
    return phrase("reasons.missed.not_recorded", share=shown, trust=trust)


def best_sentence(best: float, excess: float) -> str:
    """Say how the missed appointments lie to the rate of the best quarter of trusts.

    >>> best_sentence(5.2, 1234)
    'At the 5.2% of the best quarter of trusts it would have been 1,234 fewer.'
    """
    if excess <= 0:
        return f"It is among the best quarter of trusts ({number(best, 1)}% or less)."
    return sentence(
        f"at the {number(best, 1)}% of the best quarter of trusts it would have been {number(excess)} fewer"
    )


def place_sentence(place: str, *, phi: float) -> str:
    """Say where the trust lies and what chance has to do with it.

    >>> place_sentence("high", phi=3.0)
    'This trust lies above the 99.8% limit: neither chance nor the ordinary variety between trusts explains it.'
    >>> place_sentence("upper quarter", phi=1739.6)[:38]
    'This trust lies in the highest quarter'
    """
    return phrases("standings.missed", phi=number(phi))[place.replace(" ", "_")]


def left_out_sentence(not_recorded: int) -> str:
    """Say how many trusts are not compared because they do not record missed appointments.

    >>> left_out_sentence(7)
    'Seven trusts with a rate under 1% do not record missed appointments and are not compared.'
    """
    if not not_recorded:
        return ""
    does, are = ("does", "is") if not_recorded == 1 else ("do", "are")
    trusts = count(not_recorded, "trust")
    return sentence(
        f"{trusts} with a rate under 1% {does} not record missed appointments and {are} not compared"
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


def highest_sentence(rates: Iterable[tuple[str, Cell]]) -> str:
    """Name the groups in which most and fewest appointments are missed, of those that are shown.

    >>> highest_sentence([("Urology", 5.1), ("Cardiology", "*"), ("Eyes", 9.25)])
    'Of those shown, most are missed in Eyes (9.2%), fewest in Urology (5.1%).'
    """
    told = [(rate, name) for name, rate in rates if rate is not None]
    shown = sorted((float(rate), name) for rate, name in told if not isinstance(rate, str))
    if len(shown) < 2 or number(shown[0][0], 1) == number(shown[-1][0], 1):
        return ""
    (low, few), *_, (high, most) = shown
    among = "Of those shown, most" if len(shown) < len(told) else "Most"
    return f"{among} are missed in {most} ({number(high, 1)}%), fewest in {few} ({number(low, 1)}%)."


def drivers_sentence(higher: Sequence[str], lower: Sequence[str]) -> str:
    """Name the groups with the highest and lowest odds, all else being equal.

    >>> drivers_sentence(["age 16 to 29"], ["age 65 to 79"])
    'At all trusts together, with all else equal, most are missed by: age 16 to 29; fewest by: age 65 to 79.'
    """
    if not higher and not lower:
        return "At all trusts together, no characteristic shifts the odds by more than chance explains."
    parts = [f"most are missed by: {listed(higher)}"] if higher else []
    parts += [f"{'fewest' if parts else 'fewest are missed'} by: {listed(lower)}"] if lower else []
    return f"At all trusts together, with all else equal, {'; '.join(parts)}."


def equity_sentence(slope: float, ends: tuple[float, float], avoided: Cell) -> str:
    """Say whether deprived patients miss more here, by the slope in points from most to least deprived.

    >>> equity_sentence(-6.0, (-9.0, -3.0), 120.0)[:63]
    'The most deprived patients miss 6.0 percentage points more than'
    """
    if ends[0] <= 0 <= ends[1]:
        gap = number(-slope, 1, signed=True)
        return phrase("statements.missed.equal", gap=gap, ends=interval(-ends[1], -ends[0]))
    who, whom = ("most", "least") if slope < 0 else ("least", "most")
    low, high = sorted(abs(end) for end in ends)
    words = sentence(
        f"the {who} deprived patients miss {number(abs(slope), 1)} percentage points more than the {whom} "
        f"deprived (95% interval {interval(low, high)})"
    )
    if slope < 0 and isinstance(avoided, int | float) and avoided > 0:
        words += f" At the rate of the least deprived fifth {number(float(avoided))} fewer would be missed."
    return words


#: smaller effects in patients are none
SMALLEST = 0.5
#: numbers of people below it are not told one by one, whatever they are numbers of
FEW = 8


def apart_sentence(months: int, list_month: date, period: str) -> str:
    """Say that list and missed appointments are of different times.

    >>> apart_sentence(61, date(2026, 4, 1), "April 2020 to March 2021")[:54]
    'The waiting list is of April 2026, the missed appointm'
    """
    gap = f"{months // 12} years" if months >= 24 else count(months, "month")
    return phrase("statements.missed.two_times", list=month(list_month), period=period, gap=gap)


def scenario_sentence(
    reduction: str, when: tuple[date, date], reach: tuple[float, float], *, certain: bool, past: bool
) -> str:
    """Say the one range to repeat: by how many patients the list is shorter at the horizon, negative where longer.

    `when` are the day on which the change begins and the horizon, which may be `past`. Where every input is one number
    (`certain`) the ends are told as they are, not roughly.

    >>> said = scenario_sentence("15%", (date(2026, 10, 1), date(2027, 3, 31)), (412, 1234), certain=False, past=False)
    >>> said[43:]
    '**the waiting list would be about 410 to 1,200 patients shorter by 31 March 2027** than without it.'
    """
    start, end = map(day_words, when)
    patients = reach_words(reach, certain=certain)
    ranges = phrases(
        "statements.missed_range", reduction=reduction, patients=patients, start=start, end=end
    )
    return ranges["past" if past else "now"]


def reach_words(reach: tuple[float, float], *, certain: bool) -> str:
    """Return by how many patients a list is shorter or longer, from the one end to the other.

    >>> reach_words((412, 1234), certain=False)
    'about 410 to 1,200 patients shorter'
    >>> reach_words((-63, -63), certain=True), reach_words((0.2, 0.3), certain=True)
    ('63 patients longer', 'no shorter')
    """
    if max(map(abs, reach)) < SMALLEST:
        return "no shorter"
    if reach[0] < -SMALLEST and reach[1] > SMALLEST:
        longer, shorter = (_span(0, abs(end), certain=certain) for end in reach)
        return f"between {longer} longer and {shorter} shorter"
    side = "longer" if reach[0] < -SMALLEST else "shorter"
    return f"{_span(*sorted(map(abs, reach)), certain=certain)} {side}"


def _span(low: float, high: float, *, certain: bool) -> str:
    """Return so many patients; what could be taken for a small count of people is told as less than that.

    >>> _span(412, 1234, certain=False), _span(2, 11, certain=False), _span(2, 5, certain=False)
    ('about 410 to 1,200 patients', 'up to about 11 patients', 'fewer than 8 patients')
    """
    about = "" if certain else "about "
    low, high = (value if certain else roughly(value) for value in (low, high))
    if round(high) < FEW:
        return f"fewer than {FEW} patients"
    ends = dict.fromkeys((number(low), number(high)))
    return (
        f"{about}{' to '.join(ends)} patients"
        if round(low) >= FEW
        else f"up to {about}{number(high)} patients"
    )


def roughly(value: float) -> float:
    """Return a number with its first two figures, as one repeats it.

    >>> roughly(1234), roughly(87), roughly(4.4)
    (1200, 87, 4)
    """
    whole = round(value)
    return round(whole, min(0, 2 - len(str(whole))))


def bounds_sentence(
    bounds: Sequence[tuple[float, float]], in_days: Sequence[float], *, certain: bool
) -> str:
    """Say what the range holds: eight of ten draws, of one way of counting or of two; and its middles in days.

    `bounds` are the 80% ends: where only slots of first appointments help the list, and where every slot does.

    >>> bounds_sentence([(315, 315)], [11.0003], certain=True)
    'That is 11.0 days of additions.'
    """
    middles = [number(abs(each), 1) for each in in_days]
    days_words = " and ".join(dict.fromkeys(middles))
    told = "Its middles are" if len(bounds) > 1 else "That is" if certain else "Its middle is"
    last = f"{told} {days_words} days of additions{' longer' if max(in_days) < 0 else ''}."
    if len(bounds) == 1:
        return last if certain else f"The range holds eight of ten draws. {last}"
    first, every = (reach_words(each, certain=certain).removesuffix(" shorter") for each in bounds)
    holds = "either count" if certain else "eight of ten draws by either count"
    return phrase("statements.missed.bounds", holds=holds, first=first, every=every, last=last)


def attendances_sentence(spread: DrawnSpread, *, certain: bool, past: bool) -> str:
    """Say how many attendances are gained.

    >>> attendances_sentence(DrawnSpread(315, 315, 315, 315, 315), certain=True, past=False)
    'It would fill 315 more slots that stand empty otherwise.'
    """
    chance = "" if certain else f" (95% interval {interval(spread.lower95, spread.upper95, 0)})"
    shown = number(spread.median)
    fill, stand = ("have filled", "stood") if past else ("fill", "stand")
    slots = "slot" if shown == "1" else "slots"
    return f"It would {fill} {shown} more {slots}{chance} that {stand} empty otherwise."


def chance_sentence(relief: float, wait: float | None, target: float | None) -> str:
    """Say how likely it is that the list gets shorter, and that a stated wait is reached.

    >>> chance_sentence(0.93, None, None)
    'In 93% of the draws the list gets shorter.'
    >>> chance_sentence(1.0, None, None)
    'In all of the draws the list gets shorter.'
    >>> chance_sentence(0.93, 0.0, 150)
    "In 93% of the draws the list gets shorter, and in none a newcomer's wait is 150 days or less."
    """
    words = f"in {_share_words(relief)} of the draws the list gets shorter"
    if wait is not None and target is not None:
        words += f", and in {_share_words(wait)} a newcomer's wait is {number(target)} days or less"
    return sentence(words)


def _share_words(share: float) -> str:
    return "all" if share >= 1 else "none" if share <= 0 else f"{number(100 * share)}%"


def sensitivity_sentence(names: Sequence[str]) -> str:
    """Say on which assumptions the result depends most.

    >>> sensitivity_sentence(["reduction", "filled", "rebooked"])
    'The result depends most on the share avoided, then on the share of slots filled anyway.'
    """
    if not names:
        return phrase("reasons.missed.nothing_to_vary")
    called = phrases("names.uncertain")
    words = [called[name] for name in names[:2]]
    words = [f"{'the s' if word.startswith('Share') else word[0].lower()}{word[1:]}" for word in words]
    return sentence("the result depends most on " + ", then on ".join(words))


def value_sentence(hours: float, income: float | None, *, past: bool) -> str:
    """Say what the recovered attendances are worth.

    >>> value_sentence(84.0, 37800.0, past=False)
    'They would take 84 hours of clinics, worth £37,800 at the price given.'
    >>> value_sentence(1.2, None, past=True)
    'They would have taken one hour of clinics.'
    """
    worth = "" if income is None else f", worth £{number(income)} at the price given"
    take = "have taken" if past else "take"
    return sentence(f"they would {take} {count(round(hours), 'hour')} of clinics{worth}")
