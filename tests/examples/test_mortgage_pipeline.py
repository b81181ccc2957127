"""The pipeline's exit codes, its client's patience, and the first load, against a stand-in server.

The stand-in answers as the API's contract says; the stories run the same scripts against the
real server.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import httpx
import load as loading
import pipeline
import pytest
from client import Client, Problem

Handler = Callable[[httpx.Request], httpx.Response]


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr("time.sleep", lambda seconds: None)


class StandIn:
    """Registers what it is sent; a release is in review once asked for, released when signed."""

    def __init__(self, decide: bool = True) -> None:
        self.calls: list[tuple[str, str, Any]] = []
        self.artifacts: set[str] = set()
        self.releases: dict[str, dict[str, Any]] = {}
        self.versions, self.decide = 0, decide

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/api/v1")
        if path.startswith("/artifacts/"):
            assert sha256(request.content).hexdigest() == path.rsplit("/", 1)[1]
            self.artifacts.add(path.rsplit("/", 1)[1])
            return httpx.Response(201, json={})
        body = json.loads(request.content) if request.content else None
        self.calls.append((request.method, path, body))
        return self.answer(request, path, body)

    def answer(self, request: httpx.Request, path: str, body: Any) -> httpx.Response:
        if path == "/session":
            return httpx.Response(200, json={"csrf_token": "c", "person": body["username"]})
        if path == "/policies":
            return httpx.Response(
                201, json={"slug": "credit-decision", "number": 1, "state": "draft"}
            )
        if path.endswith("/versions"):
            self.versions += path.startswith("/models")
            return httpx.Response(201, json={"number": self.versions or 1, "digest": "d" * 64})
        if path == "/verdict":
            verdict = "allow" if self.decide else "deny"
            reasons = [{"code": "not_released", "text": "No release of it is complete."}]
            return httpx.Response(200, json={"verdict": verdict, "reasons": reasons})
        if path.startswith("/releases"):
            return self.release(request, path, body)
        return httpx.Response(201, json={})

    def release(self, request: httpx.Request, path: str, body: Any) -> httpx.Response:
        if path == "/releases":
            state = "in_review" if self.decide else "blocked"
            slots = [
                {"slot": role, "role": role, "title": role, "filled": False}
                for role in ("validator", "officer")
            ]
            release = {"id": f"r{len(self.releases) + 1}", "state": state, "slots": slots}
            release |= {"gates": [], "checks": [], "decisions": []}
            release |= {"evidence_digest": "e", "digest": "d" * 64}
            self.releases[str(release["id"])] = release
            return httpx.Response(202, json=release)
        release = self.releases[path.split("/")[2]]
        if path.endswith("/decisions"):
            assert request.headers["X-CSRFToken"] == "c"
            assert (body["evidence_digest"], body["password"]) == ("e", "secret")
            release["decisions"].append({"slot": body["slot"]})
            for slot in release["slots"]:
                slot["filled"] |= slot["slot"] == body["slot"]
            if len(release["decisions"]) == 2:
                release["state"] = "released"
            return httpx.Response(201, json={})
        etag = f'"{release["state"]}{len(release["decisions"])}"'
        if request.headers.get("If-None-Match") == etag:
            return httpx.Response(304)
        return httpx.Response(200, json=release, headers={"ETag": etag})


def speaking_to(handler: Handler) -> Client:
    return Client("http://bank.example", "imp_x", transport=httpx.MockTransport(handler))


def arguments(**given: Any) -> argparse.Namespace:
    base = {"model_kind": "mitigated", "seed": 13, "release": False, "wait": True}
    base |= {"timeout": 0, "follow": None}
    return argparse.Namespace(**base | given)


def test_a_denied_release_exits_1_with_its_reasons(capsys):
    assert pipeline.run(speaking_to(StandIn(decide=False)), arguments()) == pipeline.DENY
    assert "deny\n  not_released: No release of it is complete." in capsys.readouterr().out


def test_no_decision_in_time_exits_2():
    assert pipeline.run(speaking_to(StandIn()), arguments()) == pipeline.TIMEOUT


def test_an_allowed_release_exits_0(capsys):
    server = StandIn()

    def decided_meanwhile(request: httpx.Request) -> httpx.Response:
        if request.headers.get("If-None-Match"):
            server.releases["r1"]["state"] = "released"
        return server(request)

    assert pipeline.run(speaking_to(decided_meanwhile), arguments(timeout=60)) == pipeline.ALLOW
    assert capsys.readouterr().out.splitlines()[-1] == "allow"


def test_registering_alone_asks_for_nothing():
    server = StandIn()
    assert pipeline.run(speaking_to(server), arguments(wait=False)) == pipeline.ALLOW
    assert not server.releases


def test_what_a_version_names_has_been_uploaded():
    server = StandIn()
    pipeline.run(speaking_to(server), arguments(wait=False))
    (version,) = [body for _, path, body in server.calls if re.match("/models/.*/versions$", path)]
    named = {line["digest"] for line in version["manifest"]}
    for _, path, body in server.calls:
        if path.startswith("/datasets"):
            named |= {line["digest"] for line in body["manifest"]}
            assert set(body["roles"]["features"]) <= {one["name"] for one in body["schema"]}
        if path.endswith("/documents"):
            named.add(body["artifact"])
    assert len(named) == 8  # two tables, model, requirements, four documents
    assert named == server.artifacts
    assert {one["role"] for one in version["datasets"]} == {"training", "validation"}


def test_a_server_that_is_down_is_an_error_with_its_address(capsys, monkeypatch):
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    monkeypatch.setattr(Client, "from_environment", classmethod(lambda cls: speaking_to(refuse)))
    monkeypatch.setattr("sys.argv", ["pipeline.py"])
    assert pipeline.main() == pipeline.ERROR
    assert "http://bank.example does not answer: refused" in capsys.readouterr().err


def test_a_busy_server_is_asked_again_with_the_same_key():
    keys = []

    def busy_at_first(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers["Idempotency-Key"])
        return httpx.Response(503 if len(keys) < 3 else 201, json={})

    speaking_to(busy_at_first).post("/releases", {})
    assert len(keys) == 3
    assert len(set(keys)) == 1


def test_a_refusal_is_not_repeated_and_names_the_field():
    calls = []

    def refuse(request: httpx.Request) -> httpx.Response:
        calls.append(request)
        error = {"field": "tier", "message": "1, 2 or 3"}
        return httpx.Response(400, json={"detail": "Not valid.", "errors": [error]})

    with pytest.raises(Problem, match=r"POST /api/v1/use-cases: 400 Not valid.\n  tier: 1, 2 or 3"):
        speaking_to(refuse).post("/use-cases", {})
    assert len(calls) == 1


def cast(server: Handler) -> loading.Cast:
    def connect(url: str, token: str = "") -> Client:
        return Client(url, token, transport=httpx.MockTransport(server))

    people = {"password": "secret", "tokens": {"ci": "a", "owner": "b", "product": "c"}}
    return loading.Cast("http://bank.example", people, connect)


def test_loading_releases_and_deploys_the_mitigated_version_alone():
    server = StandIn()
    loading.load(cast(server))
    asked = [body["version"] for _, path, body in server.calls if path == "/releases"]
    assert asked == [3, 2, 1]
    assert [one["state"] for one in server.releases.values()] == [
        "released",
        "in_review",
        "in_review",
    ]
    signed = [body["slot"] for _, path, body in server.calls if path.endswith("/decisions")]
    assert signed == ["validator", "officer", "validator"]  # the last officer's is the reader's
    (deployed,) = [body for _, path, body in server.calls if path == "/deployments"]
    assert deployed["version"] == 3
    observations = [path for _, path, _ in server.calls if path.endswith("/observations")]
    assert len(observations) == 30


def test_loading_twice_says_so_and_stops(capsys):
    def there_already(request: httpx.Request) -> httpx.Response:
        assert request.url.path.endswith("/use-cases")
        return httpx.Response(409, json={"detail": "It exists."})

    loading.load(cast(there_already))
    assert "there already" in capsys.readouterr().out
