"""The columns of the peer benchmark's parts: each with what fills it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from helpers.analyses.peers import amounts
from helpers.analyses.peers.findings import InGroup
from helpers.analyses.peers.movement import Movement, PeerMoment
from helpers.analyses.peers.movement_words import place_change_words
from helpers.analyses.peers.opportunity import Gain
from helpers.analyses.peers.result import PeerComparison, PeerValue
from helpers.bundle import Cell, Column
from helpers.measures.places.spread import Percentile
from helpers.report.columns import Filled, Row
from helpers.report.words import interval, sentence

PLACE_WORDS: Final = (
    "share of the other trusts, with its 95% interval; of neutral measures the share that it lies above"
)


def _text(label: str) -> Column:
    return Column(label=label, kind="text")


def _share(label: str) -> Column:
    return Column(label=label, kind="model", unit="%")


def _place(comparison: PeerComparison) -> Percentile | None:
    return comparison.own.percentile if comparison.own and not comparison.alike else None


def _better_than(
    name: str, words: Callable[[Row], str], label: str = "Does better than (95% interval)"
) -> Filled[Row]:
    """Return a column of places among the other trusts in words."""
    return Filled(name, _text(label), lambda row: words(row) or None, PLACE_WORDS)


def _short_name(name: str) -> str:
    """Return a trust's name without what all of them end with.

    >>> _short_name("Airedale NHS Foundation Trust"), _short_name("Barts Health NHS Trust")
    ('Airedale', 'Barts Health')
    """
    return name.removesuffix(" NHS Foundation Trust").removesuffix(" NHS Trust").rstrip(",")


# --- every measure ------------------------------------------------------------------------------------

Each = Filled[PeerComparison]


def _when(comparison: PeerComparison) -> str:
    when = amounts.short_when(comparison)
    return f"{when} (old)" if comparison.stale else when


def _own_value(comparison: PeerComparison) -> Cell:
    return amounts.short_value(comparison, comparison.own.value) if comparison.own else None


def _of_place(name: str, label: str, of: str, about: str, *, times: float = 1) -> Filled[PeerComparison]:
    """Return a column of one of the own percentile's numbers."""

    def cell(comparison: PeerComparison) -> Cell:
        place = _place(comparison)
        return None if place is None else times * float(getattr(place, of))

    return Each(name, _share(label), cell, about, usual=False)


STANDINGS: Final[tuple[Filled[PeerComparison], ...]] = (
    Each("measure", Column(label="Measure"), lambda each: each.measure.name),
    Each("period", _text("Period"), _when, "that all trusts are compared at"),
    Each("this_trust", _text("This trust"), _own_value),
    Each("median", _text("Median"), lambda each: amounts.short_value(each, each.levels.median)),
    _better_than("place", lambda each: amounts.place_words(each)),
    Each(
        "against_limits",
        _text("Allowing for chance"),
        lambda each: (
            amounts.flag_words(each.own.flag) if each.own and each.own.flag not in amounts.QUIET else None
        ),
        "beyond the 99.8% limits of chance and the ordinary spread between trusts; empty within them",
    ),
    Each("trusts", Column(label="Trusts", kind="rate"), lambda each: len(each.places.table), "compared"),
    Each("id", Column(label="Id"), lambda each: each.measure.id, "the register's", usual=False),
    Each(
        "value",
        Column(label="Value", kind="rate", digits=3),
        lambda each: each.own.value if each.own else None,
        "this trust's figure, in the unit",
        usual=False,
    ),
    Each(
        "median_value",
        Column(label="Median", kind="rate", digits=3),
        lambda each: each.levels.median,
        usual=False,
    ),
    Each("unit", Column(label="Unit"), lambda each: each.unit, usual=False),
    _of_place("better_than", "Does better than", "percent", "expected share of the other trusts"),
    _of_place("better_than_low", "Low", "low", "lower end of its 95% interval"),
    _of_place("better_than_high", "High", "high", "upper end of its 95% interval"),
    *(
        _of_place(
            f"{of}_quarter",
            f"{of.capitalize()} quarter",
            of,
            f"chance of being one of the {of} quarter",
            times=100,
        )
        for of in ("worst", "best")
    ),
    Each(
        "old",
        Column(label="Old"),
        lambda each: "old" if each.stale else "",
        "older than the register allows",
        usual=False,
    ),
)


# --- how they moved -----------------------------------------------------------------------------------

Moved = tuple[PeerComparison, Movement | None]
Move = Filled[Moved]


def _then_now(moved: Moved) -> Cell:
    comparison, found = moved
    if found is None:
        return None
    return ", ".join(amounts.short_when(comparison, each.period) for each in (found.first, found.last))


