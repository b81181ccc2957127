"""The dossier's address, as ``governance.urls`` has it."""

from django.urls import path

from governance.api.dossiers import DossierView

urlpatterns = [path("api/v1/releases/<uuid:release_id>/dossier", DossierView.as_view())]
