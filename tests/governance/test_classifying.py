"""Model or not, and the class under the EU AI Act: a prohibited use is authorized by nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from governance.models import Authorization, Classification, Release
from governance.services import classifying
from governance.services.verdicts import verdict
from lib.actor import SYSTEM
from lib.errors import Conflict, Invalid, Refused
from tests.by_hand import by_hand
from tests.governance.make import Bank, make_release, make_released, make_reviewable, sign

pytestmark = pytest.mark.django_db
WHY = "It decides on credit for people."
BANNED = {"eu_class": "prohibited", "articles": "Art. 5(1)(c)"}


def classify(bank: Bank, **fields: Any) -> Classification:
    fields = {"rationale": WHY, "actor": bank.people.rita.actor} | fields
    return classifying.classify(bank.use_case, **fields)


def determine(bank: Bank, is_model: bool, **fields: Any) -> Any:
    fields = {"rationale": WHY, "actor": bank.people.rita.actor} | fields
    return classifying.determine(bank.use_case, is_model=is_model, **fields)


@pytest.mark.parametrize(
    ("preset", "articles"),
    [
        ("credit_scoring", "Art. 6(2), Annex III 5(b)"),
        ("insurance_pricing", "Art. 6(2), Annex III 5(c)"),
        ("recruitment", "Art. 6(2), Annex III 4(a)"),
    ],
)
def test_a_preset_brings_class_and_articles(bank: Bank, preset: str, articles: str) -> None:
    made = classify(bank, preset=preset)
    assert (made.eu_class, made.articles) == ("high", articles)
    assert made.assessed_by == bank.people.rita


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"preset": "astrology"}, "preset"),
        ({"preset": "recruitment", "eu_class": "high"}, "preset"),
        ({"eu_class": "harmless", "articles": "Art. 6"}, "eu_class"),
        ({"eu_class": "minimal"}, "articles"),
        ({"preset": "recruitment", "rationale": "so"}, "rationale"),
    ],
)
def test_what_is_missing_is_named(bank: Bank, fields: dict[str, str], wrong: str) -> None:
    with pytest.raises(Invalid) as caught:
        classify(bank, **fields)
    assert list(caught.value.errors) == [wrong]


def test_an_owner_makes_the_class_stricter_and_never_milder(bank: Bank) -> None:
    ada = bank.people.ada.actor
    classify(bank, eu_class="minimal", articles="no Annex III use", actor=ada)
    classify(bank, preset="credit_scoring", actor=ada)
    with pytest.raises(Refused, match="owns neither"):
        classify(bank, eu_class="minimal", articles="no Annex III use", actor=ada)
    assert classify(bank, eu_class="minimal", articles="no Annex III use").eu_class == "minimal"


def test_people_classify_and_machines_do_not(bank: Bank) -> None:
    with pytest.raises(Refused, match="machine"):
        classify(bank, preset="recruitment", actor=SYSTEM)
    with pytest.raises(Refused, match="machine"):
        determine(bank, True, actor=SYSTEM)


def test_nothing_is_asked_for_a_prohibited_use(bank: Bank) -> None:
    classify(bank, **BANNED)
    with pytest.raises(Conflict, match="prohibited use"):
        make_release(bank)


def test_what_was_open_is_withdrawn_and_what_ran_is_revoked(bank: Bank) -> None:
    released, waiting = make_released(bank), make_reviewable(bank)
    classify(bank, **BANNED)
    assert Release.objects.get(pk=waiting.pk).state == "withdrawn"
    answer = verdict(digest=released.version_digest, environment="production", purpose="decide")
    assert (answer.allow, answer.code) == (False, "revoked")


def raw_class(bank: Bank) -> None:
    """As a hand in the shell would."""
    with by_hand():
        Classification.objects.create(
            use_case=bank.use_case,
            assessed_by=bank.people.rita,
            assessed_at=timezone.now(),
            **BANNED,
        )


def commit_raw_class(bank: Bank) -> None:
    raw_class(bank)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS governance_refuse_running IMMEDIATE")


def test_the_last_signature_is_refused_when_the_use_is_prohibited_meanwhile(bank: Bank) -> None:
    release = make_reviewable(bank)
    sign(release, bank.people.ravi, "validator")
    raw_class(bank)
    with pytest.raises(Conflict, match="prohibited use"):
        sign(release, bank.people.rita, "officer")


def test_the_database_refuses_to_authorize_a_prohibited_use(bank: Bank) -> None:
    former = Authorization.objects.get(release=make_released(bank))
    classify(bank, **BANNED)
    former.pk, former.digest, former.state, former._state.adding = None, "f" * 64, "active", True
    with pytest.raises(IntegrityError, match="authorized by nothing"), transaction.atomic():
        former.save(force_insert=True)


def test_the_database_refuses_to_prohibit_what_still_runs(bank: Bank) -> None:
    make_released(bank)
    with pytest.raises(IntegrityError, match="prohibited"), transaction.atomic():
        commit_raw_class(bank)


def test_the_newest_determination_holds_and_an_owner_does_not_take_it_back(bank: Bank) -> None:
    ada = bank.people.ada.actor
    determine(bank, True, actor=ada)
    with pytest.raises(Refused, match="owns neither"):
        determine(bank, False, actor=ada)
    determine(bank, False)
    newest = bank.use_case.determinations.first()
    assert newest is not None
    assert (newest.is_model, newest.determined_by) == (False, bank.people.rita)
