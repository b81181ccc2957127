"""Checks as people read them: what was asked, what was found, what to do, how to repeat it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.conf import settings

from governance.checks.catalog import all_checks, describe
from governance.components import component_of, shown
from governance.headlines import Line, lines_of
from governance.models import CheckRun, Gate, Release, ValidationRun
from governance.next_steps import next_steps, set_aside
from governance.policy import threshold_in_words
from governance.reports.tables import Rows, rows_of
from governance.scoring.tiers import described
from governance.services.check_reading import (
    anchors_of,
    data_of,
    libraries_of,
    measurements_of,
    parameters_of,
    validation_data,
)
from governance.services.reading import ReleasePage
from registry.models import DatasetVersion

FEW = 40  # lines of one table unfolded in a card; the page of the check has more
MOST = 200  # lines of one table on the page of a check; the evidence has them all
_JUDGE_AGAIN = (
    "python -c 'import json; from governance.checks.judge import judge; "
    'e = json.load(open("evidence.json")); print(judge(e["check"], e, e["threshold"]))\''
)


@dataclass(frozen=True)
class Card:
    """One check of the release with everything its card shows."""

    run: CheckRun
    suite: ValidationRun
    release: Release
    anchor: str
    asked: Mapping[str, Any]
    data: DatasetVersion | None
    steps: list[str] = field(default_factory=list)
    is_settled: bool = False
    """Somebody has opened the gate already: ``steps`` say how."""

    @property
    def name(self) -> str:
        return str(self.asked.get("name", self.run.key))

    @property
    def tone(self) -> str:
        return shown(self.run.verdict, self.run.threshold)

    @property
    def why(self) -> str:
        return str(self.asked.get("why", ""))

    @property
    def threshold(self) -> str:
        return threshold_in_words(self.run.threshold) if self.run.threshold else ""

    @property
    def component(self) -> str:
        return component_of(self.run.check_id)

    @property
    def title(self) -> str:
        known = all_checks().get(self.run.check_id)
        return known.title if known else self.run.check_id

    @property
    def summary(self) -> str:
        known = all_checks().get(self.run.check_id)
        return describe(known)["summary"] if known else ""

    @property
    def document(self) -> list[tuple[str, str]]:
        """Purpose, Mechanism, Limits and Source, as the check says them of itself."""
        known = all_checks().get(self.run.check_id)
        told = describe(known) if known else {}
        return [(part.capitalize(), text) for part, text in told.items() if part != "summary"]

    @cached_property
    def compared(self) -> list[Line]:
        """Every comparison behind the verdict, the worst first."""
        return lines_of(self.run.judgement)

    @cached_property
    def measurements(self) -> list[dict[str, Any]]:
        return measurements_of(self.run)

    @property
    def tables(self) -> list[Rows]:
        """The tables of the evidence; only of a check that was read whole."""
        return [rows_of(table, MOST) for table in self.run.evidence.get("tables", [])]

    @property
    def set_aside(self) -> list[str]:
        return set_aside(self.run.judgement)

    @property
    def parameters(self) -> dict[str, Any]:
        return parameters_of(self.run)

    @property
    def libraries(self) -> dict[str, str]:
        return libraries_of(self.run) or dict(self.suite.facts.get("libraries", {}))

    @property
    def sandbox(self) -> str:
        """How far the model was shut in when it gave the answers that were measured."""
        facts = self.suite.facts
        behaviour = facts.get("behaviour") or {}  # of a model that gave none, this is what is known
        return described(facts.get("sandbox") or {"tier": behaviour.get("tier", "")})

    @property
    def data_digest(self) -> str:
        return data_of(self.run) or (self.data.digest if self.data else "")

    @property
    def evidence_address(self) -> str:
        digest = self.run.evidence_digest
        return f"/api/v1/artifacts/{digest}" if digest else ""

    @property
    def fetching(self) -> str:
        """A command that downloads the evidence and shows that it is what was signed."""
        address = f"{settings.PUBLIC_URL.rstrip('/')}{self.evidence_address}"
        return (
            f'curl -fsS -H "Authorization: Bearer $TOKEN" {address} -o evidence.json'
            " && sha256sum evidence.json"
        )

    @property
    def judging(self) -> str:
        """A command that judges the downloaded evidence again, without the data or the model."""
        return _JUDGE_AGAIN


def cards_of(page: ReleasePage) -> list[Card]:
    """A card for each check of the present revision, in the order of the policy."""
    if page.run is None:
        return []
    gates = {gate.key: gate for gate in page.gates}
    names = anchors_of(page.release)
    data = page.beside.data or validation_data(page.release.version_id)
    return [
        card_of(
            check,
            page.run,
            page.release,
            anchor=names[check.key],
            data=data,
            gate=gates.get(f"check:{check.key}"),
        )
        for check in page.checks
    ]


def card_of(
    check: CheckRun,
    suite: ValidationRun,
    release: Release,
    *,
    anchor: str,
    data: DatasetVersion | None,
    gate: Gate | None = None,
) -> Card:
    required = release.requirement_set.document["checks"]
    asked: Mapping[str, Any] = next((one for one in required if one["key"] == check.key), {})
    is_open = gate is not None and gate.state == "open"
    steps = [] if release.state == "withdrawn" else _steps(check, asked, data, gate)
    return Card(check, suite, release, anchor, asked, data, steps, is_settled=is_open)


def _steps(
    check: CheckRun,
    asked: Mapping[str, Any],
    data: DatasetVersion | None,
    gate: Gate | None,
) -> list[str]:
    """What to do, unless somebody did it already: then the gate is open and says how."""
    if gate is not None and gate.state == "open":
        return gate.reasons[1:] if check.verdict != "pass" else []
    where = f"now {data.label}, {data.rows:,} rows" if data and data.rows else ""
    return next_steps(check.verdict, check.judgement, asked, where=where)
