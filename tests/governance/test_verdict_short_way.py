"""The short way to a verdict says what the usual way says, and words nothing by itself."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from governance.api.quick import QuickVerdict
from governance.api.verdicts import VerdictView
from governance.services import verdict_rows
from tests import cast
from tests.governance.make import Bank, make_released

DECIDE = {"environment": "production", "purpose": "decide"}
LONG = {"HTTP_ACCEPT": "application/json; charset=utf-8"}
"""Accepting exactly this is not plain, so the question takes the usual way."""


def test_it_is_the_address_that_the_api_has() -> None:
    assert resolve(QuickVerdict.path).func.view_class is VerdictView  # type: ignore[attr-defined]


@pytest.mark.parametrize("digest", ["the released", "0" * 64])
def test_both_ways_give_the_same_answer_under_the_same_headers(bank: Bank, digest: str) -> None:
    released = make_released(bank).version_digest
    asked = {"digest": released if digest == "the released" else digest, **DECIDE}
    robot = cast.api("ci")
    short, usual = robot.get(QuickVerdict.path, asked), robot.get(QuickVerdict.path, asked, **LONG)
    assert short.content == usual.content
    ours = dict(short.items()).keys()
    assert ours == dict(usual.items()).keys() - {"Allow"}
    assert {name: short[name] for name in ours - {"X-Request-ID"}} == {
        name: usual[name] for name in ours - {"X-Request-ID"}
    }


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({}, 400),
        ({"digest": "0" * 64, **DECIDE, "color": "red"}, 400),
        ({"digest": ["0" * 64, "1" * 64], **DECIDE}, 400),
    ],
)
def test_what_is_wrong_is_worded_by_the_usual_way(
    bank: Bank, asked: dict[str, object], status: int
) -> None:
    robot = cast.api("ci")
    short, usual = robot.get(QuickVerdict.path, asked), robot.get(QuickVerdict.path, asked, **LONG)
    assert (short.status_code, short.json()) == (status, usual.json())


def test_whoever_may_not_ask_is_refused_as_everywhere(bank: Bank) -> None:
    asked = {"digest": "0" * 64, **DECIDE}
    assert cast.api().get(QuickVerdict.path, asked).status_code == 401
    stranger = cast.api()
    stranger.credentials(HTTP_AUTHORIZATION="Bearer imp_no_such_token")
    assert stranger.get(QuickVerdict.path, asked).status_code == 401
    assert cast.api("developer").get(QuickVerdict.path, asked).status_code in (200, 403)
    assert cast.api("ci").post(QuickVerdict.path, asked).status_code == 405


def test_a_revoked_token_hears_nothing_at_once(bank: Bank) -> None:
    from accounts.services.tokens import revoke_token
    from lib.actor import SYSTEM

    token, text = cast.token("ci")
    robot = cast.api()
    robot.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    asked = {"digest": "0" * 64, **DECIDE}
    assert robot.get(QuickVerdict.path, asked).status_code == 200
    revoke_token(token, actor=SYSTEM)
    assert robot.get(QuickVerdict.path, asked).status_code == 401


def test_without_a_database_the_body_is_still_a_deny(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def away(*given: object) -> None:
        asked.append(given)
        raise DatabaseError("gone")

    monkeypatch.setattr(verdict_rows, "read", away)
    robot, question = cast.api("ci"), {"digest": "0" * 64, **DECIDE}
    short = robot.get(QuickVerdict.path, question)
    assert len(asked) == 1  # nobody waits for it twice
    usual = robot.get(QuickVerdict.path, question, **LONG)
    assert (short.status_code, short.content) == (503, usual.content)
    assert short.json()["verdict"] == "deny"
    assert short["Retry-After"] == usual["Retry-After"]


def test_why_nothing_is_authorized_takes_one_more_statement(bank: Bank) -> None:
    robot, asked = cast.api("ci"), {"digest": "0" * 64, **DECIDE}
    robot.get(QuickVerdict.path, asked)  # the token notes once a minute that it was used
    with CaptureQueriesContext(connection) as made:
        robot.get(QuickVerdict.path, asked)
    assert len(made) == 3
