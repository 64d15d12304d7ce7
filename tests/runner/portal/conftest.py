"""Reports as the portal lists them, and their history, made by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from helpers.bundle import ReportFacts
from helpers.runner.history.entries import Entry, Output, State
from helpers.runner.portal.listing import Listed, Status


@pytest.fixture
def entry() -> Callable[..., Entry]:
    """Return what makes an entry of a published report."""

    def make(
        name: str = "SYN07", *, period: str = "2026-03", day: str = "2026-04-01", **told: Any
    ) -> Entry:
        path = f"{period}/stay/{name}"
        facts = ReportFacts(
            title="Length of stay",
            organisation_code=name,
            organisation_name="Synthetic Trust",
            period_label="",
            period_folder=period,
            synthetic=True,
            groups=(("ICB", "North"),),
            headline="Patients stay 9% longer than elsewhere.",
        )
        fields = {
            "run": f"run-{day}",
            "state": State.PUBLISHED,
            "facts": facts,
            "outputs": {"html": Output(f"{path}.html", ""), "pdf": Output(f"{path}.pdf", "")},
            **told,
        }
        return Entry(notebook="stay", name=name, started=f"{day}T06:00:00+00:00", **fields)

    return make


@pytest.fixture
def listed() -> Callable[..., Listed]:
    """Return what makes a report as the portal lists it."""

    def make(name: str = "SYN07", *, period: str = "2026-03", **told: Any) -> Listed:
        path = f"{period}/stay/{name}"
        fields = {
            "title": "Length of stay",
            "organisation": f"Synthetic Trust {name}",
            "status": Status.CURRENT,
            "note": "",
            "published": date(2026, 4, 1),
            "outputs": {"html": f"{path}.html", "pdf": f"{path}.pdf"},
            **told,
        }
        return Listed(report=f"stay/{name}", period=period, **fields)

    return make
