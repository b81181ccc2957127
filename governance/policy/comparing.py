"""What a new text of a policy changes, in sentences: stricter, looser, added, removed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from governance.policy import demands
from governance.policy.bounds import stricter_threshold
from governance.policy.terms import SEVERITIES
from governance.threshold_words import threshold_in_words

Document = Mapping[str, Any]
Kind = Literal["stricter", "looser", "added", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class Difference:
    """``kind`` says which way the rule moved: more asked for is stricter or added."""

    kind: Kind
    part: str
    sentence: str

    def to_json(self) -> dict[str, str]:
        return {"kind": self.kind, "part": self.part, "sentence": self.sentence}


def compare(old: Document, new: Document) -> list[Difference]:
    """Everything that ``new`` asks for differently than ``old``; both as ``parse`` gives them."""
    return [
        *_scope(old["applies"], new["applies"]),
        *_items(old, new, "checks", "name", _check),
        *_items(old, new, "documents", "kind", _paper),
        *_criteria(old, new),
        *_items(old, new, "decisions", "key", _slot),
        *_numbers(old, new, "days that evidence counts", "evidence_max_age_days", "terms"),
        *_numbers(old, new, "days that reviewers have", "review_days", "terms"),
        *_terms(old["authorization"], new["authorization"]),
        *_parts(old, new),
    ]


def _scope(old: Document, new: Document) -> Iterator[Difference]:
    for key, word in (("tiers", "tier"), ("environments", "environment")):
        for one in [each for each in new[key] if each not in old[key]]:
            yield Difference("stricter", "applies", f"It now holds for {word} {one} too.")
        for one in [each for each in old[key] if each not in new[key]]:
            yield Difference("looser", "applies", f"It no longer holds for {word} {one}.")
    before, after = set(old["purposes"]), set(new["purposes"])
    if before == after:
        return
    wider = not after or (before and before <= after)
    narrower = not before or (after and after <= before)
    kind: Kind = "stricter" if wider else "looser" if narrower else "changed"
    named = " and ".join(sorted(after)) or "every purpose"
    yield Difference(kind, "applies", f"It now holds for {named}.")


def _items(
    old: Document, new: Document, part: str, key: str, compared: Any
) -> Iterator[Difference]:
    """Items are the same when their ``key`` is; an older text may name a slot by its role alone."""
    before = {item.get(key) or item["role"]: item for item in old[part]}
    after = {item.get(key) or item["role"]: item for item in new[part]}
    for name, item in after.items():
        if name not in before:
            yield Difference("added", part, f"{_called(item)} is now asked for.")
    for name, item in before.items():
        if name not in after:
            yield Difference("removed", part, f"{_called(item)} is no longer asked for.")
    for name, item in after.items():
        if name in before:
            yield from compared(before[name], item)
            yield from _grounds(before[name], item, part)


def _called(item: Document) -> str:
    if "check" in item:
        return f"{item['name']} ({threshold_in_words(item['threshold'])})"
    if "role" in item:
        return f"A signature as {item['title']}"
    return str(item["title"])


def _grounds(old: Document, new: Document, part: str) -> Iterator[Difference]:
    before, after = old.get("clause", ""), new.get("clause", "")
    if before != after:
        words = f"now cites {after}" if after else f"no longer cites {before}"
        yield Difference("changed", part, f"{new.get('name') or new['title']} {words}.")


def _check(old: Document, new: Document) -> Iterator[Difference]:
    name = new["name"]
    if old["check"] != new["check"]:
        yield Difference("changed", "checks", f"{name} is measured by {new['check']} instead.")
    if old["threshold"] != new["threshold"]:
        was, now = threshold_in_words(old["threshold"]), threshold_in_words(new["threshold"])
        told = f"{name}: {now}, no longer {was}." if was != now else f"{name}: other settings."
        kind = stricter_threshold(old["threshold"], new["threshold"])
        yield Difference(kind, "checks", told)
    if old["parameters"] != new["parameters"]:
        yield Difference("changed", "checks", f"{name} is measured with other parameters.")
    if old["on_inconclusive"] != new["on_inconclusive"]:
        lets = new["on_inconclusive"] == "second_signature"
        words = "may pass on a second signature" if lets else "blocks"
        sentence = f"{name}: too close to call now {words}."
        yield Difference("looser" if lets else "stricter", "checks", sentence)
    elif new["on_inconclusive"] == "second_signature":
        yield from _numbers(
            old, new, f"days that a second signature on {name} holds", "conditional_days", "checks"
        )
        yield from _swapped(old, new, "second_signer", f"The second signature on {name}", "checks")
    if old.get("limits") != new.get("limits"):
        yield Difference("changed", "checks", f"{name} may take other time or memory.")


def _paper(old: Document, new: Document) -> Iterator[Difference]:
    if old["title"] != new["title"]:
        sentence = f"{old['title']} is now called {new['title']}."
        yield Difference("changed", "documents", sentence)


def _criteria(old: Document, new: Document) -> Iterator[Difference]:
    before, after = demands.of(old), demands.of(new)
    for key in _without(after, before):
        sentence = f"“{demands.title_of(key)}” has to be met now."
        yield Difference("added", "criteria", sentence)
    for key in _without(before, after):
        sentence = f"“{demands.title_of(key)}” no longer has to be met."
        yield Difference("removed", "criteria", sentence)


def _slot(old: Document, new: Document) -> Iterator[Difference]:
    title = new["title"]
    yield from _swapped(old, new, "role", title, "decisions")
    before, after = old["count"], new["count"]
    if before != after:
        kind: Kind = "stricter" if after > before else "looser"
        yield Difference(kind, "decisions", f"{title}: {after} must approve, no longer {before}.")
    before, after = old.get("line", 0), new.get("line", 0)
    if before != after:
        kind = "stricter" if not before else "changed" if after else "looser"
        whom = f"line {after} only" if after else "any line of defence"
        yield Difference(kind, "decisions", f"{title}: signed by {whom}.")
    before, after = old.get("stage", 1), new.get("stage", 1)
    if before != after:
        sentence = f"{title}: signed in stage {after}, no longer {before}."
        yield Difference("changed", "decisions", sentence)


def _numbers(old: Document, new: Document, what: str, key: str, part: str) -> Iterator[Difference]:
    """The shorter, the stricter."""
    before, after = old[key], new[key]
    if before != after:
        kind: Kind = "stricter" if after < before else "looser"
        sentence = f"{what[0].upper()}{what[1:]}: {after}, no longer {before}."
        yield Difference(kind, part, sentence)


def _swapped(old: Document, new: Document, key: str, what: str, part: str) -> Iterator[Difference]:
    if old[key] != new[key]:
        sentence = f"{what}: given by {new[key]}, no longer by {old[key]}."
        yield Difference("changed", part, sentence)


def _terms(old: Document, new: Document) -> Iterator[Difference]:
    yield from _numbers(old, new, "days that an authorization lasts", "valid_days", "terms")
    limits = [[each["text"] for each in terms.get("limits", [])] for terms in (old, new)]
    yield from _texts(old["restrictions"], new["restrictions"], "Restriction")
    yield from _texts(limits[0], limits[1], "Limit on use")
    for before in old.get("limits", []):
        for after in new.get("limits", []):
            if before["text"] == after["text"] and before != after:
                sentence = f"Limit on use, “{after['text']}”: {after['key']} {after['value']}."
                yield Difference("changed", "terms", sentence)


def _texts(old: Sequence[str], new: Sequence[str], what: str) -> Iterator[Difference]:
    for text in _without(new, old):
        yield Difference("added", "terms", f"{what}: {text}.")
    for text in _without(old, new):
        yield Difference("removed", "terms", f"{what} dropped: {text}.")


def _without(texts: Iterable[str], others: Sequence[str]) -> list[str]:
    return [text for text in texts if text not in others]


_ALLOWED = {
    "waivers": ("waivers", (("max_days", "days that a waiver holds"),), "approver"),
    "conditions": ("conditional approval", (("max_days", "days to meet a condition"),), ""),
    "emergency": ("emergency use", (("valid_hours", "hours that an emergency lasts"),), "approver"),
}


def _parts(old: Document, new: Document) -> Iterator[Difference]:
    """What the one text mentions and the other does not; unmentioned means not allowed."""
    for key, (word, numbers, role) in _ALLOWED.items():
        before, after = old.get(key), new.get(key)
        if before and after:
            for name, what in numbers:
                yield from _numbers(before, after, what, name, "terms")
            if role:
                yield from _swapped(before, after, role, f"Approval of {word}", "terms")
        elif before or after:
            kind: Kind = "looser" if after else "stricter"
            yield Difference(kind, "terms", f"It {'now' if after else 'no longer'} allows {word}.")
    waived = [set((each.get("waivers") or {}).get("of", [])) for each in (old, new)]
    if old.get("waivers") and new.get("waivers"):
        for name in sorted(waived[1] - waived[0]):
            yield Difference("looser", "terms", f"{name} may now be waived.")
        for name in sorted(waived[0] - waived[1]):
            yield Difference("stricter", "terms", f"{name} may no longer be waived.")
    yield from _findings(old.get("findings"), new.get("findings"))
    yield from _again(old.get("recertification"), new.get("recertification"))


def _findings(old: Document | None, new: Document | None) -> Iterator[Difference]:
    before = SEVERITIES.index(old["block"]) if old else len(SEVERITIES)
    after = SEVERITIES.index(new["block"]) if new else len(SEVERITIES)
    if before != after:
        words = f"severity {new['block']} or above blocks" if new else "any severity blocks nothing"
        kind: Kind = "stricter" if after < before else "looser"
        yield Difference(kind, "terms", f"An open finding of {words}.")


def _again(old: Document | None, new: Document | None) -> Iterator[Difference]:
    if old and new:
        for key, what in (("every_days", "days between reviews"), ("grace_days", "days of grace")):
            yield from _numbers(old, new, what, key, "terms")
        yield from _swapped(old, new, "reviewer", "Re-certification", "terms")
    elif new:
        every = new["every_days"]
        yield Difference("stricter", "terms", f"It is now certified again every {every} days.")
    elif old:
        yield Difference("looser", "terms", "It is no longer certified again.")
