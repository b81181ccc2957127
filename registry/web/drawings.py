"""Lineage drawings whose boxes lead to pages."""

from __future__ import annotations

import re

from django.utils.safestring import SafeString

from lib.templatetags.look import themed
from registry.lineage import Graph, lineage_svg
from registry.models import ModelVersion, RegisteredModel
from registry.services.lineage import lineage_of_model, lineage_of_version

_PAGE = re.compile(r'href="/api/v1/((?:models|datasets)/[^"]+)"')
_NO_PAGE = re.compile(r'<a href="/api/v1/[^"]*">(.*?)</a>', re.DOTALL)


def of_version(version: ModelVersion) -> SafeString:
    return _drawn(lineage_of_version(version), f"model_version:{version.key}")


def of_model(model: RegisteredModel) -> SafeString:
    return _drawn(lineage_of_model(model), "")


def _drawn(graph: Graph, highlight: str) -> SafeString:
    """Runs and deployments have no page of their own, so their boxes lead nowhere."""
    svg = _PAGE.sub(r'href="/\1/"', lineage_svg(graph, highlight=highlight))
    return themed(_NO_PAGE.sub(r"<g>\1</g>", svg))
