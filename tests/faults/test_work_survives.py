"""The short cut of ``make faults``: every fault once on the embedded broker, and both brokers of
production, each losing all it held. Nothing is lost, nothing comes twice."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.faults.brokers import BROKERS
from tests.faults.suites import HARMS, plans
from tests.platform.conftest import ROOT, plain_environment

pytestmark = pytest.mark.timeout(300)


def survives(broker: str, *harms: str) -> None:
    """Runs the program as ``make faults`` does, one round of each on one bank."""
    if (why := BROKERS[broker].missing()) and not os.environ.get("CI"):
        pytest.skip(why)
    command = [sys.executable, "-m", "tests.faults.suites", "--rounds", "1", "--together"]
    command += ["--broker", broker, *(f"--only={harm}" for harm in harms)]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=plain_environment(FAULTS_AWAY_SECONDS="4"),
        capture_output=True,
        text=True,
        check=False,
        timeout=290,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr[-6000:]}"
    assert done.stdout.count(f"| {broker} |") == len(harms)


@pytest.mark.xdist_group("faults-workers")
def test_a_killed_or_frozen_worker_a_killed_child_and_double_messages_cost_time_alone() -> None:
    survives("folder", "child_killed", "worker_killed", "worker_frozen", "told_twice")


@pytest.mark.xdist_group("faults-services")
def test_a_lost_broker_a_crashed_database_and_a_full_disk_cost_time_alone() -> None:
    survives("folder", "broker_lost", "broker_away", "database_crashed", "disk_full")


@pytest.mark.xdist_group("faults-workers")
def test_redis_may_go_and_lose_everything() -> None:
    survives("redis", "broker_away", "broker_silent", "broker_lost")


@pytest.mark.xdist_group("faults-services")
def test_rabbitmq_may_go_and_lose_everything() -> None:
    survives("rabbitmq", "broker_silent", "broker_lost")


def test_each_bank_goes_through_one_fault_that_makes_sense_on_its_broker() -> None:
    found = plans([], [])
    assert ("rabbitmq", ["broker_silent"]) in found
    assert ("folder", ["broker_silent"]) not in found, "a folder cannot be silent"
    assert {harm for _, (harm,) in found} == set(HARMS)
    assert plans([], ["broker_silent"]) == [
        ("redis", ["broker_silent"]), ("rabbitmq", ["broker_silent"]),
    ]  # fmt: skip
    assert plans(["redis"], ["child_killed"]) == [("redis", ["child_killed"])]
    assert plans(["redis"], [], together=True) == [
        ("redis", ["broker_away", "broker_silent", "broker_lost"])
    ]


def test_every_fault_is_in_the_short_cut_too() -> None:
    from pathlib import Path

    modules = {path.stem for path in (Path(__file__).parent / "harms").glob("[a-z]*.py")}
    assert modules == set(HARMS)
