"""Process verification: what runs somewhere protected is what is authorized there now.

Read from what pipelines recorded as running, by the clock: what was authorized when it started
may have ended since.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from governance.models import Finding, UseCase
from governance.services import findings
from governance.services.transitions import lock_open
from governance.services.verdicts import Verdict, verdict
from lib.actor import SYSTEM
from lib.errors import ImprimaturError
from registry.models import Deployment, ModelVersion, RegisteredModel

log = logging.getLogger(__name__)
CAUSE = "deployment"
_DAYS = timedelta(days=5)


def verify_all() -> list[Finding]:
    """Opens a finding for each deployment that no authorization covers, once while it is open."""
    found = []
    running = Deployment.objects.running().filter(environment__protected=True)
    for deployment in running.select_related("version__model", "environment").order_by("pk"):
        try:
            finding = verify(deployment)
        except ImprimaturError:  # one that cannot be told of hides no other
            log.exception("deployment %s could not be verified", deployment.pk)
            continue
        if finding is not None:
            found.append(finding)
    return found


def answer_for(deployment: Deployment) -> Verdict:
    """What may run there now of these bytes, for what they are used for."""
    return verdict(
        digest=deployment.version.digest or "",
        environment=deployment.environment.name,
        purpose=deployment.purpose,
    )


def open_findings(version: ModelVersion) -> QuerySet[Finding]:
    """Those that say that ``version`` runs somewhere unauthorized."""
    return Finding.objects.exclude(state="closed").filter(cause=CAUSE, version=version)


@transaction.atomic
def verify(deployment: Deployment) -> Finding | None:
    """The finding that it opens, or None when all is well, known already, or the model serves no
    use case yet."""
    version, place = deployment.version, deployment.environment
    answer = answer_for(deployment)
    use_case = UseCase.objects.filter(slug=version.model.use_case).select_related("owner").first()
    if answer.allow or use_case is None:
        return None
    lock_open(version.model)
    model = RegisteredModel.objects.select_for_update().get(pk=version.model_id)
    title = f"{version.label} runs in {place.name} for {deployment.purpose} unauthorized"[:200]
    if open_findings(version).filter(title=title).exists():
        return None
    return findings.raise_finding(
        model,
        title=title,
        text=f"Since {deployment.started_at:%Y-%m-%d %H:%M} UTC. {answer.text}",
        severity="high",
        owner=findings.mender_of(model),
        due_on=timezone.localdate() + _DAYS,
        actor=SYSTEM,
        version=version,
        cause=CAUSE,
    )
