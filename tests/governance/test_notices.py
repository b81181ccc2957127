"""Who is told of what, when, and how often."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

import governance.tasks  # noqa: F401  (it registers its jobs)
from accounts.models import User
from audit.services import record
from governance.models import Condition, Notice, Release
from governance.services import findings, mailing, notices, notifying, questions, reminding
from governance.subjects import of_release
from jobs.models import Job
from lib.actor import SYSTEM
from tests.cast import People
from tests.governance.make import Bank, make_bank, make_released, make_reviewable, sign
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank(people: People) -> Bank:
    return make_bank(people)


def told(person: User, kind: str) -> list[str]:
    rows = Notice.objects.filter(person=person, kind=kind).order_by("pk")
    return [row.text for row in rows]


def test_who_could_sign_is_told_once_and_who_could_not_is_not(bank: Bank) -> None:
    release = make_reviewable(bank)
    people = bank.people
    assert len(told(people.rita, "slot.awaits")) == 1
    assert "Model risk officer" in told(people.rita, "slot.awaits")[0]
    assert len(told(people.ravi, "slot.awaits")) == 1
    for nobody in (people.ada, people.dev, people.otto, people.mallory):
        assert not told(nobody, "slot.awaits")
    notifying.tell_awaited(release)
    assert len(told(people.rita, "slot.awaits")) == 1


def test_a_question_is_told_to_who_answers_and_its_answer_to_who_asked(bank: Bank) -> None:
    release, people = make_reviewable(bank), bank.people
    asked = questions.ask(release, text="Why this cut-off?", actor=people.ravi.actor)
    answerer = notifying.those_who_asked(release)[0]
    assert told(answerer, "question.asked") == [f"Question 1 about {release} waits for an answer."]
    questions.answer(asked, text="The board's.", actor=people.petra.actor)
    assert len(told(people.ravi, "question.answered")) == 1


def test_who_asked_hears_that_it_was_released(bank: Bank) -> None:
    release = make_released(bank)
    person = notifying.those_who_asked(release)[0]
    assert any("is authorized" in text for text in told(person, "release.decided"))


def test_a_finding_is_told_to_its_owner(bank: Bank) -> None:
    release = make_reviewable(bank)
    findings.raise_finding(
        release.version.model,
        title="Drift",
        text="It drifts",
        severity="high",
        owner="ada",
        due_on=timezone.localdate() + timedelta(days=20),
        actor=bank.people.ravi.actor,
        release=release,
    )
    assert "is yours, to be mended by" in told(bank.people.ada, "finding.assigned")[0]


def test_a_notice_that_cannot_be_written_stops_nothing(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("no paper")

    monkeypatch.setattr(notifying, "tell", broken)
    assert make_released(bank).state == "released"


# The clock ---------------------------------------------------------------------------------------


def condition(bank: Bank, due: datetime) -> Condition:
    release = make_reviewable(bank)
    decision = sign(release, bank.people.ravi, "validator")
    row = Condition(
        release=release,
        decision=decision,
        number=1,
        text="Monitor it",
        owner=bank.people.ada,
        due_at=due,
    )
    Condition.objects.bulk_create([row])
    record(actor=SYSTEM, action="release.hold", subject=of_release(release))
    return row


def test_a_condition_is_told_two_days_before_on_the_day_and_when_it_is_overdue(
    bank: Bank,
) -> None:
    due = timezone.now().replace(hour=20, minute=0) + timedelta(days=10)
    condition(bank, due)
    ada, rita = bank.people.ada, bank.people.rita
    for moment, kinds in (
        (due - timedelta(days=3), []),
        (due - timedelta(days=1, hours=20), ["condition.soon"]),
        (due - timedelta(hours=2), ["condition.soon", "condition.today"]),
        (
            due + timedelta(minutes=1),
            ["condition.soon", "condition.today", "condition.overdue"],
        ),
    ):
        for minutes in (0, 15):
            reminding.remind(moment + timedelta(minutes=minutes))
        rows = Notice.objects.filter(person=ada, kind__startswith="condition.").order_by("pk")
        assert [row.kind for row in rows] == kinds
    assert not told(rita, "condition.today")
    assert len(told(rita, "condition.overdue")) == 1


def test_an_overdue_review_is_brought_before_the_officers(bank: Bank) -> None:
    release = make_reviewable(bank)
    assert release.due_at is not None
    reminding.remind(release.due_at + timedelta(hours=1))
    assert len(told(bank.people.rita, "review.overdue")) == 1
    assert len(told(bank.people.ravi, "review.overdue")) == 1


def test_what_soon_lapses_is_told_twice_to_its_owners(bank: Bank) -> None:
    ends = make_released(bank).authorization.expires_at
    for days in (40, 29, 20, 6, 1):
        reminding.remind(ends - timedelta(days=days))
    assert len(told(bank.people.ada, "authorization.lapses")) == 2


# E-mail ------------------------------------------------------------------------------------------


def given(person: User, text: str = "R-1 awaits a signature.") -> None:
    notices.tell([person], kind="k", key=text, text=text, address="/releases/1/")


def with_address(person: User) -> User:
    person.email = f"{person.username}@bank.example"
    person.save(update_fields=["email"])
    record(actor=SYSTEM, action="person.create", subject=of_release(Release(number=1)))
    return person


def test_one_mail_carries_all_that_somebody_was_told(people: People) -> None:
    rita = with_address(people.rita)
    given(rita)
    given(rita, "F-2 is yours.")
    assert mailing.queue() == 0  # what else there is to tell is waited for
    Notice.objects.update(made_at=timezone.now() - timedelta(minutes=1))
    for _ in range(2):
        assert mailing.queue() == 1
    assert Job.objects.filter(kind="notice.mail", key=str(rita.pk)).count() == 1
    assert mailing.send(rita.pk) == 2
    assert mailing.send(rita.pk) == 0
    sent = mail.outbox[0]
    assert (len(mail.outbox), sent.to) == (1, [rita.email])
    assert "/releases/1/" in sent.body
    assert "F-2 is yours." in str(sent.alternatives[0][0])


def test_who_wants_no_mail_gets_none(people: People) -> None:
    rita = with_address(people.rita)
    notices.set_mail(rita.actor, wanted=False)
    given(rita)
    given(people.ravi)
    Notice.objects.update(made_at=timezone.now() - timedelta(minutes=1))
    assert mailing.queue() == 0
    assert mailing.send(rita.pk) == 0
    assert not Job.objects.filter(kind="notice.mail").exists()


def test_a_mail_server_that_is_away_is_waited_for(people: People, settings: Any) -> None:
    from lib.errors import Unavailable

    rita = with_address(people.rita)
    given(rita)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with pytest.raises(Unavailable):
        mailing.send(rita.pk)
    assert Notice.objects.get(person=rita).mailed_at is None


def test_what_a_mail_server_says_stands_in_no_log(people: People, settings: Any) -> None:
    from lib.errors import Unavailable

    rita = with_address(people.rita)
    given(rita)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with pytest.raises(Unavailable) as waited:
        mailing.send(rita.pk)
    assert waited.value.__suppress_context__


# The page ----------------------------------------------------------------------------------------


def test_notices_are_marked_by_whose_they_are(people: People) -> None:
    given(people.rita)
    mine = Notice.objects.get(person=people.rita)
    signed_in(people.ravi).post("/notices/", {"act": "see", "notice": mine.pk})
    assert notices.unseen(people.rita.actor) == 1
    client = signed_in(people.rita)
    assert "R-1 awaits a signature." in client.get("/notices/").content.decode()
    client.post("/notices/", {"act": "see", "notice": mine.pk})
    assert notices.unseen(people.rita.actor) == 0


def test_an_auditor_may_mark_what_they_were_told(people: People) -> None:
    given(people.otto)
    assert signed_in(people.otto).post("/notices/", {"act": "see_all"}).status_code == 302
    assert notices.unseen(people.otto.actor) == 0
