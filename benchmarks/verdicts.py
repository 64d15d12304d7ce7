"""A census of verdicts: what every board would be told of its measures, over all trusts of the mart.

Three pages that look well say nothing of what happened to forty boards. This works out pages one and two, the
sections and the scorecard of every trust with figures, as the reports do, and counts them: how many measures need
attention and why, whom page one tells that none does and by what figures, which targets are missed month after
month and where that is said, and where two things that are said of one measure cannot both be true. The peer
benchmark is set beside them for some trusts: it takes longer. ``make census`` runs it on the project's mart; load
real publications first (``boardpack data load``), or it counts the invented trusts.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np

from helpers.analyses.balanced_scorecard import rows as card_rows
from helpers.analyses.balanced_scorecard.card import build_card
from helpers.analyses.peers.columns import STANDINGS
from helpers.analyses.peers.comparison import PeerFindings, PeerOptions
from helpers.analyses.peers.words import peer_sentences, short_value
from helpers.analyses.performance_report import page_one
from helpers.analyses.performance_report.measure_parts import icon_panels, notes_of, what_words
from helpers.analyses.performance_report.ranking import faded, in_order, pathway_rows
from helpers.analyses.performance_report.tables import line_words, summary
from helpers.bundle import Cell
from helpers.data.mart import Mart
from helpers.data.organisations.directory import Organisation, find_organisation
from helpers.data.series.peer_values import peer_organisations
from helpers.errors import DataError
from helpers.measures.attention import misses
from helpers.measures.attention_words import attention_clauses
from helpers.measures.figures import counted_as_people
from helpers.measures.gathering import Results, WantedMeasures, measure_results
from helpers.measures.result import MeasureResult
from helpers.places import state_folder
from helpers.register import read_register
from helpers.register.models import Register
from helpers.report.period import Period

ROOT = Path(__file__).resolve().parents[1]
#: measures without a trust's own figures for most of them make no census of its board
FEWEST_MEASURES = 8
#: a target is missed all the time where so many values or more were held against one, and each missed
FEWEST_HELD = 4
_CHANCE = r"(?:just )?(?:under|about|over) \d+%"
_VERDICT = r"on track|at risk|unlikely"


@dataclass(frozen=True)
class Board:
    """What the board of one trust is told."""

    organisation: Organisation
    results: Results
    register: Register

    @cached_property
    def shown(self) -> list[MeasureResult]:
        """The measures that its report shows."""
        return [r for r in self.results if not faded(r) and r.category != "nothing"]

    def having(self, category: str) -> list[MeasureResult]:
        """Return the measures of a category."""
        return [result for result in self.shown if result.category == category]

    @cached_property
    def rows(self) -> list[tuple[Cell, ...]]:
        """The rows of page one."""
        return page_one.rows_of(pathway_rows(self.shown, self.register.pathways), "2026-04")

    @cached_property
    def page_one(self) -> str:
        """All that page one says."""
        paths, shown = self.register.pathways, self.shown
        return "\n".join(
            [
                *page_one.headline_words(shown, paths).values(),
                *(str(cell) for row in self.rows for cell in row[:5]),
                page_one.more_words(pathway_rows(shown, paths)),
                page_one.advise_words(shown),
                page_one.assure_words(shown),
                page_one.out_of_date_words(shown),
            ]
        )

    @cached_property
    def table(self) -> dict[str, dict[str, Cell]]:
        """The cells of page two by measure and column."""
        laid = summary(self.shown, self.register.pathways)
        names = [field.name for field in laid["fields"]]
        rows = [dict(zip(names, row, strict=True)) for row in laid["rows"]]
        return {str(row["id"]): row for row in rows}

    @cached_property
    def card(self) -> dict[str, dict[str, Cell]]:
        """The cells of the scorecard by measure and column."""
        card = build_card(self.register, self.results)
        return {
            row.measure.id: {each.name: each.cell(card_rows.measure_line(row)) for each in card_rows.CARD}
            for row in card.rows
        }


def said_of(board: Board, result: MeasureResult) -> dict[str, str]:
    """Return everything that the reports say of one measure, by where they say it."""
    cells, card = board.table[result.measure.id], board.card[result.measure.id]
    lines = [line for line in board.page_one.splitlines() if result.measure.name in line]
    return {
        "page one": "\n".join(line for line in lines if line.count(";") < 3),
        "icons": str(cells["icons"]),
        "target": str(cells["target"] or ""),
        "latest": str(cells["latest"]),
        "what": what_words(result),
        "panels": " | ".join(panel.markdown or panel.icon for panel in icon_panels(result)),
        "notes": " ".join(f"{said}" for _, said in notes_of(result)),
        "line": line_words(result),
        **{
            f"card {name}": str(card[name])
            for name in ("latest", "target", "variation", "assurance", "chance")
        },
    }


def contradictions(result: MeasureResult, said: dict[str, str]) -> Iterator[str]:
    """Yield each pair of things said of one measure that cannot both be true."""
    every = "\n".join(said.values())
    signals = f"{said['icons']} {said['panels']} {said['card variation']}"
    if "improvement" in signals and re.search("no clear change|the wrong way|worse than ordinary", every):
        yield "improving beside no change or a change for the worse"
    if "concern" in signals and re.search("no clear change|better than ordinary", every):
        yield "worsening beside no change or a change for the better"
    never = re.search(r"missed [^.;]*in (all|every)|missed (\d+) of \2\b", every)
    if never and re.search("too (few points|early|soon)", every):
        yield "missed every time beside too few points to say"
    if never and "consistent_pass" in every:
        yield "missed every time beside an icon that it passes"
    if (
        len(
            {(v or w) for v, w in re.findall(rf"{_CHANCE}[:,] ({_VERDICT})|({_VERDICT}), {_CHANCE}", every)}
        )
        > 1
    ):
        yield "one chance with two verdicts"
    if result.target is not None and "no target" in every.lower():
        yield "a target beside no target"
    if result.category == "maintenance" and (result.met is False or "concern" in signals):
        yield "in maintenance below its target or worsening"
    if "no limits are drawn" in every and np.isfinite(result.chart.limits.upper):
        yield "no limits said and limits drawn"
    figure = said["latest"].partition("\n")[0]
    if (
        not said["card latest"].startswith((figure, figure.partition(" ")[0]))
        and "so far" not in said["card latest"]
    ):
        yield "two values in two tables"


def peer_clashes(mart: Mart, board: Board, until: date) -> Iterator[tuple[str, str]]:
    """Yield what the peer benchmark says otherwise than the performance report, with the measure."""
    try:
        found = PeerFindings(
            mart, board.organisation, Period(until, until), board.register, PeerOptions()
        ).comparisons
    except DataError:
        return
    for each in found:
        result = board.results.by_measure.get(each.measure.id)
        if result is None or result.latest is None or each.own is None or faded(result):
            continue
        cells = " ".join(str(column.cell(each) or "") for column in STANDINGS)
        words = f"{cells} {peer_sentences(each)}"
        if "worst quarter" in words and "within the limits" in words:
            yield each.measure.id, "worst quarter beside within the limits"
        if each.period != result.latest.day:
            yield each.measure.id, "peers at another period"
        elif each.measure.kind != "count" and not counted_as_people(result):
            latest = str(board.table[each.measure.id]["latest"]) if each.measure.id in board.table else ""
            if latest and not latest.startswith(str(short_value(each, each.own.value))):
                yield each.measure.id, f"two values: {latest!r} and {short_value(each, each.own.value)!r}"
        alarmed = any(alarm.kind == "worst_quarter" for alarm in result.alarms)
        place = each.own.percentile
        if place is not None and each.period == result.latest.day and alarmed != (place.worst >= 0.9):
            yield each.measure.id, "one place with two verdicts"


def always_missed(result: MeasureResult) -> bool:
    """Tell whether each of the latest values, up to twelve, missed what it was held against."""
    judged = misses(result)
    return len(judged) >= FEWEST_HELD and all(bad for _, bad in judged[-12:])


def boards_of(mart: Mart, register: Register, until: date, kind: str) -> Iterator[Board]:
    """Yield the boards of every trust of a kind with figures enough."""
    known = peer_organisations(mart)
    for code in known.index[known["org_type"].str.contains(kind, case=False)]:
        organisation = find_organisation(mart, str(code))
        found = measure_results(
            mart, register, WantedMeasures(organisation, until, tuple(register.measures))
        )
        board = Board(organisation, found, register)
        if len(board.shown) >= FEWEST_MEASURES:
            yield board


def print_verdicts(boards: Sequence[Board]) -> None:
    """Print how many measures need attention, and why."""
    results = [result for board in boards for result in board.shown]
    print(
        f"{len(boards)} trusts, {len(results)} results, {sum(r.stale for r in results)} of them out of date"
    )
    for name in ("category", "standing", "variation"):
        print(f"{name}:", dict(Counter(getattr(r, name) for r in results)))
    print("suggested stretches:", sum(r.chart.suggested is not None for r in results))
    print("reasons:", dict(Counter(alarm.kind for r in results for alarm in r.alarms)))
    print("one reason alone:", dict(Counter(r.alarms[0].kind for r in results if len(r.alarms) == 1)))
    many = [len(board.having("attention")) for board in boards]
    print(f"needing attention a trust: median {np.median(many):g}, least {min(many)}, most {max(many)}")
    rows = [len(board.rows) for board in boards]
    print(f"rows on page one: median {np.median(rows):g}, {dict(sorted(Counter(rows).items()))}")
    wrong, total = (
        Counter(r.measure.id for r in some)
        for some in ([r for r in results if r.category == "attention"], results)
    )
    print(
        "by measure:", ", ".join(f"{name} {wrong[name]} of {count}" for name, count in total.most_common())
    )


def print_none(boards: Sequence[Board]) -> None:
    """Print whom page one tells that nothing needs attention, with all figures to check it by."""
    for words, old_too in (("no measure at all", True), ("no measure with a recent figure", False)):
        none = [b for b in boards if not any(old_too or not r.stale for r in b.having("attention"))]
        share = 100 * len(none) / len(boards)
        print(f"\ntold that {words} needs attention: {len(none)} ({share:.0f} %)")
        for board in none:
            print(f"  {board.organisation.code} {board.organisation.name}")
            for r in in_order(r for r in board.shown if old_too or not r.stale):
                row = board.table[r.measure.id]
                cells = (row["latest"], f"target {row['target']}", row["icons"], row["among"])
                print("   ", r.measure.id, *(str(cell).replace("\n", " ") for cell in cells), sep=" | ")


def print_missed(boards: Sequence[Board]) -> None:
    """Print where targets that are missed every time are named: on page one, or on page two alone."""
    missed = [(board, r) for board in boards for r in board.shown if always_missed(r)]
    off = [(board, r) for board, r in missed if r.measure.name not in board.page_one]
    lost = [r for board, r in off if board.table[r.measure.id]["target"] is None]
    needing = sum(r.category == "attention" for _, r in missed)
    print(
        f"\nmissed what they were held against in each of their latest {FEWEST_HELD} to 12 values: {len(missed)}, of "
        f"them needing attention {needing}; on page one {len(missed) - len(off)}, on page two alone "
        f"{len(off) - len(lost)}, on neither {len(lost)}"
    )
    print("  on page two alone:", dict(Counter(r.measure.id for _, r in off)))


def print_clashes(boards: Sequence[Board], mart: Mart, until: date, peers: int) -> None:
    """Print how often two things are said that cannot both be true, and the first places of each kind."""
    found: dict[str, list[str]] = {}
    for board in boards:
        for result in board.shown:
            for clash in contradictions(result, said_of(board, result)):
                found.setdefault(clash, []).append(f"{board.organisation.code} {result.measure.id}")
    for board in boards[:peers]:
        for measure, clash in peer_clashes(mart, board, until):
            found.setdefault(f"peers: {clash}", []).append(f"{board.organisation.code} {measure}")
    total = sum(map(len, found.values()))
    print(
        f"\ncontradictions: {total}; performance report and scorecard of {len(boards)} trusts, peers of "
        f"{min(peers, len(boards))}"
    )
    for clash, where in found.items():
        print(f"  {clash}: {len(where)} ({'; '.join(where[:5])})")


def print_pages(boards: Iterable[Board]) -> None:
    """Print page one of some trusts, and every measure of theirs in a line."""
    for board in boards:
        print(f"\n## {board.organisation.code}\n{board.page_one}")
        for result in in_order(board.shown):
            reasons = "; ".join(attention_clauses(result))
            print(result.category, result.measure.id, result.variation, result.standing, reasons, sep="\t")


def main() -> None:
    """Run the census."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--until", default="2026-04", help="the reports' month")
    parser.add_argument("--kind", default="acute", help="what the type of the trusts has in its name")
    parser.add_argument("--peers", type=int, default=20, help="trusts whose peer benchmark is compared")
    parser.add_argument("--pages", nargs="*", help="codes of trusts whose page one is printed instead")
    args = parser.parse_args()
    until = date.fromisoformat(f"{args.until}-01")
    register = read_register(ROOT / "params" / "_register")
    newest = Mart(state_folder(ROOT) / "mart")
    mart = newest.at(newest.version)  # whatever is loaded meanwhile
    boards = boards_of(mart, register, until, args.kind)
    if args.pages:
        print_pages(board for board in boards if board.organisation.code in args.pages)
        return
    found = list(boards)
    print_verdicts(found)
    print_none(found)
    print_missed(found)
    print_clashes(found, mart, until, args.peers)


if __name__ == "__main__":
    main()
