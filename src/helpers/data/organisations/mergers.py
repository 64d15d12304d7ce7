"""Organisations in time: who is known, and who became part of whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpers.data.mart import Mart
from helpers.register import Register

if TYPE_CHECKING:
    import pandas as pd

#: the data set that holds the register's mergers
MERGERS = "register_mergers"


def known_codes(mart: Mart) -> frozenset[str]:
    """Return the code of every organisation that the mart knows; the register's mergers alone are no list."""
    if has_no_list(mart):
        return frozenset()
    return frozenset(mart.query("SELECT DISTINCT org_code FROM organisations_all")["org_code"])


def has_no_list(mart: Mart) -> bool:
    """Tell whether nothing that was loaded names organisations: then whoever has figures is one."""
    return all(file.source == MERGERS for file in mart.manifest.table_files("organisations"))


def store_mergers(mart: Mart, register: Register) -> None:
    """Bring the register's mergers into the mart; nothing changes where it has them already."""
    if not register.mergers and not any(load.source == MERGERS for load in mart.loads()):
        return
    with mart.load(
        source=MERGERS,
        layout="register",
        policy="published",
        name="Mergers of organisations (register)",
        secondary=True,
    ) as load:
        load.write("organisations", _merger_rows(register))


def _merger_rows(register: Register) -> pd.DataFrame:
    import pandas as pd

    from helpers.data.sources.names import kind_of

    return pd.DataFrame(
        [
            {
                "org_code": merger.id,
                "name": merger.name,
                "kind": kind_of(merger.id, merger.name),
                "successor": merger.successor,
                "valid_to": pd.Timestamp(merger.day) - pd.Timedelta(days=1),
            }
            for merger in register.mergers.values()
        ],
        columns=["org_code", "name", "kind", "successor", "valid_to"],
    )
