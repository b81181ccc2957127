"""A2 through the front door: no form, page or address of the trail changes anything, whoever asks,
a superuser of Django's included."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts.models import User
from audit.models import Entry
from audit.urls import urlpatterns as api
from audit.web.urls import PAGES
from config.site import site
from tests import cast
from tests.audit.trail import integrate_all, make_entries

pytestmark = pytest.mark.django_db
TRAIL = tuple(apps.get_app_config("audit").get_models())
FORMS = ("add", "change", "delete", "history")
WRITES = ("post", "put", "patch", "delete")
REFUSED = (400, 403, 404, 405)


@pytest.fixture
def entry() -> Entry:
    entries = make_entries(2)
    integrate_all()
    return entries[0]


@pytest.fixture
def clients() -> list[Client]:
    """Django's superuser, and an operator."""
    root, olga = cast.person("root", "operator"), cast.person("olga", "operator")
    root.is_superuser = root.is_staff = True
    root.save(update_fields=["is_superuser", "is_staff"])
    signed_in = []
    for user in (root, olga):
        client = Client(raise_request_exception=True)
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        signed_in.append(client)
    return signed_in


def stored() -> list[object]:
    """What may not change, whatever is asked. Entries may be added: looking leaves a trace."""
    return [list(Entry.objects.order_by("id").values_list("id", "body")[:3])] + [
        list(model._default_manager.order_by("pk").values())
        for model in TRAIL
        if model._meta.model_name in ("leaf", "tile", "checkpoint", "logstate")
    ]


def test_no_table_of_the_trail_stands_in_the_admin() -> None:
    assert not set(TRAIL) & set(site._registry)


@pytest.mark.parametrize("model", [*TRAIL, *site._registry], ids=lambda model: model.__name__)
def test_the_admin_has_no_form_for(model: type[models.Model]) -> None:
    for form in FORMS:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{form}"
        for arguments in ([], ["1"]):
            with pytest.raises(NoReverseMatch):
                reverse(name, args=arguments)


def test_posting_to_where_forms_would_be_finds_nothing(entry: Entry, clients: list[Client]) -> None:
    before = stored()
    for client in clients:
        for model in TRAIL:
            folder = f"/{model._meta.app_label}/{model._meta.model_name}"
            for start in (folder, f"/admin{folder}", "/audit/entries"):
                for end in ("add", f"{entry.pk}/change", f"{entry.pk}/delete", f"{entry.pk}/edit"):
                    answer = client.post(f"{start}/{end}/", {"post": "yes", "action": "x"})
                    assert answer.status_code == 404, (start, end)
    assert stored() == before


def test_a_list_deletes_nothing_however_politely_it_is_asked(
    entry: Entry, clients: list[Client]
) -> None:
    before = stored()
    chosen = {"action": "delete_selected", "_selected_action": [str(entry.pk)], "post": "yes"}
    lists = [f"/{admin.address}/" for admin in site._registry.values()]  # type: ignore[attr-defined]
    for client in clients:
        for address in (*lists, "/audit/", f"/audit/entries/{entry.pk}/"):
            people = User.objects.count()
            client.post(address, chosen)
            assert User.objects.count() == people, address
    assert stored() == before


def test_a_page_shows_itself_and_nothing_else_by_whatever_method(
    entry: Entry, clients: list[Client]
) -> None:
    before = stored()
    for client in clients:
        for page in PAGES:
            here = f"/{page.path}".replace("<uuid:entry_id>", str(entry.pk))
            for method in WRITES:
                getattr(client, method)(here, {"body": "x"}, "application/json")
    assert stored() == before


def test_every_address_of_the_trail_is_for_reading(entry: Entry, clients: list[Client]) -> None:
    """But for cosignatures, which add; they have tests of their own."""
    before = stored()
    addresses = [f"/api/v1/audit/{route.pattern}" for route in api]
    addresses += ["/tlog/checkpoint", "/tlog/tile/0/000.p/1", "/tlog/tile/entries/000.p/1"]
    for client in clients:
        for address in addresses:
            for method in WRITES:
                here = address.replace("<uuid:entry_id>", str(entry.pk))
                if (here, method) == ("/api/v1/audit/cosignatures", "post"):
                    continue
                answer = getattr(client, method)(here, {"body": "x"}, "application/json")
                assert answer.status_code in REFUSED, (method, here, answer.status_code)
    assert stored() == before
