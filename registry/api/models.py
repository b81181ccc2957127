"""REST: registered models."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.db.models import prefetch_related_objects
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from lib.actor import Actor
from lib.http.cursors import page
from lib.http.idempotency import idempotent
from lib.http.query import PAGING, params
from lib.http.serializers import SlugField, StrictSerializer
from lib.http.views import ApiView
from registry.api.etags import require_match, tagged
from registry.api.fields import API, DescriptionField, TagsField, person, username
from registry.models import RegisteredModel
from registry.services import models, searching


class NewModel(StrictSerializer):
    name = SlugField()
    use_case = SlugField(required=False, default="")
    description = DescriptionField(default="")
    owner = serializers.CharField(max_length=150, required=False, allow_null=True, default=None)
    validator = serializers.CharField(max_length=150, required=False, allow_null=True, default=None)
    task = SlugField(required=False, default="binary")
    tags = TagsField(required=False, default=dict)
    governed = serializers.BooleanField(required=False, allow_null=True, default=None)


class ModelChange(StrictSerializer):
    description = DescriptionField()
    owner = serializers.CharField(max_length=150, required=False)
    validator = serializers.CharField(max_length=150, required=False)
    use_case = SlugField(required=False)
    tags = TagsField(required=False)


def model_body(model: RegisteredModel) -> dict[str, Any]:
    address = f"{API}/models/{quote(model.name)}"
    return {
        "name": model.name,
        "use_case": model.use_case,
        "business_unit": model.business_unit,
        "description": model.description,
        "owner": username(model.owner),
        "validator": username(model.validator),
        "task": model.task,
        "governed": model.governed,
        "tags": model.tags,
        "last_number": model.last_number,
        "aliases": {
            alias.name: {"version": alias.version.number, "protected": alias.protected}
            for alias in model.aliases.all()
        },
        "created_at": model.created_at,
        "updated_at": model.updated_at,
        "url": address,
        "versions_url": f"{address}/versions",
    }


def body_of(name: str, actor: Actor) -> dict[str, Any]:
    """What is told of one model as it is now. Raises NotFound."""
    model = models.find(name, actor=actor)
    prefetch_related_objects([model], "aliases__version")
    return model_body(model)


class ModelsView(ApiView):
    required = {"GET": "registry.read", "POST": "registry.write"}
    bodies = {"POST": NewModel}
    query = PAGING | searching.QUERY

    def get(self, request: Request) -> Response:
        """The models you may see, by name.

        `words` are beginnings of words in name or description, `tag` is a key or key=value, `tier`
        is that of the use case, `state` that of a version which the model has.
        """
        wanted = searching.wanted_of(params(request, self.query))
        rows = searching.models(wanted, actor=self.actor(request))
        rows = rows.prefetch_related("aliases__version")
        return page(request, rows, order="name", render=model_body)

    @idempotent
    def post(self, request: Request) -> Response:
        """Register a model under a use case."""
        fields = self.body(request)
        fields |= {key: person(key, fields[key]) for key in ("owner", "validator")}
        model = models.register_model(actor=self.actor(request), **fields)
        return tagged(request, model_body(model), status=201)


class ModelView(ApiView):
    shows = "model:{name}"
    required = {"GET": "registry.read", "PATCH": "registry.write"}
    bodies = {"PATCH": ModelChange}

    def get(self, request: Request, name: str) -> Response:
        """One model with its aliases."""
        params(request, ())
        return tagged(request, body_of(name, self.actor(request)))

    def patch(self, request: Request, name: str) -> Response:
        """Change description, owner, validator, use case or tags."""
        actor, fields = self.actor(request), self.body(request)
        require_match(request, body_of(name, actor))
        fields |= {key: person(key, fields[key]) for key in ("owner", "validator") if key in fields}
        models.change_model(models.find(name, actor=actor), actor=actor, **fields)
        return tagged(request, body_of(name, actor))
