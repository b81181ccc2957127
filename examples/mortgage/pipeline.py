"""A bank's CI job: train a version, register it, ask for its release, wait for the verdict.

    IMPRIMATUR_URL=http://localhost:8000 IMPRIMATUR_TOKEN=imp_... \\
        python examples/mortgage/pipeline.py --wait

Exit code: 0 allow (or, without ``--wait``, done), 1 deny, 2 no verdict in time, 3 error.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import train
from client import Client, Json, Problem
from registering import MODEL, PURPOSE, register

ENVIRONMENT = "production"
WAITING = {"validating", "in_review"}
ALLOW, DENY, TIMEOUT, ERROR = range(4)


def main() -> int:
    arguments = _arguments()
    try:
        client = Client.from_environment()
        return run(client, arguments)
    except Problem as problem:
        print(problem, file=sys.stderr)
        return ERROR


def run(client: Client, arguments: argparse.Namespace) -> int:
    if arguments.follow:
        return follow(client, arguments.follow, arguments.timeout)
    started = datetime.now(UTC)
    say(f"training {arguments.model_kind}")
    trained = train.train(arguments.model_kind, arguments.seed)
    say(f"trained: {', '.join(f'{name} {value:.3f}' for name, value in trained.metrics.items())}")
    version = register(client, trained, code_commit(), started)
    say(f"registered {MODEL} version {version['number']}, digest {version['digest'][:12]}")
    if not (arguments.release or arguments.wait):
        return ALLOW
    release = request_release(client, int(version["number"]), f"CI: {arguments.model_kind}")
    say(f"release {release['id']} requested")
    if not arguments.wait:
        return ALLOW
    return follow(client, str(release["id"]), arguments.timeout)


def follow(client: Client, release_id: str, timeout: float) -> int:
    """Waits until the release needs nobody any more, then asks for the verdict."""
    state = wait(client, release_id, timeout)
    if state in WAITING:
        say(f"no verdict within {timeout} s; the release is still {state}")
        return TIMEOUT
    return report_verdict(client, str(client.get(f"/releases/{release_id}")["digest"]))


def request_release(client: Client, number: int, reason: str) -> Json:
    return client.post(
        "/releases",
        {
            "model": MODEL,
            "version": number,
            "environment": ENVIRONMENT,
            "purpose": PURPOSE,
            "reason": reason,
        },
    )


def wait(client: Client, release_id: str, timeout: float, until: set[str] = WAITING) -> str:
    """Follows the release, printing what changes, while its state is in ``until``."""
    deadline = time.monotonic() + timeout
    tag, state, seen = "", "validating", ""
    while True:
        headers = {"If-None-Match": tag} if tag else {}
        response = client.send("GET", f"/releases/{release_id}", headers=headers)
        if response.status_code != 304:
            release: Json = response.json()
            tag, state = response.headers.get("ETag", ""), str(release["state"])
            if (line := progress(release)) != seen:
                say(line)
                seen = line
        if state not in until or time.monotonic() >= deadline:
            return state
        time.sleep(1)


def progress(release: Json) -> str:
    """One line: the state, and what it waits for or why it stands."""
    if release["state"] == "validating":
        checks = release["checks"]
        done = sum(check["state"] in {"finished", "failed"} for check in checks)
        return f"validating: {done} of {len(checks)} checks done"
    closed = [gate for gate in release["gates"] if gate["state"] != "open"]
    whys = [f"\n  {gate['title']}: {'; '.join(map(str, gate['reasons']))}" for gate in closed]
    return str(release["state"]).replace("_", " ") + "".join(whys)


def report_verdict(client: Client, digest: str) -> int:
    answer = client.get("/verdict", digest=digest, environment=ENVIRONMENT, purpose=PURPOSE)
    print(answer["verdict"], flush=True)
    if answer["verdict"] == "allow":
        return ALLOW
    for reason in answer["reasons"]:
        print(f"  {reason['code']}: {reason['text']}")
    return DENY


def code_commit() -> str:
    """The commit this code is at: CI usually says, else git does."""
    if commit := os.environ.get("CI_COMMIT_SHA"):
        return commit
    git = ["git", "-C", str(Path(__file__).parent), "rev-parse", "HEAD"]
    try:
        return subprocess.run(git, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def say(line: str) -> None:
    print(f"{datetime.now():%H:%M:%S} {line}", flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train, register, release the mortgage model.")
    parser.add_argument("--model-kind", choices=train.KINDS, default="mitigated")
    parser.add_argument("--seed", type=int, default=train.SEED, help="of the split")
    parser.add_argument("--release", action="store_true", help="ask for a release")
    parser.add_argument("--wait", action="store_true", help="ask, then wait for the verdict")
    parser.add_argument("--follow", metavar="ID", help="wait for a release asked for earlier")
    parser.add_argument("--timeout", type=float, default=3600, help="seconds to wait")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
