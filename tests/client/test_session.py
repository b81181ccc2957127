"""Patience with a server that is down or busy, and none with one that has said no."""

from __future__ import annotations

import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from imprimatur_client import (
    ApiError,
    BadInput,
    Client,
    Invalid,
    NotImprimatur,
    NotReachable,
    NotSignedIn,
    Patience,
    Unavailable,
)
from imprimatur_client.session import Session
from imprimatur_client.transport import Request, Response

SECRET = "imp_very-secret"


class StandIn:
    """Answers in turn; the last answer from then on."""

    def __init__(self, *answers: Response | OSError) -> None:
        self.answers, self.requests = list(answers), list[Request]()

    def send(self, request: Request, timeout: float) -> Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, OSError):
            raise answer
        return answer


def answer(status: int, body: object = None, **headers: str) -> Response:
    content = b"" if body is None else json.dumps(body).encode()
    return Response(
        status, {name.replace("_", "-"): text for name, text in headers.items()}, content
    )


def session(stand_in: StandIn) -> tuple[Session, list[float]]:
    rested: list[float] = []
    patience = Patience(sleep=rested.append)
    return Session("http://bank.example/", SECRET, patience=patience, transport=stand_in), rested


@pytest.mark.parametrize(
    "trouble", [answer(502), answer(503), answer(504), ConnectionError("gone")]
)
def test_what_passes_is_tried_again_under_one_key(trouble: Response | OSError) -> None:
    stand_in = StandIn(trouble, trouble, answer(201, {"number": 1}))
    speaking, rested = session(stand_in)
    assert speaking.post("/x", {"a": 1}) == {"number": 1}
    assert len({each.headers["Idempotency-Key"] for each in stand_in.requests}) == 1
    assert len(stand_in.requests) == 3
    assert 0.4 <= rested[0] <= 0.6 < rested[1] <= 1.2


def test_a_server_that_says_when_is_believed() -> None:
    stand_in = StandIn(answer(429, retry_after="7"), answer(200, {}))
    speaking, rested = session(stand_in)
    speaking.get("/x")
    assert rested == [7.0]


def test_it_gives_up_after_five_tries_and_says_why() -> None:
    speaking, rested = session(StandIn(ConnectionRefusedError(111, "Connection refused")))
    with pytest.raises(NotReachable) as away:
        speaking.get("/x")
    assert str(away.value) == "http://bank.example does not answer: connection refused"
    assert len(rested) == 4
    speaking, _ = session(StandIn(answer(503, {"detail": "The database does not answer."})))
    with pytest.raises(Unavailable, match="The database does not answer"):
        speaking.get("/x")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 500, 507])
def test_a_refusal_is_final_and_names_the_fields(status: int) -> None:
    faults = [{"field": "tier", "message": "1, 2 or 3"}]
    problem = {"detail": "Not so.", "code": "invalid", "errors": faults, "limit": 5}
    stand_in = StandIn(answer(status, problem, x_request_id="abc12345"))
    with pytest.raises(ApiError) as refused:
        session(stand_in)[0].post("/x", {})
    error = refused.value
    assert (error.status, error.code, error.request_id) == (status, "invalid", "abc12345")
    assert error.errors == {"tier": "1, 2 or 3"}
    assert error.members == {"limit": 5}
    assert str(error) == "Not so.\n  tier: 1, 2 or 3"
    assert len(stand_in.requests) == 1


def test_an_upload_that_something_cut_on_the_way_is_sent_again() -> None:
    stand_in = StandIn(answer(400, {"code": "truncated"}), answer(201, {}))
    session(stand_in)[0].send("PUT", "/artifacts/x", body=lambda: b"a", size=1)
    assert len(stand_in.requests) == 2


def test_the_token_goes_to_the_given_address_only() -> None:
    elsewhere = answer(302, location="https://evil.example/login")
    stand_in = StandIn(elsewhere)
    with pytest.raises(NotImprimatur, match=r"sends us on \(302\) to evil\.example"):
        session(stand_in)[0].get("/x")
    assert len(stand_in.requests) == 1


@pytest.mark.parametrize("found", [Response(200, {}, b"<html>"), Response(404, {}, b"<html>")])
def test_another_server_is_told_apart(found: Response) -> None:
    with pytest.raises(NotImprimatur):
        session(StandIn(found))[0].get("/x")


