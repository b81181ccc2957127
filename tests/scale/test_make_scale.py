"""A made-up house: as large as asked for, told apart from a real one, never beside one."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Count, F, Max

from accounts.models import User
from audit.services.reconciling import UNTOLD, reconcile
from governance.models import Authorization, Finding, Notice, Release, UseCase
from governance.models.authorizations import RUNNING_STATES
from registry.models import Alias, ModelVersion, RegisteredModel
from tests.registry.make import make_model

pytestmark = pytest.mark.django_db
SIZES = {"models": 30, "versions": 700, "tags": 2_000, "people": 4, "use_cases": 6}


def make_scale(**sizes: int) -> str:
    out = StringIO()
    call_command("make_scale", stdout=out, **(SIZES | sizes))
    return out.getvalue()


def triggers() -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname, tgenabled::text FROM pg_trigger "
            "WHERE NOT tgisinternal ORDER BY 1, 2"
        )
        return list(cursor.fetchall())


def test_there_are_as_many_as_were_asked_for() -> None:
    make_scale()
    made = RegisteredModel.objects
    assert (made.count(), ModelVersion.objects.count(), UseCase.objects.count()) == (30, 700, 6)
    assert User.objects.filter(username__startswith="made-up").count() == 4
    tags = sum(len(row) for row in made.values_list("tags", flat=True))
    tags += sum(len(row) for row in ModelVersion.objects.values_list("tags", flat=True))
    assert tags == 2_000
    assert set(UseCase.objects.values_list("tier", flat=True)) == {1, 2, 3}
    states = set(ModelVersion.objects.values_list("state", flat=True))
    assert states == {"sealed", "unsealed", "deleted"}


def test_numbers_are_contiguous_in_each_model() -> None:
    make_scale(deepest=50)
    rows = RegisteredModel.objects.annotate(count=Count("versions"), top=Max("versions__number"))
    assert not rows.exclude(count=F("top")).exists()
    assert not rows.exclude(last_number=F("top")).exists()
    assert rows.order_by("-last_number").values_list("last_number", flat=True)[0] == 74


def test_every_model_has_a_champion_that_is_sealed() -> None:
    make_scale()
    champions = Alias.objects.filter(name="champion")
    assert champions.values("model").distinct().count() == champions.count() == 30
    assert not champions.exclude(version__state="sealed").exists()
    assert not champions.exclude(version__model=F("model")).exists()


def test_what_is_governed_goes_with_the_models() -> None:
    make_scale()
    newest = Authorization.objects.filter(state__in=RUNNING_STATES)
    assert newest.values("model").distinct().count() == newest.count() == 30
    assert not Authorization.objects.exclude(version__model=F("model")).exists()
    assert not Authorization.objects.exclude(release__version=F("version")).exists()
    assert not Release.objects.exclude(version__model__use_case=F("use_case__slug")).exists()
    assert Release.objects.filter(closed_at=None).count() == 15
    assert Finding.objects.exclude(state="closed").count() == 6
    assert Notice.objects.filter(seen_at=None).exists()


def test_too_few_versions_leave_nothing_to_decide_about() -> None:
    make_scale(versions=90, tags=200)
    assert not Authorization.objects.exists()


def test_new_rows_find_their_keys_free_afterwards() -> None:
    make_scale()
    assert make_model("real-one", use_case="").pk > RegisteredModel.objects.first().pk  # type: ignore[union-attr]


def test_every_guard_stands_as_it_stood_before() -> None:
    before = triggers()
    make_scale()
    assert triggers() == before


def test_no_entry_tells_of_them_and_reconciling_says_so() -> None:
    assert "reconcile" in make_scale()
    found = list(reconcile(table="registry_registeredmodel"))
    assert sum(each.what == UNTOLD for each in found) == 29


def test_nothing_is_made_up_beside_a_real_model() -> None:
    make_model("credit", use_case="")
    with pytest.raises(CommandError, match="models in this database"):
        make_scale()
    assert RegisteredModel.objects.count() == 1


def test_nothing_is_made_up_in_production(settings: Any) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="development"):
        make_scale()


@pytest.mark.parametrize("sizes", [{"models": 0}, {"tags": 10_000}, {"people": 1}])
def test_sizes_that_cannot_be_are_refused(sizes: dict[str, int]) -> None:
    with pytest.raises(CommandError):
        make_scale(**sizes)
    assert not RegisteredModel.objects.exists()
