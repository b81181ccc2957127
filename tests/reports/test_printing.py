"""Printing is a job; the page and the API hand out what it filed, and say so when it cannot."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError

from audit.models import Entry
from governance.api.dossiers import DossierView
from governance.models import Dossier, Release
from governance.reports import typeset
from governance.services import dossiers
from governance.subjects import of_release
from jobs.models import Job
from lib.actor import SYSTEM
from lib.errors import Unavailable
from tests.cast import api
from tests.governance.make import Bank, sign
from tests.reports.make import in_state, print_now, text_of
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def release(bank: Bank) -> Release:
    return in_state(bank, "in_review")


@pytest.fixture
def no_pango(monkeypatch: pytest.MonkeyPatch) -> None:
    def engine() -> None:
        raise Unavailable(typeset.NO_PANGO, code="no_pango")

    monkeypatch.setattr(typeset, "engine", engine)


def test_asked_for_twice_it_is_queued_once(release: Release) -> None:
    Job.objects.filter(kind=dossiers.KIND).delete()
    assert dossiers.request(release).id == dossiers.request(release).id
    job = Job.objects.get(kind=dossiers.KIND)
    assert job.key == f"{release.id}:1:in_review:0:none"


def test_the_job_files_the_pdf_as_an_artefact(release: Release) -> None:
    assert dossiers.latest(release) is None
    dossiers.request(release)
    print_now(release)
    pdf = dossiers.latest(release)
    assert pdf is not None
    assert pdf.startswith(b"%PDF-")
    assert dossiers.is_current(release)
    assert release.version_digest in text_of(pdf)
    assert not Job.objects.filter(kind=dossiers.KIND, state__in=["queued", "leased"]).exists()


def test_printed_already_it_is_not_printed_again(release: Release) -> None:
    for _ in range(2):
        dossiers.request(release)
        print_now(release)
    assert Dossier.objects.filter(release=release).count() == 1


def test_a_signature_makes_it_out_of_date(bank: Bank, release: Release) -> None:
    dossiers.request(release)
    print_now(release)
    sign(release, bank.people.ravi, "validator")
    assert not dossiers.is_current(release)
    assert dossiers.latest(release) is not None


def test_a_filed_dossier_never_changes(release: Release) -> None:
    dossiers.request(release)
    print_now(release)
    with pytest.raises(IntegrityError):
        Dossier.objects.filter(release=release).update(problem="x")


def test_download_waits_then_hands_it_out_and_notes_it(release: Release) -> None:
    assert dossiers.download(release, actor=SYSTEM) is None
    print_now(release)
    pdf = dossiers.download(release, actor=SYSTEM)
    assert pdf is not None
    entry = Entry.objects.get(action="audit.export")
    assert entry.content["details"]["sha256"] == release.dossiers.get().artifact_id
    assert entry in Entry.objects.about(of_release(release))


def test_without_pango_it_says_what_to_install(release: Release, no_pango: None) -> None:
    dossiers.request(release)
    print_now(release)
    assert dossiers.latest(release) is None
    assert "install" in dossiers.problem_of(release)
    assert dossiers.download(release, actor=SYSTEM) is None
    with pytest.raises(Unavailable, match="Pango"):
        dossiers.require_engine(release)


def test_a_problem_is_not_tried_again_within_the_minute(
    release: Release, no_pango: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossiers.request(release)
    print_now(release)
    dossiers.download(release, actor=SYSTEM)
    waiting = Job.objects.filter(kind=dossiers.KIND, state="queued")
    assert not waiting.exists()
    monkeypatch.setattr(dossiers, "TRY_AGAIN_AFTER", timedelta(0))
    dossiers.download(release, actor=SYSTEM)
    assert waiting.exists()


def test_the_file_name_is_safe_whatever_the_model_is_called(release: Release) -> None:
    release.version.model.name = 'a"b\r\nc/../d'
    assert dossiers.file_name(release) == "R-1-a-b-c-..-d-v1.pdf"


def test_looking_whether_it_is_there_is_no_download(bank: Bank, release: Release) -> None:
    client, address = signed_in(bank.people.rita), f"/releases/{release.pk}/dossier.pdf"
    assert client.head(address).status_code == 202
    assert client.get(address).status_code == 202
    print_now(release)
    before = Entry.objects.count()
    assert client.head(address).status_code == 200
    assert Entry.objects.count() == before
    assert client.get(address).status_code == 200
    assert Entry.objects.count() == before + 1


class TestApi:
    pytestmark = pytest.mark.urls("tests.reports.urls")

    def test_202_then_200(self, bank: Bank, release: Release) -> None:
        client = api(bank.people.otto)
        address = f"/api/v1/releases/{release.id}/dossier"
        waiting = client.get(address, HTTP_ACCEPT="application/pdf")
        assert waiting.status_code == 202
        assert waiting.json()["state"] == "being prepared"
        assert int(waiting["Retry-After"]) > 0
        print_now(release)
        answer = client.get(address, HTTP_ACCEPT="application/pdf")
        assert answer.status_code == 200
        assert answer["Content-Type"] == "application/pdf"
        assert 'filename="R-1-credit-v1.pdf"' in answer["Content-Disposition"]
        assert answer.content.startswith(b"%PDF-")

    def test_503_where_pdfs_are_off(self, bank: Bank, release: Release, no_pango: None) -> None:
        dossiers.request(release)
        print_now(release)
        answer = api(bank.people.otto).get(f"/api/v1/releases/{release.id}/dossier")
        assert answer.status_code == 503
        assert answer["Content-Type"] == "application/problem+json"
        assert "Pango" in answer.json()["detail"]

    def test_not_for_those_who_may_not_see_it(self, bank: Bank, release: Release) -> None:
        address = f"/api/v1/releases/{release.id}/dossier"
        assert api().get(address).status_code == 401
        assert api(bank.people.mallory).get(address).status_code == 403
        assert DossierView.required == {"GET": "governance.read"}
