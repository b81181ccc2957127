"""Thousands of generated calls to a whole running system, over both of its APIs.

    python -m tests.faults.storm --cases 20000

It runs as ``make up`` does, with the example loaded, on loopback, and is gone afterwards. Service
tokens and people in sessions take turns. Prints how many calls each address had, and every fault
with a curl line that shows it again: none.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

import requests
from schemathesis import Case

from tests.faults.storm_known import known
from tests.faults.storming import PATIENCE, Heard, Tally, blow, operations_of
from tests.town import Town, a_town

MACHINES: Final = ("owner", "ci", "operator")
PEOPLE: Final = ("rita", "ada", "ravi", "bo", "otto")
OPERATOR: Final = "stormy"
SIGNED_IN: Final = 300.0  # seconds until a person proves anew who they are


@dataclass
class Caller:
    """Somebody with a token, or a person who signs in with a password."""

    url: str
    name: str
    token: str = ""
    password: str = ""
    session: requests.Session = field(default_factory=requests.Session)
    since: float = float("-inf")

    def ready(self) -> requests.Session:
        if self.token:
            self.session.headers["Authorization"] = f"Bearer {self.token}"
        elif time.monotonic() - self.since > SIGNED_IN:
            self.session = requests.Session()
            said = {"username": self.name, "password": self.password}
            answer = self.session.post(f"{self.url}/api/v1/session", json=said, timeout=30)
            answer.raise_for_status()
            self.session.headers["X-CSRFToken"] = answer.json()["csrf_token"]
            self.since = time.monotonic()
        return self.session

    def send(self, case: Case) -> Heard:
        session = self.ready()
        headers = {name: str(value) for name, value in session.headers.items()}
        began = time.monotonic()
        try:
            answer = case.call(
                base_url=self.url,
                session=session,
                headers=headers,
                timeout=2 * PATIENCE,
                allow_redirects=False,
            )
        except requests.Timeout:
            return Heard(0, seconds=2 * PATIENCE)
        took = time.monotonic() - began
        kind = (answer.headers.get("content-type") or [""])[0]
        return Heard(answer.status_code, kind, answer.content, took)

    def read(self, address: str) -> Any:
        answer = self.ready().get(f"{self.url}/api/v1/{address}", timeout=30)
        return answer.json() if answer.status_code == 200 else None


@dataclass
class Crowd:
    """Who was let through to an address last is asked first; whoever is refused lets others try."""

    callers: list[Caller]
    chance: Random
    suited: dict[str, Caller] = field(default_factory=dict)

    def send(self, case: Case) -> Heard:
        """The answer of the first who is let through, and any that is a fault."""
        label, order = case.operation.label, self.chance.sample(self.callers, len(self.callers))
        if label in self.suited and self.chance.random() < 0.8:
            order.insert(0, self.suited[label])
        for caller in order[:4]:
            heard = caller.send(case)
            if heard.status == 401 and caller.password and "/session" not in label:
                caller.since = float("-inf")  # signed out by a case, or roles have changed
                heard = caller.send(case)
            if heard.status != 403:
                self.suited[label] = caller
                break
        return heard


def crowd_of(town: Town, seed: int) -> Crowd:
    callers = [
        Caller(town.url, f"storm {role}", token=town.manage("issue_token", role))
        for role in MACHINES
    ]
    callers += [Caller(town.url, name, password=town.password) for name in PEOPLE]
    secret = town.manage("make_operator", OPERATOR).split()[-1]
    callers.append(Caller(town.url, OPERATOR, password=secret))
    return Crowd(callers, Random(seed))


def storm(town: Town, *, cases: int, minutes: float, seed: int) -> Tally:
    crowd = crowd_of(town, seed)
    reader = next(caller for caller in crowd.callers if caller.name == "rita")
    description = requests.get(f"{town.url}/api/v1/openapi.json", timeout=60).json()
    return blow(
        operations_of(description),
        crowd.send,
        cases=cases,
        seed=seed,
        known=lambda: known(reader.read, town.password),
        until=time.monotonic() + minutes * 60,
    )


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--cases", type=int, default=20_000)
    options.add_argument("--minutes", type=float, default=30, help="no longer than that")
    options.add_argument("--seed", type=int, default=1)
    asked = options.parse_args()
    with a_town(SIGN_IN_RATE="10000/min") as town:
        began = time.monotonic()
        tally = storm(town, cases=asked.cases, minutes=asked.minutes, seed=asked.seed)
        took = time.monotonic() - began
    print("| call | cases |\n| --- | ---: |")
    print("\n".join(f"| {address} | {count:,} |" for address, count in sorted(tally.cases.items())))
    statuses = ", ".join(f"{status}: {count:,}" for status, count in sorted(tally.statuses.items()))
    print(
        f"\n{tally.total:,} cases of {len(tally.cases)} calls in {took:.0f} s; answers {statuses}"
    )
    print(f"slowest: {tally.slowest[1]}, {tally.slowest[0]:.2f} s")
    print("\n".join(map(str, tally.faults)) or "no fault")
    return 1 if tally.faults or tally.total < asked.cases else 0


if __name__ == "__main__":
    sys.exit(main())
