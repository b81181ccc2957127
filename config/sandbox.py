"""How far someone else's model is shut in, and what it may use: read from the environment.

``SANDBOX_TIER`` forces a weaker tier than the machine reaches (for trying things out);
``SANDBOX_REQUIRED`` is the weakest at which other formats than ONNX run. docs/sandbox.md.
"""

from __future__ import annotations

from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

from governance.scoring.tiers import CONFINED, TIERS


def read(env: environ.Env) -> dict[str, Any]:
    """The fields of ``governance.scoring.limits.Limits``. Raises ImproperlyConfigured."""
    forced = env.str("SANDBOX_TIER", default="")
    required = env.str("SANDBOX_REQUIRED", default=CONFINED)
    for name, value in (("SANDBOX_TIER", forced or CONFINED), ("SANDBOX_REQUIRED", required)):
        if value not in TIERS:
            raise ImproperlyConfigured(f"{name} is {value!r}: use {', '.join(TIERS)}.")
    seconds = env.float("SANDBOX_SECONDS", default=120.0)
    memory = env.int("SANDBOX_MEMORY_MIB", default=4096)
    if seconds <= 0 or memory <= 0:
        raise ImproperlyConfigured("SANDBOX_SECONDS and SANDBOX_MEMORY_MIB must be above 0.")
    return {
        "tier": forced,
        "required": required,
        "seconds": seconds,
        "memory": memory * 1024**2,
    }
