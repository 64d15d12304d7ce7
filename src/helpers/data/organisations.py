"""Organisations in time: who is known, and who became part of whom."""

from __future__ import annotations

from helpers.data.mart import Mart


def known_codes(mart: Mart) -> frozenset[str]:
    """Return the code of every organisation that the mart knows."""
    if not mart.manifest.table_files("organisations"):
        return frozenset()
    return frozenset(mart.query("SELECT DISTINCT org_code FROM organisations_all")["org_code"])


def successors(mart: Mart) -> dict[str, str]:
    """Return the last successor of each organisation that became part of another."""
    found = mart.query("SELECT org_code, successor FROM successors")
    return dict(zip(found["org_code"], found["successor"], strict=True))
