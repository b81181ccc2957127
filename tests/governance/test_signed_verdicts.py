"""A signed verdict is verified without the server, lives for minutes, and stands in the trail."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit.models import Entry
from governance.services import authorizations
from governance.services.signed_verdicts import PAYLOAD_TYPE
from lib import signed
from tests import cast
from tests.governance.make import Bank, make_released

pytestmark = pytest.mark.django_db


def asked(digest: str) -> Any:
    body = {"digest": digest, "environment": "production", "purpose": "decide"}
    return cast.api("ci").post("/api/v1/verdicts", body, format="json")


def opened(envelope: Any) -> Any:
    (key,) = cast.api("ci").get("/api/v1/verdicts/keys").json()["items"]
    payload, _ = signed.verified(json.dumps(envelope).encode(), PAYLOAD_TYPE, [key["public"]])
    return json.loads(payload)


def test_it_is_verified_with_the_published_key_alone(bank: Bank) -> None:
    release = make_released(bank)
    answer = asked(release.version_digest)
    assert answer.status_code == 201
    statement = opened(answer.json()["envelope"])
    assert statement["subject"][0]["digest"] == {"sha256": release.version_digest}
    said = statement["predicate"]
    assert (said["verdict"], said["restrictions"]) == ("allow", ["Owner-occupied homes only"])
    assert said["expires_at"] <= (timezone.now() + timedelta(minutes=6)).isoformat()
    entry = Entry.objects.get(action="verdict.issue")
    assert entry.content["details"]["code"] == "authorized"


def test_a_deny_is_signed_too(bank: Bank) -> None:
    release = make_released(bank)
    authorizations.revoke(release.authorization, reason="incident", actor=bank.people.rita.actor)
    for digest, code in ((release.version_digest, "revoked"), ("0" * 64, "unknown_digest")):
        said = opened(asked(digest).json()["envelope"])["predicate"]
        assert (said["verdict"], said["code"]) == ("deny", code)


def test_a_changed_envelope_is_betrayed(bank: Bank) -> None:
    envelope = asked(make_released(bank).version_digest).json()["envelope"]
    envelope["payload"] = envelope["payload"][:-8] + "AAAAAAA="
    with pytest.raises(signed.BadEnvelope):
        opened(envelope)
