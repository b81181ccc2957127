"""The page of exports: asked for, followed and taken away by whoever may."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import audit.tasks  # noqa: F401  (the worker knows the job)
import jobs.services
from audit.models import Entry, Export
from tests.audit.asking import work
from tests.audit.trail import make_entries
from tests.cast import People
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db
PAGE = "/audit/exports/"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.EXPORT_DIR = tmp_path / "exports"
    monkeypatch.setattr(jobs.services, "publish", lambda *_: None)


def test_it_is_asked_for_followed_and_downloaded(people: People) -> None:
    make_entries(3)
    client = signed_in(people.otto)
    answer = client.post(PAGE, {"kind": "csv", "subject": "model:mortgage", "from": "2020-01-01"})
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    waiting = client.get(PAGE).content.decode()
    assert 'hx-trigger="every 1s"' in waiting
    assert "<progress" in waiting
    work()
    part = client.get(f"{PAGE}progress/", HTTP_HX_REQUEST="true").content.decode()
    assert "<html" not in part
    assert "<progress" not in part
    assert 'hx-trigger="every 300s"' in part
    link = re.search(r'href="(/api/[^"]+)"', part)
    assert link is not None
    data = b"".join(client.get(link[1].replace("&amp;", "&")).streaming_content)  # type: ignore[attr-defined]
    assert data.count(b"\r\n") == 4
    assert Entry.objects.filter(action="audit.download", actor_id=people.otto.pseudonym).exists()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"kind": "pdf"}, "Choose a format."),
        ({"kind": "csv", "from": "1 May"}, "A day is written as"),
        ({"kind": "csv", "to": "9999-12-31"}, "A day is written as"),
        ({"kind": "csv", "from": "2026-05-01", "to": "2026-04-01"}, "ends before it begins"),
        ({"kind": "csv", "subject": "<b>"}, "A subject is written"),
        ({"kind": "csv", "subject": "model:unknown"}, "knows nothing about"),
        ({"kind": "bundle", "previous": "many"}, "whole number"),
    ],
)
def test_what_may_not_be_is_said_and_what_was_typed_is_kept(
    people: People, typed: dict[str, str], sentence: str
) -> None:
    answer = signed_in(people.otto).post(PAGE, typed)
    body = answer.content.decode()
    assert answer.status_code == 400
    assert sentence in body
    assert "<b>" not in body.partition('name="subject"')[2][:40]
    assert not Export.objects.exists()


def test_an_open_period_says_where_it_begins(people: People) -> None:
    make_entries(1)
    client = signed_in(people.otto)
    client.post(PAGE, {"kind": "csv", "from": "2026-01-01"})
    client.post(PAGE, {"kind": "csv", "to": "2026-11-30"})
    body = client.get(PAGE).content.decode()
    assert "from 2026-01-01 · asked" in body
    assert "before 2026-12-01 · asked" in body


def test_nobody_sees_what_others_asked_for(people: People) -> None:
    make_entries(1)
    signed_in(people.otto).post(PAGE, {"kind": "csv"})
    assert "CSV table</b>" not in signed_in(people.rita).get(PAGE).content.decode()
    assert "CSV table</b>" in signed_in(people.otto).get(PAGE).content.decode()


def test_only_whoever_may_export_gets_there(people: People) -> None:
    client = signed_in(people.ada)
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, {"kind": "csv"}).status_code == 403
    assert PAGE not in client.get("/audit/").content.decode()
    there = signed_in(people.otto).get("/audit/", {"subject": "model:mortgage"}).content.decode()
    assert f'href="{PAGE}?subject=model%3Amortgage"' in there
