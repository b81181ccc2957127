"""Documents signed with Ed25519 in a DSSE envelope, which other tools verify too. No Django.

Source: DSSE 1.0, github.com/secure-systems-lab/dsse (the signature covers type and payload, each
with its length, so neither can be taken for the other).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Iterable
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

COUNTS_ENDING = ".counts.json"  # of the name of a file of counts, which is signed so
COUNTS_TYPE = "application/vnd.imprimatur.counts+json"


class BadEnvelope(ValueError):
    """No envelope, no signature of a known key, or a changed payload; the text says which."""


def sign(payload: bytes, payload_type: str, key: Ed25519PrivateKey) -> bytes:
    """The envelope as JSON."""
    signature = {
        "keyid": key_id(public_text(key)),
        "sig": _text(key.sign(_said(payload_type, payload))),
    }
    envelope = {"payloadType": payload_type, "payload": _text(payload), "signatures": [signature]}
    return json.dumps(envelope, indent=1).encode()


def unwrapped(envelope: bytes, payload_type: str) -> tuple[bytes, list[dict[str, Any]]]:
    """Payload and signatures, not verified. Raises BadEnvelope."""
    try:
        found = json.loads(envelope)
        payload = base64.b64decode(found["payload"], validate=True)
        given, signatures = found["payloadType"], list(found["signatures"])
    except (ValueError, KeyError, TypeError, RecursionError, binascii.Error) as error:
        raise BadEnvelope("it is no signed envelope (DSSE)") from error
    if given != payload_type:
        raise BadEnvelope(f"it holds {given!r} and not {payload_type}")
    return payload, signatures


def verified(envelope: bytes, payload_type: str, keys: Iterable[str]) -> tuple[bytes, str]:
    """The payload and the id of the key among ``keys`` (``public_text``) that signed it.

    Raises BadEnvelope.
    """
    payload, signatures = unwrapped(envelope, payload_type)
    known = {key_id(text): text for text in keys}
    for one in signatures:
        try:
            text = known[one["keyid"]]
            public_key(text).verify(base64.b64decode(one["sig"]), _said(payload_type, payload))
        except (KeyError, TypeError):
            continue
        except (InvalidSignature, ValueError) as error:
            raise BadEnvelope("its signature does not fit: it was changed after signing") from error
        return payload, key_id(text)
    ids = [str(one.get("keyid")) for one in signatures if isinstance(one, dict)]
    raise BadEnvelope(f"it is signed by a key that is not known here ({', '.join(ids) or 'none'})")


def public_text(key: Ed25519PrivateKey) -> str:
    """The public half as text: 32 bytes in base64."""
    raw, form = serialization.Encoding.Raw, serialization.PublicFormat.Raw
    return _text(key.public_key().public_bytes(raw, form))


def public_key(text: str) -> Ed25519PublicKey:
    """Raises ValueError when ``text`` is no public key."""
    return Ed25519PublicKey.from_public_bytes(base64.b64decode(text, validate=True))


def key_id(text: str) -> str:
    """A short name of a public key, to find it by."""
    return hashlib.sha256(text.strip().encode()).hexdigest()[:16]


def private_bytes(key: Ed25519PrivateKey) -> bytes:
    """The private half as unencrypted PEM."""
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def private_key(pem: bytes) -> Ed25519PrivateKey:
    """Raises ValueError when ``pem`` is no private Ed25519 key."""
    key = serialization.load_pem_private_key(pem, None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("this is no Ed25519 key")
    return key


def _said(payload_type: str, payload: bytes) -> bytes:
    """What is signed: DSSE's pre-authentication encoding."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
