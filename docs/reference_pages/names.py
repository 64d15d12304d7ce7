"""The page that lists the public names: what a notebook calls, from the docstrings."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any, Final

from helpers import analyses
from helpers.analyses.balanced_scorecard.analysis import Scorecard
from helpers.analyses.changes.analysis import ChangeReview
from helpers.analyses.contracts.analysis import ContractMonitoring
from helpers.analyses.decided.analysis import Decisions
from helpers.analyses.early.analysis import EarlyWarning
from helpers.analyses.four_columns.analysis import FourColumnMatrix
from helpers.analyses.grids.analysis import SelfAssessment
from helpers.analyses.missed_appointments.analysis import MissedAppointments
from helpers.analyses.oversight_framework.analysis import Oversight
from helpers.analyses.peers.analysis import PeerBenchmark
from helpers.analyses.performance_report.report import PerformanceReport
from helpers.analyses.record_sheets.analysis import MeasureRecords
from helpers.analyses.sight.analysis import LineOfSight
from helpers.analyses.stays.analysis import LengthOfStay
from helpers.analyses.stays.published import PublishedStay
from helpers.analyses.systems.analysis import SystemView
from helpers.analyses.waiting.analysis import WaitingLists
from helpers.data.room.records import Records
from helpers.report.opening import open_report
from helpers.report.parts import Part
from helpers.report.report import Report
from helpers.report.words import capital

#: how a notebook gets each analysis
ANALYSES: Final = {
    "length_of_stay": LengthOfStay,
    "published_stay": PublishedStay,
    "did_not_attend": MissedAppointments,
    "peer_benchmark": PeerBenchmark,
    "performance": PerformanceReport,
    "scorecard": Scorecard,
    "change_review": ChangeReview,
    "system_view": SystemView,
    "waiting_list": WaitingLists,
    "four_column_matrix": FourColumnMatrix,
    "measure_records": MeasureRecords,
    "line_of_sight": LineOfSight,
    "early_warning": EarlyWarning,
    "self_assessment": SelfAssessment,
    "contract_monitoring": ContractMonitoring,
    "oversight": Oversight,
    "decisions": Decisions,
}
OWN: Final = ("query", "figure", "table", "say", "headline", "uses", "deliver", "published")
_HEAD: Final = """# What a notebook calls

    from helpers import open_report

Everything else is called on what it returns. In JupyterLab `report.table?` says the same as this page.

Made from the docstrings: `make dictionary` writes it anew."""


def write_names_page() -> str:
    """Return the Markdown of docs/reference/report.md."""
    parts = [_HEAD, *_function("open_report", open_report, "##")]
    parts += ["## Content of your own", "See [bring your notebook](../how-to/bring-your-notebook.md)."]
    for name in OWN:
        parts += _function(f"report.{name}", getattr(Report, name), "###")
    parts += ["## Records of patients", "See [ask records of patients](../how-to/ask-records.md)."]
    parts += [*_function("report.records", Report.records, "###"), _members_table(Records)]
    parts += [
        "## Analyses",
        "`from helpers.analyses import length_of_stay`: functions over an open report. Each is worked out once, "
        "when it is called; its parts and what its methods return are shown by a cell.",
        *_part_table(),
    ]
    for name, analysis in ANALYSES.items():
        parts += _analysis(name, analysis)
    return "\n\n".join(parts) + "\n"


def _function(name: str, function: Any, heading: str) -> Iterator[str]:
    yield f"{heading} {name}"
    yield f"    {name}{_arguments(function)}"
    summary, _, rest = (inspect.getdoc(function) or "").partition("\n\n")
    yield summary
    yield from _parameters(rest)


def _arguments(function: Any) -> str:
    """Return the arguments as a call names them: without types, which the page says in words."""
    taken = inspect.signature(function).parameters.values()
    bare = [each.replace(annotation=inspect.Parameter.empty) for each in taken if each.name != "self"]
    return str(inspect.Signature(bare))


def _parameters(doc: str) -> Iterator[str]:
    """Yield what stands under "Parameters" as a list."""
    _, _, section = doc.partition("Parameters\n----------\n")
    section = re.split(r"\n\n\w+\n-+\n", section)[0]
    names = re.findall(r"^(\S.*)\n((?:    .*\n?)+)", section, re.MULTILINE)
    lines = [f"* `{name}`: {' '.join(said.split())}" for name, said in names]
    if lines:
        yield "\n".join(lines)
    elif doc and not section:
        yield doc


def _analysis(name: str, analysis: type) -> Iterator[str]:
    yield from _function(name, getattr(analyses, name), "###")
    yield _members_table(analysis)


def _part_table() -> Iterator[str]:
    yield "A part (`stays.crude`) is shown bare, or by one of these:"
    yield _members_table(Part)


def _members_table(kind: type) -> str:
    lines = ["| name | what it gives |", "|---|---|"]
    return "\n".join([*lines, *(f"| `{each}` | {said} |" for each, said in _members(kind))])


def _members(analysis: type) -> Iterator[tuple[str, str]]:
    for name, member in vars(analysis).items():
        if name.startswith("_") or not (
            inspect.isfunction(member) or isinstance(member, property | cached_property)
        ):
            continue
        call = f"{name}{_arguments(member)}" if inspect.isfunction(member) else name
        said = capital(
            " ".join((inspect.getdoc(member) or "").split("\n\n")[0].split()).removeprefix("Return ")
        )
        yield call.replace("|", "\\|"), said.replace("|", "\\|")