def _change(moved: Moved, whose: str) -> Cell:
    comparison, found = moved
    return None if found is None else amounts.change_words(comparison, float(getattr(found, whose)))


def _place_of(moved: Moved, moment: str) -> Percentile | None:
    found: PeerMoment | None = getattr(moved[1], moment, None)
    return found.percentile if found else None


def _percent_of(moved: Moved, moment: str) -> Cell:
    place = _place_of(moved, moment)
    return place.percent if place else None


MOVEMENTS: Final[tuple[Filled[Moved], ...]] = (
    Move("measure", Column(label="Measure"), lambda each: each[0].measure.name),
    Move("then_now", _text("Then, now"), _then_now, "the periods that are compared"),
    Move(
        "this_trust",
        _text("This trust"),
        lambda each: _change(each, "own_change"),
        "change of its figure; of percentages in points",
    ),
    Move(
        "same_trusts",
        _text("Median of the same trusts"),
        lambda each: _change(each, "peers_change"),
        "change of the median over the trusts with a figure in both periods",
    ),
    _better_than(
        "place_then", lambda each: amounts.percentile_words(_place_of(each, "first")), "Did better than"
    ),
    _better_than(
        "place_now", lambda each: amounts.percentile_words(_place_of(each, "last")), "Does better than"
    ),
    Move(
        "change_of_place",
        _text("Change of place"),
        lambda each: place_change_words(each[0], each[1]) if each[1] else "too few earlier figures",
    ),
    Move("id", Column(label="Id"), lambda each: each[0].measure.id, "the register's", usual=False),
    Move(
        "better_than_then",
        _share("Did better than"),
        lambda each: _percent_of(each, "first"),
        "expected share of the other trusts then",
        usual=False,
    ),
    Move(
        "better_than_now",
        _share("Does better than"),
        lambda each: _percent_of(each, "last"),
        "expected share of the other trusts now",
        usual=False,
    ),
)


# --- what matching others would bring -----------------------------------------------------------------

Short = tuple[PeerComparison, Gain]
Worth = Filled[Short]


def _level(short: Short) -> str:
    level = short[0].benchmark
    words = f"{level.words}: {amounts.short_value(short[0], level.value)}"
    return words[:1].upper() + words[1:]


def _counted(short: Short) -> str:
    measure = short[0].measure
    counted = measure.numerator
    if not counted[1:2].isupper() and counted[1:2] != "&":  # not "A&E attendances"
        counted = counted[:1].lower() + counted[1:]
    if measure.kind == "mean":  # the numerator adds up what the mean is of
        counted = f"{counted}, in {short[0].unit}"
    return f"{'More' if measure.direction == 'increase' else 'Fewer'}: {counted}"


OPPORTUNITY: Final = (
    Worth("measure", Column(label="Measure"), lambda each: each[0].measure.name),
    Worth("benchmark", _text("Benchmark"), _level),
    Worth("this_trust", _text("This trust"), lambda each: _own_value(each[0])),
    Worth("what", _text("What would change"), _counted),
    Worth("raw", Column(label="Raw", kind="model"), lambda each: each[1].raw, "from the figure as it is"),
    Worth(
        "allowing_for_chance",
        Column(label="Allowing for chance", kind="model"),
        lambda each: each[1].shrunken,
        "from the figure drawn towards the group's mean (empirical Bayes)",
    ),
    Worth(
        "certain",
        Column(label="Certain", kind="model"),
        lambda each: each[1].certain,
        "the same, only where the 95% interval leaves the benchmark out",
    ),
    Worth("id", Column(label="Id"), lambda each: each[0].measure.id, "the register's", usual=False),
)


# --- one measure --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Member:
    """A trust of a comparison."""

    comparison: PeerComparison
    member: PeerValue

    @property
    def ends(self) -> tuple[float, float] | None:
        """The 95 % interval; None where figures are shown alone."""
        if np.isnan(self.member.low) or self.comparison.method == "dots":
            return None
        return self.member.low, self.member.high


