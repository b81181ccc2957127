"""How far someone else's model is shut in, and what it may use: read from the environment.

``SANDBOX_TIER`` forces a weaker tier than the machine reaches (for trying things out);
``SANDBOX_REQUIRED`` is the weakest at which other formats than ONNX run. docs/sandbox.md.
"""

from __future__ import annotations

import math
import os
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

from governance.scoring.limits import tiers_from


def read(env: environ.Env) -> dict[str, Any]:
    """The fields of ``governance.scoring.limits.Limits``. Raises ImproperlyConfigured."""
    try:
        tier, required = tiers_from(os.environ)
    except ValueError as error:
        raise ImproperlyConfigured(str(error)) from error
    seconds = _above_zero(env, "SANDBOX_SECONDS", 120.0)
    memory = _above_zero(env, "SANDBOX_MEMORY_MIB", 4096.0)
    return {
        "tier": tier,
        "required": required,
        "seconds": seconds,
        "memory": int(memory * 1024**2),
    }


def _above_zero(env: environ.Env, name: str, default: float) -> float:
    given = env.str(name, default="").strip()
    try:
        found = float(given) if given else default  # env.float drops letters: 1h would be 1
    except ValueError:
        found = math.nan
    if not 0 < found < math.inf:
        raise ImproperlyConfigured(f"{name}={given} is no number above 0.")
    return found
