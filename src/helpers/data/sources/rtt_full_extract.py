"""RTT waiting times, the monthly full extract: provider x commissioner x part x treatment function."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.data.files.sheets import SheetTable
from helpers.data.sources.cells import Cells, measure_rows, stack
from helpers.data.sources.layout import Context, Feed, Layout, Match, Reading
from helpers.data.sources.names import ENGLAND, organisation_rows
from helpers.data.waits import EDGES, WEEKS_WAITED, band_names
from helpers.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

KEYS = (
    "Period",
    "Provider Parent Org Code",
    "Provider Org Code",
    "Provider Org Name",
    "Commissioner Parent Org Code",
    "Commissioner Parent Name",
    "Commissioner Org Code",
    "Commissioner Org Name",
    "RTT Part Type",
    "Treatment Function Code",
    "Treatment Function Name",
)
TOTAL = "Total All"
#: the row that repeats the sum of the specialties
ALL_SPECIALTIES = "C_999"
PARTS = {
    "Part_1A": "rtt_completed_admitted",
    "Part_1B": "rtt_completed_non_admitted",
    "Part_2": "rtt_list_size",
    "Part_2A": "rtt_list_with_decision_to_admit",
    "Part_3": "rtt_new_periods",
}
#: measure: weeks beyond which a wait counts; files before April 2021 stop at 52
LONG_WAITS = {
    "rtt_over_52_weeks": 52,
    "rtt_over_65_weeks": 65,
    "rtt_over_78_weeks": 78,
    "rtt_over_104_weeks": 104,
}
WITHIN_WEEKS = 18
#: measure: share of the list that has waited no longer
WAITS = {"rtt_median_wait": 0.5, "rtt_92nd_percentile_wait": 0.92}
MEAN_WAIT = "rtt_mean_wait"

#: the commissioner of everybody who lives outside England: no measure counts these, nor do the monthly tables
ABROAD = "NONC"
#: how a trust's patients from outside England are kept, apart
COMMISSIONERS, OUTSIDE_ENGLAND = "commissioners", "outside England"

#: a file of fewer providers is an excerpt: its sums by commissioner are no totals
NATIONAL_PROVIDERS = 100

_BAND = re.compile(r"Gt (\d+)(?: To \d+)? Weeks SUM 1", re.IGNORECASE)


def read(matches: list[Match], _: Context) -> Reading:
    """Return the month by provider and by commissioner, in all and by treatment function.

    Sums of a provider are over its commissioners in England; those outside (NONC) stand beside them as a
    breakdown, which trusts at the border want to see.

    Raises `DataError` where the bands of a row do not add up to its total, or the specialties not to theirs.
    """
    match = matches[0]
    bands = [cell.strip() for cell in match.sheet.head[match.header] if _BAND.fullmatch(cell.strip())]
    table = match.table([*KEYS, *bands, TOTAL])
    cells = Cells(table)
    frame = pd.DataFrame({name: cells.text(name) for name in KEYS})
    frame["period"] = cells.dates("Period", "RTT-%B-%Y")
    for column in ("Provider Org Code", "RTT Part Type", "Treatment Function Code"):
        cells.refuse(frame[column] == "", column, "a code")
    cells.refuse(~frame["RTT Part Type"].isin(list(PARTS)), "RTT Part Type", ", ".join(PARTS))
    frame["total"] = cells.numbers(TOTAL)
    by_week = _add_waits(cells, frame, bands)
    cells.check()
    _check_specialties(table, frame)
    specialties = _specialties(frame)
    whole = frame["Provider Org Code"].nunique() >= NATIONAL_PROVIDERS
    longest = max((_weeks(band) for band in bands), default=0)
    return Reading(
        {
            "measure_values": stack(
                [
                    *_measures(frame, longest=longest, whole=whole),
                    *_waits(frame, by_week, bands, whole=whole),
                ]
            ),
            "organisations": _organisations(frame),
            **({"specialties": specialties} if len(specialties) else {}),
        },
        len(table),
        remarks=() if whole else ("an excerpt of some providers: sums by commissioner were left out",),
    )


def _weeks(band: str) -> int:
    found = _BAND.fullmatch(band)
    return int(found[1]) if found else 0


def _add_waits(cells: Cells, frame: pd.DataFrame, bands: list[str]) -> NDArray[np.float32]:
    """Add the waits within 18 weeks and over each limit; a row whose bands miss its total is wrong.

    Returns the pathways of the lists (Part_2), a row for each of theirs and a column for each band.
    """
    lists = (frame["RTT Part Type"] == "Part_2").to_numpy()
    # whole numbers this small are exact in half the memory
    by_week = np.zeros((int(lists.sum()), len(bands)), dtype=np.float32)
    sums: dict[str, NDArray[np.float64]] = {
        name: np.zeros(len(frame)) for name in ("within", "waiting", *LONG_WAITS)
    }
    for column, band in enumerate(bands):
        counts = cells.numbers(band).fillna(0).to_numpy()
        by_week[:, column] = counts[lists]
        weeks = _weeks(band)
        sums["waiting"] += counts
        if weeks < WITHIN_WEEKS:
            sums["within"] += counts
        for measure, limit in LONG_WAITS.items():
            if weeks >= limit:
                sums[measure] += counts
    for name, values in sums.items():
        frame[name] = values
    listed = frame["RTT Part Type"].isin(["Part_2", "Part_2A"])
    cells.refuse(
        listed & (frame["waiting"] != frame["total"].fillna(0)), TOTAL, "the sum of the row's bands"
    )
    return by_week


def _check_specialties(table: SheetTable, frame: pd.DataFrame) -> None:
    """Refuse a file in which rows are missing: the specialties then miss the row of all specialties."""
    whole = frame["Treatment Function Code"] == ALL_SPECIALTIES
    if not whole.any():
        raise DataError(table.sheet.place(), f"no row of {ALL_SPECIALTIES}", cure="download it again")
    key = ["RTT Part Type", "Provider Org Code", "Commissioner Org Code"]
    parts = frame[~whole].groupby(key, observed=True)["total"].sum()
    wholes = frame[whole].groupby(key, observed=True)["total"].sum()
    apart = wholes.subtract(parts, fill_value=0).abs() > 0.5
    if apart.any():
        part, provider, commissioner = apart.index[apart][0]
        raise DataError(
            table.sheet.place(),
            f"in {int(apart.sum())} groups the specialties do not add up to {ALL_SPECIALTIES}, "
            f"such as {part} of {provider} for {commissioner}: rows are missing or doubled",
            cure="download it again",
        )


def _measures(frame: pd.DataFrame, *, longest: int, whole: bool) -> list[pd.DataFrame]:
    rows = []
    abroad = frame["Commissioner Org Code"] == ABROAD
    bases = {"provider": "Provider Org Code"} | ({"commissioner": "Commissioner Org Code"} if whole else {})
    for basis, org in bases.items():
        # commissioners by specialty are no report's subject: their totals alone are kept
        all_specialties = frame["Treatment Function Code"] == ALL_SPECIALTIES
        chosen = frame[~abroad] if basis == "provider" else frame[all_specialties]
        sums = _sums(chosen, org)
        if basis == "provider":
            outside = _sums(frame[abroad & all_specialties], org)
            outside = outside.assign(breakdown=COMMISSIONERS, category=OUTSIDE_ENGLAND)
            sums = pd.concat([sums.assign(breakdown=None, category=None), outside], ignore_index=True)
        for part, group in sums.groupby("RTT Part Type", observed=True):
            rows += _part_measures(str(part), group.reset_index(drop=True), basis, longest)
    return rows


def _waits(
    frame: pd.DataFrame, by_week: NDArray[np.float32], bands: list[str], *, whole: bool
) -> list[pd.DataFrame]:
    """Return the waits of each list, in weeks, as the publication works them out, and a provider's by bands.

    A whole file gives England's too, which are no mean of others' waits.
    """
    starts = np.array([_weeks(band) for band in bands])
    weeks = pd.DataFrame(by_week[:, np.argsort(starts)], columns=np.sort(starts))
    listed = frame[frame["RTT Part Type"] == "Part_2"].reset_index(drop=True).assign(England=ENGLAND)
    english = listed["Commissioner Org Code"] != ABROAD
    chosen = {"Provider Org Code": ("provider", english)}
    if whole:
        everything = listed["Treatment Function Code"] == ALL_SPECIALTIES
        chosen["Commissioner Org Code"] = ("commissioner", everything)
        chosen["England"] = ("commissioner", english)
    rows = []
    for org, (basis, kept) in chosen.items():
        keys = [listed[name][kept] for name in ("period", org, "Treatment Function Code")]
        lists = weeks[kept].groupby(keys).sum()
        base = lists.index.to_frame(index=False).set_axis(["period", "org_code", "specialty_code"], axis=1)
        rows += _waits_of(_without_code_of_all(base), lists.to_numpy(np.float64), basis)
        if basis == "provider":
            rows += _by_bands(_without_code_of_all(base), lists)
    return rows


def _waits_of(base: pd.DataFrame, by_week: NDArray[np.float64], basis: str) -> list[pd.DataFrame]:
    rows = [
        measure_rows(name, base, basis=basis).assign(value=percentile_wait(by_week, share))
        for name, share in WAITS.items()
    ]
    # nobody knows how long the last, open week is: it counts as one like the others
    waited = pd.Series((by_week * (np.arange(by_week.shape[1]) + 0.5)).sum(axis=1))
    people = pd.Series(by_week.sum(axis=1))
    return [*rows, measure_rows(MEAN_WAIT, base, numerator=waited, denominator=people, basis=basis)]


def _by_bands(base: pd.DataFrame, lists: pd.DataFrame) -> list[pd.DataFrame]:
    """Return each list by ten bands of weeks waited in place of a hundred; empty ones are left out."""
    edges = tuple(edge for edge in EDGES if edge <= int(lists.columns[-1]))
    places = np.searchsorted(edges, lists.columns.to_numpy(), side="right") - 1
    rows = []
    for place, name in enumerate(band_names(edges)):
        people = pd.Series(lists.to_numpy(np.float64)[:, places == place].sum(axis=1))
        told = base.assign(breakdown=WEEKS_WAITED, category=name)[people > 0]
        rows.append(measure_rows(PARTS["Part_2"], told, numerator=people[people > 0]))
    return rows


def percentile_wait(by_week: NDArray[np.float64], share: float) -> NDArray[np.float64]:
    """Return the weeks within which a share of each list has waited; those within a week lie evenly in it.

    Source: NHS England, RTT waiting times, notes on the median and percentiles (in use since October 2022).

    `by_week`: pathways, a row for each list and a column for each week; the last column has no upper end. `share`:
    between 0 and 1.

    Returns
    -------
    array
        Weeks; NaN for an empty list, and where the share ends in the last column.

    >>> percentile_wait(np.array([[10.0, 10.0, 0.0], [1.0, 1.0, 98.0]]), 0.75)
    array([1.5, nan])
    """
    reached = by_week.cumsum(axis=1)
    wanted = share * reached[:, -1]
    band = (reached >= wanted[:, None] - 1e-9).argmax(axis=1)
    row = np.arange(len(by_week))
    inside = by_week[row, band]
    weeks = band + (wanted - reached[row, band] + inside) / np.where(inside > 0, inside, 1)
    return np.where((inside > 0) & (band < by_week.shape[1] - 1), weeks, np.nan)


def _without_code_of_all(frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows whose specialty is no code where they are of all specialties."""
    everything = frame["specialty_code"] == ALL_SPECIALTIES
    codes = frame["specialty_code"].mask(everything, None)
    return frame.assign(specialty_code=codes, scheme=pd.Series("rtt", frame.index).mask(everything, None))


