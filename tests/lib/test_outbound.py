"""Posting to an address that somebody chose: it ends, whatever answers."""

from __future__ import annotations

import socket
import time

import pytest

from lib.http.outbound import NotSent, post
from tests.accounts.receiver import (
    Speak,
    flood,
    flood_of_headers,
    receiving,
    silence,
    status,
)

TRUSTED = ["127.0.0.1", "localhost"]


def test_it_says_what_was_answered() -> None:
    with receiving(status(204)) as receiver:
        answer = post(receiver.address, b"{}", headers={"X-A": "b"}, private_hosts=TRUSTED)
    assert (answer.status, answer.is_good) == (204, True)
    heard = receiver.heard[0]
    assert heard.line == "POST /hook?a=1 HTTP/1.1"
    assert (heard.body, heard.headers["x-a"]) == (b"{}", "b")
    assert heard.headers["host"] == f"127.0.0.1:{receiver.port}"


def test_a_redirect_is_not_followed() -> None:
    with (
        receiving() as inner,
        receiving(status(302, f"Location: {inner.address}\r\n")) as receiver,
    ):
        answer = post(receiver.address, b"{}", headers={}, private_hosts=TRUSTED)
    assert (answer.status, answer.is_good) == (302, False)
    assert not inner.heard


@pytest.mark.parametrize("speak", [silence, flood_of_headers])
def test_an_answer_that_does_not_come_ends(speak: Speak) -> None:
    began = time.monotonic()
    with receiving(speak) as receiver, pytest.raises(NotSent):
        post(receiver.address, b"{}", headers={}, private_hosts=TRUSTED, seconds=0.5)
    assert time.monotonic() - began < 10


def test_a_flood_is_not_drunk() -> None:
    with receiving(flood) as receiver:
        answer = post(receiver.address, b"{}", headers={}, private_hosts=TRUSTED, seconds=5)
    assert answer.is_good
    assert answer.seconds < 5


def test_loopback_is_not_called_unless_an_operator_named_it() -> None:
    with receiving() as receiver:
        for address in (receiver.address, receiver.address.replace("http", "https")):
            with pytest.raises(NotSent) as refused:
                post(address, b"{}", headers={})
            assert refused.value.refused
    assert not receiver.heard


def test_it_connects_to_what_it_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that answers differently the second time gains nothing: there is no second time."""
    asked = []

    def look_up(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked.append(host)
        return [(2, 1, 6, "", ("127.0.0.1", port))]

    with receiving() as receiver:
        url = receiver.address.replace("127.0.0.1", "hooks.example")
        real = socket.getaddrinfo
        monkeypatch.setattr(
            socket,
            "getaddrinfo",
            lambda host, port, *a, **k: (
                look_up(host, port) if host == "hooks.example" else real(host, port, *a, **k)
            ),
        )
        post(url, b"{}", headers={}, private_hosts=["hooks.example"])
    assert asked == ["hooks.example"]
    assert receiver.heard[0].headers["host"] == f"hooks.example:{receiver.port}"


def test_a_certificate_has_to_be_for_the_name() -> None:
    with receiving(status(200)) as receiver:
        url = receiver.address.replace("http:", "https:")
        with pytest.raises(NotSent):
            post(url, b"{}", headers={}, private_hosts=TRUSTED, seconds=2)
