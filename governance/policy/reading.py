"""A policy in plain English. Pure."""

from __future__ import annotations

from typing import Any

from governance.policy import demands
from governance.threshold_words import threshold_in_words

Document = dict[str, Any]


def reading(document: Document) -> list[str]:
    """The policy in plain English, a sentence each."""
    applies = document["applies"]
    tiers = " or ".join(str(tier) for tier in applies["tiers"])
    where = " or ".join(applies["environments"])
    purposes = f" for {' or '.join(applies['purposes'])}" if applies["purposes"] else ""
    sentences = [f"It applies to tier {tiers} models going to {where}{purposes}."]
    for check in document["checks"]:
        line = f"{check['name']}: {threshold_in_words(check['threshold'])}{_cited(check)}."
        if check["on_inconclusive"] == "second_signature":
            line += (
                f" Too close to call needs a second signature ({check['second_signer']}) and then"
                f" holds for {check['conditional_days']} days."
            )
        sentences.append(line + _limited(check.get("limits", {})))
    if document["documents"]:
        titles = ", ".join(f"{paper['title']}{_cited(paper)}" for paper in document["documents"])
        sentences.append(f"These documents must be attached: {titles}.")
    if document.get("criteria"):
        titles = ", ".join(demands.title_of(key) for key in document["criteria"])
        sentences.append(f"These criteria of the use case must be met: {titles}.")
    sentences += [_slot(slot) for slot in document["decisions"]]
    sentences.append(
        f"Evidence counts for {document['evidence_max_age_days']} days; reviewers have "
        f"{document['review_days']} days; an authorization lasts "
        f"{document['authorization']['valid_days']} days."
    )
    terms = document["authorization"]
    sentences += [f"Restriction: {text}." for text in terms["restrictions"]]
    sentences += [f"Limit on use: {limit['text']}." for limit in terms.get("limits", [])]
    return [*sentences, *_terms(document)]


def _cited(rule: Document) -> str:
    """ " (SS1/23 P3)", the clause that asks for it; "" where none is cited."""
    return f" ({rule['clause']})" if rule.get("clause") else ""


def _limited(limits: Document) -> str:
    """ " It may take 60 seconds and 2,048 MiB of memory."; "" where nothing is said."""
    told = []
    if "seconds" in limits:
        told.append(f"{limits['seconds']:,} second{'' if limits['seconds'] == 1 else 's'}")
    if "memory_mib" in limits:
        told.append(f"{limits['memory_mib']:,} MiB of memory")
    return f" It may take {' and '.join(told)}." if told else ""


def _slot(slot: Document) -> str:
    people = "person" if slot["count"] == 1 else "different people"
    line = f" from line {slot['line']}" if slot.get("line") else ""
    after = ", after all slots of earlier stages" if slot.get("stage", 1) > 1 else ""
    return f"{slot['count']} {people}{line} must approve as {slot['title']}{after}{_cited(slot)}."


def _terms(document: Document) -> list[str]:
    """What policies of an earlier day say nothing of is left out."""
    findings, waivers = document.get("findings"), document.get("waivers")
    conditions, emergency = document.get("conditions"), document.get("emergency")
    again = document.get("recertification")
    found = []
    if findings:
        found.append(f"An open finding of severity {findings['block']} or above blocks.")
    if waivers:
        found.append(
            f"{' and '.join(waivers['of'])} may be waived for {waivers['max_days']} days at most, "
            f"approved as {waivers['approver']}."
        )
    if conditions:
        found.append(
            f"An approval may carry conditions, to be met within {conditions['max_days']} days."
        )
    if emergency:
        found.append(
            f"In an emergency it may run for {emergency['valid_hours']} hours, approved as "
            f"{emergency['approver']} and reviewed at once."
        )
    if again:
        days = again["grace_days"]
        late = f"{days} day{'' if days == 1 else 's'} later" if days else "from that day on without"
        found.append(
            f"It is certified again every {again['every_days']} days, as {again['reviewer']}; "
            f"{late} it may no longer run."
        )
    return found
