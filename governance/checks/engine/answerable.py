"""Looks at what is on record about a release: the bodies of the checks of accountability."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from governance.checks.base import JSON, Check, CheckError, CheckInput, Evidence
from governance.checks.engine import items
from governance.checks.engine.items import Item, held

_PEOPLE = {
    "owner": "owner",
    "developer": "developer",
    "validator": "validator",
    "accountable": "accountable person in the business",
}
_PLANS = {
    "monitoring": "monitoring plan",
    "rollback": "rollback plan",
    "human_oversight": "plan for human oversight",
}
_NO_CONSENT = ("", "unknown", "tbd", "n/a")


def people(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    given = _mapping(data, "people")
    told = [
        held(
            role, _stated(given.get(role)), f"The {spoken} is on record.",
            f"No {spoken} is on record.",
        )
        for role, spoken in _PEOPLE.items()
    ]  # fmt: skip
    told.append(_independence(given))
    return items.evidence(check, settled, seed, told)


def _independence(given: Mapping[str, Any]) -> Item:
    validator = str(given.get("validator") or "").strip().casefold()
    if not validator:
        bad = "Whether the validator is independent is not known: there is none."
        return Item("independence", items.UNKNOWN, bad)
    same = [
        role
        for role in ("developer", "owner")
        if str(given.get(role) or "").strip().casefold() == validator
    ]
    return held(
        "independence", not same, "The validator neither developed nor owns the model.",
        f"The validator is also the {' and the '.join(same)}.",
    )  # fmt: skip


def plans(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    given = _mapping(data, "plans")
    now = when(data.case.get("as_of"), "as_of")
    told = [
        _plan(name, spoken, given.get(name) or {}, now, settled["most_days"])
        for name, spoken in _PLANS.items()
    ]
    return items.evidence(check, settled, seed, told)


def _plan(
    name: str, spoken: str, plan: Mapping[str, Any], now: datetime | None, most_days: int
) -> Item:
    if not _stated(plan.get("text")):
        return Item(name, items.BROKEN, f"There is no {spoken}.")
    if not _stated(plan.get("responsible")):
        return Item(name, items.BROKEN, f"Nobody is named to carry out the {spoken}.")
    agreed = when(plan.get("agreed_at"), f"plans.{name}.agreed_at")
    if agreed is None or now is None:
        return Item(name, items.UNKNOWN, f"When the {spoken} was agreed is not known.")
    old = now - agreed > timedelta(days=most_days)
    on = f"{agreed:%-d %B %Y}"
    return held(
        name, not old, f"The {spoken} was agreed on {on} and names who carries it out.",
        f"The {spoken} was agreed on {on}, more than {most_days} days ago.",
    )  # fmt: skip


def documents(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    given = data.case.get("documents")
    if given is None:
        raise CheckError("The case says nothing of documents; give an empty list for none.")
    wanted = list(settled["kinds"] or data.case.get("documents_wanted") or ())
    changed = when(data.case.get("changed_at"), "changed_at")
    told = []
    for kind in wanted:
        there = any(one.get("kind") == kind for one in given)
        spoken = kind.replace("_", " ")
        told.append(
            held(
                "present", there, f"The document “{spoken}” is attached.",
                f"The document “{spoken}” is not attached.", subject=spoken,
            )
        )  # fmt: skip
    if not wanted:
        told.append(
            held("present", bool(given), "Documents are attached.", "No document is attached.")
        )
    told += [_young(one, changed) for one in _latest(given, wanted)]
    return items.evidence(check, settled, seed, told)


def _latest(given: Sequence[Mapping[str, Any]], wanted: Sequence[str]) -> list[Mapping[str, Any]]:
    """The newest document of every kind that is wanted, or of every kind."""
    newest: dict[str, Mapping[str, Any]] = {}
    for one in sorted(given, key=lambda one: str(one.get("created_at") or "")):
        kind = str(one.get("kind") or "")
        if not wanted or kind in wanted:
            newest[kind] = one
    return [newest[kind] for kind in sorted(newest)]


def _young(one: Mapping[str, Any], changed: datetime | None) -> Item:
    title = str(one.get("title") or one.get("kind") or "untitled")
    made = when(one.get("created_at"), "documents.created_at")
    if made is None or changed is None:
        bad = f"Whether “{title}” is younger than the change is not known."
        return Item("young", items.UNKNOWN, bad, title)
    return held(
        "young", made >= changed, f"“{title}” is younger than the change it documents.",
        f"“{title}” is of {made:%-d %B %Y}, older than the change of {changed:%-d %B %Y}.",
        subject=title,
    )  # fmt: skip


def lineage(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    given = _mapping(data, "lineage")
    inputs = given.get("inputs") or []
    told = [
        held(
            "run", _stated(given.get("run")), "The run that trained the model is on record.",
            "The run that trained the model is not on record.",
        ),
        held(
            "code", _stated(given.get("code_commit")),
            "The commit of the code that trained it is on record.",
            "The commit of the code that trained it is not on record.",
        ),
        held(
            "model", _stated(given.get("model_digest")),
            "The model's files are sealed by a digest.", "The model's files have no digest.",
        ),
    ]  # fmt: skip
    if not inputs:
        told.append(Item("inputs", items.BROKEN, "The run has no input dataset on record."))
    for one in inputs:
        name = str(one.get("name") or "unnamed")
        told.append(
            held(
                "inputs", _stated(one.get("digest")), f"The input {name} is pinned by its digest.",
                f"The input {name} is not pinned by a digest.", subject=name,
            )
        )  # fmt: skip
    if inputs and not any(one.get("role") == "training" for one in inputs):
        bad = "None of the run's inputs is the training data."
        told.append(Item("inputs", items.BROKEN, bad, "training"))
    return items.evidence(check, settled, seed, told)


def datasets(check: Check, data: CheckInput, settled: JSON, seed: int) -> Evidence:
    allowed = {text.casefold() for text in settled["licences"] or ()}
    told: list[Item] = []
    for one in uses(data):
        name = str(one.get("name") or "unnamed")
        licence = str(one.get("licence") or "").strip()
        fits = bool(licence) and (not allowed or licence.casefold() in allowed)
        bad = f"{name} states no licence."
        if licence:
            bad = f"{name} is under {licence}, which is not among the licences allowed."
        told.append(held("licence", fits, f"{name} is licensed ({licence}).", bad, subject=name))
        told.append(consent(one))
        told.append(
            held(
                "purpose", _stated(one.get("purpose")), f"{name} states its purpose.",
                f"{name} states no purpose.", subject=name,
            )
        )  # fmt: skip
    return items.evidence(check, settled, seed, told)


def uses(data: CheckInput) -> list[Mapping[str, Any]]:
    """The datasets of the case. Raises CheckError when there are none."""
    found = data.case.get("datasets") or []
    if not found:
        raise CheckError("The case lists no datasets: register the version with those it used.")
    return list(found)


def is_personal(one: Mapping[str, Any]) -> bool | None:
    """Whether the dataset holds personal data; None when that is not stated."""
    stated = str(one.get("personal_data") or "").strip().casefold()
    if not stated or stated == "unknown":
        return None
    return stated not in ("none", "no", "anonymous")


def consent(one: Mapping[str, Any]) -> Item:
    """Consent, or another ground in law, is needed of personal data only."""
    name = str(one.get("name") or "unnamed")
    stated = str(one.get("consent") or "").strip()
    personal = is_personal(one)
    if personal is False:
        return Item("consent", items.MET, f"{name} holds no personal data.", name)
    if stated.casefold() not in _NO_CONSENT:
        return Item("consent", items.MET, f"{name} states consent or its ground in law.", name)
    if personal is None:
        bad = f"Whether {name} holds personal data is not stated, nor consent."
        return Item("consent", items.UNKNOWN, bad, name)
    bad = f"{name} holds personal data and states neither consent nor another ground in law."
    return Item("consent", items.BROKEN, bad, name)


def when(text: Any, what: str) -> datetime | None:
    """An ISO 8601 time; None when there is none. Raises CheckError for anything else."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        raise CheckError(
            f"The case's {what} is {text!r}; write a time such as 2026-03-31T12:00:00+00:00."
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _mapping(data: CheckInput, key: str) -> Mapping[str, Any]:
    found = data.case.get(key)
    if not isinstance(found, Mapping):
        raise CheckError(f"The case says nothing of {key}: nobody has filled it in.")
    return found


def _stated(value: Any) -> bool:
    return bool(str(value or "").strip())
