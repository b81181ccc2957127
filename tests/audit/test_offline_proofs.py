"""The verifier's own mathematics against the server's, and against a known library."""

from __future__ import annotations

import pytest

from audit import notes
from audit.offline import proofs
from tests.audit.test_tree import HASHES, LEAVES, READ, ROOTS, corrupted, tree

KEY = notes.SigningKey("bank.example/log", bytes(range(32)))


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 33, 64, 100, 128])
def test_inclusion(size: int) -> None:
    for index in range(size):
        path = tree.inclusion_proof(index, size, READ)
        assert proofs.is_included(LEAVES[index], index, size, path, ROOTS[size])
        for wrong in corrupted(path):
            assert not proofs.is_included(LEAVES[index], index, size, wrong, ROOTS[size])
        assert not proofs.is_included(b"other", index, size, path, ROOTS[size])
        assert not proofs.is_included(LEAVES[index], size, size, path, ROOTS[size])


@pytest.mark.parametrize("new", [1, 2, 3, 7, 8, 33, 64, 100, 128])
def test_consistency(new: int) -> None:
    for old in range(1, new + 1):
        path = tree.consistency_proof(old, new, READ)
        assert proofs.is_consistent(old, ROOTS[old], new, ROOTS[new], path)
        for wrong in corrupted(path):
            assert not proofs.is_consistent(old, ROOTS[old], new, ROOTS[new], wrong)
        assert not proofs.is_consistent(old, bytes(32), new, ROOTS[new], path)
        assert not proofs.is_consistent(old, ROOTS[old], new, HASHES[0] * 2, path)
    assert not proofs.is_consistent(0, tree.EMPTY_ROOT, new, ROOTS[new], [])
    assert not proofs.is_consistent(0, tree.EMPTY_ROOT, 0, tree.EMPTY_ROOT, [])


@pytest.mark.parametrize("length", [0, 1, 31, 200])
def test_signatures(length: int) -> None:
    text = "x" * length
    signature, public = KEY.sign(text), KEY.verifier.public
    assert proofs.is_signed(public, text.encode(), signature)
    assert not proofs.is_signed(public, text.encode() + b".", signature)
    for at in range(0, 64, 5):
        wrong = signature[:at] + bytes([signature[at] ^ 4]) + signature[at + 1 :]
        assert not proofs.is_signed(public, text.encode(), wrong)
    assert not proofs.is_signed(public, text.encode(), signature[:-1])


def test_a_signature_has_one_form() -> None:
    """S + L signs the same text unless the verifier insists on S < L (RFC 8032, 5.1.7)."""
    signature = KEY.sign("text")
    scalar = int.from_bytes(signature[32:], "little") + proofs.ORDER
    other = signature[:32] + scalar.to_bytes(32, "little")
    assert not proofs.is_signed(KEY.verifier.public, b"text", other)


def test_the_first_vector_of_rfc_8032() -> None:
    public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    signature = (
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )
    assert proofs.is_signed(bytes.fromhex(public), b"", bytes.fromhex(signature))


def test_checkpoints() -> None:
    head = notes.SignedHead("bank.example/log", 7, bytes(range(32)))
    key = [proofs.parse_key(str(KEY.verifier))]
    stranger = notes.SigningKey("witness.example", bytes(32))
    assert proofs.open_checkpoint(notes.sign(head.text(), KEY), key) == (7, head.root)
    assert proofs.open_checkpoint(notes.sign(head.text(), stranger, KEY), key) == (7, head.root)
    with pytest.raises(ValueError, match="not signed by"):
        proofs.open_checkpoint(notes.sign(head.text(), stranger), key)