def test_an_answer_that_lacks_something_is_a_sentence() -> None:
    client = Client("http://bank.example", SECRET, transport=StandIn(answer(200, {"name": "x"})))
    with pytest.raises(NotImprimatur, match="use_case"):
        client.model("x")


@pytest.mark.parametrize("said", [{}, {"verdict": None}, {"verdict": "ALLOW"}, {"verdict": True}])
def test_what_is_not_plainly_an_allow_is_a_deny(said: dict[str, object]) -> None:
    client = Client("http://bank.example", SECRET, transport=StandIn(answer(200, said)))
    assert not client.verdict("a" * 64, "production", "lending")


def test_an_answer_before_all_has_been_sent_is_heard() -> None:
    """Whoever refuses a large body answers, and hangs up without reading the rest."""
    listening = socket.create_server(("127.0.0.1", 0))

    def refuse() -> None:
        near = listening.accept()[0]
        near.recv(1000)
        near.sendall(b'HTTP/1.1 413 Too large\r\nContent-Length: 16\r\n\r\n{"detail": "no"}')
        time.sleep(0.2)
        near.close()

    threading.Thread(target=refuse, daemon=True).start()
    speaking = Session(f"http://127.0.0.1:{listening.getsockname()[1]}", SECRET)
    with pytest.raises(Invalid, match="no"):
        speaking.send("PUT", "/x", body=lambda: [bytes(1_000_000)] * 50, size=50_000_000, tries=1)
    listening.close()


def test_the_token_is_never_shown() -> None:
    client = Client("http://bank.example", SECRET, transport=StandIn(answer(401, {"detail": "no"})))
    with pytest.raises(NotSignedIn) as refused:
        client.model("x")
    shown = [repr(client), repr(client.session), str(refused.value), repr(refused.value)]
    with pytest.raises(BadInput) as broken:
        Client("http://bank.example", "imp_very-secret\r\nX: y")
    assert SECRET not in "".join([*shown, str(broken.value)])


@pytest.mark.parametrize("url", ["bank.example", "ftp://bank.example", "http://", "http://x:99999"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(BadInput, match="is not an address"):
        Client(url, SECRET)
    with pytest.raises(BadInput, match="name or password"):
        Client("http://me:pass@bank.example", SECRET)


def test_url_and_token_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMPRIMATUR_URL", "http://bank.example/")
    monkeypatch.setenv("IMPRIMATUR_TOKEN", f" {SECRET}\n")
    stand_in = StandIn(answer(404, {"detail": "none"}))
    with pytest.raises(ApiError):
        Client(transport=stand_in).model("a/b c")
    assert stand_in.requests[0].url == "http://bank.example/api/v1/models/a%2Fb%20c"
    assert stand_in.requests[0].headers["Authorization"] == f"Bearer {SECRET}"
    monkeypatch.delenv("IMPRIMATUR_TOKEN")
    with pytest.raises(BadInput, match="Set IMPRIMATUR_TOKEN"):
        Client()


def test_a_list_is_read_page_by_page() -> None:
    pages = [{"items": [{"n": 1}], "next": "c&d"}, {"items": [{"n": 2}], "next": None}]
    stand_in = StandIn(*(answer(200, page) for page in pages))
    assert [each["n"] for each in session(stand_in)[0].items("/x")] == [1, 2]
    assert stand_in.requests[1].url.endswith("/x?limit=200&cursor=c%26d")


class Proxy(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.seen.append((self.path, self.headers["Proxy-Authorization"]))  # type: ignore[attr-defined]
        self.send_response(404)
        self.end_headers()
        self.wfile.write(b'{"detail": "through the proxy"}')

    def log_message(self, *_: object) -> None:
        """Quiet."""


def test_a_proxy_of_the_environment_is_used_unless_it_is_ruled_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    proxy = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    proxy.seen = []  # type: ignore[attr-defined]
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    monkeypatch.setenv("http_proxy", f"http://me:p%40ss@127.0.0.1:{proxy.server_port}")
    with pytest.raises(ApiError, match="through the proxy"):
        Client("http://bank.invalid", SECRET).model("x")
    assert proxy.seen == [("http://bank.invalid/api/v1/models/x", "Basic bWU6cEBzcw==")]  # type: ignore[attr-defined]
    monkeypatch.setenv("no_proxy", "bank.invalid")
    with pytest.raises(NotReachable, match="no such host"):
        Client("http://bank.invalid", SECRET, patience=Patience(tries=1)).model("x")
    proxy.shutdown()
    proxy.server_close()
