"""The search that clients make most: everything under one name, in the usual order. It is read by
statements that are written out (``rows``), and says what the long way would."""

from __future__ import annotations

import json
from typing import Any, Final

from lib.actor import Actor
from registry.mlflow import paging, rows, search, shapes
from registry.mlflow.fields import Given
from registry.mlflow.grammar import Condition, conditions

_NO_PROMPTS: Final = Condition("tag", search.PROMPT, "!=", "true")  # their client adds it
_MARK: Final = {search.PROMPT: "true"}


def name_alone(given: Given) -> str | None:
    """The name, where a first page of it is all that is asked for. Raises Invalid."""
    if not given["filter"] or given["order_by"] or given["page_token"]:
        return None
    asked = [one for one in conditions(given["filter"]) if one != _NO_PROMPTS]
    if len(asked) != 1:
        return None
    one = asked[0]
    named = (one.kind, one.key, one.comparator) == ("attribute", "name", "=")
    return one.value if named and isinstance(one.value, str) else None


def models(name: str, actor: Actor) -> dict[str, Any]:
    """The answer to a search for the model of that name."""
    found = rows.model(name, actor)
    if found is None or found[0].tags.items() >= _MARK.items():
        return {"registered_models": []}
    return {"registered_models": [shapes.model(*found)]}


def versions(name: str, actor: Actor, limit: int, asked: object) -> dict[str, Any]:
    """The answer to a search for the versions of the model of that name."""
    found = rows.newest_changed(name, actor, limit + 1, json.dumps(_MARK))
    answer: dict[str, Any] = {"model_versions": [shapes.version(*one) for one in found[:limit]]}
    if len(found) > limit:
        last, order = found[limit - 1][0], search.version_order([])
        values = {"updated_at": last.updated_at, "model__name": last.name, "number": last.number}
        after = paging.token_after([values[field] for field, _ in order], asked, order)
        answer["next_page_token"] = after
    return answer
