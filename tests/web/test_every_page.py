"""Each page as a stranger, as somebody without a role, and as every role."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.roles import SPECS
from accounts.services import webhooks
from config.site import LISTS, PAGES
from governance.models import Release
from governance.services import observations
from lib.actor import SYSTEM
from registry.models import DatasetVersion
from tests import cast
from tests.governance.make import Bank, make_released, make_reviewable
from tests.governance.make_explanations import make_finished
from tests.governance.make_findings import make_finding
from tests.governance.make_risk import make_methodology
from tests.governance.make_value import make_kpi
from tests.walk.promised_cases import TABLE
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def addresses(bank: Bank, settings: Any) -> dict[str, str]:
    """Every page with the address of something that is there, and the permission it takes."""
    from audit.models import Entry

    issued = make_released(bank).authorization
    release = make_reviewable(bank, Fairness="inconclusive")
    data = DatasetVersion.objects.select_related("dataset").first()
    assert data is not None
    explanation = make_finished(bank, version=release.version)
    make_methodology()
    make_kpi(bank)
    upload = observations.take_table(
        bank.use_case, data=TABLE, file_name="may.csv", keep="all", actor=SYSTEM
    )
    make_finding(bank)
    settings.WEBHOOK_PRIVATE_HOSTS = ["siem"]
    endpoint, _ = webhooks.create(name="SIEM", address="http://siem/", actor=SYSTEM)
    given = {
        "regime": "baseline",
        "key": "hours",
        "upload_id": str(upload.pk),
        "kind": "use-cases",
        "webhook_id": str(endpoint.pk),
        "explanation_id": str(explanation.pk),
        "release_id": str(release.pk),
        "slug": "mortgage",
        "name": "credit",
        "number": "1",
        "anchor": "fairness",
        "digest": issued.digest,
        "place": "0",
        "entry_id": str(Entry.objects.order_by("-id").values_list("pk", flat=True)[0]),
    }
    found = {}
    for page in PAGES:
        path = f"/{page.path}"
        if page.path.startswith("datasets/"):
            path = path.replace("<str:name>", data.dataset.name)
        if page.path.startswith("policies/"):
            path = path.replace("<str:slug>", "credit")
        if "explanation_id" in path:
            path = path.replace("<int:number>", str(explanation.version.number))
        for name, value in given.items():
            for kind in ("uuid", "str", "int", "slug"):
                path = path.replace(f"<{kind}:{name}>", value)
        assert "<" not in path, path
        found[path] = page.permission
    return found | {f"/{admin.address}/": admin.permission for _, admin in LISTS}


def test_a_stranger_is_sent_to_sign_in(addresses: dict[str, str]) -> None:
    for address in addresses:
        response = signed_in(None).get(address)
        assert response.status_code == 302, address
        assert response["Location"].startswith("/accounts/login/?next="), address


def test_mallory_sees_nothing_and_is_told_why(bank: Bank, addresses: dict[str, str]) -> None:
    client = signed_in(bank.people.mallory)
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 403, address
        assert "hold no role" in response.content.decode(), address


@pytest.mark.parametrize("role", [spec.key for spec in SPECS if spec.key != "ci"])
def test_each_role_gets_as_far_as_its_permissions(
    bank: Bank, addresses: dict[str, str], role: str
) -> None:
    user = User.objects.get(username=next(n for n, held in cast.ROLES.items() if held == role))
    client = signed_in(user)
    for address, permission in addresses.items():
        response = client.get(address)
        allowed = not permission or user.actor.may(permission)
        expected = (200, 202, 302) if allowed else (403,)
        assert response.status_code in expected, (address, response.status_code)


def test_every_page_carries_the_content_security_policy(
    bank: Bank, addresses: dict[str, str]
) -> None:
    client = signed_in(bank.people.rita)
    for address in addresses:
        response = client.get(address)
        policy = response["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy, address
        assert "unsafe-inline" not in policy.split("script-src")[1].split(";")[0], address
        body = response.content.decode(errors="replace")
        assert "<script>" not in body, address
        assert " onclick=" not in body, address
        assert "https://" not in body.replace("https://www.w3.org", ""), address


def test_no_page_is_kept_by_a_cache(bank: Bank, addresses: dict[str, str]) -> None:
    client = signed_in(bank.people.rita)
    for address in addresses:
        kept = client.get(address)["Cache-Control"]
        assert "no-store" in kept or kept == "private, no-cache", address


def test_there_is_no_form_to_add_change_or_delete(bank: Bank) -> None:
    release = Release.objects.first() or make_reviewable(bank)
    client = signed_in(bank.people.olga)
    for address in ("governance/release/add/", f"governance/release/{release.pk}/delete/"):
        assert client.get(f"/{address}").status_code == 404
    assert all(admin.actions is None for _, admin in LISTS)


@pytest.mark.parametrize("address", ["/accounts/login/", "/nothing/here/"])
def test_pages_for_strangers_look_like_the_product(db: None, address: str) -> None:
    body = Client(raise_request_exception=False).get(address).content.decode()
    assert "look/tokens.css" in body
    assert "Imprimatur" in body


def test_unscoped_lists_do_not_show_what_a_scoped_person_may_not_see(bank: Bank) -> None:
    from accounts.services.people import assign_role
    from lib.actor import SYSTEM

    release = make_reviewable(bank)
    elsewhere = cast.person("erin")
    assign_role(elsewhere, role="officer", actor=SYSTEM, scope=("business_unit", "cards"))
    client = signed_in(User.objects.get(pk=elsewhere.pk))
    assert release.label not in client.get("/releases/").content.decode()
    assert client.get(f"/releases/{release.pk}/").status_code == 404
    assert client.get("/models/credit/").status_code == 404
    assert client.get("/use-cases/mortgage/").status_code == 404


def test_the_foot_offers_the_trail_to_those_who_may_read_it(bank: Bank) -> None:
    link = '<a class="link" href="/audit/">audit trail</a>'
    for who, offered in ((bank.people.elena, False), (bank.people.otto, True)):
        assert (link in signed_in(who).get("/releases/").content.decode()) is offered
