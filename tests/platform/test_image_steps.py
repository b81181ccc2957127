"""The image's own steps, read from its Dockerfile and run in a clean folder.

No container engine is needed: the build's COPY and RUN lines, then each entry point, against a
real PostgreSQL given by address and a real Redis. What only an image can show (its base, its
account, its apt packages) is not shown here.
"""

from __future__ import annotations

import http.client
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from config import embedded
from tests.platform.conftest import ROOT, private_data
from tests.platform.test_supervisor import free_port, wait_for

REDIS = shutil.which("redis-server") or shutil.which("valkey-server")
pytestmark = [
    pytest.mark.slow,  # installs every package and compresses every static file: two minutes
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("image"),
    pytest.mark.skipif(REDIS is None, reason="no redis-server here to be the broker"),
]


@dataclass
class Image:
    """The image's folder and environment, and the services around it."""

    folder: Path
    environment: dict[str, str]
    port: int

    def run(self, step: str) -> None:
        """One step of the build or one entry point that ends, as the image's shell runs it."""
        done = subprocess.run(
            ["sh", "-c", step],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{step}\n{done.stdout[-2000:]}{done.stderr[-4000:]}"

    @contextmanager
    def serving(self, entry_point: str) -> Iterator[Path]:
        """An entry point that stays; yields the file with what it says."""
        log = self.folder / f"{entry_point}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                ["docker/entrypoint.sh", entry_point],
                cwd=self.folder,
                env=self.environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        try:
            yield log
            assert process.poll() is None, log.read_text()[-4000:]
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=20)
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile as (instruction, rest), continuation lines joined, comments dropped."""
    text = (ROOT / "docker" / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines()]
    return [
        (line.split(None, 1)[0], " ".join(line.split(None, 1)[1].split()))
        for line in lines
        if line and not line.startswith("#")
    ]


def steps(instruction: str) -> list[str]:
    return [rest for name, rest in instructions() if name == instruction]


def image_environment(folder: Path, python: Path) -> dict[str, str]:
    """The Dockerfile's ENV, its folders moved here; PATH finds the image's Python first."""
    pairs = dict(pair.split("=", 1) for line in steps("ENV") for pair in line.split())
    pairs["STATIC_ROOT"], pairs["DATA"] = str(folder / "static"), str(folder / "data")
    return {"PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}", "HOME": "/", **pairs}


def checkout(folder: Path) -> None:
    """COPY . ./ of what git does not ignore, less what .dockerignore leaves out."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    tracked = subprocess.check_output(command, cwd=ROOT, text=True)
    for name in filter(None, tracked.split("\0")):
        if not name.startswith("tests/") and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    with private_data("data") as data:
        folder = data.parent / "srv"
        folder.mkdir()
        python = data.parent / "python" / "bin" / "python"
        base = [sys.executable, "-m", "venv", str(python.parents[1])]
        subprocess.run(base, check=True)
        port, broker = free_port(), free_port()
        embedded.ensure_running(data, durable=False)
        environment = image_environment(folder, python) | {
            "SECRET_KEY": secrets.token_urlsafe(64),
            "DATABASE_URL": embedded.database_url(data, "application"),
            "OWNER_DATABASE_URL": embedded.database_url(data, "owner"),
            "BROKER_URL": f"redis://127.0.0.1:{broker}/0",
            "ARTIFACT_STORE": (folder / "artifacts").as_uri(),
            "ALLOWED_HOSTS": "imprimatur.example",
            "PUBLIC_URL": "https://imprimatur.example",
            "WEB_HOST": "127.0.0.1",
            "WEB_PORT": str(port),
        }
        with redis(broker):
            built = Image(folder, environment, port)
            build(built)
            yield built


@contextmanager
def redis(port: int) -> Iterator[None]:
    assert REDIS is not None
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    process = subprocess.Popen([REDIS, *options], stdout=subprocess.DEVNULL, cwd="/tmp")
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def build(image: Image) -> None:
    """The COPY and RUN lines in their order; apt and accounts are the image's alone."""
    for name, step in instructions():
        if name == "COPY" and step == "requirements.lock ./":
            shutil.copy(ROOT / "requirements.lock", image.folder)
        elif name == "COPY":
            assert step == ". ./"
            checkout(image.folder)
        elif name == "RUN" and not step.startswith(("apt-get", "install -d")):
            image.run(step)
    (image.folder / "data").mkdir(exist_ok=True)


def test_the_build_collects_static_files(image: Image) -> None:
    assert (image.folder / "static" / "staticfiles.json").exists()


def test_the_command_runs_in_the_image(image: Image) -> None:
    image.run("cd / && imprimatur --version && imprimatur release --help")


def test_migrate_web_worker_and_beat_run(image: Image) -> None:
    image.run("docker/entrypoint.sh migrate")
    with image.serving("web"), image.serving("worker") as worker, image.serving("beat") as beat:
        wait_for(lambda: status(image, "/healthz") == 200, 60)
        assert status(image, "/readyz") == 200
        assert status(image, "/api/v1/models") == 401
        image.run("docker/entrypoint.sh healthy")
        wait_for(lambda: " ready." in worker.read_text(), 60)
        wait_for(lambda: "beat: Starting" in beat.read_text(), 60)
        time.sleep(1)
    with pytest.raises(AssertionError):
        image.run("docker/entrypoint.sh healthy")


def status(image: Image, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", image.port, timeout=5)
    headers = {"Host": "imprimatur.example", "X-Forwarded-Proto": "https"}
    try:
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()
