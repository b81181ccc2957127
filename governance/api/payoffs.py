"""REST: what decisions of a use case bring, and what versions are worth by it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from governance.models import PayoffMatrix, UseCase
from governance.services import counted_decisions, payoffs, use_cases, worth
from governance.services.counted_decisions import Measured
from governance.value.payoffs import At, Estimate
from lib.actor import Actor
from lib.errors import Invalid, NotFound
from lib.http.idempotency import idempotent
from lib.http.query import params, whole_number
from lib.http.serializers import StrictSerializer
from lib.http.views import ApiView

_AMOUNT: dict[str, Any] = {"max_digits": 18, "decimal_places": 4}
_LATEST = 2**31 - 1


class NewPayoffs(StrictSerializer):
    """Amounts a case in units of the currency; a cost is negative."""

    currency = serializers.CharField(max_length=3)
    true_positive = serializers.DecimalField(**_AMOUNT)
    false_positive = serializers.DecimalField(**_AMOUNT)
    false_negative = serializers.DecimalField(**_AMOUNT)
    true_negative = serializers.DecimalField(**_AMOUNT)
    meaning = serializers.CharField(
        max_length=300, required=False, default="", allow_blank=True,
        help_text="What saying yes to a case means.",
    )  # fmt: skip
    cases_a_year = serializers.IntegerField(
        min_value=1, max_value=payoffs.MOST_CASES, required=False, allow_null=True, default=None
    )
    reason = serializers.CharField(max_length=5000, help_text="Where the amounts come from.")


def payoff_body(matrix: PayoffMatrix) -> dict[str, Any]:
    return {
        "number": matrix.number,
        "currency": matrix.currency,
        **{name: str(getattr(matrix, name)) for name in payoffs.AMOUNTS},
        "meaning": matrix.meaning,
        "cases_a_year": matrix.cases_a_year,
        "reason": matrix.reason,
        "stated_by": matrix.stated_name,
        "stated_at": matrix.stated_at,
    }


def estimate_body(estimate: Estimate | None) -> dict[str, Any] | None:
    """Money; ``low`` and ``high`` are null where the sample allows no interval."""
    if estimate is None:
        return None
    found = {"value": estimate.value, "low": estimate.low, "high": estimate.high, "n": estimate.n}
    return found | ({"why_no_interval": estimate.why_open} if estimate.why_open else {})


def at_body(at: At | None, cases: int | None) -> dict[str, Any] | None:
    if at is None:
        return None
    counts = {name: getattr(at.counts, name) for name in payoffs.AMOUNTS}
    year = estimate_body(at.worth.for_cases(cases)) if cases else None
    share = at.counts.said_yes / at.counts.n
    return {
        "threshold": at.threshold,
        "said_yes": share,
        **counts,
        "a_case": estimate_body(at.worth),
        "a_year": year,
    }


def worth_body(one: worth.Worth) -> dict[str, Any]:
    counts = one.counts
    return {
        "model": one.version.model.name,
        "version": one.version.number,
        "counts": {name: getattr(counts, name) for name in payoffs.AMOUNTS} if counts else None,
        "a_case": estimate_body(one.a_case),
        "a_year": estimate_body(one.a_year),
        "measured_at": one.measured.at if one.measured else None,
        "data": one.measured.data if one.measured else None,
    }


class PayoffsView(ApiView):
    shows = "use_case:{slug}"
    required = {"GET": "governance.read", "POST": "use_case.write"}
    bodies = {"POST": NewPayoffs}

    def get(self, request: Request, slug: str) -> Response:
        """What each outcome of a decision brings, the newest version first: that one counts."""
        use_case = use_cases.find(slug, actor=self.actor(request))
        rows = use_case.payoffs.order_by("-number")[:200]
        return Response({"items": [payoff_body(row) for row in rows]})

    @idempotent
    def post(self, request: Request, slug: str) -> Response:
        """State what each outcome brings, with the reason. Earlier versions stay to be read."""
        actor = self.actor(request)
        use_case = use_cases.find(slug, actor=actor)
        matrix = payoffs.state_payoff(use_case, actor=actor, **self.body(request))
        return Response(payoff_body(matrix), status=201)


class WorthView(ApiView):
    shows = "use_case:{slug}"
    required = {"GET": "governance.read"}
    query = frozenset({"model", "version", "against", "threshold"})

    def get(self, request: Request, slug: str) -> Response:
        """What a version's decisions are worth by the newest matrix, at its own threshold and at
        others. `against=3` is another version of the model, `threshold=0.42` one more threshold.
        Without `model` and `version` the one measured last."""
        actor = self.actor(request)
        given = params(request._request, self.query)
        use_case = use_cases.find(slug, actor=actor)
        matrix = payoffs.current(use_case)
        if matrix is None:
            raise NotFound("Nobody has stated what decisions of this use case bring.")
        mine = _chosen(use_case, given, actor)
        found = worth.explored(matrix, mine, threshold=_threshold(given.get("threshold", "")))
        cases = matrix.cases_a_year
        body = {
            "payoffs": payoff_body(matrix),
            **worth_body(worth.of_version(matrix, mine.version, mine)),
            "threshold_in_use": mine.decided.starts,
            "best": at_body(found.best, cases),
            "beyond_the_one_in_use": estimate_body(found.moved),
            "asked": at_body(found.asked, cases),
            "thresholds": [at_body(at, cases) for at in found.points],
        }
        if "against" in given:
            number = whole_number("against", given["against"], low=1, high=_LATEST)
            body["against"] = _against(use_case, matrix, mine, number, actor)
        return Response(body)


def _chosen(use_case: UseCase, given: dict[str, str], actor: Actor) -> Measured:
    if ("model" in given) != ("version" in given):
        raise Invalid("A version is named by its model and its number: give both or neither.")
    if "model" in given:
        number = whole_number("version", given["version"], low=1, high=_LATEST)
        return counted_decisions.find(use_case, given["model"], number, actor=actor)
    newest = counted_decisions.measured_versions(use_case, actor=actor, most=1)
    if not newest:
        raise NotFound("No decisions of any version were counted for this use case.")
    return counted_decisions.of_versions([newest[0].pk], use_case, actor=actor)[newest[0].pk]


def _threshold(text: str) -> float | None:
    try:
        return worth.threshold_of(text)
    except ValueError as error:
        raise Invalid("Not a threshold.", errors={"threshold": str(error)}) from error


def _against(
    use_case: UseCase, matrix: PayoffMatrix, mine: Measured, number: int, actor: Actor
) -> dict[str, Any]:
    theirs = counted_decisions.find(use_case, mine.version.model.name, number, actor=actor)
    found = worth.compare(
        matrix,
        worth.of_version(matrix, mine.version, mine),
        worth.of_version(matrix, theirs.version, theirs),
    )
    return {
        **worth_body(found.theirs),
        "gain": estimate_body(found.gain),
        "is_paired": found.is_paired,
        "sentence": found.sentence,
        "basis": found.basis,
    }
