"""The register: what is measured and why, as YAML that becomes frozen models."""

from helpers.register.arrangement import Perspective
from helpers.register.cycle import BoardDecision, ExpectedEffect, ExpectedImpact, MatrixRow, Risk, Team
from helpers.register.files import OwnFile, RecordMapping, TableMapping
from helpers.register.models import (
    Comment,
    DeclaredQuality,
    Event,
    Measure,
    Merger,
    Objective,
    Register,
    Target,
)
from helpers.register.questions import ObservedRegister, answer
from helpers.register.reading import find_measure, read_register

__all__ = [
    "BoardDecision",
    "Comment",
    "DeclaredQuality",
    "Event",
    "ExpectedEffect",
    "ExpectedImpact",
    "MatrixRow",
    "Measure",
    "Merger",
    "Objective",
    "ObservedRegister",
    "OwnFile",
    "Perspective",
    "RecordMapping",
    "Register",
    "Risk",
    "TableMapping",
    "Target",
    "Team",
    "answer",
    "find_measure",
    "read_register",
]
