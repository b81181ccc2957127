"""Exports that a worker makes: asked for, followed, interrupted, handed out once told, let go."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from audit.models import Entry, Export
from audit.services import export_jobs
from audit.tasks import expire_exports
from tests import cast
from tests.audit.asking import API, ask, download, made, work
from tests.audit.trail import integrate_all, make_entries, verify
from tests.cast import People

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(export_folder: Path) -> Path:
    return export_folder


def test_it_is_queued_made_and_downloaded(people: People) -> None:
    make_entries(8)
    client = cast.api(people.otto)
    asked = ask(client, subject="model:mortgage").json()
    assert (asked["state"], asked["percent"], asked["link"]) == ("queued", 0, None)
    work()
    body = client.get(f"{API}/{asked['id']}").json()
    assert (body["state"], body["percent"], body["error"]) == ("done", 100, None)
    data = download(client, body)
    assert (len(data), hashlib.sha256(data).hexdigest()) == (body["size"], body["sha256"])
    assert [json.loads(line)["entry"]["sequence"] for line in data.splitlines()] == [*range(1, 9)]
    assert [each["id"] for each in client.get(API).json()["items"]] == [asked["id"]]


@pytest.mark.parametrize("asked", [{}, {"subject": "model:mortgage"}, {"from": 1, "to": 4}])
def test_bundles_verify(people: People, tmp_path: Path, asked: dict[str, Any]) -> None:
    make_entries(5)
    integrate_all()
    client = cast.api(people.otto)
    body = made(client, kind="bundle", previous=1, **asked)
    assert body["state"] == "done", body
    (tmp_path / "bundle.zip").write_bytes(download(client, body))
    done = verify(tmp_path / "bundle.zip")
    assert done.returncode == 0, done.stdout
    assert Entry.objects.get(pk=body["entry"]).action == "audit.export"


def test_a_table_is_made_too(people: People) -> None:
    make_entries(5)
    client = cast.api(people.otto)
    data = download(client, made(client, kind="csv", subject="model:mortgage"))
    assert data.startswith(b"index,at,action,")
    assert data.count(b"\r\n") == 6


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"since": "2026-01-01T00:00:00Z", "from": 0}, "from"),
        ({"until": "2026-01-01T00:00:00Z", "to": 3}, "from"),
        ({"since": "2026-01-01T00:00:00"}, "since"),
        ({"since": "2026-01-01T00:00:00+18:08"}, "since"),
        ({"since": "2026-06-30T23:59:60Z"}, "since"),
        ({"until": "0001-01-01T00:00:00+14:00"}, "until"),
    ],
)
def test_what_cannot_be_made_is_refused_before_it_is_queued(
    people: People, asked: dict[str, Any], field: str
) -> None:
    make_entries(1)
    answer = cast.api(people.otto).post(API, {"kind": "bundle", **asked}, format="json")
    assert answer.status_code == 400, answer.content
    assert [each["field"] for each in answer.json()["errors"]] == [field]
    assert not Export.objects.exists()


def test_the_same_key_asks_once(people: People) -> None:
    make_entries(1)
    client = cast.api(people.otto)
    twice = [
        client.post(API, {"kind": "csv"}, format="json", HTTP_IDEMPOTENCY_KEY="k").json()["id"]
        for _ in range(2)
    ]
    assert twice[0] == twice[1]
    assert Export.objects.count() == 1


def test_making_it_and_each_download_are_entries(people: People) -> None:
    make_entries(2)
    client = cast.api(people.otto)
    body = made(client)
    told = Entry.objects.get(pk=body["entry"])
    assert (told.action, told.actor_id) == ("audit.export", people.otto.pseudonym)
    for _ in range(2):
        download(client, body)
    downloads = Entry.objects.filter(action="audit.download", subject_key=body["id"])
    assert downloads.count() == 2
    assert downloads[0].content["details"]["sha256"] == body["sha256"]


def test_what_cannot_be_told_is_not_handed_out(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_entries(2)
    client = cast.api(people.otto)
    body = made(client)

    def broken(**_: Any) -> None:
        raise RuntimeError("no entry")

    monkeypatch.setattr(export_jobs, "record", broken)
    answer = client.get(body["link"])
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")


def test_a_link_is_for_its_asker_for_a_quarter_of_an_hour(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_entries(2)
    client, other = cast.api(people.otto), cast.api(people.rita)
    body = made(client)
    assert cast.api().get(body["link"]).status_code == 401
    answer = other.get(body["link"])
    assert (answer.status_code, answer.json()["code"]) == (403, "link_of_another")
    assert other.get(f"{API}/{body['id']}").status_code == 404
    assert other.get(API).json()["items"] == []
    second = made(client, kind="csv")
    swapped = body["link"].replace(body["id"], second["id"])
    assert client.get(swapped).json()["code"] == "link_of_another"
    assert client.get(body["link"] + "x").json()["code"] == "link_unknown"
    assert client.get(body["link"].partition("?")[0]).status_code == 400
    assert export_jobs.LINK_SECONDS == 900
    monkeypatch.setattr(export_jobs, "LINK_SECONDS", -1)
    assert client.get(body["link"]).json()["code"] == "link_expired"
    assert not Entry.objects.filter(action="audit.download").exists()


def test_files_go_when_their_time_is_over(people: People, folder: Path) -> None:
    make_entries(2)
    client = cast.api(people.otto)
    body = made(client)
    stray, fresh = folder / "x-1.part", folder / "y-1.part"
    stray.touch()
    fresh.touch()
    os.utime(stray, (0, 0))
    expire_exports()
    assert len(list(folder.iterdir())) == 2
    Export.objects.update(expires_at=timezone.now())
    expire_exports()
    assert list(folder.iterdir()) == [fresh]
    after = client.get(f"{API}/{body['id']}").json()
    assert (after["state"], after["link"]) == ("expired", None)
    assert client.get(body["link"]).status_code == 404


@pytest.mark.parametrize(
    "asked",
    [
        {"kind": "pdf"},
        {"kind": None},
        {"kind": "csv", "subject": "model"},
        {"kind": "csv", "previous": 1},
        {"kind": "csv", "from": -1},
        {"kind": "csv", "from": 3, "to": 2},
        {"kind": "csv", "from": True, "to": "x"},
        {"kind": "csv", "since": "yesterday"},
        {"kind": "csv", "since": "2026-02-01T00:00:00Z", "until": "2026-01-01T00:00:00Z"},
        {"kind": "csv", "colour": "red"},
        {"kind": "bundle", "previous": 10**9},
        {"kind": "bundle", "since": "2026-02-01T00:00:00Z", "to": 3},
        {"kind": "bundle", "subject": "model:mortgage", "from": 1},
    ],
)
def test_it_refuses_nonsense(people: People, asked: dict[str, Any]) -> None:
    make_entries(2)
    integrate_all()
    answer = cast.api(people.otto).post(API, asked, format="json")
    assert answer.status_code == 400, answer.content
    assert not Export.objects.exists()


def test_it_refuses_who_may_not_and_what_nobody_knows(people: People) -> None:
    make_entries(2)
    integrate_all()
    assert cast.api(people.ada).post(API, {"kind": "csv"}, format="json").status_code == 403
    client = cast.api(people.otto)
    nothing = client.post(API, {"kind": "csv", "subject": "model:x"}, format="json")
    assert nothing.status_code == 404
    assert client.get(f"{API}/{uuid4()}").status_code == 404
    assert client.head(f"{API}/{uuid4()}/file").status_code == 405


def test_what_an_empty_period_holds_is_said(people: People) -> None:
    make_entries(2)
    body = made(cast.api(people.otto), kind="bundle", since="2100-01-01T00:00:00Z")
    assert (body["state"], "period" in body["error"]) == ("failed", True)
