"""How far a model is shut in: three tiers, each with all that the weaker ones have.

``process``: a process and session of its own, an empty environment, limits of memory, processor,
time and file size; it dies with its parent. All that macOS offers; on Linux root's privileges go.
``confined``: besides, files only of the libraries and of its own folder (Landlock), no sockets,
programs, processes or signals (seccomp), and instead of root another user where that can be.
``namespaces``: besides, nothing else exists: a file system, processes and a network of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

PROCESS: Final = "process"
CONFINED: Final = "confined"
NAMESPACES: Final = "namespaces"
TIERS: Final = (PROCESS, CONFINED, NAMESPACES)  # the weakest first
# Formats whose files hold no objects to be built, and that run where only ``process`` is reached.
ANYWHERE: Final = frozenset({"onnx", "predictions"})


def at_least(reached: str, wanted: str) -> bool:
    """Whether ``reached`` shuts in as far as ``wanted`` does; an unknown tier never does."""
    return reached in TIERS and TIERS.index(reached) >= TIERS.index(wanted)


def weaker(one: str, other: str) -> str:
    return min(one, other, key=TIERS.index)


def refusal(format: str, reached: str, required: str) -> str:
    """Why a model of ``format`` is not run at this tier and what to do, or ""."""
    if format in ANYWHERE or at_least(reached, required):
        return ""
    return (
        f"A model of format {format} runs only in a sandbox of the tier “{required}”, and this "
        f"machine reaches “{reached}”: register the model as ONNX, or run workers on Linux with "
        "Landlock and seccomp. On a machine for development, SANDBOX_REQUIRED=process allows it."
    )


def described(sandbox: Mapping[str, Any]) -> str:
    """What the evidence keeps of a run's sandbox, in a line; "" where nothing is known."""
    tier = str(sandbox.get("tier", ""))
    if not tier:
        return ""
    limits = sandbox.get("limits") or {}
    parts = [f"tier {tier}"]
    if "landlock" in sandbox:
        parts.append(f"Landlock {sandbox['landlock']}")
    if sandbox.get("system_calls"):
        parts.append("seccomp")
    if "user" in sandbox:
        parts.append("as root without privileges" if not sandbox["user"] else "not as root")
    if "data" in limits:
        parts.append(f"{limits['data'] / 1024**2:,.0f} MiB of memory")
    if "cpu" in limits:
        parts.append(f"{limits['cpu']:,} s of processor")
    return ", ".join(parts)
