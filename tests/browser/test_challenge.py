"""A question, its answer, what came of it, an approval with a condition: by hand, in a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings

from governance.models import Release
from jobs import services
from tests import cast
from tests.client.serving import Server
from tests.governance.make import POLICY, make_bank, make_reviewable, sign
from tests.town import shot
from tests.web.conftest import signed_in


@pytest.fixture
def release(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> Release:
    """In review, and validated: it waits for the risk officer."""
    monkeypatch.setattr(services, "publish", lambda *_: None)
    bank = make_bank(cast.people(), policy=POLICY + "conditions: {max_days: 30}\n")
    release = make_reviewable(bank)
    sign(release, bank.people.ravi, "validator")
    return release


@pytest.fixture
def cookies(release: Release) -> dict[str, str]:
    """The sessions of whoever comes to the page, by user name."""
    name = settings.SESSION_COOKIE_NAME
    people = {username: cast.User.objects.get(username=username) for username in ("rita", "ada")}
    return {who: signed_in(user).cookies[name].value for who, user in people.items()}


@pytest.fixture
def sitting(
    release: Release, cookies: dict[str, str], browser: Any
) -> Iterator[Callable[[str], Any]]:
    """Sits somebody down before the release, in a browser of their own."""
    server = Server()

    def sit(username: str) -> Any:
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": cookies[username]}
        context.add_cookies([cookie | {"url": server.url}])
        page = context.new_page()
        page.goto(f"{server.url}/releases/{release.pk}/")
        return page

    yield sit
    server.stop()


def test_asked_answered_settled_and_approved_with_a_condition(
    sitting: Callable[[str], Any],
) -> None:
    rita, ada = sitting("rita"), sitting("ada")
    rita.click("text=Ask a question…")
    rita.fill("#ask-text", "Which figures will tell us that the rehearsal went well?")
    rita.select_option("#ask-to", "ada")
    rita.click("button:text-is('Ask')")
    rita.wait_for_selector("#question-1")

    ada.reload()
    ada.click("#question-1 summary:has-text('Answer')")
    ada.fill("#question-1 textarea", "The approval rate and the time to decide.")
    ada.click("#question-1 button:text-is('Answer')")
    ada.wait_for_selector("#question-1 .reply")

    rita.reload()
    rita.click("#question-1 summary:has-text('Settle')")
    rita.check("#question-1 input[name=satisfied][value=yes]")
    rita.fill("#question-1 textarea[name=outcome]", "Those two are enough.")
    rita.click("#question-1 form[action*=settle] button")
    rita.wait_for_selector("#question-1 .pill:has-text('Settled')")

    due = (datetime.now(UTC) + timedelta(days=10)).date().isoformat()
    rita.fill("#reason", "Nothing that matters can go wrong in staging.")
    rita.fill("#condition-text-1", "Show the two figures to the committee")
    rita.select_option("#condition-owner-1", "ada")
    rita.fill("#condition-due-1", due)
    rita.click("button[value=approve_with_conditions]")
    statement = rita.inner_text("#statement")
    assert "I approve, on the conditions attached," in statement
    shot(rita, "statement")
    rita.fill("#password-sign", cast.PASSWORD)
    rita.click("button[name=sign]")
    rita.wait_for_selector("text=Imprimatur active.")
    rita.click("#decisions + .panel > ul > li:last-child summary")
    assert statement in rita.inner_text("#decisions + .panel")
    assert "Show the two figures to the committee" in rita.inner_text("#condition-1")
    shot(rita, "signed-with-a-condition")
