"""Aliases: names that move from version to version."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from lib.actor import Actor
from lib.errors import NotFound
from registry.mlflow import shapes
from registry.mlflow.door import DoorView
from registry.mlflow.fields import ALIAS, NAME, VERSION, Given
from registry.mlflow.lookups import find_model, named_version, under_alias
from registry.services import aliases


class AliasView(DoorView):
    """A protected alias moves only with an authorization."""

    shows = "model:{name}"
    required = {"GET": "registry.read", "POST": "registry.write", "DELETE": "registry.write"}
    takes = {"GET": (NAME, ALIAS), "POST": (NAME, ALIAS, VERSION), "DELETE": (NAME, ALIAS)}

    def get(self, actor: Actor, given: Given) -> dict[str, Any]:
        """The version that an alias points at."""
        found = under_alias(given["name"], given["alias"], actor)
        return {"model_version": shapes.version(*found)}

    def post(self, actor: Actor, given: Given) -> dict[str, Any]:
        """Point an alias at a version."""
        version = named_version(given["name"], given["version"], actor)
        aliases.move_alias(version, name=given["alias"], actor=actor)
        return {}

    def delete(self, actor: Actor, given: Given) -> dict[str, Any]:
        """Remove an alias; one that is not there is removed already."""
        model = find_model(given["name"], actor)
        with suppress(NotFound):
            aliases.remove_alias(model, name=given["alias"], actor=actor)
        return {}
