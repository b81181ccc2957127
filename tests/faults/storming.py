"""Calls that nobody thought of: Schemathesis makes them of the API's description, fitting or not.

What it makes up alone rarely names anything there is, so most names, numbers and digests are put in
from what the server lists. A case is judged by its answer: no fault of the server's, within
``PATIENCE`` seconds, and refusals as documents in the words of the API that was asked.
"""

from __future__ import annotations

import json
import time
import warnings
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

import hypothesis
import schemathesis
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.core.errors import SchemathesisError
from schemathesis.core.result import Ok

PATIENCE: Final = 5.0
GUST: Final = 10  # cases of one operation, before the next has its turn
LIKELY: Final = 0.7  # that something is named which there is
DOOR: Final = ("/api/2.0/", "/ajax-api/2.0/")

Known = Mapping[str, Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer, after ``seconds``; status 0 is none."""

    status: int
    kind: str = ""
    body: bytes = b""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Fault:
    address: str
    what: str
    curl: str

    def __str__(self) -> str:
        return f"{self.address}: {self.what}\n    {self.curl}"


@dataclass
class Tally:
    """How many cases each operation had, how they were answered, and what was wrong."""

    cases: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")

    @property
    def total(self) -> int:
        return self.cases.total()

    def note(self, address: str, heard: Heard, curl: Callable[[], str]) -> None:
        self.cases[address] += 1
        self.statuses[heard.status] += 1
        self.slowest = max(self.slowest, (heard.seconds, address))
        self.faults += [Fault(address, what, curl()) for what in faults_of(address, heard)]


Send = Callable[[Case], Heard]


def operations_of(description: dict[str, Any]) -> list[Any]:
    """Schemathesis' operations; those of the MLflow door under its other prefix as well."""
    whole = deepcopy(description)
    for address, calls in description["paths"].items():
        if address.startswith(DOOR[0]):
            again = deepcopy(calls)
            for call in again.values():
                call["operationId"] = f"ajax_{call['operationId']}"
            whole["paths"][DOOR[1] + address.removeprefix(DOOR[0])] = again
    # Whoever sends says who they are: keys made up would only find closed doors.
    whole["components"].pop("securitySchemes", None)
    for calls in whole["paths"].values():
        for call in calls.values():
            call.pop("security", None)
    _close(whole)
    schema = schemathesis.openapi.from_dict(whole)
    return [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]


def _close(schema: Any) -> None:
    """Fields that nobody knows are refused by most bodies: made up ones would hide all the rest."""
    for inner in schema.values() if isinstance(schema, dict) else schema:
        if isinstance(inner, dict | list):
            _close(inner)
    if isinstance(schema, dict) and isinstance(schema.get("properties"), dict):
        schema.setdefault("additionalProperties", False)


def blow(
    operations: Sequence[Any],
    send: Send,
    *,
    cases: int,
    seed: int,
    known: Callable[[], Known],
    until: float = float("inf"),
) -> Tally:
    """At least ``cases`` of them, all operations in turn, or fewer when ``time.monotonic()`` passes
    ``until``. The same seed makes the same cases as long as the server lists the same."""
    tally, chance, before = Tally(), Random(seed), -1
    while before < tally.total < cases and time.monotonic() < until:
        before, there = tally.total, known()
        wanted = max(1, min(GUST, (cases - tally.total) // (2 * len(operations))))
        for operation in chance.sample(operations, len(operations)):
            for mode in GenerationMode:
                if tally.total < cases and time.monotonic() < until:
                    _gust(operation, mode, wanted, send, there, chance, tally)
    return tally


def _gust(
    operation: Any,
    mode: GenerationMode,
    count: int,
    send: Send,
    known: Known,
    chance: Random,
    tally: Tally,
) -> None:
    """``count`` cases of one operation; none where no case of that mode can be."""

    @hypothesis.seed(chance.getrandbits(32))
    @hypothesis.settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(operation.as_strategy(generation_mode=mode), st.randoms())
    def each(case: Case, chance: Random) -> None:
        name_what_there_is(case, known, chance)
        tally.note(operation.label, send(case), lambda: curl_of(case))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            each()
        except (Unsatisfiable, SchemathesisError):
            return


def name_what_there_is(case: Case, known: Known, chance: Random) -> None:
    """Puts values of ``known``, by the name of their field, in place of most made up ones."""
    for holder in (case.path_parameters, case.query, case.body):
        _fill(holder, known, chance)


def _fill(holder: Any, known: Known, chance: Random) -> None:
    if isinstance(holder, list):
        for one in holder:
            _fill(one, known, chance)
    if not isinstance(holder, dict):
        return
    for name, value in holder.items():
        if isinstance(value, dict | list):
            _fill(value, known, chance)
        elif known.get(name) and chance.random() < LIKELY:
            holder[name] = chance.choice(known[name])


def curl_of(case: Case) -> str:
    """A line for the shell; whose turn it was is for the reader to put in."""
    line = case.as_curl_command(headers={"Authorization": "x"})
    return line.replace("'Authorization: [Filtered]'", '"Authorization: Bearer $TOKEN"')


def faults_of(address: str, heard: Heard) -> list[str]:
    """Sentences on what is wrong with an answer to ``METHOD /address``; none when all is well."""
    found = []
    if heard.status == 0:
        return [f"no answer within {PATIENCE:g} s"]
    if heard.status >= 500:
        found.append(f"{heard.status}: {heard.body[:200]!r}")
    if heard.seconds > PATIENCE:
        found.append(f"answered after {heard.seconds:.1f} s")
    if heard.status >= 400 and not _is_worded(address.partition(" ")[2], heard):
        found.append(f"{heard.status} in {heard.kind or 'no type'}: {heard.body[:200]!r}")
    return found


def _is_worded(path: str, heard: Heard) -> bool:
    """Whether a refusal is a document in the words of its API."""
    kind = heard.kind.partition(";")[0]
    if path.startswith(DOOR):
        due, members = "application/json", {"error_code", "message"}
    else:
        due, members = "application/problem+json", {"status", "detail", "code"}
    if kind != due:
        return False
    try:
        body = json.loads(heard.body)
    except ValueError:
        return False
    return isinstance(body, dict) and members <= set(body)
