"""A question, its answer, what came of it, an approval with a condition: by hand, in a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.town import Town, shot, until

pytestmark = [pytest.mark.xdist_group("town"), pytest.mark.timeout(600)]
POLICY = """
policy: rehearsal
title: Rehearsals before production
applies: {tiers: [1, 2, 3, 4], environments: [staging]}
decisions:
  - {role: officer, title: Model risk officer, clause: House 7}
conditions: {max_days: 30}
authorization: {valid_days: 60}
"""


@pytest.fixture(scope="module")
def rehearsal(town: Town) -> str:
    """A release into staging of which only people are missing: its id."""
    with town.person("ravi") as ravi, town.person("rita") as rita:
        draft = ravi.post("/policies", json={"source": POLICY})
        draft.raise_for_status()
        rita.post("/policies/rehearsal/versions/1/publish").raise_for_status()
    with town.robot() as robot:
        former = robot.get("/releases").json()["items"][0]
        asked = {
            "model": former["model"],
            "version": former["version"],
            "environment": "staging",
            "purpose": former["purpose"],
            "reason": "Rehearse before production",
        }
        release = robot.post("/releases", json=asked)
        release.raise_for_status()
        address = f"/releases/{release.json()['id']}"
        until(lambda: robot.get(address).json()["state"] == "in_review", 240, "the review")
        return str(release.json()["id"])


@pytest.fixture
def sitting(browser: Any, town: Town, rehearsal: str) -> Iterator[Callable[[str], Any]]:
    """Sits somebody down before the release, in a browser of their own."""
    contexts = []

    def sit(username: str) -> Any:
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        contexts.append(context)
        page = context.new_page()
        page.goto(town.url + "/accounts/login/")
        page.fill("input[name=login]", username)
        page.fill("input[name=password]", town.password)
        page.click("button[type=submit]")
        page.wait_for_selector("#content")
        page.goto(f"{town.url}/releases/{rehearsal}/")
        return page

    yield sit
    for context in contexts:
        context.close()


def test_asked_answered_settled_and_approved_with_a_condition(
    sitting: Callable[[str], Any], town: Town
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
    if rita.query_selector("#password"):
        rita.fill("#password", town.password)
    rita.click("button[name=sign]")
    rita.wait_for_selector("text=Imprimatur active.")
    rita.click("summary:has-text('What was signed')")
    assert statement in rita.inner_text("#decisions + .panel")
    assert "Show the two figures to the committee" in rita.inner_text("#condition-1")
    shot(rita, "signed-with-a-condition")
