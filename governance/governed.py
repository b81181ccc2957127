"""The tables of this room whose every change is told by an entry."""

from __future__ import annotations

from audit.rows import Governed
from governance import models

GOVERNED = (
    Governed(models.Authorization),
    # While work goes on its rows say how far it is; what counts is how it ended.
    Governed(models.CheckRun, pending=("finished_at", "")),
    Governed(models.Decision),
    Governed(models.Explanation, pending=("finished_at", "")),
    Governed(models.Gate, except_for=("reasons",), pending=("state", "pending")),
    Governed(models.KPI),
    Governed(models.Observation),
    Governed(models.Policy),
    Governed(models.PolicyVersion),
    Governed(models.Purpose),
    Governed(models.Release),
    Governed(models.RequirementSet),
    Governed(models.UseCase),
    Governed(models.ValidationRun, except_for=("progress", "note"), pending=("finished_at", "")),
    Governed(models.ValueCase),
)
