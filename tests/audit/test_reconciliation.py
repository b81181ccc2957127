"""What a hand changed in the database, behind the services' back, is listed; nothing else is."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from audit.models import Entry, RowSeal
from audit.rows import Governed, governed
from audit.services import integrate
from audit.services.reconciling import CHANGED, COLUMNS, GONE, UNSEALED, UNTOLD, reconcile
from governance.services import kpis, observations, value_cases
from lib.actor import SYSTEM
from tests import cast
from tests.by_hand import by_hand
from tests.cast import People
from tests.governance.make import Bank, make_bank, make_release, make_released
from tests.governance.make_explanations import make_finished
from tests.walk import everything  # noqa: F401  (scenarios register themselves)
from tests.walk.leaving import SCENARIOS

pytestmark = pytest.mark.django_db
TABLES = [each.table for each in governed()]


@pytest.fixture
def town(people: People) -> Bank:
    """Something in every governed table, all of it made by services."""
    from datetime import date

    from registry.models import Environment
    from registry.services import aliases, deployments, runs

    bank = make_bank(people)
    release = make_released(bank)
    version = release.version
    make_release(bank, purpose="advise")
    aliases.move_alias(version, name="best", actor=SYSTEM)
    place = Environment.objects.get(name="staging")
    deployments.start_deployment(version, environment=place, purpose="decide", actor=SYSTEM)
    kpi = kpis.create_kpi(
        bank.use_case,
        key="queue",
        name="Hours in the queue",
        unit="h",
        direction="down",
        baseline=9,
        target=1,
        target_date=date(2027, 1, 1),
        starts_on=date(2026, 1, 1),
        cadence="monthly",
        actor=SYSTEM,
    )
    observations.record_observation(kpi, period="2026-01", value=1, source="x", actor=SYSTEM)
    value_cases.set_value_case(
        bank.use_case,
        currency="USD",
        promised_annual_benefit=1,
        investment=1,
        annual_run_cost=1,
        narrative="x",
        actor=SYSTEM,
    )
    data = version.datasets.get().dataset_version
    runs.record_run({"namespace": "ci", "job": "train"}, inputs=[(data, "training")], actor=SYSTEM)
    make_finished(bank, version=version)
    cast.token("ci")
    integrate(batch=1)  # the log starts, which tells of what migrations made
    return bank


# Which service, in its scenario, makes the first row of a table that the town has none of.
MADE_BY = {
    "accounts_webhookendpoint": "accounts.webhooks.create",
    "governance_allocation": "governance.allocations.share",
    "governance_answer": "governance.questions.answer",
    "governance_classification": "governance.classifying.classify",
    "governance_condition": "governance.conditions.meet",
    "governance_delegation": "governance.delegations.give",
    "governance_determination": "governance.classifying.determine",
    "governance_emergencyrequest": "governance.emergencies.ask",
    "governance_emergencyreview": "governance.emergencies.approve",
    "governance_exchangerate": "governance.exchange_rates.state_rate",
    "governance_finding": "governance.findings.raise_finding",
    "governance_findingnote": "governance.findings.plan",
    "governance_hold": "governance.deadlines.hold",
    "governance_holiday": "governance.deadlines.add_holiday",
    "governance_methodology": "governance.risk.publish_methodology",
    "governance_payoffmatrix": "governance.payoffs.state_payoff",
    "governance_plan": "governance.plans.set_plan",
    "governance_question": "governance.questions.ask",
    "governance_readiness": "governance.readiness.state_ready",
    "governance_recertification": "governance.recertifying.recertify",
    "governance_riskassessment": "governance.risk.assess",
    "governance_stop": "governance.stopping.suspend",
    "governance_upload": "governance.observations.take_table",
    "governance_valuecaseversion": "governance.value_cases.approve_value_case",
    "governance_verification": "governance.observations.verify_observation",
    "governance_waiver": "governance.waivers.request",
}


@pytest.fixture
def furnished(town: Bank, request: pytest.FixtureRequest) -> Bank:
    """The town with something in the table of the test."""
    table = request.node.callspec.params["table"]
    if not table.model._default_manager.exclude(**_unfinished(table)).exists():
        SCENARIOS[MADE_BY[table.table]][0](town)()
    return town


def found() -> set[tuple[str, str, str]]:
    return {(each.table, each.key, each.what) for each in reconcile()}


def first(table: Governed) -> str:
    row = table.model._default_manager.exclude(**_unfinished(table)).first()
    assert row is not None, f"the town has no {table.table}"
    return str(row.pk)


def _unfinished(table: Governed) -> dict[str, object]:
    if table.pending is None:
        return {}
    column, text = table.pending
    return {column: text} if text else {f"{column}__isnull": True}


@pytest.fixture
def hand() -> Iterator[None]:
    """The owner of the tables with every trigger off, as far as one transaction goes."""
    with connection.cursor() as cursor:
        for name in [*TABLES, "audit_entry", "audit_rowseal"]:
            cursor.execute(
                f"SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE {name} DISABLE TRIGGER USER"
            )
    yield
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('audit.touched', '', true)")


def test_what_services_did_reconciles(town: Bank) -> None:
    assert found() == set()
    assert RowSeal.objects.count() > 40


@pytest.mark.parametrize("table", governed(), ids=TABLES)
def test_a_changed_row_of_any_table_is_listed(furnished: Bank, table: Governed, hand: None) -> None:
    key = first(table)
    columns = [
        f.column
        for f in table.model._meta.concrete_fields
        if f.column not in (*table.except_for, table.key) and not f.is_relation
    ]
    assert any(_nudge(table, column, key) for column in columns), "nothing could be changed"
    assert found() == {(table.table, key, CHANGED)}


def _nudge(table: Governed, column: str, key: str) -> bool:
    """Changes one value of whatever type; False when a constraint does not let it."""
    kinds = {
        "text": f"{column} || 'x'",
        "character varying": f"'x' || substr({column}, 2)",
        "integer": f"{column} + 1",
        "bigint": f"{column} + 1",
        "smallint": f"{column} + 1",
        "timestamp with time zone": f"{column} + interval '1 microsecond'",
        "jsonb": '\'{"by": "hand"}\'',
        "numeric": f"{column} + 1",
        "double precision": f"{column} + 1",
    }
    with connection.cursor() as look:
        look.execute(
            "SELECT data_type FROM information_schema.columns "
            "WHERE table_name = %s AND column_name = %s",
            [table.table, column],
        )
        kind = look.fetchone()[0]
    if kind not in kinds:
        return False
    if (table.table, column) == ("registry_versiondataset", "role"):
        kinds[kind] = "'reference'"
    try:
        with transaction.atomic(), connection.cursor() as change:
            change.execute(
                f"UPDATE {table.table} SET {column} = {kinds[kind]} "
                f"WHERE {table.key}::text = %s AND {column} IS DISTINCT FROM {kinds[kind]}",
                [key],
            )
            return bool(change.rowcount)
    except DatabaseError:
        return False


def test_a_row_that_appeared_is_listed(town: Bank) -> None:
    with by_hand():
        made = User.objects.create(username="ghost")
    assert found() == {("accounts_user", str(made.pk), UNTOLD)}


def test_a_row_that_vanished_is_listed(town: Bank, hand: None) -> None:
    key = first(next(t for t in governed() if t.table == "governance_observation"))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM governance_observation WHERE id = %s", [key])
    assert found() == {("governance_observation", key, GONE)}


def test_a_seal_made_to_fit_is_given_away_by_the_entry(town: Bank, hand: None) -> None:
    """Whoever changes the row and its seal does not change what is in the tree."""
    key = first(next(t for t in governed() if t.table == "governance_release"))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE governance_release SET reason = 'x' WHERE id = %s", [key])
        cursor.execute(
            "UPDATE audit_rowseal SET digest = (SELECT audit_row_digest(salt, to_jsonb(t)) "
            "FROM governance_release t WHERE id = %s) WHERE row_key = %s",
            [key, key],
        )
    assert found() == {("governance_release", key, UNSEALED)}


def test_columns_that_differ_from_the_body_are_listed(town: Bank, hand: None) -> None:
    entry = Entry.objects.filter(action="policy.publish").get()
    Entry.objects.filter(pk=entry.pk).update(action="policy.create")
    assert found() == {("audit_entry", str(entry.pk), COLUMNS)}


def test_what_is_no_part_of_a_row_may_change(town: Bank) -> None:
    user = town.people.rita
    user.last_login = user.date_joined
    user.save()
    assert found() == set()


def test_a_change_that_no_entry_tells_of_does_not_commit(town: Bank) -> None:
    User.objects.filter(username="rita").update(is_superuser=True)
    with (
        pytest.raises(DatabaseError, match="no entry tells of this change: accounts_user"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with by_hand():
        pass


def test_the_command_lists_and_counts(town: Bank, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("reconcile")
    assert "0 disagreements in" in capsys.readouterr().out
    with by_hand():
        User.objects.create(username="ghost")
    with pytest.raises(SystemExit) as ended:
        call_command("reconcile", "--json", "--table", "accounts_user")
    assert ended.value.code == 1
    assert json.loads(capsys.readouterr().out)["what"] == UNTOLD
    with pytest.raises(CommandError, match="accounts_user"):
        call_command("reconcile", table="jobs_job")


def test_what_was_looked_into_can_be_taken_as_it_is(
    town: Bank, capsys: pytest.CaptureFixture[str]
) -> None:
    with by_hand():
        made = User.objects.create(username="ghost")
    call_command("reconcile", adopt="Made by support during the outage")
    assert "1 rows are in the log" in capsys.readouterr().out
    assert found() == set()
    told = Entry.objects.get(action="rows.adopt").content
    assert told["details"]["found"] == [["accounts_user", str(made.pk), UNTOLD]]
    assert [row["key"] for row in told["rows"]] == [str(made.pk)]


def test_what_migrations_made_is_told_when_the_log_starts(town: Bank) -> None:
    told = Entry.objects.get(action="log.start").content["rows"]
    assert {row["table"] for row in told} == {"accounts_role", "registry_environment"}


@pytest.mark.parametrize("table", TABLES)
def test_no_governed_table_is_emptied_in_silence(db: None, table: str) -> None:
    """TRUNCATE has no rows that a trigger could note, so the owner is refused it, too."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgenabled, tgtype & 32 FROM pg_trigger "
            "WHERE tgrelid = %s::regclass AND tgname = 'audit_never_truncate'",
            [table],
        )
        assert cursor.fetchall() == [("A", 32)]
        with pytest.raises(DatabaseError, match="TRUNCATE is refused"), transaction.atomic():
            cursor.execute(f"TRUNCATE {table} CASCADE")
