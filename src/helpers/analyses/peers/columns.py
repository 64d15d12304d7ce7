"""The columns of the peer benchmark's parts: each with what fills it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from helpers.analyses.peers import words
from helpers.analyses.peers.comparison import InGroup
from helpers.analyses.peers.movement import Movement, PeerMoment, place_change_words
from helpers.analyses.peers.result import Gain, PeerComparison, PeerValue
from helpers.bundle import Cell, Column
from helpers.measures.places.spread import Percentile
from helpers.phrases import phrases
from helpers.report.columns import Filled, Row, text
from helpers.report.controlled import finite
from helpers.report.words import capital, interval, listed, sentence

BEYOND: Final = "beyond the 99.8% limits of chance and the ordinary spread between trusts"
PLACE_WORDS: Final = (
    "share of the other trusts, with its 95% interval; of neutral measures the share that it lies above"
)


def _share(label: str) -> Column:
    return Column(label=label, kind="model", unit="%")


def percent_of(place: Percentile | None) -> Cell:
    """Return the expected share of the other trusts."""
    return None if place is None else place.percent


def _better_than(
    name: str, words: Callable[[Row], str], label: str = "Does better than (95% interval)"
) -> Filled[Row]:
    """Return a column of places among the other trusts in words."""
    return Filled(name, text(label), lambda row: words(row) or None, PLACE_WORDS)


def _short_name(name: str) -> str:
    """Return a trust's name without what all of them end with.

    >>> _short_name("Airedale NHS Foundation Trust"), _short_name("Barts Health NHS Trust")
    ('Airedale', 'Barts Health')
    """
    return name.removesuffix(" NHS Foundation Trust").removesuffix(" NHS Trust").rstrip(",")


# --- every measure ------------------------------------------------------------------------------------

Each = Filled[PeerComparison]


def _when(comparison: PeerComparison) -> str:
    when = words.short_when(comparison)
    return f"{when} (old)" if comparison.stale else when


def _own_value(comparison: PeerComparison) -> Cell:
    return words.short_value(comparison, comparison.own.value) if comparison.own else None


def _beyond(comparison: PeerComparison) -> Cell:
    own = comparison.own
    return words.flag_words(own.flag) if own and own.flag not in words.QUIET else None


def _number(name: str, label: str, cell: Callable[[PeerComparison], Cell]) -> Filled[PeerComparison]:
    return Each(name, Column(label=label, kind="rate", digits=3), cell, "in the unit", usual=False)


def _of_place(name: str, label: str, of: str, about: str, *, times: float = 1) -> Filled[PeerComparison]:
    """Return a column of one of the own percentile's numbers."""

    def cell(comparison: PeerComparison) -> Cell:
        place = comparison.own.percentile if comparison.own and not comparison.alike else None
        return None if place is None else finite(times * float(getattr(place, of)))

    return Each(name, _share(label), cell, about, usual=False)


STANDINGS: Final[tuple[Filled[PeerComparison], ...]] = (
    Each("measure", Column(label="Measure"), lambda each: each.measure.name),
    Each("period", text("Period"), _when, "that all trusts are compared at"),
    Each("this_trust", text("This trust"), _own_value),
    Each("median", text("Median"), lambda each: words.short_value(each, each.levels.median)),
    _better_than("place", lambda each: words.place_words(each)),
    Each("against_limits", text("Allowing for chance"), _beyond, f"{BEYOND}; empty within them"),
    Each("trusts", Column(label="Trusts", kind="rate"), lambda each: len(each.places.table), "compared"),
    Each("id", Column(label="Id"), lambda each: each.measure.id, "the register's", usual=False),
    _number("value", "Value", lambda each: each.own.value if each.own else None),
    _number("median_value", "Median", lambda each: each.levels.median),
    Each("unit", Column(label="Unit"), lambda each: each.unit, usual=False),
    _of_place("better_than", "Does better than", "percent", "expected share of the other trusts"),
    _of_place("better_than_low", "Low", "low", "lower end of its 95% interval"),
    _of_place("better_than_high", "High", "high", "upper end of its 95% interval"),
    _of_place("worst_quarter", "Worst quarter", "worst", "chance of being one of the worst quarter", times=100),
    _of_place("best_quarter", "Best quarter", "best", "chance of being one of the best quarter", times=100),
    Each("old", Column(label="Old"), lambda each: "old" if each.stale else "", "older than the register allows",
         usual=False),
)  # fmt: skip


