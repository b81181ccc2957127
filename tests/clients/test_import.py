"""An import from MLflow's own server: 1,000 versions and what hangs on them come over, exactly."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from registry.importing.facts import ModelFacts, VersionFacts
from registry.importing.reading import peer
from registry.models import Alias, ModelVersion, RegisteredModel
from tests.clients.mlflow_server import call, running

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db,
    pytest.mark.xdist_group("mlflow-clients"),
    pytest.mark.timeout(900),
]
MANY = 1_000
GONE = {2, 3, 500}


def filled(url: str) -> None:
    """Two models: one with many versions, some of them deleted, and one with a name in quotes."""
    tags = [{"key": "team", "value": "risk"}, {"key": "empty", "value": ""}]
    call(
        url,
        "POST",
        "/registered-models/create",
        {"name": "credit", "tags": tags, "description": "Loans, süß"},
    )
    call(url, "POST", "/registered-models/create", {"name": "it's empty"})

    def version(number: int) -> None:
        body = {
            "name": "credit",
            "source": f"s3://bucket/{number}/model",
            "run_id": f"{number:032x}" if number % 7 == 0 else None,
            "run_link": f"https://runs/{number}",
            "description": f"The {number}th",
            "tags": [{"key": "n", "value": str(number)}],
        }
        call(url, "POST", "/model-versions/create", body)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(version, range(1, MANY + 1)))
    one: dict[str, Any] = {"name": "credit"}
    for number in sorted(GONE):
        call(url, "DELETE", "/model-versions/delete", one | {"version": str(number)})
    for alias, number in (("champion", 7), ("next", 999)):
        call(
            url,
            "POST",
            "/registered-models/alias",
            one | {"alias": alias, "version": str(number)},
        )
    for number, stage in ((7, "Production"), (9, "Staging"), (10, "Archived")):
        moved = {"version": str(number), "stage": stage, "archive_existing_versions": False}
        call(url, "POST", "/model-versions/transition-stage", one | moved)


def here(name: str) -> tuple[ModelFacts, list[VersionFacts]]:
    """What this registry holds, in the words of the other."""
    row = RegisteredModel.objects.get(name=name)
    pointing = Alias.objects.filter(model=row).values_list("name", "version__number")
    model = ModelFacts(
        row.name, row.description, row.tags, dict(pointing), row.created_at, row.updated_at
    )
    living = ModelVersion.objects.living().filter(model=row).order_by("number")
    return model, [
        VersionFacts(
            number=each.number,
            source=each.source,
            tracking_run=each.tracking_run,
            run_link=each.run_link,
            logged_model=each.logged_model,
            description=each.description,
            stage=each.stage,
            tags=each.tags,
            created_at=each.created_at,
            updated_at=each.updated_at,
        )
        for each in living
    ]


def test_a_thousand_versions_come_over_as_they_are(tmp_path: Path) -> None:
    with running(tmp_path) as url:
        filled(url)
        out = StringIO()
        call_command("import_mlflow", url, "--json", stdout=out)
        report = json.loads(out.getvalue())
        assert report["skipped"] == []
        assert report["totals"]["versions"] == MANY - len(GONE)
        assert report["totals"]["tombstones"] == len(GONE)
        there = peer(url)
        for model in there.models():
            assert here(model.name) == (model, list(there.versions(model.name)))
        again = StringIO()
        call_command("import_mlflow", url, "--json", stdout=again)
        totals = json.loads(again.getvalue())["totals"]
        assert (totals["versions"], totals["present"]) == (0, MANY - len(GONE))
    numbers = ModelVersion.objects.filter(model__name="credit").values_list("number", flat=True)
    assert sorted(numbers) == list(range(1, MANY + 1))
