"""A dry run of a policy over released versions: ``python benchmarks/dry_run.py [RELEASES]``.

The draft is the example's policy of trustworthy models. Every release has kept the evidence that
those of its checks give on 2,000 made-up applicants, in full; what cannot be measured on rows and
scores alone has none, and the dry run says so.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.scratch import ROOT, scratch

POLICY = ROOT / "examples" / "mortgage" / "trustworthy-model.yaml"
APPLICANTS = 2_000
WANTED = "wanted: under 60 s for 1,000 releases"


def main() -> int:
    releases = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    with scratch():
        from governance.policy import join
        from governance.services import policies

        source = POLICY.read_text()
        document = policies.read(source)
        kept = measured(join([("draft", document)])["checks"])
        size = sum(len(json.dumps(each["evidence"])) for each in kept)
        fill(releases, kept, document)
        seconds, result = tried(source)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    assert result["covered"] == releases, result["covered"]
    print("| releases | checks kept of each | kB of evidence of each | seconds | peak MiB |")
    print("| ---: | ---: | ---: | ---: | ---: |")
    print(f"| {releases:,} | {len(kept)} | {size / 1000:,.0f} | {seconds:.1f} | {peak:.0f} |")
    print(f"\n{WANTED}")
    return 0


def measured(asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What each check that needs only rows and scores finds, as it would be kept."""
    from governance.checks import catalog
    from governance.checks.base import CheckError

    kept = []
    with tempfile.TemporaryDirectory() as folder:
        given = applicants(Path(folder))
        for one in asked:
            check = catalog.all_checks()[one["check"]]
            if not check.needs <= {"scores"}:
                continue
            settled = check.settled(one["parameters"])
            try:
                found = check.measure(given, settled, 1)
            except CheckError:
                continue
            facts = {"check": check.id, "version": check.version, "parameters": settled}
            kept.append({"asked": one, "evidence": facts | found.to_json()})
    return kept


def applicants(folder: Path) -> Any:
    """Two thousand people of two races and sexes, and scores that know something."""
    import numpy as np
    import polars as pl

    from governance.checks.base import CheckInput

    rng = np.random.default_rng(1)
    merit = rng.normal(size=APPLICANTS)
    score = 1 / (1 + np.exp(-(merit + 0.8)))
    race = rng.choice(["white", "not white"], size=APPLICANTS, p=[0.7, 0.3])
    rows = {
        "race": race,
        "ethnicity": race,
        "sex": rng.choice(["female", "male"], size=APPLICANTS),
        "income": merit * 20 + 50,
        "approved": (merit + rng.normal(size=APPLICANTS) > -0.8).astype(int),
    }
    pl.DataFrame(rows).write_parquet(folder / "data.parquet")
    told = {"row": np.arange(APPLICANTS), "score": score, "prediction": (score > 0.5).astype("i1")}
    pl.DataFrame(told).write_ipc(folder / "scores.arrow")
    return CheckInput(
        data=folder / "data.parquet",
        label="approved",
        features=("income",),
        sensitive=("race", "ethnicity", "sex"),
        scores=folder / "scores.arrow",
    )


def fill(releases: int, kept: list[dict[str, Any]], document: dict[str, Any]) -> None:
    """``releases`` released versions, each of a model of its own, written without the services
    and so without the triggers that hold rows against the trail."""
    from django.db import connection, transaction

    from governance.models import Authorization, CheckRun, Release, ValidationRun
    from registry.models import ModelVersion, RegisteredModel

    tables = [
        model._meta.db_table
        for model in (
            Authorization,
            CheckRun,
            Release,
            ValidationRun,
            ModelVersion,
            RegisteredModel,
        )
    ]
    tables += [
        "accounts_user",
        "governance_usecase",
        "governance_purpose",
        "governance_requirementset",
    ]
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        with transaction.atomic():
            first = rows(releases, document)
            CheckRun.objects.bulk_create(check_run(first, one) for one in kept)
            cursor.execute(_COPY, [str(first), str(first)])
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("ANALYZE")


