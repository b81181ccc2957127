from django.urls import path

from accounts.api import people, session, tokens

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
]
