"""What pages and the API show: gathered once, with a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Prefetch

from governance.models import (
    Authorization,
    CheckRun,
    Decision,
    Gate,
    Release,
    ValidationRun,
)
from governance.services import gates
from governance.services.champions import Beside, beside_champion
from governance.services.check_reading import brief, in_policy_order
from governance.services.evidence import documents_of
from governance.services.queues import standing_of
from governance.services.slots import Slot, slots_of
from governance.services.value_documents import Promised, promised_of
from lib.actor import Actor
from lib.errors import NotFound
from registry.models import VersionDocument


@dataclass(frozen=True)
class ReleasePage:
    """Everything that the release page shows to one person."""

    release: Release
    gates: list[Gate]
    run: ValidationRun | None
    checks: list[CheckRun]
    slots: list[Slot]
    decisions: list[Decision]
    authorization: Authorization | None
    beside: Beside
    promised: Promised | None
    documents: list[VersionDocument]
    late_documents: list[VersionDocument]
    standing: str = ""
    """What an unfinished suite waits for, in words."""

    @property
    def gates_open(self) -> int:
        return sum(gate.state == "open" for gate in self.gates)


def page_of(release_id: str, *, actor: Actor) -> ReleasePage:
    """The release page. Raises NotFound when ``actor`` may not see the release.

    Its checks are brief: evidence and charts stay in the database (see ``check_reading``).
    """
    release = (
        Release.objects.visible_to(actor)
        .with_names()
        .select_related("requirement_set", "version__developer", "version__model__owner")
        .prefetch_related(
            Prefetch("decisions", Decision.objects.order_by("signed_at")),
            Prefetch("gates", Gate.objects.order_by("position")),
        )
        .filter(pk=release_id)
        .first()
    )
    if release is None:
        raise NotFound("There is no such release, or you may not see it.")
    checked = Prefetch("checks", brief(CheckRun.objects.all()))
    run = release.runs.filter(revision=release.revision).prefetch_related(checked).first()
    checks = in_policy_order(release, run.checks.all()) if run else []
    documents, late = documents_of(release)
    facts = gates.facts_of(release)
    return ReleasePage(
        release=release,
        gates=gates.by_the_clock(release, list(release.gates.all()), facts),
        run=run,
        checks=checks,
        slots=slots_of(release, actor=actor, facts=facts),
        decisions=list(release.decisions.all()),
        authorization=Authorization.objects.filter(release=release).first(),
        beside=beside_champion(release, checks, actor=actor),
        promised=promised_of(release.use_case),
        documents=documents,
        late_documents=late,
        standing=standing_of(run, checks),
    )
