"""The command finds what a release of the same files finds at the server, to the bit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import train
from applications import ABOUT
from export import POLICIES as NAMES
from export import export

from governance.cli import check
from governance.models import Release
from lib.canonical import canonical_json, digest_of
from registry import artifacts
from registry.models import RegisteredModel
from tests.cast import People
from tests.governance.make import ROBOT, make_bank, publish
from tests.governance.make_suites import carried_out
from tests.registry.make import make_artifact, make_dataset_version, make_version

pytestmark = pytest.mark.django_db

EXAMPLE = Path(train.__file__).parent
POLICIES = [EXAMPLE / name for name in NAMES]
TIMED = {"robustness.latency", "security.behaviour"}  # what they measure is time and memory


def at_the_server(people: People, trained: train.Trained, folder: Path) -> Release:
    """A release of the exported files, worked off in this process."""
    first, *others = [path.read_text() for path in POLICIES]
    bank = make_bank(people, policy=first)
    for source in others:
        publish(source)
    uses = []
    for role in ("training", "validation"):
        kept = make_dataset_version(
            f"applications-{role}",
            manifest=[entry(folder / role / "applications.parquet")],
            schema=[column.schema() for column in (*ABOUT, *trained.features)],
            roles=train.roles(trained),
        )
        uses.append({"name": kept.dataset.name, "number": kept.number, "role": role})
    version = make_version(
        RegisteredModel.objects.get(name="credit"),
        manifest=[entry(path) for path in (folder / "model").iterdir()],
        signature=train.signature(trained),
        developer=people.dev,
        actor=ROBOT,
        datasets=uses,
    )
    return carried_out(bank, version)


def by_the_command(description: Path) -> dict[str, Any]:
    out = description.with_name("out.json")
    assert check.main(["--describe", str(description), "--json", str(out)]) == 0
    found: dict[str, Any] = json.loads(out.read_text())
    return found


def entry(path: Path) -> dict[str, Any]:
    blob = make_artifact(path.read_bytes())
    return {"path": path.name, "digest": blob.digest, "size": blob.size}


def test_every_measurement_of_the_example_is_the_same(people: People, tmp_path: Path):
    trained = train.train("mitigated")
    description = export(trained, tmp_path)
    release = at_the_server(people, trained, tmp_path)
    here = by_the_command(description)
    run = release.runs.get()
    assert here["model"]["digest"] == release.version.digest
    assert here["seed"] == run.seed
    there = {check.key: check for check in run.checks.all()}
    found = {one["key"]: one for one in here["checks"]}
    assert set(there) == set(found) | {one["key"] for one in here["not_run"]}
    assert {one["component"] for one in here["not_run"]} == {"accountability", "privacy"}
    assert len(found) > 40
    for key, row in there.items():
        assert digest_of(row.evidence) == row.evidence_digest, key
    for key, one in found.items():
        assert one["verdict"] == there[key].verdict, key
        if one["check"] not in TIMED:
            with artifacts.store().path(there[key].evidence_digest) as kept:
                assert canonical_json(one["evidence"]) == kept.read_bytes(), key
            assert one["evidence_digest"] == there[key].evidence_digest, key
            assert one["judgement"] == there[key].judgement, key
            assert one["sentence"] == there[key].sentence, key
