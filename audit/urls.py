"""Addresses under /api/v1/audit/."""

from __future__ import annotations

from django.urls import URLPattern, path

from audit.api.bundles import BundleView
from audit.api.entries import EntriesView, EntryView
from audit.api.exports import ExportFileView, ExportsView, ExportView
from audit.api.proofs import (
    CheckpointView,
    ConsistencyView,
    InclusionView,
    KeyView,
    VerifierView,
)
from audit.api.streams import CsvView, JsonLinesView
from audit.api.witnesses import CosignaturesView, StampsView

urlpatterns: list[URLPattern] = [
    path("entries", EntriesView.as_view(), name="audit_entries"),
    path("entries.jsonl", JsonLinesView.as_view(), name="audit_entries_jsonl"),
    path("entries.csv", CsvView.as_view(), name="audit_entries_csv"),
    path("entries/<uuid:entry_id>", EntryView.as_view(), name="audit_entry"),
    path("checkpoint", CheckpointView.as_view(), name="audit_checkpoint"),
    path("key", KeyView.as_view(), name="audit_key"),
    path("verify.py", VerifierView.as_view(), name="audit_verifier"),
    path("proofs/inclusion", InclusionView.as_view(), name="audit_inclusion"),
    path("proofs/consistency", ConsistencyView.as_view(), name="audit_consistency"),
    path("cosignatures", CosignaturesView.as_view(), name="audit_cosignatures"),
    path("stamps", StampsView.as_view(), name="audit_stamps"),
    path("exports", ExportsView.as_view(), name="audit_exports"),
    path("exports/<uuid:export_id>", ExportView.as_view(), name="audit_export"),
    path("exports/<uuid:export_id>/file", ExportFileView.as_view(), name="audit_export_file"),
    path("bundle", BundleView.as_view(), name="audit_bundle"),
]
