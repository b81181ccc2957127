"""Whether the rules of releases hold for a model."""

from __future__ import annotations

from django.db import transaction

from audit.services import record
from lib import reasons
from lib.actor import Actor
from lib.errors import refusal
from registry import guards
from registry.models import RegisteredModel
from registry.services.models import locked
from registry.subjects import model_subject

LETS_GO = "policy.publish"


@transaction.atomic
def govern_model(
    model: RegisteredModel, *, governed: bool, actor: Actor, reason: str
) -> RegisteredModel:
    """Whether the rules of releases hold for it. Whoever writes may put it under them; the second
    line may as well, and alone lets it go, though never once decisions name it. Raises Refused,
    Invalid."""
    model = locked(model, actor, _governs(model, governed, actor))
    why = reasons.given(reason)
    if governed == model.governed:
        return model
    if not governed:
        guards.may_let_go(model, actor)
    model.governed = governed
    model.save(update_fields=["governed", "updated_at"])
    record(
        actor=actor,
        action="model.govern",
        subject=model_subject(model),
        reason=why,
        details={"before": not governed, "after": governed},
    )
    return model


def why_not_govern(model: RegisteredModel, *, governed: bool, actor: Actor) -> str:
    """The sentence that would refuse it, or an empty string."""
    who = refusal(lambda: actor.require(_governs(model, governed, actor), *model.scopes))
    if who and not governed:
        return "A model is let go by the second line: by somebody who publishes policies."
    return who or ("" if governed else refusal(lambda: guards.may_let_go(model, actor)))


def _governs(model: RegisteredModel, governed: bool, actor: Actor) -> str:
    """The permission that it takes."""
    writes = governed and actor.may("registry.write", *model.scopes)
    return "registry.write" if writes else LETS_GO
