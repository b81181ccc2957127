"""Calls the door as MLflow's client does: fields in the query to read, as JSON to write."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from accounts.services.tokens import issue_token
from lib.actor import EVERYWHERE, SYSTEM, Scope

API = "/api/2.0/mlflow"


@dataclass
class Caller:
    token: str = ""
    prefix: str = API
    headers: dict[str, Any] = field(default_factory=dict)
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    @classmethod
    def of(cls, role: str, *, scope: Scope = EVERYWHERE) -> Caller:
        """The holder of a service token of that role."""
        return cls(issue_token(name=role, role=role, scope=scope, actor=SYSTEM)[1])

    def call(self, method: str, path: str, fields: dict[str, Any] | bytes, **more: Any) -> Any:
        """The response as it came."""
        headers = dict(self.headers)
        if self.token:
            headers["HTTP_AUTHORIZATION"] = f"Bearer {self.token}"
        address = f"{self.prefix}/{path}"
        if method == "GET":
            return self.client.get(address, fields, **headers, **more)
        data = fields if isinstance(fields, bytes) else json.dumps(fields)
        more.setdefault("content_type", "application/json")
        return self.client.generic(method, address, data, **headers, **more)

    def get(self, path: str, **fields: Any) -> Any:
        """The answer of what works."""
        return self._done(self.call("GET", path, fields))

    def post(self, path: str, **fields: Any) -> Any:
        return self._done(self.call("POST", path, fields))

    def patch(self, path: str, **fields: Any) -> Any:
        return self._done(self.call("PATCH", path, fields))

    def delete(self, path: str, **fields: Any) -> Any:
        return self._done(self.call("DELETE", path, fields))

    def refused(self, method: str, path: str, **fields: Any) -> tuple[int, str, str]:
        """Status, error code and message of what does not."""
        response = self.call(method, path, fields)
        body = response.json()
        assert response.status_code >= 400, body
        assert response["Content-Type"] == "application/json"
        return response.status_code, body["error_code"], body["message"]

    def model(self, name: str = "m", **fields: Any) -> Any:
        created = self.post("registered-models/create", name=name, **fields)
        return created["registered_model"]

    def version(self, name: str = "m", source: str = "s3://bucket/model", **fields: Any) -> Any:
        created = self.post("model-versions/create", name=name, source=source, **fields)
        return created["model_version"]

    @staticmethod
    def _done(response: Any) -> Any:
        assert response.status_code == 200, response.content
        return response.json()
