"""The command finds what a release of the same files finds at the server, to the bit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import train
from applications import ABOUT
from documents import requirements
from registering import to_parquet

from governance.cli import check
from governance.models import Release
from lib.canonical import canonical_json
from registry import artifacts
from registry.models import RegisteredModel
from tests.cast import People
from tests.governance.make import ROBOT, make_bank, publish
from tests.governance.make_suites import carried_out
from tests.registry.make import make_artifact, make_dataset_version, make_version

pytestmark = pytest.mark.django_db

EXAMPLE = Path(train.__file__).parent
POLICIES = [EXAMPLE / name for name in ("credit-decision.yaml", "trustworthy-model.yaml")]
TIMED = {"robustness.latency", "security.behaviour"}  # what they measure is time and memory


class Files:
    """What the example registers, on disk as well."""

    def __init__(self, folder: Path) -> None:
        self.trained = train.train("mitigated")
        self.folder = folder
        columns = [*ABOUT, *self.trained.features]
        self.schema = [column.schema() for column in columns]
        names = [column.name for column in columns]
        self.tables = {
            role: to_parquet(getattr(self.trained.data, role)[names])
            for role in ("training", "validation")
        }
        self.model = {
            "model.onnx": train.to_bytes(self.trained),
            "requirements.txt": requirements().encode(),
        }

    def at_the_server(self, people: People) -> Release:
        first, *others = [path.read_text() for path in POLICIES]
        bank = make_bank(people, policy=first)
        for source in others:
            publish(source)
        uses = []
        for role, content in self.tables.items():
            kept = make_dataset_version(
                f"applications-{role}",
                manifest=[entry("applications.parquet", content)],
                schema=self.schema,
                roles=train.roles(self.trained),
            )
            uses.append({"name": kept.dataset.name, "number": kept.number, "role": role})
        version = make_version(
            RegisteredModel.objects.get(name="credit"),
            manifest=[entry(name, content) for name, content in self.model.items()],
            signature=train.signature(self.trained),
            developer=people.dev,
            actor=ROBOT,
            datasets=uses,
        )
        return carried_out(bank, version)

    def by_the_command(self) -> dict[str, Any]:
        for name, content in self.model.items():
            place(self.folder / "model" / name, content)
        for role, content in self.tables.items():
            place(self.folder / role / "applications.parquet", content)
        roles = train.roles(self.trained)
        described = {
            "policy": list(map(str, POLICIES)),
            "model": "model",
            "data": "validation/applications.parquet",
            "training": "training/applications.parquet",
            "columns": self.schema,
            "threshold": self.trained.threshold,
            **roles,
        }
        place(self.folder / "check.json", json.dumps(described).encode())
        out = self.folder / "out.json"
        check.main(["--describe", str(self.folder / "check.json"), "--json", str(out)])
        found: dict[str, Any] = json.loads(out.read_text())
        return found


def entry(path: str, content: bytes) -> dict[str, Any]:
    blob = make_artifact(content)
    return {"path": path, "digest": blob.digest, "size": blob.size}


def place(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def test_every_measurement_of_the_example_is_the_same(people: People, tmp_path: Path):
    files = Files(tmp_path)
    release = files.at_the_server(people)
    here = files.by_the_command()
    run = release.runs.get()
    assert here["model"]["digest"] == release.version.digest
    assert here["seed"] == run.seed
    there = {check.key: check for check in run.checks.all()}
    found = {one["key"]: one for one in here["checks"]}
    assert set(there) == set(found) | {one["key"] for one in here["not_run"]}
    assert {one["component"] for one in here["not_run"]} == {"accountability", "privacy"}
    assert len(found) > 40
    for key, one in found.items():
        assert one["verdict"] == there[key].verdict, key
        if one["check"] not in TIMED:
            with artifacts.store().path(there[key].evidence_digest) as kept:
                assert canonical_json(one["evidence"]) == kept.read_bytes(), key
            assert one["evidence_digest"] == there[key].evidence_digest, key
            assert one["judgement"] == there[key].judgement, key
            assert one["sentence"] == there[key].sentence, key
