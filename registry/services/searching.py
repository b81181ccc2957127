"""What lists of models and versions are narrowed to, the same for the API and the pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.postgres.search import SearchQuery
from django.db.models import BooleanField, Exists, Func, OuterRef, Q, QuerySet

from lib.actor import Actor
from lib.errors import Invalid
from lib.http.query import whole_number
from registry import guards
from registry.models import Alias, ModelVersion, RegisteredModel, VersionState
from registry.models.words import words_of

QUERY: Final = frozenset(
    {
        "words",
        "name",
        "tag",
        "alias",
        "owner",
        "use_case",
        "business_unit",
        "tier",
        "state",
        "governed",
    }
)
FEW: Final = 2_000
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is None or empty narrows nothing. ``tag`` is a key, or key=value; ``words`` are
    beginnings of words in names and descriptions, all of which are there."""

    words: str = ""
    name: str = ""
    tag: str = ""
    alias: str = ""
    owner: str = ""
    use_case: str = ""
    business_unit: str = ""
    tier: int | None = None
    state: str = ""
    governed: bool | None = None


def wanted_of(query: Mapping[str, str]) -> Wanted:
    """Raises Invalid naming a filter that filters by nothing there is. An empty one is none."""
    texts = ("words", "name", "tag", "alias", "owner", "use_case", "business_unit")
    tier, state, governed = (query.get(key, "") for key in ("tier", "state", "governed"))
    if state and state not in VersionState.values:
        known = ", ".join(VersionState.values)
        raise Invalid("There is no such state.", errors={"state": f"one of {known}"})
    if governed not in ("", "true", "false"):
        raise Invalid("Say true or false.", errors={"governed": "true or false"})
    return Wanted(
        tier=whole_number("tier", tier, low=1, high=3) if tier else None,
        state=state,
        governed=governed == "true" if governed else None,
        **{key: query.get(key, "") for key in texts},
    )


def models(wanted: Wanted, *, actor: Actor) -> QuerySet[RegisteredModel]:
    """The living models that ``actor`` may see, with their owners. Of the models with a version
    in ``wanted.state``, where one is asked for."""
    rows = RegisteredModel.objects.visible_to(actor).filter(_of_model(wanted, "", actor))
    if wanted.words:
        rows = rows.filter(_words(wanted.words, "name", "description"))
    if wanted.tag:
        rows = rows.filter(_tag(wanted.tag))
    if wanted.alias:
        named = Alias.objects.filter(model=OuterRef("pk"), name=wanted.alias)
        rows = rows.filter(Exists(named))
    if wanted.state:
        versions = ModelVersion.objects.filter(model=OuterRef("pk"), state=wanted.state)
        rows = rows.filter(Exists(versions))
    return rows.select_related("owner", "validator")


def versions(wanted: Wanted, *, actor: Actor) -> QuerySet[ModelVersion]:
    """The versions that ``actor`` may see; deleted ones only where ``wanted.state`` asks for them.
    Words are looked for in the version's description and in its model's name and description."""
    rows = ModelVersion.objects.visible_to(actor).filter(_of_model(wanted, "model__", actor))
    rows = rows.filter(state=wanted.state) if wanted.state else rows.living()
    theirs = RegisteredModel.objects.visible_to(actor)
    if wanted.words or wanted.alias:
        theirs = theirs.filter(_of_model(wanted, "", actor))
    if wanted.words:
        # Their keys, not a subquery: only so can the database join two indexes by "or". Of many
        # models so many versions come up that the newest are found at once without an index.
        named = _few(theirs.filter(_words(wanted.words, "name", "description")), "pk")
        of_models = (
            _words(wanted.words, "model__name", "model__description")
            if named is None
            else Q(model__in=named)
        )
        rows = rows.filter(of_models | _words(wanted.words, "description"))
    if wanted.tag:
        rows = rows.filter(_tag(wanted.tag))
    if wanted.alias:
        aliases = Alias.objects.filter(name=wanted.alias)
        keys = _few(aliases.filter(model__in=theirs), "version")
        bearing = Exists(aliases.filter(version=OuterRef("pk")))
        rows = rows.filter(bearing if keys is None else Q(pk__in=keys))
    return rows.select_related("model__owner")


def _few(rows: QuerySet[Any], column: str) -> list[int] | None:
    """What stands in ``column``; None where that is more than a statement should name."""
    found = list(rows.order_by().values_list(column, flat=True)[: FEW + 1])
    return found if len(found) <= FEW else None


def _of_model(wanted: Wanted, path: str, actor: Actor) -> Q:
    """What is asked of the model at ``path``."""
    asked: dict[str, Any] = {
        "name": wanted.name,
        "owner__username": wanted.owner,
        "use_case": wanted.use_case,
        "business_unit": wanted.business_unit,
    }
    found = Q(**{path + field: value for field, value in asked.items() if value})
    if wanted.governed is not None:
        found &= Q(**{f"{path}governed": wanted.governed})
    if wanted.tier is not None:
        slugs = guards.use_cases_of_tier(wanted.tier, actor)
        found &= Q(**{f"{path}use_case__in": slugs})
    return found


def _tag(text: str) -> Q:
    """A tag by its key, or by key=value; both are answered by the index over tags."""
    key, equals, value = text.partition("=")
    return Q(tags__contains={key: value}) if equals else Q(tags__has_key=key)


def _words(text: str, *fields: str) -> Q:
    """Every word of ``text`` begins a word of the fields, as the index over them has these."""
    parts = _WORD.findall(text)
    if not parts:
        return Q(pk__in=[])
    query = SearchQuery(
        " & ".join(f"{part}:*" for part in parts), search_type="raw", config="simple"
    )
    return Q(_Holds(words_of(*fields), query))


class _Holds(Func):
    template = "(%(expressions)s)"
    arg_joiner = " @@ "
    output_field = BooleanField()
