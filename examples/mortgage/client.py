"""All that a pipeline needs to speak to Imprimatur: one class over httpx."""

from __future__ import annotations

import hashlib
import os
import time
import uuid
from typing import Any

import httpx

Json = dict[str, Any]
ATTEMPTS, PAUSE = 5, 0.5  # five tries within about eight seconds
WORTH_ANOTHER_TRY = {500, 502, 503, 504}


class Problem(Exception):
    """The server said no, in RFC 9457 terms; ``status`` 0 means that it did not answer."""

    def __init__(self, status: int, text: str, code: str = "") -> None:
        super().__init__(text)
        self.status, self.code = status, code


class Client:
    """Speaks for a service token, or for a person after ``sign_in``."""

    def __init__(
        self, url: str, token: str = "", transport: httpx.BaseTransport | None = None
    ) -> None:
        self.url = url.rstrip("/")
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.http = httpx.Client(
            base_url=f"{self.url}/api/v1", headers=headers, timeout=60, transport=transport
        )

    @classmethod
    def from_environment(cls) -> Client:
        try:
            return cls(os.environ["IMPRIMATUR_URL"], os.environ["IMPRIMATUR_TOKEN"])
        except KeyError as missing:
            raise Problem(0, f"set {missing.args[0]} in the environment") from None

    def get(self, path: str, **query: str) -> Json:
        return self._json(self.send("GET", path, params=query))

    def post(self, path: str, body: Json) -> Json:
        # One key for all tries of one call: whatever is retried is done once.
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        return self._json(self.send("POST", path, json=body, headers=headers))

    def put(self, path: str, body: Json) -> Json:
        return self._json(self.send("PUT", path, json=body))

    def put_artifact(self, path: str, content: bytes) -> Json:
        """Stores ``content`` under its digest; returns its line in a manifest."""
        digest = hashlib.sha256(content).hexdigest()
        headers = {"Content-Type": "application/octet-stream"}
        self.send("PUT", f"/artifacts/{digest}", content=content, headers=headers)
        return {"path": path, "digest": digest, "size": len(content)}

    def sign_in(self, username: str, password: str) -> None:
        answer = self.post("/session", {"username": username, "password": password})
        self.http.headers.update({"X-CSRFToken": answer["csrf_token"], "Referer": f"{self.url}/"})

    def send(self, method: str, path: str, **request: Any) -> httpx.Response:
        """Any request; tries again when the server is down or busy. Raises Problem."""
        for attempt in range(ATTEMPTS):
            last = attempt == ATTEMPTS - 1
            try:
                response = self.http.request(method, path, **request)
            except httpx.TransportError as error:
                if last:
                    raise Problem(0, f"{self.url} does not answer: {error}") from None
            else:
                if response.status_code < 400:
                    return response
                if last or response.status_code not in WORTH_ANOTHER_TRY:
                    raise _problem(response)
            time.sleep(PAUSE * 2**attempt)
        raise AssertionError("the last attempt returns or raises")

    @staticmethod
    def _json(response: httpx.Response) -> Json:
        answer: Json = response.json() if response.content else {}
        return answer


def _problem(response: httpx.Response) -> Problem:
    where = f"{response.request.method} {response.request.url.path}: {response.status_code}"
    try:
        body = response.json()
    except ValueError:
        return Problem(response.status_code, f"{where} {response.reason_phrase}")
    lines = [f"{where} {body.get('detail') or body.get('title', '')}"]
    lines += [f"  {error['field']}: {error['message']}" for error in body.get("errors", [])]
    return Problem(response.status_code, "\n".join(lines), body.get("code", ""))
