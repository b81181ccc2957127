"""Sign-in through django-allauth: nobody signs up, every sign-in is an entry."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.signals import password_changed
from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.models import User
from accounts.services.people import person_subject
from audit.services import record


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by an operator."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


@receiver(user_logged_in, dispatch_uid="accounts.sign_in")
def record_sign_in(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Sign-in happens inside Django and allauth: a signal is the one place that sees them all."""
    with transaction.atomic():
        record(actor=user.actor, action="person.sign_in", subject=person_subject(user))


@receiver(password_changed, dispatch_uid="accounts.password")
def record_new_password(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """A person chose a new password on allauth's page."""
    with transaction.atomic():
        record(actor=user.actor, action="person.set_password", subject=person_subject(user))
