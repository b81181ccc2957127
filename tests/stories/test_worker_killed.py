"""V1: a worker killed in the middle of a suite leaves a run that finishes, one result a check."""

from __future__ import annotations

import os
import signal
from collections import Counter

import pytest

from tests.town import Town, until

pytestmark = [pytest.mark.xdist_group("town"), pytest.mark.timeout(600)]


def test_a_killed_worker_costs_time_and_nothing_else(town: Town) -> None:
    with town.robot() as robot, town.robot("owner") as owner:
        (former,) = town.releases(state="blocked")[:1]
        answer = owner.post(f"/releases/{former['id']}/revisions", json={"reason": "measure again"})
        assert answer.status_code == 202, answer.text
        address = f"/releases/{former['id']}"
        until(lambda: robot.get(address).json()["note"] not in ("", "Queued"), 30, "the scoring")
        os.killpg(os.getpgid(town.member("celery", " worker")), signal.SIGKILL)
        until(lambda: robot.get(address).json()["state"] == "blocked", 150, "the suite")
        release = robot.get(address).json()
    assert release["revision"] == former["revision"] + 1
    assert all(check["state"] == "finished" for check in release["checks"])
    with town.robot("officer") as officer:
        found = officer.get(
            "/audit/entries",
            params={"subject": f"release:{former['id']}", "action": "check.finish", "limit": "200"},
        ).json()["items"]
    results = Counter(entry["details"]["key"] for entry in found)
    assert set(results.values()) == {release["revision"]}
