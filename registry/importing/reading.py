"""Asking a running MLflow server over its REST API. No Django, and nothing of MLflow's own code.

The address is one that an operator types at a command line, so a private network is no reason to
refuse it (``lib.fetch``); redirects are not followed, and every answer has an end.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from lib.fetch import FetchError, fetch
from registry.importing.facts import ModelFacts, Unreadable, VersionFacts, model_of, version_of

API: Final = "/api/2.0/mlflow"
MODELS_AT_ONCE: Final = 100
VERSIONS_AT_ONCE: Final = 1_000
_LIMIT: Final = 256 * 1024 * 1024  # bytes of one page: tags may have 100,000 characters each
_SECONDS: Final = 120.0
_PAGES: Final = 100_000


class CannotRead(Exception):
    """The server does not answer or refuses; the text is a sentence. ``odd`` is True when it does
    answer, with something about one model that cannot be read: the others may be fine."""

    def __init__(self, text: str, *, odd: bool = False) -> None:
        super().__init__(text)
        self.odd = odd


@dataclass(frozen=True, slots=True)
class Peer:
    """Another server. ``credentials`` is the Authorization header, or empty."""

    url: str
    credentials: str = ""

    @property
    def host(self) -> str:
        """Which server it is, for the trail: no user, no password."""
        return urlsplit(self.url).netloc.rpartition("@")[2]

    def models(self) -> Iterator[ModelFacts]:
        """All registered models, in the order of their names."""
        query = {"max_results": str(MODELS_AT_ONCE), "order_by": "name ASC"}
        for row in self._pages("/registered-models/search", query, "registered_models"):
            yield self._read(model_of, row)

    def versions(self, name: str) -> Iterator[VersionFacts]:
        """All versions of the model that are not deleted, in ascending order."""
        quote_mark = '"' if "'" in name else "'"
        if quote_mark in name:
            raise CannotRead(
                "A name with both kinds of quotation mark is not searched for.", odd=True
            )
        query = {
            "filter": f"name = {quote_mark}{name}{quote_mark}",
            "max_results": str(VERSIONS_AT_ONCE),
            "order_by": "version_number ASC",
        }
        for row in self._pages("/model-versions/search", query, "model_versions"):
            if isinstance(row, dict) and row.get("name") == name:
                yield self._read(version_of, row)

    def download_uri(self, name: str, number: int) -> str:
        """Where the server says that the files of the version lie."""
        query = {"name": name, "version": str(number)}
        answer = self._ask(f"{API}/model-versions/get-download-uri", query)
        return str(answer.get("artifact_uri") or "")

    def headers(self) -> dict[str, str]:
        """What each question carries."""
        return {"Authorization": self.credentials} if self.credentials else {}

    def _pages(self, path: str, query: dict[str, str], key: str) -> Iterator[Any]:
        token, seen = "", set[str]()
        for _ in range(_PAGES):
            answer = self._ask(API + path, query | ({"page_token": token} if token else {}))
            rows = answer.get(key) or []
            if not isinstance(rows, list):
                raise CannotRead(f"{self.host} answers {path} without a list of “{key}”.")
            yield from rows
            token = str(answer.get("next_page_token") or "")
            if not token or token in seen:
                return
            seen.add(token)

    def _ask(self, path: str, query: Mapping[str, str]) -> dict[str, Any]:
        url = f"{self.url}{path}?{urlencode(query)}"
        try:
            body = fetch(url, limit=_LIMIT, seconds=_SECONDS, headers=self.headers())
            answer = json.loads(body)
        except FetchError as error:
            raise CannotRead(_words(self.host, path, error)) from error
        except ValueError as error:
            raise CannotRead(f"{self.host} answers {path} with no JSON.") from error
        if not isinstance(answer, dict):
            raise CannotRead(f"{self.host} answers {path} with something that is no object.")
        return answer

    def _read(self, parse: Any, row: Any) -> Any:
        try:
            return parse(row)
        except Unreadable as error:
            raise CannotRead(
                f"{self.host} tells what cannot be read: {error}.", odd=True
            ) from error


def peer(url: str, *, token: str = "", username: str = "", password: str = "") -> Peer:
    """The server at ``url``; a user's name goes before a token, as in MLflow's own client. Raises
    ValueError with a sentence for what is no address."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("The address of an MLflow server begins with http:// or https://.")
    if "@" in parts.netloc:
        raise ValueError(
            "An address carries no password: give it as MLFLOW_TRACKING_USERNAME and "
            "MLFLOW_TRACKING_PASSWORD."
        )
    if parts.query or parts.fragment:
        raise ValueError("The address of an MLflow server ends before any “?” or “#”.")
    credentials = f"Bearer {token}" if token else ""
    if username:
        pair = base64.b64encode(f"{username}:{password}".encode()).decode()
        credentials = f"Basic {pair}"
    return Peer(url.rstrip("/"), credentials)


def _words(host: str, path: str, error: FetchError) -> str:
    if error.status == 401:
        return f"{host} asks who you are: give a token (--token or MLFLOW_TRACKING_TOKEN)."
    if error.status == 403:
        return f"{host} refuses {path} to whoever this token is."
    if error.status == 404:
        return f"{host} has no {path}: is it an MLflow server?"
    if error.status:
        return f"{host} answers {path} with {error.status}."
    return f"{host} does not answer: {error.__cause__ or error}."
