"""Which policies apply, what they ask for together, and what of it can be checked from files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from governance import policy as rules
from governance.checks import catalog
from governance.cli.check_options import Asked
from governance.cli.refusal import Refusal
from governance.policy.checks import problems_with
from governance.policy.text import MAX_BYTES, PolicyError
from lib.canonical import sha256

NEEDS_SERVER = "needs the server: it asks for what stands in the registry and in no file"
NOT_ASKED = "left out by --checks"


class _AnyRole(tuple[str, ...]):
    """Who may sign stands in the server; here every role is taken as written."""

    def __contains__(self, role: object) -> bool:
        return True


@dataclass(frozen=True)
class PolicyFile:
    """A policy as it was read; ``left_out`` says why it does not apply, or ""."""

    path: Path
    document: dict[str, Any]
    digest: str
    left_out: str = ""

    @property
    def name(self) -> str:
        return str(self.document["policy"])


@dataclass(frozen=True)
class Plan:
    """What there is to do. ``checks`` are requirements of the joined policies (with ``key``),
    ``not_run`` others with the reason; ``documents``, ``criteria`` of the use case and
    ``decisions`` are asked at the server."""

    policies: Sequence[PolicyFile]
    checks: Sequence[dict[str, Any]]
    not_run: Sequence[tuple[dict[str, Any], str]] = ()
    documents: Sequence[dict[str, Any]] = ()
    criteria: Sequence[dict[str, Any]] = ()
    decisions: Sequence[dict[str, Any]] = ()
    requirements: str = field(default="")
    """The digest of everything that the policies ask for together, as the server names it."""


def plan(asked: Asked) -> Plan:
    """Raises Refusal when a policy cannot be read, none applies, or no check is left to run."""
    files = [_applied(read(path), asked) for path in asked.policy]
    for place, one in enumerate(files):
        for other in files[:place]:
            if other.name == one.name:
                raise Refusal(
                    f"{other.path} and {one.path} are both the policy “{one.name}”: give one of "
                    "them, as the server holds only the newest."
                )
    applied = [one for one in files if not one.left_out]
    if not applied:
        reasons = "; ".join(f"{one.name} {one.left_out}" for one in files)
        raise Refusal(f"No policy applies: {reasons}.")
    joined = rules.join([(one.name, one.document) for one in applied])
    checks, not_run = _sorted_out(joined["checks"], asked.checks)
    if not checks:
        raise Refusal(_nothing(joined["checks"], asked.checks))
    return Plan(
        policies=files,
        checks=checks,
        not_run=not_run,
        documents=joined["documents"],
        criteria=joined.get("criteria", ()),
        decisions=joined["decisions"],
        requirements=rules.digest(joined),
    )


def read(path: Path) -> PolicyFile:
    """The policy in ``path``. Raises Refusal with every line that is wrong."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise Refusal(f"{path} is longer than {MAX_BYTES:,} bytes: is it a policy?")
        source = path.read_bytes().decode().replace("\r\n", "\n")
    except OSError as error:
        raise Refusal(f"The policy {path} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise Refusal(f"{path} is no policy: it is not text in UTF-8.") from error
    try:
        document = rules.parse(source, roles=_AnyRole(), validate_check=problems_with)
    except PolicyError as error:
        told = "; ".join(f"line {line}, {key}: {text}" for line, key, text in error.problems[:5])
        more = f"; and {len(error.problems) - 5} more" if len(error.problems) > 5 else ""
        raise Refusal(f"{path} is no policy that can be used: {told}{more}.") from error
    return PolicyFile(path, document, sha256(source.encode()))


def _applied(found: PolicyFile, asked: Asked) -> PolicyFile:
    """What was not said leaves no policy out."""
    applies = found.document["applies"]
    if asked.tier is not None and asked.tier not in applies["tiers"]:
        tiers = " and ".join(map(str, applies["tiers"]))
        why = f"is for tier {tiers}, not {asked.tier}"
    elif asked.environment and asked.environment not in applies["environments"]:
        why = f"is for {' and '.join(applies['environments'])}, not {asked.environment}"
    elif asked.purpose and applies["purposes"] and asked.purpose not in applies["purposes"]:
        why = f"is for {' and '.join(applies['purposes'])}, not {asked.purpose}"
    else:
        return found
    return PolicyFile(found.path, found.document, found.digest, why)


def _sorted_out(
    required: Sequence[dict[str, Any]], patterns: Sequence[str]
) -> tuple[list[dict[str, Any]], list[tuple[dict[str, Any], str]]]:
    known = catalog.all_checks()
    checks, not_run = [], []
    for one in required:
        if patterns and not _matches(one, patterns):
            not_run.append((one, NOT_ASKED))
        elif known[one["check"]].asks_registry:
            not_run.append((one, NEEDS_SERVER))
        else:
            checks.append(one)
    return checks, not_run


def _matches(one: dict[str, Any], patterns: Sequence[str]) -> bool:
    names = [str(one[key]).casefold() for key in ("check", "name", "key")]
    return any(fnmatchcase(name, pattern.casefold()) for name in names for pattern in patterns)


def _nothing(required: Sequence[dict[str, Any]], patterns: Sequence[str]) -> str:
    if not required:
        return "The policies ask for no check, so there is nothing to measure."
    if patterns:
        listed = ", ".join(sorted({one["check"] for one in required}))
        return f"No check matches {' or '.join(patterns)}; the policies ask for {listed}."
    return "Every check that the policies ask for needs the server's records: none can be run here."
