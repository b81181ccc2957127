"""Risk of a use case: the methodology, assessments, and the tier that follows from them.

``UseCase.tier`` changes here alone; the database holds it against the newest assessment.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.services import record
from governance import tiering
from governance.models import Methodology, Release, RiskAssessment, UseCase
from governance.policy.text import PolicyError
from governance.services import releases
from governance.services.following import go_on_with
from governance.services.numbering import next_number
from governance.services.transitions import lock
from governance.services.use_cases import SHORTEST_REASON, first_assessment, held, refuse_owner
from governance.subjects import of_methodology, of_use_case
from lib import reasons
from lib.actor import SYSTEM, Actor
from lib.canonical import sha256
from lib.errors import Conflict, Invalid, NotFound


@transaction.atomic
def publish_methodology(*, source: str, actor: Actor) -> Methodology:
    """A new version of the methodology, frozen by digest. What was assessed under the former one
    keeps its tier until it is assessed anew; the inventory lists it.

    Raises Invalid naming every line that is wrong, Conflict when nothing has changed.
    """
    actor.require_everywhere("policy.publish")
    document = _read(source)
    digest = sha256(source.encode())
    number = next_number(Methodology)  # one publisher at a time from here on
    newest = current_methodology()
    if newest is not None and newest.digest == digest:
        raise Conflict(f"Methodology v{newest.number} says exactly this.", code="unchanged")
    methodology = Methodology.objects.create(
        number=number,
        source=source,
        document=document,
        digest=digest,
        published_at=timezone.now(),
        published_by=actor.id,
    )
    record(
        actor=actor,
        action="methodology.publish",
        subject=of_methodology(methodology),
        details={"number": methodology.number, "digest": digest},
    )
    return methodology


def _read(source: str) -> dict[str, Any]:
    try:
        return tiering.parse(source)
    except PolicyError as error:
        raise Invalid(
            f"The methodology has {len(error.problems)} problem(s).",
            errors={f"line {line}: {key}": text for line, key, text in error.problems},
        ) from error


def current_methodology() -> Methodology | None:
    """The newest, or None when none was ever published."""
    return Methodology.objects.order_by("-number").first()


def find_methodology(number: int) -> Methodology:
    """Raises NotFound."""
    row = Methodology.objects.filter(number=number).first()
    if row is None:
        raise NotFound(f"There is no version {number} of the risk methodology.")
    return row


@transaction.atomic
def assess(
    use_case: UseCase,
    *,
    answers: Mapping[str, Any],
    actor: Actor,
    override: int | None = None,
    reason: str = "",
) -> RiskAssessment:
    """Computes the tier from ``answers`` (factor -> level) and puts it into force. ``override``
    is another tier, for a ``reason``. Where the tier becomes stricter, releases in review start
    anew under the stricter rules.

    Raises Invalid naming wrong answers, Conflict without a methodology, Refused when the tier
    would fall by the hand of an owner.
    """
    actor.require("use_case.write", *use_case.scopes)
    methodology = current_methodology()
    if methodology is None:
        raise Conflict(
            "No risk methodology is published yet: publish one first.", code="no_methodology"
        )
    computed = _computed(methodology, answers)
    tier, why = _settled(computed, override, reason)
    _lock_releases(use_case)
    use_case = held(use_case)
    if tier > min(use_case.tier, computed.tier):
        refuse_owner(use_case, actor, what="the tier")
    former, last = use_case.tier, _baseline(use_case)
    assessment = RiskAssessment.objects.create(
        use_case=use_case,
        methodology=methodology,
        answers=dict(answers),
        score=computed.score,
        computed_tier=computed.tier,
        tier=tier,
        override_reason=why,
        assessed_by=actor.id,
        assessed_name=actor.name,
        # The newest by time is the newest by number too, even when a clock was set back.
        assessed_at=max(timezone.now(), last.assessed_at),
    )
    if tier != former:
        use_case.tier = tier
        use_case.save(update_fields=["tier"])
    _tell(use_case, assessment, former, computed, actor)
    _reroute(use_case)
    go_on_with(use_case, actor=actor)
    return assessment


def _computed(methodology: Methodology, answers: Mapping[str, Any]) -> tiering.Computed:
    try:
        return tiering.compute(methodology.document, answers)
    except tiering.AnswersError as error:
        raise Invalid(
            "Some questions are not answered as the methodology asks.",
            errors={f"answers.{key}": text for key, text in error.problems.items()},
        ) from error


def _settled(computed: tiering.Computed, override: int | None, reason: str) -> tuple[int, str]:
    """The tier that is to hold, and why it is another than the computed one."""
    if override is None or override == computed.tier:
        return computed.tier, ""
    if override not in tiering.TIERS:
        raise Invalid("There are tiers 1, 2 and 3.", errors={"override": "1, 2 or 3"})
    sentence = f"The answers come to tier {computed.tier}. For tier {override} say why."
    return override, reasons.given(reason, sentence, shortest=SHORTEST_REASON)


def _lock_releases(use_case: UseCase) -> None:
    """Before the use case, as everywhere: who issues holds the release and then the use case."""
    for release in _open_releases(use_case):
        lock(release)


def _open_releases(use_case: UseCase) -> list[Release]:
    """Also those of others that share the name of a purpose, since a verdict asks by name."""
    keys = use_case.purposes.values_list("key", flat=True)
    rows = Release.objects.filter(purpose__key__in=list(keys), closed_at=None)
    return list(rows.order_by("pk"))


def _baseline(use_case: UseCase) -> RiskAssessment:
    """The newest assessment; a use case from before there were any gets the tier it began with,
    so that it is known later what held until now."""
    newest = use_case.assessments.order_by("-assessed_at", "-pk").first()
    if newest is not None:
        return newest
    return first_assessment(use_case, proposed=use_case.tier, by=SYSTEM, at=use_case.created_at)


def _tell(
    use_case: UseCase,
    assessment: RiskAssessment,
    former: int,
    computed: tiering.Computed,
    actor: Actor,
) -> None:
    assert assessment.methodology is not None
    record(
        actor=actor,
        action="use_case.assess",
        subject=of_use_case(use_case),
        reason=assessment.override_reason,
        details={
            "methodology": assessment.methodology.number,
            "methodology_digest": assessment.methodology.digest,
            "answers": assessment.answers,
            "score": assessment.score,
            "computed_tier": computed.tier,
            "tier": assessment.tier,
            "former_tier": former,
            "why": list(computed.why),
        },
    )


def _reroute(use_case: UseCase) -> None:
    """Stricter rules hold for what is still being decided, also where a use case counts for the
    first time (``purpose_tiers``). What no policy covers at the new tier stays where it is and can
    be authorized by nobody (see ``authorizations.issue``)."""
    for release in _open_releases(use_case):
        if release.tier <= use_case.tier or release.state not in ("blocked", "in_review"):
            continue
        try:
            with transaction.atomic():
                why = f"The risk tier of {use_case.name} is {use_case.tier} now."
                releases.revise(release, reason=why, actor=SYSTEM)
        except Conflict:
            continue
