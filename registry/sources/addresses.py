"""What the ``source`` of a version says, as text. Pure: nothing is looked up here.

A source is written by an MLflow client, and means what MLflow means by it: an address under the
artifact proxy of a tracking server, a path in it, a run, a logged model, a folder, another version.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from lib.errors import Unprocessable
from registry.rules import path_fault

PROXY: Final = "/mlflow-artifacts/artifacts"
_PROXIED = re.compile(
    r"^(?P<before>.*?)/(?:ajax-)?api/2\.0/mlflow-artifacts/artifacts/(?P<path>.+)\Z"
)
_MODELS: Final = "models:"
_RUN = re.compile(r"^[0-9A-Za-z_\-]{1,64}\Z")
_LOGGED = re.compile(r"^m-[0-9A-Za-z]{1,64}\Z")
_ELSEWHERE: Final = {
    "s3": "an S3 bucket",
    "gs": "a Google bucket",
    "wasbs": "an Azure container",
    "abfss": "an Azure container",
    "dbfs": "Databricks",
    "hdfs": "Hadoop",
    "ftp": "an FTP server",
    "sftp": "an SFTP server",
}
WHAT_ELSE: Final = (
    "Send its files to the address under “download address” of the version (any MLflow client can, "
    "with log_artifacts), or register a version with “imprimatur register”."
)


@dataclass(frozen=True, slots=True)
class OwnVersion:
    """``models:/name/number``: another version of this registry."""

    name: str
    number: int


@dataclass(frozen=True, slots=True)
class Proxied:
    """A folder under an artifact proxy. ``server`` is ``scheme://host[:port][/prefix]``, or only
    ``host[:port]``; empty for the usual tracking server."""

    server: str
    path: str


@dataclass(frozen=True, slots=True)
class OfRun:
    """``runs:/run/path`` on one of the tracking servers."""

    run: str
    path: str


@dataclass(frozen=True, slots=True)
class Logged:
    """``models:/m-…``: a logged model of one of the tracking servers."""

    key: str


@dataclass(frozen=True, slots=True)
class Folder:
    """An absolute path on the machine that the workers run on."""

    path: str


Source = OwnVersion | Proxied | OfRun | Logged | Folder


def source_of(text: str) -> Source:
    """Raises Unprocessable, saying what to do instead, for what cannot be fetched."""
    if not text:
        raise _refused("This version says of no place where its files are.")
    if text.lower().startswith(_MODELS):  # a name stands in it as it is: MLflow escapes nothing
        return _registered(text[len(_MODELS) :].strip("/"))
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise _refused(f"Its source is no address: {error}.") from error
    scheme = parts.scheme.lower()
    if scheme == "runs":
        run, _, path = parts.path.strip("/").partition("/")
        if not _RUN.match(run):
            raise _refused("Its source names no run.")
        return OfRun(run, _checked(path))
    if scheme in ("http", "https"):
        return _proxied(text)
    if scheme == "mlflow-artifacts":
        return Proxied(parts.netloc, _checked(unquote(parts.path).strip("/")))
    if scheme == "file" and parts.netloc in ("", "localhost"):
        return _folder(unquote(parts.path))
    if not scheme and text.startswith("/"):
        return _folder(text)
    where = _ELSEWHERE.get(scheme, f"“{scheme}:”" if scheme else "a place it names only in part")
    raise _refused(f"Its files are in {where}, from where this server fetches nothing.")


def _registered(rest: str) -> Source:
    if _LOGGED.match(rest):
        return Logged(rest)
    name, _, number = rest.rpartition("/")
    if name and number.isascii() and number.isdigit() and len(number) < 10:
        return OwnVersion(name, int(number))
    raise _refused("Its source names no one version: write models:/name/number.")


def _proxied(text: str) -> Proxied:
    parts = urlsplit(text)
    found = _PROXIED.match(parts.path)
    if found is None or parts.query or parts.fragment or "@" in parts.netloc:
        raise _refused(
            "Its source is a web address that is not under the artifact proxy of a tracking server "
            "(…/api/2.0/mlflow-artifacts/artifacts/…)."
        )
    server = f"{parts.scheme.lower()}://{parts.netloc}{found['before']}"
    return Proxied(server, _checked(unquote(found["path"]).strip("/")))


def _folder(path: str) -> Folder:
    fault = path_fault(path.strip("/"))
    if fault:
        raise _refused(f"Its source names a folder with a path that is not taken: {fault}.")
    return Folder(f"/{path.strip('/')}")


def _checked(path: str) -> str:
    if path and (fault := path_fault(path)):
        raise _refused(f"The path in its source is not taken: {fault}.")
    return path


def _refused(what: str) -> Unprocessable:
    return Unprocessable(f"{what} {WHAT_ELSE}", code="unknown_source")
