"""G2: version numbers are contiguous under any concurrency and never reused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from lib.actor import SYSTEM
from lib.errors import Conflict
from registry import guards
from registry.models import DatasetVersion, ModelVersion, RegisteredModel
from registry.services import names, versions
from registry.services.models import delete_model
from registry.services.unsealed import register_unsealed
from tests.registry.make import (
    SIGNATURE,
    make_dataset_version,
    make_manifest,
    make_model,
    make_version,
)

WRITERS = 32


@pytest.mark.clones
def test_32_writers_get_contiguous_numbers(committed_db: str) -> None:
    model, manifest = make_model(), make_manifest()
    start = Barrier(WRITERS)

    def register(writer: int) -> int:
        try:
            start.wait(60)
            if writer % 8 == 0:  # some fail on the way: their numbers must not be lost
                with transaction.atomic():
                    make(model, manifest)
                    transaction.set_rollback(True)
                return 0
            return make(model, manifest).number
        finally:
            connection.close()

    with ThreadPoolExecutor(WRITERS) as pool:
        numbers = sorted(filter(None, pool.map(register, range(WRITERS))))
    assert numbers == list(range(1, WRITERS - WRITERS // 8 + 1))
    assert RegisteredModel.objects.get().last_number == len(numbers)
    assert ModelVersion.objects.count() == len(numbers)


def make(model: RegisteredModel, manifest: list[dict[str, object]]) -> ModelVersion:
    return make_version(model, manifest=manifest, signature=SIGNATURE)


@pytest.mark.clones
def test_dataset_versions_are_contiguous_too(committed_db: str) -> None:
    start = Barrier(8)

    def register(writer: int) -> int:
        try:
            start.wait(60)
            return make_dataset_version(rows=writer).number
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(register, range(8))) == list(range(1, 9))
    assert DatasetVersion.objects.count() == 8


@pytest.mark.django_db
def test_a_deleted_number_is_never_reused() -> None:
    guards.plug(may_delete=lambda version, actor: None)
    model = make_model()
    make_version(model)
    versions.delete_version(make_version(model), actor=SYSTEM, reason="wrong data")
    assert make_version(model).number == 3
    assert list(model.versions.order_by("number").values_list("number", "state")) == [
        (1, "sealed"),
        (2, "deleted"),
        (3, "sealed"),
    ]


@pytest.mark.clones
def test_who_takes_a_name_while_it_is_given_back_sees_its_numbers(committed_db: str) -> None:
    former, start, found = make_model("one", use_case="", governed=False), Barrier(2), list[int]()
    for _ in range(3):
        register_unsealed(former, source="s3://a", actor=SYSTEM)

    def delete() -> None:
        start.wait(30)
        delete_model(former, actor=SYSTEM)
        connection.close()

    def take() -> None:
        start.wait(30)
        for _ in range(200):
            try:
                found.append(make_model("one", use_case="", governed=False).last_number)
                break
            except Conflict:
                continue
        connection.close()

    rivals = [Thread(target=delete), Thread(target=take)]
    for each in rivals:
        each.start()
    for each in rivals:
        each.join(60)
    assert found == [3]
    assert names.reached("one") == 3
