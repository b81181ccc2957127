"""examples/mlflow_script.py, run by the unmodified client: from training to the loaded champion."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest

import jobs.services
from jobs.models import Job
from registry.models.sealing import SEAL
from registry.tasks import seal
from tests import cast
from tests.client.conftest import bank, server  # noqa: F401  (fixtures)
from tests.client.serving import Server
from tests.client.test_waiting import all_sign, until_asked
from tests.clients import environments, walking
from tests.governance.make import Bank, finish_suite
from tests.platform.conftest import ROOT

pytestmark = [
    pytest.mark.clones,
    pytest.mark.xdist_group("mlflow-clients"),
    pytest.mark.timeout(600),
]


def work_off_sealing() -> None:
    """A worker's part, once the script has asked for it."""
    deadline = time.monotonic() + 200
    while time.monotonic() < deadline:
        row = Job.objects.filter(kind=SEAL, state="queued").first()
        job = jobs.services.lease(row.id) if row else None
        if job is not None:
            seal(job)
            return
        time.sleep(0.2)
    raise AssertionError("nobody asked for a sealing")


def test_a_model_is_trained_registered_released_and_loaded(
    server: Server,  # noqa: F811
    bank: Bank,  # noqa: F811
    tmp_path: Path,
    settings: object,
) -> None:
    settings.PUBLIC_URL = server.url  # type: ignore[attr-defined]
    python = environments.script()
    token = cast.token("ci")[1]
    output = tmp_path / "said"
    with output.open("w") as said:
        script = subprocess.Popen(
            [
                *(str(python), str(ROOT / "examples" / "mlflow_script.py")),
                *("credit", "--purpose", "decide", "--timeout", "240"),
            ],
            cwd=tmp_path,
            env=walking.environment(
                token,
                MLFLOW_REGISTRY_URI=server.url,
                MLFLOW_TRACKING_URI=(tmp_path / "runs").as_uri(),
                PYTHONPATH=str(ROOT / "client"),
                OMP_NUM_THREADS=os.environ.get("OMP_NUM_THREADS", "1"),
            ),
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        try:
            work_off_sealing()
            case = until_asked(seconds=100)
            finish_suite(case)
            all_sign(bank, case)
            code = script.wait(timeout=120)
        except BaseException:
            script.kill()
            print(output.read_text())
            raise
    text = output.read_text()
    assert code == 0, text
    assert "credit v1 is sealed: " in text
    assert "verdict: allow" in text
    assert "the champion says: [1, 0]" in text
