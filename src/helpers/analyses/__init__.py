"""Analyses of a report: functions over an open report, whose results have parts.

    from helpers import open_report
    from helpers.analyses import length_of_stay

An analysis of your own is a function like these, in a module of your own; there is no list to add it to.
The names are resolved when they are first used, so that a notebook loads what it needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from helpers.importing import import_at_rest

if TYPE_CHECKING:
    from helpers.analyses.balanced_scorecard.analysis import scorecard as scorecard
    from helpers.analyses.changes.analysis import change_review as change_review
    from helpers.analyses.contracts.analysis import contract_monitoring as contract_monitoring
    from helpers.analyses.decided.analysis import decisions as decisions
    from helpers.analyses.early.analysis import early_warning as early_warning
    from helpers.analyses.four_columns.analysis import four_column_matrix as four_column_matrix
    from helpers.analyses.grids.analysis import self_assessment as self_assessment
    from helpers.analyses.missed_appointments.analysis import did_not_attend as did_not_attend
    from helpers.analyses.oversight_framework.analysis import oversight as oversight
    from helpers.analyses.peers.analysis import peer_benchmark as peer_benchmark
    from helpers.analyses.performance_report.analysis import performance as performance
    from helpers.analyses.record_sheets.analysis import measure_records as measure_records
    from helpers.analyses.sight.analysis import line_of_sight as line_of_sight
    from helpers.analyses.stays.analysis import length_of_stay as length_of_stay
    from helpers.analyses.stays.analysis import published_stay as published_stay
    from helpers.analyses.systems.analysis import system_view as system_view
    from helpers.analyses.waiting.analysis import waiting_list as waiting_list

_HOMES = {
    "change_review": "changes",
    "contract_monitoring": "contracts",
    "decisions": "decided",
    "did_not_attend": "missed_appointments",
    "early_warning": "early",
    "four_column_matrix": "four_columns",
    "length_of_stay": "stays",
    "measure_records": "record_sheets",
    "line_of_sight": "sight",
    "oversight": "oversight_framework",
    "peer_benchmark": "peers",
    "performance": "performance_report",
    "published_stay": "stays",
    "scorecard": "balanced_scorecard",
    "self_assessment": "grids",
    "system_view": "systems",
    "waiting_list": "waiting",
}
__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_at_rest(f"helpers.analyses.{_HOMES[name]}.analysis"), name)
    raise AttributeError(f"module 'helpers.analyses' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
