"""What a verdict rests on, read in one statement: it is asked for hundreds of times a second.

The statement is written out, because building it anew for each question would cost more than
answering. Which of the rows counts is for ``governance.standing``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

from governance.models.authorizations import RUNNING_STATES
from governance.standing import Stop, Term
from lib.postgres import prepared

_ASKED: Final = """
SELECT a.digest, a.state, a.issued_at, a.expires_at, a.ended_at, a.end_reason,
       a.restrictions::text, a.limits::text, (a.document ->> 'tier')::int,
       model.name, version.number,
       stop.code, stop.starts_at, stop.ends_at, stop.reason,
       (SELECT min(held.tier) FROM governance_purpose each
        JOIN governance_usecase held ON held.id = each.use_case_id
        WHERE each.key = purpose.key AND (
            held.tier > 1
            OR EXISTS (SELECT FROM governance_riskassessment made
                       WHERE made.use_case_id = held.id AND made.methodology_id IS NOT NULL)
            OR EXISTS (SELECT FROM governance_release asked WHERE asked.use_case_id = held.id)))
FROM governance_authorization a
JOIN registry_environment environment ON environment.id = a.environment_id
JOIN governance_purpose purpose ON purpose.id = a.purpose_id
JOIN registry_modelversion version ON version.id = a.version_id
JOIN registry_registeredmodel model ON model.id = version.model_id
LEFT JOIN governance_stop stop ON stop.authorization_id = a.digest
WHERE a.version_digest = %s AND environment.name = %s AND purpose.key = %s
ORDER BY a.digest, stop.starts_at
"""
_MISSED: Final = """
SELECT place.id IS NOT NULL, version.name, version.number, asked.id, asked.number, asked.state
FROM (VALUES (%s, %s, %s)) AS given (digest, environment, purpose)
LEFT JOIN registry_environment place ON place.name = given.environment
LEFT JOIN LATERAL (
    SELECT model.name, each.number FROM registry_modelversion each
    JOIN registry_registeredmodel model ON model.id = each.model_id
    WHERE each.digest = given.digest ORDER BY each.sealed_at DESC NULLS LAST LIMIT 1
) version ON true
LEFT JOIN LATERAL (
    SELECT release.id, release.number, release.state FROM governance_release release
    JOIN registry_modelversion each ON each.id = release.version_id
    JOIN governance_purpose purpose ON purpose.id = release.purpose_id
    WHERE each.digest = given.digest AND release.environment_id = place.id
      AND purpose.key = given.purpose
    ORDER BY release.number DESC LIMIT 1
) asked ON true
"""
_OWN: Final = 11  # columns of the authorization; those of a stop follow
_RUNNING: Final = frozenset(str(state) for state in RUNNING_STATES)


@dataclass(frozen=True, slots=True)
class Held:
    """One authorization, as far as an answer needs it. ``why`` says of each stop why."""

    digest: str
    model: str
    version: int
    restrictions: list[Any]
    limits: list[Any]
    expires_at: datetime
    end_reason: str
    term: Term
    why: dict[Stop, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        return f"{self.model} v{self.version}"


@dataclass(frozen=True, slots=True)
class Missed:
    """What there is where no authorization is. ``version`` (``credit v3``) is the newest of these
    files, ``release`` the last that was asked for: its id, number and state."""

    environment: bool
    version: str | None
    release: tuple[UUID, int, str] | None


def read_missed(digest: str, environment: str, purpose: str) -> Missed:
    """How far a question got that no authorization answers. Several versions may be of these
    files."""
    ((place, model, version, *release),) = prepared.rows(_MISSED, [digest, environment, purpose])
    return Missed(
        environment=place,
        version=None if model is None else f"{model} v{version}",
        release=None if release[0] is None else (release[0], release[1], release[2]),
    )


def read(digest: str, environment: str, purpose: str) -> tuple[list[Held], int]:
    """All authorizations of an artefact in a place for a purpose, ended ones too, and the
    strictest tier that the purpose is held to now (1 when there are none), as ``purpose_tiers``
    says it."""
    rows = prepared.rows(_ASKED, [digest, environment, purpose])
    held = [_held(key, list(group)) for key, group in groupby(rows, itemgetter(0))]
    return held, int(rows[0][-1] or 1) if rows else 1


def _held(digest: str, rows: list[tuple[Any, ...]]) -> Held:
    _, state, issued, expires, ended, reason, restrictions, limits, tier, model, number = rows[0][
        :_OWN
    ]
    why = dict(_stops(row[_OWN:-1] for row in rows))
    return Held(
        digest=digest,
        model=model,
        version=number,
        restrictions=json.loads(restrictions),
        limits=json.loads(limits),
        expires_at=expires,
        end_reason=reason,
        term=Term(
            key=digest,
            issued_at=issued,
            expires_at=expires,
            tier=tier,
            end="" if state in _RUNNING else state,
            ended_at=ended,
            stops=tuple(why),
        ),
        why=why,
    )


def _stops(rows: Iterable[tuple[Any, ...]]) -> Iterable[tuple[Stop, str]]:
    for code, starts, ends, reason in rows:
        if code is not None:
            yield Stop(code, starts, ends), reason
