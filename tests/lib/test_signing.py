"""Signatures of webhooks: the specification's own example, and what is no signature."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
        {"timestamp": "9" * 400},
        {"timestamp": "9" * 5000},
        {"timestamp": "²"},
        {"timestamp": ""},
        {"event": "\ud800"},
        {"signature": "v1,\udfff"},
        {"now": AT + 301},
        {"now": AT - 301},
        {"signature": ""},
        {"signature": "v1,ä"},
        {"signature": SIGNATURE.replace("v1", "v2")},
    ],
)
def test_anything_else_is_refused(changes: dict[str, object]) -> None:
    assert not known(**changes)


ODD = "\x00\n ²٣\u0661äü\ud800\udfff\U0001f58b-+_.e"


def headers() -> st.SearchStrategy[str]:
    """Whatever a header may hold, and now and then what is right."""
    anything = st.text(sorted({*ODD, *SIGNATURE, *EVENT}), max_size=40)
    digits = st.text("0123456789", max_size=20) | st.integers(4290, 4400).map(lambda n: "1" * n)
    return anything | digits | st.sampled_from([SIGNATURE, EVENT, str(AT)])


@given(event=headers(), timestamp=headers(), signature=headers(), body=st.binary(max_size=20))
def test_whatever_is_sent_is_answered(
    event: str, timestamp: str, signature: str, body: bytes
) -> None:
    assert not known(event=event, timestamp=timestamp, signature=signature, body=body)


def test_what_is_no_secret_signs_nothing() -> None:
    with pytest.raises(ValueError):
        signing.sign("whsec_?", event="e", timestamp=1, body=b"")
