"""A dry run: what a draft would make of what is released, from what was measured for it."""

from __future__ import annotations

from typing import Any

import pytest

from governance import policy_tasks
from governance.checks import catalog
from governance.gating.forecast import Signed, place
from governance.gating.slots import SlotSpec
from governance.models import CheckRun, DryRun, PolicyVersion
from governance.services import dry_runs, policies, validation
from jobs.models import Job
from jobs.registry import kind_of
from lib.actor import SYSTEM
from lib.errors import Conflict
from tests.cast import People, api
from tests.governance.make import ROBOT, Bank, leased, make_bank, make_released
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db
ONE = """
policy: credit
title: Credit decisions
applies: {tiers: [1], environments: [production]}
checks:
  - check: performance.roc_auc
    name: Performance
    threshold: {measurement: roc_auc, at_least: FLOOR}
decisions: [{role: validator}, {role: officer}]
authorization: {valid_days: 365}
"""
INTERVAL = {"value": 0.8, "n": 5000, "at_90": [0.78, 0.82], "at_95": [0.77, 0.83]}
KEPT: dict[str, Any] = {
    "check": "performance.roc_auc",
    "facts": {"intervals": {"roc_auc": INTERVAL}},
    "measurements": [],
}


@pytest.fixture
def bank(people: People, monkeypatch: pytest.MonkeyPatch) -> Bank:
    """One released version, whose ROC AUC is known to lie between 0.78 and 0.82."""
    written = validation.check_measured
    settled = catalog.all_checks()["performance.roc_auc"].settled({})

    def measured(check: CheckRun, **fields: Any) -> None:
        if check.check_id == "performance.roc_auc":
            fields["measured"] = KEPT | {"parameters": settled}
        written(check, **fields)

    monkeypatch.setattr(validation, "check_measured", measured)
    bank = make_bank(people)
    make_released(bank)
    return bank


def drafted(floor: str = "0.65", source: str = ONE) -> PolicyVersion:
    return policies.draft(source=source.replace("FLOOR", floor), actor=ROBOT)


def tried(version: PolicyVersion) -> dict[str, Any]:
    run = dry_runs.ask(version, actor=SYSTEM)
    policy_tasks.dry_run(leased(run.pk))
    run.refresh_from_db()
    assert (run.state, run.progress) == ("finished", 1.0)
    return dry_runs.shown(run, actor=SYSTEM)


@pytest.mark.parametrize(("floor", "outcome"), [("0.65", "passes"), ("0.9", "fails")])
def test_what_was_measured_is_judged_by_the_draft(bank: Bank, floor: str, outcome: str) -> None:
    result = tried(drafted(floor))
    assert (result["covered"], result[outcome]) == (1, 1)
    (line,) = result["releases"]
    assert line["outcome"] == outcome
    assert line["reasons"] == [] if outcome == "passes" else "Performance" in line["reasons"][0]


def test_another_check_or_other_parameters_are_not_measured(bank: Bank) -> None:
    other = ONE.replace("performance.roc_auc", "performance.accuracy")
    other = other.replace("{measurement: roc_auc, at_least: FLOOR}", "{recorded: true}")
    result = tried(drafted(source=other))
    assert result["not_measured"] == 1
    assert "Not measured" in result["releases"][0]["reasons"][0]


def test_a_missing_document_fails_and_a_missing_signature_is_told(bank: Bank) -> None:
    assert tried(drafted(source=f"{ONE}documents: [{{kind: plan}}]\n"))["fails"] == 1
    assert tried(drafted(source=ONE.replace("role: officer", "role: business")))["unsigned"] == 1


def test_what_the_draft_does_not_cover_is_left_out(bank: Bank) -> None:
    result = tried(drafted(source=ONE.replace("production", "staging")))
    assert (result["running"], result["covered"], result["releases"]) == (1, 0, [])


def test_nothing_of_the_release_changes(bank: Bank) -> None:
    release = CheckRun.objects.get(check_id="performance.roc_auc").run.release
    before = list(release.gates.values())
    tried(drafted("0.9"))
    assert list(release.gates.values()) == before


def test_one_goes_on_at_a_time_and_a_dead_one_says_so(bank: Bank) -> None:
    version = drafted()
    run = dry_runs.ask(version, actor=SYSTEM)
    assert dry_runs.ask(version, actor=SYSTEM) == run
    kind = kind_of(dry_runs.KIND)
    assert kind is not None
    assert kind.on_death is not None
    kind.on_death(leased(run.pk), "The worker died.")
    run.refresh_from_db()
    assert (run.state, run.error) == (
        "failed",
        "The dry run could not be completed. The worker died.",
    )
    assert dry_runs.ask(version, actor=SYSTEM) != run


def test_a_withdrawn_draft_is_not_tried(bank: Bank) -> None:
    version = drafted()
    policies.withdraw(version, reason="not now", actor=SYSTEM)
    with pytest.raises(Conflict):
        dry_runs.ask(version, actor=SYSTEM)


def test_over_http_writers_ask_and_readers_read(bank: Bank) -> None:
    drafted("0.9")
    address = "/api/v1/policies/credit/versions/2/dry-run"
    assert api(bank.people.elena).get(address).status_code == 404
    assert api(bank.people.elena).post(address, {}, format="json").status_code == 403
    assert api(bank.people.ravi).post(address, {}, format="json").status_code == 202
    policy_tasks.dry_run(leased(DryRun.objects.get().pk))
    told = api(bank.people.elena).get(address).json()
    assert told["result"]["fails"] == 1
    page = signed_in(bank.people.elena).get("/policies/credit/?version=2").content.decode()
    assert "would fail" in page
    assert Job.objects.get(kind=dry_runs.KIND).state == "done"


def test_who_may_not_see_a_release_sees_no_line_of_it(bank: Bank) -> None:
    run = dry_runs.ask(drafted("0.9"), actor=SYSTEM)
    policy_tasks.dry_run(leased(run.pk))
    run.refresh_from_db()
    result = dry_runs.shown(run, actor=bank.people.mallory.actor)
    assert (result["releases"], result["hidden"]) == ([], 1)


def test_one_approval_fills_one_slot() -> None:
    specs = [SlotSpec("first", "First", "officer", 1), SlotSpec("second", "Second", "officer", 1)]
    rita = Signed("second", "officer", 2, "Rita")
    assert [each.slot for each in place(specs, [rita])] == ["second"]
    nora = Signed("old", "officer", 2, "Nora")
    assert {each.slot for each in place(specs, [rita, nora])} == {"first", "second"}
    first_line = [SlotSpec("a", "A", "officer", 1, line=1)]
    assert place(first_line, [nora]) == []
