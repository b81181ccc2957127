"""What has to hold before anything starts. Each refusal is one sentence that says what to do."""

from __future__ import annotations

import ctypes
import ctypes.util
import errno
import fcntl
import socket
from pathlib import Path
from typing import IO

ADDRESS = "127.0.0.1"
PANGO = (  # the names under which WeasyPrint looks for it
    "libpango-1.0-0",
    "pango-1.0-0",
    "pango-1.0",
    "libpango-1.0.so.0",
    "libpango-1.0.dylib",
    "libpango-1.0-0.dll",
)


class CannotStart(Exception):
    """One sentence for the person at the terminal."""


def port_number(text: str) -> int:
    if text.isdigit() and 0 < int(text) < 65536:
        return int(text)
    raise CannotStart(f"PORT is {text!r}: give a number from 1 to 65535, such as PORT=8000.")


def hold_lock(path: Path, port: int, pid: int) -> IO[str]:
    """Keeps a second instance off this data folder. The kernel frees the lock of a dead holder."""
    lock = path.open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        who, _, where = lock.read().strip().partition(" ")
        raise CannotStart(
            f"Imprimatur already runs on {path.parent.parent} (process {who}, port {where}): "
            "stop it first, or choose another folder and port with DATA= and PORT=."
        ) from None
    lock.truncate(0)
    lock.write(f"{pid} {port}\n")
    lock.flush()
    return lock


def check_port(port: int) -> None:
    """Raises CannotStart when the web server could not listen on the port."""
    taken = CannotStart(
        f"Port {port} is taken: stop what listens there, or choose another, "
        f"for example make up PORT={port + 1 if port < 65535 else 8000}."
    )
    # Bound with SO_REUSEADDR as the server binds; the connection finds those who bound another
    # address of the same port, which some systems let pass.
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError as error:
            if error.errno == errno.EACCES:
                raise CannotStart(
                    f"Port {port} needs special rights: choose one above 1023, such as PORT=8000."
                ) from error
            raise taken from error
    with socket.socket() as probe:
        probe.settimeout(0.5)
        if probe.connect_ex((ADDRESS, port)) == 0:
            raise taken


def has_pango() -> bool:
    """Whether WeasyPrint will find its native library."""
    for name in PANGO:
        found = ctypes.util.find_library(name) or name
        try:
            ctypes.CDLL(found)
        except OSError:
            continue
        return True
    return False
