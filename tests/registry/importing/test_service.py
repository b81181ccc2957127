"""Versions that come from elsewhere keep their numbers, and no number is used twice (G2)."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
from django.db import connections

from lib.actor import SYSTEM
from lib.errors import Conflict, Invalid, NotFound, Refused
from registry.models import ModelVersion, RegisteredModel
from registry.services.importing import Imported, import_versions
from registry.services.models import delete_model
from registry.services.unsealed import register_unsealed
from tests.registry.make import make_model, scoped_actor


@pytest.fixture
def model(db: None) -> RegisteredModel:
    return make_model("free", use_case="", governed=False)


def some(*numbers: int, **more: object) -> list[Imported]:
    return [Imported(number, f"s3://{number}", **more) for number in numbers]  # type: ignore[arg-type]


def bring(model: RegisteredModel, versions: list[Imported], reached: int) -> list[ModelVersion]:
    return import_versions(model, versions=versions, reached=reached, origin="x", actor=SYSTEM)


def states(model: RegisteredModel) -> dict[int, str]:
    rows = ModelVersion.objects.filter(model=model).order_by("number")
    return dict(rows.values_list("number", "state"))


def test_numbers_are_kept_and_the_next_one_follows(model: RegisteredModel) -> None:
    made = bring(model, some(2, 4), 5)
    assert [each.number for each in made] == [2, 4]
    assert register_unsealed(model, source="s3://6", actor=SYSTEM).number == 6
    gone, here = "deleted", "unsealed"
    assert states(model) == {1: gone, 2: here, 3: gone, 4: here, 5: gone, 6: here}


def test_no_number_is_given_twice(model: RegisteredModel) -> None:
    bring(model, some(1, 2), 2)
    for numbers, reached in (((2, 3), 3), ((1,), 1), ((), 1)):
        with pytest.raises(Conflict):
            bring(model, some(*numbers), reached)
    assert len(states(model)) == 2


@pytest.mark.parametrize(
    ("numbers", "reached"), [((2, 1), 2), ((1, 1), 2), ((1, 5), 3), ((1,), 101)]
)
def test_numbers_that_make_no_sense_are_refused(
    model: RegisteredModel, numbers: tuple[int, ...], reached: int
) -> None:
    with pytest.raises(Invalid):
        bring(model, some(*numbers), reached)
    assert states(model) == {}


def test_what_is_no_stage_or_no_tag_is_refused(model: RegisteredModel) -> None:
    for wrong in (some(1, stage="Retired"), some(1, tags={"k" * 251: "v"})):
        with pytest.raises(Invalid):
            bring(model, wrong, 1)


def test_a_governed_model_takes_no_production_from_elsewhere(db: None) -> None:
    model = make_model("credit", governed=True)
    with pytest.raises(Refused):
        bring(model, some(1, stage="Production"), 1)
    assert bring(model, some(1, stage="Archived"), 1)[0].stage == "Archived"


def test_a_change_is_never_earlier_than_the_making(model: RegisteredModel) -> None:
    made = datetime(2024, 5, 1, tzinfo=UTC)
    earlier = datetime(2020, 1, 1, tzinfo=UTC)
    row = bring(model, some(1, created_at=made, updated_at=earlier), 1)[0]
    row.refresh_from_db()
    assert (row.created_at, row.updated_at) == (made, made)


def test_it_takes_the_right_to_write_there(model: RegisteredModel) -> None:
    with pytest.raises(Refused):
        import_versions(
            model,
            versions=some(1),
            reached=1,
            origin="x",
            actor=scoped_actor("registry.write", scope=("use_case", "mortgage")),
        )


def test_a_deleted_model_takes_nothing(model: RegisteredModel) -> None:
    delete_model(model, actor=SYSTEM)
    with pytest.raises(NotFound):
        bring(model, some(1), 1)


@pytest.mark.clones
def test_rivals_leave_every_number_once(committed_db: str) -> None:
    """Two imports of the same numbers and a pipeline that registers, at the same moment."""
    model = make_model("free", use_case="", governed=False)
    barrier, outcomes = threading.Barrier(3), list[str]()

    def run(act: object) -> None:
        barrier.wait()
        try:
            for _ in range(5):
                act()  # type: ignore[operator]
            outcomes.append("done")
        except Conflict:
            outcomes.append("conflict")
        finally:
            connections.close_all()

    def import_next() -> None:
        last = RegisteredModel.objects.get(pk=model.pk).last_number
        bring(model, some(last + 1, last + 3), last + 3)

    def register() -> None:
        register_unsealed(model, source="s3://new", actor=SYSTEM)

    threads = [
        threading.Thread(target=run, args=(a,)) for a in (import_next, import_next, register)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = list(states(model))
    assert numbers == list(range(1, len(numbers) + 1))
    assert RegisteredModel.objects.get(pk=model.pk).last_number == len(numbers)
    assert "done" in outcomes
