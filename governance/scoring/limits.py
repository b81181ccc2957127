"""What a child may use, and how far it is shut in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from governance.scoring.tiers import CONFINED, TIERS


@dataclass(frozen=True)
class Limits:
    """``seconds`` is wall clock, the processor gets twice as many; the others are bytes.

    ``tier`` forces a weaker sandbox than the machine reaches; "" takes the strongest. ``required``
    is the weakest at which formats run whose files hold objects to be built (see ``tiers``).
    """

    seconds: float = 120.0
    memory: int = 4 * 1024**3
    file_size: int = 1024**3
    tier: str = ""
    required: str = CONFINED


def tiers_from(environment: Mapping[str, str]) -> tuple[str, str]:
    """``tier`` and ``required`` as SANDBOX_TIER and SANDBOX_REQUIRED say. Raises ValueError."""
    said = {
        "tier": environment.get("SANDBOX_TIER", ""),
        "required": environment.get("SANDBOX_REQUIRED") or CONFINED,
    }
    for name, value in said.items():
        if value and value not in TIERS:
            raise ValueError(f"SANDBOX_{name.upper()} is {value!r}: use {', '.join(TIERS)}.")
    return said["tier"], said["required"]
