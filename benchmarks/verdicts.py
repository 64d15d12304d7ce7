"""A census of verdicts: what every board would be told of its measures, over all trusts of the mart.

Three pages that look well say nothing of what happened to forty boards. This runs the verdicts over every trust
with figures, as the performance report does, and counts them: how many need attention and why, whom the page
tells that none does, and where two things that one page says contradict each other. ``make verdicts`` runs it on
the project's mart; load real publications first (``boardpack data load``), or it counts the invented trusts.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np

from helpers.analyses.performance_report.page_one import (
    advise_words,
    assure_words,
    headline_words,
    out_of_date_words,
    rows_of,
)
from helpers.analyses.performance_report.ranking import faded, in_order, pathway_rows
from helpers.data.directory import find_organisation
from helpers.data.mart import Mart
from helpers.data.peer_values import peer_organisations
from helpers.measures.attention import misses
from helpers.measures.attention_words import attention_clauses
from helpers.measures.gathering import WantedMeasures, measure_results
from helpers.measures.result import MeasureResult
from helpers.measures.words import what_sentences
from helpers.places import state_folder
from helpers.register import read_register

ROOT = Path(__file__).resolve().parents[1]
#: measures without a trust's own figures for most of them make no census of its board
FEWEST_MEASURES = 8


def contradictions(result: MeasureResult) -> Iterator[str]:
    """Yield each pair of things said of one result that cannot both be true."""
    said = what_sentences(result)
    if result.variation == "improvement" and ("wrong way" in said or "no clear change" in said):
        yield "improving beside a change the wrong way"
    if result.variation == "concern" and result.category == "maintenance":
        yield "worsening in maintenance"
    if result.assurance_icon == "consistent_pass" and any(
        a.kind in ("limits", "persistent") for a in result.alarms
    ):
        yield "passes and misses"
    if result.assurance_icon == "consistent_fail" and result.category != "attention":
        yield "fails without needing attention"
    if "no limits are drawn" in said and np.isfinite(result.chart.limits.upper):
        yield "no limits said and limits drawn"
    if result.category == "maintenance" and result.met is False:
        yield "in maintenance below its target"


def census(mart: Mart, until: date, *, kind: str) -> None:
    """Print what the boards of every trust of a kind are told."""
    register = read_register(ROOT / "params" / "_register")
    known = peer_organisations(mart)
    boards: dict[str, list[MeasureResult]] = {}
    for code in known.index[known["org_type"].str.contains(kind, case=False)]:
        found = measure_results(mart, register, WantedMeasures(find_organisation(mart, str(code)), until))
        shown = [each for each in found if not faded(each) and each.category != "nothing"]
        if len(shown) >= FEWEST_MEASURES:
            boards[str(code)] = shown
    results = [result for shown in boards.values() for result in shown]
    print(
        f"{len(boards)} trusts, {len(results)} results, {sum(r.stale for r in results)} of them out of date"
    )
    print("categories:", dict(Counter(r.category for r in results)))
    print("standing:", dict(Counter(r.standing for r in results)))
    print("variation:", dict(Counter(r.variation for r in results)))
    print("suggested stretches:", sum(r.chart.suggested is not None for r in results))
    alarms = Counter(alarm.kind for r in results for alarm in r.alarms)
    print(
        "reasons:",
        dict(alarms),
        "| alone:",
        dict(Counter(r.alarms[0].kind for r in results if len(r.alarms) == 1)),
    )
    many = [sum(r.category == "attention" for r in shown) for shown in boards.values()]
    print(f"needing attention a trust: median {np.median(many):g}, least {min(many)}, most {max(many)}")
    none = [code for code, shown in boards.items() if not any(r.category == "attention" for r in shown)]
    print(f"told that none needs attention: {len(none)}: {', '.join(none)}")
    persistent = [r for r in results if len(misses(r)) >= 9 and all(bad for _, bad in misses(r)[-12:])]
    print(
        f"missed what they are held against in each of their last 9 to 12 values: {len(persistent)}, of them needing "
        f"attention {sum(r.category == 'attention' for r in persistent)}"
    )
    clashes = Counter(clash for r in results for clash in contradictions(r))
    print("contradictions:", dict(clashes))
    by_measure = Counter(r.measure.id for r in results if r.category == "attention")
    total = Counter(r.measure.id for r in results)
    for measure, count in total.most_common():
        print(f"  {measure}: {by_measure[measure]} of {count}")


def pages(mart: Mart, codes: list[str], until: date) -> None:
    """Print page one's panels of some trusts, and every measure of theirs in a line."""
    register = read_register(ROOT / "params" / "_register")
    for code in codes:
        found = measure_results(mart, register, WantedMeasures(find_organisation(mart, code), until))
        shown = [each for each in found if not faded(each)]
        print(f"\n## {code}")
        print("\n".join(headline_words(shown, register.pathways).values()))
        for row in rows_of(pathway_rows(shown, register.pathways), f"{until:%Y-%m}"):
            print(f"### {row[0]}\n{row[1]}\n{row[3]}\n{row[4]}")
        blocks = {"Advise": advise_words, "Assure": assure_words, "Out of date": out_of_date_words}
        for title, words in blocks.items():
            print(f"### {title}\n{words(shown)}")
        for result in in_order(shown):
            reasons = "; ".join(attention_clauses(result))
            print(
                f"{result.category}\t{result.measure.id}\t{result.variation}\t{result.standing}\t{reasons}"
            )


def main() -> None:
    """Run the census."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--until", default="2026-04", help="the reports' month")
    parser.add_argument("--kind", default="acute", help="what the type of the trusts has in its name")
    parser.add_argument("--pages", nargs="*", help="codes of trusts whose page one is printed instead")
    args = parser.parse_args()
    year, month = args.until.split("-")
    newest, until = Mart(state_folder(ROOT) / "mart"), date(int(year), int(month), 1)
    mart = newest.at(newest.version)  # whatever is loaded meanwhile
    if args.pages:
        pages(mart, args.pages, until)
    else:
        census(mart, until, kind=args.kind)


if __name__ == "__main__":
    main()
