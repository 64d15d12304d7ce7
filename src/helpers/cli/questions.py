"""What the runner asks of the data and of the register, answered without pandas."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from helpers.data.organisations.mergers import has_no_list
from helpers.data.periods import MONTHS_COVERED
from helpers.data.schema import NAME_LISTS
from helpers.data.series.published_stays import COMPARABLE
from helpers.data.sql import sql_beside
from helpers.runner.project import DataSet, Groups, Organisations

if TYPE_CHECKING:
    from helpers.data.mart import Mart

_SQL = sql_beside(__file__)
#: what `select:` in a `_matrix.yml` may name, and the rows of the mart that it stands for
SELECTORS = {
    "trusts_with_published_dna": _SQL["trusts"].format(
        "measure = 'dna_rate' AND origin = 'published' AND denominator > 0"
    ),
    "trusts_with_published_stay": COMPARABLE,
    "trusts_with_published_measures": _SQL["trusts"].format("measure = 'rtt_18_weeks' AND denominator > 0"),
    "trusts_with_published_lists": _SQL["trusts"].format(
        "measure = 'rtt_list_size' AND specialty_code IS NOT NULL AND breakdown IS NULL"
    ),
    "trusts_in_oversight": _SQL["in_oversight"],
    "boards_with_published_beds": _SQL["with_beds"].format(
        code="coalesce(b.successor, o.icb_code)", kind="icb"
    ),
    "regions_with_published_beds": _SQL["with_beds"].format(code="o.region", kind="region"),
    "trusts": "SELECT DISTINCT org_code FROM organisations"
    " WHERE kind = 'trust' AND valid_to IS NULL AND successor IS NULL ORDER BY 1",
    "specialties": "SELECT DISTINCT specialty_code FROM specialties WHERE scheme = 'treatment' ORDER BY 1",
}

#: by what `where:` in a `_matrix.yml` may narrow a selector, and the column of the mart that says it
GROUPS = {"region": "region", "icb": "icb_code", "peer_group": "peer_group", "type": "kind"}


def datasets_of(mart: Mart) -> dict[str, DataSet]:
    """Return the data sets of a version, "<table>/<source>"; a list of names is one, whichever files have filled it.

    Most files name the organisations of their figures. Were each of them a data set, every new file would make
    every report due.
    """
    found = _by_source(mart)
    for table in NAME_LISTS:
        parts = [found.pop(name) for name in [*found] if name.partition("/")[0] == table]
        if parts:
            newest = max(parts, key=lambda each: (each.as_at, each.load))
            found[table] = replace(newest, name=f"Names of {table}", fingerprint=mart.list_digest(table))
    return found


def _by_source(mart: Mart) -> dict[str, DataSet]:
    manifest = mart.manifest
    loads = {file.load for file in manifest.files}
    newest = {load.source: load.load for load in manifest.loads if load.load in loads}
    measures = mart.measures()
    return {
        each.dataset: DataSet(
            manifest.fingerprints[each.dataset],
            each.name,
            each.as_at,
            newest[each.dataset.partition("/")[2]],
            tuple(sorted(measures[each.dataset])) if each.dataset in measures else None,
        )
        for each in mart.sources()
    }


def organisations_of(mart: Mart) -> Organisations:
    """Return the names of the organisations by code, of a code's names the newest; nothing without a list."""
    if has_no_list(mart):
        return {}
    rows = _rows(mart, "SELECT org_code, name FROM organisations ORDER BY valid_from")
    return {row[0]: row[1] for row in rows}


def months_of(mart: Mart) -> tuple[str, str] | None:
    """Return the first and the last month of which the data say anything."""
    for first, last in _rows(mart, MONTHS_COVERED):
        return (first, last) if first else None
    return None


def expand(mart: Mart, selector: str) -> tuple[str, ...]:
    """Return the codes that a selector stands for."""
    return tuple(code for (code,) in _rows(mart, SELECTORS[selector]))


def groups_of(mart: Mart) -> Groups:
    """Return the groups by which a selector may be narrowed, and who is in each."""
    found: dict[str, dict[str, tuple[str, ...]]] = {kind: {} for kind in GROUPS}
    for kind, column in GROUPS.items():
        for name, code in _rows(mart, _SQL["grouped"].format(column)):
            found[kind][name] = (*found[kind].get(name, ()), code)
    return found


def _rows(mart: Mart, query: str) -> list[tuple[str, ...]]:
    """Return the rows of a query as they are: a frame would bring pandas along."""
    return mart.recall(query) if mart.version else []
