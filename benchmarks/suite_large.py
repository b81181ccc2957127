"""A whole suite on 1,000,000 rows x 30 features of an XGBoost model, in one worker:
``DATA=... python benchmarks/suite_large.py [ROWS]``, on a running system.

Registers the data, the model and a policy with every check that can be asked of them, asks for a
release, and watches: seconds from the request to the last verdict, and the most memory that worker
and model held together (proportional set size, sampled twice a second).
"""

from __future__ import annotations

import io
import os
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
FEATURES = [f"f{number:02d}" for number in range(30)]
SENSITIVE = ["sex", "race"]
_OF_THE_BANK = ("accountability.", "privacy.declarations", "privacy.small_cells")
_OF_OTHERS = ("champion", "conditional", "adjusted", "counterfactual", "monotonicity")
WANTED_SECONDS, WANTED_GIB = 60.0, 2.0


def rows(n: int, seed: int) -> Any:
    import numpy as np
    import polars as pl

    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n, len(FEATURES)))
    label = (values @ np.linspace(0.5, -0.5, len(FEATURES)) + rng.normal(size=n) > 0).astype(int)
    columns: dict[str, Any] = {name: values[:, k] for k, name in enumerate(FEATURES)}
    columns["sex"] = np.where(rng.random(n) < 0.5, "woman", "man")
    columns["race"] = rng.choice(["a", "b", "c", "d"], size=n, p=[0.5, 0.3, 0.15, 0.05])
    return pl.DataFrame(columns | {"approved": label})


def model_of(training: Any) -> bytes:
    import xgboost

    matrix = training.select(FEATURES).to_numpy()
    found = xgboost.XGBClassifier(n_estimators=200, max_depth=6, n_jobs=2)
    booster = found.fit(matrix, training["approved"].to_numpy()).get_booster()
    booster.feature_names = FEATURES
    return bytes(booster.save_raw("json"))


def policy_of(label: str, names: list[str]) -> str:
    from governance.checks import catalog

    known = catalog.all_checks()
    by = {name: ", parameters: {attribute: race}" for name in names
          if "attribute" in known[name].parameters}  # fmt: skip
    checks = "\n".join(
        f"  - {{check: {name}, threshold: {{recorded: true}}{by.get(name, '')}}}" for name in names
    )
    return (
        f"policy: {label}\ntitle: A large suite\n"
        f"applies: {{tiers: [1], environments: [staging], purposes: [{label}]}}\n"
        f"checks:\n{checks}\ndecisions:\n  - {{role: officer, title: Officer}}\n"
        "authorization: {valid_days: 30}\n"
    )


def asked() -> list[str]:
    """Binary checks that need nothing declared by hand."""
    from governance.checks import catalog

    left_out = (*_OF_THE_BANK, "classes", "regression", "ranking")
    names = [name for name in catalog.all_checks() if not name.startswith(_OF_THE_BANK)]
    return [name for name in names if not any(part in name for part in (*left_out, *_OF_OTHERS))]


def registered(n: int, label: str) -> Any:
    """The version. Data and model are new each time, so that nothing measured before stands."""
    from governance.services import policies, use_cases
    from lib.actor import SYSTEM, Actor
    from registry.services import artifacts, datasets, models, versions

    def table(name: str, frame: Any) -> dict[str, Any]:
        buffer = io.BytesIO()
        frame.write_parquet(buffer)
        blob = artifacts.keep(buffer.getvalue(), actor=SYSTEM)
        schema = [{"name": one, "type": "double"} for one in FEATURES]
        schema += [{"name": one, "type": "string"} for one in SENSITIVE]
        kept = datasets.register_dataset_version(
            name,
            manifest=[{"path": "rows.parquet", "digest": blob.digest, "size": blob.size}],
            schema=[*schema, {"name": "approved", "type": "integer"}],
            roles={"label": "approved", "features": FEATURES, "sensitive": SENSITIVE},
            rows=frame.height,
            actor=SYSTEM,
        )
        return {"name": name, "number": kept.number}

    use_cases.create_use_case(
        slug=label, name="Large", objective="Measure", business_unit="bench", owner="ada",
        tier=1, purposes=[{"key": label, "name": "Bench"}], actor=SYSTEM,
    )  # fmt: skip
    drafter = Actor(kind="system", id="bench", name="Benchmark")
    drafted = policies.draft(source=policy_of(label, asked()), actor=drafter)
    policies.publish(drafted, actor=SYSTEM)
    seed = int(label.rpartition("-")[2])
    training = rows(n // 5, seed + 1)
    uses = [
        table(f"{label}-validation", rows(n, seed)) | {"role": "validation"},
        table(f"{label}-training", training) | {"role": "training"},
    ]
    blob = artifacts.keep(model_of(training), actor=SYSTEM)
    return versions.register_version(
        models.register_model(name=label, use_case=label, actor=SYSTEM),
        manifest=[{"path": "model.json", "digest": blob.digest, "size": blob.size}],
        format="xgboost-json",
        signature={
            "inputs": [{"name": one, "type": "double"} for one in FEATURES],
            "decision_threshold": 0.5,
        },
        datasets=uses,
        actor=SYSTEM,
    )


def held(data: str) -> float:
    """GiB of every process of the worker, and of the model's."""
    import psutil

    total = 0.0
    for process in psutil.process_iter(["cmdline", "environ"]):
        words = " ".join(process.info["cmdline"] or [])
        if " worker " not in f"{words} " and "scoring/child.py" not in words:
            continue
        try:
            at = (process.info["environ"] or {}).get("DATA", "")
            if "scoring/child.py" in words or at == data:
                total += process.memory_full_info().pss
        except psutil.Error:
            continue
    return total / 1024**3


def main() -> int:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    import django

    django.setup()
    from governance.services import releases
    from lib.actor import SYSTEM

    label = f"large-{int(time.time())}"
    release = releases.request_release(
        registered(n, label), environment="staging", purpose=label, reason="bench", actor=SYSTEM
    )
    run, most = release.runs.get(), 0.0
    while run.finished_at is None:
        most = max(most, held(os.environ["DATA"]))
        time.sleep(0.5)
        run.refresh_from_db()
    took = (run.finished_at - run.requested_at).total_seconds()
    checks = list(run.checks.all())
    broke = [check for check in checks if check.state != "finished"]
    print("| rows | features | checks | request to verdicts, s | most memory, GiB |")
    print("| ---: | ---: | ---: | ---: | ---: |")
    print(f"| {n:,} | {len(FEATURES)} | {len(checks)} | {took:.1f} | {most:.2f} |")
    print(f"\nWanted at most {WANTED_SECONDS:g} s and {WANTED_GIB:g} GiB. Longest:\n")
    timed = [(c.finished_at - c.started_at, c.check_id) for c in checks if c.started_at]
    for seconds, name in sorted(timed, reverse=True)[:8]:
        print(f"- {name} {seconds.total_seconds():.1f} s")
    for check in broke:
        print(f"- {check.check_id} has no figures: {check.error}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
