"""Which tier of sandbox this machine reaches: tried with an empty child by each process."""

from __future__ import annotations

import json
import os
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from governance.scoring import following
from governance.scoring.limits import Limits
from governance.scoring.tiers import PROCESS, TIERS, weaker

PROBE = Path(__file__).resolve().with_name("probe_child.py")
_LIMITS = Limits(seconds=20.0)
_AGAIN = 60.0  # seconds after which a tier that was out of reach is tried once more


@dataclass(frozen=True)
class Probe:
    """``tier`` is the strongest reached; ``reached`` what that one has; ``reasons`` say, by tier,
    why a stronger one is out of reach."""

    tier: str
    reached: dict[str, Any] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)

    def allowed(self, forced: str) -> str:
        """The tier to run at: the one reached, or a weaker one that is asked for."""
        return weaker(self.tier, forced) if forced else self.tier

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


_now = time.monotonic
_known: tuple[Probe, float] | None = None


def probe() -> Probe:
    """The tier reached, found out once; where a stronger one was out of reach it is tried again
    after ``_AGAIN``, for a machine that was short of memory or processes reaches it later."""
    global _known
    if _known is None or (_known[0].reasons and _now() - _known[1] > _AGAIN):
        _known = _probed(), _now()
    return _known[0]


def _probed() -> Probe:
    """Tries the tiers from the strongest down; some 100 ms."""
    reasons: dict[str, str] = {}
    for tier in reversed(TIERS):
        reached, why = _tried(tier)
        if reached:
            return Probe(tier, reached, reasons)
        reasons[tier] = why
    return Probe(PROCESS, {}, reasons)


def _tried(tier: str) -> tuple[dict[str, Any], str]:
    with tempfile.TemporaryDirectory(prefix="imprimatur-probe-") as home:
        folder = Path(home)
        (folder / "job.json").write_text(json.dumps({"tier": tier, "format": ""} | bounds(_LIMITS)))
        ending = following.run(PROBE, folder, _LIMITS, lambda share, note: None)
    if ending.well and ending.sandbox.get("tier") == tier:
        return ending.sandbox, ""
    return {}, ending.error or ending.why(_LIMITS.seconds)


def bounds(limits: Limits) -> dict[str, Any]:
    """What the child is told of its limits and of who started it."""
    return {
        "parent": os.getpid(),
        "limits": {
            "memory": limits.memory,
            "cpu_seconds": max(1, int(limits.seconds * 2)),
            "file_size": limits.file_size,
        },
    }
