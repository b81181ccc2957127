"""Addresses under /tlog/."""

from __future__ import annotations

from django.urls import URLPattern, path

from audit.api.tlog import EntryBundleView, LayoutCheckpointView, TileView

urlpatterns: list[URLPattern] = [
    path("checkpoint", LayoutCheckpointView.as_view(), name="tlog_checkpoint"),
    path("tile/entries/<path:rest>", EntryBundleView.as_view(), name="tlog_entries"),
    path("tile/<path:rest>", TileView.as_view(), name="tlog_tile"),
]
