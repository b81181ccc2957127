"""Accountability: who answers for the model, by which plans, on what papers and what data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from governance.checks.base import Check, CheckInput, Evidence, Parameter


class _OnRecord(Check):
    """What the checks share: they look at the case only, at no rows and no clock."""

    component = "accountability"
    needs: ClassVar[frozenset[str]] = frozenset({"case"})
    asks_registry = True
    looks_at: ClassVar[str] = ""

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        from governance.checks.engine import answerable

        found: Evidence = getattr(answerable, self.looks_at)(
            self, data, self.settled(parameters), seed
        )
        return found


class People(_OnRecord):
    """Whether somebody answers for the model, and somebody else has looked at it.

    Purpose: A model without an owner is nobody's when it errs, and one validated by those who
    built it has not been validated.

    Mechanism: Looks in the record for an owner, a developer, a validator and an accountable person
    in the business, and whether the validator is neither the developer nor the owner.

    Limits: Names on a record do not show that the people act.

    Source: Federal Reserve SR 11-7 (2011), sections V and VI; EU AI Act, Article 26(2).
    """

    id = "accountability.people"
    title = "People who answer for the model"
    looks_at = "people"


class Plans(_OnRecord):
    """Whether there are plans to watch the model, to take it back, and for people to step in.

    Purpose: When a model goes wrong in use, somebody must see it, be able to stop it, and know how
    to go back to what was there before.

    Mechanism: Looks for a monitoring plan, a rollback plan and a plan for human oversight: each
    with a text, somebody who carries it out, and a date not longer ago than the parameter says.

    Limits: Reads that a plan exists, not whether it would work; try the rollback.

    Source: EU AI Act, Articles 14 and 72; NIST AI Risk Management Framework 1.0, MANAGE 2.4 and
    4.1.
    """

    id = "accountability.plans"
    title = "Plans for monitoring, rollback and oversight"
    looks_at = "plans"
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "most_days": Parameter(
            "whole number", 365, "Days after which a plan must be agreed again.", 1, 3660
        ),
    }


class Documents(_OnRecord):
    """Whether the documents that are wanted are there and younger than what they document.

    Purpose: A document older than the change describes another model.

    Mechanism: Looks for a document of every kind wanted (by the parameter, else by the policy),
    and whether the newest of each kind was made at or after the time the version was sealed.

    Limits: Does not read the documents; whether they are right and complete, a person must judge.

    Source: EU AI Act, Article 11 and Annex IV; Federal Reserve SR 11-7 (2011), section VI.
    """

    id = "accountability.documents"
    title = "Documents present and young enough"
    looks_at = "documents"
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "kinds": Parameter("list of texts", None, "Kinds of documents wanted."),
    }


class Lineage(_OnRecord):
    """Whether it can be traced what the model was made of: run, code, data, files.

    Purpose: Without lineage a defect in data or code cannot be followed to the models it reached,
    and no model can be made again.

    Mechanism: Looks for the training run, the commit of its code, its input datasets each pinned
    by a digest with the training data among them, and the digest of the model's files.

    Limits: What the pipeline reported is taken as reported.

    Source: EU AI Act, Article 12; ISO/IEC 42001:2023, A.4.3 and A.7.5 (resources, provenance).
    """

    id = "accountability.lineage"
    title = "Lineage complete"
    looks_at = "lineage"


class Datasets(_OnRecord):
    """Whether every dataset may be used for this: licence, consent, purpose.

    Purpose: A model trained on data without the right to use them may have to be withdrawn.

    Mechanism: Looks, for every dataset the version used, for a licence (one of those allowed,
    where the parameter lists them), consent or another ground in law where the data are personal,
    and a stated purpose.

    Limits: What is declared is taken as declared; that the purpose covers this use, a person must
    read.

    Source: GDPR, Articles 5(1)(b) and 6; EU AI Act, Article 10(2)(b).
    """

    id = "accountability.datasets"
    title = "Datasets licensed and consented"
    looks_at = "datasets"
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "licences": Parameter("list of texts", None, "Licences allowed; any if left out."),
    }
