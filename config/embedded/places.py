"""Where everything lies under ``DATA``, and the secrets kept there.

Addresses are computed from the data folder's path alone, so that settings can name the database
whether it runs or not.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import quote

DATABASE = "imprimatur"
ROLES = {
    "superuser": "postgres",
    "owner": "imprimatur_owner",
    "application": "imprimatur_app",
}
Role = Literal["superuser", "owner", "application"]
SOCKET_FOLDER_BYTES = 90  # a socket's whole path may have 107 (Linux) or 103 (macOS)


class EmbeddedError(Exception):
    """An embedded part cannot work; the message is one sentence that says what to do."""


@dataclass(frozen=True)
class Paths:
    """The folders under ``DATA``."""

    data: Path

    @property
    def database(self) -> Path:
        """The PostgreSQL cluster: a folder, or a link to one that its account can enter."""
        return self.data / "db"

    @property
    def artifacts(self) -> Path:
        return self.data / "artifacts"

    @property
    def keys(self) -> Path:
        return self.data / "keys"

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def broker(self) -> Path:
        return self.data / "broker"

    @property
    def run(self) -> Path:
        return self.data / "run"

    @property
    def work(self) -> Path:
        return self.data / "work"

    @property
    def socket(self) -> Path:
        """A short private folder: a socket's path has little room, and no spaces here."""
        near = self.run / "socket"
        plain = len(os.fsencode(near)) <= SOCKET_FOLDER_BYTES and str(near).isascii()
        if os.geteuid() != 0 and plain and not any(c in ' ,"' for c in str(near)):
            return near
        # Root runs the server as somebody who may not be able to enter the data folder. Not
        # tempfile.gettempdir(): two shells with different TMPDIR must agree.
        name = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]
        return Path("/tmp").resolve() / f"imprimatur-{os.geteuid()}-{name}"  # noqa: S108

    def make(self) -> None:
        """Makes the folders; raises EmbeddedError when that cannot be."""
        folders = (self.data, self.artifacts, self.logs, self.run, self.work, self.keys)
        try:
            for folder in folders:
                folder.mkdir(parents=True, exist_ok=True)
            self.keys.chmod(0o700)
        except OSError as error:
            raise EmbeddedError(
                f"Cannot write the data folder {self.data} ({error.strerror}): "
                "choose another with DATA=, or run as the account that owns it."
            ) from error


def paths(data: Path) -> Paths:
    return Paths(Path(data).resolve())


def database_url(data: Path, role: Role = "application") -> str:
    """The address of the embedded database for one of its roles, password included."""
    password = kept_secret(paths(data), f"database-{role}")
    folder = quote(str(paths(data).socket), safe="")
    database = "postgres" if role == "superuser" else DATABASE
    return f"postgresql://{ROLES[role]}:{password}@/{database}?host={folder}"


def broker_url(data: Path) -> str:
    """The folder transport's scheme; which folders, broker_options says."""
    from kombu.transport import TRANSPORT_ALIASES

    # kombu takes no import path out of an address: it has to be told the scheme.
    TRANSPORT_ALIASES.setdefault("folder", "config.transport:Transport")
    return "folder://localhost"


def broker_options(data: Path) -> dict[str, object]:
    """kombu's transport options for the embedded broker."""
    folder = paths(data).broker
    return {
        "data_folder_in": str(folder / "queue"),
        "data_folder_out": str(folder / "queue"),
        "processed_folder": str(folder / "taken"),
        "control_folder": str(folder / "control"),
        "polling_interval": 0.05,
    }


def secret_key(data: Path) -> str:
    """Django's secret key, made once."""
    return kept_secret(paths(data), "secret-key", size=48)


def kept_secret(places: Paths, name: str, size: int = 24) -> str:
    """A random secret in a file of mode 600, made by whoever asks first."""
    path = places.keys / name
    try:
        if not path.exists():
            places.keys.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write_once(path, secrets.token_urlsafe(size))
        return path.read_text().strip()
    except OSError as error:
        raise EmbeddedError(
            f"Cannot read or make {path} ({error.strerror}): run as the account that owns it."
        ) from error


def _write_once(path: Path, text: str) -> None:
    """Never leaves half a secret, and of two writers lets the first one win."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text + "\n")
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
