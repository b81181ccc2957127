"""An explanation is personal data: kept for a stated time, and the trail says nothing of it."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from audit.models import Commitment, Entry, LargeDetail
from audit.services.reconciling import reconcile
from governance.explanation_tasks import expire_explanations
from governance.models import Explanation
from governance.services import explaining
from jobs.models import Job
from lib.canonical import canonical_json, sha256
from lib.errors import NotFound
from registry.models import ModelVersion
from tests import cast
from tests.by_hand import by_hand
from tests.governance.make import Bank
from tests.governance.make_explanations import (
    REFERENCE,
    RESULT,
    VALUES,
    make_expired,
    make_explanation,
    make_finished,
)

pytestmark = pytest.mark.django_db


def about(explanation: Explanation) -> list[Entry]:
    return list(Entry.objects.filter(subject_key=str(explanation.pk)).order_by("id"))


def test_it_is_kept_for_ninety_days(bank: Bank) -> None:
    found = make_explanation(bank)
    assert found.expires_at - found.requested_at == timedelta(days=90)


def test_the_trail_tells_of_asking_answering_and_letting_go(bank: Bank) -> None:
    found = make_expired(bank)
    expire_explanations()
    entries = about(found)
    assert [entry.action for entry in entries] == [
        "explanation.request",
        "explanation.finish",
        "explanation.expire",
    ]
    version = f"model_version:{found.version.key}"
    assert all(entry.content["related"] == [version] for entry in entries)


def test_no_value_no_reference_and_no_answer_stand_in_the_trail(bank: Bank) -> None:
    make_finished(bank)
    written = b"".join(bytes(body) for body in Entry.objects.values_list("body", flat=True))
    written += b"".join(bytes(body) for body in LargeDetail.objects.values_list("body", flat=True))
    opened = " ".join(Commitment.objects.values_list("value", flat=True))
    text = written.decode() + opened
    for secret in ("31415.5", "Mrs Example", "complaint 17", "Income"):
        assert secret not in text
    assert not re.search(r"(?<!\d)0\.42", text)  # a moment may end on that


def test_what_is_kept_opens_what_the_trail_commits_to(bank: Bank) -> None:
    found = make_finished(bank)
    asked, answered = (entry.content["details"] for entry in about(found))
    salt = bytes(found.salt)
    question = {"reference": REFERENCE, "inputs": {"values": VALUES}}
    assert asked["asked"] == sha256(salt + canonical_json(question))
    assert answered["answer"] == sha256(salt + canonical_json({"result": RESULT}))


def test_an_expired_one_is_gone_at_once_and_its_row_with_the_next_clock(
    bank: Bank,
) -> None:
    found = make_expired(bank)
    with pytest.raises(NotFound):
        explaining.find(found.pk, found.version, actor=bank.people.rita.actor)
    assert not explaining.kept_of(found.version, actor=bank.people.rita.actor).exists()
    kept = make_finished(bank, version=found.version)
    assert explaining.expire() == 1
    assert list(Explanation.objects.all()) == [kept]
    assert list(reconcile(table="governance_explanation")) == []


def test_one_that_nobody_worked_on_leaves_no_work_behind(bank: Bank) -> None:
    found = make_explanation(bank)
    Explanation.objects.filter(pk=found.pk).delete()
    assert explaining.begin(str(found.pk)) is None
    assert Job.objects.get(key=str(found.pk)).payload == {}


def test_an_answer_is_written_once_and_never_changed(bank: Bank) -> None:
    found = make_finished(bank)
    explaining.fail(str(found.pk), "too late")
    assert explaining.begin(str(found.pk)) is None
    found.refresh_from_db()
    assert (found.state, found.error) == ("finished", "")
    with pytest.raises(IntegrityError), transaction.atomic(), by_hand():
        Explanation.objects.filter(pk=found.pk).update(result={})


def test_what_was_asked_never_changes(bank: Bank) -> None:
    found = make_explanation(bank)
    for change in ({"reference": "x"}, {"inputs": {}}, {"expires_at": found.requested_at}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Explanation.objects.filter(pk=found.pk).update(**change)


def test_no_answer_goes_without_an_entry(bank: Bank) -> None:
    found = make_finished(bank)
    with transaction.atomic(), connection.cursor() as cursor:
        Explanation.objects.filter(pk=found.pk).delete()
        with pytest.raises(IntegrityError, match="no entry tells of this change"):
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)


def test_an_auditor_who_opens_it_leaves_a_trace(bank: Bank) -> None:
    found = make_finished(bank)
    version: ModelVersion = found.version
    address = f"/api/v1/models/credit/versions/{version.number}/explanations/{found.pk}"
    assert cast.api(bank.people.otto).get(address).status_code == 200
    look = Entry.objects.get(action="audit.look")
    assert str(found.pk) in json.dumps(look.content["subject"])
