"""What the manifests beside published reports say of patients' records: written, and read back."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from helpers.bundle import SUPPRESSED
from helpers.data.disclosure.queries import Query, Told
from helpers.data.policy import HES_RECORD_LEVEL, DisclosurePolicy, policy_of_records
from helpers.errors import GateError, Problem

#: times that a manifest which vanished while the folder was read is looked for again, 0.05 s apart
_REPLACED_WITHIN = 20


def manifest_entry(told: Told, policy: DisclosurePolicy = HES_RECORD_LEVEL) -> dict[str, Any]:
    """Return what was told as the manifest beside a report has it: whom it counts, and what was shown.

    No more than that: the ledger itself knows which stars are small counts, and takes some counts for known.
    """
    return {"query": told.query.entry, "shown": shown_cell(told, policy), "mean": told.mean}


def _from_manifest(content: dict[str, Any], policy: DisclosurePolicy) -> Told:
    """Return what a reader knows by an entry of a manifest."""
    query, shown, mean = Query.read(content["query"]), content["shown"], content["mean"]
    if shown == SUPPRESSED:
        return Told(query, 1, None, star=True)
    low, high = (policy.suppress_up_to + 1, None) if shown is None else policy.behind(int(shown))
    return Told(query, low, high, mean=tuple(mean) if mean else None)


def _read_settled(path: Path) -> str:
    """Return the text of a manifest; one that is just being replaced is moved aside for a moment, and waited for."""
    for _ in range(_REPLACED_WITHIN):
        with contextlib.suppress(FileNotFoundError):
            return path.read_text("utf-8")
        time.sleep(0.05)
    return path.read_text("utf-8")


def read_manifests(
    paths: Iterable[Path], policy: DisclosurePolicy
) -> Iterator[tuple[str, str, list[Told]]]:
    """Yield by its manifest each report that tells something of records, when it was made, and what.

    Raises
    ------
    GateError
        If a manifest cannot be read: what it tells would be forgotten.
    """
    for path in paths:
        try:
            content = json.loads(_read_settled(path))
            told = [_from_manifest(each, policy) for each in content.get("released", ())]
            if told:
                yield str(content["report"]), str(content["made"]), told
        except FileNotFoundError:
            continue  # taken away since the folder was listed: that report is published no more
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            came = f"cannot be read ({type(error).__name__})"
            cure = "run that report again, or put its manifest back from a copy"
            raise GateError(Problem(str(path), came, "what a report tells of records", cure)) from error


def shown_words(told: Told, policy: DisclosurePolicy = HES_RECORD_LEVEL) -> str:
    """Return what was shown of a count, in words.

    >>> query = Query("spells", "SYN07")
    >>> shown_words(Told(query, 8, 12)), shown_words(Told(query, 8, None, mean=(4.15, 4.25)))
    ('10', 'not shown, a mean of 4.2 rests on it')
    """
    cell = shown_cell(told, policy)
    mean = f"{sum(told.mean) / 2:.4g}" if told.mean else ""
    if cell is None:
        return f"not shown, a mean of {mean} rests on it" if mean else "not shown, a figure rests on it"
    return f"{cell}, mean {mean}" if mean else str(cell)


def shown_cell(told: Told, policy: DisclosurePolicy | None = None) -> str | int | None:
    """Return a count as it is shown under a policy, by default that of this process's audience.

    None where only a figure that rests on it was shown.

    >>> query = Query("spells", "SYN07")
    >>> [shown_cell(each) for each in (Told(query, 8, 12), Told(query, 1, 7, star=True), Told(query, 8, None))]
    [10, '*', None]
    """
    if told.star:
        return SUPPRESSED
    if told.high is None:
        return None
    step = (policy or policy_of_records()).round_to
    return step * round((told.low + told.high) / 2 / step)
