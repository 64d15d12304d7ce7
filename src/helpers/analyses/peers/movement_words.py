"""Sentences about how a trust and its peers moved, and what matching others would bring; tested by case."""

from __future__ import annotations

from typing import Literal

from helpers.analyses.peers.amounts import difference, value_words, when
from helpers.analyses.peers.movement import Movement
from helpers.analyses.peers.result import PeerComparison
from helpers.report.words import number, sentence


def movement_sentence(comparison: PeerComparison, movement: Movement | None) -> str:
    """Say how the organisation and its peers moved, by those with a figure in both periods."""
    if movement is None:
        return "There are too few earlier figures to say how the trust and its peers moved."
    then = when(comparison, movement.first.period)
    own = _moved(comparison, movement.own_change)
    peers = _moved(comparison, movement.peers_change)
    said = f"since {then} the trust's figure {own}; the median of the {movement.same:,} trusts with both {peers}"
    return f"{sentence(said)} {_relative(comparison, movement)}".strip()


def _moved(comparison: PeerComparison, change: float) -> str:
    if float(f"{abs(change):.{comparison.digits}f}") == 0:
        return "did not change"
    return f"{'rose' if change > 0 else 'fell'} by {difference(comparison, change)}"


def _relative(comparison: PeerComparison, movement: Movement) -> str:
    before, now = movement.first.percentile, movement.last.percentile
    if before is None or now is None:
        return ""
    verb = "lay above" if comparison.measure.direction == "neutral" else "did better than"
    said = (
        f"then it {verb} about {number(before.percent)}% of the others "
        f"(95% interval {number(before.low)}% to {number(before.high)}%), now {number(now.percent)}%"
    )
    change = place_change(movement)
    if change != "unsure":
        kinds = {"gain": "a rise", "loss": "a fall"} if comparison.measure.direction == "neutral" else {}
        return sentence(f"{said}: {kinds.get(change, f'a {change}')} beyond chance")
    return sentence(f"{said}: the intervals overlap, so the change of place may be chance")


def place_change(moved: Movement | None) -> Literal["gain", "loss", "unsure", ""]:
    """Say whether a change of place is more than chance: both intervals must lie apart."""
    before = moved.first.percentile if moved else None
    now = moved.last.percentile if moved else None
    if before is None or now is None:
        return ""
    if now.low > before.high:
        return "gain"
    return "loss" if now.high < before.low else "unsure"


def place_change_words(comparison: PeerComparison, moved: Movement) -> str:
    """Return a change of place for a table."""
    neutral = comparison.measure.direction == "neutral"
    said = {"gain": "higher" if neutral else "better", "loss": "lower" if neutral else "worse"}
    return {"unsure": "may be chance", "": ""}.get(place_change(moved)) or said.get(place_change(moved), "")


def gain_sentence(comparison: PeerComparison) -> str:
    """Say what reaching the benchmark would bring: certain first, and that it is an upper bound."""
    own = comparison.own
    if own is not None and comparison.model == "standardised_ratio":
        return (
            "What matching others would bring is not worked out: an event above those expected is not one that could "
            "have been avoided. A ratio asks for a closer look, no more."
        )
    gain = comparison.gain
    if gain is None:
        return ""
    level = f"{comparison.benchmark.words}, {value_words(comparison, comparison.benchmark.value)}"
    if float(number(gain.raw).replace(",", "")) == 0:
        return sentence(f"the trust already does as well as {level}: nothing is to be gained by it")
    up = comparison.measure.direction == "increase"
    said = f"matching {level}, would mean up to {number(gain.raw)} {'more' if up else 'fewer'}"
    if not gain.certain:
        return sentence(
            f"{said}, but the interval of the trust's figure includes that level, so none is certain"
        )
    return sentence(f"{said}, or {number(gain.shrunken)} allowing for chance; this is an upper bound")
