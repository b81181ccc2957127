"""What was measured before is not measured again, and is judged anew."""

from __future__ import annotations

import json
from typing import Any

import pytest

import governance.tasks  # noqa: F401  (registers the runners)
from audit.models import Entry
from governance.checks import catalog
from governance.models import CheckRun, Release
from governance.suites import measuring
from tests.cast import People
from tests.governance.make import Bank, make_bank, make_release, publish
from tests.governance.make_suites import make_model_version, policy_of, work_off

pytestmark = pytest.mark.django_db
RECORDED = "{recorded: true}"
CHECKS = {
    "right": f"performance.accuracy {RECORDED}",
    "twice": f"data.duplicates {RECORDED}",
    "why": f"explainability.global_importance {RECORDED}",
    "quick": f"robustness.latency {RECORDED}",
}


@pytest.fixture
def bank(people: People) -> Bank:
    return make_bank(people, policy=policy_of(**CHECKS))


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the checks that are measured from here on."""
    seen: list[str] = []
    whole = measuring.measure

    def counting(check: Any, *rest: Any) -> Any:
        seen.append(check.id)
        return whole(check, *rest)

    monkeypatch.setattr(measuring, "measure", counting)
    return seen


def carried(bank: Bank, version: Any, **fields: Any) -> Release:
    release = make_release(bank, version=version, **fields)
    work_off()
    return release


def evidence_of(release: Release) -> dict[str, str]:
    rows = CheckRun.objects.filter(run__release=release)
    return {row.key: row.evidence_digest for row in rows}


def test_a_second_release_of_a_version_measures_only_what_changes_by_itself(
    bank: Bank, counted: list[str]
) -> None:
    version = make_model_version(bank)
    first = carried(bank, version)
    assert sorted(counted) == sorted(catalog_ids())
    counted.clear()
    second = carried(bank, version, purpose="advise")
    assert counted == ["robustness.latency"], "timings are never the same twice"
    mine, theirs = evidence_of(first), evidence_of(second)
    assert {k: v for k, v in mine.items() if k != "quick"} == {
        k: v for k, v in theirs.items() if k != "quick"
    }


def catalog_ids() -> list[str]:
    return [text.split(" ")[0] for text in CHECKS.values()]


def test_the_entry_says_in_which_run_it_was_measured(bank: Bank) -> None:
    version = make_model_version(bank)
    first = carried(bank, version)
    second = carried(bank, version, purpose="advise")
    told = [
        json.loads(bytes(entry.body))["details"]
        for entry in Entry.objects.filter(action="check.finish", subject_key=str(second.pk))
    ]
    again = {one["key"]: one.get("measured_in") for one in told}
    assert again.pop("quick") is None
    assert set(again.values()) == {str(first.runs.get().id)}


def test_another_threshold_judges_the_same_figures(bank: Bank, counted: list[str]) -> None:
    version = make_model_version(bank)
    carried(bank, version)
    counted.clear()
    harder = "{measurement: accuracy, at_least: 0.999}"
    publish(policy_of(right=f"performance.accuracy {harder}"))
    second = carried(bank, version, purpose="advise")
    row = CheckRun.objects.get(run__release=second, key="right")
    assert "performance.accuracy" not in counted
    assert row.verdict == "fail"
    assert row.evidence["threshold"] == {"measurement": "accuracy", "at_least": 0.999}


def test_other_parameters_another_version_of_a_check_or_another_model_are_measured(
    bank: Bank, counted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    version = make_model_version(bank)
    carried(bank, version)
    counted.clear()
    monkeypatch.setattr(type(catalog.all_checks()["data.duplicates"]), "version", "99")
    carried(bank, version, purpose="advise")
    assert "data.duplicates" in counted
    assert "performance.accuracy" not in counted
