"""MLflow's tables, filled with what ours hold: through COPY, row by row out of our database."""

from __future__ import annotations

from pathlib import Path

import psycopg

NAME = "mlflow"
# Our rows in the shape of MLflow's columns. Its times are milliseconds; its tags are rows.
_TABLES = (
    (
        "registered_models (name, creation_time, last_updated_time, description)",
        """SELECT name, (extract(epoch FROM created_at) * 1000)::bigint,
                  (extract(epoch FROM updated_at) * 1000)::bigint, description
           FROM registry_registeredmodel ORDER BY id""",
    ),
    (
        "registered_model_tags (name, key, value)",
        """SELECT m.name, tag.key, tag.value
           FROM registry_registeredmodel m, jsonb_each_text(m.tags) tag ORDER BY m.id""",
    ),
    (
        """model_versions (name, version, creation_time, last_updated_time, description, user_id,
               current_stage, source, run_id, run_link, status)""",
        """SELECT m.name, v.number, (extract(epoch FROM v.created_at) * 1000)::bigint,
                  (extract(epoch FROM v.updated_at) * 1000)::bigint, v.description, 'bench',
                  v.stage, v.source, nullif(v.tracking_run, ''), nullif(v.run_link, ''), 'READY'
           FROM registry_modelversion v JOIN registry_registeredmodel m ON m.id = v.model_id
           ORDER BY v.id""",
    ),
    (
        "model_version_tags (name, version, key, value)",
        """SELECT m.name, v.number, tag.key, tag.value
           FROM registry_modelversion v JOIN registry_registeredmodel m ON m.id = v.model_id,
                jsonb_each_text(v.tags) tag ORDER BY v.id""",
    ),
    (
        "registered_model_aliases (name, alias, version)",
        """SELECT m.name, a.name, v.number
           FROM registry_alias a JOIN registry_registeredmodel m ON m.id = a.model_id
                JOIN registry_modelversion v ON v.id = a.version_id ORDER BY a.id""",
    ),
)
TABLES = tuple(columns.split()[0] for columns, _ in _TABLES)


def make(data: Path) -> None:
    """An empty database beside ours on the same server, owned by the same role."""
    from config.embedded import database_url

    with psycopg.connect(database_url(data, "owner"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {NAME}")


def address(data: Path) -> str:
    """Of MLflow's database, for SQLAlchemy as for psycopg."""
    from config.embedded.places import DATABASE, database_url

    return database_url(data, "owner").replace(f"@/{DATABASE}?", f"@/{NAME}?")


def fill(data: Path) -> None:
    """What MLflow held before goes; MLflow has made the tables when it started."""
    from config.embedded import database_url

    with (
        psycopg.connect(database_url(data, "owner")) as ours,
        psycopg.connect(address(data)) as theirs,
    ):
        theirs.execute(f"TRUNCATE {', '.join(TABLES)}")
        for columns, rows in _TABLES:
            with (
                ours.cursor().copy(f"COPY ({rows}) TO STDOUT") as out,
                theirs.cursor().copy(f"COPY {columns} FROM STDIN") as into,
            ):
                for block in out:
                    into.write(block)
        theirs.commit()
        theirs.autocommit = True
        theirs.execute(f"VACUUM (ANALYZE) {', '.join(TABLES)}")