def _sums(frame: pd.DataFrame, org: str) -> pd.DataFrame:
    """Return the waits summed per organisation, part and treatment function; all of these have no code."""
    key = ["period", org, "RTT Part Type", "Treatment Function Code"]
    sums = frame.groupby(key, observed=True)[["total", "within", *LONG_WAITS]].sum().reset_index()
    return _without_code_of_all(
        sums.rename(columns={org: "org_code", "Treatment Function Code": "specialty_code"})
    )


def _part_measures(part: str, group: pd.DataFrame, basis: str, longest: int) -> list[pd.DataFrame]:
    kept = ("org_code", "period", "scheme", "specialty_code", "breakdown", "category")
    base = group[[name for name in kept if name in group]]
    rows = [measure_rows(PARTS[part], base, numerator=group["total"], basis=basis)]
    if part != "Part_2":
        return rows
    shares = {"rtt_18_weeks": "within"} | {
        name: name for name, weeks in LONG_WAITS.items() if weeks <= longest
    }
    return rows + [
        measure_rows(name, base, numerator=group[column], denominator=group["total"], basis=basis)
        for name, column in shares.items()
    ]


def _organisations(frame: pd.DataFrame) -> pd.DataFrame:
    providers = frame.drop_duplicates("Provider Org Code", keep="last")
    parents = providers["Provider Parent Org Code"].replace("", None)
    commissioners = frame.drop_duplicates("Commissioner Org Code", keep="last")
    boards = frame.drop_duplicates("Commissioner Parent Org Code", keep="last")
    return pd.concat(
        [
            organisation_rows(
                providers["Provider Org Code"], providers["Provider Org Name"], icb_code=parents
            ),
            organisation_rows(
                commissioners["Commissioner Org Code"],
                commissioners["Commissioner Org Name"],
                icb_code=commissioners["Commissioner Parent Org Code"].replace("", None),
                kind=commissioners["Commissioner Org Name"].map(
                    lambda name: "hub" if "HUB" in name.upper() else "sub_icb"
                ),
            ),
            organisation_rows(boards["Commissioner Parent Org Code"], boards["Commissioner Parent Name"]),
        ],
        ignore_index=True,
    ).drop_duplicates("org_code")


