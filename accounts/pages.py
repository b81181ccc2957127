"""The pages of django-allauth that we offer: nobody signs up, resets or adds addresses here."""

from __future__ import annotations

from allauth.account import views
from django.db import transaction
from django.urls import path

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    # One transaction for the change and its entry (A1): the receiver in sign_in writes the entry.
    path(
        "password/change/",
        transaction.atomic(views.password_change),
        name="account_change_password",
    ),
]
