"""The invented regions, boards, trusts and their divisions, and how the trusts differ.

No place here exists. Every name starts with "Synthetic" and every code with "SY".
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.data.synthetic import truth
from helpers.data.synthetic.specialties import CODES

Floats = NDArray[np.float64]

_NAMES = truth.INVENTED["organisations"]
REGIONS, BOARDS, PLACES, DIVISIONS = (
    tuple[str, ...](_NAMES[each]) for each in ("regions", "boards", "places", "divisions")
)
TRUSTS = len(BOARDS) * len(PLACES)
OPENED = date(2013, 4, 1)

PEER_GROUPS: dict[str, tuple[float, str]] = _NAMES["peer_groups"]
SPECIALIST_KINDS: list[tuple[str, list[str]]] = _NAMES["specialist_kinds"]
#: the trust for small numbers has about five spells a month
SMALL_SIZE = 0.04
#: trusts with a registered change are large, so that 18 months on each side can show a quarter less
CHANGED_SIZE = 3.0

# Spread between trusts (standard deviations of natural logarithms): the over-dispersion of real
# providers, which a method must not mistake for outliers.
LOS_SPREAD, LOS_SPECIALTY_SPREAD = 0.05, 0.06
DNA_SPREAD, DEATH_SPREAD, READMISSION_SPREAD = 0.22, 0.10, 0.08


@dataclass(frozen=True)
class Trusts:
    """The trusts as arrays in the order of their codes; shapes (trusts,) or (trusts, specialties)."""

    codes: tuple[str, ...]
    peer_groups: tuple[str, ...]
    size: Floats
    provides: NDArray[np.bool_]
    older: Floats
    complexity: Floats
    deprivation: Floats
    day_case: Floats
    los_ratio: Floats
    dna_log_odds: Floats
    death_log_odds: Floats
    readmission_log_odds: Floats

    def index(self, code: str) -> int:
        """Return the place of a trust."""
        return self.codes.index(code)

    def alone(self, place: int) -> Trusts:
        """Return the trusts where only one has patients."""
        return replace(self, size=np.where(np.arange(len(self.codes)) == place, self.size, 0.0))


def trust_code(number: int) -> str:
    """Return the code of a trust, counted from 0.

    >>> trust_code(0), trust_code(119)
    ('SYN01', 'SYN120')
    """
    return f"SYN{number + 1:02d}"


def draw_trusts(rng: np.random.Generator) -> Trusts:
    """Draw what the trusts are like, then put in the differences of `truth`."""
    groups = tuple(_peer_group(number) for number in range(TRUSTS))
    codes = tuple(trust_code(number) for number in range(TRUSTS))
    size = np.array([PEER_GROUPS[group][0] for group in groups]) * np.exp(rng.normal(0, 0.15, TRUSTS))
    size[codes.index(truth.SMALL)] = SMALL_SIZE
    size[[codes.index(change.org_code) for change in truth.INTERVENTIONS]] = CHANGED_SIZE
    teaching = np.array([group == "Acute teaching" for group in groups])
    older, complexity = rng.normal(0, 0.25, TRUSTS), rng.normal(0, 0.15, TRUSTS) + 0.3 * teaching
    deprivation = np.clip(rng.normal(5.5, 1.4, TRUSTS), 2.5, 8.5)
    for code in truth.FAIR:
        place = codes.index(code)
        older[place], complexity[place], deprivation[place] = 0.0, 0.0, 5.5
    older[codes.index(truth.COMPLEX_MIX)], complexity[codes.index(truth.COMPLEX_MIX)] = 0.9, 0.9
    return Trusts(
        codes=codes,
        peer_groups=groups,
        size=size / size.sum(),
        provides=_provided(groups),
        older=older,
        complexity=complexity,
        deprivation=deprivation,
        day_case=rng.normal(0, 0.15, TRUSTS),
        los_ratio=_los_ratio(rng, codes),
        dna_log_odds=_effects(rng, codes, spread=DNA_SPREAD, measure="dna_rate"),
        death_log_odds=_effects(rng, codes, spread=DEATH_SPREAD, measure="mortality"),
        readmission_log_odds=rng.normal(0, READMISSION_SPREAD, TRUSTS),
    )


def organisations_frame() -> pd.DataFrame:
    """Return the mart's `organisations` rows: trusts, integrated care boards and regions."""
    rows = [
        _row(f"SYR{number + 1}", f"Synthetic {name} Region", "region", region=name)
        for number, name in enumerate(REGIONS)
    ]
    rows += [
        _row(code, f"Synthetic {name} Integrated Care Board", "icb", region=_region(board), icb_code=code)
        for board, name in enumerate(BOARDS)
        for code in [_board_code(board)]
    ]
    rows += [_trust_row(number) for number in range(TRUSTS)]
    frame = pd.DataFrame(rows)
    return frame.astype({"valid_from": "datetime64[s]", "valid_to": "datetime64[s]"})


