"""The outcome as JUnit XML, as GitLab, Jenkins and others read it.

A suite for each component, a case for each check. A fail is a ``failure``; so is an inconclusive,
of the type ``inconclusive``, because it opens no gate and would else look like a pass; a check that
broke is an ``error``; what was not run here is ``skipped``. What many checks broke for is a case of
its own, in a suite before the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree import ElementTree as Xml

from governance.causes import Cause
from governance.checks.render import sayable
from governance.cli.check_outcome import Outcome, Result
from governance.components import by_component
from governance.policy import threshold_in_words


def xml(outcome: Outcome) -> bytes:
    """The whole file in UTF-8."""
    root = Xml.Element("testsuites", name="imprimatur check", time=f"{outcome.seconds:.3f}")
    skipped = by_component(outcome.plan.not_run, lambda one: str(one[0]["check"]))
    groups: dict[str, list[Xml.Element]] = {}
    if outcome.causes:
        groups["causes"] = [_cause(cause, outcome) for cause in outcome.causes]
    for component, results in outcome.components:
        groups.setdefault(component, []).extend(_case(outcome.alone(one)) for one in results)
    for component, left in skipped:
        groups.setdefault(component, []).extend(_left_out(*one) for one in left)
    if asked := [*_at_server(outcome)]:
        groups["at the server"] = asked
    for name, cases in groups.items():
        suite = Xml.SubElement(root, "testsuite", name=name, timestamp=_time(outcome))
        _properties(suite, outcome)
        suite.extend(cases)
    for element in (root, *root.findall("testsuite")):
        _count(element)
    body: bytes = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return body


def _time(outcome: Outcome) -> str:
    return outcome.started.strftime("%Y-%m-%dT%H:%M:%S")


def _case(one: Result) -> Xml.Element:
    case = _named(one.component, one.key, one.check_id, one.seconds)
    if one.verdict == "pass":
        Xml.SubElement(case, "system-out").text = _clean(one.sentence)
        return case
    kind = "error" if one.verdict == "error" else "failure"
    told = Xml.SubElement(case, kind, type=one.verdict, message=_clean(one.sentence))
    threshold = one.asked["threshold"]
    asked = [f"Asked: {threshold_in_words(threshold)}."] if threshold else []
    told.text = _clean("\n".join([one.sentence, *asked, *one.steps]))
    return case


def _cause(cause: Cause[Result], outcome: Outcome) -> Xml.Element:
    """What many cases broke for, as a case of its own: they do not repeat it."""
    case = _named("causes", "", "", 0.0)
    case.set("name", _clean(outcome.titled(cause)))
    steps = cause.items[0].steps if cause.items else ()
    told = Xml.SubElement(case, "error", type="error", message=_clean(cause.sentence))
    told.text = _clean("\n".join([cause.sentence, *steps]))
    return case


def _left_out(asked: Mapping[str, Any], why: str) -> Xml.Element:
    component = str(asked["check"]).split(".")[0]
    case = _named(component, str(asked["key"]), str(asked["check"]), 0.0)
    Xml.SubElement(case, "skipped", message=_clean(f"Not run here: {why}"))
    return case


def _at_server(outcome: Outcome) -> Iterable[Xml.Element]:
    plan = outcome.plan
    named = [("document", one["title"], one["kind"]) for one in plan.documents]
    named += [("criterion", one["title"], one["key"]) for one in plan.criteria]
    named += [("decision", one["title"], one["role"]) for one in plan.decisions]
    for kind, title, key in named:
        case = _named("server", str(title), f"{kind} {key}", 0.0)
        Xml.SubElement(case, "skipped", message=f"A {kind}: asked for at the server")
        yield case


def _named(component: str, name: str, what: str, seconds: float) -> Xml.Element:
    told = {"classname": f"imprimatur.{component}", "name": f"{name} ({what})"}
    clean = {key: _clean(value) for key, value in told.items()}
    return Xml.Element("testcase", {**clean, "time": f"{seconds:.3f}"})


def _properties(suite: Xml.Element, outcome: Outcome) -> None:
    given = outcome.prepared.given
    told = {
        "verdict": outcome.verdict,
        "model": given.model.label,
        "model.digest": given.model.digest,
        "data": given.validation.label,
        "data.digest": given.validation.digest,
        "requirements.digest": outcome.plan.requirements,
        "seed": str(given.seed),
        "sandbox.tier": outcome.tier,
        **{f"policy.{one.name}.digest": one.digest for one in outcome.plan.policies},
    }
    holder = Xml.SubElement(suite, "properties")
    for name, value in told.items():
        Xml.SubElement(holder, "property", name=_clean(name), value=_clean(value))


def _count(element: Xml.Element) -> None:
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        element.set(name, str(len(element.findall(f".//testcase/{tag}"))))
    cases = element.findall(".//testcase")
    element.set("tests", str(len(cases)))
    element.set("time", f"{sum(float(one.get('time', 0)) for one in cases):.3f}")


def _clean(text: str) -> str:
    """XML 1.0 cannot say control characters at all."""
    return str(sayable(text))
