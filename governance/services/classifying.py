"""What a use case is in law: a model or not, and its class under the EU AI Act."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from audit.services import record
from governance.eu_act import PRESETS, STRICTEST_FIRST, is_milder
from governance.models import Authorization, Classification, Determination, Release, UseCase
from governance.models.authorizations import RUNNING_STATES
from governance.models.risk import EUClass
from governance.services import authorizations, releases
from governance.services.prohibition import class_of
from governance.services.transitions import lock
from governance.services.use_cases import held, refuse_owner
from governance.subjects import of_use_case
from lib import reasons
from lib.actor import SYSTEM, Actor
from lib.errors import Invalid, Refused

SHORTEST_RATIONALE = 10


@transaction.atomic
def determine(use_case: UseCase, *, is_model: bool, rationale: str, actor: Actor) -> Determination:
    """Whether what answers here is a model, and why. The newest holds.

    Raises Invalid without a rationale, Refused when an owner says that it is none after all.
    """
    actor.require("use_case.write", *use_case.scopes)
    text = _rationale(rationale)
    user_id = _person(actor, "determines whether it is a model")
    use_case = held(use_case)
    last = use_case.determinations.first()
    if last is not None and last.is_model and not is_model:
        refuse_owner(use_case, actor, what="the treatment")
    determination = Determination.objects.create(
        use_case=use_case,
        is_model=is_model,
        rationale=text,
        determined_by_id=user_id,
        determined_at=timezone.now(),
    )
    record(
        actor=actor,
        action="use_case.determine",
        subject=of_use_case(use_case),
        reason=text,
        details={"is_model": is_model},
    )
    return determination


@transaction.atomic
def classify(
    use_case: UseCase,
    *,
    rationale: str,
    actor: Actor,
    preset: str = "",
    eu_class: str = "",
    articles: str = "",
) -> Classification:
    """The class under the EU AI Act, by a ``preset`` or with its path of ``articles``. A
    prohibited use loses at once what was authorized for it, and what was asked for.

    Raises Invalid naming wrong fields, Refused when an owner makes the class milder.
    """
    actor.require("use_case.write", *use_case.scopes)
    text = _rationale(rationale)
    user_id = _person(actor, "classifies")
    eu_class, articles = _path(preset, eu_class, articles.strip())
    for release in _open_releases(use_case):
        lock(release)
    use_case = held(use_case)
    last = class_of(use_case)
    if last is not None and is_milder(eu_class, last.eu_class):
        refuse_owner(use_case, actor, what="the class")
    classification = Classification.objects.create(
        use_case=use_case,
        eu_class=eu_class,
        articles=articles,
        rationale=text,
        assessed_by_id=user_id,
        assessed_at=timezone.now(),
    )
    record(
        actor=actor,
        action="use_case.classify",
        subject=of_use_case(use_case),
        reason=text,
        details={
            "eu_class": eu_class,
            "articles": articles,
            "preset": preset,
            "former": last.eu_class if last else "",
        },
    )
    if eu_class == EUClass.PROHIBITED:
        _end_all(use_case, f"The use was classified as prohibited ({articles}).")
    return classification


def _path(preset: str, eu_class: str, articles: str) -> tuple[str, str]:
    if preset:
        if preset not in PRESETS:
            known = ", ".join(PRESETS)
            raise Invalid("There is no such preset.", errors={"preset": f"one of {known}"})
        if eu_class or articles:
            raise Invalid(
                "A preset brings its class and articles with it.",
                errors={"preset": "either a preset, or class and articles"},
            )
        return PRESETS[preset].eu_class, PRESETS[preset].articles
    errors = {}
    if eu_class not in STRICTEST_FIRST:
        errors["eu_class"] = f"one of {', '.join(STRICTEST_FIRST)}"
    if not 3 <= len(articles) <= 200:
        errors["articles"] = "the path of articles, such as “Art. 6(2), Annex III 5(b)”"
    if errors:
        raise Invalid("The classification is not complete.", errors=errors)
    return eu_class, articles


def _rationale(text: str) -> str:
    sentence = "Say why, so that somebody else can follow it."
    return reasons.given(text, sentence, field="rationale", shortest=SHORTEST_RATIONALE)


def _person(actor: Actor, does: str) -> int:
    if not actor.is_person or actor.user_id is None:
        raise Refused(f"A person {does}, not a machine's key.", code="people_only")
    return actor.user_id


def _open_releases(use_case: UseCase) -> list[Release]:
    return list(Release.objects.filter(use_case=use_case, closed_at=None).order_by("pk"))


def _end_all(use_case: UseCase, reason: str) -> None:
    """What is open is withdrawn and what runs is revoked, in this transaction."""
    for release in _open_releases(use_case):
        releases.withdraw(release, reason=reason, actor=SYSTEM)
    running = Authorization.objects.filter(purpose__use_case=use_case, state__in=RUNNING_STATES)
    for authorization in running.order_by("pk"):
        authorizations.revoke(authorization, reason=reason, actor=SYSTEM)
