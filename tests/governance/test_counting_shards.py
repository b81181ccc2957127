"""Shards that hold decisions are counted apart and put together; the verdicts stay the same."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

import jobs.services
from governance.services import counting, repairing, suite, suite_jobs, validation
from jobs.models import Job
from tests.cast import People
from tests.governance.make import leased, make_bank, make_release
from tests.governance.make_suites import (
    ROLES,
    SCHEMA,
    carried_out,
    check_of,
    policy_of,
    register_rows,
    work_off,
)
from tests.governance.test_counts_suites import decided, version_of

pytestmark = pytest.mark.django_db
EXACT = {
    "ratio": "fairness.selection_rate_ratio {ratio_at_least: 0.3}",
    "odds": "fairness.equalized_odds {difference_at_most: 0.9}",
    "accuracy": "performance.accuracy {measurement: accuracy, at_least: 0.5}",
}


def register_shards(*shards: pl.DataFrame, ending: str = "parquet", **more: Any) -> Any:
    schema = [*SCHEMA, {"name": "score", "type": "double"}, {"name": "decision", "type": "integer"}]
    roles = ROLES | {"score": "score", "prediction": "decision"} | more
    return register_rows("decided", *shards, ending=ending, schema=schema, roles=roles)


def in_shards(n: int = 5) -> list[pl.DataFrame]:
    """Sorted, so that some shards hold one outcome only."""
    whole = decided().sort("approved")
    return [whole[start : start + 600 // n] for start in range(0, 600, 600 // n)]


def test_shards_are_counted_by_jobs_of_their_own_and_give_what_one_table_gives(
    people: People,
) -> None:
    bank = make_bank(people, policy=policy_of(**EXACT))
    release = carried_out(bank, version_of(register_shards(*in_shards()), people))
    run = release.runs.get()
    assert Job.objects.filter(kind=suite_jobs.COUNT).count() == 5
    assert len(run.facts["counting"]["counts"]) == 5
    assert run.facts["counted"]["rows"] == 600
    assert not run.scores_digest
    whole = carried_out(bank, version_of(register_shards(decided()), people))
    assert whole.runs.get().scores_digest
    for name in EXACT:
        one, other = check_of(release, name), check_of(whole, name)
        assert one.verdict == other.verdict == "pass"
        assert one.evidence["measurements"] == other.evidence["measurements"]


def test_shards_of_csv_are_read_together_for_together_they_tell_the_types(people: People) -> None:
    bank = make_bank(people, policy=policy_of(**EXACT))
    coded = decided().sort("approved").with_columns(race=pl.col("race").replace({"white": "01"}))
    shards = [coded.filter(race="01"), coded.filter(pl.col("race") != "01")]
    found = []
    for ending in ("csv", "parquet"):
        data = register_shards(*shards, ending=ending)
        release = carried_out(bank, version_of(data, people))
        found.append([check_of(release, name).evidence["measurements"] for name in EXACT])
        counted = Job.objects.filter(kind=suite_jobs.COUNT).count()
        assert counted == (0 if ending == "csv" else 2)
    assert found[0] == found[1]
    assert "race: 01" in {each["group"] for each in found[0][0]}


@pytest.mark.parametrize(
    ("checks", "roles"),
    [
        ({"auc": "performance.roc_auc {measurement: roc_auc, at_least: 0.6}"}, {}),
        ({}, {"prediction": None}),
        ({}, {"weight": "score"}),
    ],
)
def test_what_counts_do_not_tell_exactly_is_measured_on_rows(
    checks: dict[str, str], roles: dict[str, Any], people: People
) -> None:
    bank = make_bank(people, policy=policy_of(**EXACT | checks))
    data = register_shards(*in_shards(), **roles)
    release = carried_out(bank, version_of(data, people))
    assert not Job.objects.filter(kind=suite_jobs.COUNT).exists()
    assert {check_of(release, name).verdict for name in EXACT} == {"pass"}


def test_a_part_that_is_delivered_twice_counts_once(people: People) -> None:
    bank = make_bank(people, policy=policy_of(**EXACT))
    release = carried_out(bank, version_of(register_shards(*in_shards()), people))
    run = release.runs.get()
    kept = run.facts["counting"]
    for part in range(5):
        jobs.services.enqueue(suite_jobs.COUNT, key=f"{run.pk}:{part}", payload={"part": part})
    work_off()
    run.refresh_from_db()
    assert run.facts["counting"] == kept


def test_a_shard_that_cannot_be_counted_ends_the_suite_with_a_sentence(people: People) -> None:
    bank = make_bank(people, policy=policy_of(**EXACT))
    shards = in_shards()
    shards[2] = shards[2].with_columns(pl.lit(None, pl.Int64).alias("approved"))
    release = carried_out(bank, version_of(register_shards(*shards), people))
    run = release.runs.get()
    assert "empty values" in run.error
    assert check_of(release, "ratio").verdict == "error"
    parts = Job.objects.filter(kind=suite_jobs.COUNT)
    assert parts.get(key=suite_jobs.key_of_part(run, 2)).state == "done"
    assert not parts.filter(state__in=("queued", "leased")).exists(), "nobody counts in vain"


def test_parts_whose_jobs_are_lost_are_queued_again(people: People) -> None:
    bank = make_bank(people, policy=policy_of(**EXACT))
    release = make_release(bank, version=version_of(register_shards(*in_shards()), people))
    run = release.runs.get()
    suite.score(validation.begin_scoring(str(run.pk)), leased(run.pk))
    assert repairing.requeue_lost() == 0, "the shards are being counted"
    counting.count_part(str(run.pk), leased(f"{run.pk}:3"))
    Job.objects.filter(kind=suite_jobs.COUNT).delete()
    assert repairing.requeue_lost() == 1
    work_off()
    run.refresh_from_db()
    assert len(run.facts["counting"]["counts"]) == 5
    assert check_of(release, "ratio").verdict == "pass"
