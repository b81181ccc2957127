"""The Merkle tree against its definition, against RFC 6962's reference leaves, and corrupted."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from audit import tree

REFERENCE_LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
REFERENCE_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LARGEST = 128


def grown(leaves: Sequence[bytes], *, batch: int = 1) -> dict[tree.TileAt, bytes]:
    """All tiles after appending ``leaves`` in batches."""
    tiles: dict[tree.TileAt, bytes] = {}
    for start in range(0, len(leaves), batch):
        hashes = [tree.leaf_hash(leaf) for leaf in leaves[start : start + batch]]
        tiles |= tree.extend(start, hashes, tiles.__getitem__)
    return tiles


def defined_root(hashes: Sequence[bytes]) -> bytes:
    """MTH as RFC 6962 writes it, recursion and all."""
    if len(hashes) < 2:
        return hashes[0] if hashes else tree.EMPTY_ROOT
    half = 1 << ((len(hashes) - 1).bit_length() - 1)
    return tree.node_hash(defined_root(hashes[:half]), defined_root(hashes[half:]))


LEAVES = [b"leaf %d" % number for number in range(LARGEST)]
HASHES = [tree.leaf_hash(leaf) for leaf in LEAVES]
READ = tree.tile_reader(grown(LEAVES))
ROOTS = [tree.root(size, READ) for size in range(LARGEST + 1)]


def corrupted(proof: list[bytes]) -> list[list[bytes]]:
    """``proof`` with each hash altered, one missing, one doubled, two swapped, and one too many."""
    altered = [
        [*proof[:at], bytes([proof[at][0] ^ 1]) + proof[at][1:], *proof[at + 1 :]]
        for at in range(len(proof))
    ]
    shortened = [proof[:at] + proof[at + 1 :] for at in range(len(proof))]
    doubled = [[*proof[:at], proof[at], *proof[at:]] for at in range(len(proof))]
    swapped = [
        [*proof[:at], proof[at + 1], proof[at], *proof[at + 2 :]] for at in range(len(proof) - 1)
    ]
    longer = [[*proof, bytes(32)], [bytes(32), *proof]]
    return [*altered, *shortened, *doubled, *swapped, *longer]


@pytest.mark.parametrize("size", range(9))
def test_it_gives_the_reference_roots(size: int) -> None:
    read = tree.tile_reader(grown(REFERENCE_LEAVES))
    assert tree.root(size, read).hex() == REFERENCE_ROOTS[size]


def test_every_root_is_as_defined() -> None:
    assert [defined_root(HASHES[:size]) for size in range(LARGEST + 1)] == ROOTS


@pytest.mark.parametrize("size", range(1, LARGEST + 1))
def test_every_inclusion_proof_verifies_and_no_corrupted_one_does(size: int) -> None:
    for index in range(size):
        proof = tree.inclusion_proof(index, size, READ)
        assert tree.verify_inclusion(HASHES[index], index, size, proof, ROOTS[size])
        for wrong in corrupted(proof):
            assert not tree.verify_inclusion(HASHES[index], index, size, wrong, ROOTS[size])
        assert not tree.verify_inclusion(bytes(32), index, size, proof, ROOTS[size])
        assert not tree.verify_inclusion(HASHES[index], index, size, proof, bytes(32))


@pytest.mark.parametrize("new", range(1, LARGEST + 1))
def test_every_consistency_proof_verifies_and_no_corrupted_one_does(new: int) -> None:
    for old in range(1, new + 1):
        proof = tree.consistency_proof(old, new, READ)
        assert tree.verify_consistency(old, ROOTS[old], new, ROOTS[new], proof)
        for wrong in corrupted(proof):
            assert not tree.verify_consistency(old, ROOTS[old], new, ROOTS[new], wrong)
        assert not tree.verify_consistency(old, bytes(32), new, ROOTS[new], proof)
        assert not tree.verify_consistency(old, ROOTS[old], new, bytes(32), proof)


@pytest.mark.parametrize("new", [0, 1, 2, 7, 8])
def test_consistency_from_the_empty_tree_never_verifies(new: int) -> None:
    assert not tree.verify_consistency(0, tree.EMPTY_ROOT, new, ROOTS[new], [])
    assert not tree.verify_consistency(0, tree.EMPTY_ROOT, new, ROOTS[new], [ROOTS[new]])
    with pytest.raises(ValueError, match="no consistency proof from size 0"):
        tree.consistency_proof(0, new, READ)


def test_a_proof_does_not_serve_another_place_or_size() -> None:
    proof = tree.inclusion_proof(5, 100, READ)
    assert not tree.verify_inclusion(HASHES[5], 4, 100, proof, ROOTS[100])
    assert not tree.verify_inclusion(HASHES[5], -1, 100, proof, ROOTS[100])
    assert not tree.verify_inclusion(HASHES[5], 100, 100, proof, ROOTS[100])
    assert not tree.verify_consistency(9, ROOTS[9], 8, ROOTS[8], [])


@pytest.mark.parametrize("batch", [1, 3, 255, 256, 257, 1000])
def test_tiles_do_not_depend_on_the_batches_that_filled_them(batch: int) -> None:
    leaves = [b"%d" % number for number in range(1000)]
    assert grown(leaves, batch=batch) == grown(leaves, batch=1000)


def test_upper_tiles_hold_the_roots_of_full_tiles() -> None:
    leaves = [b"%d" % number for number in range(66_000)]
    tiles = grown(leaves, batch=10_000)
    hashes = [tree.leaf_hash(leaf) for leaf in leaves]
    assert len(tiles[tree.TileAt(1, 0)]) == 256 * 32
    assert len(tiles[tree.TileAt(1, 1)]) == 1 * 32
    assert tiles[tree.TileAt(2, 0)] == defined_root(hashes[:65_536])
    read = tree.tile_reader(tiles)
    assert tree.root(66_000, read) == defined_root(hashes)
    proof = tree.inclusion_proof(65_999, 66_000, read)
    assert tree.verify_inclusion(hashes[-1], 65_999, 66_000, proof, tree.root(66_000, read))


def test_it_refuses_a_tile_that_does_not_fit_the_size() -> None:
    with pytest.raises(ValueError, match="where 3 hashes belong"):
        tree.extend(3, [bytes(32)], lambda at: bytes(64))
