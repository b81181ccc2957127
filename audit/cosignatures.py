"""Cosignatures: a witness says that it saw a checkpoint, and when. Pure.

A witness signs ``cosignature/v1``, ``time <POSIX seconds>`` and the text of the checkpoint, a line
each. On its signature line stand the time (8 bytes, big-endian) and the Ed25519 signature; its
keys have the type 0x04, so that they are never taken for the log's. What it asserts: at that time
this was the largest tree of this log that it had seen, and it is consistent with all before.
Source: c2sp.org/tlog-cosignature.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from audit.notes import (
    NoteError,
    b64,
    check_name,
    key_id,
    key_parts,
    parse_signature,
    signature_line,
    split,
)

COSIGNATURE = b"\x04"
_PRIVATE = "PRIVATE+KEY+"
_SIGNATURE_BYTES = 8 + 64
_LATEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """The public half, written ``name+keyid+base64(0x04 || key)``."""

    name: str
    public: bytes

    @classmethod
    def parse(cls, text: str) -> WitnessKey:
        key = cls(*_parsed(text))
        _check_id(key, text)
        return key

    @property
    def key_id(self) -> bytes:
        return key_id(self.name, COSIGNATURE, self.public)

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{b64(COSIGNATURE + self.public)}"

    def is_signed(self, text: str, signature: bytes) -> bool:
        if len(signature) != _SIGNATURE_BYTES or signed_at(signature) > _LATEST:
            return False
        message = _message(text, signed_at(signature))
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature[8:], message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class WitnessSigningKey:
    """The private half, kept as ``PRIVATE+KEY+name+keyid+base64(0x04 || seed)``."""

    name: str
    seed: bytes = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> WitnessSigningKey:
        if not text.startswith(_PRIVATE):
            raise NoteError(f"a signing key begins with {_PRIVATE}")
        text = text[len(_PRIVATE) :]
        key = cls(*_parsed(text))
        _check_id(key.verifier, text)
        return key

    @classmethod
    def generate(cls, name: str) -> WitnessSigningKey:
        return cls(check_name(name), Ed25519PrivateKey.generate().private_bytes_raw())

    @property
    def verifier(self) -> WitnessKey:
        public = self._private().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return WitnessKey(self.name, public)

    def encode(self) -> str:
        return f"{_PRIVATE}{self.name}+{self.verifier.key_id.hex()}+{b64(COSIGNATURE + self.seed)}"

    def cosign(self, text: str, *, at: int) -> str:
        """The signature line over ``text``, the checkpoint without its signatures."""
        signature = self._private().sign(_message(text, at))
        return signature_line(self.verifier, at.to_bytes(8, "big") + signature)

    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A signature line that holds: who, when, and the line itself."""

    key: WitnessKey
    at: int
    line: str


def cosignatures(note: str, known: Iterable[WitnessKey]) -> list[Cosignature]:
    """Those on ``note`` by known witnesses, the first of each.

    Raises NoteError when the note is malformed or the line of a known witness is wrong. The log's
    own signature is not looked at: that is what ``audit.notes.open_note`` is for.
    """
    text, lines = split(note)
    witnesses = {(each.name, each.key_id): each for each in known}
    found = {}
    for line in lines:
        name, its_id, signature = parse_signature(line)
        key = witnesses.get((name, its_id))
        if key is None or key in found:
            continue
        if not key.is_signed(text, signature):
            raise NoteError(f"the cosignature of {name} is wrong")
        found[key] = Cosignature(key, signed_at(signature), f"{line}\n")
    return list(found.values())


def signed_at(signature: bytes) -> int:
    """The time on a cosignature, in POSIX seconds."""
    return int.from_bytes(signature[:8], "big")


def _message(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def _parsed(text: str) -> tuple[str, bytes]:
    name, _, encoded = key_parts(text)
    if encoded[:1] != COSIGNATURE or len(encoded) != 33:
        raise NoteError("a witness has an Ed25519 key for cosignatures (type 4, 32 bytes)")
    return check_name(name), encoded[1:]


def _check_id(key: WitnessKey, text: str) -> None:
    if key.key_id.hex() != key_parts(text)[1]:
        raise NoteError(f"the key id of {key.name} does not fit its key")
