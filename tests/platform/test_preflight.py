"""What stops a start: one line that says what to do, and a non-zero exit."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from config.supervisor import preflight
from config.supervisor.preflight import CannotStart, check_port, hold_lock, port_number
from tests.platform.conftest import ROOT, plain_environment


def start(data: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "config.supervisor"],
        cwd=ROOT,
        env=plain_environment(DATA=str(data), EXAMPLE="0", **environment),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_taken_port_is_one_line(data: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        done = start(data, PORT=str(port))
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        f"Port {port} is taken: stop what listens there, or choose another, "
        f"for example make up PORT={port + 1}.\n"
    )


def test_a_port_taken_on_all_addresses_counts(data: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("0.0.0.0", 0))
        holder.listen()
        with pytest.raises(CannotStart, match="is taken"):
            check_port(holder.getsockname()[1])


@pytest.mark.parametrize("text", ["", "http", "0", "65536", "-1", "80.5"])
def test_a_port_that_is_none_is_named(text: str) -> None:
    with pytest.raises(CannotStart, match="give a number"):
        port_number(text)


def test_a_second_instance_on_the_same_data_is_refused(data: Path) -> None:
    data.mkdir()
    (data / "run").mkdir()
    lock = hold_lock(data / "run" / "lock", 8000, 4711)
    done = start(data, PORT="8001")
    lock.close()
    assert done.returncode == 1
    assert done.stderr.startswith(f"Imprimatur already runs on {data} (process 4711, port 8000): ")
    assert len(done.stderr.splitlines()) == 1


def test_a_lock_left_by_a_dead_process_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text("4711 8000\n")
    hold_lock(tmp_path / "lock", 8000, os.getpid()).close()
    assert (tmp_path / "lock").read_text() == f"{os.getpid()} 8000\n"


def test_a_data_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = start(tmp_path / "file" / "var", PORT="8001")
    assert done.returncode == 1
    assert "choose another with DATA=" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_missing_pango_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(name: str) -> None:
        raise OSError(name)

    monkeypatch.setattr(preflight.ctypes, "CDLL", nothing)
    assert preflight.has_pango() is False
