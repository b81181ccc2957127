"""Where tiles lie, and how bundles of entries are written (c2sp.org/tlog-tiles)."""

from __future__ import annotations

import pytest

from audit import tlog, tree
from audit.tlog import TilePath

PUBLISHED = {
    "0/000": TilePath(0, 0),
    "0/x001/x234/067": TilePath(0, 1_234_067),
    "0/273.p/112": TilePath(0, 273, 112),
    "1/001.p/17": TilePath(1, 1, 17),
    "2/000.p/1": TilePath(2, 0, 1),
    "63/999": TilePath(63, 999),
    "0/x001/000": TilePath(0, 1000),
    "entries/000": TilePath(None, 0),
    "entries/x001/x234/067.p/255": TilePath(None, 1_234_067, 255),
    "0/x009/x223/x372/x036/x854/x775/807": TilePath(0, 2**63 - 1),
}


@pytest.mark.parametrize(("text", "path"), PUBLISHED.items())
def test_a_path_has_one_reading_and_one_spelling(text: str, path: TilePath) -> None:
    assert TilePath.parse(text) == path
    assert str(path) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "0/",
        "0/0",
        "0/00",
        "0/0000",
        "00/000",
        "64/000",
        "-1/000",
        "0/x000/000",
        "0/x000/x001/000",
        "0/001/000",
        "0/X001/000",
        "0/x001",
        "0/x01/000",
        "0//000",
        "/0/000",
        "0/000/",
        "0/000\n",
        "0/٠٠٠",
        "0/000.p/0",
        "0/000.p/00",
        "0/000.p/01",
        "0/000.p/256",
        "0/000.p/999",
        "0/000.p/",
        "0/000.p",
        "0/000.p/+1",
        "0/000.p/1.p/1",
        "entries/",
        "entries/0/000",
        "data/000",
        "0/x009/x223/x372/x036/x854/x775/808",
        "0/" + "x001/" * 5000 + "000",
    ],
)
def test_any_other_spelling_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        TilePath.parse(text)


def test_every_index_survives_being_written_down() -> None:
    for index in (*range(2100), 999_999, 1_000_000, 10**9 - 1, 10**9, 2**63 - 1):
        assert TilePath.parse(f"0/{tlog.encode_index(index)}").index == index


def test_the_widths_of_the_published_example() -> None:
    """A tree of 70,000, as the specification describes it."""
    at = {(level, index): 0 for level in range(4) for index in range(275)}
    widths = {key: tlog.width_at(tree.TileAt(*key), 70_000) for key in at}
    assert [widths[0, index] for index in range(275)] == [256] * 273 + [112, 0]
    assert [widths[1, index] for index in range(3)] == [256, 17, 0]
    assert [widths[2, index] for index in range(2)] == [1, 0]
    assert widths[3, 0] == 0


def test_a_tree_of_256_has_a_full_tile_and_one_hash_above() -> None:
    assert TilePath(0, 0).is_within(256)
    assert not TilePath(0, 0).is_within(255)
    assert TilePath(1, 0, 1).is_within(256)
    assert not TilePath(1, 0, 1).is_within(255)
    assert not TilePath(1, 0, 2).is_within(256)


@pytest.mark.parametrize("entries", [[], [b""], [b"a", b"", b"bc"], [b"x" * 65_535], [b"y"] * 256])
def test_a_bundle_gives_back_its_entries(entries: list[bytes]) -> None:
    assert tlog.read_bundle(tlog.write_bundle(entries)) == entries


def test_the_length_of_an_entry_is_two_bytes_big_endian() -> None:
    assert tlog.write_bundle([b"ab", b"c" * 258])[:6] == b"\x00\x02ab\x01\x02"


def test_an_entry_too_long_for_its_length_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        tlog.write_bundle([b"x" * 65_536])


def test_a_bundle_cut_anywhere_inside_an_entry_is_refused() -> None:
    data = tlog.write_bundle([b"abc", b"de"])
    whole = {0, 5, len(data)}
    for end in set(range(len(data) + 1)) - whole:
        with pytest.raises(ValueError, match="ends inside"):
            tlog.read_bundle(data[:end])


def test_a_tree_beyond_65536_leaves_is_rebuilt_from_its_files() -> None:
    """Only what a reader of the layout has: paths, widths, and bytes of those lengths."""
    size = 66_000
    hashes = [tree.leaf_hash(b"%d" % number) for number in range(size)]
    stored: dict[tree.TileAt, bytes] = {}
    for start in range(0, size, 10_007):
        stored |= tree.extend(start, hashes[start : start + 10_007], stored.__getitem__)
    top = tree.root(size, tree.tile_reader(stored))

    def read(nodes: object) -> list[bytes]:
        paths = tlog.paths_for(list(nodes), size)  # type: ignore[call-overload]
        files = {each.at: stored[each.at][: tlog.hash_bytes(each)] for each in paths}
        assert all(len(files[each.at]) == tlog.hash_bytes(each) for each in paths)
        return tree.tile_reader(files)(nodes)  # type: ignore[arg-type]

    rebuilt: dict[tree.TileAt, bytes] = {}
    for index in range(258):
        path = TilePath(0, index, tlog.width_at(tree.TileAt(0, index), size))
        leaves = stored[path.at][: tlog.hash_bytes(path)]
        row = [leaves[at : at + 32] for at in range(0, len(leaves), 32)]
        rebuilt |= tree.extend(index * 256, row, rebuilt.__getitem__)
    assert rebuilt == stored
    assert tree.root(size, read) == top
    for index in (0, 255, 256, 65_535, 65_536, size - 1):
        proof = tree.inclusion_proof(index, size, read)
        assert tree.verify_inclusion(hashes[index], index, size, proof, top)
    for old in (1, 255, 256, 65_535, 65_536, 65_537, size):
        proof = tree.consistency_proof(old, size, read)
        assert tree.verify_consistency(old, tree.root(old, read), size, top, proof)
