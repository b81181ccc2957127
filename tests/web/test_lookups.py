"""A list answers its own filters and no other question about its rows."""

from __future__ import annotations

import pytest

from tests import cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address",
    [
        "/people/?password__startswith=pbkdf2",
        "/people/?username__regex=(",
        "/tokens/?secret_hash__startswith=a",
        "/releases/?id__regex=(",
        "/releases/?requested_at__year=99999",
        "/models/?id__regex=(",
    ],
)
def test_a_free_look_up_is_refused(people: cast.People, address: str) -> None:
    who = people.olga if address.startswith(("/people", "/tokens")) else people.rita
    answer = cast.api(who).get(address)
    assert answer.status_code in (302, 400)


@pytest.mark.parametrize(
    "address", ["/releases/?state__exact=blocked", "/use-cases/?tier__exact=1"]
)
def test_its_own_filters_work(people: cast.People, address: str) -> None:
    assert cast.api(people.rita).get(address).status_code == 200
