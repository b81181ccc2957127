"""A bank in which acts are tried, one after the other, and judged."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from unittest import mock

from django.db import connection
from django.utils import timezone

from accounts.models import User
from accounts.services.people import assign_role
from governance.models import Release
from governance.services import policies, risk, use_cases
from lib.actor import SYSTEM
from registry.models import ModelVersion
from registry.services.versions import file_document
from tests import cast
from tests.governance import make
from tests.governance.make_risk import make_methodology
from tests.machines import oracle, town
from tests.machines.acts import Act, Broken, Refusal, StoppedByDatabase
from tests.machines.oracle.authorizations import may_run
from tests.machines.oracle.steps import Asked
from tests.machines.remembering import remember
from tests.machines.seen import Seen, look
from tests.machines.through_http import Http
from tests.machines.through_services import Services
from tests.registry.make import make_artifact
from tests.registry.make import make_model as register

DRIVERS = {"services": Services, "http": Http}
UNKNOWN: tuple[Asked, ...] = (("0" * 64, "production", "decide"),)
TICK = timedelta(seconds=1)
WRITES = re.compile(
    r"\s*(INSERT|UPDATE|DELETE|TRUNCATE|COPY|LOCK|WITH\b.*\b(INSERT INTO|UPDATE|DELETE FROM)\b"
    r"|SELECT PG_ADVISORY|SELECT\b.*\bFOR (NO KEY |KEY )?(UPDATE|SHARE)\b)",
    re.IGNORECASE | re.DOTALL,
)
"""Whatever writes or locks, in any table."""
OWN_SESSION = re.compile(r"(UPDATE|INSERT INTO) \"(django_session|accounts_servicetoken)\"")
"""That a session or a token was used is counted where it is kept."""


class Clock:
    """The time that the server reads; it stands still while something is done."""

    def __init__(self) -> None:
        self.now = timezone.now()

    @contextmanager
    def running(self) -> Iterator[None]:
        with mock.patch("django.utils.timezone.now", side_effect=lambda: self.now):
            yield


class World:
    """``perform`` tries an act, looks, asks the verdict for everything, and raises Broken with the
    oracle's sentences when a rule does not hold."""

    def __init__(self, driver: Services, clock: Clock) -> None:
        self.driver, self.clock = driver, clock
        self.facts = oracle.Facts(published=[town.CREDIT])
        self.counts: dict[str, int] = {}
        self.seen = look()
        self.allowed: dict[Asked, tuple[bool, str]] = {}

    def perform(self, name: str, who: str, target: str = "", **fields: Any) -> bool:
        """Whether it was done; a refusal is False."""
        return self.judge(Act(name, who, target, fields), self.driver.perform)

    def finish_suite(self, release: str, **verdicts: str) -> bool:
        """The measured results are set, as workers would write them."""
        row = self.seen.releases[release]
        given = {check: verdicts.get(check, "pass") for check in town.CREDIT.checks}
        self.facts.verdicts[release, row["revision"]] = given

        def measure(act: Act) -> None:
            make.finish_suite(Release.objects.get(pk=release), **given)
            self.facts.measured[release, row["revision"]] = self.clock.now

        return self.judge(Act("suite.finish", "system", release, verdicts), measure)

    def pass_time(self, **how_long: float) -> bool:
        """Nobody does anything, and no worker runs."""
        self.clock.now += timedelta(**how_long)
        self.driver.look_away()
        return self.judge(Act("time.pass", "nobody", "", how_long), lambda act: None)

    def judge(self, act: Act, perform: Any) -> bool:
        self.clock.now += TICK
        before, allowed_before, refused = self.seen, self.allowed, None
        try:
            perform(act)
        except Refusal as refusal:
            refused = refusal
        except StoppedByDatabase as stopped:
            raise Broken(act, [f"the database alone refused: {stopped}"]) from stopped
        self.seen = look()
        self._note(act, refused, before)
        self.allowed, sentences = self._ask()
        step = oracle.Step(
            before, self.seen, self.facts, self.clock.now, act, refused, self.allowed,
            allowed_before,
        )  # fmt: skip
        sentences += oracle.wrong(step)
        if sentences:
            raise Broken(act, sentences)
        return refused is None

    def _note(self, act: Act, refused: Refusal | None, before: Seen) -> None:
        """What only who acts knows."""
        outcome = "refused" if refused else "done"
        self.counts[outcome] = self.counts.get(outcome, 0) + 1
        if refused is not None:
            return
        self.counts[act.name] = self.counts.get(act.name, 0) + 1
        issued = len(self.seen.authorizations) - len(before.authorizations)
        self.counts["authorizations"] = self.counts.get("authorizations", 0) + issued
        remember(self.facts, act, before, self.seen)

    def _ask(self) -> tuple[dict[Asked, tuple[bool, str]], list[str]]:
        """The verdict for all that was ever asked for, and for what nobody knows (R7)."""
        written: list[str] = []

        def note(execute: Any, sql: str, *rest: Any) -> Any:
            if WRITES.match(sql) and not OWN_SESSION.search(sql):
                written.append(sql[:80])
            return execute(sql, *rest)

        rows = [*self.seen.authorizations.values(), *list(self.seen.releases.values())[-2:]]
        cases = {
            (row["version_digest"], row["environment__name"], row["purpose__key"]) for row in rows
        }
        nowhere = {(digest, "nowhere", purpose) for digest, _, purpose in cases}
        self.driver.come_in()
        rows_before = rows_written()
        with connection.execute_wrapper(note):
            answers = {
                one: self.driver.verdict(digest=one[0], environment=one[1], purpose=one[2])
                for one in sorted(cases | set(sorted(nowhere)[:1]) | set(UNKNOWN))
            }
        written += [f"rows of {table}" for table in (rows_written() - rows_before)]
        return answers, [f"R7: the verdict wrote: {sql}" for sql in written]

    # What machines and scripts choose from ------------------------------------------------------

    def version(self, author: str = "", *, model: str = "credit", twin: str = "") -> str:
        """A new version of ``model``, developed by Dev; ``author`` writes its model card, if
        anybody does. With ``twin`` it is of the same files as that version."""
        people = SimpleNamespace(dev=User.objects.get(username=town.DEVELOPER))
        bank: Any = SimpleNamespace(people=people)
        files = ModelVersion.objects.get(pk=twin).manifest if twin else None
        version = make.make_sealed_version(bank, model=model, with_card=False, manifest=files)
        key = str(version.pk)
        self.facts.models[key] = model
        if author:
            card = make_artifact(b"# Model card")
            writer = User.objects.get(username=author).actor if author in town.ROLES else make.ROBOT
            add = {"kind": "model_card", "title": "Card", "artifact": card.digest}
            file_document(version, **add, actor=_may_write(writer))
            self.facts.authors[key] = author
        return key

    def newest(self, kind: str) -> str:
        return list(getattr(self.seen, kind))[-1]

    def newest_by_number(self, kind: str) -> str:
        rows = getattr(self.seen, kind)
        return str(max(rows.values(), key=lambda row: row["number"])["id"])

    def runs(self) -> list[Asked]:
        """What is allowed now, by the oracle."""
        return [one for one in self.allowed if may_run(self.seen, one, self.clock.now)]