# Every other run keeps what the first one keeps.
_COPY = """
INSERT INTO governance_checkrun (id, run_id, key, check_id, check_version, parameters, threshold,
    state, verdict, sentence, judgement, evidence, evidence_digest, charts, error, attempt)
SELECT gen_random_uuid(), run.id, kept.key, kept.check_id, kept.check_version, kept.parameters,
    kept.threshold, kept.state, kept.verdict, kept.sentence, kept.judgement, kept.evidence,
    kept.evidence_digest, kept.charts, kept.error, kept.attempt
FROM governance_checkrun kept CROSS JOIN governance_validationrun run
WHERE kept.run_id = %s AND run.id <> %s
"""


def check_run(run: Any, one: dict[str, Any]) -> Any:
    from governance.models import CheckRun

    asked, evidence = one["asked"], one["evidence"]
    return CheckRun(
        run_id=run,
        key=asked["key"],
        check_id=asked["check"],
        check_version=evidence["version"],
        parameters=asked["parameters"],
        threshold=asked["threshold"],
        state="finished",
        evidence=evidence,
    )


def rows(releases: int, document: dict[str, Any]) -> Any:
    """Releases with their models, runs and authorizations; the key of the first run."""
    from django.utils import timezone

    from accounts.models import User
    from governance.models import Purpose, Release, RequirementSet, UseCase, ValidationRun
    from registry.models import Environment

    owner = User.objects.create(username="owner")
    use_case = UseCase.objects.create(slug="b", name="B", objective="b", owner=owner, tier=1)
    rules = RequirementSet.objects.create(digest=digest(0), document=document)
    made = Release.objects.bulk_create(
        Release(
            number=number,
            version=version,
            version_digest=version.digest,
            environment=place,
            purpose=purpose,
            use_case=use_case,
            tier=1,
            requirement_set=rules,
            state="released",
            closed_at=timezone.now(),
        )
        for place in [Environment.objects.get(name="production")]
        for purpose in [Purpose.objects.create(use_case=use_case, key="b", name="B")]
        for number, version in enumerate(versions(releases), 1)
    )
    runs = ValidationRun.objects.bulk_create(
        ValidationRun(id=uuid4(), release=one, revision=1, state="finished", seed=1) for one in made
    )
    authorize(made)
    return runs[0].pk


def digest(number: int) -> str:
    return f"{number:064x}"


def versions(count: int) -> list[Any]:
    """One version each of ``count`` models: one authorization runs of a model and purpose."""
    from django.utils import timezone

    from registry.models import ModelVersion, RegisteredModel

    models = RegisteredModel.objects.bulk_create(
        RegisteredModel(name=f"m{n}", use_case="b", last_number=1) for n in range(count)
    )
    return ModelVersion.objects.bulk_create(
        ModelVersion(
            model=model, number=1, state="sealed", digest=digest(n), sealed_at=timezone.now()
        )
        for n, model in enumerate(models, 1)
    )


def authorize(releases: list[Any]) -> None:
    from django.utils import timezone

    from governance.models import Authorization

    now = timezone.now()
    Authorization.objects.bulk_create(
        Authorization(
            digest=digest(one.number),
            release=one,
            model=one.version.model,
            version=one.version,
            version_digest=one.version_digest,
            environment=one.environment,
            purpose=one.purpose,
            document={},
            issued_at=now,
            expires_at=now + timedelta(days=365),
        )
        for one in releases
    )


def tried(source: str) -> tuple[float, dict[str, Any]]:
    """Seconds from the lease to the result, and the result."""
    from governance.services import dry_runs, policies
    from jobs import services as jobs
    from jobs.models import Job
    from lib.actor import SYSTEM

    run = dry_runs.ask(policies.draft(source=source, actor=SYSTEM), actor=SYSTEM)
    job = jobs.lease(Job.objects.get(key=str(run.pk)).pk)
    assert job is not None
    began = time.perf_counter()
    dry_runs.perform(job)
    took = time.perf_counter() - began
    run.refresh_from_db()
    return took, run.result


if __name__ == "__main__":
    sys.exit(main())
