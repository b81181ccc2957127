"""Keeping a secret that has to be used again: sealed in the database, opened by the server alone.

The key comes from ``SECRET_KEY`` (HKDF-SHA256, RFC 5869), so a copy of the database opens nothing.
"""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Unopened(Exception):
    """It was sealed under another ``SECRET_KEY``."""


def seal(text: str, *, purpose: str) -> str:
    return _box(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, *, purpose: str) -> str:
    """What was sealed for ``purpose``. Raises Unopened. Former keys in ``SECRET_KEY_FALLBACKS``
    still open."""
    try:
        return _box(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unopened("The secret was sealed under another SECRET_KEY.") from error


def _box(purpose: str) -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key(str(key), purpose)) for key in keys])


def _key(key: str, purpose: str) -> bytes:
    derived = HKDF(SHA256(), 32, salt=None, info=f"imprimatur {purpose}".encode())
    return base64.urlsafe_b64encode(derived.derive(key.encode()))
