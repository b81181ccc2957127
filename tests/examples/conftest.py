"""The example's scripts import each other by name, as they do when they are run."""

from __future__ import annotations

import sys
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "mortgage"
sys.path.insert(0, str(EXAMPLE))
