"""The parts that a machine without services gets: PostgreSQL, a broker and keys under ``DATA``.

Importing this starts and writes nothing. Settings ask it for addresses, the supervisor and the
tests ask it for a running server; it knows no Django.
"""

from config.embedded.places import (
    EmbeddedError,
    Paths,
    broker_options,
    broker_url,
    database_url,
    paths,
    secret_key,
)
from config.embedded.postgres import ensure_database, ensure_running, running, stop

__all__ = [
    "EmbeddedError",
    "Paths",
    "broker_options",
    "broker_url",
    "database_url",
    "ensure_database",
    "ensure_running",
    "paths",
    "running",
    "secret_key",
    "stop",
]
