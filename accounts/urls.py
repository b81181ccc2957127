from django.urls import path

from accounts.api import people, session, tokens, webhooks

urlpatterns = [
    path("session", session.SessionView.as_view()),
    path("session/reauthenticate", session.ReauthenticationView.as_view()),
    path("people", people.PeopleView.as_view()),
    path("people/<str:username>", people.PersonView.as_view()),
    path("people/<str:username>/erasure", people.ErasureView.as_view()),
    path("people/<str:username>/roles", people.RolesOfPersonView.as_view()),
    path("people/<str:username>/roles/<int:assignment>", people.RoleOfPersonView.as_view()),
    path("roles", people.RolesView.as_view()),
    path("tokens", tokens.TokensView.as_view()),
    path("tokens/<str:public_id>", tokens.TokenView.as_view()),
    path("webhooks", webhooks.WebhooksView.as_view()),
    path("webhooks/<uuid:webhook_id>", webhooks.WebhookView.as_view()),
    path("webhooks/<uuid:webhook_id>/secret", webhooks.SecretView.as_view()),
    path("webhooks/<uuid:webhook_id>/test", webhooks.TestView.as_view()),
    path("webhooks/<uuid:webhook_id>/disable", webhooks.DisableView.as_view()),
    path("webhooks/<uuid:webhook_id>/enable", webhooks.EnableView.as_view()),
    path("webhooks/<uuid:webhook_id>/deliveries", webhooks.DeliveriesView.as_view()),
    path(
        "webhooks/<uuid:webhook_id>/deliveries/<uuid:delivery_id>/redeliver",
        webhooks.RedeliverView.as_view(),
    ),
]
