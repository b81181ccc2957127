"""A2: production does not start as a role that could rewrite the trail."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings as project
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection

from config import embedded

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def production(settings: Any) -> None:
    settings.PRODUCTION, settings.DATABASE_ROLE = True, "application"


def found() -> list[str]:
    messages = run_checks(tags=["database"], databases=["default"])
    return [message.msg for message in messages if message.id == "audit.E001"]


@pytest.mark.django_db
def test_production_refuses_the_owner(production: None) -> None:
    assert "owns audit_entry" in found()[0]
    with pytest.raises(SystemCheckError, match=r"audit\.E001"):
        call_command("check", databases=["default"])


@pytest.mark.django_db
def test_migrations_and_development_may_be_the_owner(production: None, settings: Any) -> None:
    settings.DATABASE_ROLE = "owner"
    assert found() == []
    settings.PRODUCTION, settings.DATABASE_ROLE = False, "application"
    assert found() == []


def test_the_application_role_is_welcome_until_it_may_rewrite(
    committed_db: str, production: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    role = urlsplit(embedded.database_url(project.DATA, "application"))
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "USER", role.username)
    monkeypatch.setitem(connection.settings_dict, "PASSWORD", role.password)
    assert found() == []
    with psycopg.connect(
        embedded.database_url(project.DATA, "owner"), dbname=committed_db, autocommit=True
    ) as owner:
        owner.execute(f"GRANT UPDATE ON audit_entry TO {role.username}")  # type: ignore[call-overload]
    assert "may change or delete rows" in found()[0]


@pytest.mark.django_db
@pytest.mark.parametrize("entry_point", ["web", "worker", "beat"])
def test_the_container_does_not_start_as_the_owner(entry_point: str, tmp_path: Path) -> None:
    url = urlsplit(embedded.database_url(project.DATA, "owner"))
    name = connection.settings_dict["NAME"]
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "IMPRIMATUR_MODE": "production",
        "DATA": str(tmp_path),
        "SECRET_KEY": "x" * 60,
        "DATABASE_URL": url._replace(path=f"/{name}").geturl(),
        "DATABASE_ROLE": "owner",  # a claim that does not help what stays running
        "BROKER_URL": "redis://127.0.0.1:1/0",
        "ARTIFACT_STORE": tmp_path.as_uri(),
        "ALLOWED_HOSTS": "localhost",
    }
    done = subprocess.run(
        [str(ROOT / "docker" / "entrypoint.sh"), entry_point],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "audit.E001" in done.stderr
