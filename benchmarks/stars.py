"""Stars of the published reports on records: python benchmarks/stars.py [PROJECT]

For each report, of the figures of its organisation that its manifest lists: how many are stars, and how many of these
count more than seven people, so that the ledger hides them and the first rule alone would not.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from helpers.bundle import SUPPRESSED
from helpers.data.disclosure.people import TABLES, find_people
from helpers.data.disclosure.queries import Query
from helpers.data.mart import Mart
from helpers.data.policy import HES_RECORD_LEVEL
from helpers.places import state_folder


def main() -> None:
    """Print a line for each report, and one for all."""
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path()
    mart = Mart(state_folder(root) / "mart")
    mart = mart.at(mart.version)
    whole = [0, 0, 0]
    for path in sorted((root / "reports").rglob("*.manifest.json")):
        manifest = json.loads(path.read_text("utf-8"))
        told = {Query.read(each["query"]): each["shown"] for each in manifest.get("released", ())}
        numbers = of_report(mart, told, manifest["organisation_code"])
        if numbers[0]:
            print(f"{manifest['report']}: {said(numbers)}", flush=True)
            whole = [sum(pair) for pair in zip(whole, numbers, strict=True)]
    print(f"all: {said(whole)}")


def of_report(mart: Mart, told: dict[Query, object], organisation: str) -> list[int]:
    """Return how many figures of an organisation there are, how many are stars, and how many only by the ledger."""
    numbers = [0, 0, 0]
    for data_set in TABLES:
        own = [query for query in told if (query.data_set, query.organisation) == (data_set, organisation)]
        if not own:
            continue
        people = find_people(mart, own, organisation)
        stars = [query for query in own if told[query] == SUPPRESSED]
        counts = [int(people.count[people.mask(query)].sum()) for query in stars]
        beyond = sum(not HES_RECORD_LEVEL.hides(count) for count in counts)
        numbers = [sum(pair) for pair in zip(numbers, (len(own), len(stars), beyond), strict=True)]
    return numbers


def said(numbers: list[int]) -> str:
    """Return three numbers in words."""
    return "{} figures, {} stars, {} of them not by the first rule".format(*numbers)


if __name__ == "__main__":
    main()