def rows_written() -> Counter[str]:
    """How many rows of each table this transaction has written, as PostgreSQL counts: below
    whatever the server asks through."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables "
            "WHERE relname NOT IN ('django_session', 'accounts_servicetoken')"
        )
        return Counter(dict(cursor.fetchall()))


def _may_write(actor: Any) -> Any:
    """Documents are filed by those who write the registry: a validator's comes by the system's
    hand and in their name."""
    return replace(make.ROBOT, id=actor.id, name=actor.name)


def settle_town() -> None:
    """People with their roles, two units with a use case and a model each, one policy in force."""
    for name in town.PEOPLE:
        user = cast.person(name)
        for role in town.ROLES.get(name, ()):
            assign_role(user, role=role, actor=SYSTEM)
        for unit, roles in town.IN_UNIT.get(name, {}).items():
            for role in roles:
                assign_role(user, role=role, scope=("business_unit", unit), actor=SYSTEM)
    User.objects.filter(username="root").update(is_superuser=True, is_staff=True)
    for role in town.TOKENS.values():
        cast.token(role)
    make_methodology()
    for slug in town.OWNERS:
        _settle_use(slug)
    for model, slug in town.MODELS.items():
        register(model, use_case=slug, owner=User.objects.get(username=town.OWNERS[slug]))
    draft = policies.draft(source=town.CREDIT.source, actor=make.ROBOT)
    policies.publish(draft, actor=SYSTEM)


def _settle_use(slug: str) -> None:
    """Assessed by somebody who does not own it."""
    made = use_cases.create_use_case(
        slug=slug,
        name=slug.title(),
        objective="Decide quickly and fairly",
        business_unit=town.UNITS[slug],
        owner=town.OWNERS[slug],
        tier=town.TIERS[slug],
        purposes=[{"key": key, "name": key.title()} for key in town.PURPOSES[slug]],
        actor=SYSTEM,
    )
    rita = User.objects.get(username="rita").actor
    risk.assess(made, answers={"money": town.MONEY[town.TIERS[slug]]}, actor=rita)


@contextmanager
def world(driver: str) -> Iterator[World]:
    """A world in the town that is there, with a clock of its own."""
    clock = Clock()
    with clock.running():
        yield World(DRIVERS[driver](), clock)
