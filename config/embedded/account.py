"""Which account runs PostgreSQL, and folders that this account can enter.

PostgreSQL refuses to run as root. Root therefore runs it as an unprivileged account that exists
already, and when that account cannot enter the data folder (a home of root's, a private folder
in /tmp), the cluster moves to a private folder under /var/lib and ``DATA/db`` links to it.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import secrets
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from config.embedded.places import EmbeddedError, Paths

CANDIDATES = ("postgres", "nobody")
ELSEWHERE = Path("/var/lib/imprimatur")


@dataclass(frozen=True)
class Account:
    uid: int
    gid: int
    dropped: bool  # whether root has to become it

    def own(self, path: Path) -> None:
        if self.dropped:
            os.chown(path, self.uid, self.gid)

    def make_private(self, folder: Path) -> None:
        """Makes the folder or takes it over; refuses one that somebody else put there."""
        folder.parent.mkdir(parents=True, exist_ok=True)
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            found = folder.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (self.uid, os.geteuid()):
                raise EmbeddedError(
                    f"{folder} belongs to somebody else: remove it, or choose another DATA folder."
                ) from None
        self.own(folder)
        folder.chmod(0o700)

    def can_enter(self, path: Path) -> bool:
        """Whether this account reaches what lies in the folder (owner, group and other bits)."""
        if not self.dropped:
            return True
        return all(self._passes(folder) for folder in [path, *path.parents])

    def _passes(self, folder: Path) -> bool:
        try:
            found = folder.stat()
        except FileNotFoundError:
            return True  # still to be made, by us
        if found.st_uid == self.uid:
            return bool(found.st_mode & stat.S_IXUSR)
        if found.st_gid == self.gid:
            return bool(found.st_mode & stat.S_IXGRP)
        return bool(found.st_mode & stat.S_IXOTH)


def server_account(places: Paths) -> Account:
    """The account for the server: ours, or for root the one that owns the cluster already."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), dropped=False)
    if places.database.exists() and (owner := places.database.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid, dropped=True)
    for name in CANDIDATES:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(found.pw_uid, found.pw_gid, dropped=True)
    raise EmbeddedError(
        "PostgreSQL does not run as root and there is no account 'nobody' to run it as: "
        "start as an ordinary user, or set DATABASE_URL."
    )


def cluster_folder(places: Paths, account: Account) -> Path:
    """Where the cluster lies or shall lie; links ``DATA/db`` when it must lie elsewhere."""
    if places.database.is_symlink() and not places.database.exists():
        raise EmbeddedError(
            f"{places.database} points to {os.readlink(places.database)}, which is gone: "
            "put it back, or remove the link to start with an empty database."
        )
    if places.database.exists():
        folder = places.database.resolve()
        if not account.can_enter(folder):
            raise EmbeddedError(
                f"The account that runs PostgreSQL cannot enter {folder}: "
                "make its parent folders enterable (chmod o+x), or choose another DATA folder."
            )
        return folder
    if account.can_enter(places.data):
        return places.database
    ELSEWHERE.mkdir(parents=True, exist_ok=True)
    home = ELSEWHERE / secrets.token_hex(6)
    home.mkdir(mode=0o711)
    (home / "belongs-to").write_text(f"{places.data}\n")
    return home / "db"


def programs_for(account: Account, programs: Path) -> Path:
    """PostgreSQL's folder of programs, copied to where the account can run it if need be."""
    if account.can_enter(programs / "bin"):
        return programs
    digest = hashlib.sha256((programs / "bin" / "postgres").read_bytes()).hexdigest()
    copy = ELSEWHERE / f"programs-{digest[:12]}"
    if not copy.exists():
        draft = copy.with_name(f".{copy.name}.{secrets.token_hex(6)}")
        ELSEWHERE.mkdir(parents=True, exist_ok=True)
        libraries = programs.parent.with_name(programs.parent.name + ".libs")
        shutil.copytree(programs, draft / "package" / "pg", ignore=_unneeded)
        if libraries.is_dir():  # the wheel's libraries are found beside the package
            shutil.copytree(libraries, draft / libraries.name)
        os.rename(draft, copy)
    return copy / "package" / "pg"


def _unneeded(folder: str, names: list[str]) -> set[str]:
    return {"include"} & set(names)
