"""What is not there is not there, by whatever method it is asked for."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
@pytest.mark.parametrize(
    "address", ["/api/v1/nonsense", "/api/v1/releases/R-7/validation/cancellation"]
)
def test_an_api_address_that_is_none_is_404(method: str, address: str) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.generic(method.upper(), address, "{}", content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("address", ["/tlog/nonsense", "/tlog/tile/a%0Ab"])
def test_what_machines_read_of_the_log_has_no_pages_for_people(address: str) -> None:
    answer = Client().get(address)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_a_form_without_its_token_is_still_refused() -> None:
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "x"})
    assert answer.status_code in (400, 403, 409)
