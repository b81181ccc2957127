"""REST: environments and deployments."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from lib.actor import Actor
from lib.errors import Invalid, NotFound
from lib.http.cursors import page
from lib.http.idempotency import idempotent
from lib.http.query import PAGING, params
from lib.http.serializers import SlugField, StrictSerializer
from lib.http.views import ApiView
from registry.api.etags import tagged
from registry.api.fields import API
from registry.models import Deployment, Environment, ModelVersion
from registry.services import deployments, versions


class NewDeployment(StrictSerializer):
    model = serializers.CharField(max_length=256)
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    environment = serializers.CharField(max_length=60)
    purpose = SlugField()
    started_at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class DeploymentEnd(StrictSerializer):
    ended_at = serializers.DateTimeField(required=False, allow_null=True, default=None)


def deployment_body(deployment: Deployment) -> dict[str, Any]:
    version = deployment.version
    return {
        "id": deployment.id,
        "model": version.model.name,
        "version": version.number,
        "digest": version.digest,
        "environment": deployment.environment.name,
        "purpose": deployment.purpose,
        "started_at": deployment.started_at,
        "ended_at": deployment.ended_at,
        "authorization": deployment.authorization_digest or None,
        "created_at": deployment.created_at,
        "created_by": deployment.created_by,
        "url": f"{API}/deployments/{deployment.id}",
        "version_url": f"{API}/models/{quote(version.model.name)}/versions/{version.number}",
    }


def find_deployment(deployment_id: UUID, actor: Actor) -> Deployment:
    """Raises NotFound, also when the actor may not see it."""
    rows = Deployment.objects.visible_to(actor).select_related("version__model", "environment")
    deployment = rows.filter(pk=deployment_id).first()
    if deployment is None:
        raise NotFound("There is no such deployment, or you may not see it.")
    return deployment


def _version(name: str, number: int, actor: Actor) -> ModelVersion | None:
    try:
        return versions.find(name, number, actor=actor)
    except NotFound:
        return None


def _place(fields: dict[str, Any], actor: Actor) -> tuple[ModelVersion, Environment]:
    """What a body points at. Raises Invalid naming the field, since the address is right."""
    version = _version(fields["model"], fields["version"], actor)
    environment = Environment.objects.filter(name=fields["environment"]).first()
    errors = {}
    if version is None:
        errors["version"] = "unknown model version, or you may not see it"
    if environment is None:
        known = ", ".join(Environment.objects.values_list("name", flat=True))
        errors["environment"] = f"unknown; known are {known}"
    if version is None or environment is None:
        raise Invalid("The deployment names what does not exist.", errors=errors)
    return version, environment


class DeploymentsView(ApiView):
    required = {"GET": "registry.read", "POST": "deployment.record"}
    bodies = {"POST": NewDeployment}
    query = PAGING | {"model", "environment", "running"}

    def get(self, request: Request) -> Response:
        """The deployments you may see, newest first. ``running=true`` leaves out ended ones."""
        given = params(request, self.query)
        rows = Deployment.objects.visible_to(self.actor(request))
        if "model" in given:
            rows = rows.filter(version__model__name=given["model"])
        if "environment" in given:
            rows = rows.filter(environment__name=given["environment"])
        if "running" in given:
            if given["running"] not in ("true", "false"):
                raise Invalid("running is true or false.", errors={"running": "true or false"})
            rows = rows.filter(ended_at__isnull=given["running"] == "true")
        rows = rows.select_related("version__model", "environment")
        return page(request, rows, order="-pk", render=deployment_body)

    @idempotent
    def post(self, request: Request) -> Response:
        """Say that a version runs somewhere. The authorization that covers it is noted."""
        actor, fields = self.actor(request), self.body(request)
        version, environment = _place(fields, actor)
        deployment = deployments.start_deployment(
            version,
            environment=environment,
            purpose=fields["purpose"],
            started_at=fields["started_at"],
            actor=actor,
        )
        return tagged(request, deployment_body(deployment), status=201)


class DeploymentView(ApiView):
    shows = "deployment:{deployment_id}"
    required = {"GET": "registry.read"}

    def get(self, request: Request, deployment_id: UUID) -> Response:
        """One deployment."""
        params(request, ())
        found = find_deployment(deployment_id, self.actor(request))
        return tagged(request, deployment_body(found))


class DeploymentEndView(ApiView):
    required = {"POST": "deployment.record"}
    bodies = {"POST": DeploymentEnd}

    @idempotent
    def post(self, request: Request, deployment_id: UUID) -> Response:
        """Say that it no longer runs."""
        actor, fields = self.actor(request), self.body(request)
        found = find_deployment(deployment_id, actor)
        ended = deployments.end_deployment(found, ended_at=fields["ended_at"], actor=actor)
        return tagged(request, deployment_body(ended))


class EnvironmentsView(ApiView):
    required = {"GET": None}

    def get(self, request: Request) -> Response:
        """Where versions can run, from the least to the most consequential."""
        params(request, ())
        rows = Environment.objects.all()
        return Response(
            {
                "items": [
                    {
                        "name": row.name,
                        "title": row.title,
                        "rank": row.rank,
                        "protected": row.protected,
                    }
                    for row in rows
                ]
            }
        )
