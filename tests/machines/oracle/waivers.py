"""R9: one requirement, by somebody else, for no longer than the policies allow, never renewed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from tests.machines.oracle.signatures import stakes, unit_of
from tests.machines.oracle.steps import Step, label
from tests.machines.town import holds

WAIVABLE = "check:Performance"


def r9_bound_and_by_somebody_else(step: Step) -> Iterator[str]:
    for key, row in step.after.waivers.items():
        was = step.before.waivers.get(key)
        granted = row["state"] == "granted" and (was is None or was["state"] != "granted")
        if row["gate"] != WAIVABLE:
            yield f"R9: {row['gate']} is waived, which no policy lets anybody waive"
        most = _most(step, str(row["release_id"]))
        if (granted or was is None) and not 1 <= row["days"] <= most:
            yield f"R9: a waiver of {row['days']} days, where the policies allow {most}"
        if was is not None and any(
            was[name] != row[name] for name in ("gate", "days", "release_id", "version_id")
        ):
            yield f"R9: waiver W-{row['number']} covers something else now"
        held = was is not None and was["state"] == "granted"
        if held and was["expires_at"] != row["expires_at"]:
            yield f"R9: waiver W-{row['number']} was prolonged without a decision"
        if granted:
            yield from _grant(step, row)


def _most(step: Step, key: str) -> int:
    """For how long the policies of the present revision let a check be waived."""
    pins = step.facts.pins[key, step.after.releases[key]["revision"]]
    return max(terms.waiver_days for terms in pins)


def _grant(step: Step, row: dict) -> Iterator[str]:  # type: ignore[type-arg]
    who = row["decided_by__username"]
    name = f"W-{row['number']}"
    if who == row["requested_by__username"]:
        yield f"R9: {who} granted {name}, which they asked for"
    if not holds(who, "officer", unit_of(step, str(row["release_id"]))):
        yield f"R9: {who} granted {name} and is no officer"
    for stake in stakes(step, str(row["release_id"]), who):
        yield f"R9: {who}, who {stake}, granted {name}"
    if row["expires_at"] is None:
        yield f"R9: {name} has no end"
    elif row["expires_at"] - row["decided_at"] > timedelta(days=row["days"]):
        yield f"R9: {name} is longer than what was asked for"


def r9_nothing_outlives_it(step: Step) -> Iterator[str]:
    """What was waived is not met the day after."""
    for key, row in step.new("authorizations"):
        if row["kind"] == "emergency" or "rollback_to" in row["document"]:
            continue
        source = str(row["release_id"])
        ends = [
            one["expires_at"]
            for one in step.after.waivers.values()
            if str(one["release_id"]) == source
            and one["state"] == "granted"
            and one["expires_at"] > step.now
        ]
        if ends and row["expires_at"] > min(ends):
            yield f"R9: authorization {key[:8]} of {label(step, source)} outlives its waiver"
