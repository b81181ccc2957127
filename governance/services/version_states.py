"""How versions stand in a use case: which of them run now, and what became of the newest release
of each other. Reads only."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from governance.models import Authorization, Release, UseCase
from governance.models.releases import ReleaseState
from registry.models import ModelVersion

RUNS: Final = "runs_now"
_AWAITED: Final = frozenset({"validating", "in_review", "changes_requested"})
_SAID: Final = {
    "blocked": "is blocked",
    "rejected": "was rejected",
    "withdrawn": "was withdrawn",
    "revoked": "was revoked",
    "retired": "was retired",
    "superseded": "was superseded",
    "expired": "has run out",
    "suspended": "is suspended",
    "condition_overdue": "is stopped, for a condition is overdue",
    "review_overdue": "is stopped, for its review is overdue",
}


@dataclass(frozen=True)
class Stand:
    """``state`` is ``runs_now``, that of the newest release, or once that is released that of its
    authorization; ``label`` names the newest release."""

    state: str
    label: str = ""

    @property
    def may_follow(self) -> bool:
        """Whether a decision about it is still to come, and nothing stands against it."""
        return self.state in _AWAITED

    @property
    def why_not(self) -> str:
        """ "R-3 is blocked"; empty of what runs, and of what may follow."""
        said = _SAID.get(self.state, "")
        return f"{self.label} {said}" if said else ""


def running(use_case: UseCase) -> list[ModelVersion]:
    """The versions that are authorized for it now, those nearest to production first."""
    held = Authorization.objects.on_own_terms().filter(release__use_case=use_case)
    rows = held.select_related("version__model").order_by("-environment__rank", "-issued_at")
    return list(dict.fromkeys(row.version for row in rows.defer("document")))


def of_versions(
    keys: Collection[int], use_case: UseCase, *, runs: Collection[int]
) -> dict[int, Stand]:
    """How each version stands, by its key; ``runs`` are the keys of those that run. Two queries."""
    rows = (
        Release.objects.filter(use_case=use_case, version__in=keys)
        .select_related("authorization")
        .prefetch_related("authorization__stops")
        .order_by("version", "-number")
        .distinct("version")
    )
    return {
        row.version_id: Stand(RUNS if row.version_id in runs else _state(row), row.label)
        for row in rows
    }


def _state(release: Release) -> str:
    """Once it is released, how its authorization stands by the clock."""
    held: Authorization | None = getattr(release, "authorization", None)
    if release.state != ReleaseState.RELEASED or held is None:
        return release.state
    return held.state_at()
