"""What is in force, for the registry and for the alias that follows it: the verdict's own answer,
so that the two never disagree about the same bytes."""

from __future__ import annotations

from governance.models import Authorization
from governance.services.verdicts import verdict
from lib.actor import Actor
from lib.errors import Refused
from registry.models import Environment, ModelVersion, RegisteredModel


def authorization_for(version: ModelVersion, environment: Environment, purpose: str) -> str:
    """The registry's port: the digest of the authorization by which the files of ``version`` may
    run there now, or an empty string. One of the same files registered elsewhere counts too."""
    answer = verdict(digest=version.digest or "", environment=environment.name, purpose=purpose)
    return answer.held.digest if answer.allow and answer.held else ""


def versions_of(model: RegisteredModel) -> set[int]:
    """Keys of its versions that may run somewhere protected now, for whatever purpose."""
    rows = Authorization.objects.on_own_terms().filter(model=model, environment__protected=True)
    asked = rows.values_list(
        "version", "version_digest", "environment__name", "purpose__key"
    ).distinct()
    return {
        version
        for version, digest, environment, purpose in asked
        if verdict(digest=digest, environment=environment, purpose=purpose).allow
    }


def may_move_alias(
    model: RegisteredModel, alias: str, version: ModelVersion | None, actor: Actor
) -> None:
    """The registry's port: a protected alias follows what is authorized. It moves to the one
    version that is in force somewhere protected. Where two are, for two purposes or in two places,
    nobody chooses between them: authorizing one of them for both does. Raises Refused."""
    running = versions_of(model)
    if version is None or version.pk not in running:
        raise Refused(
            f"The alias “{alias}” is protected: it moves only to a version that is authorized.",
            code="protected_alias",
        )
    if len(running) > 1:
        raise Refused(
            f"The alias “{alias}” is protected, and {len(running)} versions of {model.name} are "
            "authorized: it moves when one of them is authorized in place of the others.",
            code="protected_alias",
        )