def units_frame() -> pd.DataFrame:
    """Return the mart's `units` rows: three divisions of every trust that is not specialist."""
    codes = [trust_code(number) for number in range(TRUSTS) if _peer_group(number) != "Acute specialist"]
    return pd.DataFrame(
        [
            {
                "org_code": code,
                "unit_code": f"{code}-D{place + 1}",
                "name": f"{name} division",
                "parent_unit": None,
            }
            for code in codes
            for place, name in enumerate(DIVISIONS)
        ]
    )


def _peer_group(number: int) -> str:
    board, place = divmod(number, len(PLACES))
    if place < 3:
        return ("Acute teaching", "Acute large", "Acute medium")[place]
    if place == 3:
        return "Acute large" if board % 2 == 0 else "Acute medium"
    return "Acute specialist" if board % 3 == 2 else "Acute small"


def _specialist_kind(number: int) -> tuple[str, list[str]]:
    return SPECIALIST_KINDS[number // (3 * len(PLACES)) % len(SPECIALIST_KINDS)]


def _trust_name(number: int) -> str:
    board, place = divmod(number, len(PLACES))
    group = _peer_group(number)
    ending = _specialist_kind(number)[0] if group == "Acute specialist" else PEER_GROUPS[group][1]
    return f"Synthetic {BOARDS[board]}{PLACES[place]} {ending}"


def _board_code(board: int) -> str:
    return f"SYI{board + 1:02d}"


def _region(board: int) -> str:
    return REGIONS[board * len(REGIONS) // len(BOARDS)]


def _row(code: str, name: str, kind: str, *, region: str, icb_code: str | None = None) -> dict[str, object]:
    return {
        "org_code": code,
        "name": name,
        "kind": kind,
        "region": f"Synthetic {region}",
        "icb_code": icb_code,
        "valid_from": pd.Timestamp(OPENED),
        "valid_to": pd.NaT,
        "successor": None,
        "peer_group": None,
    }


def _trust_row(number: int) -> dict[str, object]:
    board = number // len(PLACES)
    code, icb_code = trust_code(number), _board_code(board)
    row = _row(code, _trust_name(number), "trust", region=_region(board), icb_code=icb_code)
    row["peer_group"] = _peer_group(number)
    for merger in truth.MERGERS:
        if merger.org_code == code:
            row["valid_to"] = pd.Timestamp(merger.start) - pd.Timedelta(days=1)
            row["successor"] = merger.successor
    return row


def _provided(groups: tuple[str, ...]) -> NDArray[np.bool_]:
    provides = np.ones((len(groups), len(CODES)), dtype=bool)
    regional = [CODES.index(code) for code in ("107", "150", "170")]
    for number, group in enumerate(groups):
        if group == "Acute specialist":
            provides[number] = np.isin(CODES, _specialist_kind(number)[1])
        elif group in ("Acute small", "Acute medium"):
            # Vascular, brain and heart surgery are done in large centres.
            provides[number, regional] = False
    return provides


def _los_ratio(rng: np.random.Generator, codes: tuple[str, ...]) -> Floats:
    """Return the multiplier of mean days, trusts x specialties; mean 1 over the trusts."""
    variance = LOS_SPREAD**2 + LOS_SPECIALTY_SPREAD**2
    logs = rng.normal(0, LOS_SPREAD, (len(codes), 1)) - variance / 2
    logs = logs + rng.normal(0, LOS_SPECIALTY_SPREAD, (len(codes), len(CODES)))
    put_in: tuple[truth.Difference | truth.Intervention, ...] = (*truth.DIFFERENCES, *truth.INTERVENTIONS)
    named = [item.org_code for item in put_in if item.measure == "mean_los"]
    logs[[codes.index(code) for code in (*named, *truth.FAIR)]] = 0.0
    for item in truth.DIFFERENCES:
        if item.measure == "mean_los":
            where = slice(None) if item.specialty_code is None else CODES.index(item.specialty_code)
            logs[codes.index(item.org_code), where] = np.log(item.ratio)
    return np.asarray(np.exp(logs))


def _effects(rng: np.random.Generator, codes: tuple[str, ...], *, spread: float, measure: str) -> Floats:
    effects = rng.normal(0, spread, len(codes))
    for item in truth.DIFFERENCES:
        if item.measure == measure:
            effects[codes.index(item.org_code)] = np.log(item.ratio)
    return effects
