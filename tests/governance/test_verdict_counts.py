"""How often verdicts were asked for stands on the trail in batches; the request writes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from audit.models import Entry
from governance.services import authorizations, verdict_counts
from tests import cast
from tests.governance.make import Bank, make_released

pytestmark = pytest.mark.django_db
DECIDE = {"environment": "production", "purpose": "decide"}


@pytest.fixture(autouse=True)
def begun_anew() -> Iterator[None]:
    verdict_counts._begin_anew()
    yield
    verdict_counts._begin_anew()


def counted() -> list[dict[str, Any]]:
    """The lines of all entries there are, each without its times."""
    entries = Entry.objects.filter(action="verdict.count").order_by("sequence")
    return [line for entry in entries for line in entry.content["details"]["counts"]]


def test_the_counts_arrive_by_authorization_outcome_and_asker(bank: Bank) -> None:
    released = make_released(bank)
    first, second = cast.api("ci"), cast.api("ci")
    for robot, times in ((first, 3), (second, 1)):
        for _ in range(times):
            assert robot.get("/api/v1/verdict", {"digest": released.version_digest, **DECIDE})
    authorizations.revoke(released.authorization, reason="Enough", actor=bank.people.rita.actor)
    first.get("/api/v1/verdict", {"digest": released.version_digest, **DECIDE})
    entry = verdict_counts.flush()
    assert entry is not None
    details = entry.content["details"]
    assert details["total"] == 5
    assert details["since"] < details["until"]
    lines = [(line["outcome"], line["code"], line["count"]) for line in details["counts"]]
    assert lines == [("allow", "authorized", 3), ("allow", "authorized", 1), ("deny", "revoked", 1)]
    assert {line["authorization"] for line in details["counts"]} == {released.authorization.digest}
    askers = [line["asked_by"] for line in details["counts"]]
    assert askers[0] == askers[2] != askers[1]


def test_what_the_house_does_not_know_is_counted_without_the_callers_words(bank: Bank) -> None:
    robot = cast.api("ci")
    robot.get("/api/v1/verdict", {"digest": "0" * 64, "environment": "Jo Doe", "purpose": "x"})
    robot.get("/api/v1/verdict", {"digest": "0" * 64, "environment": "production", "purpose": "y"})
    robot.get("/api/v1/verdict", {"digest": "1" * 64, "environment": "production", "purpose": "z"})
    verdict_counts.flush()
    found = [(line["code"], line["environment"], line["purpose"]) for line in counted()]
    assert found == [("unknown_digest", "production", None), ("unknown_environment", None, None)]
    assert [line["count"] for line in counted()] == [2, 1]


def test_a_burst_of_a_thousand_is_one_entry(bank: Bank) -> None:
    robot = cast.api("ci")
    for number in range(1_000):
        robot.get("/api/v1/verdict", {"digest": f"{number:064x}", **DECIDE})
    verdict_counts.flush()
    verdict_counts.flush()
    (line,) = counted()
    assert (line["code"], line["count"]) == ("unknown_digest", 1_000)


def test_nothing_is_told_when_nothing_was_asked() -> None:
    assert verdict_counts.flush() is None
    assert not Entry.objects.filter(action="verdict.count").exists()


def test_what_cannot_be_written_is_kept_and_told_later(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast.api("ci").get("/api/v1/verdict", {"digest": "0" * 64, **DECIDE})

    def away(**_: Any) -> None:
        raise DatabaseError("gone")

    with monkeypatch.context() as broken:
        broken.setattr(verdict_counts, "record", away)
        with pytest.raises(DatabaseError):
            verdict_counts.flush()
    verdict_counts.flush()
    assert [line["count"] for line in counted()] == [1]


def test_the_request_itself_writes_nothing_and_reads_twice(bank: Bank) -> None:
    """Who asks, and what is authorized: 200 a second leave no room for a third."""
    robot, question = cast.api("ci"), {"digest": make_released(bank).version_digest, **DECIDE}
    robot.get("/api/v1/verdict", question)  # the token notes once a minute that it was used
    with CaptureQueriesContext(connection) as made:
        robot.get("/api/v1/verdict", question)
    assert [each["sql"].split()[0] for each in made.captured_queries] == ["SELECT", "SELECT"]
