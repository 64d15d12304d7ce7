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
