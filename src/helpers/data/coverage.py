"""How long periods last, and from which month to which the loaded data speak; light enough for a start."""

from __future__ import annotations

#: months that a period of each type lasts; a day and a snapshot are their own
MONTHS = {"month": 1, "quarter": 3, "year": 12, "rolling12": 12}

_LENGTH = " ".join(f"WHEN '{kind}' THEN {months}" for kind, months in MONTHS.items())
#: first and last month in which anything was counted; no plans, and every edition, which asks for no sorting
MONTHS_COVERED = f"""
SELECT strftime(min(first), '%Y-%m'), strftime(max(last), '%Y-%m') FROM (
    SELECT min(discharged) AS first, max(discharged) AS last FROM spells
    UNION ALL SELECT min(appointment_date), max(appointment_date) FROM appointments
    UNION ALL
    SELECT min(period), max(period + to_months(CASE period_type {_LENGTH} ELSE 0 END)
            - INTERVAL (CASE WHEN period_type IN {tuple(MONTHS)} THEN 1 ELSE 0 END) DAY)
    FROM measure_values_all WHERE status <> 'plan'
)
"""
