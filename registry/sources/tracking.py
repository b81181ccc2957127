"""Files behind the artifact proxy of a tracking server that the operator named.

Only those servers are asked, each by the very address that was set; what a source says decides the
path alone. Answers are bounded in size, number and time, and no redirect is followed.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, unquote, urlencode, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from lib.errors import Unprocessable
from lib.http.downloading import Download, downloading
from lib.http.outbound import NotSent
from registry.artifacts.receiving import Readable
from registry.rules import path_fault
from registry.sources import addresses
from registry.sources.trees import MAX_FOLDERS, Found, Unreached

_LISTING: Final = 4 * 1024**2  # bytes of one answer in JSON
_ASKING: Final = 20.0  # seconds for one answer in JSON


@dataclass(frozen=True, slots=True)
class Server:
    """``base`` is ``scheme://host[:port][/prefix]``."""

    base: str
    headers: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def host(self) -> str:
        return urlsplit(self.base).netloc

    def ask(self, path: str, query: dict[str, str]) -> dict[str, Any]:
        """The JSON object at ``path`` below ``/api/2.0``. Raises Unreached, Unprocessable."""
        url = f"{self.base}/api/2.0{path}?{urlencode(query, quote_via=quote)}"
        with self.reading(url, seconds=_ASKING) as answer:
            data = _whole(answer)
        try:
            found = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise Unprocessable(f"{self.host} answers what is no JSON.") from error
        if not isinstance(found, dict):
            raise Unprocessable(f"{self.host} answers what is no JSON object.")
        return found

    @contextmanager
    def reading(self, url: str, *, seconds: float) -> Iterator[Download]:
        try:
            with downloading(
                url, headers=self.headers, private_hosts=(self.host,), seconds=seconds
            ) as answer:
                self._refuse(answer.status)
                yield answer
        except NotSent as error:
            if error.refused:
                raise Unprocessable(f"{self.host} is not asked. {error}") from error
            raise Unreached(f"{self.host}: {error}") from error

    def _refuse(self, status: int) -> None:
        if status in (401, 403):
            raise Unprocessable(
                f"{self.host} does not let this server read there (it answers {status}): the "
                "operator gives a name and password, or a token, in MLFLOW_TRACKING_SOURCES."
            )
        if status == 404:
            raise Unprocessable(f"{self.host} has nothing there (it answers 404).")
        if status >= 500 or status == 429:
            raise Unreached(f"{self.host} answers {status}.")
        if status != 200:
            raise Unprocessable(f"{self.host} answers {status}, not with a file.")


def servers() -> tuple[Server, ...]:
    """Those that ``MLFLOW_TRACKING_SOURCES`` names; the first is the usual one."""
    return tuple(_server(text) for text in settings.MLFLOW_TRACKING_SOURCES)


def server_named(name: str) -> Server:
    """The one that a source names, ``host`` or whole, or the usual one. Raises Unprocessable."""
    known = servers()
    if not known:
        raise Unprocessable(
            "No tracking server is named from which files are fetched: the operator sets "
            f"MLFLOW_TRACKING_SOURCES. {addresses.WHAT_ELSE}",
            code="unknown_source",
        )
    for server in known:
        if not name or name.rstrip("/") == server.base or name == server.host:
            return server
    raise Unprocessable(
        f"{name[:200]} is none of the tracking servers from which files are fetched "
        f"(MLFLOW_TRACKING_SOURCES). {addresses.WHAT_ELSE}",
        code="unknown_source",
    )


def _server(text: str) -> Server:
    """``https://[name:password@|token@]host[:port][/prefix]``."""
    parts = urlsplit(text.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ImproperlyConfigured("MLFLOW_TRACKING_SOURCES: addresses begin with https://.")
    login, _, host = parts.netloc.rpartition("@")
    base = f"{parts.scheme}://{host}{parts.path.rstrip('/')}"
    if not login:
        return Server(base)
    name, colon, password = login.partition(":")
    if not colon:
        return Server(base, {"Authorization": f"Bearer {unquote(name)}"})
    pair = base64.b64encode(f"{unquote(name)}:{unquote(password)}".encode()).decode()
    return Server(base, {"Authorization": f"Basic {pair}"})


@dataclass(frozen=True, slots=True)
class ProxiedTree:
    """The files below ``root`` of the server's proxy."""

    server: Server
    root: str
    seconds: float

    def files(self) -> Iterator[Found]:
        waiting, asked = [""], 0
        while waiting:
            folder = waiting.pop()
            asked += 1
            if asked > MAX_FOLDERS:
                raise Unprocessable(f"There are more than {MAX_FOLDERS:,} folders in its source.")
            for name, is_folder, size in self._listed(folder):
                path = f"{folder}/{name}" if folder else name
                if is_folder:
                    waiting.append(path)
                else:
                    yield Found(path, size)

    def _listed(self, folder: str) -> Iterator[tuple[str, bool, int | None]]:
        path = f"{self.root}/{folder}".rstrip("/")
        rows = self.server.ask(f"{addresses.PROXY}", {"path": path}).get("files", [])
        for row in rows if isinstance(rows, list) else ():
            name = row.get("path") if isinstance(row, dict) else None
            if not isinstance(name, str) or "/" in name or path_fault(name):
                raise Unprocessable(f"{self.server.host} lists a file without a usable name.")
            size = row.get("file_size")
            known = isinstance(size, int | str) and str(size).isdigit() and len(str(size)) < 19
            yield name, bool(row.get("is_dir")), int(str(size)) if known else None

    @contextmanager
    def opened(self, path: str) -> Iterator[Readable]:
        place = quote(f"{self.root}/{path}" if self.root else path)
        url = f"{self.server.base}/api/2.0{addresses.PROXY}/{place}"
        with self.server.reading(url, seconds=self.seconds) as answer:
            yield answer


def told_of(found: addresses.OfRun | addresses.Logged) -> tuple[Server, str]:
    """Where the files of a run or of a logged model are, and the server that told: the first that
    knows it, since nothing in the source says whose it is. Raises Unreached where one that might
    have known did not answer, else Unprocessable with what each said."""
    silent: list[Unreached] = []
    refused: list[str] = []
    for server in servers():
        try:
            return server, _told(server, found)
        except Unreached as error:
            silent.append(error)
        except Unprocessable as error:
            refused.append(error.detail)
    if silent:
        raise silent[0]
    raise Unprocessable(" ".join(refused))


def _told(server: Server, found: addresses.OfRun | addresses.Logged) -> str:
    if isinstance(found, addresses.OfRun):
        run = _member(server.ask("/mlflow/runs/get", {"run_id": found.run}), "run", "info")
        return _joined(run.get("artifact_uri"), found.path)
    answer = server.ask(f"/mlflow/logged-models/{quote(found.key, safe='')}", {})
    return _joined(_member(answer, "model", "info").get("artifact_uri"), "")


def _member(answer: dict[str, Any], *names: str) -> dict[str, Any]:
    found: Any = answer
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def _joined(address: Any, path: str) -> str:
    if not isinstance(address, str) or not address:
        raise Unprocessable("The tracking server does not say where the files are.")
    return "/".join(part for part in (address.rstrip("/"), path) if part)


def _whole(answer: Download) -> bytes:
    try:
        return answer.whole(_LISTING)
    except NotSent as error:
        raise Unreached(str(error)) from error
