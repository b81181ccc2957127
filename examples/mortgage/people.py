"""People sign in a session, as a browser does; only the first load plays their part."""

from __future__ import annotations

from typing import Any

import httpx
from sdk import ClientError

Json = dict[str, Any]


class Person:
    """The API after signing in. Raises ClientError with the server's words."""

    def __init__(
        self, url: str, username: str, password: str, transport: httpx.BaseTransport | None = None
    ) -> None:
        wire = transport or httpx.HTTPTransport(retries=3)
        self.http = httpx.Client(base_url=f"{url}/api/v1", timeout=60, transport=wire)
        answer = self.post("/session", {"username": username, "password": password})
        self.http.headers.update({"X-CSRFToken": answer["csrf_token"], "Referer": f"{url}/"})

    def get(self, path: str) -> Json:
        return self._answered("GET", path)

    def post(self, path: str, body: Json) -> Json:
        return self._answered("POST", path, json=body)

    def put(self, path: str, body: Json) -> Json:
        return self._answered("PUT", path, json=body)

    def patch(self, path: str, body: Json) -> Json:
        return self._answered("PATCH", path, json=body)

    def upload(self, path: str, data: bytes) -> Json:
        headers = {"Content-Type": "text/csv"}
        return self._answered("POST", path, content=data, headers=headers)

    def _answered(self, method: str, path: str, **given: Any) -> Json:
        response = self.http.request(method, path, **given)
        if response.status_code >= 400:
            raise ClientError(f"{method} {path}: {response.status_code} {response.text}")
        answer: Json = response.json()
        return answer
