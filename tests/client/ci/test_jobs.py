"""The CI jobs of examples/ci, step by step against the real server. Workers' and people's parts are
played through the services, while the job waits."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from django.db import connections

from governance.models import Release
from registry.models import ModelVersion
from tests.client.ci.runner import Runner, github, gitlab
from tests.client.test_waiting import all_sign, until_asked
from tests.governance.make import Bank, finish_suite
from tests.platform.conftest import ROOT

pytestmark = [pytest.mark.clones, pytest.mark.timeout(280)]
Job = Callable[[Runner], Iterator[tuple[str, int]]]
JOBS = pytest.mark.parametrize("job", [github, gitlab])


class Played:
    """The others' part, in a thread of its own."""

    def __init__(self, bank: Bank, **verdicts: str) -> None:
        self.bank, self.verdicts = bank, verdicts
        self.trouble: list[BaseException] = []
        self.thread = threading.Thread(target=self._play)

    def _play(self) -> None:
        try:
            case = until_asked(seconds=200)
            finish_suite(case, **self.verdicts)
            if not self.verdicts:
                all_sign(self.bank, case)
        except BaseException as error:
            self.trouble.append(error)
        finally:
            connections.close_all()

    def __enter__(self) -> None:
        self.thread.start()

    def __exit__(self, *error: object) -> None:
        self.thread.join()
        assert not self.trouble, self.trouble


@JOBS
def test_a_job_deploys_what_everybody_let_pass(job: Job, runner: Runner, bank: Bank) -> None:
    with Played(bank):
        codes = dict(job(runner))
    assert set(codes.values()) == {0}, runner.said
    assert "allow" in runner.said[-1]
    assert runner.said[-1].endswith("deploying build/model.onnx\n")
    version = ModelVersion.objects.get()
    assert version.run is not None
    assert re.fullmatch("a{40}|b{40}", version.run.code_commit)
    assert version.documents.get().kind == "model_card"
    assert "./client" in runner.installed.read_text()


@JOBS
def test_a_job_stops_where_a_check_fails(job: Job, runner: Runner, bank: Bank) -> None:
    with Played(bank, Fairness="fail"):
        failed = next((name, code) for name, code in job(runner) if code)
    assert failed in {
        ("Ask for its release, and wait for the people who decide", 1),
        ("release", 1),
    }
    assert "deny" in runner.said[-1]
    assert not any("deploying" in said for said in runner.said)


@JOBS
def test_a_job_that_is_run_again_makes_no_second_version(
    job: Job, runner: Runner, bank: Bank
) -> None:
    for _ in range(2):
        for name, _code in job(runner):
            if name in ("Register", "train"):
                break
    assert ModelVersion.objects.count() == 1
    assert not Release.objects.exists()


@pytest.mark.parametrize("name", ["github-actions.yml", "gitlab-ci.yml"])
def test_no_secret_stands_in_it_and_every_path_is_there(name: str) -> None:
    text = (ROOT / "examples" / "ci" / name).read_text()
    assert yaml.safe_load(text)
    assert "imp_" not in text
    for path in re.findall(r"examples/ci/[\w.\-]+", text):
        assert (ROOT / path).exists(), path
    assert (ROOT / "client" / Path("pyproject.toml")).exists()
