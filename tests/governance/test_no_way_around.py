"""Ways around a rule that somebody once found, each closed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from unittest import mock

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.services.people import assign_role, deactivate, set_password
from governance.models import Authorization, Condition, Release, Stop
from governance.services import (
    conditions,
    dry_runs,
    policies,
    releases,
    risk,
    signed_verdicts,
    stopping,
    verdicts,
    verifying,
    waivers,
)
from governance.services.conditions import Attached
from lib.actor import SYSTEM, Actor
from lib.errors import Conflict, Refused
from registry.models import Environment
from registry.services.deployments import start_deployment
from tests import cast
from tests.cast import People
from tests.governance.make import (
    POLICY,
    ROBOT,
    Bank,
    finish_suite,
    make_bank,
    make_release,
    make_released,
    make_reviewable,
    make_sealed_version,
    publish,
    sign,
)
from tests.governance.make_risk import METHODOLOGY
from tests.governance.test_borrowed_purposes import attach_card, datasets
from tests.registry.make import make_model, make_version

pytestmark = pytest.mark.django_db
MAY = "waivers: {of: [Performance], max_days: 30, approver: officer}\n"
TERMS = POLICY + "conditions: {max_days: 60}\n"
CARDS = ("business_unit", "cards")


def now(user: User) -> Actor:
    return User.objects.get(pk=user.pk).actor


def allows(digest: str) -> bool:
    return verdicts.verdict(digest=digest, environment="production", purpose="decide").allow


@contextmanager
def later(**span: int) -> Iterator[None]:
    moment = timezone.now() + timedelta(**span)
    with mock.patch("django.utils.timezone.now", return_value=moment):
        yield


def twin_of(bank: Bank) -> str:
    """The same bytes authorized again as a version of another model; returns their digest."""
    released = make_released(bank)
    twin = make_version(
        make_model("twin"), manifest=released.version.manifest, actor=ROBOT, **datasets()
    )
    attach_card(twin)
    second = finish_suite(make_release(bank, version=twin))
    sign(second, bank.people.ravi, "validator")
    sign(second, bank.people.rita, "officer")
    return released.version_digest


def test_a_suspension_outlives_the_authorization_that_was_suspended(people: People) -> None:
    bank = make_bank(people)
    digest = twin_of(bank)
    first = Authorization.objects.order_by("issued_at").first()
    assert first is not None
    assert allows(digest)
    stopping.suspend(first, reason="it is wrong", actor=now(people.rita))
    assert not allows(digest)
    stopping.retire(first, reason="needed no more", actor=now(people.rita))
    assert not allows(digest)


def test_who_owns_a_model_neither_gives_it_away_nor_takes_it(people: People) -> None:
    make_bank(people)
    given = {"owner": "petra"}
    for who in (people.ada, people.petra):
        answer = cast.api(who).patch("/api/v1/models/credit", given, format="json")
        assert answer.status_code == 403, who
    assert cast.api("ci").patch("/api/v1/models/credit", given, format="json").status_code == 403
    answer = cast.api(people.dev).patch("/api/v1/models/credit", given, format="json")
    assert answer.status_code == 200


def test_a_waiver_does_not_outlive_the_policy_that_allowed_it(people: People) -> None:
    bank = make_bank(people, policy=POLICY + MAY)
    release = make_reviewable(bank, Performance="fail")
    waiver = waivers.request(
        release, gate="check:Performance", days=30, reason="for now", actor=now(people.petra)
    )
    waivers.decide(waiver, granted=True, reason="go on then", actor=now(people.rita))
    publish(POLICY)
    releases.revise(release, reason="again", actor=ROBOT)
    assert finish_suite(release, Performance="fail").state == "blocked"


def test_a_waiver_is_granted_for_no_longer_than_the_policies_allow_by_now(people: People) -> None:
    bank = make_bank(people, policy=POLICY + MAY)
    release = make_reviewable(bank, Performance="fail")
    waiver = waivers.request(
        release, gate="check:Performance", days=30, reason="for now", actor=now(people.petra)
    )
    publish(POLICY + MAY.replace("30", "5"))
    releases.revise(release, reason="again", actor=ROBOT)
    finish_suite(release, Performance="fail")
    with pytest.raises(Conflict):
        waivers.decide(waiver, granted=True, reason="go on then", actor=now(people.rita))


def test_a_request_that_no_policy_allows_any_more_breaks_no_page(people: People) -> None:
    bank = make_bank(people, policy=POLICY + MAY)
    release = make_reviewable(bank, Performance="fail")
    waivers.request(
        release, gate="check:Performance", days=30, reason="for now", actor=now(people.petra)
    )
    publish(POLICY)
    releases.revise(release, reason="again", actor=ROBOT)
    finish_suite(release, Performance="fail")
    for who in (people.rita, people.petra):
        for address in (f"/releases/{release.pk}/", "/"):
            assert cast.api(who).get(address).status_code == 200


def test_a_waiver_that_nothing_leans_on_bears_on_nothing(people: People) -> None:
    bank = make_bank(people, policy=POLICY + MAY)
    release = make_reviewable(bank, Performance="fail")
    asked = waivers.request(
        release, gate="check:Performance", days=9, reason="Few rows", actor=now(people.petra)
    )
    waivers.decide(asked, granted=True, reason="Bounded", actor=now(people.rita))
    releases.revise(Release.objects.get(pk=release.pk), reason="Better data", actor=ROBOT)
    finish_suite(release)
    sign(release, people.ravi, "validator")
    sign(release, people.rita, "officer")
    issued = Authorization.objects.get(release=release)
    assert (issued.kind, issued.document["waivers"]) == ("normal", [])
    assert issued.expires_at > timezone.now() + timedelta(days=9)


def test_a_token_hands_out_no_roles(people: People) -> None:
    given = {"role": "officer"}
    answer = cast.api("operator").post(
        f"/api/v1/people/{people.olga.username}/roles", given, format="json"
    )
    assert answer.status_code == 403


def test_who_serves_one_unit_changes_nothing_for_the_house(people: People) -> None:
    make_bank(people)
    first, second, keeper = (cast.person(name) for name in ("first", "second", "keeper"))
    for user, role in ((first, "officer"), (second, "officer"), (keeper, "operator")):
        assign_role(user, role=role, actor=SYSTEM, scope=CARDS)
    draft = policies.draft(source=POLICY.replace("0.65", "0.01"), actor=now(first))
    others = policies.draft(source=POLICY.replace("0.65", "0.02"), actor=now(people.rita))
    with pytest.raises(Refused):
        policies.publish(draft, actor=now(second))
    for wrong in (
        lambda: policies.withdraw(others, reason="not ours", actor=now(first)),
        lambda: dry_runs.ask(draft, actor=now(first)),
    ):
        with pytest.raises(Refused, match="for a part of the house only"):
            wrong()
    assert policies.withdraw(draft, reason="it was mine", actor=now(first)).state == "withdrawn"
    with pytest.raises(Refused):
        risk.publish_methodology(source=METHODOLOGY, actor=now(first))
    with pytest.raises(Refused):
        assign_role(people.mallory, role="officer", actor=now(keeper))
    with pytest.raises(Refused):
        set_password(people.rita, password="another horse battery 9", actor=now(keeper))


def test_a_condition_that_was_verified_before_the_issue_stops_nothing(people: People) -> None:
    bank = make_bank(people, policy=TERMS)
    release = make_reviewable(bank)
    promise = [Attached("measure again", "ada", 10)]
    sign(release, people.ravi, "validator", outcome="approve_with_conditions", attached=promise)
    condition = Condition.objects.get()
    conditions.meet(condition, shown="done it", actor=now(people.ada))
    conditions.verify(condition, accepted=True, reason="well done", actor=now(people.rita))
    sign(release, people.rita, "officer")
    with later(days=11):
        assert allows(release.version_digest)


def test_a_signed_verdict_ends_where_a_stop_begins(people: People) -> None:
    bank = make_bank(people, policy=TERMS)
    release = make_reviewable(bank)
    sign(release, people.ravi, "validator")
    promise = [Attached("measure again", "ada", 10)]
    sign(release, people.rita, "officer", outcome="approve_with_conditions", attached=promise)
    start = Stop.objects.get(code="condition_overdue").starts_at
    with mock.patch("django.utils.timezone.now", return_value=start - timedelta(seconds=10)):
        signed = signed_verdicts.issue(
            digest=release.version_digest, environment="production", purpose="decide", actor=SYSTEM
        )
    assert signed.verdict.allow
    assert signed.expires_at <= start


def test_what_runs_unauthorized_is_told_though_its_owner_has_left(people: People) -> None:
    bank = make_bank(people)
    place = Environment.objects.get(name="production")
    start_deployment(make_sealed_version(bank), environment=place, purpose="decide", actor=SYSTEM)
    deactivate(people.ada, actor=SYSTEM)
    assert len(verifying.verify_all()) == 1
