"""REST: datasets and their versions."""

from __future__ import annotations

from typing import Any

from django.db.models import Max
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from lib.actor import Actor
from lib.errors import NotFound
from lib.http.cursors import page
from lib.http.idempotency import idempotent
from lib.http.query import PAGING, params
from lib.http.serializers import SlugField, StrictSerializer
from lib.http.views import ApiView
from registry.api.etags import tagged
from registry.api.fields import API, MAX_COLUMNS, DescriptionField, FileEntry, TagsField, listed
from registry.models import Dataset, DatasetVersion
from registry.rules import MAX_FILES
from registry.services import datasets


class Column(StrictSerializer):
    name = serializers.CharField(max_length=200)
    type = serializers.CharField(max_length=60)
    title = serializers.CharField(max_length=200, required=False, allow_blank=True)
    description = DescriptionField()
    minimum = serializers.FloatField(required=False)
    maximum = serializers.FloatField(required=False)
    nullable = serializers.BooleanField(required=False)
    categories = serializers.ListField(
        child=serializers.CharField(max_length=200, allow_blank=True),
        required=False,
        max_length=1_000,
    )
    names = TagsField(required=False)
    known_at = serializers.ChoiceField(("before", "after"), required=False)
    derived_from = serializers.ListField(
        child=serializers.CharField(max_length=200), required=False, max_length=MAX_COLUMNS
    )
    monotone = serializers.ChoiceField(("increasing", "decreasing"), required=False)
    unit_factor = serializers.FloatField(required=False)
    quasi_identifier = serializers.BooleanField(required=False)


class RoleNameField(serializers.CharField):
    def __init__(self) -> None:
        super().__init__(max_length=200, required=False, allow_null=True, allow_blank=True)


class ColumnRoles(StrictSerializer):
    label = RoleNameField()  # type: ignore[assignment]  # a field, whatever Field.label is
    score = RoleNameField()
    prediction = RoleNameField()
    identifier = RoleNameField()
    weight = RoleNameField()
    favourable = RoleNameField()
    features = serializers.ListField(
        child=serializers.CharField(max_length=200), default=list, max_length=MAX_COLUMNS
    )
    sensitive = serializers.ListField(
        child=serializers.CharField(max_length=200), default=list, max_length=MAX_COLUMNS
    )


class NewDatasetVersion(StrictSerializer):
    description = DescriptionField(default="")
    manifest = listed(FileEntry, MAX_FILES)
    schema = listed(Column, MAX_COLUMNS)
    roles = ColumnRoles()
    purpose = DescriptionField(default="")
    consent = DescriptionField(default="")
    personal_data = serializers.CharField(
        max_length=120, required=False, allow_blank=True, default=""
    )
    licence = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    retention = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    retain_until = serializers.DateField(required=False, allow_null=True, default=None)
    rows = serializers.IntegerField(
        min_value=0, max_value=2**53, required=False, allow_null=True, default=None
    )


def dataset_body(dataset: Dataset) -> dict[str, Any]:
    return {
        "name": dataset.name,
        "description": dataset.description,
        "last_number": dataset.newest,  # type: ignore[attr-defined]  # annotated by _rows
        "created_at": dataset.created_at,
        "url": f"{API}/datasets/{dataset.name}",
        "versions_url": f"{API}/datasets/{dataset.name}/versions",
    }


def dataset_version_body(version: DatasetVersion) -> dict[str, Any]:
    name = version.dataset.name
    return {
        "name": name,
        "number": version.number,
        "digest": version.digest,
        "description": version.description,
        "manifest": version.manifest,
        "schema": version.schema,
        "roles": version.roles,
        "purpose": version.purpose,
        "consent": version.consent,
        "personal_data": version.personal_data,
        "licence": version.licence,
        "retention": version.retention,
        "retain_until": version.retain_until,
        "rows": version.rows,
        "created_at": version.created_at,
        "created_by": version.created_by,
        "url": f"{API}/datasets/{name}/versions/{version.number}",
    }


def _rows(actor: Actor) -> Any:
    return Dataset.objects.visible_to(actor).annotate(newest=Max("versions__number"))


class DatasetsView(ApiView):
    required = {"GET": "registry.read"}
    query = PAGING

    def get(self, request: Request) -> Response:
        """The datasets you may see, by name. The first version makes a dataset."""
        params(request, self.query)
        return page(request, _rows(self.actor(request)), order="name", render=dataset_body)


class DatasetView(ApiView):
    shows = "dataset:{name}"
    required = {"GET": "registry.read"}

    def get(self, request: Request, name: str) -> Response:
        """One dataset."""
        params(request, ())
        dataset = _rows(self.actor(request)).filter(name=name).first()
        if dataset is None:
            raise NotFound(f"There is no dataset “{name}”, or you may not see it.")
        return tagged(request, dataset_body(dataset))


class DatasetVersionsView(ApiView):
    shows = "dataset:{name}"
    required = {"GET": "registry.read", "POST": "registry.write"}
    bodies = {"POST": NewDatasetVersion}
    query = PAGING

    def get(self, request: Request, name: str) -> Response:
        """The versions of a dataset, newest first."""
        params(request, self.query)
        rows = DatasetVersion.objects.visible_to(self.actor(request)).filter(dataset__name=name)
        if not rows.exists():
            raise NotFound(f"There is no dataset “{name}”, or you may not see it.")
        rows = rows.select_related("dataset")
        return page(request, rows, order="-number", render=dataset_version_body)

    @idempotent
    def post(self, request: Request, name: str) -> Response:
        """Register the next version, which makes the dataset when it is new."""
        checked = SlugField().run_validation(name)
        version = datasets.register_dataset_version(
            checked, actor=self.actor(request), **self.body(request)
        )
        return tagged(request, dataset_version_body(version), status=201)


class DatasetVersionView(ApiView):
    shows = "dataset_version:{name}/{number}"
    required = {"GET": "registry.read"}

    def get(self, request: Request, name: str, number: int) -> Response:
        """One dataset version with its manifest, schema and column roles."""
        params(request, ())
        rows = DatasetVersion.objects.visible_to(self.actor(request)).select_related("dataset")
        version = rows.filter(dataset__name=name, number=min(number, 2**31 - 1)).first()
        if version is None:
            raise NotFound(f"There is no such version of “{name}”, or you may not see it.")
        return tagged(request, dataset_version_body(version))
