"""The pipeline's exit codes and the first load, against a stand-in server.

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
from uuid import UUID

import bank
import httpx
import load as loading
import pipeline
from imprimatur_client import Patience
from imprimatur_client.transport import Request, Response
from people import Person
from sdk import Client

from governance import tiering
from lib.canonical import digest_of

Handler = Callable[[httpx.Request], httpx.Response]


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
            return self.keep(path.rsplit("/", 1)[1], request.content)
        if path.endswith("/observation-files"):
            body: Any = request.content.decode()
        else:
            body = json.loads(request.content) if request.content else None
        self.calls.append((request.method, path, body))
        return self.answer(request, path, body)

    def keep(self, digest: str, content: bytes) -> httpx.Response:
        if content:
            assert sha256(content).hexdigest() == digest
            self.artifacts.add(digest)
            return httpx.Response(201, json={"digest": digest, "size": len(content)})
        return httpx.Response(200 if digest in self.artifacts else 422, json={})

    def register(self, path: str, body: Any) -> httpx.Response:
        name = path.split("/")[2]
        self.versions += path.startswith("/models")
        manifest = sorted(body["manifest"], key=lambda file: str(file["path"]))
        sealed = {"number": self.versions or 1, "digest": digest_of(manifest), "state": "sealed"}
        return httpx.Response(201, json={"name": name, "model": name, **sealed})

    def answer(self, request: httpx.Request, path: str, body: Any) -> httpx.Response:
        if path == "/session":
            return httpx.Response(200, json={"csrf_token": "c", "person": body["username"]})
        if path == "/policies":
            return httpx.Response(
                201, json={"slug": "credit-decision", "number": 1, "state": "draft"}
            )
        if path.endswith("/versions"):
            return self.register(path, body)
        if path.endswith("/assessments"):
            return httpx.Response(201, json={"tier": 1, "score": 82.5})
        if path.endswith("/observation-files"):
            return httpx.Response(201, json={"refused": []})
        if path.endswith("/value-case"):
            return httpx.Response(200, json={"digest": "v" * 64})
        if path.endswith("/documents"):
            return httpx.Response(201, json=body)
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
            number = len(self.releases) + 1
            release = {"id": str(UUID(int=number)), "number": number, "revision": 1, **body}
            release |= {"gates": [], "checks": [], "decisions": [], "slots": slots, "state": state}
            release |= {"evidence_digest": "e", "digest": "d" * 64, "authorization": None}
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
                release["authorization"] = "a" * 64
            return httpx.Response(201, json={})
        etag = f'"{release["state"]}{len(release["decisions"])}"'
        if request.headers.get("If-None-Match") == etag:
            return httpx.Response(304)
        return httpx.Response(200, json=release, headers={"ETag": etag})


class Wire:
    """What the client sends reaches the stand-in instead of a network."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler

    def send(self, request: Request, timeout: float) -> Response:
        body = request.body() if request.body else b""
        content = body if isinstance(body, bytes) else b"".join(body or ())
        asked = httpx.Request(
            request.method, request.url, headers=dict(request.headers), content=content
        )
        answer = self.handler(asked)
        return Response(answer.status_code, dict(answer.headers), answer.content)


def speaking_to(handler: Handler, url: str = "http://bank.example", token: str = "x") -> Client:
    at_once = Patience(sleep=lambda seconds: None)
    return Client(url, token, patience=at_once, transport=Wire(handler))


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
            (release,) = server.releases.values()
            release["state"] = "released"
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
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(pipeline, "Client", lambda: speaking_to(refuse))
    monkeypatch.setattr("sys.argv", ["pipeline.py"])
    assert pipeline.main() == pipeline.ERROR
    assert "http://bank.example does not answer: connection refused" in capsys.readouterr().err


def cast(server: Handler) -> loading.Cast:
    def connect(url: str, token: str) -> Client:
        return speaking_to(server, url, token)

    def sign_in(url: str, username: str, password: str) -> Person:
        return Person(url, username, password, transport=httpx.MockTransport(server))

    people = {"password": "secret", "tokens": {"ci": "a", "owner": "b", "product": "c"}}
    return loading.Cast("http://bank.example", people, connect, sign_in)


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
    (handed_in,) = [body for _, path, body in server.calls if path.endswith("-files")]
    assert len(handed_in.splitlines()) == 1 + 4 * 12 - 1, "a year of four KPIs, one figure open"
    (review,) = [path for _, path, _ in server.calls if path.endswith("/reviews")]
    assert review == f"/authorizations/{'a' * 64}/reviews"


def test_what_is_promised_is_approved_as_it_was_written_before_anything_is_released():
    server = StandIn()
    loading.load(cast(server))
    paths = [path for _, path, _ in server.calls]
    approved = paths.index("/use-cases/mortgage-lending/value-case/approval")
    assert paths.index("/use-cases/mortgage-lending/plan") < approved < paths.index("/releases")
    (approval,) = [body for _, path, body in server.calls if path.endswith("/approval")]
    assert approval["digest"] == "v" * 64


def test_loading_publishes_the_methodology_that_ships_and_answers_all_of_it():
    """Before any policy: the tier decides which of them hold."""
    server = StandIn()
    loading.assess_risk(cast(server))
    sent = {path: body for _, path, body in server.calls}
    methodology = tiering.parse(sent["/risk-methodologies"]["source"])
    found = tiering.compute(methodology, sent["/use-cases/mortgage-lending/assessments"]["answers"])
    assert (found.tier, found.score) == (1, 82.5)
    assert found.tier == bank.USE_CASE_BODY["tier"]
    assert {"/use-cases/mortgage-lending/determinations"} <= set(sent)
    assert sent["/use-cases/mortgage-lending/classifications"]["preset"] == "credit_scoring"


def test_loading_twice_says_so_and_stops(capsys):
    def there_already(request: httpx.Request) -> httpx.Response:
        assert request.url.path.endswith("/use-cases")
        return httpx.Response(409, json={"detail": "It exists."})

    loading.load(cast(there_already))
    assert "there already" in capsys.readouterr().out
