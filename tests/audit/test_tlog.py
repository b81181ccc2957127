"""The log as static files under /tlog/: what a stranger's tool sees, and who may see it."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from typing import Any

import pytest
from django.test import Client

from audit import notes, tlog, tree
from audit.models import Checkpoint, Entry, Tile
from audit.services.keys import signing_key
from tests import cast
from tests.audit.trail import integrate_all, make_entries, make_entry, make_many
from tests.cast import People
from tests.registry.make import scoped_api

pytestmark = pytest.mark.django_db
FILES = ("checkpoint", "tile/0/000.p/1", "tile/entries/000.p/1")


def fetch(client: Any, path: str) -> bytes:
    answer = client.get(f"/tlog/{path}")
    assert answer.status_code == 200, (path, answer.content)
    return bytes(answer.content)


def head_of(client: Any) -> notes.SignedHead:
    note = fetch(client, "checkpoint").decode()
    return notes.SignedHead.parse(notes.open_note(note, signing_key().verifier)[0])


def reader_over(client: Any, size: int) -> tree.Reader:
    def read(nodes: Sequence[tree.Node]) -> list[bytes]:
        paths = tlog.paths_for(nodes, size)
        return tree.tile_reader({each.at: fetch(client, f"tile/{each}") for each in paths})(nodes)

    return read


def test_the_whole_tree_is_rebuilt_from_the_files_alone(people: People) -> None:
    make_many(600)
    integrate_all()
    client = cast.api(people.otto)
    head = head_of(client)
    assert head.size > 600
    read = reader_over(client, head.size)
    assert tree.root(head.size, read) == head.root
    rebuilt: dict[tree.TileAt, bytes] = {}
    for index in range(-(-head.size // 256)):
        at = tree.TileAt(0, index)
        path = tlog.TilePath(None, index, tlog.width_at(at, head.size))
        leaves = [
            tree.leaf_hash(entry) for entry in tlog.read_bundle(fetch(client, f"tile/{path}"))
        ]
        assert len(leaves) == path.width
        rebuilt |= tree.extend(256 * index, leaves, rebuilt.__getitem__)
    assert tree.root(head.size, tree.tile_reader(rebuilt)) == head.root
    for at, hashes in rebuilt.items():
        width = tlog.width_at(at, head.size)
        assert fetch(client, f"tile/{tlog.TilePath(at.level, at.index, width)}") == hashes


def test_a_bundle_holds_the_exact_bytes(people: People) -> None:
    entries = make_entries(3)
    integrate_all()
    size = Checkpoint.objects.latest().size
    data = fetch(cast.api(people.otto), f"tile/entries/000.p/{size}")
    bundle = tlog.read_bundle(data)
    assert [bundle[entry.leaf.index] for entry in entries] == [
        entry.leaf_bytes for entry in entries
    ]


def test_partial_files_are_there_up_to_the_signed_size_and_no_further(people: People) -> None:
    make_entries(3)
    integrate_all()
    make_entry()  # not signed yet
    client = cast.api(people.otto)
    size = Checkpoint.objects.latest().size
    assert Entry.objects.count() > size
    whole = fetch(client, f"tile/0/000.p/{size}")
    for width in range(1, size + 1):
        assert fetch(client, f"tile/0/000.p/{width}") == whole[: 32 * width]
        assert len(tlog.read_bundle(fetch(client, f"tile/entries/000.p/{width}"))) == width
    for path in (
        f"0/000.p/{size + 1}",
        "0/000",
        "0/001.p/1",
        "1/000.p/1",
        f"entries/000.p/{size + 1}",
        "entries/000",
        "entries/001.p/1",
    ):
        assert client.get(f"/tlog/tile/{path}").status_code == 404, path


def test_a_full_tile_is_also_served_in_part(people: People) -> None:
    make_many(300)
    integrate_all()
    client = cast.api(people.otto)
    assert len(fetch(client, "tile/0/000")) == 8192
    assert fetch(client, "tile/0/000.p/255") == fetch(client, "tile/0/000")[:-32]
    assert fetch(client, "tile/1/000.p/1") == tree.root(256, reader_over(client, 300))


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/0",
        "tile/00/000.p/1",
        "tile/0/x000/000.p/1",
        "tile/0/000.p/01",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/1/",
        "tile/64/000.p/1",
        "tile/0/x009/x223/x372/x036/x854/x775/808",
        "tile/63/x009/x223/x372/x036/x854/x775/807",
        "tile/entries/0.p/1",
        "tile/entries/entries/000.p/1",
        "tile/",
        "tile",
        "checkpoint/",
        "checkpoint.txt",
        "",
    ],
)
def test_an_address_spelt_otherwise_is_not_found(people: People, path: str) -> None:
    make_entry()
    integrate_all()
    assert cast.api(people.otto).get(f"/tlog/{path}").status_code == 404


def test_files_keep_for_ever_and_the_checkpoint_does_not(people: People, settings: Any) -> None:
    make_entry()
    integrate_all()
    client = cast.api(people.otto)
    tile = client.get("/tlog/tile/0/000.p/1")
    assert tile["Cache-Control"] == "private, max-age=31536000, immutable"
    assert tile["Content-Type"] == "application/octet-stream"
    checkpoint = client.get("/tlog/checkpoint")
    assert checkpoint["Cache-Control"] == "no-cache"
    assert checkpoint["Content-Type"] == "text/plain; charset=utf-8"
    settings.TLOG_PUBLIC = "tiles"
    tile = Client().get("/tlog/tile/0/000.p/1", headers={"accept": "application/octet-stream"})
    assert tile["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Cookie" not in tile.get("Vary", "")
    assert "immutable" not in Client().get("/tlog/tile/0/001").get("Cache-Control", "")


def test_entries_travel_compressed_when_asked(people: People) -> None:
    make_many(300)
    integrate_all()
    client = cast.api(people.otto)
    plain = fetch(client, "tile/entries/000")
    answer = client.get("/tlog/tile/entries/000", headers={"accept-encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"
    assert len(answer.content) < len(plain)
    assert gzip.decompress(answer.content) == plain


def test_an_empty_log_has_no_files(people: People) -> None:
    client = cast.api(people.otto)
    for path in FILES:
        assert client.get(f"/tlog/{path}").status_code == 404


@pytest.mark.parametrize("path", FILES)
def test_it_is_closed_to_all_but_readers_of_the_whole_trail(people: People, path: str) -> None:
    make_entry()
    integrate_all()
    assert cast.api().get(f"/tlog/{path}").status_code == 401
    assert cast.api(people.mallory).get(f"/tlog/{path}").status_code == 403
    assert cast.api(people.elena).get(f"/tlog/{path}").status_code == 403
    assert scoped_api("auditor", "mortgage").get(f"/tlog/{path}").status_code == 403
    assert cast.api("auditor").get(f"/tlog/{path}").status_code == 200
    assert cast.api(people.otto).head(f"/tlog/{path}").status_code == 200
    for method in ("post", "put", "patch", "delete"):
        assert getattr(cast.api("auditor"), method)(f"/tlog/{path}").status_code in (403, 405)


@pytest.mark.parametrize(
    ("opened", "expected"),
    [("", [401, 401, 401]), ("tiles", [200, 200, 401]), ("entries", [200, 200, 200])],
)
def test_a_setting_opens_hashes_and_another_value_the_entries(
    db: None, settings: Any, opened: str, expected: list[int]
) -> None:
    make_entry()
    integrate_all()
    settings.TLOG_PUBLIC = opened
    assert [Client().get(f"/tlog/{path}").status_code for path in FILES] == expected


def test_a_question_mark_is_refused(people: People) -> None:
    make_entry()
    integrate_all()
    assert cast.api(people.otto).get("/tlog/tile/0/000.p/1?x=1").status_code == 400


def test_a_tile_takes_few_queries(people: People, django_assert_max_num_queries: Any) -> None:
    make_many(300)
    integrate_all()
    client = cast.api("auditor")
    fetch(client, "tile/0/000")
    fetch(client, "tile/entries/000.p/1")  # the first look is an entry
    with django_assert_max_num_queries(5):
        fetch(client, "tile/0/000")
    with django_assert_max_num_queries(5):
        fetch(client, "tile/entries/000")


def test_tiles_that_went_missing_are_unavailable_not_wrong(people: People) -> None:
    make_entry()
    integrate_all()
    assert Tile.objects.exists()
    size = Checkpoint.objects.latest().size
    root, note = "0" * 64, Checkpoint.objects.latest().note
    Checkpoint.objects.create(size=size + 1, root=root, note=note)
    client = cast.api(people.otto)
    assert client.get(f"/tlog/tile/0/000.p/{size + 1}").status_code == 503
    assert client.get(f"/tlog/tile/entries/000.p/{size + 1}").status_code == 503
