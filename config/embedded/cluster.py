"""Makes a new cluster: three roles, one database, every password random and kept in var/keys."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path

from config.embedded import programs
from config.embedded.account import Account, cluster_folder
from config.embedded.places import DATABASE, ROLES, EmbeddedError, Paths, Role, kept_secret

INITDB = (
    "--username=postgres",
    "--auth-local=scram-sha-256",
    "--auth-host=reject",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--encoding=UTF8",
    "--no-instructions",
)


def ensure_cluster(places: Paths, account: Account, binaries: Path) -> Path:
    """The cluster's folder; made first if there is none. Half-made ones never count."""
    folder = cluster_folder(places, account)
    if (folder / "PG_VERSION").exists():
        return folder
    draft = folder.with_name(f"{folder.name}.making")
    shutil.rmtree(draft, ignore_errors=True)
    account.make_private(draft)
    try:
        _initialise(places, account, binaries, draft)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
    os.rename(draft, folder)
    if folder != places.database:
        places.database.symlink_to(folder)
    return folder


def _initialise(places: Paths, account: Account, binaries: Path, draft: Path) -> None:
    password_file = draft.with_name(f".{draft.name}.{secrets.token_hex(6)}")
    with open(os.open(password_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(kept_secret(places, "database-superuser") + "\n")
    account.own(password_file)
    try:
        command: list[str | Path] = [
            binaries / "initdb",
            *INITDB,
            "--pgdata",
            draft,
            "--pwfile",
            password_file,
        ]
        done = programs.run(account, command)
    finally:
        password_file.unlink()
    if done.returncode:
        raise EmbeddedError(f"initdb could not make the database: {_last_line(done.stderr)}")
    # Single-user mode: the roles exist before anybody can connect, and no password is on a
    # command line or a wire.
    command = [binaries / "postgres", "--single", "-c", "exit_on_error=true", "-D", draft]
    done = programs.run(account, [*command, "postgres"], stdin=_statements(places))
    if done.returncode:
        raise EmbeddedError(f"The database roles could not be made: {_last_line(done.stderr)}")


def _statements(places: Paths) -> str:
    """One statement a line, as single-user mode reads them."""

    def role(name: Role, rights: str) -> str:
        password = kept_secret(places, f"database-{name}")
        return f"CREATE ROLE {ROLES[name]} LOGIN {rights} PASSWORD '{password}'"

    owner, application = ROLES["owner"], ROLES["application"]
    return "\n".join(
        (
            role("owner", "CREATEDB"),
            role("application", ""),
            f"CREATE DATABASE {DATABASE} OWNER {owner}",
            f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC",
            f"GRANT CONNECT ON DATABASE {DATABASE} TO {application}",
            "",
        )
    )


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no message"
