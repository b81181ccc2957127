"""Model or not, and the class under the EU AI Act, on one page with two forms."""

from __future__ import annotations

import pytest

from governance.models import Classification, Determination, UseCase
from tests.governance.make import Bank, make_released
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db
ADDRESS = "/use-cases/mortgage/law/"
WHY = "It decides on credit for people."


def test_it_is_determined_with_a_rationale(bank: Bank) -> None:
    ada = signed_in(bank.people.ada)
    form = {"act": "determine", "is_model": "yes", "model_rationale": WHY}
    done = ada.post(ADDRESS, form, follow=True).content.decode()
    assert "is on record as a model" in done
    assert WHY in done
    assert Determination.objects.get().is_model


def test_the_owner_does_not_determine_that_it_is_none_after_all(bank: Bank) -> None:
    form = {"act": "determine", "is_model": "yes", "model_rationale": WHY}
    signed_in(bank.people.ada).post(ADDRESS, form)
    refused = signed_in(bank.people.ada).post(ADDRESS, form | {"is_model": "no"})
    assert refused.status_code == 403
    assert "would make the treatment of Mortgage lending lighter" in refused.content.decode()
    assert WHY in refused.content.decode()
    assert signed_in(bank.people.rita).post(ADDRESS, form | {"is_model": "no"}).status_code == 302


def test_a_preset_brings_its_class_and_articles(bank: Bank) -> None:
    form = {"act": "classify", "preset": "credit_scoring", "rationale": WHY}
    shown = signed_in(bank.people.rita).post(ADDRESS, form, follow=True).content.decode()
    assert "is on record as high (Art. 6(2), Annex III 5(b))." in shown
    assert 'value="credit_scoring" checked' in shown


def test_another_use_is_classified_by_its_own_path(bank: Bank) -> None:
    form = {"act": "classify", "preset": "other", "eu_class": "transparency", "articles": "Art. 50"}
    signed_in(bank.people.rita).post(ADDRESS, form | {"rationale": WHY})
    assert Classification.objects.get().articles == "Art. 50"
    shown = signed_in(bank.people.otto).get(ADDRESS).content.decode()
    assert 'value="other" checked' in shown
    assert '<option value="transparency" selected>' in shown


def test_what_was_authorized_for_a_prohibited_use_is_gone(bank: Bank) -> None:
    release = make_released(bank)
    form = {"act": "classify", "preset": "other", "eu_class": "prohibited", "articles": "Art. 5(1)"}
    signed_in(bank.people.rita).post(ADDRESS, form | {"rationale": WHY})
    assert release.authorization.state == "revoked"
    shown = signed_in(bank.people.otto).get("/use-cases/mortgage/").content.decode()
    assert '<b class="late">prohibited</b>' in shown


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"act": "determine", "model_rationale": WHY}, "Choose one of the two"),
        ({"act": "determine", "is_model": "yes", "model_rationale": "so"}, "At least 10"),
        ({"act": "classify", "rationale": WHY}, "Choose one"),
        ({"act": "classify", "preset": "recruitment", "rationale": ""}, "At least 10"),
        ({"act": "classify", "preset": "astrology", "rationale": WHY}, "There is no such preset"),
        ({"act": "classify", "preset": "other", "rationale": WHY}, "The path of articles"),
        ({"act": "classify", "preset": "other", "rationale": "x" * 5001}, "at most 5,000"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    bank: Bank, form: dict[str, str], told: str
) -> None:
    answer = signed_in(bank.people.rita).post(ADDRESS, form)
    assert answer.status_code == 400
    assert told in answer.content.decode()
    assert not Classification.objects.exists()


def test_an_act_that_there_is_not_is_a_400(bank: Bank) -> None:
    assert signed_in(bank.people.rita).post(ADDRESS, {"act": "bless"}).status_code == 400


def test_who_may_only_read_is_told(bank: Bank) -> None:
    assert "not change it" in signed_in(bank.people.otto).get(ADDRESS).content.decode()
    form = {"act": "determine", "is_model": "yes", "model_rationale": WHY}
    assert signed_in(bank.people.elena).post(ADDRESS, form).status_code == 403


def test_a_role_for_another_unit_does_not_reach_it(bank: Bank) -> None:
    from accounts.models import User
    from accounts.services.people import assign_role
    from lib.actor import SYSTEM
    from tests import cast

    erin = cast.person("erin")
    assign_role(erin, role="owner", actor=SYSTEM, scope=("business_unit", "cards"))
    assign_role(erin, role="executive", actor=SYSTEM)
    client = signed_in(User.objects.get(pk=erin.pk))
    form = {"act": "determine", "is_model": "yes", "model_rationale": WHY}
    assert client.get(ADDRESS).status_code == 200
    assert client.post(ADDRESS, form).status_code == 403
    assert (
        client.post(
            "/use-cases/mortgage/description/", {"act": "describe", "objective": "x"}
        ).status_code
        == 403
    )
    assert UseCase.objects.get(slug="mortgage").objective == "Decide quickly and fairly"
