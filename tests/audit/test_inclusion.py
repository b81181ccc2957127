"""Inclusion over REST: of an entry or a leaf index, in a tree of any signed length."""

from __future__ import annotations

from typing import Any

import pytest

from audit import notes, tree
from audit.models import Checkpoint, Leaf
from audit.services.keys import signing_key
from tests import cast
from tests.audit.trail import integrate_all, make_entry, make_many

pytestmark = pytest.mark.django_db
API = "/api/v1/audit/proofs"


def get(path: str = "inclusion", **query: Any) -> Any:
    return cast.api("auditor").get(f"{API}/{path}", query)


def verifies(body: dict[str, Any]) -> bool:
    return tree.verify_inclusion(
        bytes.fromhex(body["leaf_hash"]),
        body["index"],
        body["size"],
        [bytes.fromhex(each) for each in body["hashes"]],
        bytes.fromhex(body["root"]),
    )


def test_any_leaf_in_a_tree_of_any_length() -> None:
    make_many(300)
    integrate_all()
    client = cast.api("auditor")
    for index, size in ((0, 1), (0, 300), (255, 256), (256, 257), (7, 299), (300, 301)):
        body = client.get(f"{API}/inclusion", {"index": index, "size": size}).json()
        assert (body["index"], body["size"]) == (index, size)
        assert verifies(body)
        assert body["leaf_hash"] == bytes(Leaf.objects.get(index=index).hash).hex()


def test_the_latest_checkpoint_is_the_default_and_comes_along() -> None:
    entry = make_entry()
    integrate_all()
    latest = Checkpoint.objects.latest()
    body = get(index=entry.leaf.index).json()
    assert (body["size"], body["checkpoint"]) == (latest.size, latest.note)
    assert body == get(entry=entry.pk).json()
    text, _ = notes.open_note(body["checkpoint"], signing_key().verifier)
    assert notes.SignedHead.parse(text).root.hex() == body["root"]
    assert body["tlog_proof"].endswith(body["checkpoint"])
    assert verifies(body)


def test_a_size_that_was_never_signed_has_a_root_and_no_checkpoint() -> None:
    make_many(5)
    integrate_all()
    body = get(index=1, size=3).json()
    assert verifies(body)
    assert (body["checkpoint"], body["tlog_proof"]) == (None, None)
    proof = get("consistency", **{"from": 3}).json()
    assert proof["from_root"] == body["root"]


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"index": "-1"},
        {"index": "x"},
        {"index": ""},
        {"index": "1.0"},
        {"index": "5"},
        {"index": str(2**53 + 1)},
        {"index": "9" * 30},
        {"index": "0", "size": "0"},
        {"index": "0", "size": "-1"},
        {"index": "0", "size": "6"},
        {"index": "3", "size": "3"},
        {"index": "0", "entry": "01a1fc19-0e22-752b-8627-0c5ea8e2ebe4"},
        {"size": "3"},
        {"entry": ""},
        {"entry": "x"},
    ],
)
def test_a_place_that_is_not_there_is_a_bad_question(query: dict[str, str]) -> None:
    client = cast.api("auditor")
    integrate_all()
    make_many(5 - Checkpoint.objects.latest().size)
    integrate_all()
    assert Checkpoint.objects.latest().size == 5
    assert client.get(f"{API}/inclusion", query).status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        {"from": "0"},
        {"from": "0", "to": "0"},
        {"from": "0", "to": "3"},
        {"from": "3", "to": "2"},
        {"from": "1", "to": "6"},
        {"from": "6"},
        {"from": "6", "to": "6"},
        {"from": "1", "to": "0"},
        {"from": ""},
        {"to": "3"},
    ],
)
def test_a_consistency_that_cannot_be_is_a_bad_question(query: dict[str, str]) -> None:
    client = cast.api("auditor")
    integrate_all()
    make_many(5 - Checkpoint.objects.latest().size)
    integrate_all()
    assert client.get(f"{API}/consistency", query).status_code == 400


def test_every_pair_of_sizes_is_consistent() -> None:
    make_many(20)
    integrate_all()
    client = cast.api("auditor")
    for old in range(1, 21):
        for new in (old, min(old + 3, 21), 21):
            body = client.get(f"{API}/consistency", {"from": old, "to": new}).json()
            assert tree.verify_consistency(
                old,
                bytes.fromhex(body["from_root"]),
                new,
                bytes.fromhex(body["to_root"]),
                [bytes.fromhex(each) for each in body["hashes"]],
            )


def test_an_empty_log_proves_nothing() -> None:
    assert get(index=0).status_code == 404
    assert get("consistency", **{"from": 1}).status_code == 404


def test_an_entry_waits_for_its_place() -> None:
    make_entry()
    integrate_all()
    later = make_entry()
    assert get(entry=later.pk).status_code == 404
    assert get(entry="01a1fc19-0e22-752b-8627-0c5ea8e2ebe4").status_code == 404


def test_an_entry_is_not_in_a_tree_from_before_it() -> None:
    make_entry()
    integrate_all()
    before = Checkpoint.objects.latest().size
    entry = make_entry()
    integrate_all()
    assert get(entry=entry.pk, size=before).status_code == 400
    assert get(entry=entry.pk, size=entry.leaf.index + 1).status_code == 200
