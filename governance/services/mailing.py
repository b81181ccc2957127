"""Notices by e-mail: what one person has not seen yet goes out in one mail."""

from __future__ import annotations

import smtplib
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.models import User
from governance.models import Notice, NoticePreference
from jobs.services import enqueue
from lib.errors import Unavailable

MAIL = "notice.mail"
MOST, SECONDS = 50, 20
GATHERED = timedelta(seconds=30)
"""How long a notice waits for what else there is to tell."""
FORGOTTEN = timedelta(days=3)
"""What could not be mailed by then is old news."""


def queue() -> int:
    """A job for everybody who has something to be mailed; how many. Asked twice, one job waits."""
    now = timezone.now()
    wanted = (
        Notice.objects.filter(mailed_at=None, seen_at=None, person__is_active=True)
        .filter(made_at__range=(now - FORGOTTEN, now - GATHERED))
        .exclude(person__email="")
        .exclude(person__in=NoticePreference.objects.filter(mail=False).values("person"))
    )
    people = set(wanted.order_by().values_list("person_id", flat=True))
    for person_id in sorted(people):
        enqueue(MAIL, key=str(person_id))
    return len(people)


@transaction.atomic
def send(person_id: int) -> int:
    """Mails what that person was told and has neither seen nor been mailed; how many notices.

    Raises Unavailable when the mail server does not take it: the job then waits and tries again.
    What it took is marked in the same transaction, so only a crash in between sends one twice.
    """
    person = User.objects.filter(pk=person_id, is_active=True).exclude(email="").first()
    if person is None or NoticePreference.objects.filter(person=person, mail=False).exists():
        return 0
    rows = Notice.objects.select_for_update().filter(person=person, mailed_at=None, seen_at=None)
    found = list(rows.order_by("made_at", "pk")[:MOST])
    if not found:
        return 0
    try:
        _message(person, found).send()
    except (OSError, smtplib.SMTPException) as error:
        # Neither its words nor its cause: they may quote the mail, and this stands in logs.
        raise Unavailable(f"The mail server did not take it ({type(error).__name__}).") from None
    Notice.objects.filter(pk__in=[one.pk for one in found]).update(mailed_at=timezone.now())
    return len(found)


def _message(person: User, found: list[Notice]) -> EmailMultiAlternatives:
    subject = found[0].text if len(found) == 1 else f"{len(found)} things to look at"
    context = {"person": person, "notices": found, "home": settings.PUBLIC_URL}
    mail = EmailMultiAlternatives(
        subject=f"Imprimatur: {' '.join(subject.split())}"[:150],
        body=render_to_string("governance/notices_mail.txt", context),
        to=[person.email],
        connection=get_connection(timeout=SECONDS),
    )
    mail.attach_alternative(render_to_string("governance/notices_mail.html", context), "text/html")
    return mail
