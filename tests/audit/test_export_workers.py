"""Workers that make exports: fenced, seen, and able to go on where another one stopped."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.db.models import F

from accounts.services.people import deactivate, remove_role
from audit.models import Entry, Export, Leaf
from audit.services import export_files, streams
from jobs.models import Job
from jobs.registry import LeaseLost
from tests import cast
from tests.audit.asking import ask, download, leased, made, work
from tests.audit.trail import integrate_all, make_entries
from tests.cast import People

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(export_folder: Path) -> Path:
    return export_folder


@pytest.mark.parametrize("kind", ["jsonl", "csv"])
def test_a_new_worker_goes_on_where_the_last_one_is_known_to_have_been(
    people: People, folder: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    make_entries(20)
    client = cast.api(people.otto)
    integrate_all()
    asked = {"kind": kind, "subject": "model:mortgage", "to": Leaf.objects.count()}
    straight = download(client, made(client, **asked))
    export = Export.objects.get(pk=ask(client, **asked).json()["id"])
    monkeypatch.setattr(export_files, "BEAT_SECONDS", 0.0)
    honest, written = streams.WRITERS[kind], []

    def dying(rows: Any) -> bytes:
        written.append([index for index, _, _ in rows])
        if len(written) == 4:
            raise LeaseLost
        return honest(rows)

    monkeypatch.setitem(streams.WRITERS, kind, dying)
    with pytest.raises(LeaseLost):
        export_files.make(leased(export))
    make_entries(3)
    Job.objects.filter(pk=export.job_id).update(leased_until=F("created_at"))
    export_files.make(leased(export))
    assert written[4][0] == written[3][0]  # not from the beginning
    export.refresh_from_db()
    assert (folder / export.file).read_bytes() == straight
    assert [path.name for path in folder.iterdir() if path.name.startswith(str(export.pk))] == [
        export.file
    ]
    told = Entry.objects.filter(action="audit.export", actor_id=people.otto.pseudonym)
    assert told.count() == 2


def test_when_the_unfinished_file_is_gone_it_begins_anew(
    people: People, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_entries(9)
    client = cast.api(people.otto)
    export = Export.objects.get(pk=ask(client).json()["id"])
    export_files._settle(export, leased(export), actor=people.otto.actor)
    Export.objects.filter(pk=export.pk).update(reached=6, length=999, part="gone.part")
    Job.objects.filter(pk=export.job_id).update(leased_until=F("created_at"))
    export_files.make(leased(export))
    export.refresh_from_db()
    lines = (folder / export.file).read_bytes().splitlines()
    assert [json.loads(line)["index"] for line in lines] == [*range(export.end or 0)]


def test_a_worker_that_lost_its_lease_keeps_nothing(people: People, folder: Path) -> None:
    make_entries(2)
    for kind in ("jsonl", "bundle"):
        export = Export.objects.get(pk=ask(cast.api(people.otto), kind=kind).json()["id"])
        late = leased(export)
        Job.objects.filter(pk=export.job_id).update(leased_until=F("created_at"))
        winner = leased(export)
        with pytest.raises(LeaseLost):
            export_files.make(late)
        export.refresh_from_db()
        assert export.file == ""
        export_files.make(winner)
        export.refresh_from_db()
        assert export.file == f"{export.pk}-2.{export_files.ENDINGS[kind]}"


def test_progress_is_seen(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    make_entries(9)
    monkeypatch.setattr(export_files, "BEAT_SECONDS", 0.0)
    seen: list[int] = []
    honest = export_files._note

    def looking(export: Export, *rest: Any) -> None:
        honest(export, *rest)
        seen.append(Export.objects.get(pk=export.pk).percent)
        assert Export.objects.get(pk=export.pk).state == "running"

    monkeypatch.setattr(export_files, "_note", looking)
    made(cast.api(people.otto))
    assert len(seen) > 2
    assert seen == sorted(seen)
    assert 0 < seen[0] < seen[-1] < 100


def test_a_worker_acts_with_the_roles_that_the_asker_holds_then(people: People) -> None:
    make_entries(2)
    client = cast.api(people.otto)
    asked = ask(client).json()
    for held in people.otto.role_assignments.all():
        remove_role(held, actor=people.olga.actor)
    work()
    export = Export.objects.get(pk=asked["id"])
    assert export.state == "failed"
    assert "audit.export" in export.error or "may" in export.error
    other = Export.objects.get(pk=ask(cast.api(people.rita)).json()["id"])
    deactivate(people.rita, actor=people.olga.actor)
    work()
    assert Export.objects.get(pk=other.pk).state == "failed"
    assert not Entry.objects.filter(action="audit.export").exists()
