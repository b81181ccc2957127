"""Fills an empty server with the example, through its API: one version released, one whose
release awaits a decision, one blocked.

Plays everybody's part, each with their own credentials: a JSON object with the example people's
password and tokens, from EXAMPLE_PEOPLE or, beside the server, from ``manage.py example_people``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import bank
import train
import valuing
from people import Json, Person
from pipeline import ENVIRONMENT, code_commit, request_release, say
from registering import MODEL, PURPOSE, USE_CASE, register
from sdk import Client, ClientError, Conflict, Release, Slot

ROOT = Path(__file__).resolve().parents[2]
METHODOLOGY = ROOT / "governance/risk_methodologies/house.yaml"
POLICIES = ("credit-decision.yaml", "trustworthy-model.yaml")
SIGNERS = {"validator": "ravi", "officer": "rita", "business": "bo"}
CHECKS_TAKE = 300  # seconds to wait at most for one release's checks
REASON = {
    "validator": "Re-performed the fairness and performance checks; the figures hold.",
    "officer": "Passes the four-fifths gate; the loss in accuracy is stated and accepted.",
    "business": "Serves the use case at the accuracy stated.",
}
SECOND_REASON = "The ratio is above 0.80 and too few rows to be sure: acceptable while we collect."


class Cast:
    """Clients for everybody in the example."""

    def __init__(
        self,
        url: str,
        people: Json,
        connect: Callable[..., Client] = Client,
        sign_in: Callable[..., Person] = Person,
    ) -> None:
        self.url, self.password, self.sign_in = url, str(people["password"]), sign_in
        tokens = people["tokens"]
        self.ci = connect(url, tokens["ci"])
        self.owner = connect(url, tokens["owner"]).session

    def person(self, username: str) -> Person:
        return self.sign_in(self.url, username, self.password)


def main() -> int:
    try:
        url = os.environ.get("IMPRIMATUR_URL", "http://localhost:8000")
        load(Cast(url, people()))
    except ClientError as error:
        print(error, file=sys.stderr)
        return 3
    return 0


def people() -> Json:
    text = os.environ.get("EXAMPLE_PEOPLE")
    if not text:
        command = [sys.executable, "manage.py", "example_people"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            raise ClientError(f"manage.py example_people failed:\n{done.stderr.strip()}")
        text = done.stdout
    loaded: Json = json.loads(text)
    return loaded


def load(cast: Cast) -> None:
    if not describe_use_case(cast):
        say("the example is there already")
        return
    assess_risk(cast)
    valuing.envision(cast)
    say("planned: the promise is approved and frozen")
    valuing.report(cast)
    say("a year of figures handed in")
    for name in POLICIES:
        publish_policy(cast, Path(__file__).with_name(name))
    versions = {kind: register_kind(cast, kind) for kind in train.KINDS}
    released = request(cast, versions["mitigated"], "mitigated")
    valuing.state_ready(cast, released)
    if sign_all(cast, released) == "released":
        deploy(cast, versions["mitigated"])
        valuing.review(cast, released)
        say(f"{released.label}: reviewed against its promise")
    # Everybody but the risk officer has signed: hers is the decision that the reader takes.
    sign_all(cast, request(cast, versions["without-race"], "without-race"), leaving="officer")
    request(cast, versions["with-race"], "with-race")
    say("the example is loaded")


def publish_policy(cast: Cast, source: Path) -> None:
    """The validator drafts it, the risk officer publishes: one person alone makes no rules."""
    draft = cast.person("ravi").post("/policies", {"source": source.read_text()})
    address = f"/policies/{draft['slug']}/versions/{draft['number']}/publish"
    cast.person("rita").post(address, {})
    say(f"policy {draft['slug']} v{draft['number']} published")


def describe_use_case(cast: Cast) -> bool:
    """Use case and model; False when the use case exists."""
    try:
        cast.owner.post("/use-cases", bank.USE_CASE_BODY)
    except Conflict:
        return False
    cast.owner.post("/models", bank.MODEL_BODY)
    return True


def assess_risk(cast: Cast) -> None:
    """The risk officer publishes how tiers are computed; the tier follows from the answers."""
    rita, ada = cast.person("rita"), cast.person("ada")
    rita.post("/risk-methodologies", {"source": METHODOLOGY.read_text()})
    address = f"/use-cases/{USE_CASE}"
    found = ada.post(f"{address}/assessments", {"answers": bank.RISK_ANSWERS})
    rita.post(f"{address}/determinations", bank.DETERMINATION)
    rita.post(f"{address}/classifications", bank.CLASSIFICATION)
    say(f"risk assessed: tier {found['tier']}, with a score of {found['score']:g} out of 100")


def register_kind(cast: Cast, kind: str) -> int:
    started = datetime.now(UTC)
    trained = train.train(kind)
    version = register(cast.ci, trained, code_commit(), started)
    say(f"{kind}: registered as version {version.number}")
    return version.number


def request(cast: Cast, number: int, kind: str) -> Release:
    """Asks for a release and waits for its checks."""
    release = request_release(cast.ci, number, f"Example: {kind}")
    say(f"{kind}: {release.label} requested")
    told = 0
    for event in cast.ci.watch(release, timeout=CHECKS_TAKE, until={"validating"}):
        done = sum(check.is_done for check in event.release.checks)
        if done > told:
            say(f"validating: {done} of {len(event.release.checks)} checks done")
            told = done
    return release


def sign_all(cast: Cast, release: Release, leaving: str = "") -> str:
    """Fills every open slot, but for that of the role ``leaving``; returns the state."""
    while True:
        release = cast.ci.release(release)
        waiting = [
            slot
            for slot in release.slots
            if not slot.filled and slot.role != leaving and slot.role in SIGNERS
        ]
        if release.state != "in_review" or not waiting:
            say(f"{release.label}: {release.state.replace('_', ' ')}")
            return release.state
        sign(cast, release, waiting[0])


def sign(cast: Cast, release: Release, slot: Slot) -> None:
    role, second = slot.role, slot.key.startswith("second:")
    cast.person(SIGNERS[role]).post(
        f"/releases/{release.id}/decisions",
        {
            "slot": slot.key,
            "outcome": "approve",
            "meaning": "review" if role == "validator" else "approval",
            "reason": SECOND_REASON if second else REASON[role],
            "evidence_digest": release.raw["evidence_digest"],
            "password": cast.password,
        },
    )
    say(f"{SIGNERS[role]} approved as {slot.title}")


def deploy(cast: Cast, number: int) -> None:
    cast.ci.session.post(
        "/deployments",
        {
            "model": MODEL,
            "version": number,
            "environment": ENVIRONMENT,
            "purpose": PURPOSE,
            "started_at": datetime.now(UTC).isoformat(),
        },
    )
    say(f"version {number} deployed to {ENVIRONMENT}")


if __name__ == "__main__":
    sys.exit(main())
