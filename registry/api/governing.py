"""REST: whether the rules of releases hold for a model."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from lib.http.serializers import Reason
from lib.http.views import ApiView
from registry.api.etags import tagged
from registry.api.models import body_of
from registry.services import governing, models


class _Governed(ApiView):
    """One of the two: what a model is from now on, with a reason."""

    governed: bool
    bodies = {"POST": Reason}

    def post(self, request: Request, name: str) -> Response:
        actor, reason = self.actor(request), self.body(request)["reason"]
        model = models.find(name, actor=actor)
        governing.govern_model(model, governed=self.governed, actor=actor, reason=reason)
        return tagged(request, body_of(name, actor))


class GoverningView(_Governed):
    """Put a model under the rules of releases."""

    required = {"POST": "registry.write"}
    governed = True


class GoverningEndView(_Governed):
    """Let a model go, which the second line alone does."""

    required = {"POST": governing.LETS_GO}
    governed = False
