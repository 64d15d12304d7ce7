"""The register: what is measured and why, as YAML that becomes frozen models."""

from helpers.register.models import (
    Comment,
    DeclaredQuality,
    Event,
    Measure,
    Merger,
    Objective,
    OwnFile,
    Perspective,
    Register,
    TableMapping,
    Target,
)
from helpers.register.questions import ObservedRegister, answer
from helpers.register.reading import find_measure, read_register

__all__ = [
    "Comment",
    "DeclaredQuality",
    "Event",
    "Measure",
    "Merger",
    "Objective",
    "ObservedRegister",
    "OwnFile",
    "Perspective",
    "Register",
    "TableMapping",
    "Target",
    "answer",
    "find_measure",
    "read_register",
]
