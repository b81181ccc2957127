"""Loaded before Django's settings: tests get a folder of their own and run as the owner role."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("TEST_DATA", ROOT / "var" / "test"))

os.environ["DATA"] = str(DATA)
os.environ["IMPRIMATUR_MODE"] = "development"
os.environ["DATABASE_ROLE"] = "owner"
os.environ["SIGN_IN_RATE"] = "1000/min"
for name in ("DATABASE_URL", "OWNER_DATABASE_URL", "BROKER_URL", "ARTIFACT_STORE", "SECRET_KEY"):
    os.environ.pop(name, None)
