"""The embedded PostgreSQL: made once, private, and back after every kind of death."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import psutil
import psycopg
import pytest

from config import embedded
from config.embedded.account import Account, cluster_folder
from config.embedded.places import EmbeddedError
from tests.platform.conftest import ROOT, private_data


def ask(data: Path, statement: str, role: str = "application") -> object:
    with psycopg.connect(embedded.database_url(data, role)) as connection:  # type: ignore[arg-type]
        row = connection.execute(statement).fetchone()
        return row[0] if row else None


def server_pid(data: Path) -> int:
    return int((data / "db" / "postmaster.pid").read_text().split()[0])


def test_three_roles_and_one_database_that_the_owner_owns(data: Path) -> None:
    assert embedded.ensure_running(data)
    assert ask(data, "select current_user") == "imprimatur_app"
    assert ask(data, "select current_user", "owner") == "imprimatur_owner"
    assert ask(data, "select rolcreatedb from pg_roles where rolname = 'imprimatur_owner'") is True
    assert ask(data, "select rolcreatedb from pg_roles where rolname = 'imprimatur_app'") is False
    owner = "select pg_get_userbyid(datdba) from pg_database where datname = 'imprimatur'"
    assert ask(data, owner) == "imprimatur_owner"
    assert ask(data, "select current_user", "superuser") == "postgres"


def test_the_application_cannot_make_tables(data: Path) -> None:
    embedded.ensure_running(data)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(data, "create table mine (a int)")


def test_nothing_listens_on_the_network_and_secrets_are_private(data: Path) -> None:
    embedded.ensure_running(data)
    connections = psutil.Process(server_pid(data)).net_connections(kind="inet")
    assert not [found for found in connections if found.status == psutil.CONN_LISTEN]
    for kept in (data / "keys").iterdir():
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(embedded.paths(data).socket.stat().st_mode) == 0o700


def test_a_wrong_password_is_refused(data: Path) -> None:
    embedded.ensure_running(data)
    right = embedded.database_url(data)
    password = (data / "keys" / "database-application").read_text().strip()
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(right.replace(password, "wrong"))


def test_a_second_request_finds_it_running(data: Path) -> None:
    assert embedded.ensure_running(data) is True
    assert embedded.ensure_running(data) is False
    embedded.stop(data)
    assert not embedded.running(data)
    embedded.stop(data)  # nothing to do


def test_it_keeps_its_data_after_a_kill(data: Path) -> None:
    embedded.ensure_running(data)
    with psycopg.connect(embedded.database_url(data, "owner")) as owner:
        owner.execute("create table kept as select 42 as answer")
    os.kill(server_pid(data), signal.SIGKILL)
    deadline = time.monotonic() + 10
    while embedded.running(data) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert embedded.ensure_running(data) is True
    assert ask(data, "select answer from kept", "owner") == 42


def test_a_stale_pid_that_is_somebody_else_now_does_not_stop_it(data: Path) -> None:
    embedded.ensure_running(data)
    pid_file = data / "db" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    embedded.stop(data)
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    assert not embedded.running(data)
    assert embedded.ensure_running(data) is True
    assert ask(data, "select 1") == 1


def test_a_path_with_spaces_works(data_with_space: Path) -> None:
    embedded.ensure_running(data_with_space)
    assert ask(data_with_space, "select 1") == 1


def test_a_very_long_path_works() -> None:
    with private_data("/".join(["long" * 10] * 4)) as folder:
        embedded.ensure_running(folder)
        assert ask(folder, "select 1") == 1


def test_two_processes_at_once_start_one_server(data: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from config import embedded; "
        "print(embedded.ensure_running(Path(sys.argv[1])))"
    )
    command = [sys.executable, "-c", program, str(data)]
    both = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) for _ in range(2)]
    said = sorted(process.communicate(timeout=60)[0].decode().strip() for process in both)
    assert said == ["False", "True"]
    assert ask(data, "select 1") == 1


def test_the_last_process_that_used_it_stops_it(data: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from config import embedded; "
        "embedded.ensure_database(Path(sys.argv[1])); print('up', flush=True); input()"
    )
    command = [sys.executable, "-c", program, str(data)]
    first, second = (
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(2)
    )
    for process in (first, second):
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
    first.communicate(b"\n", timeout=30)
    assert embedded.running(data)
    second.communicate(b"\n", timeout=30)
    assert not embedded.running(data)


def test_a_database_cut_short_while_made_is_made_again(data: Path) -> None:
    embedded.paths(data).make()
    draft = data / "db.making"
    draft.mkdir()
    (draft / "PG_VERSION").write_text("18\n")
    embedded.ensure_running(data)
    assert ask(data, "select 1") == 1
    assert not draft.exists()


def test_it_refuses_a_socket_folder_that_somebody_else_made(data: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder away")
    socket = embedded.paths(data).socket
    socket.mkdir(mode=0o777)
    os.chown(socket, 12345, 12345)
    with pytest.raises(EmbeddedError, match="belongs to somebody else"):
        embedded.ensure_running(data)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
def test_root_puts_the_database_where_its_account_can_go(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    account = Account(65534, 65534, dropped=True)
    folder = cluster_folder(embedded.paths(closed / "var"), account)
    try:
        assert not folder.is_relative_to(tmp_path)
        assert account.can_enter(folder)
        assert (folder.parent / "belongs-to").read_text().strip() == str(closed / "var")
    finally:
        (folder.parent / "belongs-to").unlink()
        folder.parent.rmdir()


def test_a_missing_folder_elsewhere_is_said_and_not_replaced(data: Path) -> None:
    places = embedded.paths(data)
    places.make()
    places.database.symlink_to(data / "gone")
    with pytest.raises(EmbeddedError, match="which is gone"):
        embedded.ensure_running(data)


def test_secrets_are_made_once(data: Path) -> None:
    assert embedded.secret_key(data) == embedded.secret_key(data)
    assert len(embedded.secret_key(data)) >= 50
    assert embedded.database_url(data) == embedded.database_url(data)
