"""Who sees what, as a queryset condition: a scoped role sees only its scopes."""

from __future__ import annotations

from django.db.models import Q

from lib.actor import EVERYWHERE, Actor

READ = "registry.read"
NOTHING = Q(pk__in=[])


def sees_everything(actor: Actor) -> bool:
    """True when the actor may read the whole registry."""
    return actor.kind == "system" or any(
        READ in grant.permissions and grant.scope == EVERYWHERE for grant in actor.grants
    )


def model_in_scope(actor: Actor, path: str = "") -> Q:
    """The condition that the registered model at ``path`` lies in one of the actor's scopes.

    ``path`` is a look-up prefix such as ``"version__model__"``. Without the permission nothing
    matches.
    """
    if sees_everything(actor):
        return Q()
    condition = NOTHING
    for grant in actor.grants:
        kind, key = grant.scope
        if READ in grant.permissions and kind in ("use_case", "business_unit") and key:
            condition = condition | Q(**{f"{path}{kind}": key})
    return condition


def scope_keys(actor: Actor) -> tuple[bool, list[str], list[str]]:
    """The same for statements that are written out: whether the actor sees everything, else the
    use cases and the business units whose models they see."""
    if sees_everything(actor):
        return True, [], []
    held = [grant.scope for grant in actor.grants if READ in grant.permissions]
    units = [key for kind, key in held if kind == "business_unit" and key]
    return False, [key for kind, key in held if kind == "use_case" and key], units
