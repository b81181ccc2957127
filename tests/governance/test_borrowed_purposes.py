"""A light use case cannot borrow the name of a heavy one's purpose, nor outlive a revocation."""

from __future__ import annotations

import pytest

from governance.models import Authorization
from governance.services import authorizations, risk, use_cases
from governance.services.verdicts import verdict
from lib.actor import SYSTEM
from lib.errors import Conflict, Refused
from registry.models import RegisteredModel
from registry.services.models import change_model
from tests.governance.make import (
    POLICY,
    ROBOT,
    Bank,
    finish_suite,
    make_artifact,
    make_release,
    make_released,
    publish,
    sign,
)
from tests.governance.make_risk import METHODOLOGY, assess, settle
from tests.registry.make import make_dataset_version, make_model, make_version

pytestmark = pytest.mark.django_db


def make_toy(bank: Bank) -> RegisteredModel:
    use_cases.create_use_case(
        slug="toy",
        name="Toy",
        objective="Play",
        business_unit="lab",
        owner="ada",
        tier=3,
        purposes=[{"key": "decide", "name": "Deciding"}],
        actor=SYSTEM,
    )
    settle("toy", 3, actor=bank.people.rita.actor)
    light = "credit\ntitle: Light\napplies: {tiers: [3], environments: [production]}\n"
    publish(
        "policy: light-" + light + "decisions: [{role: officer}]\nauthorization: {valid_days: 9}\n"
    )
    return make_model("toy", use_case="toy")


def test_a_shared_purpose_is_held_to_the_strictest_tier(bank: Bank) -> None:
    settle("mortgage", 1, actor=bank.people.rita.actor)
    version = make_version(make_toy(bank), actor=ROBOT)
    release = make_release(bank, version=version)
    assert release.tier == 1
    assert release.requirement_set.document["policies"] == ["credit v1"]


def test_a_model_with_releases_stays_in_its_use_case(bank: Bank) -> None:
    release = make_release(bank)
    make_toy(bank)
    with pytest.raises(Refused, match="been through a release"):
        change_model(release.version.model, use_case="toy", actor=ROBOT)


def test_an_authorization_ends_when_its_purpose_becomes_stricter(bank: Bank) -> None:
    publish(POLICY.replace("tiers: [1]", "tiers: [1, 2]"))
    risk.publish_methodology(source=METHODOLOGY, actor=SYSTEM)
    assess(bank, "medium")
    release = make_released(bank)
    assert (release.tier, *ask(release.version_digest)) == (2, True, "authorized")
    assess(bank, "high")
    assert ask(release.version_digest) == (False, "tier_raised")


def test_a_revocation_counts_for_every_copy_of_the_bytes(bank: Bank) -> None:
    released = make_released(bank)
    twin = make_version(
        make_model("twin"), manifest=released.version.manifest, actor=ROBOT, **datasets()
    )
    attach_card(twin)
    second = finish_suite(make_release(bank, version=twin))
    sign(second, bank.people.ravi, "validator")
    sign(second, bank.people.rita, "officer")
    first = Authorization.objects.get(release=released)
    assert ask(released.version_digest) == (True, "authorized")
    authorizations.revoke(first, reason="incident", actor=bank.people.rita.actor)
    assert ask(released.version_digest) == (False, "revoked")


def datasets() -> dict[str, object]:
    data = make_dataset_version()
    return {"datasets": [{"name": data.dataset.name, "number": data.number, "role": "validation"}]}


def attach_card(version: object) -> None:
    from registry.services.versions import file_document

    card = make_artifact(b"# Card of the twin")
    file_document(version, kind="model_card", title="Card", artifact=card.digest, actor=ROBOT)  # type: ignore[arg-type]


def ask(digest: str) -> tuple[bool, str]:
    answer = verdict(digest=digest, environment="production", purpose="decide")
    return answer.allow, answer.code


def test_a_policy_whose_seats_need_more_people_than_there_are_is_refused(bank: Bank) -> None:
    from accounts.services.people import assign_role, deactivate

    assign_role(bank.people.ravi, role="officer", actor=SYSTEM)
    deactivate(bank.people.rita, actor=SYSTEM)
    with pytest.raises(Conflict, match="different person"):
        publish(POLICY)


def test_a_second_signer_has_to_exist(bank: Bank) -> None:
    from accounts.services.people import deactivate

    deactivate(bank.people.bo, actor=SYSTEM)
    with pytest.raises(Conflict, match="second signature: Fairness"):
        publish(POLICY)
