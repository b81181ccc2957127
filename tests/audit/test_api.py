"""The trail over REST: what it answers, and to whom."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest

from audit import notes, tree
from audit.models import Checkpoint, Entry
from audit.services.keys import signing_key
from tests import cast
from tests.audit.trail import MODEL, OTHER, integrate_all, make_entries, make_entry
from tests.cast import People

pytestmark = pytest.mark.django_db
API = "/api/v1/audit"


def get(client: Any, path: str, **query: Any) -> Any:
    return client.get(f"{API}/{path}", query)


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [each["id"] for each in answer.json()["items"]]


def test_it_filters_entries(people: People) -> None:
    client = cast.api(people.otto)
    mine = make_entries(3)
    other = make_entry(OTHER, action="model.register", related=[MODEL])
    expected = [str(entry.pk) for entry in (other, *reversed(mine))]
    assert ids(get(client, "entries", subject="model:mortgage")) == expected
    assert ids(get(client, "entries", action="model.register")) == [str(other.pk)]
    assert ids(get(client, "entries", actor="a" * 32)) == expected
    since = (mine[1].at).isoformat()
    found = ids(get(client, "entries", subject="model:mortgage", since=since))
    assert found == expected[:3]
    until = (mine[1].at + timedelta(microseconds=1)).isoformat()
    found = ids(get(client, "entries", subject="model:mortgage", until=until))
    assert found == expected[2:]


def test_it_pages_and_gives_leaf_indices(people: People) -> None:
    client = cast.api(people.otto)
    make_entries(5)
    integrate_all()
    first = get(client, "entries", subject="model:mortgage", limit=2).json()
    rest = get(client, "entries", subject="model:mortgage", cursor=first["next"]).json()
    indices = [each["index"] for each in (*first["items"], *rest["items"])]
    assert indices == sorted(indices, reverse=True)
    assert len(indices) == 5
    low, high = indices[3], indices[1]
    ranged = {"from": low, "to": high}
    found = client.get(f"{API}/entries", ranged).json()["items"]
    assert [each["index"] for each in found] == indices[2:4]


def test_a_list_takes_the_same_number_of_queries_however_long(
    people: People, django_assert_max_num_queries: Any
) -> None:
    client = cast.api(people.otto)
    make_entries(30)
    integrate_all()
    get(client, "entries", limit=1)  # the first look is an entry
    with django_assert_max_num_queries(6):
        assert len(ids(get(client, "entries", limit=30, subject="model:mortgage"))) == 30


def test_an_entry_comes_with_its_bytes_openings_and_proof(people: People) -> None:
    entry = make_entry(reason="Because")
    answer = get(cast.api(people.otto), f"entries/{entry.pk}").json()
    assert answer["proof"] is None
    integrate_all()
    answer = get(cast.api(people.otto), f"entries/{entry.pk}").json()
    assert answer["openings"]["reason"]["value"] == "Because"
    proof = answer["proof"]
    assert tree.verify_inclusion(
        tree.leaf_hash(answer["body"].encode()),
        proof["index"],
        proof["size"],
        [bytes.fromhex(each) for each in proof["hashes"]],
        bytes.fromhex(proof["root"]),
    )
    assert get(cast.api(people.otto), "proofs/inclusion", entry=entry.pk).json() == proof


def test_the_checkpoint_opens_with_the_published_key(people: People) -> None:
    client = cast.api(people.otto)
    assert get(client, "checkpoint").status_code == 404
    make_entry()
    integrate_all()
    key = notes.VerifierKey.parse(get(client, "key").content.decode())
    text, _ = notes.open_note(get(client, "checkpoint").content.decode(), key)
    assert notes.SignedHead.parse(text).size == Checkpoint.objects.latest().size


def test_it_proves_that_nothing_before_changed(people: People) -> None:
    client = cast.api(people.otto)
    make_entry()
    integrate_all()
    old = Checkpoint.objects.latest()
    make_entries(4)
    integrate_all()
    proof = client.get(f"{API}/proofs/consistency", {"from": old.size}).json()
    assert proof["from_root"] == old.root
    assert tree.verify_consistency(
        proof["from"],
        bytes.fromhex(proof["from_root"]),
        proof["to"],
        bytes.fromhex(proof["to_root"]),
        [bytes.fromhex(each) for each in proof["hashes"]],
    )


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("entries", {"subject": "nonsense"}),
        ("entries", {"action": "model.explode"}),
        ("entries", {"since": "yesterday"}),
        ("entries", {"since": "2026-01-01"}),
        ("entries", {"until": "2026-01-01T00:00:00-18:08"}),
        ("entries", {"from": "-1"}),
        ("entries", {"cursor": "forged"}),
        ("entries", {"wrong": "x"}),
        ("proofs/inclusion", {"entry": "x"}),
        ("proofs/consistency", {}),
        ("proofs/consistency", {"from": "0"}),
        ("proofs/consistency", {"from": "9999"}),
        ("bundle", {}),
        ("bundle", {"subject": "model:mortgage", "previous": "0"}),
        ("bundle", {"subject": "model:mortgage", "previous": "9999"}),
    ],
)
def test_bad_questions_are_answered_with_400(
    people: People, path: str, query: dict[str, str]
) -> None:
    make_entry()
    integrate_all()
    answer = cast.api(people.otto).get(f"{API}/{path}", query)
    assert answer.status_code == 400, answer.content
    assert answer["Content-Type"] == "application/problem+json"


def test_a_bundle_downloads_and_leaves_an_entry(people: People) -> None:
    make_entry()
    answer = get(cast.api(people.otto), "bundle", subject="model:mortgage")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/zip"
    data = b"".join(answer.streaming_content)
    assert "verify.py" in zipfile.ZipFile(io.BytesIO(data)).namelist()
    export = Entry.objects.get(action="audit.export")
    assert (str(export.pk), export.actor_id) == (answer["X-Entry"], people.otto.pseudonym)


ADDRESSES = (
    "entries",
    "entries/01a1fc19-0e22-752b-8627-0c5ea8e2ebe4",
    "checkpoint",
    "key",
    "verify.py",
    "proofs/inclusion?entry=01a1fc19-0e22-752b-8627-0c5ea8e2ebe4",
    "proofs/consistency?from=1",
    "bundle?subject=model:mortgage",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_it_answers_neither_strangers_nor_those_without_the_permission(
    people: People, address: str
) -> None:
    assert cast.api().get(f"{API}/{address}").status_code == 401
    assert cast.api(people.mallory).get(f"{API}/{address}").status_code == 403
    for method in ("post", "put", "patch", "delete"):
        answer = getattr(cast.api(people.otto), method)(f"{API}/{address}")
        assert answer.status_code in (403, 405)


def test_reading_is_not_exporting(people: People) -> None:
    make_entry()
    answer = get(cast.api(people.dev), "bundle", subject="model:mortgage")
    assert answer.status_code == 403
    assert not Entry.objects.filter(action="audit.export").exists()


def test_a_log_without_its_key_file_is_unavailable_not_broken(
    people: People, settings: Any, tmp_path: Any
) -> None:
    make_entry()
    integrate_all()
    assert signing_key()
    settings.LOG_KEY = tmp_path / "gone"
    assert get(cast.api(people.otto), "key").status_code == 503
