"""REST: policies."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from governance import policy as rules
from governance.models import PolicyVersion
from governance.services import policies
from lib.http.cursors import page
from lib.http.idempotency import idempotent
from lib.http.query import PAGING, params, whole_number
from lib.http.serializers import StrictSerializer
from lib.http.views import ApiView


class PolicySource(StrictSerializer):
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=200_000, trim_whitespace=False
    )


def policy_body(version: PolicyVersion) -> dict[str, Any]:
    return {
        "slug": version.policy.slug,
        "title": version.policy.title,
        "number": version.number,
        "digest": version.digest,
        "state": version.state,
        "reading": rules.reading(version.document),
        "created_at": version.created_at,
        "published_at": version.published_at,
        "withdrawn_at": version.withdrawn_at,
        "url": f"/api/v1/policies/{version.policy.slug}/versions/{version.number}",
    }


class Withdrawal(StrictSerializer):
    reason = serializers.CharField(max_length=2000)


class PoliciesView(ApiView):
    required = {"GET": "governance.read", "POST": "policy.write"}
    bodies = {"POST": PolicySource}
    query = PAGING

    def get(self, request: Request) -> Response:
        """Every version of every policy, newest first."""
        params(request, self.query)
        rows = PolicyVersion.objects.select_related("policy")
        return page(request, rows, order="-pk", render=policy_body)

    @idempotent
    def post(self, request: Request) -> Response:
        """Hand in a policy as YAML: a new draft. Errors name line and key."""
        version = policies.draft(actor=self.actor(request), **self.body(request))
        return Response(policy_body(version), status=201)


class PolicyVersionView(ApiView):
    shows = "policy:{slug}"
    required = {"GET": "governance.read"}

    def get(self, request: Request, slug: str, number: int) -> Response:
        """One version with its text."""
        params(request, ())
        version = policies.find(slug, number)
        return Response(policy_body(version) | {"source": version.source})


class PublishView(ApiView):
    required = {"POST": "policy.publish"}

    def post(self, request: Request, slug: str, number: int) -> Response:
        """Publish what somebody else drafted: from now on new releases are held to it."""
        version = policies.publish(policies.find(slug, number), actor=self.actor(request))
        return Response(policy_body(version))


class WithdrawView(ApiView):
    required = {"POST": "policy.write"}
    bodies = {"POST": Withdrawal}

    def post(self, request: Request, slug: str, number: int) -> Response:
        """Take a draft back: it can no longer be published."""
        version = policies.find(slug, number)
        policies.withdraw(version, actor=self.actor(request), **self.body(request))
        version.refresh_from_db()
        return Response(policy_body(version))


class CheckView(ApiView):
    required = {"POST": "policy.write"}
    bodies = {"POST": PolicySource}

    def post(self, request: Request) -> Response:
        """Say what is wrong with a policy, line by line, and write nothing. A sound text comes
        back in plain English, with what it changes and whether it could be published today."""
        proof = policies.proof(self.body(request)["source"])
        return Response(
            {
                "valid": proof.document is not None,
                "problems": [
                    {"line": line, "key": key, "text": text} for line, key, text in proof.problems
                ],
                "reading": rules.reading(proof.document) if proof.document else [],
                "unpublishable": proof.unpublishable,
                "against": proof.newest.number if proof.newest else None,
                "changes": [each.to_json() for each in proof.differences],
            }
        )


class ChangesView(ApiView):
    shows = "policy:{slug}"
    required = {"GET": "governance.read"}
    query = frozenset({"against"})

    def get(self, request: Request, slug: str, number: int) -> Response:
        """What a version changes, beside the one published before it or the one given as
        ``against``."""
        given = params(request, self.query).get("against")
        version = policies.find(slug, number)
        against = (
            policies.find(slug, whole_number("against", given, low=1, high=2**31 - 1))
            if given is not None
            else policies.before(version)
        )
        return Response(
            {
                "number": number,
                "against": against.number if against else None,
                "changes": [each.to_json() for each in policies.changes(version, against)],
            }
        )
