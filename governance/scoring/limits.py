"""What a child may use, and how far it is shut in."""

from __future__ import annotations

from dataclasses import dataclass

from governance.scoring.tiers import CONFINED


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
