"""``manage.py import_mlflow``: everything comes over, nothing twice, and what does not is said."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from audit.models import Entry
from audit.services.reconciling import reconcile
from lib.actor import SYSTEM
from registry.importing import copying
from registry.models import Alias, ModelVersion, RegisteredModel
from registry.services import aliases, importing
from registry.services.models import delete_model
from registry.services.versions import delete_version
from tests import cast
from tests.registry.importing.conftest import Import
from tests.registry.importing.serving import API, MADE, Registry

pytestmark = pytest.mark.django_db


@pytest.fixture
def full(registry: Registry) -> Registry:
    """A registry as they are: tags, aliases, stages, texts, versions that were deleted."""
    registry.page = 3
    registry.model(
        "credit",
        [1, 4, 6],
        description="Loans",
        tags=[{"key": "team", "value": "risk"}, {"key": "empty"}],
        aliases=[{"alias": "champion", "version": "4"}, {"alias": "next", "version": "6"}],
    )
    registry.version(
        "credit",
        3,
        source="models:/m-abc",
        run_id="r" * 32,
        run_link="https://runs/3",
        model_id="m-abc",
        description="The third",
        current_stage="Production",
        tags=[{"key": "git", "value": "abc"}],
    )
    registry.model("empty")
    return registry


def rows(name: str = "credit") -> list[tuple[int, str, str]]:
    versions = ModelVersion.objects.filter(model__name=name).order_by("number")
    return list(versions.values_list("number", "state", "source"))


def test_a_registry_comes_over_whole(full: Registry, bring: Import) -> None:
    report = bring()
    assert report["skipped"] == []
    assert report["totals"]["versions"] == 4
    model = RegisteredModel.objects.get(name="credit")
    assert (model.description, model.tags) == ("Loans", {"team": "risk", "empty": ""})
    assert (model.governed, model.last_number) == (False, 6)
    assert rows() == [
        (1, "unsealed", "s3://bucket/credit/1"),
        (2, "deleted", ""),
        (3, "unsealed", "models:/m-abc"),
        (4, "unsealed", "s3://bucket/credit/4"),
        (5, "deleted", ""),
        (6, "unsealed", "s3://bucket/credit/6"),
    ]
    third = ModelVersion.objects.get(model=model, number=3)
    assert (third.tracking_run, third.run_link) == ("r" * 32, "https://runs/3")
    assert (third.logged_model, third.stage) == ("m-abc", "Production")
    assert (third.description, third.tags) == ("The third", {"git": "abc"})
    pointing = Alias.objects.filter(model=model).values_list("name", "version__number")
    assert dict(pointing) == {"champion": 4, "next": 6}
    assert RegisteredModel.objects.get(name="empty").last_number == 0


def test_moments_are_those_of_there(full: Registry, bring: Import) -> None:
    full.version("credit", 7, creation_timestamp=99_999_999_999_999)
    bring()
    model = RegisteredModel.objects.get(name="credit")
    first, _, last = (ModelVersion.objects.get(model=model, number=n) for n in (1, 2, 7))
    assert [_ms(model.created_at), _ms(model.updated_at)] == [MADE, MADE + 5]
    assert [_ms(first.created_at), _ms(first.updated_at)] == [MADE + 1, MADE + 1_001]
    assert _ms(RegisteredModel.objects.get(name="empty").created_at) == MADE
    told = Entry.objects.filter(action="model.import").latest("sequence", "id")
    assert last.created_at <= told.at, "nothing was made later than it came here"


def _ms(moment: Any) -> int:
    return round(moment.timestamp() * 1000)


def test_every_row_is_told_of_and_parts_share_an_entry(full: Registry, bring: Import) -> None:
    for number in range(7, 240):
        full.version("credit", number)
    bring("--models", "credit")
    for table in ("registeredmodel", "modelversion", "alias"):
        assert list(reconcile(table=f"registry_{table}")) == []
    told = Entry.objects.filter(action="model.import")
    assert told.count() == 3
    assert told.filter(subjects__contains=["model_version:credit/2"]).count() == 1
    assert Entry.objects.filter(subjects__contains=["model_version:credit/239"]).exists()


def test_a_second_run_does_what_is_missing(full: Registry, bring: Import) -> None:
    bring()
    full.version("credit", 9)
    full.model("late", [1])
    report = bring()
    assert report["totals"] == {
        "models": 3,
        "registered": 1,
        "versions": 2,
        "present": 4,
        "tombstones": 2,
        "aliases": 0,
        "sealed": 0,
        "files": 0,
    }
    assert report["skipped"] == []
    assert bring()["totals"]["versions"] == 0


def test_a_run_that_was_cut_off_goes_on(
    full: Registry, bring: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(7, 240):
        full.version("credit", number)
    write, calls = importing.import_versions, []

    def cut(*args: Any, **kwargs: Any) -> Any:
        calls.append(kwargs["reached"])
        if len(calls) == 2:
            raise KeyboardInterrupt
        return write(*args, **kwargs)

    monkeypatch.setattr(copying.importing, "import_versions", cut)
    with pytest.raises(KeyboardInterrupt):
        bring()
    assert RegisteredModel.objects.get(name="credit").last_number == 100
    bring()
    assert RegisteredModel.objects.get(name="credit").last_number == 239
    assert len(rows()) == 239
    assert Alias.objects.count() == 2


def test_a_trial_writes_nothing(full: Registry, bring: Import) -> None:
    before = Entry.objects.count()
    report = bring("--dry-run")
    assert report["dry_run"] is True
    assert report["totals"]["versions"] == 4
    assert report["totals"]["tombstones"] == 2
    assert not RegisteredModel.objects.exists()
    assert Entry.objects.count() == before


def test_only_what_is_named_comes(full: Registry, bring: Import) -> None:
    full.model("cards-eu", [1])
    bring("--models", "cards-*")
    assert list(RegisteredModel.objects.values_list("name", flat=True)) == ["cards-eu"]


def test_what_stands_in_the_way_is_said_and_the_rest_comes(full: Registry, bring: Import) -> None:
    bring()
    gone = ModelVersion.objects.get(model__name="credit", number=6)
    delete_version(gone, actor=SYSTEM)
    aliases.move_alias(
        ModelVersion.objects.get(model__name="credit", number=1), name="champion", actor=SYSTEM
    )
    full.model("a:b", [1])
    full.model("words", [1], tags=[{"key": "mlflow.prompt.is_prompt", "value": "true"}])
    full.model("odd", [1])
    full.versions["odd"][1]["version"] = "one"
    full.version("credit", 7)
    report = bring()
    assert report["totals"]["versions"] == 1
    skipped = {each["what"]: each["why"] for each in report["skipped"]}
    assert set(skipped) == {"credit v6", "credit@next", "credit@champion", "a:b", "words", "odd"}
    assert skipped["credit@champion"] == "here it points at version 1"
    assert skipped["words"] == "it is a prompt, and not a model"
    assert "no “:”" in skipped["a:b"]


def test_the_numbers_of_a_model_that_was_deleted_stay_used(full: Registry, bring: Import) -> None:
    bring("--models", "credit")
    delete_model(RegisteredModel.objects.get(), actor=SYSTEM)
    report = bring("--models", "credit")
    used = "its number is used up here, by a deleted version"
    whys = {each["what"]: each["why"] for each in report["skipped"]}
    assert {whys[f"credit v{number}"] for number in (1, 3, 4, 6)} == {used}
    full.version("credit", 7)
    assert bring("--models", "credit")["totals"]["versions"] == 1
    assert ModelVersion.objects.living().get().number == 7


def test_governed_models_take_no_claim_on_trust(full: Registry, bring: Import) -> None:
    report = bring("--governed", "--models", "credit")
    model = RegisteredModel.objects.get(name="credit")
    assert model.governed
    assert ModelVersion.objects.get(model=model, number=3).stage == "None"
    assert list(Alias.objects.values_list("name", flat=True)) == ["next"]
    assert {each["what"] for each in report["skipped"]} == {
        "credit v3, stage Production",
        "credit@champion",
    }


def test_it_is_done_in_the_name_of_whoever_is_said(full: Registry, bring: Import) -> None:
    ada = cast.person("ada", "owner")
    bring("--models", "empty", "--as", "ada")
    assert RegisteredModel.objects.get(name="empty").created_by == ada.pseudonym
    token, secret = cast.token("developer")
    bring("--models", "credit", "--as", secret)
    assert ModelVersion.objects.filter(created_by=token.actor.id).count() == 6
    with pytest.raises(CommandError, match="neither an active user"):
        bring("--as", "nobody")


def test_who_may_not_write_imports_nothing(full: Registry, bring: Import) -> None:
    cast.person("otto", "auditor")
    report = bring("--as", "otto")
    assert {each["what"] for each in report["skipped"]} == {"credit", "empty"}
    assert not RegisteredModel.objects.exists()


def test_a_server_that_stops_answering_ends_it_with_a_sentence(
    full: Registry, bring: Import
) -> None:
    full.broken[f"{API}/model-versions/search"] = (500, b"")
    with pytest.raises(CommandError, match="run it again"):
        bring()


def test_people_read_what_came_of_it(full: Registry, url: str) -> None:
    full.model("a:b")
    out = StringIO()
    call_command("import_mlflow", url, stdout=out)
    text = out.getvalue()
    assert "3 models looked at; registered 2 models, 4 versions and 2 aliases" in text
    assert "2 versions became tombstones" in text
    assert "1 thing did not come over:\n  a:b: The name of a model has" in text