# --- how they moved -----------------------------------------------------------------------------------

Moved = tuple[PeerComparison, Movement | None]
Move = Filled[Moved]


def _then_now(moved: Moved) -> Cell:
    comparison, found = moved
    if found is None:
        return None
    return ", ".join(words.short_when(comparison, each.period) for each in (found.first, found.last))


def _change(moved: Moved, whose: str) -> Cell:
    comparison, found = moved
    return None if found is None else words.change_words(comparison, float(getattr(found, whose)))


def _place_of(moved: Moved, moment: str) -> Percentile | None:
    found: PeerMoment | None = getattr(moved[1], moment, None)
    return found.percentile if found else None


_SAME: Final = "change of the median over the trusts with a figure in both periods"


MOVEMENTS: Final[tuple[Filled[Moved], ...]] = (
    Move("measure", Column(label="Measure"), lambda each: each[0].measure.name),
    Move("then_now", text("Then, now"), _then_now, "the periods that are compared"),
    Move("this_trust", text("This trust"), lambda each: _change(each, "own_change"), "of percentages in points"),
    Move("same_trusts", text("Median of the same trusts"), lambda each: _change(each, "peers_change"), _SAME),
    _better_than("place_then", lambda each: words.percentile_words(_place_of(each, "first")), "Did better than"),
    _better_than("place_now", lambda each: words.percentile_words(_place_of(each, "last")), "Does better than"),
    Move("change_of_place", text("Change of place"),
         lambda each: place_change_words(each[0], each[1]) if each[1] else "too few earlier figures"),
    Move("id", Column(label="Id"), lambda each: each[0].measure.id, "the register's", usual=False),
    Move("better_than_then", _share("Did better than"), lambda each: percent_of(_place_of(each, "first")), usual=False),
    Move("better_than_now", _share("Does better than"), lambda each: percent_of(_place_of(each, "last")), usual=False),
)  # fmt: skip


# --- what matching others would bring -----------------------------------------------------------------

Short = tuple[PeerComparison, Gain]
Worth = Filled[Short]


def _level(short: Short) -> str:
    level = short[0].benchmark
    return capital(f"{level.words}: {words.short_value(short[0], level.value)}")


def _counted(short: Short) -> str:
    measure = short[0].measure
    counted = measure.numerator
    if not counted[1:2].isupper() and counted[1:2] != "&":  # not "A&E attendances"
        counted = counted[:1].lower() + counted[1:]
    if measure.kind == "mean":  # the numerator adds up what the mean is of
        counted = f"{counted}, in {short[0].unit}"
    return f"{'More' if measure.direction == 'increase' else 'Fewer'}: {counted}"


_DRAWN: Final = "from the figure drawn towards the group's mean (empirical Bayes)"


def _model(label: str) -> Column:
    return Column(label=label, kind="model")


OPPORTUNITY: Final = (
    Worth("measure", Column(label="Measure"), lambda each: each[0].measure.name),
    Worth("benchmark", text("Benchmark"), _level),
    Worth("this_trust", text("This trust"), lambda each: _own_value(each[0])),
    Worth("what", text("What would change"), _counted),
    Worth("raw", _model("Raw"), lambda each: each[1].raw, "from the figure as it is"),
    Worth("allowing_for_chance", _model("Allowing for chance"), lambda each: each[1].shrunken, _DRAWN),
    Worth("certain", _model("Certain"), lambda each: each[1].certain, "where the interval leaves the benchmark out"),
    Worth("id", Column(label="Id"), lambda each: each[0].measure.id, "the register's", usual=False),
)  # fmt: skip


# --- one measure --------------------------------------------------------------------------------------


