"""Early warnings over all trusts of the mart, and where nothing has changed.

    python benchmarks/early_warning.py [--until 2026-04] [--trusts 200] [--worlds 200] [--codes RGT …]

Prints how many warnings each trust has, by sign, and of what was warned of in each earlier month, how much was so three
months later, beside "as last month": at several thresholds on one half of the trusts, by a seeded hash of their codes,
on which they are chosen, and on the other half, which had no say. Then the share of false turns in worlds in which
nothing changes: autoregressions, yearly waves, and real series whose changes are drawn anew in blocks of three months
(shuffled months would have lost what makes false alarms). Load real publications first.
`docs/explanation/early-warning.md` tells what was seen.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from helpers.analyses.early import signs
from helpers.analyses.early.signs import FALSE_SHARE, FoundSigns, Kind, Record, find_signs
from helpers.analyses.early.words import sign_words
from helpers.data.mart import Mart
from helpers.data.organisations.directory import find_organisation
from helpers.data.series.peer_values import peer_organisations
from helpers.measures.gathering import WantedMeasures, measure_results
from helpers.measures.result import MeasureResult
from helpers.places import state_folder
from helpers.register import read_register
from helpers.stats.early_turn import early_turns
from helpers.stats.multiplicity import q_values

Floats = NDArray[np.float64]
ROOT = Path(__file__).resolve().parents[1]
MONTHS, MEASURES, BLOCK = 36, 20, 3
#: chances from which a miss is told, and shares of false turns, that are tried; with which trusts fall in which half
TRIED = ((0.5, 0.05), (0.6, 0.1), (0.7, 0.2))
SEED = "early-warning-22"


def half_of(code: str) -> str:
    """Return on which half a trust is: that on which thresholds are chosen, or that on which they are stated."""
    return ("chosen on", "stated on")[sha256(f"{SEED}{code}".encode()).digest()[0] % 2]


def signs_at(results: list[MeasureResult], crosses: float, false_share: float) -> FoundSigns:
    """Return what would be found at other thresholds than those in use."""
    with patch.object(signs, "CROSSES", crosses), patch.object(signs, "FALSE_SHARE", false_share):
        return find_signs(results)


def found_of_trusts(
    until: date, most: int, codes: list[str]
) -> Iterator[tuple[str, list[MeasureResult], FoundSigns]]:
    """Yield what is warned of at trusts, drawn evenly from all acute ones, or at those named."""
    newest = Mart(state_folder(ROOT) / "mart")
    mart, register = newest.at(newest.version), read_register(ROOT / "params" / "_register")
    known = peer_organisations(mart)
    acute = [str(code) for code in known.index[known["org_type"].str.contains("acute", case=False)]]
    step = max(1, len(acute) // most)
    for code in codes or acute[::step][:most]:
        asked = WantedMeasures(find_organisation(mart, code), until)
        results = list(measure_results(mart, register, asked))
        yield code, results, find_signs(results)


def print_trusts(until: date, most: int, codes: list[str]) -> list[MeasureResult]:
    """Print each trust's warnings and what became of earlier ones; return what was looked at."""
    every: list[MeasureResult] = []
    many: Counter[int] = Counter()
    kinds: Counter[Kind] = Counter()
    halves: Counter[str] = Counter()
    totals: dict[tuple[Kind, str, float], Record] = {}
    began = time.process_time()
    for code, results, found in found_of_trusts(until, most, codes):
        every += results
        many[len(found.signs)] += 1
        kinds.update(sign.kind for sign in found.signs)
        halves[half_of(code)] += 1
        for tried in TRIED:
            for kind, record in signs_at(results, *tried).records.items():
                at = (
                    kind,
                    half_of(code),
                    tried[kind == "turned"] if kind in ("turned", "crossing") else 0.0,
                )
                if at[2] or tried is TRIED[0]:
                    totals[at] = totals.get(at, Record()) + record
        for sign in found.signs:
            print(
                f"  {code} {sign.weight:.2f} {sign.kind}, {sign.result.measure.name}, since {sign.first:%b %Y}: ",
                end="",
            )
            print(f"{sign_words(sign)} ({sign.record.right} of {sign.record.signs} here)", flush=True)
    seconds = (time.process_time() - began) / max(sum(many.values()), 1)
    print(
        f"warnings a trust: {dict(sorted(many.items()))}, by sign {dict(kinds)}; {seconds:.1f} s of processor time each"
    )
    print(f"trusts by half: {dict(halves)}")
    for (kind, half, at_least), each in sorted(totals.items()):
        plain = (
            (each.signs - each.right, each.signs) if kind == "crossing" else (each.plain_right, each.plain)
        )
        told = f"{kind} {at_least:.2f}" if at_least else kind
        print(f"{told:14s} {half}: right {_share(each.right, each.signs)}, as last month {_share(*plain)}")
    return every


