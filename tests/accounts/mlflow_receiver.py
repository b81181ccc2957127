"""What a receiver written for MLflow does with what it hears: it verifies, and only then reads."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any

from tests.accounts.receiver import Heard

OLDEST = 300


class Rejected(Exception):
    """A receiver would answer 401."""


def opened(heard: Heard, secret: str) -> dict[str, Any]:
    """The payload of a genuine message. Raises Rejected for any other. Written from MLflow's
    documentation, with nothing of this server's own code."""
    signature = heard.headers.get("x-mlflow-signature", "")
    stamp = heard.headers.get("x-mlflow-timestamp", "")
    delivery = heard.headers.get("x-mlflow-delivery-id", "")
    if not (signature and stamp and delivery):
        raise Rejected("a header is missing")
    if abs(time.time() - int(stamp)) > OLDEST:
        raise Rejected("too old")
    version, _, given = signature.partition(",")
    signed = f"{delivery}.{stamp}.{heard.body.decode('utf-8')}"
    mac = hmac.new(secret.encode("utf-8"), signed.encode("utf-8"), hashlib.sha256)
    wanted = base64.b64encode(mac.digest()).decode("ascii")
    if version != "v1" or not hmac.compare_digest(wanted, given):
        raise Rejected("the signature is wrong")
    payload: dict[str, Any] = json.loads(heard.body)
    return payload
