"""The artifact proxy: the files of versions as a tree, ``versions/<model>/<number>/<path>``.

Names stand in it as ``registry.sources.virtual`` writes them. Files are served as they were hashed
or not at all (G1), and come in while a version is unsealed.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any, Final

from django.http import FileResponse, HttpRequest
from django.urls import path

from lib.actor import Actor
from lib.errors import ImprimaturError, Invalid, NotFound
from registry.artifacts.receiving import Readable
from registry.mlflow import errors
from registry.mlflow.door import DoorView
from registry.mlflow.fields import Field, Given
from registry.mlflow.lookups import find_model, find_version
from registry.models import ModelVersion, RegisteredModel
from registry.services import downloads, version_files
from registry.sources import virtual
from registry.sources.virtual import Place

MOST_ROWS: Final = 1_000
"""Of models, or of versions of one, in a folder: nobody walks further this way."""
_SHOWS: Final = "model_version:{name}/{number}"


class LengthRequired(ImprimaturError):
    status = 411
    code = "length_required"
    title = "Length required"


class ListView(DoorView):
    required = {"GET": "registry.read"}
    takes = {"GET": (Field("path"),)}

    def get(self, actor: Actor, given: Given) -> dict[str, Any]:
        """What lies in a folder: nothing in one that is not there, or in a file."""
        place = virtual.place_of(given["path"] or "")
        if place is None:
            return {"files": []}
        if place.number:
            version = find_version(place.model, place.number, actor)
            given |= {"name": place.model, "number": place.number}
            self.shows = _SHOWS
            return {"files": [_row(row) for row in version_files.listed(version, place.path)]}
        return {"files": [_folder(name) for name in _folders(place, given["path"] or "", actor)]}


class FileView(DoorView):
    required = {"GET": "registry.read", "PUT": "registry.write", "DELETE": "registry.write"}

    def get(self, actor: Actor, given: Given) -> FileResponse:
        """One file, verified against its digest before the first byte is sent."""
        version, inner = _found(given, actor)
        self.shows = _SHOWS
        file, size = downloads.open_file(version, inner, actor=actor)
        return FileResponse(
            file,
            as_attachment=True,
            filename=inner.rpartition("/")[2],
            content_type="application/octet-stream",
            headers={"Content-Length": str(size), "Cache-Control": "private, no-cache"},
        )

    def put(self, actor: Actor, given: Given) -> dict[str, Any]:
        """Adds a file to an unsealed version, or puts it in the place of one."""
        version, inner = _found(given, actor)
        if not inner:
            raise Invalid("The address names no file.", errors={"path": "names no file"})
        stream, size = _body(self.request)
        version_files.add_file(version, path=inner, stream=stream, size=size, actor=actor)
        return {}

    def delete(self, actor: Actor, given: Given) -> dict[str, Any]:
        """Takes a file of an unsealed version away, or all below a folder."""
        version, inner = _found(given, actor)
        version_files.remove_files(version, path=inner, actor=actor)
        return {}


class OtherWays(DoorView):
    """Uploads in parts, and addresses that others have signed: files pass through this server, or
    nobody would have hashed them."""

    required = {"GET": "registry.read", "POST": "registry.read"}
    offered = False

    def get(self, actor: Actor, given: Given) -> dict[str, Any]:
        raise errors.NotOffered(
            "Files pass through this server whole: use GET and PUT of "
            "/api/2.0/mlflow-artifacts/artifacts/<path>."
        )

    post = get


def _found(given: Given, actor: Actor) -> tuple[ModelVersion, str]:
    """The version, and the path in it. What the address names goes into ``given``."""
    place = virtual.place_of(given["path"])
    if place is None or not place.number:
        raise NotFound(
            "Here are the files of versions alone: versions/<model>/<number>/<path>. What a run "
            "logs goes to its tracking server."
        )
    given |= {"name": place.model, "number": place.number, "version": place.number}
    return find_version(place.model, place.number, actor), place.path


def _body(request: HttpRequest) -> tuple[Readable, int]:
    """The body as a stream, and its size. MLflow's client sends an empty file in chunks; any other
    is refused that way, because a web server need not say that chunks ended before their time."""
    text = request.META.get("CONTENT_LENGTH") or ""
    is_chunked = "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower()
    if not text and is_chunked and not request.META["wsgi.input"].read(1):
        return BytesIO(), 0
    if not text:
        raise LengthRequired("Send the size of the file as Content-Length.")
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Invalid("Content-Length is not a number.", errors={"Content-Length": "not a number"})
    return request, int(text)


def _folders(place: Place, path: str, actor: Actor) -> list[str]:
    """Models by name, or the newest versions of one."""
    if place.model:
        model = find_model(place.model, actor)
        rows = model.versions.living().order_by("-number").values_list("number", flat=True)
        return [str(number) for number in rows[:MOST_ROWS]]
    if not path.strip("/"):
        return [virtual.TOP]
    names = RegisteredModel.objects.visible_to(actor).order_by("name")
    return [virtual.written_name(name) for name in names.values_list("name", flat=True)[:MOST_ROWS]]


def _folder(name: str) -> dict[str, Any]:
    return {"path": name, "is_dir": True}


def _row(row: version_files.Row) -> dict[str, Any]:
    size = {} if row.size is None else {"file_size": row.size}
    return {"path": row.name, "is_dir": row.is_folder, **size}


urlpatterns = [
    path("mlflow-artifacts/artifacts", ListView.as_view()),
    path("mlflow-artifacts/artifacts/<path:path>", FileView.as_view()),
    path("mlflow-artifacts/mpu/<path:path>", OtherWays.as_view()),
    path("mlflow-artifacts/presigned/<path:path>", OtherWays.as_view()),
]
"""For ``registry.mlflow.urls``, under both prefixes."""
