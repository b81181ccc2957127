"""The rows of governance, split by noun."""

from governance.models.authorizations import Authorization
from governance.models.decisions import Decision
from governance.models.dossiers import Dossier
from governance.models.explanations import Explanation
from governance.models.policies import Policy, PolicyVersion, RequirementSet
from governance.models.releases import Gate, Release
from governance.models.use_cases import Purpose, UseCase
from governance.models.validation import CheckRun, ValidationRun
from governance.models.value import KPI, Observation, ValueCase

__all__ = [
    "KPI",
    "Authorization",
    "CheckRun",
    "Decision",
    "Dossier",
    "Explanation",
    "Gate",
    "Observation",
    "Policy",
    "PolicyVersion",
    "Purpose",
    "Release",
    "RequirementSet",
    "UseCase",
    "ValidationRun",
    "ValueCase",
]
