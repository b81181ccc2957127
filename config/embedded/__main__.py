"""``python -m config.embedded``: whether there is a database to talk to.

For the make targets that talk to a running system: a sentence instead of a traceback.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from config import embedded

ROOT = Path(__file__).resolve().parents[2]


def main() -> str | None:
    data = Path(os.environ.get("DATA") or ROOT / "var").resolve()
    if os.environ.get("DATABASE_URL") or embedded.running(data):
        return None
    return f"Imprimatur does not run on {data}: start it with make up."


if __name__ == "__main__":
    sys.exit(main())
