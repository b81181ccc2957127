"""A customer complains: the business owner has the decision explained, the auditor sees that."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest

from tests.stories.test_main_job import sign_in
from tests.town import Town, shot, until

pytestmark = [pytest.mark.xdist_group("town"), pytest.mark.timeout(600)]
APPLICATION: dict[str, Any] = {
    "housing_expense": 34, "obligations": 47.5, "loan_to_price": 0.95,
    "industry_unemployment": 3.9, "self_employed": 0, "dependents": None, "schooling": 1,
    "cosigner": 0, "clean_accounts": 0, "bankruptcy": 1, "mortgage_late_once": 0,
    "mortgage_late_often": 0, "several_units": 0,
}  # fmt: skip


def test_a_refusal_is_explained_by_a_real_worker(town: Town, browser: Any) -> None:
    (release, *_) = town.releases(state="released")
    address = f"/models/{release['model']}/versions/{release['version']}/explanations"
    with closing(town.person("bo")) as bo:
        asked = bo.post(address, json={"values": APPLICATION, "reference": "complaint 17"})
        assert asked.status_code == 202, asked.text
        own = asked.json()["url"].removeprefix("/api/v1")
        found = until(
            lambda: (body := bo.get(own).json())["state"] == "finished" and body, 60, "the answer"
        )
    assert found["decision"] == "unfavourable"
    assert "Bankruptcy on record" in [row["name"] for row in found["reasons"]]
    assert found["additivity_error"] < 1e-4
    total = found["base"] + sum(row["contribution"] for row in found["inputs_used"])
    assert abs(total - found["score"]) < 1e-4
    page = sign_in(browser, town, "bo")
    page.goto(f"{town.url}{address}/{found['id']}/")
    page.wait_for_selector(".outcome")
    shot(page, "explanation")
    with town.robot("auditor") as otto:
        entries = otto.get(
            "/audit/entries", params={"subject": f"explanation:{found['id']}"}
        ).json()["items"]
    assert [entry["action"] for entry in entries][::-1][:2] == [
        "explanation.request",
        "explanation.finish",
    ]
    assert "complaint 17" not in str(entries)