def _share(right: int, many: int) -> str:
    return f"{right} of {many} ({100 * right / many:.0f} %)" if many else "0 of 0"


def follow(rng: np.random.Generator, rho: float, wave: float = 0.0) -> Floats:
    """Return an autoregression of unit variance on a yearly wave of so many sigma."""
    noise = rng.normal(size=MONTHS)
    for place in range(1, MONTHS):
        noise[place] = rho * noise[place - 1] + np.sqrt(1 - rho**2) * noise[place]
    return np.asarray(noise + wave * np.sin(2 * np.pi * np.arange(MONTHS) / 12 + rng.uniform(0, 6)))


def redrawn(rng: np.random.Generator, real: list[Floats]) -> Floats:
    """Return a real series whose monthly changes, less their mean, are drawn anew in blocks."""
    changes = np.diff(real[rng.integers(len(real))])
    changes -= changes.mean()
    starts = rng.integers(0, len(changes) - BLOCK + 1, size=MONTHS // BLOCK)
    return np.asarray(np.cumsum(np.concatenate([changes[start : start + BLOCK] for start in starts])))


def print_false(name: str, draw: Callable[[], Floats], worlds: int, *, seasonal: bool = False) -> None:
    """Print how often a world without any change has a turn: the share of false ones, as all are."""
    told = stayed = 0
    for _ in range(worlds):
        found = [early_turns(draw(), improvement="decrease", seasonal=seasonal) for _ in range(MEASURES)]
        found = [each for each in found if np.isfinite(each.p[-1])]
        false = q_values([each.p[-1] for each in found]) <= FALSE_SHARE
        told += bool(false.any())
        stayed += any(bool(each.stays[-1]) for each, so in zip(found, false, strict=True) if so)
    print(
        f"  {name:40s} {100 * told / worlds:5.1f} % of worlds, {100 * stayed / worlds:5.1f} % as they are told"
    )


def main() -> None:
    """Run both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--until", default="2026-04")
    parser.add_argument("--trusts", type=int, default=200)
    parser.add_argument("--worlds", type=int, default=200)
    parser.add_argument("--codes", nargs="*", default=[])
    args = parser.parse_args()
    results = print_trusts(date.fromisoformat(f"{args.until}-01"), args.trusts, args.codes)
    if not args.worlds:
        return
    print(
        f"turns where nothing has changed, {MEASURES} measures a world; nominal {100 * FALSE_SHARE:.0f} %"
    )
    rng = np.random.default_rng(22)
    for rho in (0.0, 0.4, 0.7, 0.9):
        print_false(f"lag-1 correlation {rho}", lambda rho=rho: follow(rng, rho), args.worlds)  # type: ignore[misc]
        print_false(
            f"lag-1 correlation {rho}, yearly wave",
            lambda rho=rho: follow(rng, rho, 2.0),  # type: ignore[misc]
            args.worlds,
            seasonal=True,
        )
    whole = [
        r.series.shown for r in results if len(r.series) == MONTHS and np.isfinite(r.series.shown).all()
    ]
    real = [each for each in whole if np.ptp(each) > 0]
    if real:
        print_false("real series, changes in blocks", lambda: redrawn(rng, real), args.worlds)
        print_false("the same, as seasonal", lambda: redrawn(rng, real), args.worlds, seasonal=True)


if __name__ == "__main__":
    main()
