"""Disclosure control: what may be shown of figures that come from records of patients.

One policy per source, recorded with its load. Figures counted from records follow the rule for Hospital
Episode Statistics; what a publisher has released is shown as it was released. Mixed origin is records.

The rule covers every form that a figure takes: table, chart, hover text, alt text, sentence, download,
log and error message. So the messages of this package never repeat the figure they complain about.
"""

from helpers.data.disclosure.checks import disclosure_problems, effective_origin
from helpers.data.disclosure.queries import Condition, Query, Told
from helpers.data.disclosure.totals import (
    POSSIBLE_VALUES,
    control_with_total,
    suppressed_cells,
)
from helpers.data.disclosure.values import control_counts, control_share, control_value
from helpers.data.policy import HES_RECORD_LEVEL, PUBLISHED, policy_for

__all__ = [
    "HES_RECORD_LEVEL",
    "POSSIBLE_VALUES",
    "PUBLISHED",
    "Condition",
    "Query",
    "Told",
    "control_counts",
    "control_share",
    "control_value",
    "control_with_total",
    "disclosure_problems",
    "effective_origin",
    "policy_for",
    "suppressed_cells",
]
