"""Django's PostgreSQL backend, asking less of the server: ``lib.postgres`` is an engine."""
