"""OpenAPI 3.1 from what the views already declare."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse


class ApiSchema(AutoSchema):
    """Bodies, answers and query parameters come from ``ApiView``'s tables."""

    def get_request_serializer(self) -> Any:
        return getattr(self.view, "bodies", {}).get(self.method, OpenApiTypes.NONE)

    def get_response_serializers(self) -> Any:
        answer = getattr(self.view, "answers", {}).get(self.method, OpenApiTypes.OBJECT)
        problem = OpenApiResponse(OpenApiTypes.OBJECT, description="RFC 9457 problem")
        status = "201" if self.method == "POST" else "200"
        return {status: answer, "4XX": problem}

    def get_override_parameters(self) -> list[Any]:
        if self.method != "GET":
            return []
        return [OpenApiParameter(name, str) for name in sorted(getattr(self.view, "query", ()))]

    def get_tags(self) -> list[str]:
        return [self.path.removeprefix("/api/v1").lstrip("/").split("/")[0]]

    def get_operation_id(self) -> str:
        parts = [
            part.strip("{}").replace("-", "_")
            for part in self.path.removeprefix("/api/v1/").split("/")
            if part
        ]
        return "_".join([str(self.method).lower(), *parts])

    def get_description(self) -> str:
        handler = getattr(self.view, str(self.method).lower(), None)
        return (getattr(handler, "__doc__", "") or self.view.__doc__ or "").strip()
