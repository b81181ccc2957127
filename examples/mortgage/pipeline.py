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
from datetime import UTC, datetime
from pathlib import Path

import train
from registering import MODEL, PURPOSE, register
from sdk import Client, ClientError, Release, WaitedTooLong

ENVIRONMENT = "production"
ALLOW, DENY, TIMEOUT, ERROR = range(4)


def main() -> int:
    arguments = _arguments()
    try:
        return run(Client(), arguments)
    except ClientError as error:
        print(error, file=sys.stderr)
        return ERROR


def run(client: Client, arguments: argparse.Namespace) -> int:
    if arguments.follow:
        return follow(client, client.release(arguments.follow), arguments.timeout)
    started = datetime.now(UTC)
    say(f"training {arguments.model_kind}")
    trained = train.train(arguments.model_kind, arguments.seed)
    say(f"trained: {', '.join(f'{name} {value:.3f}' for name, value in trained.metrics.items())}")
    version = register(client, trained, code_commit(), started)
    say(f"registered {version.label}, digest {version.digest[:12]}")
    if not (arguments.release or arguments.wait):
        return ALLOW
    release = request_release(client, version.number, f"CI: {arguments.model_kind}")
    say(f"{release.label} requested")
    if not arguments.wait:
        return ALLOW
    return follow(client, release, arguments.timeout)


def request_release(client: Client, number: int, reason: str) -> Release:
    return client.request_release(
        MODEL, number, environment=ENVIRONMENT, purpose=PURPOSE, reason=reason
    )


def follow(client: Client, release: Release, timeout: float) -> int:
    """Waits until the release needs nobody any more, then asks for the verdict."""
    try:
        for event in client.watch(release, timeout=timeout):
            if event.kind != "check":  # each is told again by the gate that it opens
                say(event.text)
    except WaitedTooLong as late:
        say(str(late))
        return TIMEOUT
    answer = client.verdict(release, ENVIRONMENT, PURPOSE)
    print("allow" if answer else "deny", flush=True)
    if answer:
        return ALLOW
    for code, text in answer.reasons:
        print(f"  {code}: {text}")
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