def _specialties(frame: pd.DataFrame) -> pd.DataFrame:
    named = frame[["Treatment Function Code", "Treatment Function Name"]].drop_duplicates(
        "Treatment Function Code"
    )
    named = named.set_axis(["specialty_code", "name"], axis=1)
    named = named[(named["specialty_code"] != ALL_SPECIALTIES) & (named["name"] != "")]
    return named.assign(scheme="rtt")


LAYOUT = Layout(
    name="rtt_full_extract",
    publication="rtt",
    title="Referral to treatment waiting times, full extract (NHS England)",
    columns=(*KEYS, TOTAL),
    read=read,
    tables=("measure_values", "organisations", "specialties"),
    feeds=(
        Feed("rtt_18_weeks", "Part_2, bands to 18 weeks", "Part_2, Total All"),
        *(
            Feed(name, f"Part_2, bands beyond {weeks} weeks", "Part_2, Total All")
            for name, weeks in LONG_WAITS.items()
        ),
        *(Feed(measure, f"{part}, Total All") for part, measure in PARTS.items()),
        *(
            Feed(
                name,
                f"Part_2, weeks within which {share:.0%} of the bands lie",
                note="estimated within a week",
            )
            for name, share in WAITS.items()
        ),
        Feed(MEAN_WAIT, "Part_2, bands times their middles", "Part_2, Total All"),
    ),
)
