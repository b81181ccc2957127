"""The database of the tests: real PostgreSQL, and a clone for tests that need real commits.

``transaction=True`` flushes with TRUNCATE, which the append-only triggers refuse, so tests with
threads or several connections use ``committed_db``: a database cloned from the migrated one.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.test.utils import setup_databases, teardown_databases
from pytest_django import DjangoDbBlocker

from config import embedded
from lib.actor import Actor
from tests import cast


def pytest_configure(config: pytest.Config) -> None:
    """PostgreSQL runs until the last of the processes that share the work has ended."""
    # People are made by the dozen here; a slow hash would be most of the suite.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    embedded.ensure_database(settings.DATA)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.environ.get("CI") or os.environ.get("RUN_SLOW"):
        return
    for item in items:
        if "slow" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="slow: set RUN_SLOW=1"))


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """The migrated database, which pytest-django would skip where only clones are asked for,
    and the cache's table, which Django makes with a command of its own."""
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False, aliases={"default"})
        call_command("createcachetable", verbosity=0)
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=0)


@pytest.fixture(autouse=True)
def a_log_of_its_own(settings: Any, tmp_path: Path) -> None:
    """Each test's log begins anew, so what an earlier one signed is not held against it."""
    settings.LOG_KNOWN = tmp_path / "known-checkpoint"


@pytest.fixture
def committed_db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """A database cloned from the migrated one, in which transactions really commit."""
    with django_db_blocker.unblock(), cloned() as name:
        yield name


@contextmanager
def cloned() -> Iterator[str]:
    """Django's default database is a clone of the migrated one, dropped at the end."""
    template = settings.DATABASES["default"]["NAME"]
    name = f"clone_{uuid4().hex[:12]}"
    connections.close_all()
    _maintain(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    _use(name)
    try:
        yield name
    finally:
        connections.close_all()
        _use(template)
        _drop(name)


def _drop(name: str) -> None:
    """Waits for others to leave, and only then insists. Autovacuum leaves when asked, but may come
    right back to tables that were filled a moment ago, and nobody but a superuser sends it away."""
    for _ in range(5):
        try:
            _maintain(f'DROP DATABASE "{name}"')
            return
        except psycopg.errors.ObjectInUse:
            time.sleep(1)
    _maintain(f'DROP DATABASE "{name}" WITH (FORCE)')


def _maintain(statement: str) -> None:
    url = embedded.database_url(settings.DATA, "owner")
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(statement)


def _use(name: str) -> None:
    settings.DATABASES["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name


@pytest.fixture
def people(db: None) -> cast.People:
    """The named people of the tests, each with one role."""
    return cast.people()


@pytest.fixture
def robot(db: None) -> Actor:
    """CI's actor."""
    return cast.robot()


@pytest.fixture(autouse=True)
def _own_artifacts(tmp_path: Path, settings: Any) -> None:
    """An artefact store and work folder of the test's own."""
    settings.ARTIFACT_STORE = (tmp_path / "artifacts").as_uri()
    settings.WORK_DIR = tmp_path / "work"
