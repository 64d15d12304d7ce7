"""The register: what is measured and why, as YAML that becomes frozen models."""

from helpers.register.models import (
    Comment,
    DeclaredQuality,
    Event,
    Measure,
    Merger,
    Objective,
    Perspective,
    Register,
    TableMapping,
    Target,
)
from helpers.register.reading import find_measure, read_register

__all__ = [
    "Comment",
    "DeclaredQuality",
    "Event",
    "Measure",
    "Merger",
    "Objective",
    "Perspective",
    "Register",
    "TableMapping",
    "Target",
    "find_measure",
    "read_register",
]
