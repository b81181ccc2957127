"""Carries out the steps of a CI description as its runner would, as far as this machine can.

``uses:`` steps (checkout, a Python) are taken as done. ``pip install`` is noted and not carried
out: the wheel has tests of its own (tests/client/test_distribution.py).
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.platform.conftest import ROOT

_EXPRESSION = re.compile(r"\$\{\{\s*([\w.]+)\s*\}\}")
Environment = dict[str, str]


class Runner:
    """A work folder that looks like a checkout, programs of its own, and what CI sets."""

    def __init__(self, work: Path, secrets: Environment) -> None:
        self.work, self.secrets = work, secrets
        self.said: list[str] = []
        self.installed = work / "installed"
        self.process: subprocess.Popen[str] | None = None
        for name in ("client", "examples"):
            (work / name).symlink_to(ROOT / name)
        programs = work / "bin"
        programs.mkdir()
        for name, line in (
            ("pip", f'echo "$@" >> "{self.installed}"'),
            ("python", f'exec "{sys.executable}" "$@"'),
            ("imprimatur", f'exec "{sys.executable}" -m imprimatur_client.cli "$@"'),
        ):
            (programs / name).write_text(f"#!/bin/sh\n{line}\n")
            (programs / name).chmod(0o755)
        self.base = {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "HOME": str(work),
            "PYTHONPATH": str(ROOT / "client"),
            "CI": "true",
        }

    def begin(self, script: str, environment: Environment) -> subprocess.Popen[str]:
        """One step, in a shell that ends with the first command that fails."""
        self.process = subprocess.Popen(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=self.work,
            env=self.base | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return self.process

    def run(self, script: str, environment: Environment) -> int:
        out, _ = self.begin(script, environment).communicate(timeout=240)
        self.said.append(out)
        assert self.process is not None
        return self.process.returncode


def github(runner: Runner, job: str = "release") -> Iterator[tuple[str, int]]:
    """The steps of a job with a ``run``, each carried out when it is asked for: name, exit code."""
    document = _loaded("github-actions.yml")
    steps: dict[str, Environment] = {}
    output = runner.work / "github-output"
    ci = {"GITHUB_SHA": "a" * 40, "GITHUB_RUN_ID": "1842", "GITHUB_OUTPUT": str(output)}

    def meant(text: str) -> str:
        def value(match: re.Match[str]) -> str:
            match match[1].split("."):
                case ["vars" | "secrets", name]:
                    return runner.secrets[name]
                case ["steps", step, "outputs", name]:
                    return steps[step][name]
            raise AssertionError(f"nobody says what {match[0]} is")

        return _EXPRESSION.sub(value, text)

    described = document["jobs"][job]
    given = {key: meant(str(text)) for key, text in document["env"].items()}
    given |= {key: meant(str(text)) for key, text in described.get("env", {}).items()}
    for step in described["steps"]:
        if "run" not in step:
            continue
        output.write_text("")
        code = runner.run(meant(step["run"]), ci | given)
        lines = output.read_text().splitlines()
        steps[step.get("id", "")] = dict(line.split("=", 1) for line in lines)
        yield step["name"], code


def gitlab(runner: Runner) -> Iterator[tuple[str, int]]:
    """Job after job in the order of the stages: name, exit code."""
    document = _loaded("gitlab-ci.yml")
    ci = {"CI_COMMIT_SHA": "b" * 40, "CI_PIPELINE_ID": "77"} | runner.secrets
    given = {key: str(text) for key, text in document["variables"].items()}
    before = document["default"]["before_script"]
    for stage in document["stages"]:
        for name, job in document.items():
            if not isinstance(job, dict) or job.get("stage") != stage:
                continue
            code = runner.run("\n".join([*before, *job["script"]]), ci | given)
            dotenv = job.get("artifacts", {}).get("reports", {}).get("dotenv")
            if dotenv and code == 0:
                lines = (runner.work / dotenv).read_text().split()
                given |= dict(line.split("=", 1) for line in lines)
            yield name, code


def _loaded(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "examples" / "ci" / name).read_text())
    return found
