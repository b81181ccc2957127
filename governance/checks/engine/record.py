"""What all evidence records so that a re-run gives the same: versions, settings, seed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from governance.checks.base import JSON, Check
from governance.checks.engine.intervals import Interval

_LIBRARIES = ("numpy", "polars", "narwhals")


def facts(check: Check, settled: Mapping[str, Any], seed: int, rows: int, *more: str) -> JSON:
    """The common members of ``Evidence.facts``; ``more`` names further libraries in use."""
    return {
        "check": check.id,
        "version": check.version,
        "parameters": dict(settled),
        "seed": seed,
        "rows": rows,
        "libraries": {name: installed(name) for name in (*_LIBRARIES, *more)},
    }


@cache
def installed(library: str) -> str:
    """The version of an installed distribution; empty when it is not there."""
    try:
        return version(library)
    except PackageNotFoundError:
        return ""


def both(value: float, n: int, at_90: Interval, at_95: Interval) -> JSON:
    """A measurement as the judge reads it: with the two intervals of the gate rule."""
    return {
        "value": value,
        "n": n,
        "at_90": [at_90.low, at_90.high],
        "at_95": [at_95.low, at_95.high],
    }


def subseed(seed: int, *names: str) -> int:
    """A seed of its own for each named use, so that no two draws share a stream."""
    text = "/".join((str(seed), *names)).encode()
    return int.from_bytes(hashlib.sha256(text).digest()[:8], "big")
