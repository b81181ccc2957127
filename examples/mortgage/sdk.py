"""Imprimatur's client: installed (`pip install imprimatur-client`), or this repository's own."""

import sys
from importlib.util import find_spec
from pathlib import Path

if find_spec("imprimatur_client") is None:
    sys.path.append(str(Path(__file__).resolve().parents[2] / "client"))

from imprimatur_client import (
    Client,
    ClientError,
    Conflict,
    DatasetUse,
    NewDocument,
    Release,
    Session,
    Slot,
    Version,
    WaitedTooLong,
)

__all__ = [
    "Client",
    "ClientError",
    "Conflict",
    "DatasetUse",
    "NewDocument",
    "Release",
    "Session",
    "Slot",
    "Version",
    "WaitedTooLong",
]
