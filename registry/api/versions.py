"""REST: model versions and their documents."""

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
from lib.http.serializers import DigestField, ObjectField, SlugField, StrictSerializer
from lib.http.views import ApiView
from registry.api.etags import require_match, tagged
from registry.api.fields import (
    API,
    MAX_COLUMNS,
    DescriptionField,
    FileEntry,
    TagsField,
    listed,
    person,
    username,
)
from registry.models import ModelVersion, VersionDocument
from registry.rules import MAX_FILES
from registry.services import models, searching, versions

_TOLD = ("datasets__dataset_version__dataset", "aliases")


class SignatureColumn(StrictSerializer):
    name = serializers.CharField(max_length=200)
    type = serializers.CharField(max_length=60)
    title = serializers.CharField(max_length=200, required=False, allow_blank=True)
    description = DescriptionField()


class Signature(StrictSerializer):
    inputs = listed(SignatureColumn, MAX_COLUMNS, required=False)
    outputs = listed(SignatureColumn, MAX_COLUMNS, required=False)
    decision_threshold = serializers.FloatField(required=False, allow_null=True)


class DatasetUse(StrictSerializer):
    name = SlugField()
    number = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    role = serializers.CharField(max_length=20)


class NewRun(StrictSerializer):
    namespace = serializers.CharField(max_length=200)
    job = serializers.CharField(max_length=200)
    code_commit = serializers.CharField(max_length=120, required=False, allow_blank=True)
    parameters = ObjectField(required=False)
    metrics = ObjectField(required=False)
    started_at = serializers.DateTimeField(required=False, allow_null=True)
    ended_at = serializers.DateTimeField(required=False, allow_null=True)


class NewVersion(StrictSerializer):
    format = serializers.CharField(max_length=40)
    manifest = listed(FileEntry, MAX_FILES)
    signature = Signature(required=False, default=dict)
    datasets = listed(DatasetUse, 100, required=False, default=list)
    run = NewRun(required=False, allow_null=True, default=None)
    developer = serializers.CharField(max_length=150, required=False, allow_null=True, default=None)
    description = DescriptionField(default="")
    tags = TagsField(required=False, default=dict)


class VersionChange(StrictSerializer):
    description = DescriptionField()
    tags = TagsField(required=False)


class NewDocument(StrictSerializer):
    kind = SlugField()
    title = serializers.CharField(max_length=200)
    artifact = DigestField()
    responsible = serializers.CharField(
        max_length=200, required=False, allow_blank=True, default=""
    )


def version_body(version: ModelVersion) -> dict[str, Any]:
    model = version.model
    address = f"{API}/models/{quote(model.name)}"
    return {
        "model": model.name,
        "number": version.number,
        "digest": version.digest,
        "state": version.state,
        "format": version.format,
        "manifest": version.manifest,
        "signature": version.signature,
        "datasets": [
            {
                "name": use.dataset_version.dataset.name,
                "number": use.dataset_version.number,
                "role": use.role,
            }
            for use in version.datasets.all()
        ],
        "run": version.run_id,
        "developer": username(version.developer),
        "description": version.description,
        "tags": version.tags,
        "aliases": sorted(alias.name for alias in version.aliases.all()),
        "created_at": version.created_at,
        "created_by": version.created_by,
        "sealed_at": version.sealed_at,
        "url": f"{address}/versions/{version.number}",
        "model_url": address,
        "run_url": f"{API}/runs/{version.run_id}" if version.run_id else None,
    }


def document_body(document: VersionDocument) -> dict[str, Any]:
    return {
        "id": document.pk,
        "kind": document.kind,
        "title": document.title,
        "artifact": document.artifact_id,
        "responsible": document.responsible,
        "created_at": document.created_at,
        "created_by": document.created_by,
        "url": f"{API}/artifacts/{document.artifact_id}",
    }


def body_of(name: str, number: int, actor: Actor) -> dict[str, Any]:
    """What is told of one version as it is now. Raises NotFound."""
    version = versions.find(name, number, actor=actor)
    prefetch_related_objects([version], *_TOLD)
    return version_body(version)


class VersionsView(ApiView):
    shows = "model:{name}"
    required = {"GET": "registry.read", "POST": "registry.write"}
    bodies = {"POST": NewVersion}
    query = PAGING

    def get(self, request: Request, name: str) -> Response:
        """The versions of a model, newest first; deleted ones stand there as tombstones."""
        params(request, self.query)
        model = models.find(name, actor=self.actor(request))
        rows = model.versions.visible_to(self.actor(request)).select_related("model", "developer")
        rows = rows.prefetch_related(*_TOLD)
        return page(request, rows, order="-number", render=version_body)

    @idempotent
    def post(self, request: Request, name: str) -> Response:
        """Register the next version. It is sealed at once: its files never change again."""
        actor, fields = self.actor(request), self.body(request)
        fields["developer"] = person("developer", fields["developer"])
        model = models.find(name, actor=actor)
        version = versions.register_version(model, actor=actor, **fields)
        return tagged(request, version_body(version), status=201)


class EveryVersionView(ApiView):
    required = {"GET": "registry.read"}
    query = PAGING | searching.QUERY

    def get(self, request: Request) -> Response:
        """The versions of all models that you may see, newest first; deleted ones are left out
        unless `state` asks for them.

        `words` are beginnings of words in the description, or in the model's name or description;
        `tag` (a key, or key=value), `alias` and `state` are the version's, all else its model's.
        """
        wanted = searching.wanted_of(params(request, self.query))
        rows = searching.versions(wanted, actor=self.actor(request)).select_related("developer")
        rows = rows.prefetch_related(*_TOLD)
        return page(request, rows, order="-pk", render=version_body)


class VersionView(ApiView):
    shows = "model_version:{name}/{number}"
    required = {"GET": "registry.read", "PATCH": "registry.write"}
    bodies = {"PATCH": VersionChange}

    def get(self, request: Request, name: str, number: int) -> Response:
        """One version with its manifest."""
        params(request, ())
        return tagged(request, body_of(name, number, self.actor(request)))

    def patch(self, request: Request, name: str, number: int) -> Response:
        """Change description or tags: all that may change."""
        actor, fields = self.actor(request), self.body(request)
        require_match(request, body_of(name, number, actor))
        version = versions.find(name, number, actor=actor)
        versions.change_version(version, actor=actor, **fields)
        return tagged(request, body_of(name, number, actor))


class DocumentsView(ApiView):
    shows = "model_version:{name}/{number}"
    required = {"GET": "registry.read", "POST": "registry.write"}
    bodies = {"POST": NewDocument}
    query = PAGING

    def get(self, request: Request, name: str, number: int) -> Response:
        """The documents filed with a version, newest first."""
        params(request, self.query)
        version = versions.find(name, number, actor=self.actor(request))
        return page(request, version.documents.all(), order="-pk", render=document_body)

    @idempotent
    def post(self, request: Request, name: str, number: int) -> Response:
        """File an uploaded artefact as a document."""
        actor, fields = self.actor(request), self.body(request)
        version = versions.find(name, number, actor=actor)
        document = versions.file_document(version, actor=actor, **fields)
        return Response(document_body(document), status=201)
