"""Signed notes, checkpoints and proofs as text, in the formats of C2SP. Pure.

A note is text that ends in a line feed, an empty line, and signature lines
``— <name> base64(key id (4 bytes) || signature)``. A key id is the beginning of
SHA-256(name || LF || type || public key). Ed25519 has the type 0x01. Signatures by keys that the
reader does not know are ignored, which is what makes rotation and witnesses possible; the keys of
witnesses are in ``audit.cosignatures``.
Sources: c2sp.org/signed-note, c2sp.org/tlog-checkpoint, c2sp.org/tlog-proof.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ED25519 = b"\x01"
MAX_SIGNATURES = 100
_LARGEST = 2**63 - 1
_SIGNATURE_LINE = "— "


class NoteError(ValueError):
    """A key, note, checkpoint or signature is malformed or not trusted; the text says which."""


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def unb64(text: str) -> bytes:
    """Strict: one text for each value, so that no altered character goes unseen."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteError(f"not base64: {text[:40]!r}") from error
    if b64(data) != text:
        raise NoteError(f"not canonical base64: {text[:40]!r}")
    return data


def check_name(name: str) -> str:
    if not name or "+" in name or any(c.isspace() or not c.isprintable() for c in name):
        raise NoteError(f"a key name has no spaces and no plus sign: {name!r}")
    return name


# Keys --------------------------------------------------------------------------------------------


class Verifies(Protocol):
    """The public half of a key of any type that can stand on a signature line."""

    @property
    def name(self) -> str: ...

    @property
    def key_id(self) -> bytes: ...

    def is_signed(self, text: str, signature: bytes) -> bool: ...


K = TypeVar("K", bound=Verifies)


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """The public half, written ``name+keyid+base64(type || key)`` (a "vkey")."""

    name: str
    public: bytes

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        name, key_id, encoded = key_parts(text)
        if encoded[:1] != ED25519 or len(encoded) != 33:
            raise NoteError("only Ed25519 keys (type 1, 32 bytes) are understood")
        key = cls(check_name(name), encoded[1:])
        if key.key_id.hex() != key_id:
            raise NoteError(f"the key id of {name} does not fit its key")
        return key

    @property
    def key_id(self) -> bytes:
        return key_id(self.name, ED25519, self.public)

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{b64(ED25519 + self.public)}"

    def is_signed(self, text: str, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The private half, kept as ``PRIVATE+KEY+name+keyid+base64(type || seed)``."""

    name: str
    seed: bytes = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> SigningKey:
        prefix = "PRIVATE+KEY+"
        if not text.startswith(prefix):
            raise NoteError("a signing key begins with PRIVATE+KEY+")
        name, key_id, encoded = key_parts(text[len(prefix) :])
        if encoded[:1] != ED25519 or len(encoded) != 33:
            raise NoteError("only Ed25519 keys (type 1, 32 bytes) are understood")
        key = cls(check_name(name), encoded[1:])
        if key.verifier.key_id.hex() != key_id:
            raise NoteError(f"the key id of {name} does not fit its key")
        return key

    @classmethod
    def generate(cls, name: str) -> SigningKey:
        return cls(check_name(name), Ed25519PrivateKey.generate().private_bytes_raw())

    @property
    def verifier(self) -> VerifierKey:
        public = self._private().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return VerifierKey(self.name, public)

    def encode(self) -> str:
        key_id = self.verifier.key_id.hex()
        return f"PRIVATE+KEY+{self.name}+{key_id}+{b64(ED25519 + self.seed)}"

    def sign(self, text: str) -> bytes:
        return self._private().sign(text.encode())

    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


def key_id(name: str, kind: bytes, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + kind + public).digest()[:4]


def key_parts(text: str) -> tuple[str, str, bytes]:
    parts = text.strip().split("+", 2)
    if len(parts) != 3:
        raise NoteError("a key has three parts: name+id+base64")
    return parts[0], parts[1], unb64(parts[2])


# Notes -------------------------------------------------------------------------------------------


def sign(text: str, *keys: SigningKey) -> str:
    """The note over ``text`` with one signature line for each key."""
    _check_text(text)
    lines = [signature_line(key.verifier, key.sign(text)) for key in keys]
    return f"{text}\n{''.join(lines)}"


def signature_line(key: Verifies, signature: bytes) -> str:
    return f"{_SIGNATURE_LINE}{key.name} {b64(key.key_id + signature)}\n"


def split(note: str) -> tuple[str, list[str]]:
    """The text, and the signature lines without their line feeds. Nothing is verified here."""
    text, separator, block = note.rpartition("\n\n")
    text += "\n"
    if not separator or not block.endswith("\n"):
        raise NoteError("not a signed note: text, empty line and signature lines are expected")
    _check_text(text)
    lines = block[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise NoteError(f"a note with more than {MAX_SIGNATURES} signatures is not read")
    return text, lines


def open_note(note: str, *known: K) -> tuple[str, list[K]]:
    """The text and the known keys that signed it.

    Raises NoteError when the note is malformed, when a known key's signature is wrong, or when
    no known key signed.
    """
    text, lines = split(note)
    signers: list[K] = []
    for line in lines:
        name, its_id, signature = parse_signature(line)
        for key in known:
            if (key.name, key.key_id) == (name, its_id) and key not in signers:
                if not key.is_signed(text, signature):
                    raise NoteError(f"the signature of {name} is wrong")
                signers.append(key)
    if not signers:
        raise NoteError("no trusted key signed this note")
    return text, signers


def parse_signature(line: str) -> tuple[str, bytes, bytes]:
    """The name, key id and signature of a line."""
    name, _, encoded = line.removeprefix(_SIGNATURE_LINE).partition(" ")
    data = unb64(encoded)
    if not line.startswith(_SIGNATURE_LINE) or len(data) < 5:
        raise NoteError("a signature line is malformed")
    return check_name(name), data[:4], data[4:]


def _check_text(text: str) -> None:
    if not text.endswith("\n") or any(ord(c) < 32 and c != "\n" for c in text):
        raise NoteError("the text of a note ends in a line feed and has no control characters")


# Checkpoints and proofs --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SignedHead:
    """What a checkpoint says: this log had this root at this size."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{b64(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> SignedHead:
        """Raises NoteError. Extension lines after the root are allowed and ignored."""
        lines = text.split("\n")
        if len(lines) < 4 or not lines[0]:
            raise NoteError("a checkpoint has three lines: origin, size and root")
        size = lines[1]
        if not (size.isascii() and size.isdigit()) or (size[0] == "0" and size != "0"):
            raise NoteError("the size of a checkpoint is a whole number without leading zeros")
        if len(size) > 19 or int(size) > _LARGEST:
            raise NoteError("the size of a checkpoint is below 2**63")
        root = unb64(lines[2])
        if len(root) != 32:
            raise NoteError("the root of a checkpoint has 32 bytes")
        return cls(lines[0], int(size), root)


def tlog_proof(index: int, hashes: Sequence[bytes], checkpoint: str) -> str:
    """An inclusion proof and the checkpoint that it leads to, as one text."""
    lines = ["c2sp.org/tlog-proof@v1", f"index {index}", *(b64(each) for each in hashes), ""]
    return "\n".join(lines) + "\n" + checkpoint
