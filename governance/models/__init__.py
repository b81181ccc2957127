"""The rows of governance, split by noun."""

from governance.models.authorizations import Authorization, Stop
from governance.models.board_packs import BoardPack
from governance.models.conditions import Condition
from governance.models.decisions import Decision
from governance.models.delegations import Delegation, Hold, Holiday
from governance.models.dossiers import Dossier
from governance.models.explanations import Explanation
from governance.models.findings import Finding, FindingNote
from governance.models.kpis import KPI, Observation, Upload, Verification
from governance.models.notices import Notice, NoticePreference
from governance.models.oversight import EmergencyRequest, EmergencyReview, Recertification
from governance.models.plans import PayoffMatrix, Plan, Readiness
from governance.models.policies import DryRun, Policy, PolicyVersion, RequirementSet
from governance.models.questions import Answer, Question
from governance.models.releases import Gate, Release
from governance.models.risk import Classification, Determination, Methodology, RiskAssessment
from governance.models.use_cases import Purpose, UseCase
from governance.models.validation import CheckRun, ValidationRun
from governance.models.value import (
    Allocation,
    ExchangeRate,
    ValueCase,
    ValueCaseVersion,
    ValueStanding,
)
from governance.models.waivers import Waiver

__all__ = [
    "KPI",
    "Allocation",
    "Answer",
    "Authorization",
    "BoardPack",
    "CheckRun",
    "Classification",
    "Condition",
    "Decision",
    "Delegation",
    "Determination",
    "Dossier",
    "DryRun",
    "EmergencyRequest",
    "EmergencyReview",
    "ExchangeRate",
    "Explanation",
    "Finding",
    "FindingNote",
    "Gate",
    "Hold",
    "Holiday",
    "Methodology",
    "Notice",
    "NoticePreference",
    "Observation",
    "PayoffMatrix",
    "Plan",
    "Policy",
    "PolicyVersion",
    "Purpose",
    "Question",
    "Readiness",
    "Recertification",
    "Release",
    "RequirementSet",
    "RiskAssessment",
    "Stop",
    "Upload",
    "UseCase",
    "ValidationRun",
    "ValueCase",
    "ValueCaseVersion",
    "ValueStanding",
    "Verification",
    "Waiver",
]
