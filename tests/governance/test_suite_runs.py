"""A suite gives every check what it needs: further tables, altered rows, the champion, the case."""

from __future__ import annotations

import pytest

from governance.models import Authorization
from tests.cast import People
from tests.governance.make import make_bank, sign
from tests.governance.make_suites import (
    carried_out,
    check_of,
    make_model_version,
    onnx_of,
    policy_of,
    rows,
)

pytestmark = pytest.mark.django_db


def test_training_scores_altered_rows_timings_and_declarations_reach_their_checks(people: People):
    bank = make_bank(
        people,
        policy=policy_of(
            Degradation="performance.degradation {measurement: roc_auc, not_worse_by: 0.2}",
            Memory="privacy.membership_inference {measurement: membership_advantage, at_most: 0.3}",
            Stability="robustness.stability {every: decisions_changed, at_most: 0.2}",
            Twice="robustness.reproducibility {measurement: rows_differing, at_most: 0}",
            Monotone="robustness.monotonicity {every: against_direction, at_most: 0.05}",
            Latency="robustness.latency {measurement: latency_p99, at_most: 1000}",
            Drift="data.drift {every: psi, at_most: 0.2}",
            Schema="data.schema {require: all}",
            Structure="security.structure {require: all}",
            Behaviour="security.behaviour {require: all, except: [doors, tier]}",
        ),
    )
    release = carried_out(bank, make_model_version(bank))
    run = release.runs.get()
    verdicts = {check.key: (check.verdict, check.sentence) for check in run.checks.all()}
    assert {key: one for key, one in verdicts.items() if one[0] != "pass"} == {}
    assert "Income" in verdicts["Monotone"][1]  # its plain name, not the column's


def test_without_a_champion_there_is_nothing_to_compare_with(people: People):
    policy = policy_of(Champion="performance.champion {measurement: roc_auc, not_worse_by: 0.05}")
    bank = make_bank(people, policy=policy)
    first = carried_out(bank, make_model_version(bank))
    assert check_of(first, "Champion").verdict == "inconclusive"
    assert "nothing is released" in check_of(first, "Champion").sentence


def test_a_champion_scores_the_same_rows(people: People):
    bank = make_bank(people, policy=policy_of(Champion="performance.champion {recorded: true}"))
    first = carried_out(bank, make_model_version(bank))
    sign(first, people.rita, "officer")
    assert Authorization.objects.get().version == first.version
    second = carried_out(
        bank, make_model_version(bank, content=onnx_of(rows(seed=1), strength=0.0001))
    )
    found = check_of(second, "Champion")
    assert found.verdict == "pass"
    assert "of the champion" in found.sentence
    assert second.runs.get().facts["champion"]["label"] == first.version.label


def test_who_answers_and_which_plans_there_are_is_read_from_the_registry(people: People):
    bank = make_bank(
        people,
        policy=policy_of(
            People="accountability.people {require: all}",
            Plans="accountability.plans {require: [monitoring, rollback]}",
        ),
    )
    release = carried_out(bank, make_model_version(bank, documents=("monitoring_plan",)))
    assert check_of(release, "People").verdict == "fail"
    assert "validator" in check_of(release, "People").sentence
    assert check_of(release, "Plans").verdict == "fail"
    assert "rollback plan" in check_of(release, "Plans").sentence


def test_without_training_data_the_checks_that_need_them_say_so(people: People):
    bank = make_bank(
        people,
        policy=policy_of(
            Overlap="data.overlap {measurement: rows_in_training, at_most: 0}",
            Performance="performance.roc_auc {measurement: roc_auc, at_least: 0.6}",
        ),
    )
    release = carried_out(bank, make_model_version(bank, training=None))
    assert check_of(release, "Overlap").verdict == "error"
    assert (
        "register the version with a dataset in that role" in check_of(release, "Overlap").sentence
    )
    assert check_of(release, "Performance").verdict == "pass"


def test_a_model_that_cannot_be_run_still_gets_the_checks_that_ask_nothing_of_it(people: People):
    bank = make_bank(
        people,
        policy=policy_of(
            Performance="performance.roc_auc {measurement: roc_auc, at_least: 0.6}",
            Behaviour="security.behaviour {require: [ended]}",
            Schema="data.schema {require: all}",
        ),
    )
    release = carried_out(bank, make_model_version(bank, content=b"\x08\x07no model at all"))
    assert check_of(release, "Performance").verdict == "error"
    assert "ONNX" in check_of(release, "Performance").sentence
    assert check_of(release, "Behaviour").verdict == "fail"
    assert check_of(release, "Schema").verdict == "pass"
    assert release.runs.get().error
