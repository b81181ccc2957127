"""REST: whether the rules of releases hold for a model."""

from __future__ import annotations

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from lib.http.serializers import StrictSerializer
from lib.http.views import ApiView
from registry.api.etags import tagged
from registry.api.models import find_model, model_body
from registry.services import models


class Governing(StrictSerializer):
    governed = serializers.BooleanField()
    reason = serializers.CharField(max_length=2000)


class GoverningView(ApiView):
    required = {"POST": "registry.read"}  # the service says who of them may
    bodies = {"POST": Governing}

    def post(self, request: Request, name: str) -> Response:
        """Put a model under the rules, or let it go, which the second line alone may do."""
        actor, fields = self.actor(request), self.body(request)
        models.govern_model(find_model(name, actor), actor=actor, **fields)
        return tagged(request, model_body(find_model(name, actor)))
