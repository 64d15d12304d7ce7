"""Monthly editions of the figures of a small trust, with and without stays of nought days: what the ledger hides.

Each edition asks for twelve months by specialty, as the length-of-stay report does. Printed are its stars, those of
more than seven patients, stars for which no three values are exhibited, and seconds of the processor.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from helpers.data.disclosure.deciding import Asked, Witnesses, decide
from helpers.data.disclosure.people import find_people
from helpers.data.disclosure.queries import Condition, Query, Told
from helpers.data.mart import Mart
from helpers.data.synthetic import write_demo

LAST = date(2026, 4, 1)
USUAL, NIGHTS = Condition("patient_class", ("ordinary",)), Condition("los_days", low=1)


def editions(codes: list[str], trust: str, months: int) -> Iterator[list[Asked]]:
    """Yield what each edition asks for in either setting, the oldest first."""
    for back in reversed(range(months)):
        number = LAST.year * 12 + LAST.month - 1 - back
        first, end = (date(n // 12, n % 12 + 1, 1).isoformat() for n in (number - 12, number))
        for conditions in ((USUAL,), (USUAL, NIGHTS)):
            whole = Query("spells", trust, conditions, first, end)
            parts = [whole.where(Condition("specialty_code", (code,))) for code in codes]
            yield [Asked(query, digits=1) for query in (whole, *parts)]


def main() -> None:
    """Release one edition after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trust", default="SYN07")
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument(
        "--scale", type=float, default=0.15, help="of the demo: small trusts are the hard ones"
    )
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        mart = Mart(Path(folder))
        write_demo(mart, scale=chosen.scale)
        mart = mart.at(mart.version)
        rows = mart.fetch(
            "SELECT specialty_code FROM spells WHERE org_code = ? GROUP BY 1 ORDER BY count(*) DESC, 1",
            [chosen.trust],
        )
        release(mart, list(editions([code for (code,) in rows], chosen.trust, chosen.months)), chosen.trust)


def release(mart: Mart, tables: list[list[Asked]], trust: str) -> None:
    """Decide on the tables in order, and print what became of each."""
    told: list[Told] = []
    witnesses: Witnesses = {}
    for asked in tables:
        began = time.process_time()
        people = find_people(mart, [*(each.query for each in told), *(each.query for each in asked)], trust)
        decision = decide(people, told, asked, witnesses=witnesses)
        seconds = time.process_time() - began
        told, witnesses = [*told, *decision.told], decision.witnesses
        stars = [each for each in decision.told if each.star]
        beyond = sum(people.count[people.mask(each.query)].sum() > 7 for each in stars)
        print(
            f"to {asked[0].query.end}, {len(asked[0].query.conditions)} conditions: {len(asked)} figures, "
            f"{len(stars)} stars, {beyond} beyond the rule, {len(decision.exposed)} not certified, {seconds:.2f} s",
            flush=True,
        )


if __name__ == "__main__":
    main()
