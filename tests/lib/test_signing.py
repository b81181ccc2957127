"""Signatures of webhooks: the specification's own example, and what is no signature."""

from __future__ import annotations

import pytest

from lib.http import signing

# From the specification's reference implementations.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
EVENT, AT, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def known(**changes: object) -> bool:
    given = {
        "event": EVENT, "timestamp": str(AT), "signature": SIGNATURE, "body": BODY, "now": AT,
    }  # fmt: skip
    return signing.is_signed(SECRET, **{**given, **changes})  # type: ignore[arg-type]


def test_it_signs_as_the_specification_does() -> None:
    assert signing.sign(SECRET, event=EVENT, timestamp=AT, body=BODY) == SIGNATURE
    assert known()


def test_one_of_several_signatures_is_enough() -> None:
    other = signing.sign(signing.new_secret(), event=EVENT, timestamp=AT, body=BODY)
    assert known(signature=f"{other} {SIGNATURE}")
    assert not known(signature=other)


@pytest.mark.parametrize(
    "changes",
    [
        {"event": "msg_other"},
        {"body": BODY + b" "},
        {"timestamp": str(AT + 1)},
        {"timestamp": "soon"},
        {"now": AT + 301},
        {"now": AT - 301},
        {"signature": ""},
        {"signature": "v1,ä"},
        {"signature": SIGNATURE.replace("v1", "v2")},
    ],
)
def test_anything_else_is_refused(changes: dict[str, object]) -> None:
    assert not known(**changes)


def test_what_is_no_secret_signs_nothing() -> None:
    with pytest.raises(ValueError):
        signing.sign("whsec_?", event="e", timestamp=1, body=b"")
