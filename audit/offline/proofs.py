"""What the verifier needs of mathematics: Ed25519, Merkle proofs and signed notes. Pure.

Written a second time, apart from ``audit.tree`` and ``audit.notes``, in plain Python, so that a
mistake in one does not hide in the other.
"""

from __future__ import annotations

import base64
import hashlib
from typing import List, Optional, Tuple

# Ed25519 (RFC 8032) ------------------------------------------------------------------------------
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)
Point = Tuple[int, int, int, int]


def decode_point(data: bytes) -> Optional[Point]:
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def add(a: Point, b: Point) -> Point:
    e = (a[1] - a[0]) * (b[1] - b[0])
    f = (a[1] + a[0]) * (b[1] + b[0])
    g, h = 2 * a[3] * b[3] * D, 2 * a[2] * b[2]
    e, f, g, h = f - e, h - g, h + g, f + e
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(number: int, point: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = add(total, point)
        point, number = add(point, point), number >> 1
    return total


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    base = decode_point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
    key, nonce = decode_point(public), decode_point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or not base or not key or not nonce or scalar >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    challenge = int.from_bytes(digest, "little") % ORDER
    left, right = multiply(scalar, base), add(nonce, multiply(challenge, key))
    same_x = (left[0] * right[2] - right[0] * left[2]) % P == 0
    return same_x and (left[1] * right[2] - right[1] * left[2]) % P == 0


# Merkle proofs (RFC 9162, 2.1.3.2 and 2.1.4.2) ---------------------------------------------------
def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def walk(index: int, last: int, path: List[bytes], old: bytes, new: bytes) -> Tuple[bytes, bytes]:
    """Both roots that ``path`` leads to; empty bytes when it is too long or too short."""
    for sibling in path:
        if last == 0:
            return b"", b""
        if index & 1 or index == last:
            old, new = node(sibling, old), node(sibling, new)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            new = node(new, sibling)
        index, last = index >> 1, last >> 1
    return (old, new) if last == 0 else (b"", b"")


def is_included(data: bytes, index: int, size: int, path: List[bytes], root: bytes) -> bool:
    leaf = hashlib.sha256(b"\x00" + data).digest()
    return 0 <= index < size and walk(index, size - 1, path, leaf, leaf)[1] == root


def is_consistent(old: int, old_root: bytes, new: int, new_root: bytes, path: List[bytes]) -> bool:
    if old == new and old > 0:
        return not path and old_root == new_root
    if not 0 < old < new or not (path or not old & (old - 1)):
        return False
    path = path if old & (old - 1) else [old_root, *path]
    index, last = old - 1, new - 1
    while index & 1:
        index, last = index >> 1, last >> 1
    return walk(index, last, path[1:], path[0], path[0]) == (old_root, new_root)


class Tree:
    """A tree that leaves are added to. ``waiting[n]`` is the complete subtree of 2**n leaves that
    has no right neighbour yet, or empty; all of them together make up the tree (RFC 6962, 2.1)."""

    def __init__(self, size: int, left: List[bytes]) -> None:
        """``left``: the complete subtrees of the first ``size`` leaves. Raises ValueError."""
        self.size, self.waiting, given = size, [b""] * size.bit_length(), list(left)
        if len(left) != bin(size).count("1") or any(len(each) != 32 for each in left):
            raise ValueError("these are not the hashes to the left")
        for level in range(size.bit_length()):
            if size >> level & 1:
                self.waiting[level] = given.pop()

    def add(self, row: List[bytes]) -> None:
        """Adds leaf hashes: pairs are joined a level at a time, the odd one waits."""
        level, waiting, sha256 = 0, self.waiting, hashlib.sha256
        self.size += len(row)
        while row:
            if level == len(waiting):
                waiting.append(b"")
            if waiting[level]:
                row.insert(0, waiting[level])
            waiting[level] = row.pop() if len(row) & 1 else b""
            pairs = iter(row)
            row = [sha256(b"\x01" + a + b).digest() for a, b in zip(pairs, pairs)]  # noqa: B905
            level += 1

    def root(self) -> bytes:
        total = b""
        for each in self.waiting:
            total = node(each, total) if each and total else each or total
        return total


# Notes (c2sp.org/signed-note, c2sp.org/tlog-checkpoint) ------------------------------------------
def unbase64(text: str) -> bytes:
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("base64 that is not canonical")
    return data


def parse_key(text: str) -> Tuple[str, bytes, bytes]:
    """Name, key id and public key of a vkey. Raises ValueError."""
    if text.count("+") < 2:
        raise ValueError("a key looks like NAME+0123abcd+BASE64, and this does not")
    name, key_id, encoded = text.split("+", 2)
    data = unbase64(encoded)
    expected = hashlib.sha256(name.encode() + b"\n" + data).digest()[:4]
    if len(data) != 33 or data[0] != 1 or expected.hex() != key_id:
        raise ValueError("the key id does not fit the key, or it is no Ed25519 key")
    return name, expected, data[1:]


def open_checkpoint(note: str, keys: List[Tuple[str, bytes, bytes]]) -> Tuple[int, bytes]:
    """Size and root, once a signature by one of ``keys`` holds and none is wrong. Raises
    ValueError. While a key is being replaced, a checkpoint has signatures by two."""
    text, separator, block = note.rpartition("\n\n")
    good = False
    if not separator or not block.endswith("\n") or text.count("\n") < 2:
        raise ValueError("this is no signed note: three lines, an empty one, signatures")
    for line in block[:-1].split("\n"):
        if line.count(" ") != 2:
            raise ValueError("a line below the empty one is no signature")
        dash, name, encoded = line.split(" ")
        data = unbase64(encoded)
        for key in keys:
            if dash == "\u2014" and (name, data[:4]) == key[:2]:
                if not is_signed(key[2], (text + "\n").encode(), data[4:]):
                    raise ValueError("the signature is wrong")
                good = True
    if not good:
        names = " or ".join(key[0] + "+" + key[1].hex() for key in keys)
        raise ValueError("not signed by the key " + names)
    origin, size, root = text.split("\n")[:3]
    top = unbase64(root)
    if origin not in [key[0] for key in keys] or str(int(size)) != size or len(top) != 32:
        raise ValueError("this is no checkpoint of the log whose key signed it")
    return int(size), top
