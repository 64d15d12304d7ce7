"""Sentences about the scenario: what fewer missed appointments would bring, and what that depends on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from helpers.phrases import phrase, phrases
from helpers.report.words import count, day_words, interval, month, number, sentence
from helpers.stats.dna.uncertainty import DrawnSpread

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
        return phrase("reasons.missed.nothing_to_vary")
    called = phrases("names.uncertain")
    words = [called[name] for name in names[:2]]
    words = [f"{'the s' if word.startswith('Share') else word[0].lower()}{word[1:]}" for word in words]
    return sentence("the result depends most on " + ", then on ".join(words))


def value_sentence(hours: float, income: float | None, *, past: bool) -> str:
    """Say what the recovered attendances are worth.

    >>> value_sentence(84.0, 37800.0, past=False)
    'They would take 84 hours of clinics, worth £37,800 at the price given.'
    """
    worth = "" if income is None else f", worth £{number(income)} at the price given"
    take = "have taken" if past else "take"
    return sentence(f"they would {take} {number(hours)} hours of clinics{worth}")