def trust_columns(comparison: PeerComparison) -> tuple[Filled[Member], ...]:
    """Return the columns of every trust of a comparison, in its unit."""
    unit, digits = comparison.unit, comparison.digits

    def end(name: str, place: int) -> Filled[Member]:
        return Filled(
            name,
            Column(label=name.capitalize(), kind="model", unit=unit, digits=digits),
            lambda each: each.ends[place] if each.ends else None,
            f"{'lower' if place == 0 else 'upper'} end of its 95% interval",
            usual=False,
        )

    def percent(each: Member) -> Cell:
        place = each.member.percentile
        return None if comparison.alike or place is None else place.percent

    return (
        Filled("code", Column(label="Code"), lambda each: each.member.code),
        Filled("trust", _text("Trust"), lambda each: _short_name(each.member.name)),
        Filled(
            "value",
            Column(label="Value", kind="rate", unit=unit, digits=digits),
            lambda each: each.member.value,
        ),
        Filled(
            "interval",
            _text("95% interval"),
            lambda each: interval(*each.ends, digits) if each.ends else None,
            "chance and the ordinary variation from one period to the next",
        ),
        _better_than(
            "place",
            lambda each: "" if comparison.alike else amounts.percentile_words(each.member.percentile),
        ),
        Filled(
            "against_limits",
            _text("Allowing for chance"),
            lambda each: amounts.flag_words(each.member.flag),
            "limits of 99.8%: of chance and the ordinary spread between trusts",
        ),
        end("low", 0),
        end("high", 1),
        Filled(
            "better_than", _share("Does better than"), percent, "share of the other trusts", usual=False
        ),
        Filled(
            "is_own",
            Column(label="Own"),
            lambda each: "own" if each.member.code == comparison.organisation else "",
            "the report's trust",
            usual=False,
        ),
    )


Group = Filled[InGroup]


def _compared(each: InGroup) -> PeerComparison | None:
    return each.comparison if each.comparison and each.comparison.others else None


def _level_of(each: InGroup, name: str) -> Cell:
    comparison = _compared(each)
    return amounts.short_value(comparison, getattr(comparison.levels, name)) if comparison else None


def _group_place(each: InGroup) -> str:
    comparison = _compared(each)
    return amounts.place_words(comparison) if comparison else ""


def _group_note(each: InGroup) -> str:
    if each.comparison is None:
        return sentence(each.note)
    if not each.comparison.others:
        return "No other trust"
    return "Few trusts" if each.comparison.small else ""


GROUPS: Final = (
    Group("group", Column(label="Group"), lambda each: each.name),
    Group("who", _text("Who"), lambda each: each.comparison.group.label if each.comparison else None),
    Group(
        "trusts",
        Column(label="Trusts", kind="rate"),
        lambda each: len(each.comparison.places.table) if each.comparison else None,
        "compared",
    ),
    Group("median", _text("Median"), lambda each: _level_of(each, "median")),
    Group("best_quarter", _text("Best quarter"), lambda each: _level_of(each, "best_quartile")),
    Group("together", _text("All together"), lambda each: _level_of(each, "pooled")),
    _better_than("place", _group_place),
    Group("note", _text("Note"), _group_note),
)


def moment_columns(comparison: PeerComparison) -> tuple[Filled[PeerMoment], ...]:
    """Return the columns of one measure over time, in its unit."""

    def figure(name: str, label: str, of: str) -> Filled[PeerMoment]:
        column = Column(label=label, kind="rate", unit=comparison.unit, digits=comparison.digits)
        return Filled(name, column, lambda each: getattr(each, of))

    return (
        Filled("period", _text("Period"), lambda each: amounts.when(comparison, each.period)),
        figure("this_trust", "This trust", "value"),
        figure("lower_quartile", "Lower quartile", "lower_quartile"),
        figure("median", "Median", "median"),
        figure("upper_quartile", "Upper quartile", "upper_quartile"),
        Filled("trusts", Column(label="Trusts", kind="rate"), lambda each: each.members),
        _better_than("place", lambda each: amounts.percentile_words(each.percentile)),
    )


# --- who is not compared ------------------------------------------------------------------------------

REASONS: Final = {
    "missing": "No figure",
    "suppressed": "Suppressed",
    "not_recorded": "Not recorded",
    "impossible": "Impossible",
    "small_base": "Base too small",
}


def _left_out(reason: str) -> Filled[PeerComparison]:
    def cell(comparison: PeerComparison) -> Cell:
        codes = getattr(comparison.left_out, reason)
        return f"{len(codes):,}: {amounts.named(codes)}" if codes else None

    return Each(reason, _text(REASONS[reason]), cell, "number and codes of trusts")


def left_out_columns(reasons: list[str]) -> tuple[Filled[PeerComparison], ...]:
    """Return the columns of who cannot be compared, for the reasons that there are."""
    return (
        Each("measure", Column(label="Measure"), lambda each: each.measure.name),
        Each("period", _text("Period"), amounts.short_when),
        Each("compared", Column(label="Compared", kind="rate"), lambda each: len(each.places.table)),
        *(_left_out(name) for name in reasons),
    )
