"""Provisional monthly HES by provider, commissioner and region: activity and outpatient DNA."""

from __future__ import annotations

import pandas as pd

from helpers.data.sources.cells import Cells, fed_rows, stack
from helpers.data.sources.layout import Context, Feed, Layout, Match, Reading
from helpers.data.sources.names import ENGLAND, organisation_rows

PREFIXES = {"All specialties": None, "Specific acute specialties": "specific acute"}
ORDINARY, DAY_CASE, ELECTIVE = "Ordinary Elective", "Daycase Elective", "Elective total"
EMERGENCY, GP = "Non-Elective", "First attendances seen - GP referrals"
FIRST, FIRST_DNA = "First attendances seen total", "First attendances DNA"
LATER, LATER_DNA = "Subsequent attendances seen", "Subsequent attendances DNA"
FIGURES = (ORDINARY, DAY_CASE, ELECTIVE, EMERGENCY, GP, FIRST, FIRST_DNA, LATER, LATER_DNA)
FEEDS = (
    Feed("dna_rate", f"{FIRST_DNA} + {LATER_DNA}", f"{FIRST_DNA} + {LATER_DNA} + {FIRST} + {LATER}"),
    Feed("dna_rate_first", FIRST_DNA, f"{FIRST_DNA} + {FIRST}"),
    Feed("dna_rate_follow_up", LATER_DNA, f"{LATER_DNA} + {LATER}"),
    Feed("day_case_rate", DAY_CASE, f"{DAY_CASE} + {ORDINARY}"),
    Feed("elective_ordinary_admissions", ORDINARY),
    Feed("elective_admissions", ELECTIVE),
    Feed("non_elective_admissions", EMERGENCY),
    Feed("first_outpatient_attendances", FIRST),
)
#: the file's levels: basis, and the kind of organisation
LEVELS = {
    "Provider": ("provider", ""),
    "CCG": ("commissioner", "sub_icb"),
    "Region of CCG": ("commissioner", "region"),
    "Region of Provider": ("provider", "region"),
    "National": ("provider", "country"),
}


def read(matches: list[Match], _: Context) -> Reading:
    """Return every level of the file under its own codes and basis; hidden cells stay hidden.

    The publisher has rounded to 5 and starred small numbers. Levels must never be added to each other.
    """
    table = matches[0].table()
    cells = Cells(table)
    level = cells.text("Organisation breakdown")
    cells.refuse(~level.isin(list(LEVELS)), "Organisation breakdown", ", ".join(LEVELS))
    code = cells.text("Org Code").where(~level.str.startswith("Region"), cells.text("Region Code"))
    code = code.mask(level == "National", ENGLAND).str.upper()
    cells.refuse(code == "", "Org Code", "an organisation code")
    base = pd.DataFrame({"org_code": code, "period": cells.dates("Activity Month", "%b %Y")})
    base["basis"] = level.map({name: basis for name, (basis, _) in LEVELS.items()})
    rows = [
        row for prefix, category in PREFIXES.items() for row in _measures(cells, base, prefix, category)
    ]
    cells.check()
    names = cells.text("Org Name").mask(level == "National", "England")
    names = names.where(~level.str.startswith("Region"), cells.text("Region Name"))
    kinds = level.map({name: kind for name, (_, kind) in LEVELS.items()})
    return Reading(
        {"measure_values": stack(rows), "organisations": _organisations(code, names, kinds)}, len(table)
    )


def _measures(cells: Cells, base: pd.DataFrame, prefix: str, category: str | None) -> list[pd.DataFrame]:
    if category:
        base = base.assign(breakdown="specialties", category=category)
    columns = {name: f"{prefix}: {name}" for name in FIGURES}
    figures = cells.figures(columns.values()).set_axis(FIGURES, axis=1)
    hidden = pd.DataFrame({name: cells.hidden(column) for name, column in columns.items()})
    return fed_rows(FEEDS, base, figures, hidden=hidden)


def _organisations(codes: pd.Series[str], names: pd.Series[str], kinds: pd.Series[str]) -> pd.DataFrame:
    named = names.ne("-") & codes.ne("-")
    plain = named & kinds.eq("")
    return pd.concat(
        [
            organisation_rows(codes[plain], names[plain]),
            organisation_rows(codes[named & ~plain], names[named & ~plain], kind=kinds[named & ~plain]),
        ],
        ignore_index=True,
    )


LAYOUT = Layout(
    name="hes_provider",
    title="Hospital Episode Statistics, provisional monthly activity by provider (NHS Digital)",
    columns=(
        "Activity Month",
        "Organisation breakdown",
        "Org Code",
        "Org Name",
        "Region Code",
        "Region Name",
        *(f"{prefix}: {name}" for prefix in PREFIXES for name in FIGURES),
    ),
    read=read,
    tables=("measure_values", "organisations"),
    feeds=FEEDS,
)
