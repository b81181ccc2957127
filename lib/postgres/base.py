"""The engine: Django's own, but a connection is looked at before it is used again, not asked."""

from __future__ import annotations

import select
from typing import Any

from django.db.backends.postgresql import base
from psycopg import Connection, Error
from psycopg.adapt import Loader
from psycopg.pq import Format


class JsonbAsText(Loader):
    """Django reads ``jsonb`` as text and leaves it to the field to parse it. So do statements whose
    values come in binary: one byte, the format's version, stands before the text."""

    format = Format.BINARY

    def load(self, data: Any) -> str:
        return bytes(data)[1:].decode()


class DatabaseWrapper(base.DatabaseWrapper):
    """Django asks ``SELECT 1`` at the start of each request, which costs as much as a query."""

    def get_connection_params(self) -> dict[str, Any]:
        """Statements may be planned once for a connection (``lib.postgres.prepared``). Django's own
        cursors do not use that."""
        params: dict[str, Any] = super().get_connection_params()
        return params | {"prepare_threshold": params["prepare_threshold"] or 5}

    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection[Any]:
        connection: Connection[Any] = super().get_new_connection(conn_params)
        connection.adapters.register_loader("jsonb", JsonbAsText)
        return connection

    def is_usable(self) -> bool:
        """False once the server has closed an idle connection: it then has an end to be read.

        A server that vanished without a word is noticed by the query itself, as it would have been
        by ``SELECT 1``.
        """
        if self.connection is None:
            return False
        raw = self.connection.pgconn
        try:
            waiting = select.poll()
            waiting.register(raw.socket, select.POLLIN)
            while waiting.poll(0):  # nothing is under way, so it is a notice or the end
                raw.consume_input()
        except (Error, OSError):
            return False
        return not self.connection.closed
