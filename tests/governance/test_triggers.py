"""R1, R2, R5, R8 in the database: what has ended stays, whoever asks and by whatever way.

Each rule is tried by SQL as the application's role, as the owner of the tables and as a superuser
in replica mode, and through Django's bulk updates.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.utils import timezone

from config import embedded
from governance.models import (
    KPI,
    Authorization,
    CheckRun,
    Decision,
    Dossier,
    Gate,
    Observation,
    PolicyVersion,
    Release,
    RequirementSet,
    ValidationRun,
)
from governance.services import ending, releases, validation
from tests import cast
from tests.by_hand import by_hand
from tests.governance.make import (
    ROBOT,
    Bank,
    make_bank,
    make_release,
    make_released,
    make_sealed_version,
)

RELEASED = "(SELECT id FROM governance_release WHERE state = 'released')"
OPEN = "(SELECT id FROM governance_release WHERE state = 'validating')"
ENDED = (
    "governance_decision",
    "governance_dossier",
    "governance_observation",
    "governance_requirementset",
    "governance_policyversion",
    "governance_authorization",
    "governance_release",
    "governance_gate",
    "governance_validationrun",
    "governance_checkrun",
)
CHANGES = [
    "UPDATE governance_decision SET reason = 'edited'",
    "UPDATE governance_decision SET outcome = outcome",
    "UPDATE governance_dossier SET problem = 'x'",
    "UPDATE governance_observation SET value = 0",
    "UPDATE governance_requirementset SET document = '{}'",
    "UPDATE governance_policyversion SET source = 'x'",
    "UPDATE governance_policyversion SET state = 'draft'",
    "UPDATE governance_authorization SET expires_at = expires_at + interval '1 year'",
    "UPDATE governance_authorization SET version_digest = repeat('0', 64)",
    "UPDATE governance_authorization SET restrictions = '[]', state = 'revoked'",
    "UPDATE governance_authorization SET end_reason = 'x'",
    f"UPDATE governance_release SET state = 'in_review' WHERE id IN {RELEASED}",
    f"UPDATE governance_release SET evidence = '{{}}' WHERE id IN {RELEASED}",
    f"UPDATE governance_release SET version_digest = repeat('0', 64) WHERE id IN {OPEN}",
    f"UPDATE governance_release SET version_id = version_id + 1 WHERE id IN {OPEN}",
    f"UPDATE governance_release SET environment_id = environment_id + 1 WHERE id IN {OPEN}",
    f"UPDATE governance_release SET purpose_id = purpose_id + 1 WHERE id IN {OPEN}",
    f"UPDATE governance_release SET use_case_id = use_case_id + 1 WHERE id IN {OPEN}",
    f"UPDATE governance_release SET number = number + 100 WHERE id IN {OPEN}",
    f"UPDATE governance_gate SET reasons = '[]' WHERE release_id IN {RELEASED}",
    f"UPDATE governance_gate SET release_id = {RELEASED} WHERE release_id IN {OPEN}",
    f"UPDATE governance_gate SET release_id = {OPEN} WHERE release_id IN {RELEASED}",
    f"DELETE FROM governance_gate WHERE release_id IN {RELEASED}",
    "INSERT INTO governance_gate (release_id, revision, key, kind, title, position, state, verdict,"
    f" reasons, requirement, source) SELECT {RELEASED}, 1, 'new', 'check', 'New', 9, 'open',"
    " 'pass', '[]', '{}', ''",
    "UPDATE governance_validationrun SET facts = '{}' WHERE state = 'finished'",
    "UPDATE governance_validationrun SET state = 'queued' WHERE state = 'finished'",
    "UPDATE governance_validationrun SET seed = seed + 1 WHERE state = 'queued'",
    "UPDATE governance_checkrun SET verdict = 'pass' WHERE state = 'finished'",
    "UPDATE governance_checkrun SET evidence = '{}' WHERE state = 'finished'",
    "UPDATE governance_checkrun SET threshold = '{}' WHERE state = 'queued'",
    "UPDATE governance_checkrun SET parameters = '{\"attribute\": 1}' WHERE state = 'queued'",
    *(f"DELETE FROM {table}" for table in ENDED),
]
EMPTIED = [f"TRUNCATE {table} CASCADE" for table in ENDED]


def fill(bank: Bank) -> Release:
    """One release that is over with all that belongs to it, and one that is being validated."""
    release = make_released(bank)
    make_release(bank, version=make_sealed_version(bank))
    now = timezone.now()
    Dossier.objects.create(
        release=release, revision=1, state="x", basis="x", problem="p", made_at=now
    )
    with transaction.atomic(), by_hand():
        kpi = KPI.objects.create(
            use_case=bank.use_case,
            key="hours",
            name="Hours",
            unit="h",
            direction="up",
            baseline=0,
            target=1,
            target_date=now.date(),
        )
        Observation.objects.create(kpi=kpi, period="2026-01", value=1, recorded_by="x")
    return release


def connect(role: str, database: str) -> psycopg.Connection[Any]:
    url = embedded.database_url(settings.DATA, role)  # type: ignore[arg-type]
    return psycopg.connect(url, dbname=database, autocommit=True)


@pytest.fixture
def filled(committed_db: str) -> str:
    fill(make_bank(cast.people()))
    connection.close()
    return committed_db


def outcomes(session: psycopg.Connection[Any], statements: list[str]) -> dict[str, str]:
    """How each statement ended: the SQLSTATE, or ``done``, which it never should be."""
    found = {}
    for statement in statements:
        try:
            session.execute(statement)  # type: ignore[call-overload]
            found[statement] = "done"
        except psycopg.Error as error:
            found[statement] = error.sqlstate or ""
    return found


def test_no_role_and_no_setting_steps_around_the_rules(filled: str) -> None:
    refused = dict.fromkeys(CHANGES, "23001")
    with connect("application", filled) as application:
        application.execute("SELECT set_config('pgtrigger.ignore', '{governance}', false)")
        assert outcomes(application, CHANGES) == refused
        assert outcomes(application, EMPTIED) == dict.fromkeys(EMPTIED, "42501")
        around = [
            "SET session_replication_role = replica",
            "ALTER TABLE governance_release DISABLE TRIGGER ALL",
            "DROP FUNCTION governance_frozen() CASCADE",
        ]
        assert outcomes(application, around) == dict.fromkeys(around, "42501")
    with connect("owner", filled) as owner:
        assert outcomes(owner, CHANGES) == refused
        assert outcomes(owner, EMPTIED) == dict.fromkeys(EMPTIED, "23001")
        # A temporary table of the same name comes first in every ordinary search path.
        owner.execute("CREATE TEMP TABLE governance_release (id uuid, state text)")
        gates = "UPDATE public.governance_gate SET reasons = '[]' WHERE verdict <> ''"
        assert outcomes(owner, [gates]) == {gates: "23001"}
    with connect("superuser", filled) as superuser:
        superuser.execute("SET session_replication_role = replica")
        assert outcomes(superuser, CHANGES) == refused
        assert outcomes(superuser, EMPTIED) == dict.fromkeys(EMPTIED, "23001")


BULK: list[tuple[type[Model], dict[str, Any], dict[str, Any]]] = [
    (Decision, {}, {"reason": "edited"}),
    (Dossier, {}, {"problem": "x"}),
    (Observation, {}, {"value": 0}),
    (RequirementSet, {}, {"document": {}}),
    (PolicyVersion, {}, {"source": "x"}),
    (Authorization, {}, {"expires_at": "2099-01-01T00:00Z"}),
    (Authorization, {}, {"state": "active"}),
    (Release, {"state": "released"}, {"state": "in_review"}),
    (Release, {"state": "validating"}, {"version_digest": "0" * 64}),
    (Gate, {"release__state": "released"}, {"state": "closed"}),
    (ValidationRun, {"state": "finished"}, {"note": "x"}),
    (CheckRun, {"state": "finished"}, {"verdict": "fail"}),
]


def test_django_cannot_either(bank: Bank) -> None:
    fill(bank)
    for model, which, change in BULK:
        rows = model._default_manager.filter(**which)
        assert rows.exists(), model
        refused(lambda rows=rows, change=change: rows.update(**change))
        refused(lambda rows=rows: rows._raw_delete("default"))
        row = rows.first()
        assert row is not None
        for name, value in change.items():
            setattr(row, name, value)
        manager = model._default_manager
        refused(lambda: manager.bulk_update([row], list(change)))  # noqa: B023
        refused(row.save)


def refused(act: Callable[[], Any]) -> None:
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        act()
    assert getattr(caught.value.__cause__, "sqlstate", "") == "23001"


def test_an_ended_authorization_stays_ended(bank: Bank) -> None:
    make_released(bank)
    rows = Authorization.objects.all()
    with by_hand():
        assert rows.update(state="revoked", ended_at=timezone.now(), end_reason="incident") == 1
    for state in ("active", "superseded", "revoked"):
        refused(lambda state=state: rows.update(state=state))


@pytest.mark.parametrize("state", ["rejected", "withdrawn"])
def test_other_ends_are_ends_as_well(bank: Bank, state: str) -> None:
    release = make_release(bank)
    rows = Release.objects.filter(pk=release.pk)
    with by_hand():
        rows.update(state="blocked")
        rows.update(state=state)
    refused(lambda: rows.update(state="validating"))
    refused(lambda: rows.update(reason="x"))
    refused(lambda: release.gates.update(state="open"))


def test_a_check_that_breaks_after_the_withdrawal_leaves_the_gates_alone(bank: Bank) -> None:
    release = make_release(bank)
    before = list(release.gates.values())
    releases.withdraw(release, reason="wrong version", actor=ROBOT)
    checks = list(release.runs.get().checks.all())
    assert len(checks) > 1
    validation.check_broke(str(checks[0].id), "late")
    assert list(release.gates.values()) == before


def test_a_run_that_has_ended_is_told_nothing_more(bank: Bank) -> None:
    run = make_released(bank).runs.get()
    ending.tell(run, progress=0.1, note="late")
    run.refresh_from_db()
    assert (run.progress, run.note) == (1.0, "Finished")