def trust_columns(comparison: PeerComparison) -> tuple[Filled[PeerValue], ...]:
    """Return the columns of every trust of a comparison, in its unit."""
    unit, digits = comparison.unit, comparison.digits

    def has_ends(each: PeerValue) -> bool:
        return not np.isnan(each.low) and comparison.method != "dots"

    def end(name: str, which: str) -> Filled[PeerValue]:
        column = Column(label=name.capitalize(), kind="model", unit=unit, digits=digits)
        about = f"{which} end of its 95% interval"
        return Filled(
            name, column, lambda each: getattr(each, name) if has_ends(each) else None, about, usual=False
        )

    def place(each: PeerValue) -> Percentile | None:
        return None if comparison.alike else each.percentile

    return (
        Filled("code", Column(label="Code"), lambda each: each.code),
        Filled("trust", text("Trust"), lambda each: _short_name(each.name)),
        Filled("value", Column(label="Value", kind="rate", unit=unit, digits=digits), lambda each: each.value),
        Filled("interval", text("95% interval"),
               lambda each: interval(each.low, each.high, digits) if has_ends(each) else None,
               "chance and ordinary variation between periods"),
        _better_than("place", lambda each: words.percentile_words(place(each))),
        Filled("against_limits", text("Allowing for chance"), lambda each: words.flag_words(each.flag), BEYOND),
        end("low", "lower"),
        end("high", "upper"),
        Filled("better_than", _share("Does better than"), lambda each: percent_of(place(each)),
               "share of the other trusts", usual=False),
        Filled("is_own", Column(label="Own"), lambda each: "own" if each.code == comparison.organisation else "",
               "the report's trust", usual=False),
    )  # fmt: skip


Group = Filled[InGroup]


def _level_of(each: InGroup, name: str) -> Cell:
    found = each.comparison
    return words.short_value(found, getattr(found.levels, name)) if found and found.others else None


def _group_place(each: InGroup) -> str:
    return words.place_words(each.comparison) if each.comparison and each.comparison.others else ""


def _group_note(each: InGroup) -> str:
    if each.comparison is None:
        return sentence(each.note)
    if not each.comparison.others:
        return "No other trust"
    return "Few trusts" if each.comparison.small else ""


GROUPS: Final = (
    Group("group", Column(label="Group"), lambda each: each.name),
    Group("who", text("Who"), lambda each: each.comparison.group.label if each.comparison else None),
    Group(
        "trusts",
        Column(label="Trusts", kind="rate"),
        lambda each: len(each.comparison.places.table) if each.comparison else None,
        "compared",
    ),
    Group("median", text("Median"), lambda each: _level_of(each, "median")),
    Group("best_quarter", text("Best quarter"), lambda each: _level_of(each, "best_quartile")),
    Group("together", text("All together"), lambda each: _level_of(each, "pooled")),
    _better_than("place", _group_place),
    Group("note", text("Note"), _group_note),
)


def moment_columns(comparison: PeerComparison) -> tuple[Filled[PeerMoment], ...]:
    """Return the columns of one measure over time, in its unit."""

    def figure(name: str, label: str, of: str) -> Filled[PeerMoment]:
        column = Column(label=label, kind="rate", unit=comparison.unit, digits=comparison.digits)
        return Filled(name, column, lambda each: getattr(each, of))

    return (
        Filled("period", text("Period"), lambda each: words.when(comparison, each.period)),
        figure("this_trust", "This trust", "value"),
        figure("lower_quartile", "Lower quartile", "lower_quartile"),
        figure("median", "Median", "median"),
        figure("upper_quartile", "Upper quartile", "upper_quartile"),
        Filled("trusts", Column(label="Trusts", kind="rate"), lambda each: each.members),
        _better_than("place", lambda each: words.percentile_words(each.percentile)),
    )


# --- who is not compared ------------------------------------------------------------------------------


def _left_out(reason: str) -> Filled[PeerComparison]:
    def cell(comparison: PeerComparison) -> Cell:
        codes = getattr(comparison.left_out, reason)
        return f"{len(codes):,}: {listed(codes, most=words.NAMED)}" if codes else None

    return Each(reason, text(phrases("names.not_compared")[reason]), cell, "number and codes of trusts")


def left_out_columns(reasons: list[str]) -> tuple[Filled[PeerComparison], ...]:
    """Return the columns of who cannot be compared, for the reasons that there are."""
    return (
        Each("measure", Column(label="Measure"), lambda each: each.measure.name),
        Each("period", text("Period"), words.short_when),
        Each("compared", Column(label="Compared", kind="rate"), lambda each: len(each.places.table)),
        *(_left_out(name) for name in reasons),
    )
