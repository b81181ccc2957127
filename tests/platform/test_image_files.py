"""What the Dockerfile and compose.yaml promise, read from their text."""

from __future__ import annotations

import re
import subprocess

import pytest
import yaml

from tests.platform.conftest import ROOT
from tests.platform.test_image_steps import steps

COMPOSE = yaml.safe_load((ROOT / "docker" / "compose.yaml").read_text())


def test_the_image_runs_as_somebody_without_rights_and_is_watched() -> None:
    assert steps("USER") == ["imprimatur"]
    assert len(steps("HEALTHCHECK")) == 1
    assert steps("FROM") == ["python:3.11-slim"]
    assert any("--require-hashes" in step and "requirements.lock" in step for step in steps("RUN"))


def test_the_image_has_the_command() -> None:
    assert "python bootstrap.py --command" in steps("RUN")


@pytest.mark.parametrize("name", ["web", "worker", "beat", "migrate"])
def test_compose_runs_each_entry_point(name: str) -> None:
    assert COMPOSE["services"][name]["command"] == [name]
    script = (ROOT / "docker" / "entrypoint.sh").read_text()
    assert re.search(rf"^{name}\)$", script, re.MULTILINE)


def test_compose_holds_no_secret_and_no_part_under_agpl_or_sspl() -> None:
    text = (ROOT / "docker" / "compose.yaml").read_text().lower()
    assert "password" not in text
    images = {part.get("image", "") for part in COMPOSE["services"].values()}
    assert not any(word in image for image in images for word in ("minio", "redis", "mongo"))


def test_every_secret_in_the_example_environment_has_to_be_changed() -> None:
    for line in (ROOT / "docker" / "env.example").read_text().splitlines():
        if re.match(r"\w*(PASS|PASSWORD|SECRET_ACCESS_KEY|SECRET_KEY)=", line):
            assert "CHANGE-ME" in line


@pytest.mark.parametrize("script", ["entrypoint.sh", "roles.sh", "s3.sh"])
def test_the_scripts_are_executable_and_parse(script: str) -> None:
    path = ROOT / "docker" / script
    assert path.stat().st_mode & 0o111
    subprocess.run(["sh", "-n", str(path)], check=True)
