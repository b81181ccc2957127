"""REST: aliases."""

from __future__ import annotations

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from lib.http.serializers import StrictSerializer
from lib.http.views import ApiView
from registry.api.etags import tagged
from registry.api.models import body_of
from registry.services import aliases, models, versions


class AliasTarget(StrictSerializer):
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)


class AliasView(ApiView):
    required = {"PUT": "registry.write", "DELETE": "registry.write"}
    bodies = {"PUT": AliasTarget}

    def put(self, request: Request, name: str, alias: str) -> Response:
        """Point an alias at a version. A protected one moves only with an authorization."""
        actor, fields = self.actor(request), self.body(request)
        version = versions.find(name, fields["version"], actor=actor)
        aliases.move_alias(version, name=alias, actor=actor)
        return tagged(request, body_of(name, actor))

    def delete(self, request: Request, name: str, alias: str) -> Response:
        """Remove an alias."""
        actor = self.actor(request)
        aliases.remove_alias(models.find(name, actor=actor), name=alias, actor=actor)
        return Response(status=204)
