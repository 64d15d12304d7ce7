"""Look for identifiers of patients in what is about to leave: text, tables, pictures, files of every kind.

Three things keep false alarms near nothing without letting a real one through: numbers are read only from
text, never from drawing (path data, coordinates, styles, pixels); what looks like an identifier must pass
its own test (check digit, issued range, postcode area, a birth long ago or named as one); and an alarm that
is still false can be allowed by its exact value, place and reason. Found values are never repeated in full.
"""

from helpers.data.audit.alarms import Allowed, read_allowed, redact
from helpers.data.audit.bundles import audit_bundles
from helpers.data.audit.files import audit_file
from helpers.data.audit.identifiers import is_nhs_number
from helpers.data.audit.tables import audit_header
from helpers.data.audit.text import audit_text

__all__ = [
    "Allowed",
    "audit_bundles",
    "audit_file",
    "audit_header",
    "audit_text",
    "is_nhs_number",
    "read_allowed",
    "redact",
]
