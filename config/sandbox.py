"""How far someone else's model is shut in, and what it may use: read from the environment.

``SANDBOX_TIER`` forces a weaker tier than the machine reaches (for trying things out);
``SANDBOX_REQUIRED`` is the weakest at which other formats than ONNX run. docs/sandbox.md.
"""

from __future__ import annotations

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
    seconds = env.float("SANDBOX_SECONDS", default=120.0)
    memory = env.int("SANDBOX_MEMORY_MIB", default=4096)
    if seconds <= 0 or memory <= 0:
        raise ImproperlyConfigured("SANDBOX_SECONDS and SANDBOX_MEMORY_MIB must be above 0.")
    return {
        "tier": tier,
        "required": required,
        "seconds": seconds,
        "memory": memory * 1024**2,
    }
