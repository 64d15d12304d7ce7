"""What the first page of the peer benchmark says, and which measures it dwells on."""

from __future__ import annotations

from collections.abc import Sequence

from helpers.report.peers import words
from helpers.report.peers.comparison import PeerComparison, Percentile
from helpers.report.peers.findings import PeerFindings
from helpers.report.words import count, listed, sentence


def single_lines(comparison: PeerComparison, found: PeerFindings) -> list[str]:
    """Return the headline of a report on one measure: value first, then position, method, movement."""
    first = words.value_sentence(comparison)
    rest = [
        words.position_sentence(comparison),
        words.flag_sentence(comparison),
        words.stale_sentence(comparison),
        old_sentence(comparison, found),
        words.small_sentence(comparison),
    ]
    lines = [f"{comparison.measure.name}: {first[:1].lower()}{first[1:]}"]
    lines.append(" ".join(part for part in rest if part) or words.method_sentence(comparison))
    if comparison.own:
        moved = found.movements[comparison.measure.id]
        lines.append(words.movement_sentence(comparison, moved))
    return [line for line in lines if line]


def measure_words(comparison: PeerComparison, found: PeerFindings) -> str:
    """Return what is said below a measure's chart."""
    return f"{words.peer_sentences(comparison)} {old_sentence(comparison, found)}".strip()


def old_sentence(comparison: PeerComparison, found: PeerFindings) -> str:
    """Say that figures are older than the register allows; empty where they are not."""
    if not found.stale(comparison):
        return ""
    return sentence(
        f"these figures are old: the register allows {comparison.measure.stale_after_days} days after the period, "
        "so they say nothing of today"
    )


def all_lines(found: PeerFindings) -> list[str]:
    """Return the headline of a report on all measures: very likely best, very likely worst, the rest, what moved."""
    fresh = [each for each in found.compared if not found.stale(each)]
    placed = [
        each for each in fresh if each.own and each.own.percentile and each.measure.direction != "neutral"
    ]
    lines = [_first_line(found, placed)]
    best, worst = in_quarter(placed, best=True), in_quarter(placed, best=False)
    for chosen, edge in ((worst, "worst"), (best, "best")):
        if chosen:
            lines.append(sentence(f"very likely in the {edge} quarter of trusts by {_names(chosen)}"))
    rest = len(placed) - len(best) - len(worst)
    if rest and placed:
        lines.append(
            sentence(
                f"by {'the other ' if best or worst else ''}{count(rest, 'measure')} it may be in more than one quarter"
            )
        )
    lines.append(_moved_line(found, placed))
    old = [each for each in found.compared if found.stale(each)]
    if old:
        verb = "are" if len(old) > 1 else "is"
        lines.append(
            sentence(
                f"{count(len(old), 'measure')} {verb} older than the register allows and "
                f"{verb} not counted here: {_names(old)}"
            )
        )
    return [line for line in lines if line]


def _first_line(found: PeerFindings, placed: Sequence[PeerComparison]) -> str:
    name = found.organisation.name
    if not placed:
        return sentence(f"by no measure with figures new enough can {name} be placed among other trusts")
    group = placed[0].group.label
    return sentence(f"{name} can be placed among {group} by {count(len(placed), 'measure')}")


def in_quarter(placed: Sequence[PeerComparison], *, best: bool) -> list[PeerComparison]:
    """Return the comparisons whose whole interval lies in the best, or the worst, quarter."""

    def wholly(place: Percentile | None) -> bool:
        return place is not None and (place.low >= 75 if best else place.high <= 25)

    return [each for each in placed if each.own and wholly(each.own.percentile)]


def standing_apart(found: PeerFindings) -> list[PeerComparison]:
    """Return the measures by which the trust clearly stands apart: the worst first, old figures last."""
    ranked = []
    for each in found.compared:
        own = each.own
        if own is None or each.measure.direction == "neutral":
            continue
        place = own.percentile
        worst = own.flag == "worse" or bool(in_quarter([each], best=False))
        best = own.flag == "better" or bool(in_quarter([each], best=True))
        if place is not None and (worst or best):
            ranked.append((found.stale(each), not worst, place.percent if worst else -place.percent, each))
    return [each for *_, each in sorted(ranked, key=lambda entry: entry[:3])]


def _moved_line(found: PeerFindings, placed: Sequence[PeerComparison]) -> str:
    moved = {each.measure.id: words.place_change(found.movements[each.measure.id]) for each in placed}
    said = [
        f"{verb} place by {_names(chosen)}"
        for verb, change in (("gained", "gain"), ("lost", "loss"))
        if (chosen := [each for each in placed if moved[each.measure.id] == change])
    ]
    if not said:
        return ""
    return sentence(
        f"over {count(found.options.months, 'month')}, and beyond chance, it {' and '.join(said)}"
    )


def _names(chosen: Sequence[PeerComparison]) -> str:
    names = [f"“{each.measure.name}”" for each in chosen]
    shown = names[: words.NAMED]
    if len(names) > len(shown):
        shown.append(count(len(names) - len(shown), "other"))
    return listed(shown)
