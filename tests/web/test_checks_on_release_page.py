"""The checks of a release as a risk officer and a data scientist read them."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from governance.checks.catalog import all_checks
from governance.models import CheckRun, Release, ValidationRun
from governance.web.cards import Card
from tests.governance.make import Bank, finish_suite, make_released, make_reviewable
from tests.governance.make import make_release as ask
from tests.web.conftest import signed_in
from tests.web.make_suite import make_suite

pytestmark = pytest.mark.django_db

MANY = sorted(all_checks())[:45]
SOME = [
    "fairness.selection_rate_ratio",
    "performance.accuracy",
    "data.drift",
    "accountability.people",
    "data.schema",
    "fairness.equal_opportunity",
    "performance.calibration",
    "privacy.identifiers",
    "robustness.latency",
    "security.formats",
    "security.signature",
]
VERDICTS = {
    "fairness_selection_rate_ratio": "fail",
    "performance_accuracy": "inconclusive",
    "data_drift": "error",
}


def page(client: Client, release: Release) -> str:
    return client.get(f"/releases/{release.pk}/").content.decode()


def anchor_of(body: str, word: str) -> str:
    found = re.search(rf'id="check-([a-z0-9-]*{word}[a-z0-9-]*)"', body)
    assert found, word
    return found.group(1)


@pytest.fixture
def many(bank: Bank) -> Release:
    return make_suite(bank, SOME, **VERDICTS)


def test_a_long_suite_is_counted_by_component_before_anything_else(
    bank: Bank, many: Release
) -> None:
    body = page(signed_in(bank.people.rita), many)
    board = body[body.index('id="board"') : body.index('id="gates"')]
    told = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", board))
    assert "1 fails 1 inconclusive 1 error 8 on record" in told
    for component in ("Performance", "Fairness", "Robustness", "Data"):
        assert component in told


def test_what_blocks_comes_first_and_what_passes_is_folded(bank: Bank, many: Release) -> None:
    body = page(signed_in(bank.people.rita), many)
    places = [body.index(f"came out as {verdict}.", body.index('id="cards"')) for verdict in
              ("fail", "inconclusive", "pass")]  # fmt: skip
    broke = body.index("The column &#x27;rase&#x27;", body.index('id="cards"'))
    assert places[0] < places[1] < broke < body.index('id="checks-recorded"') < places[2]
    gates = body[body.index('id="gates"') : body.index('id="checks"')]
    assert "8 checks are on record without a limit" in gates


def test_a_check_that_is_too_close_to_call_says_what_would_settle_it(
    bank: Bank, many: Release
) -> None:
    body = page(signed_in(bank.people.rita), many)
    assert "What would settle it" in body
    assert "Not white: about 1,800 more rows would settle it" in body


def test_a_check_that_broke_says_what_to_mend(bank: Bank, many: Release) -> None:
    body = page(signed_in(bank.people.rita), many)
    assert "What to mend" in body
    assert "The column &#x27;rase&#x27; is not in the data." in body


def test_pictures_and_evidence_come_only_when_somebody_looks(bank: Bank, many: Release) -> None:
    body = page(signed_in(bank.people.rita), many)
    assert 'loading="lazy"' in body
    assert "#14213D" not in body[body.index('id="cards"') : body.index('id="beside"')]
    assert "x" * 100 not in body


def test_a_gate_leads_to_its_check(bank: Bank, many: Release) -> None:
    body = page(signed_in(bank.people.rita), many)
    for anchor in re.findall(r'href="#(check-[^"]+)"', body):
        assert f'id="{anchor}"' in body, anchor


def test_forty_five_checks_take_as_many_queries_as_two_and_no_megabyte(bank: Bank) -> None:
    few, many = make_reviewable(bank), make_suite(bank, MANY)
    counts = []
    for release in (few, many):
        client = signed_in(bank.people.ravi)
        with CaptureQueriesContext(connection) as captured:
            body = page(client, release)
        counts.append(len(captured))
    assert counts[1] <= counts[0] <= 46
    assert len(body) < 45 * 6_000


def test_how_to_do_it_again_can_be_copied(bank: Bank, many: Release) -> None:
    client = signed_in(bank.people.rita)
    address = f"/releases/{many.pk}/checks/{anchor_of(page(client, many), 'fairness')}/"
    body = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in body, "unfolded in its card it comes without the frame"
    assert f"/api/v1/artifacts/{'e' * 64} -o evidence.json" in body
    assert "from governance.checks.judge import judge" in body
    assert "numpy 2.4.6" in body


def test_a_suite_that_could_not_run_says_so_once(bank: Bank) -> None:
    from governance.services import validation
    from tests.governance.make import publish
    from tests.web.make_suite import policy_of

    publish(policy_of(MANY[:20]))
    release = ask(bank, environment="staging")
    run = release.runs.get()
    validation.begin_scoring(str(run.id))
    validation.scoring_failed(str(run.id), "The model names no validation data.")
    body = page(signed_in(bank.people.rita), release)
    assert body.count("20 checks could not run") == 2, "at the gates and among the checks"
    assert body.count("The model names no validation data.") == 1
    assert "register a new version" in body, "a sealed one cannot be mended"


def test_few_checks_that_broke_with_the_suite_say_why_once_too(bank: Bank) -> None:
    from governance.services import validation

    release = ask(bank)
    run = release.runs.get()
    validation.begin_scoring(str(run.id))
    validation.scoring_failed(str(run.id), "The model names no validation data.")
    body = page(signed_in(bank.people.rita), release)
    gates = body[: body.index('id="cards"')]
    assert gates.count("The model names no validation data.") == 1


def test_while_nothing_changes_a_running_suite_sends_nothing(bank: Bank) -> None:
    release = ask(bank)
    client = signed_in(bank.people.rita)
    seen = re.search(r'"seen": "([0-9a-f]+)"', page(client, release))
    assert seen
    address = f"/releases/{release.pk}/progress/"
    headers = {"HX-Request": "true"}
    assert client.get(address, {"seen": seen.group(1)}, headers=headers).status_code == 204
    assert client.get(address, {"seen": "another"}, headers=headers).status_code == 200
    finish_suite(release)
    assert "HX-Redirect" in client.get(address, {"seen": seen.group(1)}, headers=headers)


def test_the_page_of_a_check_has_its_tables_pictures_document_and_history(
    bank: Bank, many: Release
) -> None:
    client = signed_in(bank.people.rita)
    anchor = anchor_of(page(client, many), "fairness")
    body = client.get(f"/releases/{many.pk}/checks/{anchor}/").content.decode()
    for said in ("Rates by race", "A note.", "<svg", "Mechanism", "Limits", "This check before",
                 "What the verdict rests on"):  # fmt: skip
        assert said in body, said


def test_earlier_versions_stand_in_the_history_of_a_check(bank: Bank) -> None:
    first, second = make_released(bank), make_reviewable(bank)
    client = signed_in(bank.people.rita)
    address = f"/releases/{second.pk}/checks/fairness/"
    with CaptureQueriesContext(connection) as captured:
        body = client.get(address).content.decode()
    assert first.label in body
    once = len(captured)
    make_reviewable(bank)
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    assert len(captured) == once <= 14


def test_the_page_of_a_check_says_when_there_is_none(bank: Bank) -> None:
    release = make_reviewable(bank)
    client = signed_in(bank.people.rita)
    assert client.get(f"/releases/{release.pk}/checks/nothing/").status_code == 404
    assert client.get(f"/releases/{release.pk}/checks/fairness/?revision=7").status_code == 404
    assert client.get(f"/releases/{release.pk}/checks/fairness/?revision=x").status_code == 400
    assert client.get(f"/releases/{release.pk}/checks/fairness/?revision=1").status_code == 200


def test_a_picture_is_drawn_for_either_theme_and_asked_for_again_by_its_tag(
    bank: Bank, many: Release
) -> None:
    client = signed_in(bank.people.rita)
    anchor = anchor_of(page(client, many), "fairness")
    address = f"/releases/{many.pk}/checks/{anchor}/charts/0.svg"
    light, dark = client.get(address), client.get(address, {"theme": "dark"})
    assert light["Content-Type"] == "image/svg+xml"
    assert (b"#14213D" in light.content, b"#E8E6E1" in dark.content) == (True, True)
    assert light["Cache-Control"] == "private, no-cache"
    assert light["Content-Security-Policy"].startswith("default-src 'none'")
    again = client.get(address, headers={"If-None-Match": light["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert dark["ETag"] != light["ETag"]


@pytest.mark.parametrize("place", ["1", "99999999999999999999"])
def test_a_picture_that_is_not_there_is_not_found(bank: Bank, place: str) -> None:
    release = make_reviewable(bank)
    address = f"/releases/{release.pk}/checks/fairness/charts/{place}.svg"
    assert signed_in(bank.people.rita).get(address).status_code == 404


def test_checks_and_pictures_of_another_department_are_not_found(bank: Bank) -> None:
    from accounts.models import User
    from accounts.services.people import assign_role
    from lib.actor import SYSTEM
    from tests import cast

    release = make_reviewable(bank)
    erin = cast.person("erin")
    assign_role(erin, role="officer", actor=SYSTEM, scope=("business_unit", "cards"))
    client = signed_in(User.objects.get(pk=erin.pk))
    for rest in ("", "charts/0.svg"):
        assert client.get(f"/releases/{release.pk}/checks/fairness/{rest}").status_code == 404


def test_without_a_champion_it_says_so_plainly(bank: Bank) -> None:
    body = page(signed_in(bank.people.rita), make_reviewable(bank))
    assert "No champion yet" in body


def test_a_model_that_gave_no_answer_is_still_said_to_have_been_shut_in() -> None:
    suite = ValidationRun(facts={"behaviour": {"tier": "confined"}})
    assert Card(CheckRun(), suite, Release(), "latency", {}, None).sandbox == "tier confined"
    assert Card(CheckRun(), ValidationRun(), Release(), "latency", {}, None).sandbox == ""
