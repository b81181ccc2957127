"""Signatures of webhooks as the Standard Webhooks specification 1.0.0 has them, and as MLflow 3 has
them, whose headers and key are others. Pure.

What is signed is ``id.timestamp.body``, with HMAC-SHA256 under the bytes of the secret; the header
is ``v1,`` and the signature in base64, several separated by spaces while a secret changes.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from typing import Final

PREFIX: Final = "whsec_"
TOLERANCE_SECONDS: Final = 300
DIGITS: Final = 12
"""A timestamp in seconds has no more of them for another 31,000 years."""


def new_secret() -> str:
    """``whsec_`` and 32 random bytes in base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def sign(secret: str, *, event: str, timestamp: int, body: bytes) -> str:
    """``v1,…`` of one message. Raises ValueError for what is no secret."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("a webhook's secret is whsec_ and base64") from error
    content = f"{event}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()


def headers(
    secrets_in_force: Iterable[str], *, event: str, timestamp: int, body: bytes
) -> dict[str, str]:
    """The three headers; with the signature of every secret that is in force."""
    signed = (sign(one, event=event, timestamp=timestamp, body=body) for one in secrets_in_force)
    return {
        "webhook-id": event,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signed),
    }


def mlflow_headers(secret: str, *, event: str, timestamp: int, body: bytes) -> dict[str, str]:
    """MLflow's headers: the key is the bytes of the secret's own text, and there is room for one
    signature, since its receivers compare the whole header. Without a secret nothing signs.

    Source: mlflow/webhooks of MLflow 3.17.
    """
    found = {"X-MLflow-Delivery-Id": event, "X-MLflow-Timestamp": str(timestamp)}
    if secret:
        content = f"{event}.{timestamp}.".encode() + body
        signed = hmac.digest(secret.encode(), content, hashlib.sha256)
        found["X-MLflow-Signature"] = "v1," + base64.b64encode(signed).decode()
    return found


def is_signed(
    secret: str, *, event: str, timestamp: str, signature: str, body: bytes, now: float
) -> bool:
    """Whether one of the signatures is of this secret, and the message is of these minutes.

    The three headers are whatever a stranger sent: no text in them is an error. Raises ValueError
    for a ``secret`` that is none.
    """
    if not (event + timestamp + signature).isascii() or len(timestamp) > DIGITS:
        return False
    if not timestamp.isdecimal() or abs(now - int(timestamp)) > TOLERANCE_SECONDS:
        return False
    wanted = sign(secret, event=event, timestamp=int(timestamp), body=body).encode()
    given = (one.encode() for one in signature.split(" "))
    return True in [hmac.compare_digest(wanted, one) for one in given]
