"""The page that lists the tables of the mart and their columns, for whoever writes a query."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from helpers.data.schema import RECORDS, TABLES, Table, TableColumn

#: one row of each table is
TABLE_WORDS: Final = {
    "organisations": "an organisation in a span of validity",
    "units": "a division, site or team of an organisation",
    "specialties": "a code in a scheme",
    "measure_values": "a measure of an organisation, or of a part of it, in a period",
    "contract_lines": "a figure of a contract: of a specialty and point of delivery in a month",
    "oversight": "a published figure of the oversight framework: of a trust in a quarter",
    "spells": "a hospital spell",
    "appointments": "an outpatient appointment",
    "waits": "a patient on a waiting list, or who was",
}
#: what a column says; of a table where it says another thing there
COLUMN_WORDS: Final = {
    "org_code": "code of the organisation (ODS)",
    "organisations.name": "its name in that span",
    "organisations.kind": "what it is",
    "region": "NHS England region",
    "icb_code": "integrated care board",
    "valid_from": "first day of the span; empty where no source dates it",
    "valid_to": "last day of the span; empty while it goes on",
    "successor": "code of the organisation that it became part of",
    "peer_group": "group of trusts that are compared with each other",
    "org_type": "type of trust",
    "unit_code": "code of the part of the organisation; empty for the whole",
    "units.name": "its name",
    "parent_unit": "code of the unit that it belongs to",
    "scheme": "which list the specialty's code is of",
    "specialty_code": "code of the specialty; empty for all of them",
    "specialties.name": "its name",
    "group": "what it is summed up to",
    "measure": "id of the measure, as in the register",
    "breakdown": "what else the figure is split by: age band, department, reason; empty where it is not",
    "category": "which part of the breakdown",
    "period": "first day of the period",
    "period_type": "how long the period is",
    "basis": "who is counted: patients of a provider, or those a commissioner pays for",
    "numerator": "as counted",
    "denominator": "as counted; empty for counts",
    "value": "numerator over denominator (a share is 0.92, never 92), else the numerator",
    "target": "the target that came with the figure",
    "status": "whether it happened, is still provisional, or was planned",
    "origin": "how it may be shown",
    "suppressed": "whether its publisher hid it",
    "contract_lines.specialty": "treatment function code, or the contract's own word",
    "point_of_delivery": "what the contract pays for: day case, first outpatient attendance …",
    "contract_lines.period": "first day of the month",
    "figure": "what the amount is",
    "amount": "how many, or £: the price of one, the value of all",
    "metric": "id of the value, score, segment or flag, as published; `likely_rank` of the league table",
    "oversight.name": "what its publisher calls it",
    "oversight.unit": "unit of the value",
    "domain": "part of the framework that it belongs to",
    "trust_type": "kind of trust that it is ranked among",
    "reported": "what the figure is of, in its publisher's words",
    "oversight.value": "the figure as published",
    "oversight.period": "first day of the quarter",
    "low": "lower quartile of the trusts; of the league table the lower end of the likely range",
    "middle": "median of the trusts",
    "high": "upper quartile of the trusts; of the league table the upper end of the likely range",
    "rank": "place among the trusts of its kind, the best first",
    "source": "where it was loaded from",
    "vintage": "when this edition of the figure was released or loaded (UTC)",
    "spells.unit_code": "the team, ward or site whose patient it was: stays of one go together",
    "admitted": "day of admission",
    "discharged": "day of discharge",
    "los_days": "length of stay in days",
    "admission_method": "how the patient came in",
    "patient_class": "kind of stay",
    "age_band": "age of the patient",
    "sex": "sex of the patient",
    "imd_decile": "deprivation of where the patient lives: 1 most, 10 least",
    "casemix_group": "group of stays alike",
    "died": "whether the patient died in hospital",
    "readmitted_30d": "whether the patient came back as an emergency within 30 days",
    "cost": "cost in pounds",
    "appointment_date": "day of the appointment",
    "outcome": "what became of it",
    "appointments.kind": "whether it is the first one",
    "mode": "how the patient is seen",
    "lead_days": "days from booking to appointment",
    "referred": "day of addition to the list",
    "removed": "day of removal; empty while the patient waits",
    "removed_month": "its month, YYYY-MM",
    "weeks": "weeks from addition to removal, or to the last day of the file",
}
_TYPES: Final = {
    "text": "text",
    "number": "number",
    "whole": "whole number",
    "date": "date",
    "flag": "true or false",
    "time": "date and time",
}
#: views beside the tables: rows as above, but
VIEW_WORDS: Final = {
    "measure_values_rolled_up": "what reports read: histories of merged organisations added up under their "
    "successor, and of sources that disagree one per series; `members` says how many organisations",
    "measure_values_editions": "the latest edition of each source, all sources",
    "measure_values_all": "every edition of every source",
    "successors": "each code with the organisation that it is part of by now",
}
_HEAD: Final = """# Tables of the mart

What `report.query(sql)` can ask. The mart speaks DuckDB's SQL; `$name` in a query takes its value from an argument:

    report.query("SELECT * FROM units WHERE org_code = $trust", trust=trust)

Only what publishers have released is there. Tables of records of patients, and own figures that were counted from
records, are read by the analyses alone, which keep them under disclosure control.

Made from the schema: `make dictionary` writes it anew."""


def write_mart_page() -> str:
    """Return the Markdown of docs/reference/mart.md."""
    parts = [_HEAD, *(part for table in TABLES.values() for part in _table_part(table)), *_views_part()]
    return "\n\n".join(parts) + "\n"


def _table_part(table: Table) -> Iterator[str]:
    yield f"## {table.name}"
    of_records = " Records: `report.query` cannot read it." if table.name in RECORDS else ""
    key = f" Its key: {', '.join(f'`{name}`' for name in table.key)}." if table.key else ""
    yield f"A row is {TABLE_WORDS[table.name]}.{key}{of_records}"
    lines = ["| column | type | what it says | values |", "|---|---|---|---|"]
    yield "\n".join([*lines, *(_line(table, column) for column in table.columns)])


def _line(table: Table, column: TableColumn) -> str:
    empty = ", may be empty" if column.nullable else ""
    cells = (f"`{column.name}`", f"{_TYPES[column.type]}{empty}", words(table, column), _values(column))
    return f"| {' | '.join(cells)} |"


def words(table: Table, column: TableColumn) -> str:
    """Return what a column says."""
    own = COLUMN_WORDS.get(f"{table.name}.{column.name}")
    return own or COLUMN_WORDS[column.name]


def _values(column: TableColumn) -> str:
    least = "" if column.minimum is None else f"{column.minimum:g} or more"
    return ", ".join(f"`{each}`" for each in column.allowed) or least


def _views_part() -> Iterator[str]:
    yield "## Views"
    yield "Each table shows the latest edition of each row. Beside them:"
    lines = ["| view | what it shows |", "|---|---|"]
    yield "\n".join([*lines, *(f"| `{name}` | {said} |" for name, said in VIEW_WORDS.items())])
