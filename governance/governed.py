"""The tables of this room whose every change is told by an entry."""

from __future__ import annotations

from audit.rows import Governed
from governance import models

# Not here, for nothing rests on it: ``ValueStanding``, a copy of what the rules give, and
# ``BoardPack``, which prints; handing one out is an entry.
GOVERNED = (
    Governed(models.Allocation),
    Governed(models.Answer),
    Governed(models.Authorization),
    # While work goes on its rows say how far it is; what counts is how it ended.
    Governed(models.CheckRun, pending=("finished_at", "")),
    Governed(models.Classification),
    Governed(models.Condition),
    Governed(models.Decision),
    Governed(models.Delegation),
    Governed(models.Determination),
    Governed(models.EmergencyRequest),
    Governed(models.EmergencyReview),
    Governed(models.ExchangeRate),
    Governed(models.Explanation, pending=("finished_at", "")),
    Governed(models.Finding),
    Governed(models.FindingNote),
    Governed(models.Gate, except_for=("reasons",), pending=("state", "pending")),
    Governed(models.Hold),
    Governed(models.Holiday),
    Governed(models.KPI),
    Governed(models.Methodology),
    Governed(models.Observation),
    Governed(models.PayoffMatrix),
    Governed(models.Plan, except_for=("updated_at",)),
    Governed(models.Policy),
    Governed(models.PolicyVersion),
    Governed(models.Purpose),
    Governed(models.Question),
    Governed(models.Readiness),
    Governed(models.Recertification),
    Governed(models.Release),
    Governed(models.RequirementSet),
    Governed(models.RiskAssessment),
    Governed(models.Stop),
    Governed(models.Upload),
    Governed(models.UseCase),
    Governed(models.ValidationRun, except_for=("progress", "note"), pending=("finished_at", "")),
    Governed(models.ValueCase),
    Governed(models.ValueCaseVersion),
    Governed(models.Verification),
    Governed(models.Waiver),
)
