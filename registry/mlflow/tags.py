"""Tags of models and of versions."""

from __future__ import annotations

from typing import Any

from lib.actor import Actor
from registry.mlflow.door import DoorView
from registry.mlflow.fields import KEY, NAME, VALUE, VERSION, Given
from registry.mlflow.lookups import find_model, named_version
from registry.services import models, versions


class SetOnModel(DoorView):
    """Set a tag of a model; an empty value is one."""

    required = {"POST": "registry.write"}
    takes = {"POST": (NAME, KEY, VALUE)}

    def post(self, actor: Actor, given: Given) -> dict[str, Any]:
        model = find_model(given["name"], actor)
        models.tag_model(model, put={given["key"]: given["value"] or ""}, actor=actor)
        return {}


class DropFromModel(DoorView):
    """Remove a tag of a model; one that is not there is removed already."""

    required = {"DELETE": "registry.write"}
    takes = {"DELETE": (NAME, KEY)}

    def delete(self, actor: Actor, given: Given) -> dict[str, Any]:
        models.tag_model(find_model(given["name"], actor), drop=(given["key"],), actor=actor)
        return {}


class SetOnVersion(DoorView):
    """Set a tag of a version."""

    required = {"POST": "registry.write"}
    takes = {"POST": (NAME, VERSION, KEY, VALUE)}

    def post(self, actor: Actor, given: Given) -> dict[str, Any]:
        version = named_version(given["name"], given["version"], actor)
        versions.tag_version(version, put={given["key"]: given["value"] or ""}, actor=actor)
        return {}


class DropFromVersion(DoorView):
    """Remove a tag of a version."""

    required = {"DELETE": "registry.write"}
    takes = {"DELETE": (NAME, VERSION, KEY)}

    def delete(self, actor: Actor, given: Given) -> dict[str, Any]:
        version = named_version(given["name"], given["version"], actor)
        versions.tag_version(version, drop=(given["key"],), actor=actor)
        return {}
