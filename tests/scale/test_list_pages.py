"""The bench of list pages asks for each of them, and each shows a made-up house."""

from __future__ import annotations

import pytest

from accounts.models import User
from benchmarks import list_pages_asked
from config.site import LISTS, PAGES
from tests.cast import People
from tests.scale.test_make_scale import make_scale
from tests.web.conftest import signed_in

FORMS = {
    "/findings/new/",
    "/use-case-editor/",
    "/methodology-editor/",
    "/methodology-editor/proof/",
    "/policy-editor/",
    "/policy-editor/proof/",
    "/audit/exports/progress/",
}


def test_every_page_that_needs_no_name_is_in_the_table() -> None:
    asked = {
        (path + query).partition("?")[0]
        for _, path, given in list_pages_asked.PAGES
        for query in given
        if query != list_pages_asked.DEEP
    }
    there = {f"/{page.path}" for page in PAGES if "<" not in page.path}
    there |= {f"/{listing.address}/" for _, listing in LISTS}
    assert there - FORMS <= asked
    assert not FORMS & asked


@pytest.mark.django_db
def test_every_page_shows_a_made_up_house(people: People) -> None:
    make_scale(people=20, use_cases=20)
    who = {
        "officer": people.rita,
        "auditor": people.otto,
        "operator": people.olga,
        list_pages_asked.OWNER: User.objects.get(username=list_pages_asked.OWNER),
    }
    for names, path, _ in list_pages_asked.PAGES:
        for name in names:
            assert signed_in(who[name]).get(path).status_code == 200, (name, path)
